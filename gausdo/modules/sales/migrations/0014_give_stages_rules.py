"""Give stages rules

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "deal", sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True), schema="sales"
    )
    op.add_column(
        "pipeline",
        sa.Column("lost_reasons", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        schema="sales",
    )
    op.add_column(
        "pipeline",
        sa.Column("reason_needed", sa.Boolean(), server_default="true", nullable=False),
        schema="sales",
    )
    op.add_column(
        "pipeline",
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        schema="sales",
    )
    op.add_column(
        "pipeline",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        schema="sales",
    )
    op.add_column(
        "stage",
        sa.Column("needs", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        schema="sales",
    )
    op.add_column(
        "stage", sa.Column("leads_to", sa.ARRAY(sa.Uuid()), nullable=True), schema="sales"
    )
    op.add_column("stage", sa.Column("hours", sa.SmallInteger(), nullable=True), schema="sales")
    op.add_column(
        "stage", sa.Column("rots_after", sa.SmallInteger(), nullable=True), schema="sales"
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
