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
        "ix_person_owner_team",
        "person",
        ["owner_id"],
        unique=False,
        schema="customers",
        postgresql_include=["team_id", "id"],
    )
    build_index(
        "ix_company_owner_team",
        "company",
        ["owner_id"],
        unique=False,
        schema="customers",
        postgresql_include=["team_id", "id"],
    )
    build_index(
        "ix_company_team_changed_at",
        "company",
        ["team_id", "changed_at", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_company_team_city_asc",
        "company",
        ["team_id", sa.literal_column("coalesce(city_key, chr(1114111))"), "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_company_team_city_desc",
        "company",
        ["team_id", sa.literal_column("coalesce(city_key, '')"), "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_company_team_created_at",
        "company",
        ["team_id", "created_at", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_company_team_name_key",
        "company",
        ["team_id", "name_key", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_team_changed_at",
        "person",
        ["team_id", "changed_at", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_team_city_asc",
        "person",
        ["team_id", sa.literal_column("coalesce(city_key, chr(1114111))"), "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_team_city_desc",
        "person",
        ["team_id", sa.literal_column("coalesce(city_key, '')"), "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_team_created_at",
        "person",
        ["team_id", "created_at", "id"],
        unique=False,
        schema="customers",
    )
    build_index(
        "ix_person_team_name_key",
        "person",
        ["team_id", "name_key", "id"],
        unique=False,
        schema="customers",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
