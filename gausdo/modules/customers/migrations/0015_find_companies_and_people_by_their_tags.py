"""Find companies and people by their tags

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
        "ix_company_source",
        "company",
        ["source"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("source is not null"),
    )
    build_index(
        "ix_company_tags",
        "company",
        ["tags"],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )
    build_index(
        "ix_person_source",
        "person",
        ["source"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("source is not null"),
    )
    build_index(
        "ix_person_tags",
        "person",
        ["tags"],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
