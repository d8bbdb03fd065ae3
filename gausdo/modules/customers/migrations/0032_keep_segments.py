"""Keep segments

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "around",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("open_deals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("won_deals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lost_deals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pipelines", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("largest_open", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("largest_won", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("last_won_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_tasks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("task_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_around")),
        schema="customers",
    )
    op.create_table(
        "around_source",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Uuid(), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_around_source")),
        schema="customers",
    )
    op.create_table(
        "segment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("seen_by", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("filling", sa.Boolean(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Uuid(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("broken", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        schema="customers",
    )
    op.create_index("ix_segment_kind", "segment", ["kind", "how"], unique=False, schema="customers")
    op.create_table(
        "segment_member",
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("via_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["segment_id"],
            ["customers.segment.id"],
            name=op.f("fk_segment_member_segment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("segment_id", "record_id", name=op.f("pk_segment_member")),
        schema="customers",
    )
    op.create_index(
        "ix_segment_member_record_id",
        "segment_member",
        ["record_id"],
        unique=False,
        schema="customers",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
