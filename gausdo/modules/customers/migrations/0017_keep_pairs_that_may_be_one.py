"""Keep pairs that may be one

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pair",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("clues", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("apart_by", sa.Uuid(), nullable=True),
        sa.Column("apart_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair")),
        schema="customers",
    )
    op.create_index(
        "ix_pair_found",
        "pair",
        ["kind", "found_at", "id"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("apart_at is null"),
    )
    op.create_index("ix_pair_other_id", "pair", ["other_id"], unique=False, schema="customers")
    op.create_index(
        "ix_pair_score",
        "pair",
        ["kind", "score", "id"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("apart_at is null"),
    )
    op.create_index("uq_pair", "pair", ["one_id", "other_id"], unique=True, schema="customers")
    op.create_table(
        "unlooked",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unlooked")),
        schema="customers",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
