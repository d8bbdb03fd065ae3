"""How a file is brought in, portion by portion, by a job.

A portion is two transactions: of the module its rows are for, under a key, and of this one, which
writes down what became of it and moves on. Whoever was killed between them repeats the first, which
then answers what it has answered before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gausdo.kernel.actor import SYSTEM, Actor, Cause, Origin
from gausdo.kernel.custom import CustomField
from gausdo.kernel.errors import Forbidden, Problem, Unavailable, reason
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.imports import (
    AT_WORK,
    Became,
    Bringing,
    ImportKind,
    ImportPolicy,
    ImportState,
    Lookalikes,
    UndoState,
)
from gausdo.kernel.values import now
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.cells import OWNER, Known
from gausdo.modules.integrations.import_tables import (
    Cells,
    ImportPartRow,
    ImportRefusalRow,
    ImportRow,
    ImportTouchedRow,
)
from gausdo.modules.integrations.keys import Keys
from gausdo.modules.integrations.landing import Landing, Portion, Row
from gausdo.modules.sales.contract import Sales
from gausdo.platform.db import Database, Tx

BRING = "integrations.bring"
"""The job that goes on with an import."""
TAKE_BACK = "integrations.take_back"
"""The job that goes on with taking one back."""
KEPT = timedelta(days=30)
"""How long the rows of a file stay once it is done."""


@dataclass(frozen=True)
class Bringer:
    db: Database
    identity: Identity
    customers: Customers
    sales: Sales
    base_currency: str
    keys: Keys

    async def go_on(self, id: UUID) -> None:
        """Until the file ends, or somebody pauses or stops it."""
        while await self._step(id):
            pass

    async def look_after(self) -> None:
        """Have what is at work gone on with, if no job does, and forget rows of long ago."""
        ended = (ImportState.DONE, ImportState.STOPPED)
        long_ago = now() - KEPT
        over = select(ImportRow.id).where(
            ImportRow.state.in_(ended), ImportRow.finished_at < long_ago
        )
        async with self.db.begin() as tx:
            await tx.session.execute(delete(ImportPartRow).where(ImportPartRow.import_id.in_(over)))
            at_work = select(ImportRow.id).where(ImportRow.state.in_(AT_WORK))
            for id in await tx.session.scalars(at_work):
                await tx.enqueue(BRING, once=True, import_id=id)
            undone = select(ImportRow.id).where(ImportRow.undo == UndoState.RUNNING)
            for id in await tx.session.scalars(undone):
                await tx.enqueue(TAKE_BACK, once=True, import_id=id)

    async def _step(self, id: UUID) -> bool:
        """One portion; whether there may be more."""
        async with self.db.begin() as tx:
            row = await tx.session.get(ImportRow, id)
            if row is None or not row.at_work:
                return False
            rows = await tx.session.scalar(
                select(ImportPartRow.rows).where(
                    ImportPartRow.import_id == id, ImportPartRow.number == row.portion
                )
            )
        try:
            portion = (
                await self.land(row, rows, f"import:{id}:{row.round}:{row.portion}")
                if rows
                else None
            )
        except Unavailable:
            raise  # the job is tried again
        except Problem as problem:
            return await self._fail(id, problem)
        async with self.db.begin(SYSTEM) as tx:
            there = await tx.session.get_one(ImportRow, id, with_for_update=True)
            if (there.round, there.portion) != (row.round, row.portion):
                return False  # somebody else is at it
            if portion is not None and rows is not None:
                await _write(tx, there, rows, portion)
            elif there.at_work:
                there.end()
                tx.publish(there.changed())
            return there.at_work

    async def _fail(self, id: UUID, problem: Problem) -> bool:
        async with self.db.begin(SYSTEM) as tx:
            row = await tx.session.get_one(ImportRow, id, with_for_update=True)
            if row.at_work:
                row.fail(reason(problem))
                tx.publish(row.changed())
            return False

    async def land(
        self, row: ImportRow, rows: list[Row], key: str, lookalikes: Lookalikes | None = None
    ) -> Portion:
        """Try rows out, or bring them in, with the live rights of whose import it is.

        `lookalikes`: of these rows, rather than of all.

        Raises Forbidden, Unknown when the person or the key has gone, Unavailable.
        """
        how = Bringing(
            policy=ImportPolicy(row.policy), by=row.by, dry=row.state == ImportState.CHECKING
        )
        said = lookalikes or Lookalikes(row.lookalikes)
        if said is not Lookalikes.CREATE:  # without it a key stays that of the release before
            how = how.model_copy(update={"lookalikes": said})
        actor = await self.actor(row)
        landing = Landing(
            actor,
            self.customers,
            self.sales,
            self.base_currency,
            row.fields,
            how,
            key,
            await self.known(actor, row),
        )
        return await landing.land(row.kind, rows)  # type: ignore[arg-type]

    async def known(self, actor: Actor, row: ImportRow) -> Known:
        """What cells of its columns may name."""
        told = [one for one in row.fields if one]
        named = [one for one in told if one == OWNER or one.startswith(CUSTOM)]
        users = await self.identity.users(SYSTEM) if named else []
        fields = await self.added(actor, row.kind) if named else []  # type: ignore[arg-type]
        return Known.of(users, fields, actor.time_zone, self.base_currency)

    async def added(self, actor: Actor, kind: ImportKind) -> list[CustomField]:
        """The fields that were added to records of a kind; none for who may not read such."""
        ask = {
            "companies": self.customers.company_fields,
            "people": self.customers.person_fields,
            "deals": self.sales.deal_fields,
        }[kind]
        try:
            return await ask(actor)
        except Forbidden:
            return []

    async def actor(self, row: ImportRow) -> Actor:
        """Whose import it is, as they are now, because of it. Raises Unknown, Forbidden."""
        cause = Cause(event_id=row.id, import_id=row.id, quiet=not row.automation)
        actor = await self.identity.actor(row.owner_id)
        if row.session is not None:
            origin = Origin(session=row.session)
            if origin.key_id is not None:
                program = await self.keys.program_of(SYSTEM, origin.key_id)
                actor = actor.narrowed(program.grants)
            actor = actor.model_copy(update={"origin": origin})
        return actor.because(cause, via="import")


async def _write(tx: Tx, row: ImportRow, rows: list[Row], portion: Portion) -> None:
    if row.state == ImportState.RUNNING and (sealed := row.sealed_columns()):
        await _blank(tx, row, rows, sealed)
    row.brought(len(rows), portion.landed)
    cells = dict(rows)
    refusals = [
        ImportRefusalRow.of(row.id, one, cells[one.line])
        for one in portion.landed
        if one.became is Became.REFUSED
    ]
    if refusals:
        await tx.session.execute(insert(ImportRefusalRow), refusals)
    await _touch(tx, row, portion)


async def _blank(tx: Tx, row: ImportRow, rows: list[Row], columns: Collection[int]) -> None:
    """What is kept encrypted from now on does not stay in the file."""
    row.samples = [[] if at in columns else told for at, told in enumerate(row.samples)]
    blanked = [
        (line, ["" if at in columns else cell for at, cell in enumerate(cells)])
        for line, cells in rows
    ]
    part = ImportPartRow.import_id == row.id, ImportPartRow.number == row.portion
    await tx.session.execute(update(ImportPartRow).where(*part).values(rows=blanked))


async def write_corrected(
    tx: Tx, row: ImportRow, refusal: ImportRefusalRow, cells: Cells, portion: Portion
) -> None:
    """A refused row was tried again: it is gone from the refused, or says why anew."""
    [landed] = portion.landed
    if landed.became is Became.REFUSED:
        refusal.again(cells, landed)
        return
    row.refused -= 1
    row.count([landed])
    await tx.session.execute(delete(ImportRefusalRow).where(ImportRefusalRow.id == refusal.id))
    await _touch(tx, row, portion)


async def _touch(tx: Tx, row: ImportRow, portion: Portion) -> None:
    """Remember what was made, or changed; the same record of several rows at its last version."""
    touched: dict[Any, dict[str, Any]] = {}
    for kind, one in portion.touched:
        made = one.became is Became.CREATED or (one.id in touched and touched[one.id]["made"])
        touched[one.id] = {
            "import_id": row.id,
            "record_id": one.id,
            "kind": kind,
            "made": made,
            "version": one.version,
        }
    if not touched:
        return
    told = upsert(ImportTouchedRow)
    later = told.excluded.version
    await tx.session.execute(
        told.on_conflict_do_update(
            index_elements=["import_id", "record_id"],
            set_={"version": func.greatest(ImportTouchedRow.version, later)},
        ),
        list(touched.values()),
    )
