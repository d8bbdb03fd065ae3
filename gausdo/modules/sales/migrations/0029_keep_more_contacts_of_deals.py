"""Keep more contacts of deals

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deal_contact",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["sales.deal.id"], name=op.f("fk_deal_contact_deal_id")
        ),
        sa.PrimaryKeyConstraint("deal_id", "person_id", name=op.f("pk_deal_contact")),
        schema="sales",
    )
    op.create_index(
        op.f("ix_deal_contact_person_id"),
        "deal_contact",
        ["person_id"],
        unique=False,
        schema="sales",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
