"""What companies and people have of their deals, rolled up: one part of `SalesService`."""

from typing import TYPE_CHECKING

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomType
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.rolling import Only, Over, Part, Rollable, Rolled, RollUp
from gausdo.modules.sales.contract import StageKind
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database
from gausdo.platform.rolling import LinkedRecords, Measured

_TABLE = DealRow.__table__
_deal = _TABLE.c
DEALS = LinkedRecords(
    _TABLE,
    under={"company": _deal.company_id, "person": _deal.contact_id},
    fields={
        "worth": Measured(CustomType.MONEY, _deal.amount, _deal.currency),
        "probability": Measured(CustomType.NUMBER, _deal.probability),
        "expected_on": Measured(CustomType.DATE, _deal.expected_on),
        "created_at": Measured(CustomType.TIME, _deal.created_at),
        "stage_since": Measured(CustomType.TIME, _deal.stage_since),
        "closed_at": Measured(CustomType.TIME, _deal.closed_at),
    },
    only={
        Only.OPEN: _deal.kind == StageKind.OPEN,
        Only.WON: _deal.kind == StageKind.WON,
        Only.LOST: _deal.kind == StageKind.LOST,
    },
)


class RollsDeals:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...

    async def rollable(self, actor: Actor, over: Over) -> list[Rollable]:
        demand_gausdo(actor)
        return (await self._linked()).rollable() if over == Over.DEAL else []

    async def rolled(
        self, actor: Actor, over: Over, under: str, parts: list[Part], asked: list[RollUp]
    ) -> list[Rolled]:
        demand_gausdo(actor)
        if over != Over.DEAL:
            return []
        return await (await self._linked()).rolled(self.db, under, parts, asked)

    async def _linked(self) -> LinkedRecords:
        return DEALS.with_custom("sales", await self.fields.of("deal"))
