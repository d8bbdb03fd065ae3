"""Index what is taken back.

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
        "ix_import_touched_conflict",
        "import_touched",
        ["import_id", "record_id"],
        unique=False,
        schema="integrations",
        postgresql_where=sa.text("taken = 'conflict'"),
    )
    build_index(
        "ix_import_touched_waiting",
        "import_touched",
        [
            "import_id",
            "made",
            sa.literal_column("(kind = 'company')"),
            sa.literal_column("(kind = 'person')"),
            sa.literal_column("record_id desc"),
        ],
        unique=False,
        schema="integrations",
        postgresql_where=sa.text("taken is null"),
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
