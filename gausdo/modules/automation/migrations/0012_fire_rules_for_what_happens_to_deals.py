"""Fire rules for what happens to deals

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rule", sa.Column("happens", sa.Text(), nullable=True), schema="automation")
    op.add_column(
        "rule",
        sa.Column("watches", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        schema="automation",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
