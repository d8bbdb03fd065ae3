"""Sums in the base currency: at the rate of today, or at that of the day each deal was closed.

Each currency's sum is converted as a whole, exactly, and rounded once to the hundredth; those of
closed deals rate by rate. A rate is found by its place in an index, so this costs a few steps for
each currency of a stage, and for each deal in a foreign currency that was closed lately.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
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
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import LateralFromClause

from gausdo.modules.sales.rate_tables import Base, KeptRateRow, RateRow
from gausdo.platform.db import Asked

_rate = RateRow.__table__.c
_NOTHING: ColumnElement[Any] = literal_column("0::numeric", Numeric)
_NONE: ColumnElement[Any] = literal_column("'{}'::text[]", ARRAY(Text))


def add_base(asked: Asked, base: Base) -> None:
    asked.add(base_currency=base.currency, today=base.today(), time_zone=base.time_zone)


class InBase:
    """The sums of one column of the board; `is_open` and `chance` are of its stage."""

    def __init__(
        self, base: Base, is_open: ColumnElement[bool], chance: ColumnElement[Any]
    ) -> None:
        self._base = bindparam("base_currency", base.currency, Text)
        self._today = bindparam("today", base.today(), Date)
        self._zone = bindparam("time_zone", base.time_zone, Text)
        self._open, self._chance = is_open, chance

    def now_rate(self, currency: ColumnElement[Any]) -> LateralFromClause:
        """Of today, as columns `value` and `units`."""
        return self._latest(currency, self._today).lateral("now_rate")

    def now(self, sums: FromClause, rate: FromClause) -> list[ColumnElement[Any]]:
        """Aggregates over sums by currency: what needs no rate, and of an open stage all else."""
        currency = cast(sums.c.currency, Text)
        native = currency == self._base
        counted = or_(self._open, native)
        worth = case((native, sums.c.sum), else_=sums.c.sum * rate.c.value / rate.c.units)
        return [
            *self._totals(worth, counted),
            _missing(currency, and_(counted, sums.c.sum.is_not(None), worth.is_(None))),
            func.count(currency).label("currencies"),
        ]

    def closed(self, rows: Sequence[Select[Any]]) -> LateralFromClause:
        """The same of a closed stage's deals in foreign currencies; `rows` tell their `id`,
        `closed_at`, `currency` and `amount`.
        """
        every = union_all(*(part.where(~self._open) for part in rows)).subquery("foreign_deal")
        currency = cast(every.c.currency, Text)
        kept = KeptRateRow.__table__
        holds = and_(
            kept.c.deal_id == every.c.id,
            kept.c.closed_at == every.c.closed_at,
            kept.c.currency == currency,
            kept.c.base == self._base,
        )
        day = cast(func.timezone(self._zone, every.c.closed_at), Date)
        late = self._latest(currency, day).where(kept.c.deal_id.is_(None)).lateral("late")
        value, units = (func.coalesce(kept.c[name], late.c[name]) for name in ("value", "units"))
        at = (
            select(
                currency.label("currency"),
                value.label("value"),
                units.label("units"),
                func.sum(every.c.amount).label("sum"),
            )
            .select_from(every.outerjoin(kept, holds).outerjoin(late, true()))
            .where(currency != self._base)
            .group_by(currency, value, units)
            .subquery("at_rate")
        )
        worth = at.c.sum * at.c.value / at.c.units
        missing = and_(at.c.sum.is_not(None), at.c.value.is_(None))
        told = [*self._totals(worth, true()), _missing(at.c.currency, missing)]
        return select(*told).lateral("closed")

    def _latest(self, currency: ColumnElement[Any], day: ColumnElement[Any]) -> Select[Any]:
        mine = _rate.base == self._base, _rate.currency == cast(currency, Text), _rate.day <= day
        return select(_rate.value, _rate.units).where(*mine).order_by(_rate.day.desc()).limit(1)

    def _totals(
        self, worth: ColumnElement[Any], counted: ColumnElement[bool]
    ) -> list[ColumnElement[Any]]:
        told = (("base_sum", worth), ("base_weighted", worth * self._chance / 100))
        return [
            func.round(
                func.coalesce(func.sum(func.round(each, 2)).filter(counted), _NOTHING), 2
            ).label(name)
            for name, each in told
        ]


def base_sum(now: FromClause, closed: FromClause) -> ColumnElement[Any]:
    """The JSON of a `BaseSum`; NULL where there is no sum at all."""
    told = func.json_build_object(
        text("'sum'"), cast(now.c.base_sum + closed.c.base_sum, Text),
        text("'weighted'"), cast(now.c.base_weighted + closed.c.base_weighted, Text),
        text("'without_rate'"), func.array_to_json(func.array_cat(now.c.missing, closed.c.missing)),
    )  # fmt: skip
    return case((now.c.currencies > 0, told))


def open_sums(now: FromClause, is_open: ColumnElement[bool]) -> list[ColumnElement[Any]]:
    """Of an open stage, what `pipeline_sums` adds up."""
    named = "base_sum", "base_weighted", "currencies"
    missing = func.nullif(func.array_to_string(now.c.missing, ","), "")
    return [
        *(case((is_open, now.c[name])).label(name) for name in named),
        case((is_open, missing)).label("missing"),
    ]


def pipeline_sums(columns: FromClause) -> list[ColumnElement[Any]]:
    """Aggregates over the stages."""
    named = "base_sum", "base_weighted", "currencies"
    missing = func.string_agg(columns.c.missing, ",").label("missing")
    return [*(func.sum(columns.c[name]).label(name) for name in named), missing]


def pipeline_sum(whole: FromClause) -> ColumnElement[Any]:
    """The JSON of a `BaseSum` of all that is open; NULL where there is no sum at all."""
    every = func.unnest(func.string_to_array(func.coalesce(whole.c.missing, ""), ","))
    once = select(every.distinct()).correlate(whole)  # else it would read the board once more
    told = func.json_build_object(
        text("'sum'"), cast(whole.c.base_sum, Text),
        text("'weighted'"), cast(whole.c.base_weighted, Text),
        text("'without_rate'"),
        func.array_to_json(func.array(once.scalar_subquery())),
    )  # fmt: skip
    return case((whole.c.currencies > 0, told))


def _missing(currency: ColumnElement[Any], where: ColumnElement[bool]) -> ColumnElement[Any]:
    every = func.array_agg(currency.distinct(), type_=ARRAY(Text)).filter(where)
    return func.coalesce(every, _NONE).label("missing")
