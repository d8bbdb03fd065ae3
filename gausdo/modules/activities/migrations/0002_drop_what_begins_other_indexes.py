"""Drop what begins other indexes

Kind: expand
"""

from gausdo.platform.db.indexes import drop_index

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    drop_index("ix_task_owner_id", schema="activities")
    drop_index("ix_task_team_id", schema="activities")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
