"""Remember competitors of deals

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "competitor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competitor")),
        sa.UniqueConstraint("name_key", name=op.f("uq_competitor_name_key")),
        schema="sales",
    )
    op.create_table(
        "deal_competitor",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("competitor_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("won_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["competitor_id"],
            ["sales.competitor.id"],
            name=op.f("fk_deal_competitor_competitor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["sales.deal.id"], name=op.f("fk_deal_competitor_deal_id")
        ),
        sa.PrimaryKeyConstraint("deal_id", "competitor_id", name=op.f("pk_deal_competitor")),
        schema="sales",
    )
    op.create_index(
        op.f("ix_deal_competitor_competitor_id"),
        "deal_competitor",
        ["competitor_id"],
        unique=False,
        schema="sales",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
