"""Keep sealed values

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped_by", sa.Text(), nullable=True),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(wrapped is null) = (destroyed_at is not null)", name=op.f("ck_data_key_destroyed")
        ),
        sa.CheckConstraint(
            "(wrapped is null) = (wrapped_by is null)", name=op.f("ck_data_key_wrapped")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_data_key_subject_id")),
        schema="sales",
    )
    op.create_table(
        "sealed_value",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("index", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("record_id", "key", name=op.f("pk_sealed_value")),
        schema="sales",
    )
    op.create_index(
        "ix_sealed_value_index", "sealed_value", ["index"], unique=False, schema="sales"
    )
    op.add_column(
        "custom_field",
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="sales",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
