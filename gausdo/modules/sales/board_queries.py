"""The board of a pipeline, and whose its open deals are: exact numbers from the board's index."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor
from gausdo.kernel.sought import first_step
from gausdo.kernel.values import now
from gausdo.modules.sales import access
from gausdo.modules.sales.access import GUARD, READ
from gausdo.modules.sales.contract import BoardQuery, DealQuery
from gausdo.modules.sales.fields import SEGMENT
from gausdo.modules.sales.funnel import LanesQuery, StageKind
from gausdo.modules.sales.queries import ORDERS, SORTS, divided_for, visible_rows, worded
from gausdo.modules.sales.rate_queries import (
    InBase,
    add_base,
    base_sum,
    open_sums,
    pipeline_sum,
    pipeline_sums,
)
from gausdo.modules.sales.rate_tables import Base
from gausdo.modules.sales.segmented import of_segment
from gausdo.modules.sales.tables import DealRow, StageRow
from gausdo.platform.db import Asked, Read
from gausdo.platform.db.schema import TIME
from gausdo.platform.hidden import demand_shown, shown
from gausdo.platform.json_sql import array_of
from gausdo.platform.keyset import paged, roomy
from gausdo.platform.narrow import same
from gausdo.platform.parts import Part, add_parts
from gausdo.platform.rights import asked_by
from gausdo.platform.search import add_words

CLOSED_SHOWN = timedelta(days=30)
"""How long a won or lost deal stays on the board."""
LANES = 200
"""Of one board: who has most deals comes first."""

_deal = DealRow.__table__.c
_stage = StageRow.__table__.c


def board(actor: Actor, pipeline_id: UUID, query: BoardQuery, base: Base) -> Read:
    """`Board`: exact numbers per stage from an index alone, and the first deals of each.

    No row when there is no such pipeline.
    """
    closed_after = now() - CLOSED_SHOWN
    asked = _asked(actor, pipeline_id, query, "board", roomy(query.limit))
    asked.add(limit=query.limit, closed_after=closed_after)
    add_base(asked, base)
    return asked.read(lambda: _board(actor, pipeline_id, query, closed_after, base))


def lanes(actor: Actor, pipeline_id: UUID, query: LanesQuery) -> Read:
    """A JSON array of `Lane`."""
    asked = _asked(actor, pipeline_id, query, "lanes")
    return asked.read(lambda: _lanes(actor, pipeline_id, query))


def _asked(actor: Actor, pipeline_id: UUID, query: LanesQuery, *shape: object) -> Asked:
    """Raises Forbidden for a segment where it is hidden whom a deal is with."""
    narrow = query.owner_id is None, query.segment_id is None
    if query.segment_id is not None:
        demand_shown(actor, READ, [SEGMENT], GUARD)
    asked = asked_by(actor, *shape, *narrow)
    asked.add(pipeline_id=pipeline_id, owner_id=query.owner_id, segment_id=query.segment_id)
    asked.narrowed = query.q is not None or not all(narrow)
    if query.q:
        add_words(asked, query.q)
    add_parts(asked, actor, READ)
    return asked


def _narrowed(
    actor: Actor, this: ColumnElement[UUID], query: LanesQuery
) -> list[ColumnElement[bool]]:
    """By what the board is asked for; neither rights nor stages are in it."""
    narrow = [_deal.pipeline_id == this]
    if query.owner_id is not None:
        narrow.append(same(_deal.owner_id, "owner_id", query.owner_id))
    if query.q:
        narrow.append(worded(actor, first_step(query.q)))
    if query.segment_id is not None:
        narrow.append(of_segment(actor, query.segment_id))
    return narrow


def _parts(actor: Actor, query: LanesQuery) -> list[Part]:
    return [] if query.q or query.owner_id else divided_for(actor, ORDERS)


def _worth(actor: Actor) -> list[ColumnElement[Any]]:
    return [
        shown(actor, READ, "worth", _deal.currency, GUARD).label("currency"),
        shown(actor, READ, "worth", _deal.amount, GUARD).label("amount"),
    ]


def _board(
    actor: Actor, pipeline_id: UUID, query: BoardQuery, closed_after: datetime, base: Base
) -> Select[Any]:
    this = bindparam("pipeline_id", pipeline_id, Uuid)
    narrow = [*_narrowed(actor, this, query), *_on_board(closed_after)]
    parts = _parts(actor, query)
    worth = select(*_worth(actor)).where(*narrow)
    visible = [part.where for part in parts] or [access.visible(actor)]
    every = union_all(*(worth.where(rights) for rights in visible)).subquery("every")
    closing = worth.add_columns(_deal.id, _deal.closed_at)
    in_base = InBase(base, _stage_is_open, _stage.probability)
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
                    cast(func.round(sums.c.sum * _stage.probability / 100, 2), String),
                )
            ).filter(sums.c.currency.is_not(None))
        ).label("sums"),
        *in_base.now(sums, rate),
    ).select_from(sums.outerjoin(rate, literal(True))).lateral("totals")  # fmt: skip
    first = DealQuery(sort="-stage_since", limit=query.limit)
    rows = visible_rows(actor, parts).where(*narrow)
    cards = paged(rows, first, SORTS, _deal.id, "-stage_since", parts).lateral("cards")
    column = func.json_build_object(
        text("'stage_id'"), _stage.id,
        text("'count'"), totals.c.count,
        text("'sums'"), totals.c.sums,
        text("'base'"), base_sum(totals, closed),
        text("'deals'"), cards.c["items"],
        text("'next'"), cards.c["next"],
    )  # fmt: skip
    columns = (
        select(column.label("item"), _stage.position, *open_sums(totals, _stage_is_open))
        .select_from(
            StageRow.__table__.join(totals, literal(True))
            .join(closed, literal(True))
            .join(cards, literal(True))
        )
        .where(_stage.pipeline_id == this)
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


def _lanes(actor: Actor, pipeline_id: UUID, query: LanesQuery) -> Select[Any]:
    this = bindparam("pipeline_id", pipeline_id, Uuid)
    kind: Any = literal_column(f"'{StageKind.OPEN}'")
    stages = select(_stage.id).where(_stage.pipeline_id == this, _stage.kind == kind)
    open_ones = select(_deal.owner_id, *_worth(actor)).where(
        _deal.stage_id.in_(stages), *_narrowed(actor, this, query)
    )
    visible = [part.where for part in _parts(actor, query)] or [access.visible(actor)]
    every = union_all(*(open_ones.where(rights) for rights in visible)).subquery("every")
    sums = (
        select(
            every.c.owner_id,
            every.c.currency,
            func.count().label("count"),
            func.sum(every.c.amount).label("sum"),
        )
        .group_by(every.c.owner_id, every.c.currency)
        .subquery("sums")
    )
    money = func.json_build_object(
        text("'amount'"), cast(sums.c.sum, String), text("'currency'"), sums.c.currency
    )
    count = func.sum(sums.c.count)
    lane = func.json_build_object(
        text("'owner_id'"), sums.c.owner_id,
        text("'count'"), count,
        text("'sums'"), array_of(func.json_agg(money).filter(sums.c.currency.is_not(None))),
    )  # fmt: skip
    first = (
        select(lane.label("item"))
        .group_by(sums.c.owner_id)
        .order_by(count.desc(), sums.c.owner_id)
        .limit(literal_column(str(LANES)))
        .subquery("first")
    )
    return select(array_of(func.json_agg(first.c.item)))


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
