"""Fire rules for quotes

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rule", sa.Column("quote", sa.Text(), nullable=True), schema="automation")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
