"""Keep by which date views are calendars

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("view", sa.Column("dated_by", sa.Text(), nullable=True), schema="identity")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
