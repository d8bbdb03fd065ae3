"""Find what was deleted

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_removed_by", "removed", ["kind", "by_id", "at", "id"], unique=False, schema="customers"
    )
    build_index(
        "ix_removed_inn",
        "removed",
        [sa.literal_column("(\"row\" ->> 'inn')")],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_removed_kind", "removed", ["kind", "at", "id"], unique=False, schema="customers"
    )
    build_index(
        "ix_removed_reached",
        "removed",
        [sa.literal_column('jsonb_path_query_array(beside, \'$."customers.reach"[*]."normal"\')')],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
