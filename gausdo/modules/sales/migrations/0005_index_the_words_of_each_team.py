"""Index the words of each team

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index, drop_index

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_deal_team_search",
        "deal",
        [sa.literal_column("sales.of_team(search, team_id)")],
        unique=False,
        schema="sales",
        postgresql_using="gin",
    )
    drop_index("ix_deal_owner_id", schema="sales")
    drop_index("ix_deal_team_id", schema="sales")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
