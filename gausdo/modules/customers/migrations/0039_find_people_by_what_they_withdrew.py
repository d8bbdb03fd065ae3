"""Find people by what they withdrew

Kind: expand
"""

import sqlalchemy as sa

from gausdo.platform.db.indexes import build_index

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_consent_proof_file",
        "consent",
        ["proof_file_id"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("proof_file_id is not null"),
    )
    build_index(
        "ix_consent_withdrawn",
        "consent",
        ["person_id"],
        unique=False,
        schema="customers",
        postgresql_where=sa.text("not given"),
    )
    build_index(
        "ix_person_consents_withdrawn",
        "person",
        ["consents_withdrawn"],
        unique=False,
        schema="customers",
        postgresql_using="gin",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
