"""Keep views of lists

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("q", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sort", sa.Text(), nullable=True),
        sa.Column("seen_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["identity.user.id"], name=op.f("fk_view_owner_id")),
        sa.ForeignKeyConstraint(["team_id"], ["identity.team.id"], name=op.f("fk_view_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view")),
        schema="identity",
    )
    op.create_index(op.f("ix_view_owner_id"), "view", ["owner_id"], unique=False, schema="identity")
    op.create_index(op.f("ix_view_team_id"), "view", ["team_id"], unique=False, schema="identity")
    op.create_table(
        "default_view",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["identity.user.id"], name=op.f("fk_default_view_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["view_id"],
            ["identity.view.id"],
            name=op.f("fk_default_view_view_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_default_view")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_default_view_view_id"),
        "default_view",
        ["view_id"],
        unique=False,
        schema="identity",
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
