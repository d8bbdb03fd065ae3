"""Fields that an actor's roles hide: absent from answers, filters, orders and sums alike."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, case, cast, false, func, literal_column, null
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Text

from gausdo.kernel.actor import Actor, Right, left_out
from gausdo.kernel.fields import CUSTOM
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
    names = [name for name in actor.hidden(right) if name.startswith(CUSTOM)]
    if not names:
        return custom
    return custom.op("-")(_hidden(actor, right, guard, sorted(names), CUSTOM))


def columns(actor: Actor, right: Right, guard: Guard) -> Mapping[str, ColumnElement[Any]]:
    """What a filter in the actor's name compares: of what is hidden, nothing."""
    return {
        name: shown(actor, right, guard.hides.get(name, name), column, guard)
        for name, column in guard.columns.items()
    }


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
        field = guard.hides.get(name, name)
        shows = [field not in grant.without for grant in grants]
        if all(shows) or (part and any(field not in grant.without for grant in part.sure)):
            continue
        shown = case((_showing(actor, right, field, guard), keys[name]), else_=empty)
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
        if guard.hides.get(name, name) in never:
            raise left_out(right, name)


def hidden_of(actor: Actor, right: Right, guard: Guard) -> ColumnElement[Any]:
    """The names of what is hidden of a row, as a `text[]`."""
    names = sorted(actor.hidden(right))
    return _hidden(actor, right, guard, names) if names else NOTHING


def _hidden(
    actor: Actor, right: Right, guard: Guard, names: Iterable[str], prefix: str = ""
) -> ColumnElement[Any]:
    """Those of the names that are hidden of a row, without the prefix."""
    told = [
        case(
            (_showing(actor, right, name, guard), null()),
            else_=literal_column(f"'{name.removeprefix(prefix)}'"),
        )
        for name in names
    ]
    return func.array_remove(cast(array(told), ARRAY(Text)), null())


def _showing(actor: Actor, right: Right, name: str, guard: Guard) -> ColumnElement[bool]:
    showing = (grant for grant in actor.granted(right) if name not in grant.without)
    return func.coalesce(reached_by(actor, right, showing, guard), false())
