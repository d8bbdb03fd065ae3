"""Say by code why a step failed

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("effect", sa.Column("error_code", sa.Text(), nullable=True), schema="automation")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
