"""Keep timelines

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "timeline_entry",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("of_kind", sa.Text(), nullable=False),
        sa.Column("of_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "at", "id", name=op.f("pk_timeline_entry")),
        schema="activities",
    )
    op.create_index(
        "ix_timeline_entry_kind",
        "timeline_entry",
        ["record_id", "kind", "at", "id"],
        unique=False,
        schema="activities",
    )
    op.create_index(
        "ix_timeline_entry_own",
        "timeline_entry",
        ["id"],
        unique=False,
        schema="activities",
        postgresql_where=sa.text("kind in ('note', 'task', 'meeting', 'call')"),
    )
    op.create_table(
        "timeline_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_place")),
        schema="activities",
    )
    op.create_table(
        "timeline_source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_timeline_source")),
        schema="activities",
    )
    op.add_column(
        "note",
        sa.Column(
            "mentions", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        schema="activities",
    )
    op.add_column(
        "note",
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        schema="activities",
    )
    op.add_column(
        "note",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        schema="activities",
    )
    op.add_column(
        "note",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        schema="activities",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
