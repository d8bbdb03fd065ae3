"""Fields that an actor's roles hide: absent from answers, filters, orders and sums alike."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Text

from gausdo.kernel.actor import Actor, Grant, Right, left_out
from gausdo.kernel.fields import CUSTOM
from gausdo.platform.conditions_sql import Meant
from gausdo.platform.parts import Part, parts
from gausdo.platform.rights import Guard, reached_by

NOTHING: ColumnElement[Any] = literal_column("'{}'::text[]", ARRAY(Text))


def shown(
    actor: Actor,
    right: Right,
    name: str,
    value: ColumnElement[Any],
    guard: Guard,
    empty: ColumnElement[Any] | None = None,
) -> ColumnElement[Any]:
    """A field's value where a grant of `right` that shows it reaches the record, else `empty`,
    NULL unless told.

    From whom nothing is hidden, it is `value` itself.
    """
    if name not in actor.hidden(right):
        return value
    otherwise = null() if empty is None else empty
    return case((_showing(actor, right, name, guard), value), else_=otherwise)


def shown_custom(
    actor: Actor, right: Right, custom: ColumnElement[Any], guard: Guard
) -> ColumnElement[Any]:
    """The values of fields that were added, without those that are hidden of the record."""

    def keys(names: Sequence[str]) -> ColumnElement[Any]:
        name = func.unnest(_with_worked_out(guard, names)).column_valued("name")
        key = func.substr(name, literal_column(str(len(CUSTOM) + 1)))
        return _array(select(key).where(func.starts_with(name, literal_column(f"'{CUSTOM}'"))))

    if not actor.hidden(right):
        return custom
    return custom.op("-")(_hidden(actor, right, guard, keys))


def columns(actor: Actor, right: Right, guard: Guard) -> Mapping[str, ColumnElement[Any]]:
    """What a filter in the actor's name compares: of what is hidden, nothing."""
    told: dict[str, ColumnElement[Any]] = {}
    for name, column in guard.columns.items():
        see = partial(_seen, actor, right, name, guard)
        told[name] = (
            Meant(see(column.value), column.parts, see(column.has))
            if isinstance(column, Meant)
            else see(column)
        )
    return told


def _seen(
    actor: Actor, right: Right, name: str, guard: Guard, value: ColumnElement[Any]
) -> ColumnElement[Any]:
    for part in sorted(guard.parts_of(name)):
        value = shown(actor, right, part, value, guard)
    return value


def sorts(
    actor: Actor,
    right: Right,
    keys: Mapping[str, ColumnElement[Any]],
    blank: Mapping[str, ColumnElement[Any]],
    guard: Guard,
    part: Part | None = None,
) -> Mapping[str, ColumnElement[Any]]:
    """Sort keys, in a part of the records or in all; what is hidden of a record sorts as what is
    empty (`blank`).
    """
    grants = tuple(actor.granted(right)) if part is None else part.sure + part.others
    told = dict(keys)
    for name, empty in blank.items():
        fields = guard.parts_of(name)
        shows = [fields.isdisjoint(grant.without) for grant in grants]
        if all(shows) or (part and any(fields.isdisjoint(one.without) for one in part.sure)):
            continue
        showing = and_(*(_showing(actor, right, field, guard) for field in sorted(fields)))
        shown = case((showing, keys[name]), else_=empty)
        told[name] = shown if any(shows) else empty
    return told


def divided(
    actor: Actor,
    right: Right,
    keys: Mapping[str, ColumnElement[Any]],
    blank: Mapping[str, ColumnElement[Any]],
    guard: Guard,
) -> list[Part]:
    """`parts`, each with sort keys of its own where something is hidden."""
    if not actor.hidden(right):
        return parts(actor, right, guard)
    return [
        replace(part, sorts=sorts(actor, right, keys, blank, guard, part))
        for part in parts(actor, right, guard)
    ]


def demand_shown(actor: Actor, right: Right, names: Iterable[str], guard: Guard) -> None:
    """Raise Forbidden when one is asked for by a field that no grant shows."""
    never = actor.never(right)
    for name in names:
        if guard.parts_of(name) & never:
            raise left_out(right, name)


def hidden_of(actor: Actor, right: Right, guard: Guard) -> ColumnElement[Any]:
    """The names of what is hidden of a row, as a `text[]`."""
    if not actor.hidden(right):
        return NOTHING
    return _hidden(actor, right, guard, partial(_with_worked_out, guard))


def _kept_with(guard: Guard) -> Any:
    """The table of the records."""
    assert guard.id is not None
    return guard.id.table


def _has_custom(guard: Guard) -> bool:
    """Whether there may be fields that are worked out of those that are hidden."""
    return guard.id is not None and "custom" in _kept_with(guard).c


def _with_worked_out(guard: Guard, names: Sequence[str]) -> ColumnElement[Any]:
    """These fields and those that are worked out of one of them: the same of every row."""
    told = cast(array([literal_column(f"'{name}'") for name in names]), ARRAY(Text))
    if not _has_custom(guard):
        return told
    table = _kept_with(guard)
    all_of: Callable[..., ColumnElement[Any]] = getattr(func, table.schema).custom_hidden
    return all_of(literal_column(f"'{table.name}'", Text), told, type_=ARRAY(Text))


def _hidden(
    actor: Actor, right: Right, guard: Guard, told: Callable[[Sequence[str]], ColumnElement[Any]]
) -> ColumnElement[Any]:
    """What is `told` of the fields that are hidden of a row. It is asked once for all rows, and
    once for all fields that the same grants show.
    """
    alike: dict[tuple[Grant, ...], list[str]] = {}
    for name in sorted(actor.hidden(right)):
        alike.setdefault(_grants(actor, right, name), []).append(name)
    parts: list[ColumnElement[Any]] = [
        case(
            (_reached(actor, right, guard, grants), NOTHING),
            else_=select(told(names)).scalar_subquery(),
        )
        for grants, names in alike.items()
    ]
    if len(parts) == 1:
        return parts[0]
    one = func.unnest(reduce(operator.add, parts)).column_valued("one")
    return _array(select(one).distinct())


def _array(rows: Select[Any]) -> ColumnElement[Any]:
    return func.array(rows.scalar_subquery(), type_=ARRAY(Text))


def _showing(actor: Actor, right: Right, name: str, guard: Guard) -> ColumnElement[bool]:
    return _reached(actor, right, guard, _grants(actor, right, name))


def _grants(actor: Actor, right: Right, name: str) -> tuple[Grant, ...]:
    """Those that show a field."""
    return tuple(grant for grant in actor.granted(right) if name not in grant.without)


def _reached(
    actor: Actor, right: Right, guard: Guard, grants: tuple[Grant, ...]
) -> ColumnElement[bool]:
    return func.coalesce(reached_by(actor, right, grants, guard), false())
