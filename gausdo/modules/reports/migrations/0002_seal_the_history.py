"""Seal the history

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gausdo.platform.db.migrate import append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_pos", sa.BigInteger(), nullable=False),
        sa.Column("to_pos", sa.BigInteger(), nullable=False),
        sa.Column("older", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("records", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_seal")),
        schema="reports",
    )
    for name, kind in (("session", sa.Text()), ("address", sa.Text()), ("salt", sa.Uuid())):
        op.add_column("history", sa.Column(name, kind, nullable=True), schema="reports")
    op.add_column("personal", sa.Column("salt", sa.Uuid(), nullable=True), schema="reports")
    op.alter_column(
        "personal", "salt", server_default=sa.text("gen_random_uuid()"), schema="reports"
    )
    append_only(op, "reports")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
