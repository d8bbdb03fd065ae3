"""Fields an installation has added: their definitions in a module's schema, and values in SQL."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Numeric, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Boolean, Date, Uuid

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.custom import (
    MOST,
    CustomField,
    CustomFieldChange,
    CustomFieldChanged,
    CustomFieldDraft,
    CustomType,
    KeyTaken,
    Option,
    key_of,
)
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.fields import CUSTOM, Fields
from gausdo.kernel.values import new_id
from gausdo.platform.db import Database, Schema, Tx
from gausdo.platform.db.schema import TIME
from gausdo.platform.rights import Guard

FRESH = 1.0
"""Seconds for which a process believes what it has read of the definitions."""


@dataclass
class CustomFields:
    """Of the records of a module; `told` is the event of a definition's change."""

    db: Database
    edit: Right
    told: type[CustomFieldChanged]
    _read: dict[str, tuple[float, tuple[CustomField, ...]]] = field(default_factory=dict)

    async def of(self, kind: str) -> tuple[CustomField, ...]:
        """All of a kind of record in their order, those put away included."""
        at, fields = self._read.get(kind, (0.0, ()))
        if time.monotonic() - at > FRESH:
            async with self.db.begin() as tx:
                fields = await self._there(tx, kind)
            self._read[kind] = time.monotonic(), fields
        return fields

    async def add(
        self, actor: Actor, kind: str, draft: CustomFieldDraft, key: str | None
    ) -> CustomField:
        """Raises Forbidden, Invalid, KeyTaken."""
        actor.demand(self.edit)
        async with self.db.begin(actor, key, (kind, draft)) as tx:
            if not tx.told:
                there = await self._there(tx, kind)
                if len(there) >= MOST:
                    raise invalid("of", "too-many", f"A record has at most {MOST} such fields.")
                made = CustomField(
                    id=new_id(),
                    of=kind,
                    key=draft.key or key_of(draft.name, {one.key for one in there}),
                    position=max((one.position for one in there), default=-1) + 1,
                    archived=False,
                    version=1,
                    **draft.model_dump(exclude={"key"}),
                )
                if any(one.key == made.key for one in there):
                    raise KeyTaken(f"There is a field with the key “{made.key}” already.")
                await self._keep(tx, made, None)
                tx.tell(made)
            answer = tx.answer(CustomField)
        self._read.clear()
        return answer

    async def change(
        self, actor: Actor, id: UUID, change: CustomFieldChange, key: str | None
    ) -> CustomField:
        """Raises Forbidden, NotFound, Invalid, Stale."""
        actor.demand(self.edit)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                found = await self._one(tx, id)
                await tx.fresh(_Row(found.id, found.version, found), change.version)
                wanted = _changed(found, change)
                if wanted != found:
                    await self._keep(tx, wanted, found)
                tx.tell(wanted)
            answer = tx.answer(CustomField)
        self._read.clear()
        return answer

    async def _there(self, tx: Tx, kind: str) -> tuple[CustomField, ...]:
        table = tx.schema.custom_field
        query = select(table).where(table.c.of == kind).order_by(table.c.position, table.c.id)
        rows = await tx.session.execute(query)
        return tuple(CustomField.model_validate(row) for row in rows.mappings())

    async def _one(self, tx: Tx, id: UUID) -> CustomField:
        """Raises NotFound."""
        table = tx.schema.custom_field
        query = select(table).where(table.c.id == id).with_for_update()
        row = (await tx.session.execute(query)).mappings().one_or_none()
        if row is None:
            raise NotFound("There is no such field.")
        return CustomField.model_validate(row)

    async def _keep(self, tx: Tx, wanted: CustomField, before: CustomField | None) -> None:
        """Write it, with an entry of its history."""
        table = tx.schema.custom_field
        told = wanted.model_dump(mode="json")
        written = insert(table).values(**told)
        await tx.session.execute(
            written.on_conflict_do_update(index_elements=[table.c.id], set_=told)
        )
        had = {} if before is None else before.model_dump(mode="json")
        changes = {
            name: (had.get(name), value)
            for name, value in told.items()
            if name not in {"id", "version"} and had.get(name) != value
        }
        told_now = self.told(field_id=wanted.id, of=wanted.of, version=wanted.version)
        tx.publish(told_now, changes=changes)


@dataclass
class _Row:
    """What `Tx.fresh` compares."""

    id: UUID
    version: int
    field: CustomField

    def shown(self) -> CustomField:
        return self.field


def _changed(field: CustomField, change: CustomFieldChange) -> CustomField:
    """Raises Invalid where an option is left out that records may have: it can be put away."""
    named = {name: value for name, value in change.named().items() if value is not None}
    if "default" in change.model_fields_set:
        named["default"] = change.default
    if "help" in change.model_fields_set:
        named["help"] = change.help
    if "options" in named:
        named["options"] = tuple(
            Option.model_validate(option.model_dump()) for option in named["options"]
        )
        kept = {option.key for option in named["options"]}
        if any(option.key not in kept for option in field.options):
            raise invalid("options", "gone", "An option is put away, and not left out.")
    wanted = field.model_copy(update=named)
    try:
        wanted = wanted.model_copy(update={"default": wanted.read(wanted.default)})
    except ValueError as refusal:
        raise invalid("default", "type", str(refusal)) from None
    return wanted if wanted == field else wanted.model_copy(update={"version": field.version + 1})


def guarded_with(
    guard: Guard, fields: Sequence[CustomField], schema: Schema, custom: ColumnElement[Any]
) -> Guard:
    """The guard of records whose conditions may ask of these fields as well, kept in `custom`."""
    shown = [field for field in fields if not field.archived]
    if not shown or guard.fields is None:
        return guard
    asked = (field.condition_field() for field in shown)
    return replace(
        guard,
        fields=Fields(guard.fields.record, *guard.fields, *asked),
        columns={
            **guard.columns,
            **{CUSTOM + one.key: value(one, schema, custom) for one in shown},
        },
    )


def value(field: CustomField, schema: Schema, custom: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a record has in a field, of the type in which it is compared; NULL when it is empty.

    Days, times and lists are read by functions of the schema. They promise what a cast from text
    cannot, that the same text is always the same day; so they can be indexed.
    """
    at = literal_column(f"'{field.key}'", Text)
    text, functions = custom.op("->>")(at), getattr(func, schema.name)
    told: dict[CustomType, Callable[[], ColumnElement[Any]]] = {
        CustomType.TEXT: lambda: cast(text, Text),
        CustomType.CHOICE: lambda: cast(text, Text),
        CustomType.NUMBER: lambda: cast(text, Numeric),
        CustomType.MONEY: lambda: cast(
            custom.op("->")(at).op("->>")(literal_column("'amount'", Text)), Numeric
        ),
        CustomType.BOOL: lambda: cast(text, Boolean),
        CustomType.PERSON: lambda: cast(text, Uuid),
        CustomType.DATE: lambda: functions.custom_day(text, type_=Date()),
        CustomType.TIME: lambda: functions.custom_time(text, type_=TIME),
        CustomType.CHOICES: lambda: functions.custom_keys(custom.op("->")(at), type_=ARRAY(Text)),
    }
    return told[field.type]()
