"""Add the order of deals of one kind

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_deal_kind_expected_on",
        "deal",
        ["kind", sa.literal_column("coalesce(expected_on, '9999-12-31'::date)"), "id"],
        unique=False,
        schema="sales",
    )
    build_index(
        "ix_deal_team_kind_expected_on",
        "deal",
        ["team_id", "kind", sa.literal_column("coalesce(expected_on, '9999-12-31'::date)"), "id"],
        unique=False,
        schema="sales",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
