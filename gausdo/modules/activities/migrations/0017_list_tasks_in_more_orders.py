"""List tasks in more orders

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_task_changed_at_id", "task", ["changed_at", "id"], unique=False, schema="activities"
    )
    build_index(
        "ix_task_done_asc",
        "task",
        [sa.literal_column("coalesce(done_at, '9999-12-31 00:00:00+00'::timestamptz)"), "id"],
        unique=False,
        schema="activities",
    )
    build_index(
        "ix_task_done_desc",
        "task",
        [sa.literal_column("coalesce(done_at, '1000-01-01 00:00:00+00'::timestamptz)"), "id"],
        unique=False,
        schema="activities",
    )
    build_index(
        "ix_task_state",
        "task",
        [
            "state",
            sa.literal_column("coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz)"),
            "id",
        ],
        unique=False,
        schema="activities",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
