"""Find people by their consents

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_person_consents",
        "person",
        ["consents"],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )
    build_index(
        "ix_person_consents_until",
        "person",
        ["consents_until"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("consents_until is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
