"""Keep files of letters

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["communications.letter.id"], name=op.f("fk_attachment_letter_id")
        ),
        sa.PrimaryKeyConstraint("letter_id", "position", name=op.f("pk_attachment")),
        schema="communications",
    )
    op.add_column(
        "letter",
        sa.Column("attached", sa.SmallInteger(), server_default="0", nullable=False),
        schema="communications",
    )
    op.alter_column(
        "letter", "template_id", existing_type=sa.UUID(), nullable=True, schema="communications"
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
