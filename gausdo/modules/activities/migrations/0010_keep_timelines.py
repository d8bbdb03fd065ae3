"""Keep timelines

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_note_removed",
        "note",
        ["removed_at"],
        unique=False,
        schema="activities",
        postgresql_where=sa.text("removed_at is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
