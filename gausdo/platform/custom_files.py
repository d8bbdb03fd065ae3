"""Files of fields that were added: sent for a field, then taken by a record.

A file belongs to the record whose value names it, and is had by whoever may see both. One that no
value names any more can come back with an earlier value for thirty days, as a record can.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Index, Text, cast, delete, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.custom import CustomField, CustomType, Values
from gausdo.kernel.custom_files import MOST_FILES, FieldFileDraft, Files, is_files, with_all
from gausdo.kernel.errors import FieldError, Forbidden, Invalid, NotFound, TooMany, invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.files import SentFile, plain_name
from gausdo.kernel.values import now
from gausdo.platform.db import Database, Tx
from gausdo.platform.db.schema import TIME
from gausdo.platform.files import LOOSE, NO_FILE, KeptFile, Store, begun, shown
from gausdo.platform.hidden import shown_custom
from gausdo.platform.jobs import Jobs
from gausdo.platform.rights import within

if TYPE_CHECKING:
    from gausdo.platform.custom import CustomFields

MOST_LOOSE = 100
"""Files one person may have sent that no record has yet."""
LEFT = timedelta(days=30)
"""How long a file is kept that was taken off a record."""
PORTION = 500
"""Files that are looked at in one transaction."""


class FieldFile(KeptFile):
    """Without a record it was only sent. `left_at`: since when no value is known to name it."""

    kind: Mapped[str]
    field_id: Mapped[UUID]
    record_id: Mapped[UUID | None]
    left_at: Mapped[datetime | None] = mapped_column(TIME)


def field_file_indexes() -> tuple[Index, ...]:
    loose = text("record_id is null")
    return (
        Index("ix_file_record_id", "record_id"),
        Index("ix_file_content_id", "content_id"),
        Index("ix_file_loose", "author_id", "created_at", postgresql_where=loose),
    )


@dataclass(frozen=True)
class FileStore:
    """Where a module keeps them. `also`: SQL that tells whether something beside the records of a
    file `f` and what was deleted of them holds it.
    """

    store: Store
    largest: int
    also: str = "false"


class FieldFilesService:
    """A part of the service of a module whose records have such fields."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> "CustomFields": ...

    async def begin_field_file(
        self, actor: Actor, draft: FieldFileDraft, key: str | None = None
    ) -> UUID:
        kept = self.fields.kept.get(draft.kind)
        if kept is None:
            raise invalid("kind", "choice", "There are no such records here.")
        actor.demand(kept.read)
        edit = Right(kept.read.object, "edit")
        if not (actor.may(edit) or actor.may(Right(kept.read.object, "create"))):
            raise Forbidden(
                f"You need the right “{edit}” to send files.", data={"right": str(edit)}
            )
        never = actor.never(kept.read)
        if not any(
            one.id == draft.field_id and one.type is CustomType.FILE and not one.archived
            for one in await self.fields.of(draft.kind)
            if CUSTOM + one.key not in never
        ):
            raise invalid("field_id", "unknown", "There is no such field that takes files.")
        if not (name := plain_name(draft.name)):
            raise invalid("name", "missing", "Say what the file is called.")
        file = self.fields.files.store.file
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                mine = file.author_id == actor.id, file.record_id.is_(None)
                loose = await tx.session.scalars(select(file.id).where(*mine).limit(MOST_LOOSE))
                if len(loose.all()) == MOST_LOOSE:
                    raise TooMany(f"{MOST_LOOSE} files you sent belong to no record yet.")
                row = file(kind=draft.kind, field_id=draft.field_id, **begun(name, actor.id))
                tx.add(row)
                tx.tell(row.id)
            return tx.answer(UUID)

    async def add_field_file_portion(
        self, actor: Actor, id: UUID, number: int, content: bytes
    ) -> None:
        store = self.fields.files.store
        async with self.db.begin(actor) as tx:
            row = await store.sent(tx, actor, id)
            await store.add(tx, row, number, content, self.fields.files.largest)

    async def finish_field_file(self, actor: Actor, id: UUID) -> SentFile:
        store = self.fields.files.store
        async with self.db.begin(actor) as tx:
            return await store.finish(tx, await store.sent(tx, actor, id))

    async def field_file(self, actor: Actor, kind: str, id: UUID) -> SentFile:
        return shown(await self._field_file(actor, kind, id))

    async def field_file_portion(self, actor: Actor, kind: str, id: UUID, number: int) -> bytes:
        row = await self._field_file(actor, kind, id)
        async with self.db.begin(actor) as tx:
            return await self.fields.files.store.portion(tx, row.content_id, number)

    async def _field_file(self, actor: Actor, kind: str, id: UUID) -> Any:
        """Raises Forbidden, NotFound."""
        kept, file = self.fields.kept[kind], self.fields.files.store.file
        actor.demand(kept.read)
        keys = {one.id: one.key for one in await self.fields.of(kind)}
        whole = file.id == id, file.kind == kind, file.media.is_not(None)
        async with self.db.begin(actor) as tx:
            row = (await tx.session.scalars(select(file).where(*whole))).one_or_none()
            if row is None or row.field_id not in keys:
                raise NotFound(NO_FILE)
            if row.record_id is None:
                if row.author_id != actor.id:
                    raise NotFound(NO_FILE)
                return row
            record = kept.columns
            seen = shown_custom(actor, kept.read, record["custom"], kept.guard)
            held = seen.op("->")(literal(keys[row.field_id], Text))
            named = held.op("@>")(cast(literal(f'[{{"id": "{row.id}"}}]', Text), JSONB))
            mine = within(actor, kept.read, kept.guard)
            query = select(record["id"]).where(record["id"] == row.record_id, mine, named)
            if await tx.session.scalar(query) is None:
                raise NotFound(NO_FILE)
            return row


async def claimed(
    fields: "CustomFields",
    tx: Tx,
    actor: Actor,
    defined: Iterable[CustomField],
    told: Values,
    record_id: UUID | None = None,
) -> Values:
    """The values with the files that they name, each as it is kept: those the actor has sent for
    the field, and those of this record. Raises Invalid.
    """
    values = dict(told)
    errors: list[FieldError] = []
    for one in defined:
        if one.type is CustomType.FILE and values.get(one.key):
            try:
                values[one.key] = await _found(fields, tx, actor, one, values[one.key], record_id)
            except Invalid as refusal:
                errors += refusal.errors
    if errors:
        raise Invalid("Some fields need another look.", errors=errors)
    return values


async def _found(
    fields: "CustomFields",
    tx: Tx,
    actor: Actor,
    one: CustomField,
    told: JsonValue,
    record_id: UUID | None,
) -> Files:
    ids = _ids(one, told)
    if len(ids) > MOST_FILES:
        message = f"“{one.name}” takes at most {MOST_FILES} files."
        raise invalid(CUSTOM + one.key, "too-many-files", message)
    file = fields.files.store.file
    mine = file.record_id.is_(None) & (file.author_id == actor.id)
    here = file.record_id == record_id
    whole = file.id.in_(ids), file.field_id == one.id, file.media.is_not(None)
    query = select(file).where(*whole, mine if record_id is None else or_(mine, here))
    rows = await tx.session.scalars(query.order_by(file.id).with_for_update())
    found = {row.id: shown(row).model_dump(mode="json") for row in rows}
    if len(found) < len(ids):
        message = f"A file of “{one.name}” is none you have sent for it, or it is gone."
        raise invalid(CUSTOM + one.key, "file-gone", message)
    return Files(found[id] for id in ids)


def _ids(one: CustomField, told: JsonValue) -> list[UUID]:
    """Of files told by their ids, or as they were read. Raises Invalid."""
    several = told if isinstance(told, list) else [told]
    each = (item.get("id") if isinstance(item, dict) else item for item in several)
    try:
        return [*dict.fromkeys(UUID(str(id)) for id in each)]
    except ValueError:
        message = f"“{one.name}” takes a list of files, by their ids."
        raise invalid(CUSTOM + one.key, "type", message) from None


async def keep_with(fields: "CustomFields", tx: Tx, record_id: UUID, values: Values) -> None:
    """The files of these values are this record's from now on."""
    ids = [UUID(one["id"]) for held in values.values() if isinstance(held, Files) for one in held]
    if ids:
        file = fields.files.store.file
        kept = update(file).where(file.id.in_(ids)).values(record_id=record_id, left_at=None)
        await tx.session.execute(kept)


def united(mine: Values, others: Values) -> dict[str, Any]:
    """The values of a record that another becomes a part of: of files all of both."""
    both = {key: (mine[key], others[key]) for key in mine.keys() & others.keys()}
    files = {key: with_all(*pair) for key, pair in both.items() if all(map(is_files, pair))}
    return {**others, **mine, **files}


def ids_in(values: Mapping[str, Any]) -> list[UUID]:
    """Of the files that a record has."""
    return [UUID(one["id"]) for held in values.values() if is_files(held) for one in held]


async def move(
    store: Store, tx: Tx, before: UUID, after: UUID, ids: Sequence[UUID] | None = None
) -> None:
    """The files of one record, or these of them, are another's."""
    of_record = store.file.record_id == before
    those = of_record if ids is None else of_record & store.file.id.in_(ids)
    await tx.session.execute(update(store.file).where(those).values(record_id=after))


async def drop(store: Store, tx: Tx, record_ids: Sequence[UUID]) -> list[UUID]:
    """The files of these records are gone, and what no other file holds."""
    gone = delete(store.file).where(store.file.record_id.in_(record_ids))
    return await _dropped(store, tx, gone)


async def _dropped(store: Store, tx: Tx, gone: Any) -> list[UUID]:
    returning = gone.returning(store.file.id, store.file.content_id)
    rows = (await tx.session.execute(returning)).all()
    await store.drop_contents(tx, {content for _, content in rows})
    return [id for id, _ in rows]


def file_jobs(jobs: Jobs) -> None:
    """Declare the job by which a module forgets files that nothing names any more."""

    @jobs.every("11 * * * *", "forget_files")
    async def forget(service: Any) -> None:
        await forget_files(service.fields)


_LOOKED_AT = """
    select f.id, r.id is not null or d.id is not null as there,
        strpos(coalesce(r.custom, d.row -> 'custom')::text, f.id::text) > 0 or {also} as held
    from {schema}.file f
    left join {schema}.{kind} r on r.id = f.record_id
    left join {schema}.removed d on d.id = f.record_id
    where f.kind = :kind and f.record_id is not null and f.id > :after
    order by f.id limit :portion
"""


async def forget_files(fields: "CustomFields") -> None:
    """Those no record has taken within a day, and those that no value has named for thirty; of a
    record that is gone for good none is left.
    """
    store = fields.files.store
    async with fields.db.begin() as tx:
        old = store.file.record_id.is_(None), store.file.created_at < now() - LOOSE
        await _dropped(store, tx, delete(store.file).where(*old))
    for kind in fields.kept:
        after: UUID | None = UUID(int=0)
        while after is not None:
            async with fields.db.begin() as tx:
                after = await _look_at(fields, tx, kind, after)


async def _look_at(fields: "CustomFields", tx: Tx, kind: str, after: UUID) -> UUID | None:
    """Some of the files after this one; the last, if there may be more."""
    store = fields.files.store
    file = store.file
    query = _LOOKED_AT.format(schema=tx.schema.name, kind=kind, also=fields.files.also)
    told = {"kind": kind, "after": after, "portion": PORTION}
    rows = (await tx.session.execute(text(query.replace("::", r"\:\:")), told)).all()
    held = [row.id for row in rows if row.held]
    left = [row.id for row in rows if not row.held and row.there]
    gone = [row.id for row in rows if not row.held and not row.there]
    again = update(file).where(file.id.in_(held), file.left_at.is_not(None))
    await tx.session.execute(again.values(left_at=None))
    fresh = update(file).where(file.id.in_(left), file.left_at.is_(None))
    await tx.session.execute(fresh.values(left_at=func.now()))
    old = file.id.in_(left) & (file.left_at < now() - LEFT)
    await _dropped(store, tx, delete(file).where(or_(old, file.id.in_(gone))))
    return rows[-1].id if len(rows) == PORTION else None
