"""A field that was added gets another type: told beforehand, then begun.

Its values are kept anew under another key, beside those that people have typed; when all are
there, the new field stands in the place of the old one, which is put away with all its values.
Nothing that knows a key sees values of two types under it: neither an index nor the history, a
change that is taken back, a record that is parted or brought back.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import JsonValue
from sqlalchemy import Text, Uuid, any_, bindparam, cast, func, literal, not_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gausdo.kernel.actor import SYSTEM, Actor, left_out
from gausdo.kernel.becoming import (
    SHOWN,
    WAYS,
    BecomeDraft,
    BecomingExample,
    BecomingSeen,
    FieldBecoming,
    FieldInUse,
    FieldUse,
    LeftBehind,
    LeftBehindPage,
    UseKind,
    names_of,
    successor_key,
)
from gausdo.kernel.custom import UNIQUE, CustomField, CustomType
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.formulas import Wrong
from gausdo.kernel.turning import Turning, begins_with, needs_names, with_options
from gausdo.kernel.values import new_id, now
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_computing import OPEN
from gausdo.platform.custom_sql import BLANK
from gausdo.platform.custom_unique import same_as
from gausdo.platform.db import Tx
from gausdo.platform.rights import within

MOST_LOOKED_AT = 50_000
"""Different values of which a preview tells what they become."""
AT_ONCE = 500
"""Values that are turned before others have their turn."""
PAGE = 200

Values = Sequence[tuple[JsonValue, int]]
"""Each different value, and how many records have it."""


async def previewed(
    fields: CustomFields, actor: Actor, kind: str, id: UUID, draft: BecomeDraft
) -> BecomingSeen:
    """What would become of the values. Raises Forbidden, NotFound, Invalid."""
    actor.demand(fields.edit)
    uses = await _uses(fields, kind, id)
    async with fields.db.begin(actor) as tx:
        before = await fields.one(tx, kind, id)
        return (await _seen(fields, tx, before, draft, uses))[0]


async def begin_becoming(
    fields: CustomFields, actor: Actor, kind: str, id: UUID, draft: BecomeDraft, key: str | None
) -> CustomField:
    """Begin it; the field as it is meanwhile. Raises Forbidden, NotFound, Invalid, Stale,
    FieldInUse, FieldBecoming.
    """
    actor.demand(fields.edit)
    uses = await _uses(fields, kind, id)
    known = {one.key: one for one in await fields.of(kind)}
    new_key = next((successor_key(one, {*known}) for one in known.values() if one.id == id), None)
    if new_key is not None:  # before any record has a value of it
        await _hide(fields, kind, next(one for one in known.values() if one.id == id).key, new_key)
    async with fields.db.begin(actor, key, (kind, id, draft)) as tx:
        if not tx.told:
            before = await fields.one(tx, kind, id)
            await tx.fresh(_Row(before), draft.version)
            there = await fields.there(tx, kind)
            if any(id in (one.id, one.becoming.into) for one in there if one.becoming):
                raise FieldBecoming("The field gets another type already.")
            if new_key is None or any(one.key == new_key for one in there):
                raise FieldBecoming("Fields were added meanwhile. Try again.")
            seen, into = await _seen(fields, tx, before, draft, uses, new_key)
            if seen.blocked:
                told = f"These ask of it as it is: {names_of(seen.blocked)}. Change them first."
                data = {"uses": [one.model_dump(mode="json") for one in seen.blocked]}
                raise FieldInUse(told, data=data)
            await fields.keep(tx, into, None)
            begun = {
                "into": str(into.id),
                "type": draft.type,
                "currency": draft.currency,
                "locale": draft.locale,
                "stage": "values",
                "after": None,
                "done": 0,
                "total": None,
                "lost": 0,
                "closing": False,
                "since": (now() - OPEN).isoformat(),
            }
            table = tx.schema.custom_field
            await tx.session.execute(update(table).where(table.c.id == id).values(becoming=begun))
            await tx.enqueue(f"{tx.schema.name}.become", once=True, kind=kind)
            tx.tell(await fields.one(tx, kind, id))
        answer = tx.answer(CustomField)
    fields.forget_read()
    return answer


class _Row:
    """What `Tx.fresh` compares."""

    def __init__(self, field: CustomField) -> None:
        self.id, self.version, self.field = field.id, field.version, field

    def shown(self) -> CustomField:
        return self.field


def object_of(fields: CustomFields, kind: str) -> str:
    return fields.kept[kind].read.object


async def _hide(fields: CustomFields, kind: str, before: str, after: str) -> None:
    if fields.uses.views is not None:
        object = object_of(fields, kind)
        await fields.uses.views().hide_field(SYSTEM, object, CUSTOM + before, CUSTOM + after)


async def _uses(fields: CustomFields, kind: str, id: UUID) -> list[FieldUse]:
    """Of other modules."""
    field = next((one for one in await fields.of(kind) if one.id == id), None)
    if field is None:
        return []  # refused later
    asked = [*fields.uses.blocking, *([fields.uses.views] if fields.uses.views else [])]
    object, name = object_of(fields, kind), CUSTOM + field.key
    told = [use for each in asked for use in await each().uses_of_field(SYSTEM, object, name)]
    return list(dict.fromkeys(told))


def _successor(before: CustomField, draft: BecomeDraft, key: str) -> CustomField:
    """As it is while its values are made: put away, with no option of its own yet."""
    if CustomType.SEALED in (draft.type, before.type):
        told_why = "What is kept encrypted stays so, and nothing else becomes it: add a field."
        raise invalid("type", "sealed", told_why)
    if draft.type not in WAYS or before.type in (draft.type, CustomType.FILE):
        raise invalid("type", "unsupported", "Values of the field cannot become such ones.")
    if before.is_worked_out:
        raise invalid("type", "computed", "It is worked out: its formula says what it is.")
    if before.archived:
        raise invalid("type", "archived", "The field is put away. Use it again first.")
    told = {
        "id": new_id(),
        "key": key,
        "type": draft.type,
        "options": begins_with(before, draft.type),
        "links_to": None,
        "default": None,
        "archived": True,
        "came_of": before.id,
        "becoming": None,
        "version": 1,
        "unique": False,
        "required": False,
    }
    return before.model_copy(update=told)


async def _seen(
    fields: CustomFields,
    tx: Tx,
    before: CustomField,
    draft: BecomeDraft,
    uses: Sequence[FieldUse],
    key: str | None = None,
) -> tuple[BecomingSeen, CustomField]:
    """What would become of it, and the field that is to stand in its place. Raises Invalid."""
    there = await fields.there(tx, before.of)
    key = key or successor_key(before, {one.key for one in there})
    into = _successor(before, draft, key)
    values, records = await _values(tx, before)
    names = await names_for(tx, fields, before, draft.type, [held for held, _ in values])
    turning = Turning(before, into, draft.currency, draft.locale, ZoneInfo(fields.zone), names)
    defaults = [] if before.default is None else [before.default]
    held_all = [*(held for held, _ in values), *defaults]
    wanting = dict.fromkeys(one for held in held_all for one in turning.wanting(held))
    into = with_options(into, wanting)
    turning = Turning(before, into, draft.currency, draft.locale, ZoneInfo(fields.zone), names)
    kept = shorter = lost = 0
    good: list[BecomingExample] = []
    bad: list[BecomingExample] = []
    had: set[str] = set()
    unique = before.unique and into.type in UNIQUE
    for place, (held, count) in enumerate(values):
        if place % AT_ONCE == 0:
            await asyncio.sleep(0)
        turned = turning(held)
        shown = good if turned.value is not None else bad
        if len(shown) < SHOWN:
            after = None if turned.value is None else _short(turning.shown(turned.value))
            was = _short(turning.text(held))
            shown.append(BecomingExample(before=was, after=after, records=count))
        if turned.value is None:
            lost += count
            continue
        kept += count
        shorter += count if turned.shorter else 0
        if unique:
            same = same_as(into, turned.value)
            unique = same not in had
            had.add(same)
    default = None if before.default is None else turning(before.default).value
    into = into.model_copy(
        update={"default": default, "required": before.required, "unique": False}
    )
    broken, fitting = _formulas(fields, there, before, into)
    stages = await fields.uses.carry(tx, before, before)
    views = [one for one in uses if one.kind is UseKind.VIEW]
    return (
        BecomingSeen(
            type=into.type,
            records=records,
            kept=kept,
            shorter=shorter,
            lost=lost,
            unseen=records - kept - lost,
            examples=tuple(good),
            losses=tuple(bad),
            options=into.options if into.type in (CustomType.CHOICE, CustomType.CHOICES) else (),
            unique=unique,
            blocked=(*broken, *(one for one in uses if one.kind is not UseKind.VIEW)),
            carried=(*fitting, *stages),
            left=tuple(views),
        ),
        into,
    )


def _short(text: str | None) -> str:
    return (text or "")[:200]


async def _values(tx: Tx, field: CustomField) -> tuple[Values, int]:
    """Each value, the most frequent first, at most so many; and how many records have one."""
    table = tx.schema.metadata.tables[f"{tx.schema.name}.{field.of}"]
    custom = table.c.custom
    held = custom.op("->")(literal(field.key, Text))
    filled = custom.has_key(field.key)
    records = await tx.session.scalar(select(func.count()).select_from(table).where(filled))
    count = func.count()
    query = (
        select(held.label("value"), count)
        .where(filled)
        .group_by(held)
        .order_by(count.desc(), held)
        .limit(MOST_LOOKED_AT)
    )
    rows = await tx.session.execute(query)
    return [(value, number) for value, number in rows], records or 0


async def names_for(
    tx: Tx,
    fields: CustomFields,
    before: CustomField,
    type: CustomType,
    held: Iterable[JsonValue],
) -> Mapping[str, str]:
    """Of the colleagues and records that these values name, or may name, by their ids."""
    names: dict[str, str] = {}
    if not needs_names(before.type, type):
        return names
    known = tx.schema.known.c
    if CustomType.PERSON in (before.type, type):
        rows = await tx.session.execute(select(known.id, known.label).where(known.kind == "user"))
        names |= {str(id): label for id, label in rows}
    if before.links_to is None:
        return names
    ids = bindparam(None, [UUID(str(id)) for id in held if id is not None], ARRAY(Uuid))
    if (own := fields.kept.get(before.links_to)) is not None:
        query = select(own.columns["id"], own.columns[own.label])
        query = query.where(own.columns["id"] == any_(ids))
    else:
        query = select(known.id, known.label)
        query = query.where(known.kind == before.links_to, known.id == any_(ids))
    rows = await tx.session.execute(query)
    return names | {str(id): label for id, label in rows}


def renamed(formula: str, before: CustomField, into: CustomField) -> str:
    """The same formula, asking for another field."""
    return re.sub(rf"\bcustom\.{before.key}\b", CUSTOM + into.key, formula)


def asking(there: Sequence[CustomField], before: CustomField) -> list[CustomField]:
    """The fields whose formulas ask for it themselves."""
    return [
        one
        for one in there
        if one.formula is not None
        and not one.archived
        and re.search(rf"\bcustom\.{before.key}\b", one.formula)
    ]


def _formulas(
    fields: CustomFields, there: Sequence[CustomField], before: CustomField, into: CustomField
) -> tuple[list[FieldUse], list[FieldUse]]:
    """The formulas that would not fit the new type, and those that do."""
    broken: list[FieldUse] = []
    fitting: list[FieldUse] = []
    for one in asking(there, before):
        wanted = one.model_copy(update={"formula": renamed(one.formula or "", before, into)})
        others = [other for other in there if other.id != one.id]
        use = FieldUse(kind=UseKind.FORMULA, name=one.name)
        try:
            found = fields.formulas(one.of, [*others, into, wanted]).read(one.key)
        except Wrong:
            broken.append(use)
            continue
        (fitting if CustomType(found.of.type) is one.type else broken).append(use)
    return broken, fitting


async def left_behind(
    fields: CustomFields, actor: Actor, kind: str, id: UUID, after: UUID | None
) -> LeftBehindPage:
    """The records whose values did not become those of the field. Raises Forbidden, NotFound."""
    actor.demand(fields.edit)
    kept = fields.kept[kind]
    async with fields.db.begin(actor) as tx:
        there = {one.id: one for one in await fields.there(tx, kind)}
        into = there.get(id)
        before = None if into is None or into.came_of is None else there.get(into.came_of)
        if into is None or before is None:
            raise NotFound("The field has always had its type.")
        for one in (before, into):
            if CUSTOM + one.key in actor.hidden(kept.read):
                raise left_out(kept.read, CUSTOM + one.key)
        row = kept.columns
        held = row["custom"].op("->")(literal(before.key, Text))
        has = row["custom"].has_key
        query = (
            select(row["id"], row[kept.label], cast(held, JSONB))
            .where(within(actor, kept.read, kept.guard))
            .where(has(before.key), not_(has(into.key)))
            .order_by(row["id"])
            .limit(PAGE)
        )
        if after is not None:
            query = query.where(row["id"] > after)
        rows = (await tx.session.execute(query)).all()
        names = await names_for(tx, fields, before, into.type, [held for *_, held in rows])
        turning = Turning(before, into, "RUB", "ru", ZoneInfo(fields.zone), names)
        items = tuple(
            LeftBehind(id=id, name=name, value=turning.text(held) or str(held))
            for id, name, held in rows
        )
        return LeftBehindPage(items=items, next=items[-1].id if len(items) == PAGE else None)


def sorts(field: CustomField) -> bool:
    return field.indexed and field.type in BLANK
