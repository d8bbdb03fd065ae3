"""Find what stands within words

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_company_parts",
        "company",
        [sa.literal_column("customers.parts(search)")],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )
    build_index(
        "ix_person_parts",
        "person",
        [sa.literal_column("customers.parts(search)")],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
