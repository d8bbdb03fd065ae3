"""What a transaction says to its module's schema beside its rows."""

from functools import cache

_FIELDS = (
    "event_id uuid, name text, kind text, subject_id uuid, version bigint, at timestamptz, "
    "actor_id uuid, via text, cause jsonb, seen jsonb, trace text, body jsonb"
)
_COLUMNS = ", ".join(field.split()[0] for field in _FIELDS.split(", "))


@cache
def finish(schema: str) -> str:
    """Outbox, history, one wake-up with a constant payload, and answers, in one round trip."""
    return f"""
            with said as materialized (
                select * from rows from (
                    jsonb_to_recordset(cast($1 as jsonb))
                    as ({_FIELDS}, changes jsonb, personal jsonb, address text, session text)
                ) with ordinality
                order by ordinality
            ), sent as (
                insert into {schema}.outbox ({_COLUMNS}) select {_COLUMNS} from said
            ), kept as (
                insert into {schema}.history ({_COLUMNS}, changes, session, address, salt)
                select {_COLUMNS}, changes, session, address,
                    case when address is not null then gen_random_uuid() end
                from said
            ), private as (
                insert into {schema}.personal (event_id, subject_id, changes)
                select event_id, subject_id, personal from said where personal is not null
            ), answered as (
                update {schema}.answer a set answer = told.answer
                from jsonb_to_recordset(cast($3 as jsonb)) as told(key text, answer jsonb)
                where a.actor_id = cast($2 as uuid) and a.key = told.key
            )
            select pg_notify('{schema}_outbox', '') where exists (select from said)
    """  # noqa: S608 - the schema is a name from our code


ENQUEUE = """
            select jobs.enqueue(task, args, at, once)
            from jsonb_to_recordset(cast($1 as jsonb))
            as (task text, args jsonb, at timestamptz, once text)
"""


@cache
def claim(schema: str) -> str:
    return f"""
            insert into {schema}.answer (actor_id, key, fingerprint)
            select $1, * from unnest(cast($2 as text[]), cast($3 as bytea[]))
            on conflict do nothing returning key
    """  # noqa: S608 - as above


@cache
def answered(schema: str) -> str:
    return f"""
            select key, fingerprint, answer from {schema}.answer
            where actor_id = $1 and key = any(cast($2 as text[]))
    """  # noqa: S608 - as above


@cache
def know(schema: str) -> str:
    return f"""
            insert into {schema}.known as k (kind, id, label, owner_id, team_id, version)
            select * from jsonb_to_recordset(cast($1 as jsonb)) as told(
                kind text, id uuid, label text, owner_id uuid, team_id uuid, version bigint
            )
            on conflict (kind, id) do update set label = excluded.label,
                owner_id = excluded.owner_id, team_id = excluded.team_id,
                version = excluded.version
            where k.version <= excluded.version
    """  # noqa: S608 - as above
