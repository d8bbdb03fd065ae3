"""Finding and forgetting a person in the tables of one module.

What a module knows by itself it says as `Trail`s; of the tables that every module has this knows.
"""

import json
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    Text,
    and_,
    any_,
    case,
    cast,
    column,
    delete,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.custom import CustomType
from gausdo.kernel.persons import ERASED, Done, Forgotten, Traces
from gausdo.platform.db import Database, Tx

SHORTEST = 4
"""Characters of a text that is looked for: a shorter one is in many others."""
PATIENCE = "10min"
"""What a statement may take here: it reads whole tables, and nobody waits for it."""
NEVER = "(?=a)b"
"""A regular expression that finds nothing."""
_SPECIAL = re.compile(r"([^\w\s@-])")


def pattern_of(person: Traces, *, near: bool = False) -> str | None:
    """A regular expression of PostgreSQL that finds each of their texts, the longest first.

    `near` the person also what others may be called.
    """
    texts = (*person.texts, *person.words) if near else person.texts
    found = {one for one in texts if len(one) >= SHORTEST}
    found |= {json.dumps(one, ensure_ascii=False)[1:-1] for one in found}
    if not found:
        return None
    return "|".join(_SPECIAL.sub(r"\\\1", one) for one in sorted(found, key=len, reverse=True))


def names_in(column: ColumnElement[Any], pattern: str | None) -> ColumnElement[bool]:
    """Whether a text, or JSON, has one of the person's texts in it."""
    return cast(column, Text).op("~*", is_comparison=True)(literal(pattern or NEVER, Text))


def without(column: ColumnElement[Any], pattern: str | None) -> ColumnElement[Any]:
    """The same text, or JSON, with something else in their place."""
    replaced = func.regexp_replace(
        cast(column, Text), literal(pattern or NEVER, Text), ERASED, "gi"
    )
    return cast(replaced, column.type)


@dataclass(frozen=True)
class Trail:
    """A table that may tell of people. `told` is what is told of its rows.

    When forgetting, `texts` lose what names the person, as do the fields that were added to the
    kind of record `custom`, and `values` are set; where that changes anything, so are `touched`.
    """

    place: str
    table: FromClause
    told: tuple[str, ...] = ("id",)
    texts: tuple[str, ...] = ()
    custom: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    touched: Mapping[str, Any] = field(default_factory=dict)

    def naming(self, person: Traces, *, near: bool = False) -> ColumnElement[bool]:
        """The rows whose texts name the person."""
        columns, pattern = self.table.c, pattern_of(person, near=near)
        return or_(false(), *(names_in(columns[name], pattern) for name in self.texts))

    async def rows(self, tx: Tx, linked: ColumnElement[bool]) -> list[dict[str, Any]]:
        """The linked rows as they are."""
        parts = ((text(f"'{name}'"), self.table.c[name]) for name in self.told)
        item = func.jsonb_build_object(*(part for pair in parts for part in pair))
        return [*await tx.session.scalars(select(cast(item, JSONB)).where(linked))]

    async def anonymise(
        self, tx: Tx, linked: ColumnElement[bool], person: Traces, *, near: bool = True
    ) -> Sequence[UUID]:
        """The ids of those of the linked rows that told anything still."""
        columns, pattern = self.table.c, pattern_of(person, near=near)
        set_ = dict(self.values)
        if self.custom is not None:
            keys = await _free(tx, self.custom)
            set_["custom"] = without_in(columns["custom"], pattern, *keys)
        telling = or_(
            self.naming(person, near=near),
            *(columns[name].is_distinct_from(value) for name, value in set_.items()),
        )
        replaced = {name: without(columns[name], pattern) for name in self.texts}
        changed = await tx.session.scalars(
            update(self.table)  # type: ignore[arg-type]
            .where(linked, telling)
            .values(replaced | set_ | dict(self.touched))
            .returning(columns.id)
            .execution_options(synchronize_session=False)
        )
        return changed.all()

    async def erase(self, tx: Tx, linked: ColumnElement[bool]) -> Sequence[UUID]:
        """The ids of the linked rows, which are gone."""
        gone = delete(self.table).where(linked).returning(self.table.c.id)  # type: ignore[arg-type]
        return (await tx.session.scalars(gone)).all()


async def _free(tx: Tx, kind: str) -> tuple[list[str], list[str], list[str]]:
    """The keys of added fields that take any text, of those that take any number, and of those that
    take files.
    """
    table = tx.schema.custom_field.c
    query = select(table.key, table.type, table.files).where(table.of == kind)
    keys = (await tx.session.execute(query)).all()
    return (
        [key for key, type, _ in keys if type == CustomType.TEXT],
        [key for key, type, _ in keys if type == CustomType.NUMBER],
        [key for key, _, files in keys if files],
    )


def without_in(
    custom: ColumnElement[Any],
    pattern: str | None,
    texts: Sequence[str],
    numbers: Sequence[str],
    files: Sequence[str] = (),
) -> ColumnElement[Any]:
    """The values of added fields with something else in the person's place: a text is told
    otherwise, and so is what a file is called; a number that is theirs is gone, and nothing else
    can name anybody.
    """
    each = (
        func.jsonb_each_text(custom)
        .table_valued(column("key", Text), column("value", Text))
        .render_derived(name="each")
    )
    whole = func.jsonb_extract_path(custom, each.c.key, type_=JSONB)
    is_text = each.c.key == any_(literal(list(texts), ARRAY(Text)))
    is_number = each.c.key == any_(literal(list(numbers), ARRAY(Text)))
    is_file = each.c.key == any_(literal(list(files), ARRAY(Text)))
    told = case(
        (is_text, func.to_jsonb(without(each.c.value, pattern))),
        (is_file, cast(without(each.c.value, pattern), JSONB)),
        else_=whole,
    )
    kept = select(func.jsonb_object_agg(each.c.key, told)).where(
        not_(and_(is_number, names_in(each.c.value, pattern)))
    )
    return func.coalesce(kept.scalar_subquery(), literal_column("'{}'::jsonb"), type_=JSONB)


def _from_removed(removed: Table, pattern: str | None) -> Any:
    """A record that was taken away and names the person cannot come back."""
    return (
        delete(removed)
        .where(or_(names_in(removed.c.row, pattern), names_in(removed.c.beside, pattern)))
        .returning(removed.c.id)
    )


def anonymised(place: str, ids: Sequence[UUID]) -> Forgotten:
    return Forgotten(place=place, done=Done.ANONYMISED, count=len(ids))


def erased(place: str, ids: Sequence[UUID]) -> Forgotten:
    return Forgotten(place=place, done=Done.ERASED, count=len(ids))


@asynccontextmanager
async def unhurried(db: Database) -> AsyncIterator[Tx]:
    """A transaction of Gausdo's own, whose statements may read whole tables."""
    async with db.begin(SYSTEM) as tx:
        await tx.session.execute(text(f"set local statement_timeout = '{PATIENCE}'"))
        yield tx


async def forget_beside(tx: Tx, person: Traces, subjects: Collection[UUID] = ()) -> list[Forgotten]:
    """What the tables that every module has hold: values beside the history, from where the person
    acted, names of others' records, answers to keys, errors of parked events.

    Of `subjects`, records that are wholly about the person, no values stay beside the history.
    """
    schema, pattern = tx.schema, pattern_of(person)
    personal, known, answer, parked = (
        schema.personal, schema.known, schema.answer, schema.parked,
    )  # fmt: skip
    of_person = (known.c.kind == "person") & (known.c.id == person.id)
    steps: Sequence[tuple[str, Done, Any]] = (
        (
            "personal",
            Done.ERASED,
            delete(personal)
            .where(
                or_(
                    personal.c.subject_id.in_([person.id, *subjects]),
                    names_in(personal.c.changes, pattern),
                )
            )
            .returning(personal.c.event_id),
        ),
        (
            "known",
            Done.ANONYMISED,
            update(known)
            .where(of_person, known.c.label != ERASED)
            .values(label=ERASED)
            .returning(known.c.id),
        ),
        (
            "known",
            Done.ANONYMISED,
            update(known)
            .where(known.c.kind != "user", names_in(known.c.label, pattern))
            .values(label=without(known.c.label, pattern))
            .returning(known.c.id),
        ),
        (
            "answer",
            Done.ERASED,
            delete(answer)
            .where(
                or_(
                    names_in(answer.c.answer, pattern),
                    cast(answer.c.answer, Text).contains(str(person.id)),
                )
            )
            .returning(answer.c.key),
        ),
        (
            "parked",
            Done.ANONYMISED,
            update(parked)
            .where(names_in(parked.c.error, pattern))
            .values(error=without(parked.c.error, pattern))
            .returning(parked.c.pos),
        ),
    )
    if (removed := schema.metadata.tables.get(f"{schema.name}.removed")) is not None:
        steps = [*steps, ("removed", Done.ERASED, _from_removed(removed, pattern))]
    acted = select(func.coalesce(getattr(func, schema.name).forget_addresses(person.id), 0))
    addresses = await tx.session.scalar(acted)
    counts = {(f"{schema.name}.addresses", Done.ERASED): addresses or 0}
    for place, done, statement in steps:
        found = await tx.session.execute(statement)
        key = (f"{schema.name}.{place}", done)
        counts[key] = counts.get(key, 0) + len(found.all())
    return [
        Forgotten(place=place, done=done, count=count)
        for (place, done), count in counts.items()
        if count
    ]
