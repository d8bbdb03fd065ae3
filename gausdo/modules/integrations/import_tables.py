"""Files on their way in: their rows in portions, what was refused, and what was brought."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self, cast
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Reason
from gausdo.kernel.fields import is_sealed
from gausdo.kernel.imports import (
    AT_WORK,
    KEYS,
    Became,
    FileImport,
    FileImportChange,
    ImportColumn,
    ImportCounts,
    ImportKind,
    ImportPolicy,
    ImportState,
    ImportUndo,
    Landed,
    Lookalikes,
    RefusedRow,
    UndoState,
)
from gausdo.kernel.taking_back import Taken, TakenBack
from gausdo.kernel.values import new_id, now
from gausdo.modules.integrations import spellings
from gausdo.modules.integrations.contract import ImportChanged, ImportUndoChanged
from gausdo.modules.integrations.tables import schema
from gausdo.platform.db.schema import TIME

PORTION = 500
"""Rows that are kept, and brought in, together."""
SAMPLES = 3
"""Cells of each column that are shown before it is brought in."""
SHOWN = 100
"""Characters of one of them."""

Cells = list[str]


class ImportRow(schema.Base):  # type: ignore[name-defined,misc]
    """A file; `portion` is the first that was not brought in yet, or tried out.

    `round` tells apart the keys of what it does again: it is tried, and then brought in.
    """

    __tablename__ = "import"
    __table_args__ = (
        Index("ix_import_created_at_id", "created_at", "id"),
        Index("ix_import_state", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    format: Mapped[str]
    state: Mapped[str]
    header: Mapped[list[str]] = mapped_column(JSONB)
    samples: Mapped[list[list[str]]] = mapped_column(JSONB)
    fields: Mapped[list[str | None]] = mapped_column(JSONB)
    policy: Mapped[str]
    by: Mapped[str]
    lookalikes: Mapped[str] = mapped_column(server_default=Lookalikes.CREATE)
    automation: Mapped[bool]
    lines: Mapped[int]
    done: Mapped[int]
    portion: Mapped[int]
    round: Mapped[int]
    created: Mapped[int]
    updated: Mapped[int]
    same: Mapped[int]
    skipped: Mapped[int] = mapped_column(server_default="0")
    refused: Mapped[int]
    trouble: Mapped[dict[str, Any] | None]
    session: Mapped[str | None]  # of whoever uploaded it: a key gives no more than it gave
    owner_id: Mapped[UUID] = mapped_column(index=True)
    team_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(TIME)
    started_at: Mapped[datetime | None] = mapped_column(TIME)
    finished_at: Mapped[datetime | None] = mapped_column(TIME)
    undo: Mapped[str | None]
    undo_round: Mapped[int] = mapped_column(server_default="0")
    undo_total: Mapped[int] = mapped_column(server_default="0")
    undo_done: Mapped[int] = mapped_column(server_default="0")
    undo_removed: Mapped[int] = mapped_column(server_default="0")
    undo_given_back: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int]

    @classmethod
    def start(
        cls, actor: Actor, kind: ImportKind, name: str, format: str, header: Sequence[str]
    ) -> Self:
        return cls(
            id=new_id(),
            kind=kind,
            name=name,
            format=format,
            state=ImportState.NEW,
            header=list(header),
            samples=[[] for _ in header],
            fields=spellings.guessed(kind, header),
            policy=ImportPolicy.CREATE,
            by=KEYS[kind][0],
            lookalikes=Lookalikes.CREATE,
            automation=False,
            session=actor.origin and actor.origin.session,
            owner_id=actor.id,
            team_id=actor.team_id,
            created_at=now(),
            version=1,
            **_NOTHING,
            **dict.fromkeys(_UNDO, 0),
            lines=0,
            round=0,
        )

    def taste(self, rows: Sequence[tuple[int, Cells]]) -> None:
        """Keep the first cells of each column that have anything in them."""
        samples = [list(told) for told in self.samples]
        for _, cells in rows:
            for told, cell in zip(samples, cells, strict=False):
                if cell.strip() and len(told) < SAMPLES:
                    told.append(cell.strip()[:SHOWN])
        self.samples = samples

    def sealed_columns(self) -> list[int]:
        """Those whose cells are to be kept encrypted."""
        return [at for at, field in enumerate(self.fields) if field and is_sealed(field)]

    def change(self, change: FileImportChange) -> None:
        for name, value in change.named().items():
            if value is not None:
                setattr(self, name, value)
        self._enters(ImportState.NEW)

    def begin(self, state: ImportState) -> None:
        """Check it, or bring it in, from its first row on."""
        for name, value in _NOTHING.items():
            setattr(self, name, value)
        self.round += 1
        self.started_at, self.finished_at = now(), None
        self._enters(state)

    def go_on(self) -> None:
        self._enters(ImportState.RUNNING)

    def pause(self) -> None:
        self._enters(ImportState.PAUSED)

    def stop(self) -> None:
        self.finished_at = now()
        self._enters(ImportState.STOPPED)

    def fail(self, why: Reason) -> None:
        self.trouble, self.finished_at = why.model_dump(mode="json"), now()
        self._enters(ImportState.FAILED)

    def end(self) -> None:
        checked = self.state == ImportState.CHECKING
        self.finished_at = now()
        self._enters(ImportState.CHECKED if checked else ImportState.DONE)

    def _enters(self, state: ImportState) -> None:
        self.state = state
        self.version += 1

    def brought(self, rows: int, landed: Sequence[Landed]) -> None:
        """A portion of this many rows is behind us."""
        self.portion += 1
        self.done += rows
        self.count(landed)

    def count(self, landed: Sequence[Landed]) -> None:
        for one in landed:
            setattr(self, one.became, getattr(self, one.became) + 1)

    def begin_undo(self, total: int, looked_at: int) -> None:
        """Take it back, or what of it is in conflict still: the rest was `looked_at` before."""
        self.undo_round += 1
        self.undo_total, self.undo_done = total, looked_at
        self.turn_undo(UndoState.RUNNING)

    def turn_undo(self, state: UndoState) -> None:
        self.undo = state
        self.version += 1

    def took_back(self, taken: Sequence[TakenBack]) -> None:
        became = [one.became for one in taken]
        self.undo_done += len(became)
        self.undo_removed += became.count(Taken.REMOVED)
        self.undo_given_back += became.count(Taken.GIVEN_BACK)

    def undone(self) -> ImportUndo | None:
        if self.undo is None:
            return None
        return ImportUndo(
            state=UndoState(self.undo),
            total=self.undo_total,
            done=self.undo_done,
            removed=self.undo_removed,
            given_back=self.undo_given_back,
            conflicts=self.undo_done - self.undo_removed - self.undo_given_back,
        )

    def undo_changed(self) -> ImportUndoChanged:
        assert self.undo is not None
        return ImportUndoChanged(**self.changed().model_dump(), undo=UndoState(self.undo))

    @property
    def at_work(self) -> bool:
        return self.state in AT_WORK

    def changed(self) -> ImportChanged:
        return ImportChanged(
            import_id=self.id,
            kind=cast(ImportKind, self.kind),
            state=ImportState(self.state),
            owner_id=self.owner_id,
            team_id=self.team_id,
            version=self.version,
        )

    def shown(self) -> FileImport:
        kind, sealed = cast(ImportKind, self.kind), self.sealed_columns()
        told = zip(self.header, self.samples, self.fields, strict=True)
        return FileImport(
            id=self.id,
            kind=kind,
            name=self.name,
            format="xlsx" if self.format == "xlsx" else "csv",
            state=ImportState(self.state),
            columns=[
                ImportColumn(name=name, samples=[] if at in sealed else samples, field=field)
                for at, (name, samples, field) in enumerate(told)
            ],
            fields=list(spellings.COLUMNS[kind]),
            needed=spellings.REQUIRED[kind],
            keys=list(KEYS[kind]),
            policy=ImportPolicy(self.policy),
            by=self.by,
            lookalikes=Lookalikes(self.lookalikes),
            automation=self.automation,
            lines=self.lines,
            done=self.done,
            counts=ImportCounts(**{one: getattr(self, one) for one in Became}),
            trouble=self.trouble and Reason.model_validate(self.trouble),
            undo=self.undone(),
            owner_id=self.owner_id,
            created_at=self.created_at,
            started_at=self.started_at,
            finished_at=self.finished_at,
            version=self.version,
        )


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("done", "portion", "created", "updated", "same", "skipped", "refused"), 0),
    **dict.fromkeys(("trouble", "started_at", "finished_at")),
}
"""Of a file of which nothing was looked at yet."""
_UNDO = ("undo_round", "undo_total", "undo_done", "undo_removed", "undo_given_back")


class ImportPartRow(schema.Base):  # type: ignore[name-defined,misc]
    """Rows of a file, each the line it begins on and its cells; one transaction brings them in."""

    __tablename__ = "import_part"
    __table_args__ = (Index("uq_import_part", "import_id", "number", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("integrations.import.id"))
    number: Mapped[int]
    rows: Mapped[list[Any]] = mapped_column(JSONB)

    @classmethod
    def of(cls, import_id: UUID, number: int, rows: Sequence[tuple[int, Cells]]) -> dict[str, Any]:
        return {"id": new_id(), "import_id": import_id, "number": number, "rows": list(rows)}


class ImportRefusalRow(schema.Base):  # type: ignore[name-defined,misc]
    """A row that was not brought in; `tries` how often it was corrected."""

    __tablename__ = "import_refusal"
    __table_args__ = (Index("uq_import_refusal", "import_id", "line", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("integrations.import.id"))
    line: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(JSONB)
    why: Mapped[dict[str, Any]]
    tries: Mapped[int] = mapped_column(SmallInteger)

    @classmethod
    def of(cls, import_id: UUID, landed: Landed, cells: Cells) -> dict[str, Any]:
        return {
            "id": new_id(),
            "import_id": import_id,
            "line": landed.line,
            "cells": cells,
            "why": _told(landed),
            "tries": 0,
        }

    def again(self, cells: Cells, landed: Landed) -> None:
        """Refused once more, as corrected."""
        self.cells, self.why = cells, _told(landed)
        self.tries += 1

    def shown(self, fields: Sequence[str | None]) -> RefusedRow:
        why = Reason.model_validate(self.why)
        told = why.field or ""
        names = (told, told.partition(".")[0], told.removesuffix("_id"))
        column = next((fields.index(name) for name in names if name in fields), None)
        return RefusedRow(id=self.id, line=self.line, cells=self.cells, column=column, why=why)


def _told(landed: Landed) -> dict[str, Any]:
    assert landed.why is not None
    return landed.why.model_dump(mode="json")


class ImportTouchedRow(schema.Base):  # type: ignore[name-defined,misc]
    """A record that an import made or changed, and its version after that; once the import is
    taken back, what became of it, and why it is left as it is, or these `fields` of it.
    """

    __tablename__ = "import_touched"
    __table_args__ = (
        Index(
            "ix_import_touched_waiting",
            "import_id",
            "made",
            text("(kind = 'company')"),
            text("(kind = 'person')"),
            text("record_id desc"),
            postgresql_where=text("taken is null"),
        ),
        Index(
            "ix_import_touched_conflict",
            "import_id",
            "record_id",
            postgresql_where=text("taken = 'conflict'"),
        ),
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("integrations.import.id"), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    made: Mapped[bool]
    version: Mapped[int]
    taken: Mapped[str | None]
    code: Mapped[str | None]
    fields: Mapped[list[str] | None] = mapped_column(ARRAY(Text))


class ImportHeaderRow(schema.Base):  # type: ignore[name-defined,misc]
    """What somebody said last that the columns of such a header are for."""

    __tablename__ = "import_header"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    header: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)  # its digest
    fields: Mapped[list[str | None]] = mapped_column(JSONB)
    policy: Mapped[str]
    by: Mapped[str]
    lookalikes: Mapped[str] = mapped_column(server_default=Lookalikes.CREATE)
    automation: Mapped[bool]
    at: Mapped[datetime] = mapped_column(TIME)
