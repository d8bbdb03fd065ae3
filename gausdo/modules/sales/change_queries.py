"""What became of deals between two moments: sums by kind, and the deals behind each.

`was` is a deal at the first moment, `became` at the last; where an owner or a team is asked for,
one that is another's then is as if it were not there. All sums are at the rates of the end.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)

from gausdo.kernel.actor import Actor
from gausdo.modules.sales.forecast_contract import ChangedDealsQuery, ChangeKind, ChangesQuery
from gausdo.modules.sales.forecast_queries import paged
from gausdo.modules.sales.forecast_states import (
    NOTHING,
    Narrow,
    Rates,
    is_gone,
    rates_of,
    same_currency,
    seen,
    state,
    then,
    title_of,
    total,
    valid,
    weighted,
    without,
    worth,
)
from gausdo.modules.sales.forecast_tables import DealStateRow
from gausdo.modules.sales.tables import DealRow

COUNTED = ("count", "worth", "open", "weighted", "won")
_STATE = DealStateRow.__table__
_deal = DealRow.__table__
_OPEN: ColumnElement[Any] = literal_column("'open'", Text)
_WON: ColumnElement[Any] = literal_column("'won'", Text)
_LOST: ColumnElement[Any] = literal_column("'lost'", Text)
_NEVER: ColumnElement[Any] = literal_column("'infinity'::timestamptz")


@dataclass(frozen=True)
class Span:
    """From the beginning of `since` until the end of `day`, and the rates known at both."""

    since: date
    day: date
    start: datetime
    end: datetime
    rates_before: Rates
    rates: Rates


class _Changed:
    """Every deal that changed in a span, before and after."""

    def __init__(self, actor: Actor, query: ChangesQuery, span: Span) -> None:
        touched = (
            select(state.deal_id)
            .where(state.since > span.start, state.since <= span.end)
            .union(select(state.deal_id).where(state.until > span.start, state.until <= span.end))
            .subquery("touched")
        )
        self.id = touched.c.deal_id
        self.was = _at(self.id, span.start, "was")
        self.became = _at(self.id, span.end, "became")
        first, last = rates_of(span.rates, "first"), rates_of(span.rates, "last")
        self.rows = (
            touched.outerjoin(self.was, true())
            .outerjoin(self.became, true())
            .outerjoin(first, same_currency(first, self.was.c.currency))
            .outerjoin(last, same_currency(last, self.became.c.currency))
            .outerjoin(_deal, _deal.c.id == self.id)
        )
        owner = func.coalesce(self.became.c.owner_id, self.was.c.owner_id)
        team = case(
            (self.became.c.owner_id.is_not(None), self.became.c.team_id),
            else_=self.was.c.team_id,
        )
        self.where = [seen(actor, owner, team)]
        if query.pipeline_id is not None:
            pipeline = func.coalesce(self.became.c.pipeline_id, self.was.c.pipeline_id)
            self.where.append(pipeline == query.pipeline_id)
        self.worth_was, self.worth_became = (
            worth(self.was.c.amount, first),
            worth(self.became.c.amount, last),
        )
        self._mine_before, self._mine_after = _mine(self.was, query), _mine(self.became, query)

    def kinds(self) -> dict[ChangeKind, ColumnElement[bool]]:
        was, became = self.was.c, self.became.c
        there, still = was.owner_id.is_not(None), became.owner_id.is_not(None)
        a, b = and_(there, self._mine_before), and_(still, self._mine_after)
        both = and_(a, b)
        lives_a, lives_b = was.state != _LOST, became.state != _LOST
        goes_on = and_(both, was.state == _OPEN, became.state == _OPEN)
        stays_won = and_(both, was.state == _WON, became.state == _WON)
        before, after = _or(self.worth_was), _or(self.worth_became)
        summed = or_(goes_on, stays_won)
        month_a, month_b = (
            func.coalesce(func.date_trunc("month", of.expected_on), _NEVER) for of in (was, became)
        )
        fresh = and_(b, ~there)
        told = {
            ChangeKind.NEW: and_(fresh, became.state == _OPEN),
            ChangeKind.REOPENED: and_(both, was.state != _OPEN, became.state == _OPEN),
            ChangeKind.TAKEN: and_(b, there, ~self._mine_before, lives_b),
            ChangeKind.GIVEN: and_(a, still, ~self._mine_after, lives_a),
            ChangeKind.WON: and_(became.state == _WON, or_(fresh, and_(both, was.state != _WON))),
            ChangeKind.LOST: and_(
                became.state == _LOST, or_(fresh, and_(both, was.state != _LOST))
            ),
            ChangeKind.REMOVED: and_(a, ~still, lives_a),
            ChangeKind.SUM_UP: and_(summed, after > before),
            ChangeKind.SUM_DOWN: and_(summed, after < before),
            ChangeKind.CHANCE_UP: and_(goes_on, became.probability > was.probability),
            ChangeKind.CHANCE_DOWN: and_(goes_on, became.probability < was.probability),
            ChangeKind.EARLIER: and_(goes_on, month_b < month_a),
            ChangeKind.LATER: and_(goes_on, month_b > month_a),
        }
        return {kind: func.coalesce(one, false()) for kind, one in told.items()}

    def deltas(self, kind: ChangeKind) -> tuple[ColumnElement[Any], ...]:
        """What one deal of this kind makes of open, weighted and won sums."""
        was, became = self.was.c, self.became.c
        before, after = _or(self.worth_was), _or(self.worth_became)
        weight_a = _or(weighted(self.worth_was, was.probability))
        weight_b = _or(weighted(self.worth_became, became.probability))
        between = _or(weighted(self.worth_became, was.probability))
        if kind in {ChangeKind.SUM_UP, ChangeKind.SUM_DOWN}:
            is_open = became.state == _OPEN
            return (
                _if(is_open, after - before),
                _if(is_open, between - weight_a),
                _if(~is_open, after - before),
            )
        if kind in {ChangeKind.CHANCE_UP, ChangeKind.CHANCE_DOWN}:
            return NOTHING, weight_b - between, NOTHING
        if kind in {ChangeKind.EARLIER, ChangeKind.LATER}:
            return NOTHING, NOTHING, NOTHING
        comes = kind not in {ChangeKind.GIVEN, ChangeKind.REMOVED}
        goes = kind not in {ChangeKind.NEW, ChangeKind.TAKEN}

        def told(of: str, first: ColumnElement[Any], last: ColumnElement[Any]) -> Any:
            named = literal_column(f"'{of}'", Text)
            plus = _if(became.state == named, last) if comes else NOTHING
            return plus - _if(was.state == named, first) if goes else plus

        return (
            told("open", before, after),
            told("open", weight_a, weight_b),
            told("won", before, after),
        )

    def worth(self) -> ColumnElement[Any]:
        return func.coalesce(self.worth_became, self.worth_was, NOTHING)


def sums(actor: Actor, query: ChangesQuery, span: Span) -> Select[Any]:
    """One row: of each kind, `{kind}_count` and so on, as `COUNTED` names them."""
    one = _Changed(actor, query, span)
    told: list[ColumnElement[Any]] = []
    for kind, where in one.kinds().items():
        values = one.worth(), *one.deltas(kind)
        told.append(func.count().filter(where).label(f"{kind}_count"))
        for name, value in zip(COUNTED[1:], values, strict=True):
            told.append(total(value, where).label(f"{kind}_{name}"))
    return select(*told).select_from(one.rows).where(*one.where)


def deals(actor: Actor, query: ChangedDealsQuery, span: Span) -> Select[Any]:
    """Those of one kind: `item`, `key` and `id`, what is worth most first."""
    one = _Changed(actor, query, span)
    key = one.worth()
    item = func.json_build_object(
        *("deal_id", one.id),
        *("title", title_of(one.id)),
        *("removed", is_gone(one.id)),
        *("before", then(one.was, one.worth_was)),
        *("now", then(one.became, one.worth_became)),
    )
    rows = select(item.label("item"), key.label("key"), one.id.label("id"))
    rows = rows.select_from(one.rows).where(one.kinds()[query.kind], *one.where)
    return paged(rows, key, one.id, query.after, query.limit)


def before(actor: Actor, query: ChangesQuery, span: Span) -> Select[Any]:
    """What was open at the beginning, at its rates and (`…_then`) at those of the end; `moved` is
    how many deals another rate has changed.
    """
    old, new = rates_of(span.rates_before, "old_rate"), rates_of(span.rates, "rate")
    rows = valid(actor, Narrow(span.start, query.pipeline_id)).subquery("deal_then")
    first, last = worth(rows.c.amount, old), worth(rows.c.amount, new)
    return (
        select(
            *_told(rows, first),
            total(last).label("open_then"),
            total(weighted(last, rows.c.probability)).label("weighted_then"),
            func.count().filter(_or(first) != _or(last)).label("moved"),
        )
        .select_from(
            rows.outerjoin(old, same_currency(old, rows.c.currency)).outerjoin(
                new, same_currency(new, rows.c.currency)
            )
        )
        .where(_mine(rows, query))
    )


def after(actor: Actor, query: ChangesQuery, span: Span) -> Select[Any]:
    """What is open at the end."""
    rates = rates_of(span.rates, "rate")
    rows = valid(actor, Narrow(span.end, query.pipeline_id)).subquery("deal_then")
    return (
        select(*_told(rows, worth(rows.c.amount, rates)))
        .select_from(rows.outerjoin(rates, same_currency(rates, rows.c.currency)))
        .where(_mine(rows, query))
    )


def _told(rows: FromClause, base: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [
        total(base).label("open"),
        total(weighted(base, rows.c.probability)).label("weighted"),
        func.count().label("count"),
        without(rows.c.currency, and_(rows.c.amount.is_not(None), base.is_(None))).label("missing"),
    ]


def _at(id: ColumnElement[Any], at: datetime, name: str) -> FromClause:
    """What a deal was at a moment, if it was there."""
    of = _STATE.alias(f"{name}_state")
    lives = or_(of.c.until.is_(None), of.c.until > at)
    return select(of).where(of.c.deal_id == id, of.c.since <= at, lives).limit(1).lateral(name)


def _mine(of: FromClause, query: ChangesQuery) -> ColumnElement[bool]:
    asked: list[ColumnElement[bool]] = []
    if query.owner_id is not None:
        asked.append(of.c.owner_id == query.owner_id)
    if query.team_id is not None:
        asked.append(func.coalesce(of.c.team_id == query.team_id, false()))
    return and_(true(), *asked)


def _or(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(value, NOTHING)


def _if(where: ColumnElement[bool], value: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((where, value), else_=NOTHING)
