"""Find names that are alike

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
        "ix_company_keys",
        "company",
        [sa.literal_column("customers.company_keys(name)")],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )
    build_index(
        "ix_person_keys",
        "person",
        [sa.literal_column("customers.person_keys(name)")],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
