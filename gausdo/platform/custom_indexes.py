"""Indexes of fields that were added: whoever migrates builds them, beside people at work.

`create index concurrently` needs the owner of the table and no transaction around it, so that no
process that answers requests can do it, nor a function of the database in its stead.
"""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import Connection, text

from gausdo.platform.custom_rows import field_of
from gausdo.platform.custom_sql import PREFIXES, indexes
from gausdo.platform.db import Schema
from gausdo.platform.db.migrate import as_owner

THERE = """
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = %(schema)s and left(c.relname, 3) = any(%(prefixes)s)
    and i.indisvalid
"""
FIELDS = """
    select one.* from {schema}.custom_field as one
    left join {schema}.custom_field as other on other.becoming->>'into' = one.id::text
    where not one.archived or other.id is not null
"""
"""With those whose values are made just now: see `custom_becoming`."""


def build_asked(admin_dsn: str, schema: Schema) -> list[str]:
    """Build what fields of this schema ask for, and drop what none does any more; the names.

    Others who migrate are waited for; safe to run again.
    """
    if not schema.has_custom_fields or not differing(admin_dsn, schema):
        return []
    with as_owner(admin_dsn, schema) as owner:
        db = owner.execution_options(isolation_level="AUTOCOMMIT")
        found = differing(admin_dsn, schema)  # another may have built them meanwhile
        for name, made in found.items():
            _build(db, schema.name, name, made)
        if any(found.values()):  # only then does PostgreSQL know what values there are
            for table in sorted({made.split()[1] for made in found.values() if made}):
                db.execute(text(f"analyze {table}"))
    return sorted(found)


def differing(admin_dsn: str, schema: Schema) -> dict[str, str | None]:
    """Index → what it is made of; None for one that nobody needs any more."""
    named = {"schema": schema.name, "prefixes": [*PREFIXES]}
    with psycopg.connect(admin_dsn, row_factory=dict_row) as db:
        there = {row["relname"] for row in db.execute(THERE, named)}
        rows = db.execute(sql.SQL(FIELDS).format(schema=sql.Identifier(schema.name)))
        fields = [field_of(row).model_copy(update={"archived": False}) for row in rows]
    wanted: dict[str, Any] = dict(indexes(fields, schema.name))
    return {
        **{name: made for name, made in wanted.items() if name not in there},
        **dict.fromkeys(sorted(there - wanted.keys())),
    }


def _build(db: Connection, schema: str, name: str, made: str | None) -> None:
    """What is done concurrently waits for others' transactions, and holds nobody up meanwhile."""
    db.execute(text("set lock_timeout = 0"))
    statement = (
        f"drop index concurrently if exists {schema}.{name}"
        if made is None
        else f"create index concurrently if not exists {name} {made}"
    )
    db.execute(text(statement.replace(":", r"\:")))
