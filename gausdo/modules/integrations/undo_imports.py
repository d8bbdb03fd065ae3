"""Imports that are taken back: asked for, paused, and what was left as it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update

from gausdo.kernel.actor import Actor
from gausdo.kernel.imports import FileImport, ImportsQuery, ImportState, NotNow, UndoState
from gausdo.kernel.pages import Listed, place
from gausdo.kernel.taking_back import Taken, UndoConflict, UndoPreview
from gausdo.kernel.values import now
from gausdo.modules.customers.contract import COMPANIES, PEOPLE
from gausdo.modules.integrations import import_access
from gausdo.modules.integrations.bringing import KEPT, TAKE_BACK
from gausdo.modules.integrations.file_imports import id_of
from gausdo.modules.integrations.import_tables import ImportRow, ImportTouchedRow
from gausdo.modules.integrations.undoing import Undoer
from gausdo.modules.sales.contract import DEALS
from gausdo.platform.db import Database

ENDED = frozenset({ImportState.DONE, ImportState.STOPPED, ImportState.FAILED})
_touched = ImportTouchedRow.__table__.c


@dataclass(frozen=True)
class UndoImports:
    """`undoer` is what takes the records back."""

    db: Database
    undoer: Undoer

    async def preview(self, actor: Actor, id: UUID) -> UndoPreview:
        async with self.db.begin(actor) as tx:
            row = await import_access.one(tx, actor, id, change=True)
            _demand_ended(row)
        return await self.undoer.preview(row, await self.undoer.actor(row))

    async def begin(self, actor: Actor, id: UUID, key: str | None) -> FileImport:
        async with self.db.begin(actor, key, (id, "undo")) as tx:
            if not tx.told:
                row = await import_access.one(tx, actor, id, change=True)
                _demand_ended(row)
                _demand(row, {None, UndoState.PAUSED, UndoState.DONE})
                if row.undo == UndoState.PAUSED:
                    row.turn_undo(UndoState.RUNNING)
                else:
                    of_this = _touched.import_id == id
                    counted = select(_touched.made, func.count()).where(of_this)
                    made = await tx.session.execute(counted.group_by(_touched.made))
                    total = sum(count for _, count in made)
                    left = of_this & (_touched.taken == Taken.CONFLICT)
                    again = {"taken": None, "code": None, "fields": None}
                    await tx.session.execute(update(ImportTouchedRow).where(left).values(again))
                    row.begin_undo(total, row.undo_removed + row.undo_given_back)
                tx.publish(row.undo_changed())
                await tx.enqueue(TAKE_BACK, once=True, import_id=id)
                tx.tell(row.shown())
            return tx.answer(FileImport)

    async def pause(self, actor: Actor, id: UUID, key: str | None) -> FileImport:
        async with self.db.begin(actor, key, (id, "pause undo")) as tx:
            if not tx.told:
                row = await import_access.one(tx, actor, id, change=True)
                _demand(row, {UndoState.RUNNING})
                row.turn_undo(UndoState.PAUSED)
                tx.publish(row.undo_changed())
                tx.tell(row.shown())
            return tx.answer(FileImport)

    async def conflicts(self, actor: Actor, id: UUID, query: ImportsQuery) -> Listed[UndoConflict]:
        rows = select(ImportTouchedRow).where(
            _touched.import_id == id, _touched.taken == Taken.CONFLICT
        )
        if query.after is not None:
            rows = rows.where(_touched.record_id > id_of(query.after))
        async with self.db.begin(actor) as tx:
            await import_access.one(tx, actor, id)
            told = rows.order_by(_touched.record_id).limit(query.limit + 1)
            found = (await tx.session.scalars(told)).all()
        more, page = len(found) > query.limit, found[: query.limit]
        names = await self._names(actor, page)
        items = [
            UndoConflict(
                kind=one.kind,
                record_id=one.record_id,
                name=names.get(one.record_id),
                code=one.code or "",
                fields=one.fields or [],
            )
            for one in page
        ]
        return Listed[UndoConflict](items=items, next=place(page[-1].record_id) if more else None)

    async def _names(self, actor: Actor, page: Collection[ImportTouchedRow]) -> Mapping[UUID, str]:
        """What they are called, where the actor may see it."""
        bringer, names = self.undoer.bringer, dict[UUID, str]()
        ids = {kind: [one.record_id for one in page if one.kind == kind] for kind in _KINDS}
        if ids["company"] and actor.may(_KINDS["company"]):
            found = await bringer.customers.named_companies(actor, ids["company"])
            names |= {one.id: one.name for one in found}
        if ids["person"] and actor.may(_KINDS["person"]):
            people = await bringer.customers.named_people(actor, ids["person"])
            names |= {one.id: one.name for one in people}
        if ids["deal"] and actor.may(_KINDS["deal"]):
            deals = await bringer.sales.named_deals(actor, ids["deal"])
            names |= {one.id: one.name for one in deals}
        return names


_KINDS = {
    "company": COMPANIES.right("read"),
    "person": PEOPLE.right("read"),
    "deal": DEALS.right("read"),
}


def _demand_ended(row: ImportRow) -> None:
    """Raise NotNow while it goes on, before it has begun, and once it is too long ago."""
    ended = row.finished_at if row.state in ENDED else None
    if ended is None or ended < now() - KEPT:
        data = {"state": row.state}
        raise NotNow(f"The import is {row.state}, or was too long ago.", data=data)


def _demand(row: ImportRow, states: Collection[str | None]) -> None:
    if row.undo not in states:
        raise NotNow("The import is being taken back.", data={"state": row.undo})
