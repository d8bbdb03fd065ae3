"""Keep files of fields

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
        "file",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        schema="customers",
    )
    op.create_index("ix_file_content_id", "file", ["content_id"], unique=False, schema="customers")
    op.create_index(
        "ix_file_loose",
        "file",
        ["author_id", "created_at"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("record_id is null"),
    )
    op.create_index("ix_file_record_id", "file", ["record_id"], unique=False, schema="customers")
    op.create_table(
        "file_content",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_content")),
        sa.UniqueConstraint("hash", name=op.f("uq_file_content_hash")),
        schema="customers",
    )
    op.create_table(
        "file_portion",
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("content_id", "number", name=op.f("pk_file_portion")),
        schema="customers",
    )
    op.add_column(
        "custom_field",
        sa.Column("files", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="customers",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
