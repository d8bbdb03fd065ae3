"""Keep products and lines

Kind: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("with_vat", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        schema="sales",
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_key",
            sa.Text(),
            sa.Computed("translate(lower(name), 'ё', 'е')", persisted=True),
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("vat_rate", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('russian', translate(lower(name || ' ' || translate(code, '-/._', '    ')), 'ё', 'е')) || to_tsvector('simple', translate(lower(name || ' ' || translate(code, '-/._', '    ')), 'ё', 'е'))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("price >= 0", name=op.f("ck_product_price")),
        sa.CheckConstraint("vat_rate between 0 and 100", name=op.f("ck_product_vat_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        schema="sales",
    )
    op.create_index(
        "ix_product_category",
        "product",
        ["category", "archived", "name_key", "id"],
        unique=False,
        schema="sales",
    )
    op.create_index(
        "ix_product_code", "product", ["archived", "code", "id"], unique=False, schema="sales"
    )
    op.create_index(
        "ix_product_code_key",
        "product",
        [sa.literal_column("lower(code)")],
        unique=True,
        schema="sales",
    )
    op.create_index(
        "ix_product_created_at",
        "product",
        ["archived", sa.literal_column("created_at desc"), sa.literal_column("id desc")],
        unique=False,
        schema="sales",
    )
    op.create_index(
        "ix_product_name", "product", ["archived", "name_key", "id"], unique=False, schema="sales"
    )
    op.create_index(
        "ix_product_search",
        "product",
        ["search"],
        unique=False,
        schema="sales",
        postgresql_using="gin",
    )
    op.create_table(
        "seller",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("told", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller")),
        schema="sales",
    )
    op.create_table(
        "deal_line",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount_percent", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("discount_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("vat_rate", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.CheckConstraint("price >= 0", name=op.f("ck_deal_line_price")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_deal_line_quantity")),
        sa.ForeignKeyConstraint(["deal_id"], ["sales.deal.id"], name=op.f("fk_deal_line_deal_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["sales.product.id"], name=op.f("fk_deal_line_product_id")
        ),
        sa.PrimaryKeyConstraint("deal_id", "position", name=op.f("pk_deal_line")),
        schema="sales",
    )
    op.create_index(
        op.f("ix_deal_line_product_id"), "deal_line", ["product_id"], unique=False, schema="sales"
    )
    op.create_table(
        "deal_terms",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("with_vat", sa.Boolean(), nullable=False),
        sa.Column("discount_percent", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("discount_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["sales.deal.id"], name=op.f("fk_deal_terms_deal_id")),
        sa.PrimaryKeyConstraint("deal_id", name=op.f("pk_deal_terms")),
        schema="sales",
    )
    op.create_table(
        "price",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("from_quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("from_quantity > 0", name=op.f("ck_price_from_quantity")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_price_price")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["sales.price_list.id"], name=op.f("fk_price_price_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["sales.product.id"], name=op.f("fk_price_product_id")
        ),
        sa.PrimaryKeyConstraint(
            "product_id", "price_list_id", "from_quantity", name=op.f("pk_price")
        ),
        schema="sales",
    )
    op.create_index(
        op.f("ix_price_price_list_id"), "price", ["price_list_id"], unique=False, schema="sales"
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
