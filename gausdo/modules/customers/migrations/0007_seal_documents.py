"""Seal documents

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
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
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
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
        schema="customers",
    )
    op.add_column(
        "person", sa.Column("document_sealed", sa.LargeBinary(), nullable=True), schema="customers"
    )
    op.add_column(
        "person", sa.Column("document_index", sa.Text(), nullable=True), schema="customers"
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
