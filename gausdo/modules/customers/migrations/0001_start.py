"""Start

Kind: start
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gausdo.platform.db.migrate import backbone

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("actor_id", "key", name=op.f("pk_answer")),
        schema="customers",
    )
    op.create_index(op.f("ix_answer_at"), "answer", ["at"], unique=False, schema="customers")
    op.create_table(
        "company",
        sa.Column("inn", sa.Text(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "array_to_tsvector(words) || strip(to_tsvector('russian', coalesce(name, '') || ' ' || coalesce(city, '') || ' ' || coalesce(industry, '')))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_key",
            sa.Text(collation="C"),
            sa.Computed(
                "replace(lower(name), 'ё', 'е') || case when strpos(lower(name), 'ё') > 0 then chr(1) || lower(name) else '' end",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column(
            "city_key",
            sa.Text(collation="C"),
            sa.Computed(
                "replace(lower(city), 'ё', 'е') || case when strpos(lower(city), 'ё') > 0 then chr(1) || lower(city) else '' end",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("words", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        schema="customers",
    )
    op.create_index(
        "ix_company_changed_at_id",
        "company",
        ["changed_at", "id"],
        unique=False,
        schema="customers",
    )
    op.create_index(op.f("ix_company_city"), "company", ["city"], unique=False, schema="customers")
    op.create_index(
        "ix_company_city_asc",
        "company",
        [sa.literal_column("coalesce(city_key, chr(1114111))"), "id"],
        unique=False,
        schema="customers",
    )
    op.create_index(
        "ix_company_city_desc",
        "company",
        [sa.literal_column("coalesce(city_key, '')"), "id"],
        unique=False,
        schema="customers",
    )
    op.create_index(
        "ix_company_created_at_id",
        "company",
        ["created_at", "id"],
        unique=False,
        schema="customers",
    )
    op.create_index("ix_company_domain", "company", ["domain"], unique=False, schema="customers")
    op.create_index(
        "ix_company_industry", "company", ["industry"], unique=False, schema="customers"
    )
    op.create_index("ix_company_inn", "company", ["inn"], unique=False, schema="customers")
    op.create_index(
        "ix_company_name_key_id", "company", ["name_key", "id"], unique=False, schema="customers"
    )
    op.create_index(
        op.f("ix_company_owner_id"), "company", ["owner_id"], unique=False, schema="customers"
    )
    op.create_index(
        "ix_company_search",
        "company",
        ["search"],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )
    op.create_index(
        op.f("ix_company_team_id"), "company", ["team_id"], unique=False, schema="customers"
    )
    op.create_table(
        "cursor",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("pos", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("consumer", "source", name=op.f("pk_cursor")),
        schema="customers",
    )
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("cause", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("seen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", "at", name=op.f("pk_history")),
        schema="customers",
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(
        "ix_history_subject", "history", ["subject_id", "version"], unique=False, schema="customers"
    )
    op.create_table(
        "known",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("canonical_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_known")),
        schema="customers",
    )
    op.create_table(
        "line",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("pos", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_line")),
        schema="customers",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("day", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("cause", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("seen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", "day", name=op.f("pk_outbox")),
        schema="customers",
        postgresql_partition_by="RANGE (day)",
    )
    op.create_index("ix_outbox_pos", "outbox", ["pos"], unique=False, schema="customers")
    op.create_index(
        "ix_outbox_unplaced",
        "outbox",
        ["id"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("pos is null"),
    )
    op.create_table(
        "parked",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("envelope", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "parked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("consumer", "source", "pos", name=op.f("pk_parked")),
        schema="customers",
    )
    op.create_index(
        "ix_parked_subject",
        "parked",
        ["consumer", "source", "kind", "subject_id", "pos"],
        unique=False,
        schema="customers",
    )
    op.create_table(
        "person",
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "array_to_tsvector(words) || strip(to_tsvector('russian', coalesce(name, '') || ' ' || coalesce(position, '') || ' ' || coalesce(city, '')))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_key",
            sa.Text(collation="C"),
            sa.Computed(
                "replace(lower(name), 'ё', 'е') || case when strpos(lower(name), 'ё') > 0 then chr(1) || lower(name) else '' end",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column(
            "city_key",
            sa.Text(collation="C"),
            sa.Computed(
                "replace(lower(city), 'ё', 'е') || case when strpos(lower(city), 'ё') > 0 then chr(1) || lower(city) else '' end",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("words", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        schema="customers",
    )
    op.create_index(
        "ix_person_changed_at_id", "person", ["changed_at", "id"], unique=False, schema="customers"
    )
    op.create_index(op.f("ix_person_city"), "person", ["city"], unique=False, schema="customers")
    op.create_index(
        "ix_person_city_asc",
        "person",
        [sa.literal_column("coalesce(city_key, chr(1114111))"), "id"],
        unique=False,
        schema="customers",
    )
    op.create_index(
        "ix_person_city_desc",
        "person",
        [sa.literal_column("coalesce(city_key, '')"), "id"],
        unique=False,
        schema="customers",
    )
    op.create_index(
        "ix_person_company",
        "person",
        ["company_id", "name_key", "id"],
        unique=False,
        schema="customers",
    )
    op.create_index(
        "ix_person_created_at_id", "person", ["created_at", "id"], unique=False, schema="customers"
    )
    op.create_index(
        "ix_person_name_key_id", "person", ["name_key", "id"], unique=False, schema="customers"
    )
    op.create_index(
        op.f("ix_person_owner_id"), "person", ["owner_id"], unique=False, schema="customers"
    )
    op.create_index("ix_person_position", "person", ["position"], unique=False, schema="customers")
    op.create_index(
        "ix_person_search",
        "person",
        ["search"],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )
    op.create_index(
        op.f("ix_person_team_id"), "person", ["team_id"], unique=False, schema="customers"
    )
    op.create_table(
        "personal",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_personal")),
        schema="customers",
    )
    op.create_index(
        op.f("ix_personal_subject_id"), "personal", ["subject_id"], unique=False, schema="customers"
    )
    op.create_table(
        "reach",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("record_kind", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("normal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "kind", "place", name=op.f("pk_reach")),
        schema="customers",
    )
    op.create_index(
        "ix_reach_normal", "reach", ["normal", "record_kind"], unique=False, schema="customers"
    )
    backbone(op, "customers")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
