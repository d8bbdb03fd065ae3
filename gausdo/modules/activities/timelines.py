"""What happened around a record, as far as its reader may see it: a part of the service."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_json

from gausdo.kernel.actor import Actor
from gausdo.kernel.history import EntryPlace, HistoryEntry
from gausdo.kernel.named import NamedRecord
from gausdo.kernel.pages import Listed
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.values import Json
from gausdo.modules.activities import access, filling, meeting_access, neighbours, note_queries
from gausdo.modules.activities.contract import (
    AboutNamed,
    Meeting,
    Note,
    RecordKind,
    Task,
    TimelineEntry,
    TimelineKind,
    TimelineLetter,
    TimelineQuery,
)
from gausdo.modules.activities.neighbours import Readable
from gausdo.modules.activities.timeline_queries import (
    Found,
    Place,
    entries,
    kinds_of,
    place_after,
)
from gausdo.modules.communications.contract import Communications
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Sales
from gausdo.platform.db import Database

MOST_AT_ONCE, ROUNDS = 200, 5
"""Of so many entries it is found out who may see them, and so often for one page."""
_HISTORIES = frozenset({TimelineKind.DEAL, TimelineKind.CHANGE})
_SHOWN = ("note", "task", "meeting", "letter", "change")
_NOTES = TypeAdapter(list[Note])
_FOUND = TypeAdapter(list[Found])


class Timelines:
    """Entries are read from their index; what each shows is asked of its module in the reader's
    name, and what that does not tell is not shown.
    """

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def customers(self) -> Customers: ...
        @property
        def sales(self) -> Sales: ...
        @property
        def identity(self) -> Identity: ...
        @property
        def communications(self) -> Communications: ...
        async def find_tasks(self, actor: Actor, ids: list[UUID]) -> list[Task]: ...
        async def find_meetings(self, actor: Actor, ids: list[UUID]) -> list[Meeting]: ...

    async def timeline(
        self, actor: Actor, query: TimelineQuery, record: NamedRecord | None = None
    ) -> Json:
        kinds, after = kinds_of(query.kinds), place_after(query.after)
        about = query.about_kind, query.about_id
        if record is not None and record.id == query.about_id:
            known = neighbours.read(query.about_kind, [record])
        elif not (known := await neighbours.readable(self, actor, [about])):
            raise neighbours.missing(query.about_kind)
        shown: list[TimelineEntry] = []
        ends: dict[UUID, Place] = {}
        at_once = query.limit + 1
        for _ in range(ROUNDS):
            read = entries(query.about_id, kinds, after, at_once)
            found = _FOUND.validate_json(await self.db.one(read))
            shown += await self._shown(actor, found, known)
            ends |= {one.id: one.place for one in found}
            after = found[-1].place if len(found) == at_once else None
            if after is None or len(shown) > query.limit:
                break
            at_once = MOST_AT_ONCE
        page = shown[: query.limit]
        more = ends[page[-1].id] if len(shown) > query.limit else after
        told = Listed[TimelineEntry](items=page, next=more and more.told())
        return Json(to_json(told))

    async def refill_timelines(self, actor: Actor) -> None:
        demand_gausdo(actor)
        await filling.refill(self.db)

    async def _shown(
        self, actor: Actor, found: Sequence[Found], known: Readable
    ) -> list[TimelineEntry]:
        """Those the actor may see, in their order; of the `known` records it is known already."""
        others, notes, tasks, meetings, letters, changes = await asyncio.gather(
            neighbours.readable(
                self, actor, {(one.of_kind, one.meant_id) for one in found} - known.keys()
            ),
            self._notes(actor, _ids(found, TimelineKind.NOTE)),
            self._tasks(actor, _ids(found, TimelineKind.TASK)),
            self._meetings(actor, _ids(found, TimelineKind.MEETING, TimelineKind.CALL)),
            self._letters(actor, _ids(found, TimelineKind.LETTER)),
            self._changes(actor, [one for one in found if one.kind in _HISTORIES]),
        )
        records = {**known, **others}
        told: list[TimelineEntry] = []
        for one in found:
            of = records.get((one.of_kind, one.meant_id))
            content: dict[str, Any] = dict.fromkeys(_SHOWN)
            if one.kind is TimelineKind.NOTE and of is not None and (note := notes.get(one.id)):
                may = note.author_id == actor.id or of.editable
                content["note"] = note.model_copy(
                    update={"editable": may and actor.may(access.CREATE_NOTE)}
                )
            elif one.kind is TimelineKind.TASK:
                content["task"] = tasks.get(one.id)
            elif one.kind in {TimelineKind.MEETING, TimelineKind.CALL}:
                content["meeting"] = meetings.get(one.id)
            elif one.kind is TimelineKind.LETTER:
                content["letter"] = letters.get(one.id)
            elif one.kind in _HISTORIES and of is not None:
                content["change"] = changes.get(one.id)
            if any(content.values()):
                about = of and AboutNamed(kind=one.of_kind, id=of.id, name=of.name)
                told.append(TimelineEntry(id=one.id, kind=one.kind, at=one.at, of=about, **content))
        return told

    async def _notes(self, actor: Actor, ids: list[UUID]) -> dict[UUID, Note]:
        if not ids or not actor.may(access.READ_NOTE):
            return {}
        found = _NOTES.validate_json(await self.db.one(note_queries.notes_by_id(actor, ids)))
        return {one.id: one for one in found}

    async def _tasks(self, actor: Actor, ids: list[UUID]) -> dict[UUID, Task]:
        if not ids or not actor.may(access.READ):
            return {}
        return {one.id: one for one in await self.find_tasks(actor, ids)}

    async def _meetings(self, actor: Actor, ids: list[UUID]) -> dict[UUID, Meeting]:
        if not ids or not actor.may(meeting_access.READ):
            return {}
        return {one.id: one for one in await self.find_meetings(actor, ids)}

    async def _letters(self, actor: Actor, ids: list[UUID]) -> dict[UUID, TimelineLetter]:
        if not ids:
            return {}
        return {
            one.id: TimelineLetter(id=one.id, to=one.to, subject=one.subject, sent_at=one.sent_at)
            for one in await self.communications.find_letters(actor, ids)
        }

    async def _changes(self, actor: Actor, found: Iterable[Found]) -> dict[UUID, HistoryEntry]:
        places: dict[RecordKind, list[EntryPlace]] = {}
        for one in found:
            place = EntryPlace(record_id=one.of_id, version=one.version, at=one.at)
            places.setdefault(one.of_kind, []).append(place)
        told = await asyncio.gather(
            *(
                (self.sales if kind == "deal" else self.customers).entries_at(actor, kind, asked)
                for kind, asked in places.items()
            )
        )
        return {entry.id: entry for entries in told for entry in entries}


def _ids(found: Iterable[Found], *kinds: TimelineKind) -> list[UUID]:
    return [one.id for one in found if one.kind in kinds]
