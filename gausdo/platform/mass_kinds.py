"""The kinds of records that mass edits change, and what a mass edit makes of one."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Select, Text, and_, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.custom import plain_names
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.history import NothingEarlier
from gausdo.kernel.mass import Found, MassChange
from gausdo.kernel.rights import Guarded
from gausdo.kernel.values import Change, Json
from gausdo.platform.db import Tx
from gausdo.platform.deleting import Deleting
from gausdo.platform.hidden import NOTHING, columns, shown
from gausdo.platform.narrow import among_ids
from gausdo.platform.rights import Guard, reached_by, within

Values: TypeAlias = dict[str, Any]
"""Field → its value, as a change of one record would name it."""
Page: TypeAlias = Callable[[Actor, Found, str | None], Awaitable[Json]]
"""`page(actor, found, after)`: of a list, what is found."""


@dataclass(frozen=True)
class Kind:
    """The records of one kind, as their module knows them.

    `page` is a page of their list; `edit(tx, actor, id, names, values)` the
    use case that changes one, given the names of the fields and their values as its row makes
    them; it answers the version it has made, None where all was so already. `deleting` are those
    that take one away and bring it back.
    """

    of: Guarded
    guard: Guard
    changes: type[Change]
    page: Page
    edit: Callable[[Tx, Actor, UUID, Sequence[str], Callable[[Any], Values]], Awaitable[int | None]]
    demand: Callable[[Tx, Actor, Values], Awaitable[None]]
    deleting: Deleting
    changeable: ColumnElement[bool] = field(default_factory=true)

    @property
    def name(self) -> str:
        return self.of.object.rpartition(".")[2]

    def rights(
        self, names: Sequence[str], *, delete: bool = False
    ) -> Iterator[tuple[Right, list[str]]]:
        """What one needs to set these fields, and of which of them; or to delete."""
        if delete:
            yield self.of.right("delete"), []
            return
        yield self.of.right("edit"), [name for name in names if self.of.can_hide(name)]
        if "owner_id" in names:
            yield self.of.right("assign"), []


def names_of(asked: MassChange) -> list[str]:
    """The fields it changes."""
    tagging = ["tags"] if any(asked.tags()) else []
    return [*asked.named(), *tagging]


def tagging(change: Values) -> list[str]:
    return ["tags"] if change["add"] or change["remove"] else []


def setting(of: Kind, change: Values) -> Callable[[Any], Values]:
    """What a record's row makes of a mass edit."""

    def values(row: Any) -> Values:
        told = dict(change["set"])
        if tagging(change):
            tags = [tag for tag in row.tags if tag not in change["remove"]]
            told["tags"] = [*tags, *(tag for tag in change["add"] if tag not in tags)]
        return _changed(of, row, told)

    return values


def giving(of: Kind, before: Values) -> Callable[[Any], Values]:
    return lambda row: _changed(of, row, before)


def _changed(of: Kind, row: Any, told: Values) -> Values:
    """Values as an ordinary change of this record would name them.

    Raises NothingEarlier, Invalid for what none can.
    """
    told = plain_names(told)
    if not told.keys() <= of.changes.model_fields.keys():
        raise NothingEarlier("This field cannot be given a value by itself.")
    try:
        return of.changes.model_validate({**told, "version": row.version}).named()
    except ValidationError as error:
        path = ".".join(map(str, error.errors()[0]["loc"]))
        raise invalid(path, "mass-value", "The field does not take this value.") from error


def counting(
    actor: Actor, of: Kind, names: Sequence[str], asked: MassChange, ids: Sequence[UUID]
) -> Select[int, int, int]:
    """How many the actor sees, may change in this way and would change, how many are so."""
    read, id = of.of.right("read"), of.guard.id
    assert id is not None
    may = and_(
        *_reached(actor, of, names, delete=asked.delete), true() if asked.delete else of.changeable
    )
    masked = columns(actor, read, of.guard)
    more, less = asked.tags()
    differs = [
        _custom(actor, of, name).is_distinct_from(literal(value, JSONB(none_as_null=True)))
        if name.startswith(CUSTOM)
        else masked[name].is_distinct_from(value)
        for name, value in asked.named().items()
    ]
    if more or less:
        tags = func.coalesce(masked["tags"], NOTHING, type_=ARRAY(Text))
        differs += [~tags.contains(more)] * bool(more) + [tags.overlap(less)] * bool(less)
    differing = true() if asked.delete else or_(*differs)
    changing = func.coalesce(and_(may, differing), False)
    rows = (
        select(changing.label("changing"), func.coalesce(may, False).label("may"))
        .where(among_ids(id, list(ids)), within(actor, read, of.guard))
        .subquery("rows")
    )
    return select(
        func.count().label("seen"),
        func.count().filter(rows.c.changing).label("changing"),
        func.count().filter(rows.c.may, ~rows.c.changing).label("same"),
    )


def _custom(actor: Actor, of: Kind, name: str) -> ColumnElement[Any]:
    """What a record has in a field that was added, as it is kept."""
    assert of.guard.id is not None
    held = of.guard.id.table.c.custom.op("->")(name.removeprefix(CUSTOM))
    return shown(actor, of.of.right("read"), name, held, of.guard)


def _reached(
    actor: Actor, of: Kind, names: Sequence[str], *, delete: bool
) -> Iterator[ColumnElement[bool]]:
    """Of a record: whether every right reaches it, with every field."""
    for right, fields in of.rights(names, delete=delete):
        yield within(actor, right, of.guard)
        for name in fields:
            giving = (one for one in actor.granted(right) if name not in one.without)
            yield reached_by(actor, right, giving, of.guard)
