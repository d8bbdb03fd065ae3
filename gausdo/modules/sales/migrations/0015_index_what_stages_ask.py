"""Index what stages ask

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_deal_due",
        "deal",
        ["stage_due_at"],
        unique=False,
        schema="sales",
        postgresql_where=sa.text("stage_due_at is not null"),
    )
    build_index(
        "ix_deal_open_changed",
        "deal",
        ["stage_id", "changed_at"],
        unique=False,
        schema="sales",
        postgresql_where=sa.text("kind = 'open'"),
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
