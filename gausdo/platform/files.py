"""Files that a module keeps: in its own schema, in portions, each content once.

A file comes and goes in portions, each in a transaction of its own, so that nobody's slow line
holds a connection. What a file belongs to, and who may have it, is the module's to say.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound, TooLarge, invalid
from gausdo.kernel.files import PORTION, SentFile, media_of
from gausdo.kernel.values import new_id, now
from gausdo.platform.db import Tx
from gausdo.platform.db.schema import TIME

NO_FILE = "There is no such file, or it is not yours to see."
LOOSE = timedelta(days=1)
"""How long a file that was sent and belongs to nothing yet is kept."""
_ALONE = text("select pg_advisory_xact_lock(46, 46)")
"""Whoever finds a content that is kept already, and whoever drops what no file has, one by one."""


class KeptFile:
    """Without a `media` it is not whole yet."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    media: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger)
    content_id: Mapped[UUID]
    author_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(TIME)


class Content:
    """What files hold, by its SHA-256."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)


class Portion:
    content_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


def begun(name: str, author_id: UUID) -> dict[str, Any]:
    """The columns of a file of which nothing has come yet."""
    return {
        "id": new_id(),
        "name": name,
        "media": None,
        "size": 0,
        "content_id": new_id(),
        "author_id": author_id,
        "created_at": now(),
    }


def shown(row: KeptFile) -> SentFile:
    return SentFile(id=row.id, name=row.name, media=row.media or "", size=row.size)


@dataclass(frozen=True)
class Store:
    """The tables of one module: of files, contents and portions."""

    file: type[Any]
    content: type[Any]
    held: type[Any]

    async def sent(self, tx: Tx, actor: Actor, id: UUID) -> Any:
        """A file that the actor sends or has sent, locked. Raises NotFound."""
        mine = self.file.id == id, self.file.author_id == actor.id
        query = select(self.file).where(*mine).with_for_update()
        row = (await tx.session.scalars(query)).one_or_none()
        if row is None:
            raise NotFound(NO_FILE)
        return row

    async def add(self, tx: Tx, row: KeptFile, number: int, content: bytes, largest: int) -> None:
        """The next `PORTION` bytes, or the last; one that came before is not taken again.

        Raises TooLarge, Invalid.
        """
        if row.media is not None or row.size >= number * PORTION + len(content) > 0:
            return
        if row.size != number * PORTION or not 0 < len(content) <= PORTION:
            raise invalid("number", "order", "The portions of a file come one after another.")
        if row.size + len(content) > largest:
            most = largest // 1_000_000
            raise TooLarge(f"A file has at most {most} MB.", data={"megabytes": most})
        row.size += len(content)
        tx.add(self.held(content_id=row.content_id, number=number, content=content))

    async def finish(self, tx: Tx, row: KeptFile) -> SentFile:
        """It is whole: by its bytes it is known what it is, and whether its content is here."""
        if row.media is not None:
            return shown(row)
        digest, media = hashlib.sha256(), media_of(b"")
        for number in range(-(-row.size // PORTION)):
            portion = await self.portion(tx, row.content_id, number)
            media = media if number else media_of(portion)
            digest.update(portion)
        await tx.session.execute(_ALONE)
        kept = await self._kept(tx, row.content_id, digest.digest())
        if kept != row.content_id:
            own = self.held.content_id == row.content_id
            await tx.session.execute(delete(self.held).where(own))
            row.content_id = kept
        row.media = media
        return shown(row)

    async def portion(self, tx: Tx, content_id: UUID, number: int) -> bytes:
        at = self.held.content_id == content_id, self.held.number == number
        found = (await tx.session.scalars(select(self.held.content).where(*at))).one_or_none()
        return b"" if found is None else bytes(found)

    async def drop_contents(self, tx: Tx, ids: set[UUID]) -> None:
        """Those of these contents that no file holds any more."""
        if not ids:
            return
        await tx.session.execute(_ALONE)
        holding = select(self.file.content_id).where(self.file.content_id.in_(ids))
        left = ids - {*(await tx.session.scalars(holding)).all()}
        await tx.session.execute(delete(self.held).where(self.held.content_id.in_(left)))
        await tx.session.execute(delete(self.content).where(self.content.id.in_(left)))

    async def _kept(self, tx: Tx, content_id: UUID, hash: bytes) -> UUID:
        """The content of this hash: that which was there, or this one."""
        made = insert(self.content).values(id=content_id, hash=hash).on_conflict_do_nothing()
        await tx.session.execute(made)
        found = await tx.session.scalars(select(self.content.id).where(self.content.hash == hash))
        kept: UUID = found.one()
        return kept
