"""Index fields that were added

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
    op.add_column(
        "custom_field",
        sa.Column("indexed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="sales",
    )
    op.add_column(
        "custom_field",
        sa.Column(
            "pipeline_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        schema="sales",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
