"""Let fields become others

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "custom_field",
        sa.Column(
            "becoming", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        schema="sales",
    )
    op.add_column("custom_field", sa.Column("came_of", sa.Uuid(), nullable=True), schema="sales")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
