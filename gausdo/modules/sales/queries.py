"""Reads of sales: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField
from gausdo.kernel.sought import Sought, first_step
from gausdo.modules.sales import access
from gausdo.modules.sales.access import GUARD, READ
from gausdo.modules.sales.contract import DealQuery, Related, StageKind
from gausdo.modules.sales.fields import DEAL, EXPECTED, NO_DAY, SEGMENT
from gausdo.modules.sales.items import CONTACT, competing, concerning, items
from gausdo.modules.sales.segmented import guard_of, of_segment
from gausdo.modules.sales.tables import DealRow, NextTaskRow, StageRow, schema
from gausdo.platform.custom_sql import Orders, indexed
from gausdo.platform.db import Read
from gausdo.platform.found import Words
from gausdo.platform.hidden import columns, demand_shown, divided, sorts
from gausdo.platform.json_sql import Only, array_of
from gausdo.platform.keyset import PARENT, add_parents, asked_page, listed, listed_by
from gausdo.platform.known import parts_of
from gausdo.platform.narrow import among_ids, asked_list, conditioned, same
from gausdo.platform.parts import Part, add_parts, looked_at, part_teams
from gausdo.platform.rights import Guard, asked_by, myself
from gausdo.platform.search import among, found_by, holds, in_teams, of_own

_deal = DealRow.__table__.c
_task = NextTaskRow.__table__.c

SORTS: dict[str, ColumnElement[Any]] = {
    "created_at": _deal.created_at,
    "changed_at": _deal.changed_at,
    "title": _deal.title_key,
    "amount": func.coalesce(_deal.amount, literal_column("-1"), type_=Numeric),
    "expected_on": EXPECTED,
    "stage_since": _deal.stage_since,
}
BLANK = {
    "amount": literal_column("'-1'::numeric", Numeric),
    "expected_on": NO_DAY,
}
"""Where a deal stands whose sum or day is empty, or hidden."""


ORDERS = Orders(SORTS, BLANK)


def _orders(fields: Sequence[CustomField]) -> Orders:
    return ORDERS.with_custom(fields, schema.name, _deal.custom)


def deals(
    actor: Actor,
    query: DealQuery,
    fields: Sequence[CustomField] = (),
    sought: Sought | None = None,
    *,
    mine: bool = False,
    only: Only = None,
) -> Read:
    """`Listed[Deal]`; `fields` are those that were added, where the query speaks of one; `sought`
    is a step of looking for `q`, the first unless told; `mine`: their own that have it. `Columned`
    of `only` what is named.
    """
    sought = sought or first_step(query.q)
    orders = _orders(fields)
    guard = guard_of(actor, fields)
    keys = sorts(actor, READ, orders.keys, orders.blank, guard)
    demand_asked(actor, query, guard=guard)
    shape = "deals", indexed(fields), mine
    asked = asked_list(actor, query, guard.fields or DEAL, *shape, sought=sought)
    asked_page(asked, query, keys, "-created_at")
    add_parts(asked, actor, READ)
    asked.add(only)

    def statement() -> Select[Any]:
        few = is_few(query)
        parts = [] if mine or few else divided_for(actor, orders, guard)
        rows = visible_rows(actor, parts, only).where(*narrowed(actor, query, guard))
        words = _words(actor, sought, few) if query.q else None
        words = of_own(words, actor, READ, guard, sought) if words and mine else words
        return listed(rows, query, keys, _deal.id, "-created_at", parts, words)

    return asked.read(statement)


def deals_of(
    actor: Actor,
    of: Related,
    ids: list[UUID],
    query: DealQuery,
    fields: Sequence[CustomField] = (),
) -> Read:
    """`dict[UUID, Listed[Deal]]`."""
    orders = _orders(fields)
    guard = guard_of(actor, fields)
    keys = sorts(actor, READ, orders.keys, orders.blank, guard)
    demand_asked(actor, query, f"{of}_id", guard=guard)
    asked = asked_list(actor, query, guard.fields or DEAL, "deals of", of, indexed(fields))
    asked_page(asked, query, keys, "-created_at")
    add_parents(asked, ids)

    def statement() -> Select[Any]:
        belongs = columns(actor, READ, GUARD)[f"{of}_id"] == parts_of(schema, PARENT)
        rows = visible_rows(actor).where(*narrowed(actor, query, guard), belongs)
        words = _words(actor, first_step(query.q), few=True) if query.q else None
        page = listed(rows, query, keys, _deal.id, "-created_at", words=words)
        return listed_by(page, ids)

    return asked.read(statement)


def deals_by_id(actor: Actor, ids: list[UUID]) -> Read:
    """A JSON array of `Deal`, in no order."""
    asked = asked_by(actor, "deals by id")
    asked.add(ids=ids)

    def statement() -> Select[Any]:
        rows = visible_rows(actor).where(among_ids(_deal.id, ids)).subquery()
        return select(array_of(func.json_agg(rows.c.item)))

    return asked.read(statement)


def deal(actor: Actor, id: UUID) -> Read:
    """The JSON of one `Deal`; no row when it is not visible."""
    asked = asked_by(actor, "deal")
    asked.add(id=id)
    return asked.read(lambda: visible_rows(actor).where(same(_deal.id, "id", id)))


def changed(actor: Actor, id: UUID) -> Read:
    """The JSON of a deal the actor has just changed, even if it was given away."""
    asked = asked_by(actor, "changed deal")
    asked.add(id=id)
    return asked.read(lambda: items(actor).where(same(_deal.id, "id", id)))


def divided_for(actor: Actor, orders: Orders, guard: Guard = GUARD) -> list[Part]:
    return divided(actor, READ, orders.keys, orders.blank, guard)


def is_few(query: DealQuery) -> bool:
    """What is narrowed to a few records already is not divided."""
    narrow = (query.ids, query.owner_id, query.company_id, query.contact_id, query.person_id)
    return any(one is not None for one in narrow)


def _words(actor: Actor, sought: Sought | None, few: bool) -> Words:
    seen = holds(schema, _deal.search, sought)
    if sought is None:
        return Words(seen, few=True)
    of_teams = in_teams(schema, _deal.search, _deal.team_id, sought, part_teams(actor, READ))
    return Words(found_by(schema, _deal.search, sought), few, of_teams, seen)


def worded(actor: Actor, sought: Sought | None) -> ColumnElement[bool]:
    """What has these words; of a few teams, by the index of their words. Rights are not in it."""
    words = _words(actor, sought, few=True)
    own = and_(_deal.owner_id == myself(actor), looked_at(words.found))
    return among(_deal.id, or_(*words.of_teams, own) if words.of_teams else words.found)


MERGED = frozenset({"company_id", "contact_id"})
"""Fields that name what may have become a part of another record."""
_NARROWING = ("pipeline_id", "stage_id", "owner_id", "company_id", "contact_id", "kind")


def demand_asked(actor: Actor, query: DealQuery, *more: str, guard: Guard = GUARD) -> None:
    """Raise Forbidden when it narrows or sorts by what is hidden from the actor."""
    narrowing = [name for name in _NARROWING if getattr(query, name) is not None]
    narrowing += [CONTACT] if query.person_id is not None else []
    narrowing += [SEGMENT] if query.segment_id is not None else []
    demand_shown(actor, READ, [*narrowing, (query.sort or "").removeprefix("-"), *more], guard)


def narrowed(actor: Actor, query: DealQuery, guard: Guard = GUARD) -> list[ColumnElement[bool]]:
    narrow: list[ColumnElement[bool]] = []
    told = columns(actor, READ, GUARD)
    for name in _NARROWING:
        if (value := getattr(query, name)) is None:
            continue
        if name in MERGED:
            narrow.append(told[name] == parts_of(schema, bindparam(name, value, Uuid)))
        else:
            narrow.append(same(told[name], name, value))
    narrow += _narrowed_beside(actor, query)
    if query.stage_id is not None and (query.sort or "").endswith("expected_on"):
        # The order of deals of one kind: the index passes over no others.
        stage = StageRow.__table__.c
        kind = select(stage.kind).where(same(stage.id, "stage_id", query.stage_id))
        narrow.append(_deal.kind == kind.scalar_subquery())
    if query.without_next_step:
        step = exists().where(_task.deal_id == _deal.id, _task.open)
        narrow += [_deal.kind == StageKind.OPEN, ~step]
    if query.late:
        narrow.append(_deal.stage_due_at < func.now())
    if query.rotting:
        stage = StageRow.__table__.c
        day: ColumnElement[Any] = literal_column("interval '1 day'")
        untouched = _deal.changed_at < func.now() - stage.rots_after * day
        ahead = exists().where(_task.deal_id == _deal.id, _task.open, _task.due_at >= func.now())
        rots = exists().where(stage.id == _deal.stage_id, untouched)
        narrow += [_deal.kind == StageKind.OPEN, rots, ~ahead]
    return [*narrow, *conditioned(actor, READ, query, guard, _deal.id)]


def _narrowed_beside(actor: Actor, query: DealQuery) -> Iterator[ColumnElement[bool]]:
    """By what stands beside a deal."""
    if query.person_id is not None:
        yield concerning(actor, bindparam("person_id", query.person_id, Uuid))
    if query.competitor_id is not None:
        yield competing(bindparam("competitor_id", query.competitor_id, Uuid))
    if query.segment_id is not None:
        yield of_segment(actor, query.segment_id)


def visible_rows(actor: Actor, parts: Sequence[Part] = (), only: Only = None) -> Select[Any]:
    """Visible deals, as `items` has them; all deals where `parts` say which are."""
    rows = items(actor, only)
    return rows if parts else rows.where(access.visible(actor))


def open_of_each(owners: Sequence[UUID], besides: Sequence[UUID]) -> Select[Any]:
    """How many deals each of these people has open, besides some; who has none is not told."""
    return (
        select(_deal.owner_id, func.count().label("open"))
        .where(_deal.owner_id.in_(owners), _deal.kind == StageKind.OPEN, _deal.id.not_in(besides))
        .group_by(_deal.owner_id)
    )
