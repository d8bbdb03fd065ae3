"""Index what deals were

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
        "ix_deal_state_closed",
        "deal_state",
        ["state", "closed_at"],
        unique=False,
        schema="sales",
        postgresql_where=sa.text("until is null and state <> 'open'"),
    )
    build_index(
        "ix_deal_state_open",
        "deal_state",
        ["team_id", "owner_id"],
        unique=False,
        schema="sales",
        postgresql_include=(
            "deal_id",
            "since",
            "pipeline_id",
            "stage_id",
            "probability",
            "amount",
            "currency",
            "expected_on",
        ),
        postgresql_where=sa.text("until is null and state = 'open'"),
    )
    build_index("ix_deal_state_since", "deal_state", ["since"], unique=False, schema="sales")
    build_index(
        "ix_deal_state_until",
        "deal_state",
        ["until"],
        unique=False,
        schema="sales",
        postgresql_where=sa.text("until is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
