"""What records give that are linked to others: counts, sums and the like, for many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by
from sqlalchemy.sql.elements import Grouping

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.custom import CustomField, CustomType
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.rolling import Measure, Only, Part, Rollable, Rolled, RollUp
from gausdo.kernel.values import Time
from gausdo.platform.custom_sql import value
from gausdo.platform.db import Database

ROLLED = frozenset({CustomType.NUMBER, CustomType.MONEY, CustomType.DATE, CustomType.TIME})
"""What can be rolled up. No texts: a copy of one would outlive what it was copied of."""
_TIME = TypeAdapter(Time)


@dataclass(frozen=True)
class Measured:
    """A field of the linked records, as it is summed or compared."""

    type: CustomType
    value: ColumnElement[Any]
    currency: ColumnElement[Any] | None = None


@dataclass(frozen=True)
class LinkedRecords:
    """Those of one kind: by what they are linked, what is of a field of theirs, what only they
    are of which something is so.
    """

    table: FromClause
    under: Mapping[str, ColumnElement[Any]]
    fields: Mapping[str, Measured]
    only: Mapping[Only, ColumnElement[bool]]

    def with_custom(self, schema: str, added: Sequence[CustomField]) -> "LinkedRecords":
        """The fields that people have added, too; not those that are worked out, which change
        without anybody being told.
        """
        custom = self.table.c.custom
        more = {
            CUSTOM + one.key: Measured(
                one.type,
                value(one, schema, custom),
                custom.op("->")(literal_column(f"'{one.key}'", Text)).op("->>")(
                    literal_column("'currency'", Text)
                )
                if one.type is CustomType.MONEY
                else None,
            )
            for one in added
            if one.type in ROLLED and not one.is_worked_out
        }
        return LinkedRecords(self.table, self.under, {**self.fields, **more}, self.only)

    def rollable(self) -> list[Rollable]:
        return [Rollable(name=name, type=one.type) for name, one in self.fields.items()]

    async def rolled(
        self, db: Database, under: str, parts: Sequence[Part], asked: Sequence[RollUp]
    ) -> list[Rolled]:
        """Each that was asked for each of the records, in one reading."""
        told = (
            func.unnest(
                bindparam(None, [part.id for part in parts], ARRAY(Uuid)),
                bindparam(None, [part.part for part in parts], ARRAY(Uuid)),
            )
            .table_valued(column("id", Uuid), column("part", Uuid), name="parts")
            .render_derived()
        )
        query = (
            select(told.c.id, *(self._value(one) for one in asked))
            .select_from(told.outerjoin(self.table, self.under[under] == told.c.part))
            .group_by(told.c.id)
        )
        async with db.begin(SYSTEM) as tx:
            rows = await tx.session.execute(query)
            return [
                Rolled(
                    id=id,
                    values=tuple(
                        _plain(one, found) for one, found in zip(asked, found_of, strict=True)
                    ),
                )
                for id, *found_of in rows
            ]

    def _value(self, asked: RollUp) -> ColumnElement[Any]:
        """Of what is not there any more, nothing."""
        only = true() if asked.only is None else self.only[asked.only]
        if asked.measure is Measure.COUNT:
            return func.count(self.table.c.id).filter(only)
        field = self.fields.get(asked.of or "")
        if field is None:
            return literal_column("null", Text)
        counted = only & field.value.is_not(None)
        if field.currency is not None and asked.measure is not Measure.NEWEST:
            counted &= field.currency == asked.currency
        match asked.measure:
            case Measure.SUM:
                return func.sum(field.value).filter(counted)
            case Measure.LEAST:
                return func.min(field.value).filter(counted)
            case Measure.GREATEST:
                return func.max(field.value).filter(counted)
        last = self.table.c.created_at.desc(), self.table.c.id.desc()
        told = field.value
        if field.currency is not None:
            told = func.jsonb_build_object(
                text("'amount'"), cast(field.value, Text), text("'currency'"), field.currency,
                type_=JSONB,
            )  # fmt: skip
        newest = func.array_agg(aggregate_order_by(told, *last), type_=ARRAY(told.type))
        return Grouping(newest.filter(counted))[1]


def _plain(asked: RollUp, found: Any) -> JsonValue:
    """As a record keeps it; PostgreSQL rounds it where it is written."""
    if found is None and asked.measure is Measure.SUM:
        found = Decimal(0)
    if asked.currency is not None and found is not None and asked.measure is not Measure.NEWEST:
        return {"amount": str(found), "currency": asked.currency}
    match found:
        case None | dict() | str():
            return found
        case datetime():
            told: JsonValue = _TIME.dump_python(found, mode="json")
            return told
        case date():
            return found.isoformat()
        case _:
            return str(found)
