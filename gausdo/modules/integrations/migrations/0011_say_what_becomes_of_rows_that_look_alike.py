"""Say what becomes of rows that look alike

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "import",
        sa.Column("lookalikes", sa.Text(), server_default="create", nullable=False),
        schema="integrations",
    )
    op.add_column(
        "import",
        sa.Column("skipped", sa.Integer(), server_default="0", nullable=False),
        schema="integrations",
    )
    op.add_column(
        "import_header",
        sa.Column("lookalikes", sa.Text(), server_default="create", nullable=False),
        schema="integrations",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
