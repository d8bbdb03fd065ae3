"""Keep words

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

from gausdo.platform.db.migrate import keep_words

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_word")),
        schema="sales",
    )
    keep_words(op, "sales", "deal")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
