"""New deals in numbers: one part of `SalesService`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, written
from gausdo.kernel.custom_sealed import Secrets, tried_without_secrets
from gausdo.kernel.errors import Problem, reason
from gausdo.modules.sales import access, pipelines
from gausdo.modules.sales.contract import DealDraft, ImportedDeal
from gausdo.modules.sales.naming import Batch, known_of
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_links import Found
from gausdo.platform.db import Database, Tx
from gausdo.platform.owners import new_owner

DEAL = "deal"


class Imports:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...
        async def keep_rate(self, tx: Tx, row: DealRow) -> None: ...
        async def seal(self, tx: Tx, row: DealRow, secret: Secrets) -> None: ...
        async def _named(
            self, actor: Actor, drafts: Sequence[DealDraft], fields: Sequence[CustomField]
        ) -> Found: ...

    async def import_deals(
        self, actor: Actor, rows: list[tuple[int, DealDraft]], key: str | None = None
    ) -> list[ImportedDeal]:
        written_of = (written(draft.told(), draft.custom) for _, draft in rows)
        actor.demand(access.IMPORT, *written_of)
        fields = await self.fields.of(DEAL)
        taken = [(line, *tried_without_secrets(fields, draft)) for line, draft in rows]
        drafts, plain = [draft for _, draft, _ in taken], [one[:2] for one in taken]
        named = await self._named(actor, drafts, fields)
        async with self.db.begin(actor, key, plain) as tx:
            if not tx.told:
                many = (draft.custom for draft in drafts)
                held = await self.fields.holders(tx, actor, DEAL, fields, many)
                batch = Batch(fields, named, held)
                tx.tell([await self._import(tx, actor, *row, batch) for row in taken])
                await tx.remember_known(known_of(named))
            return tx.answer(list[ImportedDeal])

    async def _import(
        self,
        tx: Tx,
        actor: Actor,
        line: int,
        draft: DealDraft,
        secret: Secrets,
        batch: Batch,
    ) -> ImportedDeal:
        """One row of a file; what is wrong with it is told, not raised."""
        try:
            batch.demand(draft)
            stage = await pipelines.stage_for(tx, draft.pipeline_id, draft.stage_id)
            owner_id, team_id = await new_owner(tx, actor, draft.owner_id)
            row = DealRow.open(draft, stage, owner_id, team_id, batch.fields)
        except Problem as refusal:
            why = reason(refusal)
            return ImportedDeal(
                line=line,
                field=why.field or "stage_id",
                error=why.message,
                code=why.code,
                data=why.data,
            )
        await self.seal(tx, row, secret)
        tx.add(row)
        batch.hold(row)
        await self.keep_rate(tx, row)
        tx.publish(row.opened(), personal=row.beginnings())
        return ImportedDeal(line=line, id=row.id)
