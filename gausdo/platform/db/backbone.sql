-- What SQLAlchemy's metadata does not tell: partitions of outbox and history, made ahead by the
-- owner and on behalf of the module's role, which owns nothing. `{schema}` is the module's name.

create table if not exists {schema}.outbox_default partition of {schema}.outbox default;
create table if not exists {schema}.history_default partition of {schema}.history default;

insert into {schema}.line default values on conflict do nothing;

create or replace function {schema}.make_partitions(since date, until date) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
    day date;
begin
    for day in select generate_series(current_date, current_date + 7, interval '1 day')::date loop
        if to_regclass(format('{schema}.outbox_%s', to_char(day, 'YYYYMMDD'))) is null then
            begin
                execute format(
                    'create table {schema}.outbox_%s partition of {schema}.outbox '
                    'for values from (%L) to (%L)', to_char(day, 'YYYYMMDD'), day, day + 1);
            exception when check_violation then
                null; -- this day has begun without a partition: it stays in the default one
            end;
        end if;
    end loop;
    for day in select generate_series(
        date_trunc('month', since), date_trunc('month', until) + interval '1 month',
        interval '1 month')::date
    loop
        if to_regclass(format('{schema}.history_%s', to_char(day, 'YYYYMM'))) is null then
            begin
                execute format(
                    'create table {schema}.history_%s partition of {schema}.history '
                    'for values from (%L) to (%L)',
                    to_char(day, 'YYYYMM'), day, (day + interval '1 month')::date);
            exception when check_violation then
                null;
            end;
        end if;
    end loop;
end $$;

-- Drop the days of the outbox that are older than a week and wholly at or below `reached`,
-- the position that every consumer has passed. Says how many it dropped.
create or replace function {schema}.drop_outbox(reached bigint) returns int
language plpgsql security definer set search_path = pg_catalog as $$
declare
    part text;
    left_over bigint;
    dropped int := 0;
begin
    for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = '{schema}.outbox'::regclass and c.relname ~ '^outbox_\d{{8}}$'
          and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - 7
    loop
        execute format(
            'select count(*) from (select 1 from {schema}.%I where pos is null or pos > %s limit 1) x',
            part, reached) into left_over;
        if left_over = 0 then
            execute format('drop table {schema}.%I', part);
            dropped := dropped + 1;
        end if;
    end loop;
    if exists (select from {schema}.outbox_default) and not exists (
        select from {schema}.outbox_default
        where pos is null or pos > reached or day >= current_date - 7
    ) then
        truncate {schema}.outbox_default;
        dropped := dropped + 1;
    end if;
    return dropped;
end $$;

revoke all on function {schema}.make_partitions(date, date), {schema}.drop_outbox(bigint) from public;
grant execute on function {schema}.make_partitions(date, date), {schema}.drop_outbox(bigint)
    to gausdo_{schema};

select {schema}.make_partitions(current_date, current_date + 90);
