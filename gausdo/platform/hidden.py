"""Fields that an actor's roles hide: absent from answers, filters, orders and sums alike."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, cast, false, func, literal_column, null
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Text

from gausdo.kernel.actor import Actor, Right, left_out
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
    names = sorted(actor.hidden(right))
    if not names:
        return custom
    table = _kept_with(guard)
    shown_of: Callable[..., ColumnElement[Any]] = getattr(func, table.schema).custom_shown
    hidden = _hidden(actor, right, guard, names)
    return shown_of(literal_column(f"'{table.name}'", Text), custom, hidden, type_=custom.type)


def columns(actor: Actor, right: Right, guard: Guard) -> Mapping[str, ColumnElement[Any]]:
    """What a filter in the actor's name compares: of what is hidden, nothing."""
    told: dict[str, ColumnElement[Any]] = {}
    for name, column in guard.columns.items():
        value = column
        for part in sorted(guard.parts_of(name)):
            value = shown(actor, right, part, value, guard)
        told[name] = value
    return told


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
    names = sorted(actor.hidden(right))
    if not names:
        return NOTHING
    hidden = _hidden(actor, right, guard, names)
    if not _has_custom(guard):
        return hidden
    table = _kept_with(guard)
    all_of: Callable[..., ColumnElement[Any]] = getattr(func, table.schema).custom_hidden
    return all_of(literal_column(f"'{table.name}'", Text), hidden, type_=ARRAY(Text))


def _kept_with(guard: Guard) -> Any:
    """The table of the records."""
    assert guard.id is not None
    return guard.id.table


def _has_custom(guard: Guard) -> bool:
    """Whether there may be fields that are worked out of those that are hidden."""
    return guard.id is not None and "custom" in _kept_with(guard).c


def _hidden(actor: Actor, right: Right, guard: Guard, names: Iterable[str]) -> ColumnElement[Any]:
    """Those of the names that are hidden of a row."""
    told = [
        case(
            (_showing(actor, right, name, guard), null()),
            else_=literal_column(f"'{name}'"),
        )
        for name in names
    ]
    return func.array_remove(cast(array(told), ARRAY(Text)), null())


def _showing(actor: Actor, right: Right, name: str, guard: Guard) -> ColumnElement[bool]:
    showing = (grant for grant in actor.granted(right) if name not in grant.without)
    return func.coalesce(reached_by(actor, right, showing, guard), false())
