"""The groups of a list: which values there are, and how many records each has for the reader.

Values are found by steps through an index, from one to the next that differs, whoever's records
have them. Nothing is told of a value before the list itself, with the reader's rights, has let
a record of it through.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic_core import from_json, to_json
from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    union_all,
)

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.conditions import AllOf, AnyOf, Condition, Field, FieldType, Leaf, Op, parse
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM, FIRST_DAY, LAST_DAY
from gausdo.kernel.grouping import (
    COUNTED,
    LOOKED_AT,
    VALUES,
    WINDOW,
    Group,
    Groups,
    Windowed,
)
from gausdo.kernel.pages import MAX_PAGE, ListQuery, not_a_place, place, place_of
from gausdo.kernel.sought import Sought, steps
from gausdo.kernel.values import Json
from gausdo.platform.conditions_sql import Placed
from gausdo.platform.db import Asked, Database, Read, Schema
from gausdo.platform.found import as_it_is
from gausdo.platform.hidden import demand_shown
from gausdo.platform.json_sql import array_of
from gausdo.platform.rights import Guard

G = TypeVar("G", bound=Group)
Q = TypeVar("Q", bound=ListQuery)
MONTHS = 600
SAMPLED = 2000
"""Records changed last whose tags are offered as groups."""
_DATED = frozenset({FieldType.DATE, FieldType.TIME})


@dataclass(frozen=True)
class Grouped:
    """The records of one kind as they may be grouped: by which `fields`, and by those that were
    added and are indexed. `sources` select the values of some in their order.
    """

    schema: Schema
    right: Right
    fields: frozenset[str]
    sources: Mapping[str, Select[Any]] = field(default_factory=dict)

    def by(self, actor: Actor, guard: Guard, by: str, indexed: frozenset[str]) -> Field:
        """Raises Invalid for a field that makes no groups, Forbidden for one that is hidden."""
        found = guard.fields.get(by) if guard.fields is not None else None
        if found is None or by not in self.fields | indexed:
            told = ", ".join(sorted(self.fields | indexed))
            raise invalid("by", "choice", f"Grouped by one of: {told}.")
        demand_shown(actor, self.right, [by], guard)
        return found


Counts = Callable[[Q, Sought | None], Read]
"""Tells of the list that is asked so: `count`, `more`, and what else a group has."""


@dataclass(frozen=True)
class _Value:
    key: str | bool | None
    condition: Condition
    others: bool = False


async def groups(
    db: Database,
    actor: Actor,
    grouped: Grouped,
    guard: Guard,
    by: Field,
    query: Q,
    after: str | None,
    counts: Counts[Q],
    kind: type[G],
    *,
    numbers: bool = False,
) -> Groups[G]:
    """Those of the next values that have any records. Raises Invalid for a place that is none."""
    values = await _values(db, actor, grouped, guard, by)
    start = 0 if after is None else _start(values, after)
    seen = values[start : start + LOOKED_AT]
    sought = await _step(db, query, counts, numbers=numbers)
    if query.q and sought is None:
        return Groups(items=[], next=None)
    items: list[G] = []
    for value in seen:
        narrowed = query.model_copy(update={"filter": _with(query, guard, value.condition)})
        told = from_json(await db.one(counts(narrowed, sought)))
        if told["count"]:
            items.append(
                kind.model_validate(
                    {
                        **told,
                        "key": value.key,
                        "others": value.others,
                        "condition": value.condition,
                    }
                )
            )
    last = seen[-1] if start + LOOKED_AT < len(values) else None
    return Groups(items=items, next=place(last.key, last.others) if last else None)


async def days(
    db: Database,
    actor: Actor,
    guard: Guard,
    by: Field,
    query: Q,
    window: Windowed,
    counts: Counts[Q],
    rows: Counts[Q],
    *,
    numbers: bool = False,
) -> Json:
    """A JSON array of `Day`: those of the window that have any records. `rows` reads the list.

    Raises Invalid for a field without days, and for a window that is too long.
    """
    if by.type not in _DATED:
        raise invalid("by", "choice", f"“{by.name}” holds no days.")
    length = (window.until - window.since).days + 1
    if not 1 <= length <= WINDOW:
        raise invalid("until", "range", f"A window has 1 to {WINDOW} days.")
    sought = await _step(db, query, counts, numbers=numbers)
    if query.q and sought is None:
        return Json(to_json([]))
    every = [window.since + timedelta(days=number) for number in range(length)]
    bounds = every[0].isoformat(), every[-1].isoformat()

    async def read(op: Op, value: Any, limit: int) -> Any:
        asked = _with(query, guard, Leaf(field=by.name, op=op, value=value))
        page = query.model_copy(update={"filter": asked, "sort": by.name, "limit": limit})
        return page, from_json(await db.one(rows(page, sought)))

    _, whole = await read(Op.BETWEEN, bounds, MAX_PAGE)
    if whole["next"] is None:  # so few that all of them are here
        return Json(to_json(_by_day(whole["items"], actor, by, window.shown)))
    told = []
    for day in every:
        page, first = await read(Op.EQ, day.isoformat(), window.shown)
        if first["items"]:
            number = {"count": len(first["items"]), "more": False}
            if first["next"] is not None:
                number = from_json(await db.one(counts(page, sought)))
            number = {name: number[name] for name in ("count", "more")}
            told.append({**number, "day": day, "items": first["items"]})
    return Json(to_json(told))


def _by_day(items: Sequence[Any], actor: Actor, by: Field, shown: int) -> list[dict[str, Any]]:
    """Records in the order of their times, each on its day in the reader's zone."""
    told: dict[str, list[Any]] = {}
    for item in items:
        name = by.name.removeprefix(CUSTOM)
        value = item[name] if name == by.name else item["custom"][name]
        if by.type is FieldType.TIME:
            at = datetime.fromisoformat(value).astimezone(ZoneInfo(actor.time_zone))
            value = at.date().isoformat()
        told.setdefault(value, []).append(item)
    return [
        {"day": day, "count": len(here), "more": False, "items": here[:shown]}
        for day, here in told.items()
    ]


def listed_query(query: ListQuery, of: type[Q]) -> Q:
    """What a list is asked for, of what its groups are asked for: all of it, in no order."""
    of_list = of.model_fields.keys() - {"limit", "after", "sort", "cursors"}
    return of.model_validate({name: getattr(query, name) for name in of_list})


def counted(rows: Select[Any], visible: Sequence[ColumnElement[bool]]) -> Subquery:
    """The first of the rows that are visible, one more than are counted; `visible` are parts of
    what one may see, of which no row has two.
    """
    most = as_it_is(COUNTED + 1)
    firsts = [rows.where(rights).limit(most).subquery().select() for rights in visible]
    every = union_all(*firsts).subquery() if len(firsts) > 1 else firsts[0].subquery()
    return select(every).limit(most).subquery("counted")


async def _step(db: Database, query: Q, counts: Counts[Q], *, numbers: bool) -> Sought | None:
    """The step of looking for the list's words at which the whole list is, whatever a group has."""
    for step in steps(query.q, numbers=numbers) if query.q else ():
        if from_json(await db.one(counts(query, step)))["count"]:
            return step
    return None


def _with(query: ListQuery, guard: Guard, condition: Condition) -> str:
    """The list's filter with one question more."""
    assert guard.fields is not None
    parts: tuple[Condition, ...] = ()
    if query.filter:
        before = parse(query.filter, guard.fields)
        parts = before.all if isinstance(before, AllOf) else (before,)
    return AllOf(all=(*parts, condition)).model_dump_json(by_alias=True)


def _start(values: Sequence[_Value], after: str) -> int:
    key, others = place_of(after, 2)
    for number, value in enumerate(values):
        if (value.key, value.others) == (key, others):
            return number + 1
    raise not_a_place()


async def _values(
    db: Database, actor: Actor, grouped: Grouped, guard: Guard, by: Field
) -> list[_Value]:
    """Every value that may have a group, in order; those without one come last."""

    def leaf(op: Op, value: Any = None) -> Leaf:
        return Leaf(field=by.name, op=op, value=value)

    empty = _Value(None, leaf(Op.IS_EMPTY))
    if by.type is FieldType.BOOL:
        return [_Value(key, leaf(Op.EQ, key)) for key in (True, False)] + [empty]
    if by.options:
        keys = list(by.options)
    else:
        keys = from_json(await db.one(_found(actor, grouped, guard, by)))
    if by.type in _DATED:
        return [*_months(by, keys), empty]
    op = Op.CONTAINS if by.type is FieldType.CHOICES else Op.EQ
    told = [_Value(key, leaf(op, key)) for key in keys[:VALUES]]
    if by.type is FieldType.CHOICES or len(keys) > VALUES:
        named = (leaf(Op.NOT_IN, tuple(keys[:VALUES])),) if keys else ()
        condition = AllOf(all=(*named, leaf(Op.IS_NOT_EMPTY)))
        told.append(_Value(None, condition, others=True))
    return [*told, empty]


def _months(by: Field, firsts: Sequence[str]) -> Iterator[_Value]:
    """Those before and after all days that a condition may name share one group."""
    told = [date.fromisoformat(first) for first in firsts]
    for first in told:
        if FIRST_DAY <= first <= LAST_DAY:
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            bounds = first.isoformat(), last.isoformat()
            yield _Value(f"{first:%Y-%m}", Leaf(field=by.name, op=Op.BETWEEN, value=bounds))
    if any(not FIRST_DAY <= first <= LAST_DAY for first in told):
        before = Leaf(field=by.name, op=Op.LT, value=FIRST_DAY.isoformat())
        after = Leaf(field=by.name, op=Op.GT, value=LAST_DAY.isoformat())
        yield _Value(None, AnyOf(any=(before, after)), others=True)


def _found(actor: Actor, grouped: Grouped, guard: Guard, by: Field) -> Read:
    """A JSON array of the values that records have."""
    asked = Asked()
    asked.add("values", guard.id.table.name if guard.id is not None else None, by.name, by.type)
    column = guard.columns[by.name]
    if by.name in grouped.sources:
        return asked.read(lambda: _all_of(grouped.sources[by.name]))
    if by.type is FieldType.TIME:
        asked.add(time_zone=actor.time_zone)
    statements: dict[FieldType, Callable[[], Select[Any]]] = {
        FieldType.DATE: lambda: _months_of(by, column, actor),
        FieldType.TIME: lambda: _months_of(by, column, actor),
        FieldType.PERSON: lambda: _people(grouped.schema, column),
        FieldType.CHOICES: lambda: _tags(guard, column),
    }
    return asked.read(statements.get(by.type, lambda: _all_of(_distinct(column))))


def _all_of(values: Select[Any]) -> Select[Any]:
    told = values.subquery("told")
    return select(array_of(func.json_agg(told.c[0])))


def _distinct(column: ColumnElement[Any]) -> Select[Any]:
    """The values of a column from the lowest on, each found by the index after the one before."""
    value = column.label("value")
    text = () if not isinstance(column.type, Text) else (column != literal_column("''", Text),)
    lowest = select(value).where(column.is_not(None), *text).order_by(column).limit(as_it_is(1))
    step = lowest.subquery().select().cte("step", recursive=True)
    above = select(value).where(column > step.c.value).order_by(column).limit(as_it_is(1))
    step = step.union_all(
        select(above.correlate(step).scalar_subquery()).where(step.c.value.is_not(None))
    )
    found = select(step.c.value).where(step.c.value.is_not(None))
    return found.limit(as_it_is(VALUES + 1))


def _people(schema: Schema, column: ColumnElement[Any]) -> Select[Any]:
    """Colleagues by name."""
    ids, user = _distinct(column).subquery("ids"), schema.known.c
    named = ids.outerjoin(schema.known, and_(user.kind == "user", user.id == ids.c.value))
    return _all_of(select(ids.c.value).select_from(named).order_by(user.label, ids.c.value))


def _tags(guard: Guard, column: ColumnElement[Any]) -> Select[Any]:
    """The most used ones of late, by name."""
    assert guard.id is not None
    latest = guard.id.table.c.changed_at
    some = select(column.label("tags")).order_by(latest.desc()).limit(as_it_is(SAMPLED)).subquery()
    each = select(func.unnest(some.c.tags).label("tag")).subquery()
    most = (
        select(each.c.tag)
        .group_by(each.c.tag)
        .order_by(func.count().desc(), each.c.tag)
        .limit(as_it_is(VALUES))
        .subquery()
    )
    return _all_of(select(most.c.tag).order_by(most.c.tag))


def _months_of(by: Field, column: ColumnElement[Any], actor: Actor) -> Select[Any]:
    """The first days of months: of days from the earliest on, of times from the latest back."""
    at: ColumnElement[Any] = column
    filled: ColumnElement[bool] = column.is_not(None)
    if isinstance(column, Placed):
        at, filled = column.place, column.filled
    timed = by.type is FieldType.TIME
    zone = bindparam("time_zone", actor.time_zone, Text)

    def month(value: ColumnElement[Any]) -> ColumnElement[Any]:
        local = func.timezone(zone, value) if timed else cast(value, DateTime)
        return cast(func.date_trunc(literal_column("'month'"), local), Date).label("first")

    def edge(first: ColumnElement[Any]) -> ColumnElement[Any]:
        if timed:
            return func.timezone(zone, cast(first, DateTime))
        return cast(first + literal_column("interval '1 month'"), Date)

    order = at.desc() if timed else at.asc()
    earliest = select(month(at)).where(filled).order_by(order).limit(as_it_is(1))
    step = earliest.subquery().select().cte("step", recursive=True)
    beyond = at < edge(step.c.first) if timed else at >= edge(step.c.first)
    following = select(month(at)).where(filled, beyond).order_by(order).limit(as_it_is(1))
    step = step.union_all(
        select(following.correlate(step).scalar_subquery()).where(step.c.first.is_not(None))
    )
    found = select(step.c.first).where(step.c.first.is_not(None)).limit(as_it_is(MONTHS))
    return _all_of(found)
