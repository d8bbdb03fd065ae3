"""Make values unique and link records

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("custom_field", sa.Column("links_to", sa.Text(), nullable=True), schema="sales")
    op.add_column(
        "custom_field",
        sa.Column("unique", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="sales",
    )
    op.execute(
        """
        create function sales.custom_parts(kind text, ids uuid[]) returns uuid[]
        language sql stable parallel safe return ids || array(
            select known.id from sales.known
            where known.kind = $1 and known.canonical_id = any(ids)
        )
        """
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
