"""What a segment's condition may ask of a company or a person, and who may know of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal_column, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.conditions import Condition, Field, Fields, FieldType, Leaf, with_leaves
from gausdo.kernel.custom import CustomField
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.operators import RELATIVE, Op
from gausdo.modules.activities.contract import TASKS
from gausdo.modules.customers import access
from gausdo.modules.customers.fields import SEGMENT
from gausdo.modules.customers.segment_tables import AroundRow
from gausdo.modules.customers.tables import Customer, schema
from gausdo.modules.sales.contract import DEALS
from gausdo.platform.custom_sql import guarded_with
from gausdo.platform.rights import Guard

_around = AroundRow.__table__.c
_DEALS, _TASKS = DEALS.right("read"), TASKS.right("read")
_WITH = ("company_id", "contact_id")
"""By what it is known whose a deal is."""


class Fact(NamedTuple):
    """A field of what other modules tell: where it is kept, what it is of a record of which
    nothing is told, and whoever may know of it: who has `right`, and is shown its `part`.
    """

    field: Field
    column: ColumnElement[Any]
    empty: str | None = None
    right: Right | None = None
    part: str | None = None


def _fact(
    name: str,
    type: FieldType,
    column: str,
    empty: str | None = None,
    right: Right | None = None,
    part: str | None = None,
) -> Fact:
    return Fact(Field(name=name, type=type), _around[column], empty, right, part)


FACTS: Mapping[str, Fact] = {
    fact.field.name: fact
    for fact in (
        _fact("deals.open", FieldType.NUMBER, "open_deals", "0", _DEALS),
        _fact("deals.won", FieldType.NUMBER, "won_deals", "0", _DEALS),
        _fact("deals.lost", FieldType.NUMBER, "lost_deals", "0", _DEALS),
        _fact("deals.pipelines", FieldType.CHOICES, "pipelines", None, _DEALS),
        _fact("deals.largest_open", FieldType.MONEY, "largest_open", None, _DEALS, "worth"),
        _fact("deals.largest_won", FieldType.MONEY, "largest_won", None, _DEALS, "worth"),
        _fact("deals.won_at", FieldType.TIME, "last_won_at", None, _DEALS),
        _fact("activity.last_at", FieldType.TIME, "last_activity_at"),
        _fact("tasks.open", FieldType.NUMBER, "open_tasks", "0", _TASKS),
        _fact("tasks.due_at", FieldType.TIME, "task_due_at", None, _TASKS),
    )
}


class Asked(NamedTuple):
    fields: Fields
    columns: Mapping[str, ColumnElement[Any]]


def asked(of: type[Customer], added: Sequence[CustomField]) -> Asked:
    """All that can be asked of records of this kind, whoever may know of it."""
    guard = _guard(of, added)
    own = [
        field
        for field in guard.fields or ()
        if field.type is not FieldType.SEALED and field.name != SEGMENT
    ]
    fields = Fields(of.kind, *own, *(fact.field for fact in FACTS.values()))
    around = {name: _around_of(of, fact) for name, fact in FACTS.items()}
    return Asked(fields, {**guard.columns, **around})


def _guard(of: type[Customer], added: Sequence[CustomField]) -> Guard:
    there = [one for one in added if not one.archived]
    return guarded_with(access.GUARDS[of], there, schema.name, of.__table__.c.custom)


def _around_of(of: type[Customer], fact: Fact) -> ColumnElement[Any]:
    told = select(fact.column).where(_around.record_id == of.__table__.c.id).scalar_subquery()
    return told if fact.empty is None else func.coalesce(told, literal_column(fact.empty))


def unseen(
    actor: Actor, of: type[Customer], added: Sequence[CustomField], names: Iterable[str]
) -> list[str]:
    """Those of the fields that are hidden from the actor, be it of some records only: who is in a
    segment would tell of them.
    """
    hidden, guard = actor.hidden(access.right(of, "read")), _guard(of, added)
    return sorted(name for name in names if guard.parts_of(name) & hidden or _withheld(actor, name))


def _withheld(actor: Actor, name: str) -> bool:
    fact = FACTS.get(name)
    if fact is None or fact.right is None:
        return False
    parts = {fact.part, *_WITH} if fact.right == _DEALS else {fact.part}
    return not actor.may(fact.right) or not parts.isdisjoint(actor.hidden(fact.right))


def demand_answerable(condition: Condition, at: str = "filter") -> None:
    """Raise Invalid for what only somebody can be asked."""

    def demand(leaf: Leaf) -> Leaf:
        if leaf.op is Op.IS_ME:
            told = "It is the same for everybody: name the person."
            raise invalid(at, "wrong-op", told)
        return leaf

    with_leaves(condition, demand)


def worked_out(added: Iterable[CustomField]) -> set[str]:
    """Fields that others are the reason of, as conditions call them."""
    made = (one for one in added if one.formula is not None or one.roll_up is not None)
    return {CUSTOM + one.key for one in made}


def is_timed(condition: Condition) -> bool:
    """Whether it holds of others from one day to the next, though nothing happens."""
    found: list[Op] = []

    def look(leaf: Leaf) -> Leaf:
        found.append(leaf.op)
        return leaf

    with_leaves(condition, look)
    return not set(RELATIVE).isdisjoint(found)
