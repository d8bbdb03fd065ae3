"""Index the words of each team

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index, drop_index

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_person_team_search",
        "person",
        [sa.literal_column("customers.of_team(search, team_id)")],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )
    build_index(
        "ix_company_team_search",
        "company",
        [sa.literal_column("customers.of_team(search, team_id)")],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )
    drop_index("ix_person_owner_id", schema="customers")
    drop_index("ix_person_team_id", schema="customers")
    drop_index("ix_company_owner_id", schema="customers")
    drop_index("ix_company_team_id", schema="customers")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
