"""Companies and people are deleted and come back: the part of `CustomersService` that does it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.deleted import BroughtBack, DeletedQuery, DeletedRecord
from gausdo.kernel.errors import Invalid, NotFound
from gausdo.kernel.events import Event
from gausdo.kernel.values import Json
from gausdo.modules.customers import access, companies, duplicates, pairs, parting, queries
from gausdo.modules.customers.contract import CompanyRestored, PersonRestored
from gausdo.modules.customers.duplicates_contract import Clue, Suspect
from gausdo.modules.customers.reach_contract import WAYS, Reachable
from gausdo.modules.customers.removed_rows import has_inn, is_reached_by
from gausdo.modules.customers.suspects import SURE
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow, ReachRow
from gausdo.modules.customers.taking import REMOVALS, remove
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database, Read, Tx
from gausdo.platform.deleting import Deleting, Kind
from gausdo.platform.removed import Rows

_NAMES = {CompanyRow: "parent_id", PersonRow: "company_id"}
"""Where a record names a company."""


class Deletes:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

        @property
        def fields(self) -> CustomFields: ...

    def deleting(self, of: type[Customer]) -> Deleting:
        async def find(tx: Tx, actor: Actor, id: UUID) -> Customer:
            return await access.record(tx, actor, of, id, "delete")

        async def admit(tx: Tx, actor: Actor, row: Rows, beside: Mapping[str, list[Rows]]) -> Rows:
            fields, custom = await self.fields.there(tx, of.kind), row.get("custom") or {}
            await self.fields.demand_free(tx, actor, of.kind, fields, custom, UUID(row["id"]))
            return await _admit(tx, of, row, beside)

        def current(actor: Actor, id: UUID) -> Read:
            return queries.one(actor, of, id)

        kind = Kind(
            access.GUARDED[of], REMOVALS[of], of, access.GUARDS[of],
            find, current, remove, admit, _restored,
        )  # fmt: skip
        return Deleting(self.db, kind)

    async def deleted(self, actor: Actor, of: type[Customer], id: UUID) -> NotFound:
        """What is told of a record that is not there."""
        return await self.deleting(of).gone(actor, id, access.missing(of))

    async def deleted_twins(
        self, tx: Tx, actor: Actor, of: type[Customer], told: Mapping[str, Any]
    ) -> list[Suspect]:
        """Deleted ones that the actor could read and that have the same INN or e-mail."""
        deleting, hidden = self.deleting(of), actor.hidden(access.right(of, "read"))
        found: dict[UUID, Suspect] = {}
        if told.get("inn") and "inn" not in hidden:
            for one in await deleting.found(tx, actor, has_inn(told["inn"])):
                found[one.id] = _suspect(one, Clue.INN)
        emails = [] if "emails" in hidden else [one.normal for one in told.get("emails", ())]
        if emails:
            for one in await deleting.found(tx, actor, is_reached_by(emails)):
                found.setdefault(one.id, _suspect(one, Clue.EMAIL))
        return [*found.values()]

    async def delete_company(
        self, actor: Actor, id: UUID, version: int, key: str | None = None
    ) -> DeletedRecord:
        return await self.deleting(CompanyRow).delete(actor, id, version, key)

    async def bring_company_back(
        self, actor: Actor, id: UUID, key: str | None = None
    ) -> BroughtBack:
        return await self.deleting(CompanyRow).bring_back(actor, id, key)

    async def deleted_companies(self, actor: Actor, query: DeletedQuery) -> Json:
        return await self.deleting(CompanyRow).page(actor, query)

    async def delete_person(
        self, actor: Actor, id: UUID, version: int, key: str | None = None
    ) -> DeletedRecord:
        return await self.deleting(PersonRow).delete(actor, id, version, key)

    async def bring_person_back(
        self, actor: Actor, id: UUID, key: str | None = None
    ) -> BroughtBack:
        return await self.deleting(PersonRow).bring_back(actor, id, key)

    async def deleted_people(self, actor: Actor, query: DeletedQuery) -> Json:
        return await self.deleting(PersonRow).page(actor, query)


async def _admit(tx: Tx, of: type[Customer], row: Rows, beside: Mapping[str, list[Rows]]) -> Rows:
    """Raises Duplicate. A company it names may be a part of another, or stand below it, by now."""
    id = UUID(row["id"])
    ways: dict[str, list[Reachable]] = {kind: [] for kind in WAYS}
    for way in beside.get(str(ReachRow.__table__), []):
        ways[way["kind"]].append(Reachable(typed=way["typed"], normal=way["normal"]))
    told: dict[str, Any] = {"name": row["name"], "inn": row.get("inn"), **ways}
    await duplicates.refuse(tx, of, told, but=id)
    await pairs.remember(tx, of, id)
    field = _NAMES[of]
    if row[field] is None:
        return {}
    named = UUID(row[field])
    into = await parting.canonical(tx, CompanyRow, named)
    try:
        if of is CompanyRow:
            await companies.demand_above(tx, into or named, id)
    except Invalid:
        return {field: None}
    return {field: str(into)} if into is not None else {}


def _suspect(one: DeletedRecord, clue: Clue) -> Suspect:
    return Suspect(
        id=one.id,
        name=one.name,
        city=None,
        owner_name=one.owner_name,
        score=SURE,
        clues=[clue],
        deleted_at=one.at,
    )


def _restored(row: Customer) -> Event:
    facts = row.added().model_dump()
    if isinstance(row, PersonRow):
        return PersonRestored.model_validate(facts)
    return CompanyRestored.model_validate(facts)
