"""Find documents

Kind: expand
"""

from gausdo.platform.db.indexes import build_index

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_person_document_index", "person", ["document_index"], schema="customers")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
