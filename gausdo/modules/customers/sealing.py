"""Values of added fields that are kept encrypted: the part of `CustomersService` that tells."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, CustomType
from gausdo.kernel.custom_sealed import SealedValue
from gausdo.kernel.errors import NotFound
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.pages import ListQuery
from gausdo.modules.customers import access
from gausdo.modules.customers.events import CompanyValueShown, PersonValueShown
from gausdo.modules.customers.schema import SEALED
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.platform.crypto import Vault
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database
from gausdo.platform.rights import demand_reach

Q = TypeVar("Q", bound=ListQuery)
_SHOWN = {CompanyRow: CompanyValueShown, PersonRow: PersonValueShown}


class TellsSealed:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def vault(self) -> Vault: ...
        @property
        def fields(self) -> CustomFields: ...

    async def company_sealed(self, actor: Actor, id: UUID, field: str) -> SealedValue:
        return await self._sealed(actor, CompanyRow, id, field)

    async def person_sealed(self, actor: Actor, id: UUID, field: str) -> SealedValue:
        return await self._sealed(actor, PersonRow, id, field)

    async def _sealed(self, actor: Actor, of: type[Customer], id: UUID, key: str) -> SealedValue:
        fields = await self.fields.of(of.kind)
        async with self.db.begin(actor) as tx:
            row = await access.record(tx, actor, of, id)
            read, guard = access.right(of, "read"), access.GUARDS[of]
            await demand_reach(tx, actor, read, row, guard, [CUSTOM + key])
            if not any(one.key == key and one.type is CustomType.SEALED for one in fields):
                raise NotFound("There is no such field that is kept encrypted.")
            value = await SEALED.read(tx, self.vault, of.kind, id, key)
            if value is not None:
                tx.publish(_SHOWN[of].of(id, key), changes={"field": (None, CUSTOM + key)})
            return SealedValue(value=value)

    def asking_sealed(self, of: type[Customer], query: Q, fields: Sequence[CustomField]) -> Q:
        """A list's query, asking for blind indexes of sealed values."""
        return SEALED.blinded(self.vault, of.kind, query, fields)
