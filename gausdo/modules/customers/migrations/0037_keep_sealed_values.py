"""Keep sealed values

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealed_value",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("index", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("record_id", "key", name=op.f("pk_sealed_value")),
        schema="customers",
    )
    op.create_index(
        "ix_sealed_value_index", "sealed_value", ["index"], unique=False, schema="customers"
    )
    op.add_column(
        "custom_field",
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="customers",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
