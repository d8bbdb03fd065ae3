"""Reads of sales: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField
from gausdo.kernel.sought import Sought, first_step
from gausdo.kernel.values import now
from gausdo.modules.sales import access
from gausdo.modules.sales.access import GUARD, READ
from gausdo.modules.sales.contract import BoardQuery, DealQuery, Related, StageKind
from gausdo.modules.sales.fields import DEAL, EXPECTED, NO_DAY, SEGMENT
from gausdo.modules.sales.items import CONTACT, competing, concerning, items
from gausdo.modules.sales.rate_queries import (
    InBase,
    add_base,
    base_sum,
    open_sums,
    pipeline_sum,
    pipeline_sums,
)
from gausdo.modules.sales.rate_tables import Base
from gausdo.modules.sales.segmented import guard_of, of_segment
from gausdo.modules.sales.tables import DealRow, NextTaskRow, StageRow, schema
from gausdo.platform.custom_sql import Orders, indexed
from gausdo.platform.db import Read
from gausdo.platform.db.schema import TIME
from gausdo.platform.found import Words
from gausdo.platform.hidden import columns, demand_shown, divided, shown, sorts
from gausdo.platform.json_sql import Only, array_of
from gausdo.platform.keyset import PARENT, add_parents, asked_page, listed, listed_by, paged, roomy
from gausdo.platform.known import parts_of
from gausdo.platform.narrow import among_ids, asked_list, conditioned, same
from gausdo.platform.parts import Part, add_parts, looked_at, part_teams
from gausdo.platform.rights import Guard, asked_by, myself
from gausdo.platform.search import add_words, among, found_by, holds, in_teams, of_own

CLOSED_SHOWN = timedelta(days=30)
"""How long a won or lost deal stays on the board."""

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
        rows = _rows(actor, parts, only).where(*narrowed(actor, query, guard))
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
        rows = _rows(actor).where(*narrowed(actor, query, guard), belongs)
        words = _words(actor, first_step(query.q), few=True) if query.q else None
        page = listed(rows, query, keys, _deal.id, "-created_at", words=words)
        return listed_by(page, ids)

    return asked.read(statement)


def deals_by_id(actor: Actor, ids: list[UUID]) -> Read:
    """A JSON array of `Deal`, in no order."""
    asked = asked_by(actor, "deals by id")
    asked.add(ids=ids)

    def statement() -> Select[Any]:
        rows = _rows(actor).where(among_ids(_deal.id, ids)).subquery()
        return select(array_of(func.json_agg(rows.c.item)))

    return asked.read(statement)


def deal(actor: Actor, id: UUID) -> Read:
    """The JSON of one `Deal`; no row when it is not visible."""
    asked = asked_by(actor, "deal")
    asked.add(id=id)
    return asked.read(lambda: _rows(actor).where(same(_deal.id, "id", id)))


def changed(actor: Actor, id: UUID) -> Read:
    """The JSON of a deal the actor has just changed, even if it was given away."""
    asked = asked_by(actor, "changed deal")
    asked.add(id=id)
    return asked.read(lambda: items(actor).where(same(_deal.id, "id", id)))


def board(actor: Actor, pipeline_id: UUID, query: BoardQuery, base: Base) -> Read:
    """`Board`: exact numbers per stage from an index alone, and the first deals of each.

    No row when there is no such pipeline.
    """
    closed_after = now() - CLOSED_SHOWN
    narrow = query.owner_id is None, query.segment_id is None
    if query.segment_id is not None:
        demand_shown(actor, READ, [SEGMENT], GUARD)
    asked = asked_by(actor, "board", *narrow, roomy(query.limit))
    asked.add(
        pipeline_id=pipeline_id,
        owner_id=query.owner_id,
        segment_id=query.segment_id,
        limit=query.limit,
        closed_after=closed_after,
    )
    asked.narrowed = query.q is not None or not all(narrow)
    if query.q:
        add_words(asked, query.q)
    add_parts(asked, actor, READ)
    add_base(asked, base)
    return asked.read(lambda: _board(actor, pipeline_id, query, closed_after, base))


def _board(
    actor: Actor, pipeline_id: UUID, query: BoardQuery, closed_after: datetime, base: Base
) -> Select[Any]:
    this = bindparam("pipeline_id", pipeline_id, Uuid)
    narrow = [_deal.pipeline_id == this, *_on_board(closed_after)]
    if query.owner_id is not None:
        narrow.append(same(_deal.owner_id, "owner_id", query.owner_id))
    if query.q:
        narrow.append(worded(actor, first_step(query.q)))
    stage = StageRow.__table__.c
    if query.segment_id is not None:
        narrow.append(of_segment(actor, query.segment_id))
    parts = [] if query.q or query.owner_id else divided_for(actor, ORDERS)
    worth = select(
        shown(actor, READ, "worth", _deal.currency, GUARD).label("currency"),
        shown(actor, READ, "worth", _deal.amount, GUARD).label("amount"),
    ).where(*narrow)
    visible = [part.where for part in parts] or [access.visible(actor)]
    every = union_all(*(worth.where(rights) for rights in visible)).subquery("every")
    closing = worth.add_columns(_deal.id, _deal.closed_at)
    in_base = InBase(base, _stage_is_open, stage.probability)
    closed = in_base.closed([closing.where(rights) for rights in visible])
    sums = (
        select(
            every.c.currency,
            func.count().label("count"),
            func.sum(every.c.amount).label("sum"),
        )
        .group_by(every.c.currency)
        .subquery("sums")
    )
    rate = in_base.now_rate(sums.c.currency)
    totals = select(
        func.coalesce(func.sum(sums.c.count), 0).label("count"),
        array_of(
            func.json_agg(
                func.json_build_object(
                    text("'currency'"), sums.c.currency,
                    text("'sum'"), cast(sums.c.sum, String),
                    text("'weighted'"),
                    cast(func.round(sums.c.sum * stage.probability / 100, 2), String),
                )
            ).filter(sums.c.currency.is_not(None))
        ).label("sums"),
        *in_base.now(sums, rate),
    ).select_from(sums.outerjoin(rate, literal(True))).lateral("totals")  # fmt: skip
    first = DealQuery(sort="-stage_since", limit=query.limit)
    rows = _rows(actor, parts).where(*narrow)
    cards = paged(rows, first, SORTS, _deal.id, "-stage_since", parts).lateral("cards")
    column = func.json_build_object(
        text("'stage_id'"), stage.id,
        text("'count'"), totals.c.count,
        text("'sums'"), totals.c.sums,
        text("'base'"), base_sum(totals, closed),
        text("'deals'"), cards.c["items"],
        text("'next'"), cards.c["next"],
    )  # fmt: skip
    columns = (
        select(column.label("item"), stage.position, *open_sums(totals, _stage_is_open))
        .select_from(
            StageRow.__table__.join(totals, literal(True))
            .join(closed, literal(True))
            .join(cards, literal(True))
        )
        .where(stage.pipeline_id == this)
        .subquery("columns")
    )
    whole = (
        select(
            func.json_agg(aggregate_order_by(columns.c.item, columns.c.position)).label("columns"),
            *pipeline_sums(columns),
        )
        .having(func.count() > 0)
        .subquery("whole")
    )
    return select(
        func.json_build_object(
            text("'pipeline_id'"), this,
            text("'columns'"), whole.c.columns,
            text("'base'"), pipeline_sum(whole),
        )
    )  # fmt: skip


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


_stage_id: ColumnElement[Any] = literal_column("sales.stage.id", Uuid)
_stage_kind: ColumnElement[Any] = literal_column("sales.stage.kind", String)
_stage_is_open = _stage_kind == literal_column(f"'{StageKind.OPEN}'")
"""Of the stage in the row outside."""


def _on_board(closed_after: datetime) -> list[ColumnElement[bool]]:
    """Of one stage all that is open, and what was closed lately: it has been there since then.

    So the order of the board's index ends where nobody looks any more.
    """
    closed = bindparam("closed_after", closed_after, TIME)
    ever: ColumnElement[Any] = literal_column("'-infinity'::timestamptz")
    since = case((_stage_is_open, ever), else_=closed)
    return [_deal.stage_id == _stage_id, _deal.stage_since > since]


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


def _rows(actor: Actor, parts: Sequence[Part] = (), only: Only = None) -> Select[Any]:
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
