"""What one can do with deals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import (
    CustomField,
    written,
)
from gausdo.kernel.custom_sealed import Secrets, secrets_in, without_secrets
from gausdo.kernel.errors import NotFound
from gausdo.kernel.history import ENTRIES, After, Entries, HistoryQuery, Restoration
from gausdo.kernel.lists import Askable
from gausdo.kernel.named import NamedRecord
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.persons import Forgotten, Held, Traces, demand_gausdo
from gausdo.kernel.rates import DealInBase
from gausdo.kernel.shares import Share, ShareDraft
from gausdo.kernel.values import Json
from gausdo.kernel.why import Why
from gausdo.modules.communications.contract import Communications
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales import (
    access,
    board_queries,
    persons,
    pipelines,
    queries,
    record_queries,
    stage_rules,
)
from gausdo.modules.sales.around import Around
from gausdo.modules.sales.bringing import Brings
from gausdo.modules.sales.competitors import Competitors
from gausdo.modules.sales.configuration import Pipelines
from gausdo.modules.sales.contacts import Contacts
from gausdo.modules.sales.contract import (
    DEALS,
    EVERY_LANE,
    BoardQuery,
    Deal,
    DealChange,
    DealDraft,
    DealMove,
    DealQuery,
    DealShared,
    LanesQuery,
    Pipeline,
    PipelineChange,
    PipelineDraft,
    PipelineOrder,
    Related,
    StageKind,
)
from gausdo.modules.sales.deal_fields import FIELDS
from gausdo.modules.sales.deleting import Deletes
from gausdo.modules.sales.editing import DEAL, EditingService
from gausdo.modules.sales.finding import Searches
from gausdo.modules.sales.forecast import ForecastService
from gausdo.modules.sales.importing import Imports
from gausdo.modules.sales.lines import Lines, demand_no_lines
from gausdo.modules.sales.many import DealsEdit
from gausdo.modules.sales.naming import Names
from gausdo.modules.sales.offers import Offers
from gausdo.modules.sales.products import Catalogue
from gausdo.modules.sales.records import Records
from gausdo.modules.sales.retyping import KeepsDealFields
from gausdo.modules.sales.rolled import RollsDeals
from gausdo.modules.sales.sealing import TellsSealed
from gausdo.modules.sales.segmented import Segmented
from gausdo.modules.sales.tables import PERSONAL, SEALED, DealRow, StageRow
from gausdo.modules.sales.taking import Takes
from gausdo.platform.configuration import ConfiguredService, Kinds
from gausdo.platform.crypto import Vault
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_configuration import AddedFields
from gausdo.platform.custom_files import claimed, keep_with
from gausdo.platform.db import Tx
from gausdo.platform.history import apart, earlier
from gausdo.platform.known import NAMED
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import demand_reach
from gausdo.platform.search import closest
from gausdo.platform.shares import Sharing
from gausdo.platform.why import why


@dataclass(frozen=True)
class SalesService(
    Around,
    Names,
    ForecastService,
    Catalogue,
    Lines,
    Contacts,
    Competitors,
    Records,
    Segmented,
    Offers,
    ConfiguredService,
    Brings,
    Imports,
    Takes,
    Deletes,
    EditingService,
    Searches,
    RollsDeals,
    KeepsDealFields,
    TellsSealed,
):
    identity: Identity
    communications: Callable[[], Communications]  # it is made later than this
    fields: CustomFields
    vault: Vault

    async def pipelines(self, actor: Actor) -> list[Pipeline]:
        actor.demand(access.READ)
        fields = await self.fields.of(DEAL)
        async with self.db.begin(actor) as tx:
            return await pipelines.pipelines(tx, fields)

    async def add_pipeline(
        self, actor: Actor, draft: PipelineDraft, key: str | None = None
    ) -> Pipeline:
        actor.demand(access.CONFIGURE)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                tx.tell(await pipelines.add_pipeline(tx, draft))
            return tx.answer(Pipeline)

    async def change_pipeline(
        self, actor: Actor, id: UUID, change: PipelineChange, key: str | None = None
    ) -> Pipeline:
        actor.demand(access.CONFIGURE)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                tx.tell(await pipelines.change_pipeline(tx, id, change))
            return tx.answer(Pipeline)

    async def order_pipelines(
        self, actor: Actor, order: PipelineOrder, key: str | None = None
    ) -> list[Pipeline]:
        actor.demand(access.CONFIGURE)
        fields = await self.fields.of(DEAL)
        async with self.db.begin(actor, key, order) as tx:
            if not tx.told:
                await pipelines.order_pipelines(tx, order.ids)
                tx.tell(await pipelines.pipelines(tx, fields))
            return tx.answer(list[Pipeline])

    async def remove_pipeline(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        actor.demand(access.CONFIGURE)
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                await pipelines.remove_pipeline(tx, id)
                tx.tell(None)

    async def _due(self, actor: Actor, row: DealRow, stage: StageRow) -> datetime | None:
        """Until when the stage lets the deal stay: so many working hours since it came in.

        Without any working time in the calendar there is no end to it.
        """
        if stage.hours is None or stage.kind != StageKind.OPEN:
            return None
        calendar = await self.identity.working_calendar(actor)
        try:
            return calendar.after(row.stage_since, stage.hours)
        except ValueError:
            return None

    async def kinds(self, actor: Actor) -> Kinds:  # noqa: ARG002 - it asks no neighbours
        return [Pipelines(), AddedFields(self.fields, DEAL, FIELDS, access.READ)]

    async def board(self, actor: Actor, pipeline_id: UUID, query: BoardQuery) -> Json:
        await self.demand_segments(actor, query.segment_id)
        found = await self.db.json(board_queries.board(actor, pipeline_id, query, self.base))
        if found is None:
            raise NotFound("There is no such pipeline.")
        return found

    async def lanes(self, actor: Actor, pipeline_id: UUID, query: LanesQuery = EVERY_LANE) -> Json:
        actor.demand(access.READ)
        await self.demand_segments(actor, query.segment_id)
        return await self.db.one(board_queries.lanes(actor, pipeline_id, query))

    async def list_deals(self, actor: Actor, query: DealQuery) -> Json:
        fields = await self.asked_by(actor, query)
        asked = self.asking_sealed(query, fields)
        return await closest(self.db, query.q, partial(queries.deals, actor, asked, fields))

    async def added_fields(self, actor: Actor) -> list[Askable]:
        if not actor.may(access.READ):
            return []
        fields = await self.fields.askable(actor, access.READ, DEAL)
        return [Askable(object=access.READ.object, fields=fields)]

    async def find_deals(self, actor: Actor, ids: list[UUID]) -> list[Deal]:
        told = await self.db.one(queries.deals_by_id(actor, ids[:MAX_PAGE]))
        return [Deal.model_validate(deal) for deal in from_json(told)]

    async def named_deals(self, actor: Actor, ids: list[UUID]) -> list[NamedRecord]:
        found = await self.db.one(record_queries.named_deals(actor, ids[:MAX_PAGE]))
        return NAMED.validate_json(found)

    async def deals_of(self, actor: Actor, of: Related, ids: list[UUID], query: DealQuery) -> Json:
        fields = await self.asked_by(actor, query)
        asked = self.asking_sealed(query, fields)
        return await self.db.one(queries.deals_of(actor, of, ids, asked, fields))

    async def deal(self, actor: Actor, id: UUID) -> Deal:
        found = await self.db.json(queries.deal(actor, id))
        if found is None:
            raise await self.gone(actor, id)
        return Deal.model_validate_json(found)

    async def deal_in_base(self, actor: Actor, id: UUID) -> DealInBase:
        return await self.in_base(actor, await self.deal(actor, id))

    async def deal_history(
        self, actor: Actor, id: UUID, after: After | None = None, limit: Entries = ENTRIES
    ) -> Json:
        found = await self.db.json(
            record_queries.history(actor, id, HistoryQuery(after=after, limit=limit))
        )
        if found is None:
            raise NotFound(access.NO_DEAL)
        return found

    async def open_deal(self, actor: Actor, draft: DealDraft, key: str | None = None) -> Deal:
        actor.demand(access.CREATE, written(draft.told(), draft.custom))
        fields = await self.fields.of(DEAL)
        draft, secret = without_secrets(fields, draft)
        known = await self._neighbours(actor, draft, fields)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                stage = await pipelines.stage_for(tx, draft.pipeline_id, draft.stage_id)
                owner_id, team_id = await new_owner(tx, actor, draft.owner_id)
                custom = await claimed(self.fields, tx, actor, fields, draft.custom)
                whole = draft.model_copy(update={"custom": custom})
                row = DealRow.open(whole, stage, owner_id, team_id, fields)
                await keep_with(self.fields, tx, row.id, custom)
                await self.fields.demand_free(tx, actor, DEAL, fields, draft.custom)
                await stage_rules.demand_opened(tx, row, stage, fields)
                await self.seal(tx, row, secret)
                row.stage_due_at = await self._due(actor, row, stage)
                tx.add(row)
                await self.keep_rate(tx, row)
                await tx.remember_known(known)
                tx.publish(row.opened(), personal=row.beginnings())
                await _tell(tx, actor, row.id)
            return tx.answer(Deal)

    async def change_deal(
        self, actor: Actor, id: UUID, change: DealChange, key: str | None = None
    ) -> Deal:
        fields = await self.fields.of(DEAL) if change.custom else ()
        secret = secrets_in(fields, change.custom)
        if secret.keys:
            change = change.model_copy(update={"custom": secret.custom})
        known = await self._neighbours(actor, change, fields)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                names = written(change.named(), change.custom)
                row = await access.deal(tx, actor, id, access.EDIT, names)
                await tx.fresh(row, change.version, queries.deal(actor, id))
                await self.alter(tx, actor, row, change, fields, secret)
                await tx.remember_known(known)
                await _tell(tx, actor, id)
            return tx.answer(Deal)

    async def alter(
        self,
        tx: Tx,
        actor: Actor,
        row: DealRow,
        change: DealChange,
        fields: Sequence[CustomField] = (),
        secret: Secrets | None = None,
    ) -> None:
        """Change a deal that may be changed, of sealed fields what is `secret`.

        Raises Forbidden, Invalid, having changed nothing.
        """
        if "worth" in change.named():
            await demand_no_lines(tx, row.id)
        before = row.owner_id, row.team_id
        team_id = row.team_id
        if change.owner_id not in (None, row.owner_id):
            await demand_reach(tx, actor, access.ASSIGN, row, access.GUARD)
            _, team_id = await new_owner(tx, actor, change.owner_id)
        if change.custom:
            await self.fields.demand_free(tx, actor, DEAL, fields, change.custom, row.id)
            custom = await claimed(self.fields, tx, actor, fields, change.custom, row.id)
            await keep_with(self.fields, tx, row.id, custom)
            change = change.model_copy(update={"custom": custom})
        secret = secrets_in(fields, change.custom) if secret is None else secret
        kept = await SEALED.planned(tx, self.vault, DEAL, row.id, row.custom, secret)
        changes = row.change(change, team_id, fields, kept.changes)
        await SEALED.keep(tx, self.vault, kept)
        if changes:
            await self.keep_rate(tx, row)
            tx.publish(row.changed(changes, *before), **apart(changes, PERSONAL))

    async def named(self, actor: Actor, edit: DealsEdit) -> list[dict[str, Any]]:
        return await self._neighbours(actor, edit.change, await self.fields.of(DEAL))

    async def move_deal(
        self, actor: Actor, id: UUID, move: DealMove, key: str | None = None
    ) -> Deal:
        fields = await self.fields.of(DEAL)
        async with self.db.begin(actor, key, (id, move)) as tx:
            if not tx.told:
                row = await access.deal(tx, actor, id, access.EDIT)
                await tx.fresh(row, move.version, queries.deal(actor, id))
                stage = await stage_rules.way(tx, row, move, fields)
                if stage is not None:
                    if (closing := access.CLOSE.get(StageKind(stage.kind))) is not None:
                        await demand_reach(tx, actor, closing, row, access.GUARD)
                    before = row.standing()
                    row.move(stage, move.lost_reason)
                    row.stage_due_at = await self._due(actor, row, stage)
                    await self.keep_rate(tx, row)
                    why = _differing("lost_reason", before["lost_reason"], row.lost_reason)
                    why |= await self.lose_to(tx, row, move.lost_to)
                    changes = {"stage_id": (before["stage_id"], stage.id)}
                    tx.publish(row.moved(before), changes=changes, personal=why)
                await _tell(tx, actor, id)
            return tx.answer(Deal)

    async def restore_deal(
        self, actor: Actor, id: UUID, restoration: Restoration, key: str | None = None
    ) -> Deal:
        await self.deal(actor, id)
        before = await earlier(self.db, "deal", id, restoration, PERSONAL)
        if restoration.field == "stage_id":
            move = restoration.changed(DealMove, before["stage_id"])
            reason = {"lost_reason": before.get("lost_reason")}
            return await self.move_deal(actor, id, move.model_copy(update=reason), key)
        change = restoration.changed(DealChange, before[restoration.field])
        return await self.change_deal(actor, id, change, key)

    async def deal_shares(self, actor: Actor, id: UUID) -> list[Share]:
        return await self._sharing.shares(actor, id)

    async def share_deal(
        self, actor: Actor, id: UUID, draft: ShareDraft, key: str | None = None
    ) -> list[Share]:
        return await self._sharing.share(actor, id, draft, key)

    async def unshare_deal(
        self, actor: Actor, id: UUID, with_id: UUID, key: str | None = None
    ) -> list[Share]:
        return await self._sharing.unshare(actor, id, with_id, key)

    async def why_deal(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        standing = await self.identity.standing(actor, user_id)
        async with self.db.begin(actor) as tx:
            return await why(tx, standing, DEALS, access.GUARD, await access.deal(tx, actor, id))

    async def shared_deals(self, actor: Actor) -> list[UUID]:
        return await self._sharing.shared(actor)

    @property
    def _sharing(self) -> Sharing:
        return Sharing(self.db, self.identity, DEALS, access.GUARD, access.deal, DealShared.of)

    async def held_about(self, actor: Actor, person: Traces) -> list[Held]:
        demand_gausdo(actor)
        return await persons.held(self.db, person)

    async def forget_person(self, actor: Actor, person: Traces) -> list[Forgotten]:
        demand_gausdo(actor)
        return await persons.forget(self.db, self.vault, person)


def _differing(field: str, before: str | None, after: str | None) -> dict[str, Any]:
    return {field: (before, after)} if before != after else {}


async def _tell(tx: Tx, actor: Actor, id: UUID) -> None:
    """Answer with the deal as it is now, also to an actor who has just given it away."""
    tx.tell(from_json(await tx.json(queries.changed(actor, id)) or b"null"))
