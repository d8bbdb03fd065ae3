"""Find what stands within words

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
        "ix_task_owner_created_at",
        "task",
        ["owner_id", "created_at", "id"],
        unique=False,
        schema="activities",
    )
    build_index(
        "ix_task_parts",
        "task",
        [sa.literal_column("activities.parts(search)")],
        unique=False,
        schema="activities",
        postgresql_using="gin",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
