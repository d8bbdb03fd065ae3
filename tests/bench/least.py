"""The least that bulk work takes: PostgreSQL alone does what it does for the product."""

import re
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql
from pydantic_core import from_json

from gausdo.app import opened
from gausdo.gateway.exports.taking import HEAD
from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.exporting import ExportPage
from gausdo.kernel.values import new_id
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.imports import BATCH
from tests.bench import load
from tests.bench.changes import looking
from tests.bench.stack import Stack

WRITTEN = {
    "company": "id",
    "person": "id",
    "reach": "record_id",
    "history": "subject_id",
    "personal": "subject_id",
    "outbox": "subject_id",
}
"""What a row of an import comes to, and whose it is."""
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Portion = list[tuple[str, list[str], bytes]]
"""Table, columns and what COPY is given."""


def rows_written(stack: Stack, rows: int) -> float:
    """People a second that one connection takes by COPY, with their companies, addresses and
    events: those who came last, once more under other ids; all of it is taken back.
    """
    with looking(stack) as db:
        newest = "select id, company_id from customers.person order by id desc limit %s"
        people = db.execute(newest, [rows]).fetchall()
        portions = [_portion(db, part) for part in _batches(people)]
        began = time.perf_counter()
        for portion in portions:
            with db.transaction(force_rollback=True), db.cursor() as cursor:
                for table, columns, content in portion:
                    names = sql.SQL(", ").join(map(sql.Identifier, columns))
                    into = sql.SQL("copy customers.{} ({}) from stdin")
                    with cursor.copy(into.format(sql.Identifier(table), names)) as copy:
                        copy.write(content)
        return len(people) / (time.perf_counter() - began)


def _batches(people: list[Any]) -> Iterator[list[Any]]:
    for place in range(0, len(people), BATCH):
        yield people[place : place + BATCH]


def _portion(db: psycopg.Connection, people: list[Any]) -> Portion:
    """What is kept of some people and their companies, as COPY takes it, under ids of its own."""
    records = list({id for row in people for id in row if id is not None})
    told = "select event_id from customers.history where subject_id = any(%s)"
    events = [event for (event,) in db.execute(told, [records])]
    other = {str(id).encode(): str(new_id()).encode() for id in (*records, *events)}
    portion: Portion = []
    for table, whose in WRITTEN.items():
        columns = _columns(db, table)
        asked = sql.SQL("copy (select {} from customers.{} where {} = any({})) to stdout").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.Identifier(table), sql.Identifier(whose), sql.Literal(records),
        )  # fmt: skip
        with db.cursor() as cursor, cursor.copy(asked) as copy:
            content = b"".join(bytes(part) for part in copy)
        portion.append((table, columns, _UUID.sub(lambda was: other.get(was[0], was[0]), content)))
    return portion


def _columns(db: psycopg.Connection, table: str) -> list[str]:
    """Those that are written, not made; an event has no place in the stream yet."""
    asked = """
        select attname from pg_attribute
        where attrelid = %s::regclass and attnum > 0 and not attisdropped
          and attgenerated = '' and attidentity = '' and attname <> 'pos'
        order by attnum
    """
    return [name for (name,) in db.execute(asked, [f"customers.{table}"])]


async def rows_read(stack: Stack) -> float:
    """People a second that PostgreSQL hands out, page after page, to one who drops them."""
    async with opened(stack.settings) as gausdo:
        identity, customers = gausdo.get(Identity), gausdo.get(Customers)
        head = await identity.user_by_email(SYSTEM, load.email(load.HEAD))
        assert head is not None
        actor = await identity.actor(head.id)
        columns = await customers.export_columns(actor, "people", "en")
        page = ExportPage(only=tuple({one.path[0] for one in columns}))
        rows, after, began = 0, None, time.perf_counter()
        while True:
            at = page.model_copy(update={"after": after})
            told = await customers.export_page(actor, "people", at)
            begun = from_json(told[:HEAD], allow_partial=True)
            rows, after = rows + begun["found"], begun["next"]
            if after is None:
                return rows / (time.perf_counter() - began)
