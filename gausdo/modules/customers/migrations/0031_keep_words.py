"""Keep words

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

from gausdo.platform.db.migrate import keep_words

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_word")),
        schema="customers",
    )
    keep_words(op, "customers", "company", "person")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
