"""What one can do with notes: a part of the service."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import delete, exists, select

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import Forbidden, NotFound, invalid
from gausdo.kernel.values import Json, now
from gausdo.modules.activities import access, neighbours, note_queries, timeline
from gausdo.modules.activities.contract import (
    About,
    CannotSee,
    Note,
    NoteChange,
    NoteDraft,
    NoteQuery,
    NoteVersion,
    PeopleMentioned,
)
from gausdo.modules.activities.file_tables import FileRow
from gausdo.modules.activities.files import attach, drop_files
from gausdo.modules.activities.meaning import meant
from gausdo.modules.activities.note_tables import NoteRow
from gausdo.modules.activities.notes_contract import MOST_MENTIONS, mentioned
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Sales
from gausdo.platform.db import Database, Tx

KEPT = timedelta(days=30)
"""How long a note that was removed can come back."""
NO_NOTE = "There is no such note, or it is not yours to see."


class Notes:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def customers(self) -> Customers: ...
        @property
        def sales(self) -> Sales: ...
        @property
        def identity(self) -> Identity: ...

    async def list_notes(self, actor: Actor, query: NoteQuery) -> Json:
        actor.demand(access.READ_NOTE)
        record = await self._record(actor, About(kind=query.about_kind, id=query.about_id))
        editable = record.editable and actor.may(access.CREATE_NOTE)
        return await self.db.one(note_queries.notes(actor, query, editable=editable))

    async def add_note(self, actor: Actor, draft: NoteDraft, key: str | None = None) -> Note:
        actor.demand(access.CREATE_NOTE)
        if not draft.file_ids:
            _demand_text(draft.text)
        known = await neighbours.find(self, actor, draft.about)
        await self._demand_sight(draft.about, mentioned(draft.text))
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = NoteRow.add(draft, actor.id, actor.team_id)
                tx.add(row)
                await tx.session.flush()
                await attach(tx, actor, row, draft.file_ids)
                await tx.remember_known([known])
                await timeline.put_own(tx, timeline.of_note(row))
                tx.publish(row.added(), personal={"text": (None, row.text)})
                _tell_named(tx, row, row.mentions)
                tx.tell(from_json(await tx.json(note_queries.note(actor, row.id)) or b"null"))
            return tx.answer(Note)

    async def change_note(
        self, actor: Actor, id: UUID, change: NoteChange, key: str | None = None
    ) -> Note:
        about, before = await self._demand_change(actor, id)
        if change.text is not None:
            named = [one for one in mentioned(change.text) if one not in before]
            await self._demand_sight(about, named)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await _note(tx, id, removed=False)
                await tx.fresh(row, change.version, note_queries.note(actor, id))
                told = {*row.mentions}
                if change.file_ids is not None:
                    await attach(tx, actor, row, change.file_ids)
                if changes := row.rewrite(change.text, change.file_ids):
                    await _demand_something(tx, row)
                    tx.publish(row.changed(), personal=changes)
                    _tell_named(tx, row, [one for one in row.mentions if one not in told])
                tx.tell(from_json(await tx.json(note_queries.note(actor, id)) or b"null"))
            return tx.answer(Note)

    async def remove_note(
        self, actor: Actor, id: UUID, seen: NoteVersion, key: str | None = None
    ) -> Note:
        await self._demand_change(actor, id)
        async with self.db.begin(actor, key, (id, seen)) as tx:
            if not tx.told:
                row = await _note(tx, id, removed=False)
                await tx.fresh(row, seen.version, note_queries.note(actor, id))
                tx.publish(row.remove())
                await timeline.drop(tx, [row.id])
                tx.tell(from_json(await tx.json(note_queries.note(actor, id)) or b"null"))
            return tx.answer(Note)

    async def restore_note(
        self, actor: Actor, id: UUID, seen: NoteVersion, key: str | None = None
    ) -> Note:
        await self._demand_change(actor, id)
        async with self.db.begin(actor, key, (id, seen)) as tx:
            if not tx.told:
                row = await _note(tx, id, removed=True)
                await tx.fresh(row, seen.version, note_queries.note(actor, id))
                tx.publish(row.restore())
                await timeline.put_own(tx, timeline.of_note(row))
                tx.tell(from_json(await tx.json(note_queries.note(actor, id)) or b"null"))
            return tx.answer(Note)

    async def _record(self, actor: Actor, about: About) -> neighbours.Record:
        """Raises NotFound when the record is not the actor's to see."""
        found = await neighbours.readable(self, actor, [(about.kind, about.id)])
        if not found:
            raise NotFound(f"There is no such {about.kind}, or it is not yours to see.")
        return found[about.kind, about.id]

    async def _demand_change(self, actor: Actor, id: UUID) -> tuple[About, list[UUID]]:
        """What the note is about, and who is named in it.

        Raises NotFound, Forbidden unless the actor wrote the note or may change its record.
        """
        actor.demand(access.READ_NOTE)
        query = select(NoteRow).where(NoteRow.id == id)
        async with self.db.begin(actor) as tx:
            row = (await tx.session.scalars(query)).one_or_none()
            if row is None:
                raise NotFound(NO_NOTE)
            about = await meant(
                tx, About.model_validate({"kind": row.about_kind, "id": row.about_id})
            )
        try:
            record = await self._record(actor, about)
        except NotFound:
            raise NotFound(NO_NOTE) from None
        actor.demand(access.CREATE_NOTE)
        if row.author_id != actor.id and not record.editable:
            raise Forbidden("Only who wrote a note, or may change its record, may change it.")
        return about, [*row.mentions]

    async def _demand_sight(self, about: About, ids: list[UUID]) -> None:
        """Raise CannotSee when somebody who is named may not see the record, Invalid when there is
        nobody of that id.
        """
        if len(ids) > MOST_MENTIONS:
            raise invalid("text", "too-many", f"At most {MOST_MENTIONS} people are named.")
        blind = []
        known = {user.id: user.name for user in await self.identity.find_users(SYSTEM, ids)}
        for id in ids:
            if id not in known:
                raise invalid("text", "unknown-user", "Somebody is named who does not work here.")
            try:
                await neighbours.find(self, await self.identity.actor(id), about)
            except (NotFound, Forbidden):
                blind.append(known[id])
        if blind:
            told = f"{', '.join(blind)} may not see this record, and would not be told."
            raise CannotSee(told, data={"names": blind})


async def forget_removed(db: Database) -> None:
    """What was removed too long ago to come back."""
    async with db.begin(SYSTEM) as tx:
        old = delete(NoteRow).where(NoteRow.removed_at < now() - KEPT).returning(NoteRow.id)
        await drop_files(tx, (await tx.session.scalars(old)).all())


async def _note(tx: Tx, id: UUID, *, removed: bool) -> NoteRow:
    """A note, locked, that is there or was removed. Raises NotFound."""
    gone = NoteRow.removed_at.is_not(None) if removed else NoteRow.removed_at.is_(None)
    query = select(NoteRow).where(NoteRow.id == id, gone).with_for_update()
    row = (await tx.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound(NO_NOTE)
    return row


def _tell_named(tx: Tx, row: NoteRow, ids: list[UUID]) -> None:
    if ids:
        about = {"about_kind": row.about_kind, "about_id": row.about_id}
        tx.publish(PeopleMentioned(note_id=row.id, person_ids=tuple(ids), **about))


async def _demand_something(tx: Tx, row: NoteRow) -> None:
    """Raise Invalid for a note that says nothing and has no file."""
    if not row.text.strip():
        has = exists().where(FileRow.note_id == row.id).select()
        if not await tx.session.scalar(has):
            _demand_text(row.text)


def _demand_text(text: str) -> None:
    if not text.strip():
        raise invalid("text", "missing", "Write something down.")
