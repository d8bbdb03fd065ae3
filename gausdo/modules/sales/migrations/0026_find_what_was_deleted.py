"""Find what was deleted

Kind: expand
"""

from gausdo.platform.db.indexes import build_index

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_removed_by", "removed", ["kind", "by_id", "at", "id"], unique=False, schema="sales"
    )
    build_index("ix_removed_kind", "removed", ["kind", "at", "id"], unique=False, schema="sales")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
