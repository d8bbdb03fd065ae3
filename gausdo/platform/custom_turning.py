"""The values of fields that get another type, made anew by a job, some records at a time.

First of all records, then of those that were changed meanwhile; then, for some seconds, nobody
writes the field, until whoever began to write it before has ended. So the new field, when it comes
into force, has what the old one had at its last moment.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Text, bindparam, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.custom import CustomField
from gausdo.kernel.errors import Invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.turning import Turning, with_options
from gausdo.kernel.values import now
from gausdo.platform.custom import FRESH, CustomFields
from gausdo.platform.custom_becoming import asking, names_for, object_of, renamed, sorts
from gausdo.platform.custom_computing import OPEN
from gausdo.platform.custom_sql import grouped_keys
from gausdo.platform.custom_stopping import STOPPING
from gausdo.platform.custom_unique import demand_unique
from gausdo.platform.db import Tx
from gausdo.platform.jobs import Jobs
from gausdo.platform.portions import let_others_pass

PORTION = 500
"""Records of one transaction."""
NONE = UUID(int=0)
SOON = 0.2
"""Seconds between two looks at who still writes."""

_TURN = """
    update {table} as one set custom = (custom - :key) || told.value
    from jsonb_each(:told) as told
    where id = told.key::uuid
        and custom is distinct from (custom - :key) || told.value
"""
_OTHERS = """
    select count(*) from pg_stat_activity
    where datname = current_database() and xact_start < :at and pid <> pg_backend_pid()
        and usename = current_user
"""


def becoming_jobs(jobs: Jobs) -> None:
    """Declare the job of a module whose records have fields that were added."""

    @jobs.task("become")
    async def become(service: Any, kind: str) -> None:
        while (id := await _waiting(service.fields, kind)) is not None:
            await _Change(service.fields, kind, id).run()


async def _waiting(fields: CustomFields, kind: str) -> UUID | None:
    async with fields.db.begin(SYSTEM) as tx:
        table = tx.schema.custom_field.c
        query = select(table.id).where(table.of == kind, table.becoming.is_not(None))
        found: UUID | None = await tx.session.scalar(query.order_by(table.id).limit(1))
        return found


class _Change:
    """Of one field; each step goes on from what the steps before have kept."""

    def __init__(self, fields: CustomFields, kind: str, id: UUID) -> None:
        self.fields, self.kind, self.id = fields, kind, id

    async def run(self) -> None:
        if await self._stage() == "values":
            await self._portions(since=None)
            if (told := await self._keep(after=None)) is not None:
                again = (now() - OPEN).isoformat()
                await self._portions(since=datetime.fromisoformat(told["since"]))
                await self._keep(stage="closing", closing=True, after=None, since=again)
        closing = await self._stage() == "closing"
        if closing and (told := await self._keep(closing=True, after=None)) is not None:
            await self._wait_for_writers()
            await self._portions(since=datetime.fromisoformat(told["since"]))
            await self._take_its_place()
        if await self._stage() == STOPPING:
            await self._take_away()
        else:
            await self._carry()

    async def _stage(self) -> str | None:
        async with self.fields.db.begin(SYSTEM) as tx:
            told = await self._told(tx)
            return None if told is None else str(told["stage"])

    async def _told(self, tx: Tx) -> dict[str, Any] | None:
        table = tx.schema.custom_field.c
        query = select(table.becoming).where(table.id == self.id).with_for_update()
        told: dict[str, Any] | None = await tx.session.scalar(query)
        return told

    async def _write(self, tx: Tx, told: Mapping[str, Any] | None) -> None:
        table = tx.schema.custom_field
        values = {"becoming": told}
        await tx.session.execute(update(table).where(table.c.id == self.id).values(**values))

    async def _keep(self, **differs: Any) -> dict[str, Any] | None:
        """Keep what is told otherwise now; None where it was stopped, or is done."""
        async with self.fields.db.begin(SYSTEM) as tx:
            told = await self._told(tx)
            if told is None or told["stage"] == STOPPING:
                return None
            told |= differs
            await self._write(tx, told)
        self.fields.forget_read()
        return told

    async def _portions(self, since: datetime | None) -> None:
        """All records, or those that were changed since."""
        began = time.monotonic()
        while await self._portion(since) == PORTION:
            await let_others_pass(began)
            began = time.monotonic()

    async def _portion(self, since: datetime | None) -> int:
        async with self.fields.db.begin(SYSTEM) as tx:
            told = await self._told(tx)
            if told is None or told["stage"] == STOPPING:
                return 0
            before, into = await self._both(tx, UUID(told["into"]))
            table = tx.schema.metadata.tables[f"{tx.schema.name}.{self.kind}"].c
            after = UUID(told["after"] or str(NONE))
            held = table.custom.op("->")(before.key)
            query = select(table.id, held).where(table.id > after).order_by(table.id)
            if since is not None:
                query = query.where(table.changed_at > since)
            locked = query.limit(PORTION).with_for_update()
            rows = (await tx.session.execute(locked)).all()
            lost = await self._turn(tx, before, into, told, {str(id): was for id, was in rows})
            if since is None:
                if told["total"] is None:
                    told["total"] = await tx.session.scalar(
                        select(func.count()).select_from(table.id.table)
                    )
                told |= {"done": told["done"] + len(rows), "lost": told["lost"] + lost}
            if rows:
                told["after"] = str(rows[-1][0])
            await self._write(tx, told)
            return len(rows)

    async def _both(self, tx: Tx, into: UUID) -> tuple[CustomField, CustomField]:
        there = {one.id: one for one in await self.fields.there(tx, self.kind)}
        return there[self.id], there[into]

    async def _turn(
        self,
        tx: Tx,
        before: CustomField,
        into: CustomField,
        told: Mapping[str, Any],
        held: Mapping[str, Any],
    ) -> int:
        """Write what these values become; how many are lost."""
        names = await names_for(tx, self.fields, before, into.type, held.values())
        how = (told["currency"], told["locale"], ZoneInfo(self.fields.zone), names)
        turning = Turning(before, into, *how)
        values = [was for was in held.values() if was is not None]
        if wanting := dict.fromkeys(one for was in values for one in turning.wanting(was)):
            wider = with_options(into, wanting)
            if wider.options != into.options:  # typed since it was begun
                into = wider.model_copy(update={"version": into.version + 1})
                await self.fields.keep(tx, into, None)
                turning = Turning(before, into, *how)
        turned = {id: None if was is None else turning(was).value for id, was in held.items()}
        if turned:
            table = f"{tx.schema.name}.{self.kind}"
            sql = text(_TURN.format(table=table).replace("::", r"\:\:")).bindparams(
                bindparam("told", type_=JSONB)
            )
            written = {
                "key": into.key,
                "told": {
                    id: {} if value is None else {into.key: value} for id, value in turned.items()
                },
            }
            await tx.session.execute(sql, written)
        return sum(turned[id] is None for id, was in held.items() if was is not None)

    async def _wait_for_writers(self) -> None:
        """Until nobody writes who may have read that the field can be written."""
        at = now() + timedelta(seconds=FRESH)
        await asyncio.sleep(2 * FRESH)
        give_up = time.monotonic() + OPEN.total_seconds()
        while time.monotonic() < give_up:
            async with self.fields.db.begin(SYSTEM) as tx:
                if not await tx.session.scalar(text(_OTHERS), {"at": at}):
                    return
            await asyncio.sleep(SOON)

    async def _take_its_place(self) -> None:
        async with self.fields.db.begin(SYSTEM) as tx:
            told = await self._told(tx)
            if told is None or told["stage"] == STOPPING:
                return
            before, into = await self._both(tx, UUID(told["into"]))
            wanted = into.model_copy(
                update={
                    "archived": False,
                    "unique": before.unique,
                    "position": before.position,
                    "version": into.version + 1,
                }
            )
            wanted = await self._unique_if_it_can(tx, wanted)
            away = {"archived": True, "version": before.version + 1}
            await self._write(tx, None)  # so that it can be changed
            await self.fields.keep(tx, before.model_copy(update=away), before)
            await self.fields.keep(tx, wanted, into)
            for one in asking(await self.fields.there(tx, self.kind), before):
                changed = {
                    "formula": renamed(one.formula or "", before, into),
                    "version": one.version + 1,
                }
                try:
                    await self.fields.bring(tx, one.model_copy(update=changed), one)
                except Invalid:  # written meanwhile: it goes on asking for what was
                    continue
            await self.fields.uses.carry(tx, before, wanted)
            await self._write(tx, told | {"stage": "carrying", "closing": False})
        self.fields.forget_read()

    async def _take_away(self) -> None:
        """No record has a value of the other field; that stays put away, for its key is used up."""
        began = time.monotonic()
        while await self._emptied() == PORTION:
            await let_others_pass(began)
            began = time.monotonic()
        async with self.fields.db.begin(SYSTEM) as tx:
            await self._write(tx, None)
        self.fields.forget_read()

    async def _emptied(self) -> int:
        """Of some records more."""
        async with self.fields.db.begin(SYSTEM) as tx:
            told = await self._told(tx)
            if told is None:
                return 0
            _, into = await self._both(tx, UUID(told["into"]))
            table = tx.schema.metadata.tables[f"{tx.schema.name}.{self.kind}"]
            filled = table.c.custom.has_key(into.key), table.c.id > UUID(told["after"] or str(NONE))
            query = select(table.c.id).where(*filled).order_by(table.c.id).limit(PORTION)
            ids = (await tx.session.scalars(query.with_for_update())).all()
            if ids:
                without = table.c.custom.op("-")(literal(into.key, Text))
                emptied = update(table).where(table.c.id.in_(ids)).values(custom=without)
                await tx.session.execute(emptied)
                await self._write(tx, told | {"after": str(ids[-1])})
            return len(ids)

    async def _unique_if_it_can(self, tx: Tx, wanted: CustomField) -> CustomField:
        if wanted.unique:
            try:
                await demand_unique(tx, self.fields.kept[self.kind], wanted)
            except Invalid:  # two values that differed are the same now
                return wanted.model_copy(update={"unique": False})
        return wanted

    async def _carry(self) -> None:
        """What other modules show of it, they show of the new one; then it is done."""
        async with self.fields.db.begin(SYSTEM) as tx:
            told = await self._told(tx)
            if told is None or told["stage"] != "carrying":
                return
            before, into = await self._both(tx, UUID(told["into"]))
        if self.fields.uses.views is not None:
            names = object_of(self.fields, self.kind), CUSTOM + before.key, CUSTOM + into.key
            views = self.fields.uses.views()
            await views.hide_field(SYSTEM, *names)
            groups = names[-1] in grouped_keys([into])
            await views.show_field(SYSTEM, *names, sorts(into), groups)
        async with self.fields.db.begin(SYSTEM) as tx:
            await self._write(tx, None)
        self.fields.forget_read()
