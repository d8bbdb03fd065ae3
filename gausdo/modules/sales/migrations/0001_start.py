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
        schema="sales",
    )
    op.create_index(op.f("ix_answer_at"), "answer", ["at"], unique=False, schema="sales")
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
        schema="sales",
    )
    op.create_table(
        "deal",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "title_key",
            sa.Text(),
            sa.Computed("translate(lower(title), 'ё', 'е')", persisted=True),
            nullable=False,
        ),
        sa.Column("pipeline_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("probability", sa.SmallInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("lost_reason", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("stage_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('russian', translate(lower(title), 'ё', 'е')) || to_tsvector('simple', translate(lower(title), 'ё', 'е'))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(amount is null) = (currency is null)", name=op.f("ck_deal_amount_currency")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_deal_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal")),
        schema="sales",
    )
    op.create_index(
        "ix_deal_amount",
        "deal",
        [sa.literal_column("coalesce(amount, -1)"), "id"],
        unique=False,
        schema="sales",
    )
    op.create_index(
        "ix_deal_board",
        "deal",
        [
            "pipeline_id",
            "stage_id",
            sa.literal_column("stage_since desc"),
            sa.literal_column("id desc"),
        ],
        unique=False,
        schema="sales",
        postgresql_include=["amount", "currency", "owner_id", "team_id", "closed_at"],
    )
    op.create_index(
        "ix_deal_changed_at_id", "deal", ["changed_at", "id"], unique=False, schema="sales"
    )
    op.create_index(
        op.f("ix_deal_company_id"), "deal", ["company_id"], unique=False, schema="sales"
    )
    op.create_index(
        op.f("ix_deal_contact_id"), "deal", ["contact_id"], unique=False, schema="sales"
    )
    op.create_index(
        "ix_deal_created_at_id", "deal", ["created_at", "id"], unique=False, schema="sales"
    )
    op.create_index(
        "ix_deal_expected_on",
        "deal",
        [sa.literal_column("coalesce(expected_on, '9999-12-31'::date)"), "id"],
        unique=False,
        schema="sales",
    )
    op.create_index(
        "ix_deal_owner_created",
        "deal",
        ["owner_id", sa.literal_column("created_at desc"), sa.literal_column("id desc")],
        unique=False,
        schema="sales",
    )
    op.create_index(op.f("ix_deal_owner_id"), "deal", ["owner_id"], unique=False, schema="sales")
    op.create_index(
        "ix_deal_search", "deal", ["search"], unique=False, schema="sales", postgresql_using="gin"
    )
    op.create_index(
        "ix_deal_stage_since_id", "deal", ["stage_since", "id"], unique=False, schema="sales"
    )
    op.create_index(
        "ix_deal_team_created",
        "deal",
        ["team_id", sa.literal_column("created_at desc"), sa.literal_column("id desc")],
        unique=False,
        schema="sales",
    )
    op.create_index(op.f("ix_deal_team_id"), "deal", ["team_id"], unique=False, schema="sales")
    op.create_index(
        "ix_deal_title_key_id", "deal", ["title_key", "id"], unique=False, schema="sales"
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
        schema="sales",
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(
        "ix_history_subject", "history", ["subject_id", "version"], unique=False, schema="sales"
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
        schema="sales",
    )
    op.create_table(
        "line",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("pos", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_line")),
        schema="sales",
    )
    op.create_table(
        "next_task",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_next_task")),
        schema="sales",
    )
    op.create_index(
        op.f("ix_next_task_deal_id"), "next_task", ["deal_id"], unique=False, schema="sales"
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
        schema="sales",
        postgresql_partition_by="RANGE (day)",
    )
    op.create_index("ix_outbox_pos", "outbox", ["pos"], unique=False, schema="sales")
    op.create_index(
        "ix_outbox_unplaced",
        "outbox",
        ["id"],
        unique=False,
        schema="sales",
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
        schema="sales",
    )
    op.create_index(
        "ix_parked_subject",
        "parked",
        ["consumer", "source", "kind", "subject_id", "pos"],
        unique=False,
        schema="sales",
    )
    op.create_table(
        "personal",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_personal")),
        schema="sales",
    )
    op.create_index(
        op.f("ix_personal_subject_id"), "personal", ["subject_id"], unique=False, schema="sales"
    )
    op.create_table(
        "pipeline",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline")),
        schema="sales",
    )
    op.create_table(
        "stage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pipeline_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("probability", sa.SmallInteger(), nullable=False),
        sa.Column("tone", sa.Text(), nullable=False),
        sa.CheckConstraint("probability between 0 and 100", name=op.f("ck_stage_probability")),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["sales.pipeline.id"], name=op.f("fk_stage_pipeline_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.UniqueConstraint("pipeline_id", "position", name=op.f("uq_stage_pipeline_id_position")),
        schema="sales",
    )
    backbone(op, "sales")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
