"""Deals are deleted and come back: the part of `SalesService` that does it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.deleted import BroughtBack, DeletedQuery, DeletedRecord
from gausdo.kernel.errors import NotFound
from gausdo.kernel.values import Json
from gausdo.modules.sales import access, queries
from gausdo.modules.sales.contract import DEALS, DealRestored, UnknownStage
from gausdo.modules.sales.tables import DealRow, StageRow
from gausdo.modules.sales.taking import DEAL, REMOVAL, remove
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database, Tx
from gausdo.platform.deleting import Deleting, Kind
from gausdo.platform.removed import Rows


class Deletes:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

        @property
        def fields(self) -> CustomFields: ...

    @property
    def deleting(self) -> Deleting:
        kind = Kind(
            DEALS, REMOVAL, DealRow, access.GUARD,
            _find, queries.deal, remove, self._admit, _restored,
        )  # fmt: skip
        return Deleting(self.db, kind)

    async def gone(self, actor: Actor, id: UUID) -> NotFound:
        """What is told of a deal that is not there."""
        return await self.deleting.gone(actor, id, NotFound(access.NO_DEAL))

    async def delete_deal(
        self, actor: Actor, id: UUID, version: int, key: str | None = None
    ) -> DeletedRecord:
        return await self.deleting.delete(actor, id, version, key)

    async def bring_deal_back(self, actor: Actor, id: UUID, key: str | None = None) -> BroughtBack:
        return await self.deleting.bring_back(actor, id, key)

    async def deleted_deals(self, actor: Actor, query: DeletedQuery) -> Json:
        return await self.deleting.page(actor, query)

    async def _admit(self, tx: Tx, actor: Actor, row: Rows, _: Mapping[str, list[Rows]]) -> Rows:
        """Raises UnknownStage, ValueTaken."""
        fields, custom = await self.fields.there(tx, DEAL), row.get("custom") or {}
        await self.fields.demand_free(tx, actor, DEAL, fields, custom, UUID(row["id"]))
        return await _standing(tx, row)


async def _find(tx: Tx, actor: Actor, id: UUID) -> DealRow:
    return await access.deal(tx, actor, id, access.DELETE)


async def _standing(tx: Tx, row: Rows) -> Rows:
    """In its stage, or the first of its kind where that is no more. Raises UnknownStage."""
    if await tx.session.get(StageRow, UUID(row["stage_id"])):
        return {}
    query = select(StageRow).where(
        StageRow.pipeline_id == UUID(row["pipeline_id"]), StageRow.kind == row["kind"]
    )
    stage = await tx.session.scalar(query.order_by(StageRow.position).limit(1))
    if stage is None:
        raise UnknownStage("There is no stage any more that this deal could stand in.")
    return {"stage_id": str(stage.id), "probability": stage.probability}


def _restored(row: DealRow) -> DealRestored:
    return DealRestored.model_validate(row.opened().model_dump())
