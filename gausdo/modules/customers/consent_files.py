"""Files that prove what people have said: sent first, then taken by an entry.

They lie with the files of fields (`platform.custom_files`) as those of a field that nobody has
added, and belong to whom the entry is of: merging and parting move them, erasure takes them away.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, update

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound, TooMany, invalid
from gausdo.kernel.files import NamedFile, SentFile, plain_name
from gausdo.modules.customers import access, consents
from gausdo.modules.customers.consent_tables import ConsentRow
from gausdo.modules.customers.file_tables import STORE, FileRow
from gausdo.modules.customers.tables import PersonRow
from gausdo.platform.custom_files import MOST_LOOSE
from gausdo.platform.db import Database, Tx
from gausdo.platform.files import NO_FILE, begun, shown

PROOF = UUID("01900000-0000-7000-8000-000000000201")
"""In the place of a field."""


class ConsentFiles:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        async def seen_with_consents(self, tx: Tx, actor: Actor, id: UUID) -> PersonRow: ...

    async def begin_proof(self, actor: Actor, draft: NamedFile, key: str | None = None) -> UUID:
        actor.demand(access.right(PersonRow, "edit"), [consents.CONSENTS])
        if not (name := plain_name(draft.name)):
            raise invalid("name", "missing", "Say what the file is called.")
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                mine = FileRow.author_id == actor.id, FileRow.record_id.is_(None)
                loose = await tx.session.scalars(select(FileRow.id).where(*mine).limit(MOST_LOOSE))
                if len(loose.all()) == MOST_LOOSE:
                    raise TooMany(f"{MOST_LOOSE} files you sent belong to no record yet.")
                row = FileRow(kind=PersonRow.kind, field_id=PROOF, **begun(name, actor.id))
                tx.add(row)
                tx.tell(row.id)
            return tx.answer(UUID)

    async def proof(self, actor: Actor, id: UUID, entry_id: UUID) -> SentFile:
        async with self.db.begin(actor) as tx:
            return shown(await self._proof(tx, actor, id, entry_id))

    async def proof_portion(self, actor: Actor, id: UUID, entry_id: UUID, number: int) -> bytes:
        async with self.db.begin(actor) as tx:
            row = await self._proof(tx, actor, id, entry_id)
            return await STORE.portion(tx, row.content_id, number)

    async def _proof(self, tx: Tx, actor: Actor, id: UUID, entry_id: UUID) -> Any:
        await self.seen_with_consents(tx, actor, id)
        named = select(ConsentRow.proof_file_id).where(
            consents.said_by(id), ConsentRow.id == entry_id
        )
        found = await tx.session.scalars(select(FileRow).where(FileRow.id.in_(named)))
        if (row := found.one_or_none()) is None:
            raise NotFound(NO_FILE)
        return row


async def take(tx: Tx, actor_id: UUID | None, id: UUID, person_id: UUID) -> None:
    """A file its sender has not given to anything becomes somebody's proof. Raises Invalid."""
    mine = FileRow.author_id == actor_id, FileRow.record_id.is_(None), FileRow.field_id == PROOF
    query = update(FileRow).where(FileRow.id == id, FileRow.media.is_not(None), *mine)
    taken = await tx.session.execute(query.values(record_id=person_id).returning(FileRow.id))
    if taken.first() is None:
        told = "The file is none you have sent as a proof, or it is gone."
        raise invalid("proof_file_id", "file-gone", told)


async def proofs(tx: Tx, ids: list[UUID]) -> dict[UUID, SentFile]:
    """These of them that are kept, by their ids."""
    if not ids:
        return {}
    rows = await tx.session.scalars(select(FileRow).where(FileRow.id.in_(ids)))
    return {row.id: shown(row) for row in rows}
