"""Index what the audit is asked for

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_history_at", "history", ["at", "event_id"], schema="communications")
    build_index(
        "ix_history_actor", "history", ["actor_id", "at", "event_id"], schema="communications"
    )
    build_index("ix_history_name", "history", ["name", "at", "event_id"], schema="communications")
    build_index(
        "ix_history_via",
        "history",
        ["via", "at", "event_id"],
        schema="communications",
        postgresql_where=sa.text("via <> 'person'"),
    )
    build_index(
        "ix_history_address",
        "history",
        ["address", "at", "event_id"],
        schema="communications",
        postgresql_where=sa.text("address is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
