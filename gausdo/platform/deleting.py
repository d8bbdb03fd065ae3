"""Records are deleted and brought back: the use cases over a module's table `removed`.

Who could read a record reads that it was deleted; who may delete it may bring it back.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, Table, func, literal_column, select, text
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import TypeEngine

from gausdo.kernel.actor import Actor
from gausdo.kernel.deleted import BroughtBack, Deleted, DeletedQuery, DeletedRecord
from gausdo.kernel.errors import Forbidden, NotFound, invalid
from gausdo.kernel.events import Event
from gausdo.kernel.rights import Guarded
from gausdo.kernel.values import Json
from gausdo.platform.db import Database, Read, Tx
from gausdo.platform.keyset import listed
from gausdo.platform.known import user_name
from gausdo.platform.narrow import among_ids, ids_of
from gausdo.platform.removed import KEPT, Removal, Rows
from gausdo.platform.rights import Guard, told_within, within

FEW = 5


@dataclass(frozen=True)
class Kind:
    """The records of one kind, as their module knows them.

    `find(tx, actor, id)` is a row that is the actor's to delete, locked; `current` reads the record
    as its page shows it; `admit(tx, actor, row, beside)` tells which columns of one that comes back
    have to be different, and raises what stands in its way; `restored` is the event of its return,
    `after` what else is kept of it from then on.
    """

    of: Guarded
    removal: Removal
    row: type[Any]
    guard: Guard
    find: Callable[[Tx, Actor, UUID], Awaitable[Any]]
    current: Callable[[Actor, UUID], Read]
    remove: Callable[[Tx, Sequence[Any]], Awaitable[None]]
    admit: Callable[[Tx, Actor, Rows, Mapping[str, list[Rows]]], Awaitable[Rows]]
    restored: Callable[[Any], Event]
    after: Callable[[Tx, Any], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Deleting:
    """Of the records of one kind."""

    db: Database
    kind: Kind

    async def delete(self, actor: Actor, id: UUID, version: int, key: str | None) -> DeletedRecord:
        """Raises NotFound, Forbidden, Stale."""
        async with self.db.begin(actor, key, ("delete", id, version)) as tx:
            if not tx.told:
                await self.take_out(tx, actor, id, version)
                tx.tell(await self.deleted(tx, actor, id))
            return tx.answer(DeletedRecord)

    async def deleted(self, tx: Tx, actor: Actor, id: UUID) -> DeletedRecord | None:
        """One the actor could read, as it is told."""
        return next(iter(await self.found(tx, actor, self._removed.c.id == id)), None)

    async def take_out(self, tx: Tx, actor: Actor, id: UUID, version: int | None = None) -> int:
        """Delete one, at this version if any is told; answers its last version.

        Raises NotFound, Forbidden, Stale.
        """
        row = await self.kind.find(tx, actor, id)
        if version is not None:
            await tx.fresh(row, version, self.kind.current(actor, id))
        await self.kind.remove(tx, [row])
        last: int = row.version + 1
        return last

    async def bring_back(self, actor: Actor, id: UUID, key: str | None) -> BroughtBack:
        """Raises as `put_back`."""
        async with self.db.begin(actor, key, ("bring back", id)) as tx:
            if not tx.told:
                version = await self.put_back(tx, actor, id)
                tx.tell(BroughtBack(id=id, kind=self.kind.removal.kind, version=version))
            return tx.answer(BroughtBack)

    async def put_back(self, tx: Tx, actor: Actor, id: UUID, version: int | None = None) -> int:
        """Bring one back that is deleted, as of this version if any is told; answers its next one.

        Raises NotFound, Forbidden, and what stands in its way, having changed nothing.
        """
        kept = self._removed.c
        may = told_within(actor, self.kind.of.right("delete"), self._guard)
        query = select(kept.row, kept.beside, kept.version, may.label("may"))
        query = query.where(kept.id == id, self._seen(actor)).with_for_update(of=self._removed)
        found = (await tx.session.execute(query)).one_or_none()
        if found is None or version not in (None, found.version):
            raise NotFound("It is not among what was deleted, or not yours to see.")
        if not found.may:
            right = self.kind.of.right("delete")
            raise Forbidden(
                f"You may see this, but you need the right “{right}” to bring it back.",
                data={"right": str(right)},
            )
        different = await self.kind.admit(tx, actor, found.row, found.beside)
        changes = {name: (found.row.get(name), value) for name, value in different.items()}
        moved = {"version": found.version + 1, "team_id": await _team(tx, found.row)}
        await self.kind.removal.put_back(tx, {**found.row, **different, **moved}, found.beside)
        row = await tx.session.get_one(self.kind.row, id)
        tx.publish(self.kind.restored(row), changes=changes)
        if self.kind.after is not None:
            await self.kind.after(tx, row)
        made: int = row.version
        return made

    async def page(self, actor: Actor, query: DeletedQuery) -> Json:
        """`Listed[DeletedRecord]` of what the actor could read. Raises Forbidden, Invalid."""
        actor.demand(self.kind.of.right("read"))
        if query.q or query.filter:
            raise invalid("filter", "not-here", "What was deleted is not filtered like this.")
        kept = self._removed.c
        rows = self._items(actor)
        if query.by_id is not None:
            rows = rows.where(kept.by_id == query.by_id)
        if query.since is not None:
            rows = rows.where(kept.at >= query.since)
        if query.before is not None:
            rows = rows.where(kept.at < query.before)
        if query.ids:
            rows = rows.where(among_ids(kept.id, ids_of(query.ids)))
        return await self.db.one(listed(rows, query, {"at": kept.at}, kept.id, "-at"))

    async def gone(self, actor: Actor, id: UUID, otherwise: NotFound) -> NotFound:
        """What is told of a record that is not there: that it was deleted, by whom and when."""
        async with self.db.begin(actor) as tx:
            told = await tx.session.scalar(self._items(actor).where(self._removed.c.id == id))
        if told is None:
            return otherwise
        record = DeletedRecord.model_validate_json(told)
        return Deleted("This was deleted.", data=record.model_dump(mode="json"))

    async def found(self, tx: Tx, actor: Actor, where: ColumnElement[bool]) -> list[DeletedRecord]:
        """Those the actor could read of which this holds, the latest first, a few at most."""
        query = self._items(actor).where(where).order_by(self._removed.c.at.desc()).limit(FEW)
        return [DeletedRecord.model_validate_json(one) for one in await tx.session.scalars(query)]

    @property
    def _removed(self) -> Table:
        return self.db.schema.metadata.tables[f"{self.db.schema.name}.removed"]

    @property
    def _guard(self) -> Guard:
        """What rights look at in a record as it was."""
        kept, live = self._removed, self.kind.guard

        def had(name: str, type: TypeEngine[Any]) -> ColumnElement[Any]:
            record = f"(jsonb_populate_record(null::{self.kind.row.__table__}, {kept}.row))"
            return literal_column(f"{record}.{name}", type)

        def was(column: ColumnElement[Any]) -> ColumnElement[Any]:
            if (name := getattr(column, "name", None)) is not None:
                return had(name, column.type)
            worked_out: ColumnElement[Any] = replacement_traverse(column, {}, then)
            return worked_out

        def then(element: Any, **_: Any) -> Any:
            return had(element.name, element.type) if isinstance(element, Column) else None

        return Guard(
            owner=kept.c.owner_id,
            team=kept.c.team_id,
            id=kept.c.id,
            fields=live.fields,
            columns={name: was(column) for name, column in live.columns.items()},
            hides=live.hides,
            shares=live.shares,
        )

    def _seen(self, actor: Actor) -> ColumnElement[bool]:
        read = within(actor, self.kind.of.right("read"), self._guard)
        return (self._removed.c.kind == self.kind.removal.kind) & read

    def _items(self, actor: Actor) -> Select[Any]:
        """Those the actor could read, each as the JSON of a `DeletedRecord`."""
        kept, schema = self._removed.c, self.db.schema
        item = func.json_build_object(
            text("'id'"), kept.id,
            text("'kind'"), kept.kind,
            text("'name'"), kept.name,
            text("'owner_id'"), kept.owner_id,
            text("'owner_name'"), user_name(schema, kept.owner_id),
            text("'by_id'"), kept.by_id,
            text("'by_name'"), user_name(schema, kept.by_id),
            text("'at'"), kept.at,
            text("'until'"), kept.at + KEPT,
            text("'version'"), kept.version,
            text("'restorable'"), told_within(actor, self.kind.of.right("delete"), self._guard),
        )  # fmt: skip
        return select(item.label("item")).select_from(self._removed).where(self._seen(actor))


async def _team(tx: Tx, row: Rows) -> str | None:
    """The team of its owner as it is by now."""
    known = tx.schema.known.c
    query = select(known.team_id).where(known.kind == "user", known.id == UUID(row["owner_id"]))
    owner = (await tx.session.execute(query)).one_or_none()
    if owner is None:
        told: str | None = row["team_id"]
        return told
    return owner.team_id and str(owner.team_id)
