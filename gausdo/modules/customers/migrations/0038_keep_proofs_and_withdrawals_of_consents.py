"""Keep proofs and withdrawals of consents

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "consent", sa.Column("proof_file_id", sa.Uuid(), nullable=True), schema="customers"
    )
    op.add_column(
        "person",
        sa.Column("consents_withdrawn", postgresql.ARRAY(sa.Text()), nullable=True),
        schema="customers",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
