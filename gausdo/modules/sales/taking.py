"""What files have brought is taken back: the part of `SalesService` that does it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, written
from gausdo.kernel.custom_sealed import sealed_names
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.imports import RecordKind
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.taking_back import TakenBack, Touched, Use
from gausdo.modules.sales import access
from gausdo.modules.sales.competitor_tables import DealCompetitorRow
from gausdo.modules.sales.contact_tables import DealContactRow
from gausdo.modules.sales.contract import DealChange, DealRemoved, StageKind, UnknownStage
from gausdo.modules.sales.product_tables import LineRow, TermsRow
from gausdo.modules.sales.quote_tables import QuoteFileRow, QuoteLetterRow, QuoteRow
from gausdo.modules.sales.rate_tables import KeptRateRow
from gausdo.modules.sales.tables import DealRow, StageRow, schema
from gausdo.platform import taking_back
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_sql import links_to
from gausdo.platform.db import Database, Tx
from gausdo.platform.mass_kinds import Values
from gausdo.platform.removed import Removal
from gausdo.platform.rights import demand_reach
from gausdo.platform.taking_back import Kind
from gausdo.platform.tried import begun

DEAL = "deal"
_PARTS = (
    *(LineRow, TermsRow, KeptRateRow, QuoteRow, QuoteFileRow, QuoteLetterRow),
    *(DealContactRow, DealCompetitorRow),
)
REMOVAL = Removal(
    DEAL, DealRow.__table__, "title", tuple((part.__table__, "deal_id") for part in _PARTS)
)
_AT = TypeAdapter[datetime | None](datetime | None)
_NAMED_BY = {"company": DealRow.company_id, "person": DealRow.contact_id}


class Takes:
    """Takes back what files have brought, and says which deals name a record."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...
        async def _due(self, actor: Actor, row: DealRow, stage: StageRow) -> datetime | None: ...
        async def keep_rate(self, tx: Tx, row: DealRow) -> None: ...
        async def alter(
            self,
            tx: Tx,
            actor: Actor,
            row: DealRow,
            change: DealChange,
            fields: Sequence[CustomField] = (),
        ) -> None: ...

    async def take_back(
        self, actor: Actor, kind: RecordKind, touched: list[Touched], key: str | None = None
    ) -> list[TakenBack]:
        if kind != DEAL:
            raise invalid("kind", "choice", "Files bring nothing of this kind here.")
        actor.demand(access.IMPORT)
        fields, dry = await self.fields.of(DEAL), key is None
        asked = (kind, [one.id for one in touched])  # who names them may change between two tries
        async with begun(self.db, actor, key, asked, dry=dry) as tx:
            if not tx.told:
                tx.tell(
                    await taking_back.take_back(tx, actor, self._taken(fields), touched, dry=dry)
                )
            return tx.answer(list[TakenBack])

    async def uses_of(self, actor: Actor, kind: RecordKind, ids: list[UUID]) -> list[Use]:
        demand_gausdo(actor)
        if kind == DEAL:
            return await self._quoted(ids)
        column = _NAMED_BY.get(kind)
        naming = [] if column is None else [column.expression]
        naming += links_to(
            await self.fields.of(DEAL), kind, schema.name, DealRow.__table__.c.custom
        )
        uses: list[Use] = []
        async with self.db.begin() as tx:
            for by in naming:
                query = select(by, DealRow.id).where(by.in_(ids))
                found = await tx.session.execute(query)
                uses += [Use(id=id, by_kind=DEAL, by_id=by_id) for id, by_id in found]
            if kind == "person":
                further = select(DealContactRow.person_id, DealContactRow.deal_id)
                found = await tx.session.execute(further.where(DealContactRow.person_id.in_(ids)))
                uses += [Use(id=id, by_kind=DEAL, by_id=by_id) for id, by_id in found]
        return uses

    async def _quoted(self, ids: Sequence[UUID]) -> list[Use]:
        """What a customer was offered stays, and its deal with it."""
        query = select(QuoteRow.deal_id, QuoteRow.id).where(QuoteRow.deal_id.in_(ids))
        async with self.db.begin() as tx:
            found = await tx.session.execute(query)
            return [Use(id=id, by_kind="quote", by_id=by_id) for id, by_id in found]

    def _taken(self, fields: Sequence[CustomField]) -> Kind:
        async def rows(
            tx: Tx, actor: Actor, ids: Sequence[UUID], lock: bool
        ) -> Mapping[UUID, DealRow]:
            query = select(DealRow).where(DealRow.id.in_(ids), access.visible(actor))
            query = query.order_by(DealRow.id)
            found = await tx.session.scalars(query.with_for_update() if lock else query)
            return {row.id: row for row in found}

        async def reach(tx: Tx, actor: Actor, row: DealRow) -> None:
            await demand_reach(tx, actor, access.EDIT, row, access.GUARD)

        async def edit(
            tx: Tx, actor: Actor, id: UUID, values: Values, facts: Mapping[str, Any]
        ) -> None:
            await self._set_back(tx, actor, id, values, fields, facts)

        async def elsewhere(_tx: Tx, _ids: Sequence[UUID]) -> Mapping[UUID, str]:
            return {}

        lost = sealed_names(fields)
        return Kind(REMOVAL, rows, reach, edit, remove, elsewhere, lost=lost)

    async def _set_back(
        self,
        tx: Tx,
        actor: Actor,
        id: UUID,
        values: Values,
        fields: Sequence[CustomField],
        facts: Mapping[str, Any],
    ) -> None:
        """Raises Forbidden, Invalid, UnknownStage, having changed nothing."""
        custom = {
            name.removeprefix(CUSTOM): value
            for name, value in values.items()
            if name.startswith(CUSTOM)
        }
        told: dict[str, Any] = {
            name: value
            for name, value in values.items()
            if not name.startswith(CUSTOM) and name not in {"stage_id", "lost_reason"}
        }
        row = await access.deal(tx, actor, id, access.EDIT, written(told, custom))
        stage = None
        if "stage_id" in values and values["stage_id"] != str(row.stage_id):
            stage = await _stage(tx, actor, row, UUID(values["stage_id"]))
        if told or custom:
            if custom:
                told["custom"] = custom
            change = DealChange.model_validate({**told, "version": row.version})
            await self.alter(tx, actor, row, change, fields)
        if stage is not None:
            before = row.standing()
            row.move(stage, values.get("lost_reason"))
            for name in ("stage_since", "closed_at"):  # as if it had never left
                setattr(row, name, _AT.validate_python(facts.get(name, getattr(row, name))))
            row.stage_due_at = await self._due(actor, row, stage)
            await self.keep_rate(tx, row)
            tx.publish(row.moved(before), changes={"stage_id": (before["stage_id"], stage.id)})
        await tx.session.flush()


async def _stage(tx: Tx, actor: Actor, row: DealRow, id: UUID) -> StageRow:
    """The stage a deal came from. Raises UnknownStage, Forbidden."""
    stage = await tx.session.get(StageRow, id)
    if stage is None or stage.pipeline_id != row.pipeline_id:
        raise UnknownStage("The stage the deal was in is no more.")
    if (closing := access.CLOSE.get(StageKind(stage.kind))) is not None:
        await demand_reach(tx, actor, closing, row, access.GUARD)
    return stage


async def remove(tx: Tx, rows: Sequence[DealRow]) -> None:
    """Take deals away that were locked for it."""
    for row in rows:
        facts = row.opened().model_dump() | {"version": row.version + 1}
        tx.publish(DealRemoved.model_validate(facts))
        tx.session.expunge(row)
    await REMOVAL.take_out(tx, [row.id for row in rows])
