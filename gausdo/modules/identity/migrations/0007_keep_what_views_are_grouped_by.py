"""Keep what views are grouped by

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("view", sa.Column("grouped_by", sa.Text(), nullable=True), schema="identity")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
