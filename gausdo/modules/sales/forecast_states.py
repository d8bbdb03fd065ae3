"""What deals were at a time, whose they are to see, and what they come to: parts of statements.

`div(2nx + d, 2d)` is x·n/d rounded to a whole, halves away from zero, exactly: no quotient is
rounded on the way. https://www.postgresql.org/docs/18/functions-math.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    String,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor
from gausdo.modules.sales import access
from gausdo.modules.sales.forecast_tables import DealStateRow
from gausdo.modules.sales.tables import SHARE, DealRow, RemovedRow
from gausdo.platform.rights import Guard, within

state = DealStateRow.__table__.c
_deal = DealRow.__table__
_titled = _deal.alias("titled")
_removed = RemovedRow.__table__
NOTHING: ColumnElement[Any] = literal_column("0.00", Numeric)
_TWO: ColumnElement[Any] = literal_column("2::numeric", Numeric)
_CENTS: ColumnElement[Any] = literal_column("100::numeric", Numeric)
_STATED = (
    *("deal_id", "pipeline_id", "stage_id", "state", "probability", "amount", "currency"),
    *("expected_on", "closed_at", "owner_id", "team_id"),
)
_OF_OPEN: Mapping[str, ColumnElement[Any]] = {
    "state": literal_column("'open'", Text).label("state"),
    "closed_at": literal_column("null::timestamptz").label("closed_at"),
}
"""What needs not be read of one that is open: so its index is enough."""
_STANDING = Guard(owner=state.owner_id, team=state.team_id, id=state.deal_id, shares=SHARE)
"""Of what stands now: the deal itself has the same owner and team."""
Rates = Mapping[str, tuple[int, Decimal]]
Chances = Mapping[UUID, tuple[int, int]]


@dataclass(frozen=True)
class Narrow:
    """Which states count; `won`: those closed from its first moment until before its last."""

    at: datetime
    pipeline_id: UUID | None = None
    before: date | None = None
    won: tuple[datetime, datetime] | None = None


def valid(actor: Actor, narrow: Narrow) -> Select[Any]:
    """What was open or won then, of the deals that are the actor's to see."""
    told = [getattr(state, name) for name in _STATED]
    common = [state.since <= narrow.at]
    if narrow.pipeline_id is not None:
        common.append(state.pipeline_id == narrow.pipeline_id)
    is_open = state.state == literal_column("'open'")
    if narrow.before is not None:
        is_open = and_(is_open, or_(state.expected_on.is_(None), state.expected_on < narrow.before))
    kinds, columns = [is_open], [[_OF_OPEN.get(one.name, one) for one in told]]
    if narrow.won is not None:
        first, last = narrow.won
        is_won = state.state == literal_column("'won'")
        kinds.append(and_(is_won, state.closed_at >= first, state.closed_at < last))
        columns.append(told)
    stands, ended = state.until.is_(None), state.until > narrow.at
    parts = [
        *(
            _standing(actor, select(*those).where(stands, kind, *common))
            for kind, those in zip(kinds, columns, strict=True)
        ),
        select(*told)
        .select_from(DealStateRow.__table__.outerjoin(_deal, _deal.c.id == state.deal_id))
        .where(ended, or_(*kinds), *common, seen(actor, state.owner_id, state.team_id)),
    ]
    return select(union_all(*parts).subquery("valid"))


def _standing(actor: Actor, rows: Select[Any]) -> Select[Any]:
    """What stands now says itself whose it is, but for conditions of rights: they ask the deal."""
    if any(grant.condition is not None for grant in actor.granted(access.READ)):
        return rows.join(_deal, _deal.c.id == state.deal_id).where(access.visible(actor))
    return rows.where(within(actor, access.READ, _STANDING))


def seen(actor: Actor, owner: ColumnElement[Any], team: ColumnElement[Any]) -> ColumnElement[bool]:
    """Of rows beside which `deal` is outer joined: whose the deal is now, or was at its end."""
    gone = within(actor, access.READ, Guard(owner=owner, team=team))
    there = _deal.c.id.is_not(None)
    return or_(and_(there, access.visible(actor)), and_(~there, gone))


def rates_of(rates: Rates, name: str) -> FromClause:
    told = func.unnest(
        bindparam(f"{name}_currency", [*rates], ARRAY(Text)),
        bindparam(f"{name}_units", [units for units, _ in rates.values()], ARRAY(BigInteger)),
        bindparam(f"{name}_value", [value for _, value in rates.values()], ARRAY(Numeric)),
    )
    return told.table_valued("currency", "units", "value").render_derived(name=name)


def chances_of(chances: Chances, name: str = "chance") -> FromClause:
    told = func.unnest(
        bindparam(f"{name}_stage", [*chances], ARRAY(Uuid)),
        bindparam(f"{name}_passed", [passed for passed, _ in chances.values()], ARRAY(BigInteger)),
        bindparam(f"{name}_won", [won for _, won in chances.values()], ARRAY(BigInteger)),
    )
    return told.table_valued("stage_id", "passed", "won").render_derived(name=name)


def same_currency(rates: FromClause, currency: ColumnElement[Any]) -> ColumnElement[bool]:
    return rates.c.currency == cast(currency, Text)


def share(
    whole: ColumnElement[Any], part: ColumnElement[Any], of: ColumnElement[Any]
) -> ColumnElement[Any]:
    """`whole` times `part` over `of`, to the hundredth; NULL without one of them."""
    doubled = whole * cast(part, Numeric) * _TWO * _CENTS
    return cast(func.div(doubled + of, of * _TWO) / _CENTS, Numeric(30, 2))


def worth(amount: ColumnElement[Any], rates: FromClause) -> ColumnElement[Any]:
    return share(amount, rates.c.value, cast(rates.c.units, Numeric))


def weighted(base: ColumnElement[Any], probability: ColumnElement[Any]) -> ColumnElement[Any]:
    return share(base, probability, literal_column("100::numeric", Numeric))


def total(value: ColumnElement[Any], where: ColumnElement[bool] | None = None) -> Any:
    added = func.sum(value)
    return func.coalesce(added if where is None else added.filter(where), NOTHING)


def without(currency: ColumnElement[Any], where: ColumnElement[bool]) -> ColumnElement[Any]:
    """The currencies of rows that have no rate."""
    every = func.array_agg(cast(currency, Text).distinct(), type_=ARRAY(Text))
    return every.filter(where)


def then(of: FromClause, base: ColumnElement[Any]) -> ColumnElement[Any]:
    """The JSON of a `DealThen`; NULL where there is no row."""
    money = func.json_build_object(
        "amount", cast(of.c.amount, String), "currency", cast(of.c.currency, Text)
    )
    told = func.json_build_object(
        *("stage_id", of.c.stage_id),
        *("state", of.c.state),
        *("probability", of.c.probability),
        *("worth", case((of.c.amount.is_not(None), money))),
        *("base", cast(base, String)),
        *("expected_on", of.c.expected_on),
        *("owner_id", of.c.owner_id),
        *("team_id", of.c.team_id),
    )
    return case((of.c.stage_id.is_not(None), told))


def title_of(id: ColumnElement[Any]) -> ColumnElement[Any]:
    """A deal's title, also while it can still come back; NULL after that."""
    there = select(_titled.c.title).where(_titled.c.id == id).scalar_subquery()
    gone = select(_removed.c.name).where(_removed.c.id == id).scalar_subquery()
    return func.coalesce(there, gone)


def is_gone(id: ColumnElement[Any]) -> ColumnElement[Any]:
    return select(_titled.c.id).where(_titled.c.id == id).scalar_subquery().is_(None)
