"""Give owners their own orders

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index, drop_index

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_deal_owner_amount",
        "deal",
        ["owner_id", sa.literal_column("coalesce(amount, -1)"), "id"],
        unique=False,
        schema="sales",
    )
    build_index(
        "ix_deal_owner_board",
        "deal",
        [
            "owner_id",
            "pipeline_id",
            "stage_id",
            sa.literal_column("stage_since desc"),
            sa.literal_column("id desc"),
        ],
        unique=False,
        schema="sales",
        postgresql_include=["amount", "currency", "team_id", "closed_at"],
    )
    build_index(
        "ix_deal_owner_changed_at",
        "deal",
        ["owner_id", "changed_at", "id"],
        unique=False,
        schema="sales",
    )
    build_index(
        "ix_deal_owner_expected_on",
        "deal",
        ["owner_id", sa.literal_column("coalesce(expected_on, '9999-12-31'::date)"), "id"],
        unique=False,
        schema="sales",
    )
    build_index(
        "ix_deal_owner_stage_since",
        "deal",
        ["owner_id", "stage_since", "id"],
        unique=False,
        schema="sales",
    )
    build_index(
        "ix_deal_owner_teams", "deal", ["owner_id", "team_id", "id"], unique=False, schema="sales"
    )
    build_index(
        "ix_deal_owner_title_key",
        "deal",
        ["owner_id", "title_key", "id"],
        unique=False,
        schema="sales",
    )
    drop_index("ix_deal_owner_team", schema="sales")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
