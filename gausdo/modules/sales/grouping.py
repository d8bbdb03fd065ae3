"""Deals in groups, each with its exact sums: one part of `SalesService`."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal_column, select, text

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField
from gausdo.kernel.fields import Field
from gausdo.kernel.grouping import COUNTED, Groups, GroupWithSums
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.sought import Sought
from gausdo.kernel.values import Json
from gausdo.modules.sales import access
from gausdo.modules.sales.access import GUARD, READ
from gausdo.modules.sales.fields import DEAL
from gausdo.modules.sales.groups_contract import DealDaysQuery, DealGroupsQuery, DealQuery
from gausdo.modules.sales.queries import (
    ORDERS,
    deals,
    demand_asked,
    divided_for,
    is_few,
    narrowed,
    worded,
)
from gausdo.modules.sales.sealing import Q
from gausdo.modules.sales.segmented import guard_of
from gausdo.modules.sales.tables import DealRow, PipelineRow, StageRow, schema
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_sql import grouped_keys, indexed
from gausdo.platform.db import Database, Read
from gausdo.platform.found import as_it_is
from gausdo.platform.grouping import Grouped, counted, days, groups, listed_query
from gausdo.platform.hidden import shown
from gausdo.platform.json_sql import array_of
from gausdo.platform.narrow import asked_list
from gausdo.platform.parts import add_parts
from gausdo.platform.rights import Guard

_deal = DealRow.__table__.c
_stage, _pipeline = StageRow.__table__.c, PipelineRow.__table__.c
_in_order = _pipeline.archived, _pipeline.position, _pipeline.id

GROUPED = Grouped(
    schema,
    READ,
    frozenset(
        {
            *("owner_id", "team_id", "pipeline_id", "stage_id", "kind"),
            *("expected_on", "created_at"),
        }
    ),
    {
        "pipeline_id": select(_pipeline.id).order_by(*_in_order),
        "stage_id": select(_stage.id)
        .join(PipelineRow, _pipeline.id == _stage.pipeline_id)
        .order_by(*_in_order, _stage.position),
    },
)


class GroupsOfDeals:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

        @property
        def fields(self) -> CustomFields: ...

        async def asked_by(self, actor: Actor, query: ListQuery) -> tuple[CustomField, ...]: ...

        def asking_sealed(self, query: Q, fields: Sequence[CustomField]) -> Q: ...

    async def deal_groups(self, actor: Actor, query: DealGroupsQuery) -> Groups[GroupWithSums]:
        fields, guard, by = await self._asked(actor, query, query.by)
        asked = self.asking_sealed(listed_query(query, DealQuery), fields)
        counts = partial(counts_of, actor, fields)
        return await groups(
            self.db, actor, GROUPED, guard, by, asked, query.after, counts, GroupWithSums
        )

    async def deal_days(self, actor: Actor, query: DealDaysQuery) -> Json:
        fields, guard, by = await self._asked(actor, query, query.by)
        asked = self.asking_sealed(listed_query(query, DealQuery), fields)
        counts = partial(counts_of, actor, fields)

        def rows(page: DealQuery, sought: Sought | None) -> Read:
            return deals(actor, page, fields, sought)

        return await days(self.db, actor, guard, by, asked, query, counts, rows)

    async def _asked(
        self, actor: Actor, query: DealQuery, by: str
    ) -> tuple[tuple[CustomField, ...], Guard, Field]:
        actor.demand(READ)
        await self.asked_by(actor, query)  # segments that are not theirs to ask for
        fields = await self.fields.of("deal")
        guard = guard_of(actor, fields)
        return fields, guard, GROUPED.by(actor, guard, by, grouped_keys(fields))


def counts_of(
    actor: Actor, fields: Sequence[CustomField], query: DealQuery, sought: Sought | None
) -> Read:
    """`count`, `more` and `sums` of what the query lets through."""
    guard = guard_of(actor, fields)
    demand_asked(actor, query, guard=guard)
    shape = "counted", indexed(fields)
    asked = asked_list(actor, query, guard.fields or DEAL, *shape, sought=sought)
    add_parts(asked, actor, READ)

    def statement() -> Select[Any]:
        words = [worded(actor, sought)] if query.q else []
        parts = [] if is_few(query) else divided_for(actor, ORDERS, guard)
        visible: list[ColumnElement[bool]] = [part.where for part in parts]
        worth = select(
            shown(actor, READ, "worth", _deal.currency, GUARD).label("currency"),
            shown(actor, READ, "worth", _deal.amount, GUARD).label("amount"),
        ).where(*narrowed(actor, query, guard), *words)
        return _summed(counted(worth, visible or [access.visible(actor)]))

    return asked.read(statement)


def _summed(rows: Any) -> Select[Any]:
    sums = (
        select(rows.c.currency, func.count().label("count"), func.sum(rows.c.amount).label("sum"))
        .group_by(rows.c.currency)
        .subquery("sums")
    )
    money = func.json_build_object(
        text("'amount'"), cast(sums.c.sum, String), text("'currency'"), sums.c.currency
    )
    count = func.coalesce(func.sum(sums.c.count), literal_column("0"))
    most = as_it_is(COUNTED)
    told = array_of(func.json_agg(money).filter(sums.c.currency.is_not(None)))
    return select(
        func.json_build_object(
            text("'count'"), func.least(count, most),
            text("'more'"), count > most,
            text("'sums'"), case((count <= most, told)),
        )
    )  # fmt: skip
