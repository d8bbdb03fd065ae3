"""Plan meetings

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
        "meeting",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("repeats", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("skipped", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("remind", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("colleague_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(about_kind is null) = (about_id is null)", name=op.f("ck_meeting_about")
        ),
        sa.CheckConstraint("ends_at >= begins_at", name=op.f("ck_meeting_ends")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        schema="activities",
    )
    op.create_index(
        "ix_meeting_about",
        "meeting",
        ["about_id", "begins_at", "id"],
        unique=False,
        schema="activities",
    )
    op.create_index(
        "ix_meeting_begins", "meeting", ["begins_at", "id"], unique=False, schema="activities"
    )
    op.create_index(
        "ix_meeting_colleagues",
        "meeting",
        ["colleague_ids"],
        unique=False,
        schema="activities",
        postgresql_using="gin",
    )
    op.create_index(
        "ix_meeting_owner", "meeting", ["owner_id", "over_at"], unique=False, schema="activities"
    )
    op.create_index(
        "ix_meeting_people",
        "meeting",
        ["person_ids"],
        unique=False,
        schema="activities",
        postgresql_using="gin",
    )
    op.create_index(
        "ix_meeting_team", "meeting", ["team_id", "over_at"], unique=False, schema="activities"
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        schema="activities",
    )
    op.create_index(
        "ix_reminder_due",
        "reminder",
        ["due_at"],
        unique=False,
        schema="activities",
        postgresql_where="told_at is null",
    )
    op.create_index(
        "ix_reminder_meeting",
        "reminder",
        ["meeting_id", "person_id", "minutes"],
        unique=False,
        schema="activities",
    )
    op.create_index(
        "ix_reminder_told", "reminder", ["person_id", "told_at"], unique=False, schema="activities"
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
