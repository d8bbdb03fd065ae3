"""The use cases of records that are there twice: one half of `CustomersService`."""

from typing import TYPE_CHECKING
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Json
from gausdo.modules.customers import access, pairs, suspects
from gausdo.modules.customers.duplicates_contract import CompanyLooks, Pair, PersonLooks, Suspect
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.modules.customers.ways import understood
from gausdo.platform.db import Database

Looks = CompanyLooks | PersonLooks


class Doubled:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def suspect_companies(self, actor: Actor, looks: CompanyLooks) -> list[Suspect]:
        return await self._suspects(actor, CompanyRow, looks)

    async def suspect_people(self, actor: Actor, looks: PersonLooks) -> list[Suspect]:
        return await self._suspects(actor, PersonRow, looks)

    async def _suspects(self, actor: Actor, of: type[Customer], looks: Looks) -> list[Suspect]:
        actor.demand(access.right(of, "read"))
        told = understood((name, value) for name, value in looks if name != "id")
        async with self.db.begin(actor) as tx:
            return await suspects.suspects(tx, actor, of, told, looks.id)

    async def company_suspects(self, actor: Actor, id: UUID) -> list[Suspect]:
        return await self._suspects_of(actor, CompanyRow, id)

    async def person_suspects(self, actor: Actor, id: UUID) -> list[Suspect]:
        return await self._suspects_of(actor, PersonRow, id)

    async def _suspects_of(self, actor: Actor, of: type[Customer], id: UUID) -> list[Suspect]:
        async with self.db.begin(actor) as tx:
            row = await access.record(tx, actor, of, id)
            return await suspects.suspects(tx, actor, of, row.compared(), id)

    async def list_company_pairs(self, actor: Actor, query: ListQuery) -> Json:
        return await self.db.one(pairs.pairs(actor, CompanyRow, query))

    async def list_person_pairs(self, actor: Actor, query: ListQuery) -> Json:
        return await self.db.one(pairs.pairs(actor, PersonRow, query))

    async def tell_companies_apart(self, actor: Actor, id: UUID, key: str | None = None) -> Pair:
        return await self._tell_apart(actor, CompanyRow, id, key)

    async def tell_people_apart(self, actor: Actor, id: UUID, key: str | None = None) -> Pair:
        return await self._tell_apart(actor, PersonRow, id, key)

    async def _tell_apart(
        self, actor: Actor, of: type[Customer], id: UUID, key: str | None
    ) -> Pair:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                tx.tell(await pairs.tell_apart(tx, actor, of, id))
            return tx.answer(Pair)
