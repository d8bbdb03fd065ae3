"""Give deals away in turns

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turn",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("last_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["rule_id"], ["automation.rule.id"], name=op.f("fk_turn_rule_id")),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_turn")),
        schema="automation",
    )
    op.add_column("effect", sa.Column("chosen_id", sa.Uuid(), nullable=True), schema="automation")
    op.add_column(
        "rule",
        sa.Column("give", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        schema="automation",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
