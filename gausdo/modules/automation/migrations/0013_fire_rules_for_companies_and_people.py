"""Fire rules for companies and people

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "rule", sa.Column("customer_happens", sa.Text(), nullable=True), schema="automation"
    )
    op.add_column("rule", sa.Column("segment_id", sa.Uuid(), nullable=True), schema="automation")
    op.add_column("rule", sa.Column("purpose_id", sa.Uuid(), nullable=True), schema="automation")
    op.add_column("rule", sa.Column("paused_code", sa.Text(), nullable=True), schema="automation")
    op.add_column("run", sa.Column("about", sa.Text(), nullable=True), schema="automation")
    op.add_column("run", sa.Column("record_id", sa.Uuid(), nullable=True), schema="automation")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
