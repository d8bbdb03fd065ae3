"""Find the tasks of a team

Kind: expand
"""

from gausdo.platform.db.indexes import build_index

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, columns in (
        ("ix_task_owner_teams", ["owner_id", "team_id", "id"]),
        ("ix_task_team_created_at", ["team_id", "created_at", "id"]),
    ):
        build_index(name, "task", columns, unique=False, schema="activities")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
