"""Give owners their own orders

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index, drop_index

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_company_owner_changed_at",
        "company",
        ["owner_id", "changed_at", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_company_owner_city_asc",
        "company",
        ["owner_id", sa.literal_column("coalesce(city_key, chr(1114111))"), "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_company_owner_city_desc",
        "company",
        ["owner_id", sa.literal_column("coalesce(city_key, '')"), "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_company_owner_created_at",
        "company",
        ["owner_id", "created_at", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_company_owner_name_key",
        "company",
        ["owner_id", "name_key", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_company_owner_teams",
        "company",
        ["owner_id", "team_id", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_owner_changed_at",
        "person",
        ["owner_id", "changed_at", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_owner_city_asc",
        "person",
        ["owner_id", sa.literal_column("coalesce(city_key, chr(1114111))"), "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_owner_city_desc",
        "person",
        ["owner_id", sa.literal_column("coalesce(city_key, '')"), "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_owner_created_at",
        "person",
        ["owner_id", "created_at", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_owner_name_key",
        "person",
        ["owner_id", "name_key", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_owner_teams",
        "person",
        ["owner_id", "team_id", "id"],
        unique=False,
        schema="customers",
    )
    drop_index("ix_company_owner_team", schema="customers")
    drop_index("ix_person_owner_team", schema="customers")


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
