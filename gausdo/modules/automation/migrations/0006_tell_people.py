"""Tell people

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        schema="automation",
    )
    op.create_index("ix_notice_at", "notice", ["at"], unique=False, schema="automation")
    op.create_index(
        "ix_notice_letter",
        "notice",
        ["person_id", "letter"],
        unique=False,
        schema="automation",
        postgresql_where=sa.text("letter <> 'never' and letter_id is null"),
    )
    op.create_index(
        "ix_notice_letter_id",
        "notice",
        ["letter_id"],
        unique=False,
        schema="automation",
        postgresql_where=sa.text("letter_id is not null"),
    )
    op.create_index(
        "ix_notice_shown",
        "notice",
        ["person_id", "at", "id"],
        unique=False,
        schema="automation",
        postgresql_where=sa.text("shown"),
    )
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["person_id", "at", "id"],
        unique=False,
        schema="automation",
        postgresql_where=sa.text("shown and read_at is null"),
    )
    op.create_index(
        "uq_notice_unread",
        "notice",
        ["person_id", "kind", "topic_id"],
        unique=True,
        schema="automation",
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_table(
        "notice_letter",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("written", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_letter")),
        schema="automation",
    )
    op.create_index(
        "ix_notice_letter_due",
        "notice_letter",
        ["due_at"],
        unique=False,
        schema="automation",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_notice_letter_open",
        "notice_letter",
        ["person_id", "letter"],
        unique=True,
        schema="automation",
        postgresql_where=sa.text("state = 'waiting' and not written"),
    )
    op.create_table(
        "notice_wishes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ways", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("daily_at", sa.Time(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_wishes")),
        schema="automation",
    )
    op.create_table(
        "reminder",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "kind", name=op.f("pk_reminder")),
        schema="automation",
    )
    op.create_index("ix_reminder_at", "reminder", ["at"], unique=False, schema="automation")
    op.create_table(
        "told",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "person_id", name=op.f("pk_told")),
        schema="automation",
    )
    op.create_index("ix_told_at", "told", ["at"], unique=False, schema="automation")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
