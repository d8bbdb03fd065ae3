"""Fields that were added to companies and people get other types: a part of `CustomersService`."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.becoming import (
    BecomeDraft,
    BecomingSeen,
    FieldUse,
    LeftBehindPage,
    UseKind,
)
from gausdo.kernel.conditions import asked_fields
from gausdo.kernel.custom import CustomField
from gausdo.kernel.persons import demand_gausdo
from gausdo.modules.customers.contract import COMPANIES, PEOPLE
from gausdo.modules.customers.segment_tables import SegmentRow
from gausdo.modules.customers.tables import CompanyRow, PersonRow
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_becoming import begin_becoming, left_behind, previewed
from gausdo.platform.custom_stopping import stop_becoming
from gausdo.platform.db import Database

_OF = {COMPANIES.object: CompanyRow.kind, PEOPLE.object: PersonRow.kind}


class Retyping:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...

    async def uses_of_field(self, actor: Actor, object: str, name: str) -> list[FieldUse]:
        """Of segments, and of fields that are rolled up over records with the field."""
        demand_gausdo(actor)
        over = object.rpartition(".")[2]
        rolled = [
            FieldUse(kind=UseKind.ROLL_UP, name=one.name)
            for of in (CompanyRow, PersonRow)
            for one in await self.fields.of(of.kind)
            if one.roll_up is not None and not one.archived
            if (one.roll_up.over, one.roll_up.of) == (over, name)
        ]
        if object not in _OF:
            return rolled
        async with self.db.begin(actor) as tx:
            query = select(SegmentRow).where(SegmentRow.kind == _OF[object])
            rows = await tx.session.scalars(query.order_by(SegmentRow.name, SegmentRow.id))
            return rolled + [
                FieldUse(kind=UseKind.SEGMENT, name=row.name)
                for row in rows
                if row.condition is not None and name in asked_fields(row.condition)
            ]

    async def see_company_field_become(
        self, actor: Actor, id: UUID, draft: BecomeDraft
    ) -> BecomingSeen:
        return await previewed(self.fields, actor, CompanyRow.kind, id, draft)

    async def become_company_field(
        self, actor: Actor, id: UUID, draft: BecomeDraft, key: str | None = None
    ) -> CustomField:
        return await begin_becoming(self.fields, actor, CompanyRow.kind, id, draft, key)

    async def stop_company_field_becoming(
        self, actor: Actor, id: UUID, key: str | None = None
    ) -> CustomField:
        return await stop_becoming(self.fields, actor, CompanyRow.kind, id, key)

    async def company_values_left(
        self, actor: Actor, id: UUID, after: UUID | None = None
    ) -> LeftBehindPage:
        return await left_behind(self.fields, actor, CompanyRow.kind, id, after)

    async def see_person_field_become(
        self, actor: Actor, id: UUID, draft: BecomeDraft
    ) -> BecomingSeen:
        return await previewed(self.fields, actor, PersonRow.kind, id, draft)

    async def become_person_field(
        self, actor: Actor, id: UUID, draft: BecomeDraft, key: str | None = None
    ) -> CustomField:
        return await begin_becoming(self.fields, actor, PersonRow.kind, id, draft, key)

    async def stop_person_field_becoming(
        self, actor: Actor, id: UUID, key: str | None = None
    ) -> CustomField:
        return await stop_becoming(self.fields, actor, PersonRow.kind, id, key)

    async def person_values_left(
        self, actor: Actor, id: UUID, after: UUID | None = None
    ) -> LeftBehindPage:
        return await left_behind(self.fields, actor, PersonRow.kind, id, after)
