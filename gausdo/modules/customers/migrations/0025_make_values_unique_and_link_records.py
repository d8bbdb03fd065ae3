"""Make values unique and link records

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
        "custom_field", sa.Column("links_to", sa.Text(), nullable=True), schema="customers"
    )
    op.add_column(
        "custom_field",
        sa.Column("unique", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="customers",
    )
    op.execute(
        """
        create function customers.custom_parts(kind text, ids uuid[]) returns uuid[]
        language sql stable parallel safe return ids || array(
            select merge.merged_id from customers.merge
            where merge.kind = $1 and merge.canonical_id = any(ids) and merge.parted_at is null
        )
        """
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
