-- The history and its seals are added to and read, by the module's role as by everybody else: what
-- is in them is neither changed nor taken away. `{schema}` is the module's name.
--
-- Partitions get the privileges of every new table of their owner, so they lose them one by one.

create or replace function {schema}.make_partitions(since date, until date) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
    day date;
    part text;
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
        part := format('history_%s', to_char(day, 'YYYYMM'));
        if to_regclass(format('{schema}.%I', part)) is null then
            begin
                execute format(
                    'create table {schema}.%I partition of {schema}.history '
                    'for values from (%L) to (%L)', part, day, (day + interval '1 month')::date);
                execute format('revoke update, delete on {schema}.%I from gausdo_{schema}', part);
            exception when check_violation then
                null;
            end;
        end if;
    end loop;
end $$;

-- Forget where somebody acted from: the address and what its seal is salted with.
create or replace function {schema}.forget_addresses(person uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
    forgotten bigint;
begin
    update {schema}.history set address = null, salt = null
        where actor_id = person and address is not null;
    get diagnostics forgotten = row_count;
    return forgotten;
end $$;

-- Begin anew, as whoever fills an empty installation may who was interrupted: until the first seal.
create or replace function {schema}.empty_history() returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if exists (select from {schema}.seal) then
        raise exception 'the history of {schema} is sealed: nothing is taken out of it';
    end if;
    delete from {schema}.history;
end $$;

revoke all on function {schema}.forget_addresses(uuid), {schema}.empty_history() from public;
grant execute on function {schema}.forget_addresses(uuid), {schema}.empty_history()
    to gausdo_{schema};

do $$
declare
    part regclass;
begin
    for part in
        select '{schema}.history'::regclass union all select '{schema}.seal'::regclass
        union all select inhrelid from pg_inherits where inhparent = '{schema}.history'::regclass
    loop
        execute format('revoke update, delete on %s from gausdo_{schema}', part);
    end loop;
end $$;
