"""Find what was merged

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_known_canonical_id",
        "known",
        ["canonical_id"],
        unique=False,
        schema="sales",
        postgresql_where=sa.text("canonical_id is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
