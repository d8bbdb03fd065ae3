"""With whom companies and people are shared, and why somebody sees one: a part of
`CustomersService`.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.shares import Share, ShareDraft
from gausdo.kernel.why import Why
from gausdo.modules.customers import access
from gausdo.modules.customers.contract import CompanyShared, PersonShared
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.modules.identity.contract import Identity
from gausdo.platform.db import Database, Tx
from gausdo.platform.shares import Sharing
from gausdo.platform.why import why


class Shares:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def identity(self) -> Identity: ...

    async def company_shares(self, actor: Actor, id: UUID) -> list[Share]:
        return await self._sharing(CompanyRow).shares(actor, id)

    async def share_company(
        self, actor: Actor, id: UUID, draft: ShareDraft, key: str | None = None
    ) -> list[Share]:
        return await self._sharing(CompanyRow).share(actor, id, draft, key)

    async def unshare_company(
        self, actor: Actor, id: UUID, with_id: UUID, key: str | None = None
    ) -> list[Share]:
        return await self._sharing(CompanyRow).unshare(actor, id, with_id, key)

    async def person_shares(self, actor: Actor, id: UUID) -> list[Share]:
        return await self._sharing(PersonRow).shares(actor, id)

    async def share_person(
        self, actor: Actor, id: UUID, draft: ShareDraft, key: str | None = None
    ) -> list[Share]:
        return await self._sharing(PersonRow).share(actor, id, draft, key)

    async def unshare_person(
        self, actor: Actor, id: UUID, with_id: UUID, key: str | None = None
    ) -> list[Share]:
        return await self._sharing(PersonRow).unshare(actor, id, with_id, key)

    async def shared_customers(self, actor: Actor) -> list[UUID]:
        companies = await self._sharing(CompanyRow).shared(actor)
        return companies + await self._sharing(PersonRow).shared(actor)

    async def why_company(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        return await self._why(actor, CompanyRow, id, user_id)

    async def why_person(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        return await self._why(actor, PersonRow, id, user_id)

    async def _why(self, actor: Actor, of: type[Customer], id: UUID, user_id: UUID) -> Why:
        standing = await self.identity.standing(actor, user_id)
        async with self.db.begin(actor) as tx:
            row = await access.record(tx, actor, of, id)
            return await why(tx, standing, access.GUARDED[of], access.GUARDS[of], row)

    def _sharing(self, of: type[Customer]) -> Sharing:
        async def find(tx: Tx, actor: Actor, id: UUID, right: Right) -> Customer:
            return await access.record(tx, actor, of, id, right.operation)

        told = CompanyShared.of if of is CompanyRow else PersonShared.of
        return Sharing(self.db, self.identity, access.GUARDED[of], access.GUARDS[of], find, told)
