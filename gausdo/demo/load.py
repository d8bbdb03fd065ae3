"""Load the demo's world once, into an installation where nobody works yet.

Each module is filled in one transaction of its own and under its own role, identity last: as long
as it knows nobody, whatever an interrupted load has left elsewhere is dropped and made anew. A mark
among the settings says how far it came, so that a load can be cut short at any moment and be run
again. Nothing goes to the outbox: nobody has to hear of what happened long ago.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from itertools import islice
from time import monotonic
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection, sql
from sqlalchemy import Table, select

from gausdo.app import Gausdo, opened
from gausdo.demo.load_factors import add_authenticator
from gausdo.demo.load_logins import LOGINS, hashes, kept_logins
from gausdo.demo.load_records import Records, add_pipelines, add_staff, calendar_of, know_staff
from gausdo.demo.load_rows import Rows
from gausdo.demo.load_rules import set_up
from gausdo.demo.world import World
from gausdo.kernel.values import now
from gausdo.modules.identity.contract import Identity
from gausdo.modules.identity.tables import SettingRow, UserRow
from gausdo.modules.reports.rebuild import rebuild
from gausdo.platform.db import Database
from gausdo.settings import MODULES, Settings

MARK = "demo"
"""The setting that says what was loaded: `today`, `administrator`, `complete`."""
PORTION = 400
"""Accounts between two writes."""
_LOADING = 7_250_001  # an advisory lock of this database
_FILLED = ("customers", "sales", "activities")
_TRANSPORT = frozenset({"outbox", "line", "cursor", "parked", "answer"})
_ADDED_TO = frozenset({"history", "seal"})


async def load(settings: Settings, world: World | None = None) -> AsyncIterator[str]:
    """Lines that tell how it goes. Raises Unavailable while a server does not answer."""
    world = world or World(datetime.now(ZoneInfo(settings.time_zone)).date())
    near = settings.model_copy(update={"modules": MODULES, "neighbours": {}})
    async with opened(near) as gausdo, _alone(gausdo.databases["identity"]) as alone:
        if not alone:
            yield "The demo data is being loaded by somebody else."
            return
        mark = await _mark(gausdo)
        if mark is None and await _anybody(gausdo):
            yield "People work here already, so no demo data is loaded."
            return
        if mark is None:
            began = monotonic()
            logins = kept_logins(settings.data, world.staff)
            passwords = await hashes(logins)
            count = await fill({name: gausdo.databases[name] for name in _FILLED}, world)
            seconds = monotonic() - began
            yield f"{count} rows in {seconds:.1f} s ({count / seconds:.0f} a second)."
            facts = await rebuild(gausdo.databases["reports"], gausdo.analytics, gausdo.databases)
            yield f"{sum(facts.values())} rows in the analytical store."
            mark = await _admit(gausdo, world, passwords)
            yield f"{len(logins)} people may sign in: see {settings.data / LOGINS}."
        if mark["complete"]:
            yield "The demo data is here already."
            return
        admin = await gausdo.get(Identity).actor(UUID(mark["administrator"]))
        await set_up(gausdo, admin)
        logins = kept_logins(settings.data, world.staff)
        await add_authenticator(gausdo, admin, next(one for one in logins if "totp" in one))
        async with gausdo.databases["identity"].begin() as tx:
            row = await tx.session.get_one(SettingRow, MARK)
            row.value, row.changed_at = {**row.value, "complete": True}, now()
        yield "Two templates, a rule, rates of currencies and goals are set up."


async def fill(databases: Mapping[str, Database], world: World) -> int:
    """Fill customers, sales and activities, all or nothing each; answers how many rows they have.

    What was there before is dropped.
    """
    schemas = {name: databases[name].schema for name in _FILLED}
    rows = {name: Rows(schema, world.seed) for name, schema in schemas.items()}
    async with AsyncExitStack() as stack:
        connections = {
            name: await stack.enter_async_context(_emptied(databases[name], world))
            for name in _FILLED
        }
        for told in rows.values():
            know_staff(told, world)
        add_pipelines(rows["sales"], world)
        records = Records(*(rows[name] for name in _FILLED))
        accounts = world.accounts()
        while portion := list(islice(accounts, PORTION)):
            for account in portion:
                records.add(account)
            async with asyncio.TaskGroup() as together:
                for name in _FILLED:
                    together.create_task(rows[name].copy(connections[name]))
    return sum(told.count for told in rows.values())


@asynccontextmanager
async def _emptied(db: Database, world: World) -> AsyncIterator[AsyncConnection[Any]]:
    """A transaction in which the module has nothing yet, and partitions for its past."""
    schema = db.schema
    async with db.connection() as connection, connection.transaction():
        await connection.execute("set local statement_timeout = 0")
        await connection.execute("set local idle_in_transaction_session_timeout = 0")
        tables = [*reversed(schema.metadata.sorted_tables)]
        tables.sort(key=_goes_last)
        for table in tables:
            if table.name not in _TRANSPORT | _ADDED_TO:
                name = sql.Identifier(schema.name, table.name)
                await connection.execute(sql.SQL("delete from {}").format(name))
        empty = sql.Identifier(schema.name, "empty_history")
        await connection.execute(sql.SQL("select {}()").format(empty))
        await connection.execute(
            sql.SQL("select {}(%s, %s)").format(sql.Identifier(schema.name, "make_partitions")),
            [world.staff.administrator.joined_at.date(), world.today],
        )
        yield connection


def _goes_last(table: Table) -> bool:
    """What deals and rates were goes when they are gone."""
    return table.name in {"deal_state", "rate_state"}


async def _admit(gausdo: Gausdo, world: World, passwords: dict[str, str]) -> dict[str, Any]:
    """Let the people in, and mark what was loaded."""
    db = gausdo.databases["identity"]
    rows = Rows(db.schema, world.seed)
    mark = {
        "today": world.today.isoformat(),
        "administrator": str(world.staff.administrator.id),
        "complete": False,
    }
    add_staff(rows, world, passwords, calendar_of(world, gausdo.settings.time_zone))
    rows.add(SettingRow(name=MARK, value=mark, changed_at=now()))
    async with _emptied(db, world) as connection:
        await rows.copy(connection)
    return mark


async def _mark(gausdo: Gausdo) -> dict[str, Any] | None:
    async with gausdo.databases["identity"].begin() as tx:
        found = await tx.session.get(SettingRow, MARK)
        return found.value if found else None


async def _anybody(gausdo: Gausdo) -> bool:
    async with gausdo.databases["identity"].begin() as tx:
        return await tx.session.scalar(select(UserRow.id).limit(1)) is not None


@asynccontextmanager
async def _alone(db: Database) -> AsyncIterator[bool]:
    """Whether nobody else loads; the lock goes with the connection, however this ends."""
    async with db.connection() as connection:
        found = await (
            await connection.execute("select pg_try_advisory_lock(%s)", [_LOADING])
        ).fetchone()
        mine = bool(found and found[0])
        try:
            yield mine
        finally:
            if mine:
                await connection.execute("select pg_advisory_unlock(%s)", [_LOADING])
