"""Tell companies as registers do

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("company", sa.Column("legal_name", sa.Text(), nullable=True), schema="customers")
    op.add_column("company", sa.Column("kpp", sa.Text(), nullable=True), schema="customers")
    op.add_column("company", sa.Column("ogrn", sa.Text(), nullable=True), schema="customers")
    op.add_column("company", sa.Column("address", sa.Text(), nullable=True), schema="customers")
    op.add_column("company", sa.Column("size", sa.Integer(), nullable=True), schema="customers")
    op.add_column("company", sa.Column("parent_id", sa.Uuid(), nullable=True), schema="customers")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
