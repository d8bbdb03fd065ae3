"""Companies and people in groups: one part of `CustomersService`."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, func, select, text

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField
from gausdo.kernel.grouping import COUNTED, Group, Groups, GroupsQuery
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.sought import Sought
from gausdo.modules.customers import access
from gausdo.modules.customers.groups_contract import PeopleGroupsQuery, PeopleQuery
from gausdo.modules.customers.orders import guard_of, orders_of
from gausdo.modules.customers.queries import (
    demand_asked,
    is_few,
    narrowed,
    words_of,
)
from gausdo.modules.customers.sealing import Q
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow, schema
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_sql import grouped_keys, indexed
from gausdo.platform.db import Database, Read
from gausdo.platform.found import as_it_is
from gausdo.platform.grouping import Grouped, counted, groups, listed_query
from gausdo.platform.hidden import divided
from gausdo.platform.narrow import asked_list
from gausdo.platform.parts import add_parts
from gausdo.platform.search import among

_BOTH = "owner_id", "team_id", "source", "tags", "created_at"
GROUPED = {
    CompanyRow: Grouped(schema, access.right(CompanyRow, "read"), frozenset({*_BOTH, "industry"})),
    PersonRow: Grouped(schema, access.right(PersonRow, "read"), frozenset({*_BOTH, "position"})),
}


class GroupsOfCustomers:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

        @property
        def fields(self) -> CustomFields: ...

        async def asked_by(
            self, actor: Actor, of: type[Customer], query: ListQuery
        ) -> tuple[CustomField, ...]: ...

        def blinded(self, query: PeopleQuery) -> PeopleQuery: ...

        def asking_sealed(
            self, of: type[Customer], query: Q, fields: Sequence[CustomField]
        ) -> Q: ...

    async def company_groups(self, actor: Actor, query: GroupsQuery) -> Groups[Group]:
        asked = listed_query(query, ListQuery)
        return await self._groups(actor, CompanyRow, query.by, asked, query.after)

    async def person_groups(self, actor: Actor, query: PeopleGroupsQuery) -> Groups[Group]:
        asked = self.blinded(listed_query(query, PeopleQuery))
        return await self._groups(actor, PersonRow, query.by, asked, query.after)

    async def _groups(
        self, actor: Actor, of: type[Customer], by: str, query: ListQuery, after: str | None
    ) -> Groups[Group]:
        grouped = GROUPED[of]
        actor.demand(grouped.right)
        await self.asked_by(actor, of, query)  # segments that are not theirs to ask for
        fields = await self.fields.of(of.kind)
        query = self.asking_sealed(of, query, fields)
        guard = guard_of(of, fields)
        field = grouped.by(actor, guard, by, grouped_keys(fields))
        counts = partial(counts_of, actor, of, fields)
        return await groups(
            self.db, actor, grouped, guard, field, query, after, counts, Group, numbers=True
        )


def counts_of(
    actor: Actor,
    of: type[Customer],
    fields: Sequence[CustomField],
    query: ListQuery,
    sought: Sought | None,
) -> Read:
    """`count` and `more` of what the query lets through."""
    read, table, guard = access.right(of, "read"), of.__table__.c, guard_of(of, fields)
    demand_asked(actor, of, query, guard)
    shape = "counted", of.kind, indexed(fields)
    asked = asked_list(actor, query, guard.fields or access.FIELDS[of], *shape, sought=sought)
    add_parts(asked, actor, read)

    def statement() -> Select[Any]:
        orders = orders_of(of, query, fields)
        few = is_few(query)
        parts = [] if few else divided(actor, read, orders.keys, orders.blank, guard)
        visible: list[ColumnElement[bool]] = [part.where for part in parts]
        rows = select(table.id).where(*narrowed(actor, of, query, guard, parts, sought))
        if query.q:
            rows = rows.where(among(table.id, words_of(actor, of, sought, few=True).found))
        every = counted(rows, visible or [access.visible(actor, of)])
        count, most = func.count(every.c.id), as_it_is(COUNTED)
        return select(
            func.json_build_object(
                text("'count'"), func.least(count, most), text("'more'"), count > most
            )
        )

    return asked.read(statement)
