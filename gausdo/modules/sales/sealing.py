"""Values of added fields that are kept encrypted: the part of `SalesService` that tells them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, CustomType
from gausdo.kernel.custom_sealed import SealedValue, Secrets
from gausdo.kernel.errors import NotFound
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.pages import ListQuery
from gausdo.modules.sales import access
from gausdo.modules.sales.events import DealValueShown
from gausdo.modules.sales.tables import SEALED, DealRow
from gausdo.platform.crypto import Vault
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database, Tx
from gausdo.platform.rights import demand_reach

DEAL = "deal"
Q = TypeVar("Q", bound=ListQuery)


class TellsSealed:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def vault(self) -> Vault: ...
        @property
        def fields(self) -> CustomFields: ...

    async def deal_sealed(self, actor: Actor, id: UUID, field: str) -> SealedValue:
        fields = await self.fields.of(DEAL)
        async with self.db.begin(actor) as tx:
            row = await access.deal(tx, actor, id)
            await demand_reach(tx, actor, access.READ, row, access.GUARD, [CUSTOM + field])
            if not any(one.key == field and one.type is CustomType.SEALED for one in fields):
                raise NotFound("There is no such field that is kept encrypted.")
            value = await SEALED.read(tx, self.vault, DEAL, id, field)
            if value is not None:
                shown = DealValueShown(deal_id=id, field=field)
                tx.publish(shown, changes={"field": (None, CUSTOM + field)})
            return SealedValue(value=value)

    async def seal(self, tx: Tx, row: DealRow, secret: Secrets) -> None:
        """What is secret of a new deal. Raises Invalid."""
        kept = await SEALED.planned(tx, self.vault, DEAL, row.id, {}, secret)
        await SEALED.keep(tx, self.vault, kept)

    def asking_sealed(self, query: Q, fields: Sequence[CustomField]) -> Q:
        """A list's query, asking for blind indexes of sealed values."""
        return SEALED.blinded(self.vault, DEAL, query, fields)
