"""Files that are brought in: uploaded, looked at, tried, brought in, and corrected."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, unique_keys
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.imports import (
    AT_WORK,
    BEFORE_IT_RUNS,
    FileImport,
    FileImportChange,
    FileName,
    ImportKind,
    ImportsQuery,
    ImportState,
    NotNow,
    RefusedRow,
    RowCorrection,
    demand_key,
)
from gausdo.kernel.pages import Listed, not_a_place, place, place_of
from gausdo.kernel.values import now
from gausdo.modules.integrations import (
    bringing,
    cells,
    csv_text,
    file_table,
    import_access,
    spellings,
)
from gausdo.modules.integrations.bringing import BRING
from gausdo.modules.integrations.import_tables import (
    PORTION,
    ImportHeaderRow,
    ImportPartRow,
    ImportRefusalRow,
    ImportRow,
    ImportTouchedRow,
)
from gausdo.modules.integrations.landing import Row
from gausdo.platform.db import Database, Tx

MOST_ROWS = 1_000_000
SAID = ("fields", "policy", "by", "lookalikes", "automation")
"""What is remembered of a header."""
ENDED = frozenset({ImportState.DONE, ImportState.STOPPED})


@dataclass(frozen=True)
class FileImports:
    """`bringer` is what lands a file's rows."""

    db: Database
    bringer: bringing.Bringer

    async def upload(
        self, actor: Actor, kind: ImportKind, name: FileName, content: bytes, key: str | None
    ) -> FileImport:
        actor.demand(import_access.CREATE)
        table = await asyncio.to_thread(file_table.read, content)
        if not any(table.header):
            raise invalid("file", "header", "The first row has no names of columns.")
        row = ImportRow.start(actor, kind, name, file_table.format_of(content), table.header)
        row.fields = cells.guessed(row.fields, table.header, await self.bringer.added(actor, kind))
        asked = (kind, name, hashlib.sha256(content).hexdigest())
        async with self.db.begin(actor, key, asked) as tx:
            if not tx.told:
                await _recall(tx, row)
                tx.add(row)
                await tx.session.flush()
                while rows := await asyncio.to_thread(_portion, table.rows):
                    await _keep(tx, row, rows)
                row.portion = 0
                tx.publish(row.changed())
                tx.tell(row.shown())
            return tx.answer(FileImport)

    async def every(self, actor: Actor, query: ImportsQuery) -> Listed[FileImport]:
        rows = select(ImportRow).where(import_access.visible(actor))
        if query.after is not None:
            rows = rows.where(ImportRow.id < id_of(query.after))
        async with self.db.begin(actor) as tx:
            told = rows.order_by(ImportRow.id.desc()).limit(query.limit + 1)
            found = [row.shown() for row in await tx.session.scalars(told)]
        more = len(found) > query.limit
        page = found[: query.limit]
        return Listed[FileImport](items=page, next=place(page[-1].id) if more else None)

    async def one(self, actor: Actor, id: UUID) -> FileImport:
        async with self.db.begin(actor) as tx:
            return (await import_access.one(tx, actor, id)).shown()

    async def refused(self, actor: Actor, id: UUID, query: ImportsQuery) -> Listed[RefusedRow]:
        rows = select(ImportRefusalRow).where(ImportRefusalRow.import_id == id)
        if query.after is not None:
            rows = rows.where(ImportRefusalRow.line > _line_of(query.after))
        async with self.db.begin(actor) as tx:
            row = await import_access.one(tx, actor, id)
            told = rows.order_by(ImportRefusalRow.line).limit(query.limit + 1)
            found = [one.shown(row.fields) for one in await tx.session.scalars(told)]
        more = len(found) > query.limit
        page = found[: query.limit]
        return Listed[RefusedRow](items=page, next=place(page[-1].line) if more else None)

    async def refused_file(self, actor: Actor, id: UUID) -> bytes:
        async with self.db.begin(actor) as tx:
            row = await import_access.one(tx, actor, id)
            found = await tx.session.scalars(
                select(ImportRefusalRow)
                .where(ImportRefusalRow.import_id == id)
                .order_by(ImportRefusalRow.line)
            )
            width = len(row.header)
            lines = (
                [*one.cells, *[""] * (width - len(one.cells)), str(one.line), one.why["message"]]
                for one in found
            )
            return csv_text.written([*row.header, "Line", "Why"], lines)

    async def change(
        self, actor: Actor, id: UUID, change: FileImportChange, key: str | None
    ) -> FileImport:
        async def make(tx: Tx, row: ImportRow) -> None:
            _demand(row, BEFORE_IT_RUNS)
            await tx.fresh(row, change.version)
            named = (*(change.fields or ()), change.by)
            asked = any(one and one.startswith(CUSTOM) for one in named)
            added = await self.bringer.added(actor, row.kind) if asked else []  # type: ignore[arg-type]
            _demand_sense(row, change, added)
            row.change(change)

        return await self._changed(actor, id, key, make, change)

    async def check(self, actor: Actor, id: UUID, key: str | None) -> FileImport:
        async def begin(tx: Tx, row: ImportRow) -> None:
            _demand(row, BEFORE_IT_RUNS)
            await _begin(tx, row, ImportState.CHECKING)

        return await self._changed(actor, id, key, begin, "check")

    async def run(self, actor: Actor, id: UUID, key: str | None) -> FileImport:
        async def begin(tx: Tx, row: ImportRow) -> None:
            _demand(row, BEFORE_IT_RUNS | {ImportState.PAUSED})
            if row.state != ImportState.PAUSED:
                await _begin(tx, row, ImportState.RUNNING)
                return
            row.go_on()
            await tx.enqueue(BRING, once=True, import_id=row.id)

        return await self._changed(actor, id, key, begin, "run")

    async def pause(self, actor: Actor, id: UUID, key: str | None) -> FileImport:
        async def pause(_: Tx, row: ImportRow) -> None:
            _demand(row, {ImportState.RUNNING})
            row.pause()

        return await self._changed(actor, id, key, pause, "pause")

    async def stop(self, actor: Actor, id: UUID, key: str | None) -> FileImport:
        async def stop(_: Tx, row: ImportRow) -> None:
            _demand(row, AT_WORK | {ImportState.PAUSED})
            row.stop()

        return await self._changed(actor, id, key, stop, "stop")

    async def correct(
        self, actor: Actor, id: UUID, row_id: UUID, correction: RowCorrection, key: str | None
    ) -> FileImport:
        """As a portion of one row: brought in under a key of its own, then written down."""
        async with self.db.begin(actor) as tx:
            row = await import_access.one(tx, actor, id, change=True)
            _demand(row, ENDED)
            _demand_not_undone(row)
            refusal = await tx.session.get(ImportRefusalRow, row_id)
        if refusal is not None and refusal.import_id == id:
            rows = [(refusal.line, correction.cells)]
            again = f"import:{row_id}:{refusal.tries}"
            portion = await self.bringer.land(row, rows, again, correction.lookalikes)

        async def write(tx: Tx, row: ImportRow) -> None:
            there = await tx.session.get(ImportRefusalRow, row_id, with_for_update=True)
            if there is None or refusal is None or there.import_id != id:
                raise NotFound("There is no such row: it was brought in, or never refused.")
            if there.tries == refusal.tries:
                await bringing.write_corrected(tx, row, there, correction.cells, portion)

        return await self._changed(actor, id, key, write, (row_id, correction))

    async def _changed(
        self,
        actor: Actor,
        id: UUID,
        key: str | None,
        make: Callable[[Tx, ImportRow], Awaitable[None]],
        asked: object,
    ) -> FileImport:
        """The import after what is made of it, by somebody who may change it."""
        async with self.db.begin(actor, key, (id, asked)) as tx:
            if not tx.told:
                row = await import_access.one(tx, actor, id, change=True)
                before = row.state
                await make(tx, row)
                if row.state != before:
                    tx.publish(row.changed())
                tx.tell(row.shown())
            return tx.answer(FileImport)


def _demand(row: ImportRow, states: Collection[ImportState]) -> None:
    if row.state not in states:
        raise NotNow(
            f"The import is {row.state}; this cannot be done now.", data={"state": row.state}
        )


def _demand_not_undone(row: ImportRow) -> None:
    if row.undo is not None:
        raise NotNow("The import is taken back.", data={"state": row.undo})


def _demand_sense(row: ImportRow, change: FileImportChange, added: Sequence[CustomField]) -> None:
    """Raise Invalid for what no file of this kind can be told."""
    known = {*spellings.COLUMNS[row.kind], *(CUSTOM + one.key for one in added if not one.archived)}
    fields = change.fields
    if fields is not None:
        if len(fields) != len(row.header) or any(one and one not in known for one in fields):
            raise invalid("fields", "choice", "There is a field, or none, for each column.")
        once = [one for one in fields if one and one not in spellings.LISTS]
        if len(once) != len(set(once)):
            raise invalid("fields", "twice", "Two columns cannot be for the same field.")
    if change.by is not None:
        demand_key(row.kind, change.by, unique_keys(added))  # type: ignore[arg-type]


async def _begin(tx: Tx, row: ImportRow, state: ImportState) -> None:
    """Look at it from its first row on. Raises Invalid without a column for what is needed."""
    if not spellings.has_needed(row.kind, row.fields):
        names = spellings.called(row.kind, spellings.REQUIRED[row.kind])
        raise invalid("fields", "header", f"No column is called one of: {names}.")
    for beside in (ImportRefusalRow, ImportTouchedRow):
        await tx.session.execute(delete(beside).where(beside.import_id == row.id))
    row.begin(state)
    await _remember(tx, row)
    await tx.enqueue(BRING, once=True, import_id=row.id)


def _portion(rows: Iterator[Row]) -> list[Row]:
    return list(islice(rows, PORTION))


async def _keep(tx: Tx, row: ImportRow, rows: list[Row]) -> None:
    row.lines += len(rows)
    if row.lines > MOST_ROWS:
        raise invalid("file", "rows", f"There may be at most {MOST_ROWS} rows.")
    if row.portion == 0:
        row.taste(rows)
    part = ImportPartRow.of(row.id, row.portion, rows)
    await tx.session.execute(insert(ImportPartRow), [part])
    row.portion += 1


def _digest(row: ImportRow) -> bytes:
    return hashlib.sha256(to_json(row.header)).digest()


async def _recall(tx: Tx, row: ImportRow) -> None:
    """Take for the columns what was said of such a header last."""
    known = await tx.session.get(ImportHeaderRow, (row.owner_id, row.kind, _digest(row)))
    if known is not None:
        for name in SAID:
            setattr(row, name, getattr(known, name))


async def _remember(tx: Tx, row: ImportRow) -> None:
    told = {name: getattr(row, name) for name in SAID} | {"at": now()}
    known = {"owner_id": row.owner_id, "kind": row.kind, "header": _digest(row)}
    made = upsert(ImportHeaderRow).values(known | told)
    await tx.session.execute(made.on_conflict_do_update(index_elements=list(known), set_=told))


def id_of(after: str) -> UUID:
    """Where a page ended. Raises Invalid."""
    try:
        return UUID(place_of(after, 1)[0])
    except (ValueError, TypeError, AttributeError):
        raise not_a_place() from None


def _line_of(after: str) -> int:
    [line] = place_of(after, 1)
    if not isinstance(line, int):
        raise not_a_place()
    return line
