"""Give teams their own orders

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_deal_owner_team",
        "deal",
        ["owner_id"],
        unique=False,
        schema="sales",
        postgresql_include=["team_id", "id"],
    )
    build_index(
        "ix_deal_team_amount",
        "deal",
        ["team_id", sa.literal_column("coalesce(amount, -1)"), "id"],
        unique=False,
        schema="sales",
    )
    build_index(
        "ix_deal_team_board",
        "deal",
        [
            "team_id",
            "pipeline_id",
            "stage_id",
            sa.literal_column("stage_since desc"),
            sa.literal_column("id desc"),
        ],
        unique=False,
        schema="sales",
        postgresql_include=["amount", "currency", "owner_id", "closed_at"],
    )
    build_index(
        "ix_deal_team_changed_at",
        "deal",
        ["team_id", "changed_at", "id"],
        unique=False,
        schema="sales",
    )
    build_index(
        "ix_deal_team_expected_on",
        "deal",
        ["team_id", sa.literal_column("coalesce(expected_on, '9999-12-31'::date)"), "id"],
        unique=False,
        schema="sales",
    )
    build_index(
        "ix_deal_team_stage_since",
        "deal",
        ["team_id", "stage_since", "id"],
        unique=False,
        schema="sales",
    )
    build_index(
        "ix_deal_team_title_key",
        "deal",
        ["team_id", "title_key", "id"],
        unique=False,
        schema="sales",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
