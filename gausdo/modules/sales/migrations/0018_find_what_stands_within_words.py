"""Find what stands within words

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_deal_parts",
        "deal",
        [sa.literal_column("sales.parts(search)")],
        unique=False,
        schema="sales",
        postgresql_using="gin",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
