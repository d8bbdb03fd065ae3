"""Say what a mass edit does

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "mass_edit",
        sa.Column("act", sa.Text(), server_default="edit", nullable=False),
        schema="sales",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
