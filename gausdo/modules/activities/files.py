"""What one can do with files: a part of the service.

A file comes and goes in portions, each in a transaction of its own, so that nobody's slow line
holds a connection. What two files have alike is kept once.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import NotFound, TooLarge, TooMany, invalid
from gausdo.kernel.values import now
from gausdo.modules.activities import access, neighbours
from gausdo.modules.activities.contract import About, Attachment, FileDraft
from gausdo.modules.activities.file_kinds import media_of, plain_name
from gausdo.modules.activities.file_tables import ContentRow, FileRow, PortionRow
from gausdo.modules.activities.files_contract import PORTION
from gausdo.modules.activities.meaning import meant
from gausdo.modules.activities.note_tables import NoteRow
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Sales
from gausdo.platform.db import Database, Tx

NO_FILE = "There is no such file, or it is not yours to see."
LOOSE = timedelta(days=1)
"""How long a file that no note has is kept."""
MOST_LOOSE = 100
"""Files one person may have sent that no note has yet."""
_ALONE = text("select pg_advisory_xact_lock(46, 46)")
"""Whoever finds a content that is kept already, and whoever drops what no file has, one by one."""


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
            row = await _sent(tx, actor, id)
            if row.media is not None or row.size >= number * PORTION + len(content) > 0:
                return
            if row.size != number * PORTION or not 0 < len(content) <= PORTION:
                raise invalid("number", "order", "The portions of a file come one after another.")
            if row.size + len(content) > self.largest_file:
                raise TooLarge(f"A file has at most {self.largest_file // 1_000_000} MB.")
            row.size += len(content)
            tx.add(PortionRow(content_id=row.content_id, number=number, content=content))

    async def finish_file(self, actor: Actor, id: UUID) -> Attachment:
        async with self.db.begin(actor) as tx:
            row = await _sent(tx, actor, id)
            if row.media is not None:
                return _shown(row)
            digest, media = hashlib.sha256(), media_of(b"")
            for number in range(-(-row.size // PORTION)):
                portion = await _portion(tx, row.content_id, number)
                media = media if number else media_of(portion)
                digest.update(portion)
            await tx.session.execute(_ALONE)
            kept = await _kept(tx, row.content_id, digest.digest())
            if kept != row.content_id:
                own = PortionRow.content_id == row.content_id
                await tx.session.execute(delete(PortionRow).where(own))
                row.content_id = kept
            row.media = media
            return _shown(row)

    async def file(self, actor: Actor, id: UUID) -> Attachment:
        return _shown(await self._file(actor, id))

    async def file_portion(self, actor: Actor, id: UUID, number: int) -> bytes:
        row = await self._file(actor, id)
        async with self.db.begin(actor) as tx:
            return await _portion(tx, row.content_id, number)

    async def _file(self, actor: Actor, id: UUID) -> FileRow:
        """Raises NotFound when it is not the actor's to see."""
        actor.demand(access.READ_NOTE)
        shown = or_(
            exists().where(NoteRow.id == FileRow.note_id, NoteRow.removed_at.is_(None)),
            (FileRow.note_id.is_(None)) & (FileRow.author_id == actor.id),
        )
        query = select(FileRow).where(FileRow.id == id, FileRow.media.is_not(None), shown)
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
    await _drop_contents(tx, {content for _, content in rows})
    return [id for id, _ in rows]


async def forget_loose(db: Database) -> None:
    """Files that no note has taken within a day."""
    async with db.begin(SYSTEM) as tx:
        old = FileRow.note_id.is_(None), FileRow.created_at < now() - LOOSE
        gone = await tx.session.scalars(delete(FileRow).where(*old).returning(FileRow.content_id))
        await _drop_contents(tx, {*gone.all()})


async def _drop_contents(tx: Tx, ids: set[UUID]) -> None:
    if not ids:
        return
    await tx.session.execute(_ALONE)
    held = select(FileRow.content_id).where(FileRow.content_id.in_(ids))
    left = ids - {*(await tx.session.scalars(held)).all()}
    await tx.session.execute(delete(PortionRow).where(PortionRow.content_id.in_(left)))
    await tx.session.execute(delete(ContentRow).where(ContentRow.id.in_(left)))


async def _sent(tx: Tx, actor: Actor, id: UUID) -> FileRow:
    mine = FileRow.id == id, FileRow.author_id == actor.id
    row = (await tx.session.scalars(select(FileRow).where(*mine).with_for_update())).one_or_none()
    if row is None:
        raise NotFound(NO_FILE)
    return row


async def _kept(tx: Tx, content_id: UUID, hash: bytes) -> UUID:
    """The content of this hash: that which was there, or this one."""
    made = insert(ContentRow).values(id=content_id, hash=hash).on_conflict_do_nothing()
    await tx.session.execute(made)
    found = await tx.session.scalars(select(ContentRow.id).where(ContentRow.hash == hash))
    return found.one()


async def _portion(tx: Tx, content_id: UUID, number: int) -> bytes:
    at = PortionRow.content_id == content_id, PortionRow.number == number
    found = (await tx.session.scalars(select(PortionRow.content).where(*at))).one_or_none()
    return b"" if found is None else bytes(found)


def _shown(row: FileRow) -> Attachment:
    return Attachment(id=row.id, name=row.name, media=row.media or "", size=row.size)
