"""Keep states of deals

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deal_state",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pipeline_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("probability", sa.SmallInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until > since", name=op.f("ck_deal_state_until")),
        sa.PrimaryKeyConstraint("deal_id", "since", name=op.f("pk_deal_state")),
        schema="sales",
    )
    op.create_index(
        "ix_deal_state_now",
        "deal_state",
        ["deal_id"],
        unique=True,
        schema="sales",
        postgresql_where=sa.text("until is null"),
    )
    op.create_index(
        "ix_deal_state_owner", "deal_state", ["owner_id", "until"], unique=False, schema="sales"
    )
    op.create_index(
        "ix_deal_state_team", "deal_state", ["team_id", "until"], unique=False, schema="sales"
    )
    op.execute(
        """
        create function sales.add_deal_state(deal sales.deal, at timestamptz) returns void
        language sql as $$
            insert into sales.deal_state (deal_id, since, pipeline_id, stage_id, state, probability,
                amount, currency, expected_on, owner_id, team_id, closed_at)
            values (deal.id, at, deal.pipeline_id, deal.stage_id, deal.kind, deal.probability,
                deal.amount, deal.currency, deal.expected_on, deal.owner_id, deal.team_id,
                deal.closed_at)
        $$
        """
    )
    # The deal's own lock puts changes one after another; the clock, and not the transaction's
    # beginning, tells when, so that whoever waited for the lock does not come before.
    op.execute(
        """
        create function sales.keep_deal_state() returns trigger language plpgsql as $$
        declare
            at timestamptz := clock_timestamp();
            last timestamptz;
        begin
            if tg_op = 'UPDATE' then
                if (old.pipeline_id, old.stage_id, old.kind, old.probability, old.amount,
                    old.currency, old.expected_on, old.owner_id, old.team_id, old.closed_at)
                is not distinct from
                   (new.pipeline_id, new.stage_id, new.kind, new.probability, new.amount,
                    new.currency, new.expected_on, new.owner_id, new.team_id, new.closed_at)
                then
                    return null;
                end if;
            end if;
            if tg_op = 'INSERT' then
                select max(until) into last from sales.deal_state where deal_id = new.id;
                perform sales.add_deal_state(
                    new, coalesce(greatest(at, last), least(new.stage_since, at)));
                return null;
            end if;
            select since into last from sales.deal_state where deal_id = old.id and until is null;
            if last is null then
                last := least(old.stage_since, at - interval '1 microsecond');
                perform sales.add_deal_state(old, last);
            end if;
            at := greatest(at, last + interval '1 microsecond');
            update sales.deal_state set until = at where deal_id = old.id and until is null;
            if tg_op = 'UPDATE' then
                perform sales.add_deal_state(new, at);
            end if;
            return null;
        end
        $$
        """
    )
    op.execute(
        "create trigger keep_state after insert or update or delete on sales.deal "
        "for each row execute function sales.keep_deal_state()"
    )
    op.execute(
        """
        create function sales.refuse_deal_state() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' then
                if old.until is null and new.until is not null then
                    old.until := new.until;
                    if old is not distinct from new then
                        return new;
                    end if;
                end if;
            end if;
            if tg_op = 'DELETE' and not exists (select from sales.deal) then
                return old;  -- a demonstration that begins anew
            end if;
            raise exception 'what a deal was is not changed: it only ends';
        end
        $$
        """
    )
    op.execute(
        "create trigger keep_as_it_was before update or delete on sales.deal_state "
        "for each row execute function sales.refuse_deal_state()"
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
