"""Keep what was known of rates

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=True),
        sa.Column("deals", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(amount is null) = (currency is null)", name=op.f("ck_goal_amount_currency")
        ),
        sa.CheckConstraint("(user_id is null) <> (team_id is null)", name=op.f("ck_goal_whose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint(
            "month",
            "user_id",
            "team_id",
            name=op.f("uq_goal_month_user_id_team_id"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="sales",
    )
    op.create_table(
        "rate_state",
        sa.Column("rate_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.PrimaryKeyConstraint("rate_id", "since", name=op.f("pk_rate_state")),
        schema="sales",
    )
    op.create_index(
        "ix_rate_state_base", "rate_state", ["base", "day"], unique=False, schema="sales"
    )
    op.create_table(
        "stage_chance",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("won", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "stage_id", name=op.f("pk_stage_chance")),
        schema="sales",
    )
    # A rate of before this release has no row: what it was then, it was of ever.
    op.execute(
        """
        create function sales.keep_rate_state() returns trigger language plpgsql as $$
        declare
            at timestamptz := now();  -- a bank's rates of one day are known together
            ended timestamptz;
        begin
            if tg_op = 'UPDATE' then
                if (old.base, old.currency, old.day, old.units, old.value)
                is not distinct from (new.base, new.currency, new.day, new.units, new.value) then
                    return null;
                end if;
            end if;
            if tg_op <> 'INSERT' then
                update sales.rate_state set until = greatest(at, since + interval '1 microsecond')
                where rate_id = old.id and until is null returning until into ended;
                if ended is null then
                    insert into sales.rate_state values (old.id, '-infinity', at, old.base,
                        old.currency, old.day, old.units, old.value);
                end if;
            end if;
            if tg_op <> 'DELETE' then
                insert into sales.rate_state values (new.id, greatest(at, ended), null, new.base,
                    new.currency, new.day, new.units, new.value);
            end if;
            return null;
        end
        $$
        """
    )
    op.execute(
        "create trigger keep_state after insert or update or delete on sales.rate "
        "for each row execute function sales.keep_rate_state()"
    )
    op.execute(
        """
        create function sales.refuse_rate_state() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' then
                if old.until is null and new.until is not null then
                    old.until := new.until;
                    if old is not distinct from new then
                        return new;
                    end if;
                end if;
            end if;
            if tg_op = 'DELETE' and not exists (select from sales.rate) then
                return old;  -- a demonstration that begins anew
            end if;
            raise exception 'what a rate was is not changed: it only ends';
        end
        $$
        """
    )
    op.execute(
        "create trigger keep_as_it_was before update or delete on sales.rate_state "
        "for each row execute function sales.refuse_rate_state()"
    )
    # A new deal has been what it is since it reached its stage; one that comes back, since now.
    op.execute(
        """
        create or replace function sales.keep_deal_state() returns trigger language plpgsql as $$
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
                    new, case when last is null then least(new.stage_since, at)
                        when last <= new.stage_since then least(new.stage_since, at)
                        else greatest(at, last) end);
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


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
