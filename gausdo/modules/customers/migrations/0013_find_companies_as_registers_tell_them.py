"""Find companies as registers tell them

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_company_kpp",
        "company",
        ["kpp"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("kpp is not null"),
    )
    build_index(
        "ix_company_legal_name",
        "company",
        ["legal_name"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("legal_name is not null"),
    )
    build_index(
        "ix_company_ogrn",
        "company",
        ["ogrn"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("ogrn is not null"),
    )
    build_index(
        "ix_company_parent_id",
        "company",
        ["parent_id"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("parent_id is not null"),
    )
    build_index(
        "ix_company_size",
        "company",
        [sa.literal_column("(size::numeric)")],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("size is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
