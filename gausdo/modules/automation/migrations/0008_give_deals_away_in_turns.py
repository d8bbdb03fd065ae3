"""Give deals away in turns

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_effect_chosen",
        "effect",
        ["chosen_id", "done_at"],
        unique=False,
        schema="automation",
        postgresql_where=sa.text("chosen_id is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
