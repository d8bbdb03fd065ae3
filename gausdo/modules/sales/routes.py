"""Sales over HTTP."""

from typing import Annotated
from urllib.parse import quote as quoted
from uuid import UUID

from fastapi import Path, Query, Request, Response

from gausdo.kernel.deleted import DeletedQuery, DeletedRecord
from gausdo.kernel.grouping import Day, Groups, GroupWithSums
from gausdo.kernel.history import HistoryEntry, HistoryQuery, Restoration
from gausdo.kernel.mass import MassEdit, MassPreview
from gausdo.kernel.pages import Listed
from gausdo.kernel.rates import (
    DealInBase,
    Rate,
    RateDraft,
    RateQuery,
    RatesFeed,
    RatesFeedChange,
    RatesFile,
    RatesRead,
)
from gausdo.kernel.shares import Share, ShareDraft
from gausdo.kernel.values import Json
from gausdo.kernel.why import Why
from gausdo.modules.sales.added_routes import added_routes
from gausdo.modules.sales.competitor_routes import competitor_routes
from gausdo.modules.sales.contact_routes import contact_routes
from gausdo.modules.sales.contract import (
    Board,
    BoardQuery,
    Deal,
    DealChange,
    DealDraft,
    DealMove,
    DealQuery,
    Pipeline,
    PipelineChange,
    PipelineDraft,
    PipelineOrder,
    Sales,
)
from gausdo.modules.sales.deleted_routes import deleted_routes
from gausdo.modules.sales.forecast_contract import (
    ChangedDeal,
    ChangedDealsQuery,
    ChangesQuery,
    Forecast,
    ForecastChanges,
    ForecastDeal,
    ForecastDealsQuery,
    ForecastQuery,
    StageChances,
    StageStay,
)
from gausdo.modules.sales.funnel import Lane, LanesQuery
from gausdo.modules.sales.goals_contract import Goal, GoalDraft, GoalQuery
from gausdo.modules.sales.groups_contract import DealDaysQuery, DealGroupsQuery
from gausdo.modules.sales.many import DealsEdit
from gausdo.modules.sales.product_routes import product_routes
from gausdo.modules.sales.products_contract import Product, ProductQuery
from gausdo.modules.sales.quote_routes import quote_routes
from gausdo.modules.sales.quotes_contract import Acceptance, Offer, QuoteFile, Refusal
from gausdo.modules.sales.record_contract import DealRecord
from gausdo.platform.http import Authority, CurrentActor, IdempotencyKey, Routes

PDF = "application/pdf"
Token = Annotated[str, Path(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


def routes(sales: Sales) -> Routes:
    api = Routes("sales")

    @api.hot("/pipelines/{id}/board", answer=Board, right="sales.deal.read")
    async def board(id: UUID, actor: CurrentActor, query: Annotated[BoardQuery, Query()]) -> Json:
        return await sales.board(actor, id, query)

    @api.hot("/pipelines/{id}/lanes", answer=list[Lane], right="sales.deal.read")
    async def board_lanes(
        id: UUID, actor: CurrentActor, query: Annotated[LanesQuery, Query()]
    ) -> Json:
        return await sales.lanes(actor, id, query)

    @api.hot("/deals", answer=Listed[Deal], right="sales.deal.read")
    async def list_deals(actor: CurrentActor, query: Annotated[DealQuery, Query()]) -> Json:
        return await sales.list_deals(actor, query)

    _groups(api, sales)
    _deleted(api, sales)  # before the paths with an id
    deleted_routes(api, sales)

    @api.post("/deals", status=201, right="sales.deal.create")
    async def open_deal(draft: DealDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Deal:
        return await sales.open_deal(actor, draft, key)

    @api.get("/deals/{id}", right="sales.deal.read")
    async def deal(id: UUID, actor: CurrentActor) -> Deal:
        return await sales.deal(actor, id)

    @api.get("/deals/{id}/record", right="sales.deal.read")
    async def deal_record(id: UUID, actor: CurrentActor) -> DealRecord:
        """The deal with what stands beside it, as its page asks for it at once."""
        return await sales.deal_record(actor, id)

    @api.patch("/deals/{id}", right="sales.deal.edit")
    async def change_deal(
        id: UUID, change: DealChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Deal:
        return await sales.change_deal(actor, id, change, key)

    @api.post("/deals/{id}/move", right="sales.deal.edit")
    async def move_deal(
        id: UUID, move: DealMove, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Deal:
        return await sales.move_deal(actor, id, move, key)

    added_routes(api, sales)
    _pipelines(api, sales)
    quote_routes(api, sales)
    _offers(api, sales)
    _history(api, sales)
    _who(api, sales)
    _many(api, sales)
    _forecast(api, sales)
    _rates(api, sales)
    _products(api, sales)
    product_routes(api, sales)
    contact_routes(api, sales)
    competitor_routes(api, sales)
    return api


def _groups(api: Routes, sales: Sales) -> None:
    @api.get("/deals/groups", right="sales.deal.read")
    async def deal_groups(
        actor: CurrentActor, query: Annotated[DealGroupsQuery, Query()]
    ) -> Groups[GroupWithSums]:
        """Of the list that is asked for the rest, the values that any of its deals have."""
        return await sales.deal_groups(actor, query)

    @api.hot("/deals/days", answer=list[Day[Deal]], right="sales.deal.read")
    async def deal_days(actor: CurrentActor, query: Annotated[DealDaysQuery, Query()]) -> Json:
        """Of the list that is asked for the rest, the days that any of its deals have."""
        return await sales.deal_days(actor, query)


def _products(api: Routes, sales: Sales) -> None:
    @api.hot("/products", answer=Listed[Product], right="sales.product.read")
    async def list_products(actor: CurrentActor, query: Annotated[ProductQuery, Query()]) -> Json:
        return await sales.list_products(actor, query)


def _offers(api: Routes, sales: Sales) -> None:
    """Quotes as files, and what the link of one leads to: its token says who asks."""
    link = Authority.SIGNATURE

    @api.get("/quotes/{id}/file", right="sales.deal.read", media=(PDF,))
    async def quote_file(id: UUID, actor: CurrentActor) -> Response:
        return _file(await sales.quote_file(actor, id))

    @api.get("/offers/{token}", authority=link)
    async def offer(token: Token) -> Offer:
        """The quote of a link, for the customer."""
        return await sales.offer(token)

    @api.get("/offers/{token}/file", authority=link, media=(PDF,))
    async def offer_file(token: Token) -> Response:
        return _file(await sales.offer_file(token))

    @api.post("/offers/{token}/opened", status=204, authority=link)
    async def offer_opened(token: Token) -> None:
        """Somebody looks at the page: its script says so, programs that follow links do not."""
        await sales.offer_opened(token)

    @api.post("/offers/{token}/accept", authority=link)
    async def accept_offer(token: Token, acceptance: Acceptance, request: Request) -> Offer:
        return await sales.accept_offer(token, acceptance, request.scope["gausdo.address"])

    @api.post("/offers/{token}/decline", authority=link)
    async def decline_offer(token: Token, refusal: Refusal, request: Request) -> Offer:
        return await sales.decline_offer(token, refusal, request.scope["gausdo.address"])


def _file(file: QuoteFile) -> Response:
    told = {
        "content-disposition": f"inline; filename*=UTF-8''{quoted(file.name)}",
        "x-robots-tag": "noindex, nofollow",
        "cache-control": "no-store",
    }
    return Response(file.content, media_type=PDF, headers=told)


def _pipelines(api: Routes, sales: Sales) -> None:
    @api.get("/pipelines", right="sales.deal.read")
    async def pipelines(actor: CurrentActor) -> list[Pipeline]:
        return await sales.pipelines(actor)

    @api.post("/pipelines", status=201, right="sales.pipeline.edit")
    async def add_pipeline(
        draft: PipelineDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Pipeline:
        return await sales.add_pipeline(actor, draft, key)

    @api.put("/pipelines/order", right="sales.pipeline.edit")
    async def order_pipelines(
        order: PipelineOrder, actor: CurrentActor, key: IdempotencyKey = None
    ) -> list[Pipeline]:
        return await sales.order_pipelines(actor, order, key)

    @api.patch("/pipelines/{id}", right="sales.pipeline.edit")
    async def change_pipeline(
        id: UUID, change: PipelineChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Pipeline:
        """`stages`, where they are told, are all of them: one that is left out goes."""
        return await sales.change_pipeline(actor, id, change, key)

    @api.delete("/pipelines/{id}", status=204, right="sales.pipeline.edit")
    async def remove_pipeline(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> None:
        await sales.remove_pipeline(actor, id, key)


def _history(api: Routes, sales: Sales) -> None:
    @api.post("/deals/{id}/history/restore", right="sales.deal.edit")
    async def restore_deal(
        id: UUID, restoration: Restoration, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Deal:
        """An ordinary change, to the value a field had before an entry of the history."""
        return await sales.restore_deal(actor, id, restoration, key)

    @api.hot("/deals/{id}/history", answer=list[HistoryEntry], right="sales.deal.read")
    async def deal_history(
        id: UUID, actor: CurrentActor, query: Annotated[HistoryQuery, Query()]
    ) -> Json:
        return await sales.deal_history(actor, id, query.after, query.limit)


def _many(api: Routes, sales: Sales) -> None:
    @api.post("/deals/mass-edits/preview", right="sales.deal.edit")
    async def preview_deals_edit(edit: DealsEdit, actor: CurrentActor) -> MassPreview:
        return await sales.preview_deals_edit(actor, edit)

    @api.post("/deals/mass-edits", status=201, right="sales.deal.edit")
    async def edit_deals(
        edit: DealsEdit, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        """Begins in the background: it is asked how far it is, stopped, and undone, by its id."""
        return await sales.edit_deals(actor, edit, key)

    @api.get("/deals/mass-edits/{id}", right="sales.deal.edit")
    async def deals_edit(id: UUID, actor: CurrentActor) -> MassEdit:
        return await sales.deals_edit(actor, id)

    @api.post("/deals/mass-edits/{id}/stop", right="sales.deal.edit")
    async def stop_deals_edit(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        return await sales.stop_deals_edit(actor, id, key)

    @api.post("/deals/mass-edits/{id}/undo", status=201, right="sales.deal.edit")
    async def undo_deals_edit(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        """Another mass edit, which gives every field back that nobody has changed since."""
        return await sales.undo_deals_edit(actor, id, key)


def _who(api: Routes, sales: Sales) -> None:
    @api.get("/deals/{id}/why", right="sales.deal.read")
    async def why_deal(id: UUID, user_id: UUID, actor: CurrentActor) -> Why:
        return await sales.why_deal(actor, id, user_id)

    @api.get("/deals/{id}/shares", right="sales.deal.read")
    async def deal_shares(id: UUID, actor: CurrentActor) -> list[Share]:
        return await sales.deal_shares(actor, id)

    @api.post("/deals/{id}/shares", right="sales.deal.share")
    async def share_deal(
        id: UUID, draft: ShareDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> list[Share]:
        return await sales.share_deal(actor, id, draft, key)

    @api.delete("/deals/{id}/shares/{with_id}", right="sales.deal.share")
    async def unshare_deal(
        id: UUID, with_id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> list[Share]:
        return await sales.unshare_deal(actor, id, with_id, key)


def _rates(api: Routes, sales: Sales) -> None:
    @api.get("/rates", right="sales.deal.read")
    async def rates(actor: CurrentActor, query: Annotated[RateQuery, Query()]) -> list[Rate]:
        return await sales.rates(actor, query.day, query.currency)

    @api.put("/rates", right="sales.rates.edit")
    async def set_rate(draft: RateDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Rate:
        """The rate of a currency from a day on: it replaces what was there for that day."""
        return await sales.set_rate(actor, draft, key)

    @api.delete("/rates/{id}", status=204, right="sales.rates.edit")
    async def remove_rate(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> None:
        await sales.remove_rate(actor, id, key)

    @api.post("/rates/import", right="sales.rates.edit")
    async def import_rates(
        file: RatesFile, actor: CurrentActor, key: IdempotencyKey = None
    ) -> RatesRead:
        return await sales.import_rates(actor, file, key)

    @api.get("/rates/feed", right="sales.rates.edit")
    async def rates_feed(actor: CurrentActor) -> RatesFeed:
        return await sales.rates_feed(actor)

    @api.patch("/rates/feed", right="sales.rates.edit")
    async def change_rates_feed(
        change: RatesFeedChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> RatesFeed:
        return await sales.change_rates_feed(actor, change, key)

    @api.post("/rates/feed/fetch", right="sales.rates.edit")
    async def fetch_rates(actor: CurrentActor, key: IdempotencyKey = None) -> RatesFeed:
        return await sales.fetch_rates(actor, key)

    @api.get("/deals/{id}/in-base", right="sales.deal.read")
    async def deal_in_base(id: UUID, actor: CurrentActor) -> DealInBase:
        return await sales.deal_in_base(actor, id)


def _forecast(api: Routes, sales: Sales) -> None:
    @api.get("/deals/{id}/stages", right="sales.deal.read")
    async def deal_stages(id: UUID, actor: CurrentActor) -> list[StageStay]:
        return await sales.deal_stages(actor, id)

    @api.get("/forecast", right="sales.deal.read")
    async def forecast(actor: CurrentActor, query: Annotated[ForecastQuery, Query()]) -> Forecast:
        return await sales.forecast(actor, query)

    @api.get("/forecast/deals", right="sales.deal.read")
    async def forecast_deals(
        actor: CurrentActor, query: Annotated[ForecastDealsQuery, Query()]
    ) -> Listed[ForecastDeal]:
        return await sales.forecast_deals(actor, query)

    @api.get("/forecast/changes", right="sales.deal.read")
    async def forecast_changes(
        actor: CurrentActor, query: Annotated[ChangesQuery, Query()]
    ) -> ForecastChanges:
        return await sales.forecast_changes(actor, query)

    @api.get("/forecast/changes/deals", right="sales.deal.read")
    async def changed_deals(
        actor: CurrentActor, query: Annotated[ChangedDealsQuery, Query()]
    ) -> Listed[ChangedDeal]:
        return await sales.changed_deals(actor, query)

    @api.get("/forecast/chances", right="sales.deal.read")
    async def stage_chances(actor: CurrentActor) -> StageChances:
        return await sales.stage_chances(actor)

    @api.get("/goals", right="sales.goal.read")
    async def goals(actor: CurrentActor, query: Annotated[GoalQuery, Query()]) -> Listed[Goal]:
        return await sales.goals(actor, query)

    @api.put("/goals", right="sales.goal.edit")
    async def set_goal(draft: GoalDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Goal:
        """Of a month and a person or a team: it replaces what was there."""
        return await sales.set_goal(actor, draft, key)


def _deleted(api: Routes, sales: Sales) -> None:
    @api.hot("/deals/deleted", answer=Listed[DeletedRecord], right="sales.deal.read")
    async def deleted_deals(actor: CurrentActor, query: Annotated[DeletedQuery, Query()]) -> Json:
        """Those the reader could see, the latest first."""
        return await sales.deleted_deals(actor, query)
