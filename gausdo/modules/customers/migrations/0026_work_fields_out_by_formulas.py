"""Work fields out by formulas

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gausdo.platform.db.migrate import keep_computed

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "custom_field", sa.Column("formula", sa.Text(), nullable=True), schema="customers"
    )
    op.add_column(
        "custom_field",
        sa.Column(
            "computed", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        schema="customers",
    )
    op.add_column(
        "custom_field",
        sa.Column(
            "uses",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        schema="customers",
    )
    op.add_column(
        "custom_field",
        sa.Column(
            "computing", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        schema="customers",
    )
    keep_computed(op, "customers", "company", "person")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
