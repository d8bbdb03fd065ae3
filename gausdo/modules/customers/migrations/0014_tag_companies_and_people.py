"""Tag companies and people

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "company",
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        schema="customers",
    )
    op.add_column("company", sa.Column("source", sa.Text(), nullable=True), schema="customers")
    op.add_column(
        "person",
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        schema="customers",
    )
    op.add_column("person", sa.Column("source", sa.Text(), nullable=True), schema="customers")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
