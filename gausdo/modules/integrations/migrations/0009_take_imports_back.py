"""Take imports back.

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import", sa.Column("undo", sa.Text(), nullable=True), schema="integrations")
    op.add_column(
        "import",
        sa.Column("undo_round", sa.Integer(), server_default="0", nullable=False),
        schema="integrations",
    )
    op.add_column(
        "import",
        sa.Column("undo_total", sa.Integer(), server_default="0", nullable=False),
        schema="integrations",
    )
    op.add_column(
        "import",
        sa.Column("undo_done", sa.Integer(), server_default="0", nullable=False),
        schema="integrations",
    )
    op.add_column(
        "import",
        sa.Column("undo_removed", sa.Integer(), server_default="0", nullable=False),
        schema="integrations",
    )
    op.add_column(
        "import",
        sa.Column("undo_given_back", sa.Integer(), server_default="0", nullable=False),
        schema="integrations",
    )
    op.add_column(
        "import_touched", sa.Column("taken", sa.Text(), nullable=True), schema="integrations"
    )
    op.add_column(
        "import_touched", sa.Column("code", sa.Text(), nullable=True), schema="integrations"
    )
    op.add_column(
        "import_touched",
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=True),
        schema="integrations",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
