"""What one can do with files of notes: a part of the service, over `platform/files.py`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, update

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import NotFound, TooMany, invalid
from gausdo.kernel.files import SentFile, plain_name
from gausdo.kernel.values import now
from gausdo.modules.activities import access, neighbours
from gausdo.modules.activities.contract import About, Attachment, FileDraft
from gausdo.modules.activities.file_tables import STORE, FileRow
from gausdo.modules.activities.meaning import meant
from gausdo.modules.activities.note_tables import NoteRow
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Sales
from gausdo.platform.db import Database, Tx
from gausdo.platform.files import LOOSE, NO_FILE, shown

MOST_LOOSE = 100
"""Files one person may have sent that no note has yet."""


class Files:
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
        def largest_file(self) -> int: ...

    async def begin_file(self, actor: Actor, draft: FileDraft, key: str | None = None) -> UUID:
        actor.demand(access.CREATE_NOTE)
        if not (name := plain_name(draft.name)):
            raise invalid("name", "missing", "Say what the file is called.")
        await neighbours.find(self, actor, About(kind=draft.about_kind, id=draft.about_id))
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                mine = FileRow.author_id == actor.id, FileRow.note_id.is_(None)
                loose = await tx.session.scalars(select(FileRow.id).where(*mine).limit(MOST_LOOSE))
                if len(loose.all()) == MOST_LOOSE:
                    raise TooMany(f"{MOST_LOOSE} files you sent belong to no note yet.")
                row = FileRow.begin(draft, name, actor.id)
                tx.add(row)
                tx.tell(row.id)
            return tx.answer(UUID)

    async def add_portion(self, actor: Actor, id: UUID, number: int, content: bytes) -> None:
        async with self.db.begin(actor) as tx:
            row = await STORE.sent(tx, actor, id)
            await STORE.add(tx, row, number, content, self.largest_file)

    async def finish_file(self, actor: Actor, id: UUID) -> Attachment:
        async with self.db.begin(actor) as tx:
            return _told(await STORE.finish(tx, await STORE.sent(tx, actor, id)))

    async def file(self, actor: Actor, id: UUID) -> Attachment:
        return _told(shown(await self._file(actor, id)))

    async def file_portion(self, actor: Actor, id: UUID, number: int) -> bytes:
        row = await self._file(actor, id)
        async with self.db.begin(actor) as tx:
            return await STORE.portion(tx, row.content_id, number)

    async def _file(self, actor: Actor, id: UUID) -> FileRow:
        """Raises NotFound when it is not the actor's to see."""
        actor.demand(access.READ_NOTE)
        there = or_(
            exists().where(NoteRow.id == FileRow.note_id, NoteRow.removed_at.is_(None)),
            (FileRow.note_id.is_(None)) & (FileRow.author_id == actor.id),
        )
        query = select(FileRow).where(FileRow.id == id, FileRow.media.is_not(None), there)
        async with self.db.begin(actor) as tx:
            row = (await tx.session.scalars(query)).one_or_none()
            if row is None:
                raise NotFound(NO_FILE)
            told = {"kind": row.about_kind, "id": row.about_id}
            about = await meant(tx, About.model_validate(told))
        if not await neighbours.readable(self, actor, [(about.kind, about.id)]):
            raise NotFound(NO_FILE)
        return row


async def attach(tx: Tx, actor: Actor, note: NoteRow, ids: Sequence[UUID]) -> None:
    """Give a note these files and no others. Raises Invalid for one the actor has not sent for
    this record, or that another note has.
    """
    mine = (FileRow.author_id == actor.id) & FileRow.note_id.is_(None)
    takes = FileRow.id.in_(ids), FileRow.about_id == note.about_id, FileRow.media.is_not(None)
    here = FileRow.note_id == note.id
    await tx.session.execute(
        update(FileRow).where(here, FileRow.id.not_in(ids)).values(note_id=None)
    )
    taken = update(FileRow).where(*takes, mine | here).values(note_id=note.id)
    found = await tx.session.scalars(taken.returning(FileRow.id))
    if len(found.all()) < len(ids):
        raise invalid("file_ids", "unknown-file", "A file is none you have sent for this record.")


async def drop_files(tx: Tx, note_ids: Sequence[UUID]) -> list[UUID]:
    """The files of these notes are gone, and what no other file holds."""
    gone = delete(FileRow).where(FileRow.note_id.in_(note_ids))
    rows = (await tx.session.execute(gone.returning(FileRow.id, FileRow.content_id))).all()
    await STORE.drop_contents(tx, {content for _, content in rows})
    return [id for id, _ in rows]


async def forget_loose(db: Database) -> None:
    """Files that no note has taken within a day."""
    async with db.begin(SYSTEM) as tx:
        old = FileRow.note_id.is_(None), FileRow.created_at < now() - LOOSE
        gone = await tx.session.scalars(delete(FileRow).where(*old).returning(FileRow.content_id))
        await STORE.drop_contents(tx, {*gone.all()})


def _told(file: SentFile) -> Attachment:
    return Attachment(**file.model_dump())
