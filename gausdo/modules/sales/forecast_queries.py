"""Sums of a forecast and the deals behind them, made by PostgreSQL."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Numeric,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
    tuple_,
)
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor
from gausdo.kernel.pages import not_a_place, place_of
from gausdo.modules.sales.forecast_contract import ForecastDealsQuery, ForecastQuery
from gausdo.modules.sales.forecast_states import (
    NOTHING,
    Chances,
    Narrow,
    Rates,
    chances_of,
    is_gone,
    rates_of,
    same_currency,
    share,
    then,
    title_of,
    total,
    valid,
    weighted,
    without,
    worth,
)

_WON: ColumnElement[Any] = literal_column("'won'", Text)


@dataclass(frozen=True)
class Times:
    """A moment, the first days of the months asked for and of the one after them, the zone in
    which they begin; and what was known at that moment.
    """

    at: datetime
    months: tuple[date, ...]
    end: date
    bounds: tuple[datetime, datetime]
    zone: str
    rates: Rates
    chances: Chances

    def narrow(self, query: ForecastQuery) -> Narrow:
        return Narrow(self.at, query.pipeline_id, self.end, self.bounds)


class _Counted:
    """Every deal of a forecast: its place, and what it is worth."""

    def __init__(self, actor: Actor, query: ForecastQuery, times: Times) -> None:
        self.deal = deal = valid(actor, times.narrow(query)).subquery("deal_then")
        rates, chances = rates_of(times.rates, "rate"), chances_of(times.chances)
        self.is_won = deal.c.state == _WON
        self.base = worth(deal.c.amount, rates)
        self.weighted = weighted(self.base, deal.c.probability)
        self.by_history = case(
            (
                chances.c.passed.is_not(None),
                share(self.base, chances.c.won, cast(chances.c.passed, Numeric)),
            ),
            else_=self.weighted,
        )
        closed = cast(func.timezone(bindparam("zone", times.zone, Text), deal.c.closed_at), Date)
        day = case((self.is_won, closed), else_=deal.c.expected_on)
        begins = times.months[0]
        self.late = func.coalesce(and_(~self.is_won, day < begins), false())
        month = cast(func.date_trunc("month", cast(day, Date)), Date)
        self.month = case((self.late, null()), else_=month)
        self.who = deal.c.owner_id if query.by == "owner" else deal.c.team_id
        self.rows: FromClause = deal.outerjoin(
            rates, same_currency(rates, deal.c.currency)
        ).outerjoin(chances, chances.c.stage_id == deal.c.stage_id)


def sums(actor: Actor, query: ForecastQuery, times: Times) -> Select[Any]:
    """A row for each month and owner or team, as `ForecastRow` names it, and `missing`."""
    one = _Counted(actor, query, times)
    month, late = cast(one.month, Date).label("month"), cast(one.late, Boolean).label("late")
    base, is_open = one.base, ~one.is_won
    unknown = and_(one.deal.c.amount.is_not(None), base.is_(None))
    return (
        select(
            month,
            late,
            one.who.label("who"),
            total(base, one.is_won).label("won"),
            total(base, is_open).label("open"),
            total(one.weighted, is_open).label("weighted"),
            total(one.by_history, is_open).label("by_history"),
            func.count().label("count"),
            func.count().filter(one.is_won).label("won_count"),
            without(one.deal.c.currency, unknown).label("missing"),
        )
        .select_from(one.rows)
        .group_by(month, late, one.who)
        .order_by(month.nulls_last(), late, one.who)
    )


def deals(actor: Actor, query: ForecastDealsQuery, times: Times) -> Select[Any]:
    """Their `item`, `worth` and `id`, what is worth most first, and one more than a page."""
    one = _Counted(actor, query, times)
    deal = one.deal.c
    told = (
        select(
            *deal,
            one.base.label("base"),
            func.coalesce(one.base, NOTHING).label("key"),
            cast(one.month, Date).label("month"),
            one.late.label("late"),
            one.who.label("who"),
        )
        .select_from(one.rows)
        .subquery("told")
    )
    narrow: list[ColumnElement[bool]] = []
    if query.month is not None:
        narrow.append(told.c.month == query.month)
    if query.late or query.undated:
        narrow.append(told.c.month.is_(None))
        narrow.append(told.c.late == query.late)
    if query.who is not None or query.nobody:
        narrow.append(told.c.who == query.who if query.who else told.c.who.is_(None))
    if query.state is not None:
        narrow.append(told.c.state == query.state)
    item = func.json_build_object(
        *("deal_id", told.c.deal_id),
        *("title", title_of(told.c.deal_id)),
        *("removed", is_gone(told.c.deal_id)),
        *("then", then(told, told.c.base)),
    )
    rows = select(item.label("item"), told.c.key.label("key"), told.c.deal_id.label("id"))
    return paged(rows.where(*narrow), told.c.key, told.c.deal_id, query.after, query.limit)


def paged(
    rows: Select[Any],
    key: ColumnElement[Any],
    id: ColumnElement[Any],
    after: str | None,
    limit: int,
) -> Select[Any]:
    """What is worth most first, from a place on. Raises Invalid for a place that is none."""
    if after is not None:
        sum_, last = place_of(after, 2)
        try:
            at = Decimal(str(sum_)), UUID(str(last))
        except (ValueError, ArithmeticError):
            raise not_a_place() from None
        if not at[0].is_finite():
            raise not_a_place()
        told = bindparam("after_key", at[0], Numeric), bindparam("after_id", at[1], Uuid)
        rows = rows.where(tuple_(key, id) < tuple_(*told))
    return rows.order_by(key.desc(), id.desc()).limit(limit + 1)
