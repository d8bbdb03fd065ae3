"""Integrations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from gausdo.kernel.errors import TooLarge
from gausdo.kernel.pages import Listed, ListQuery
from gausdo.kernel.values import Json, Value
from gausdo.modules.integrations.contract import (
    ApiKey,
    ApiKeyChange,
    ApiKeyDraft,
    Delivery,
    HookDraft,
    ImportKind,
    ImportReport,
    Integrations,
    IpRules,
    IpRulesChange,
    NewApiKey,
    WebhookTrial,
)
from gausdo.modules.integrations.csv_table import LARGEST, TOO_LARGE
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


class SigningSecret(Value):
    secret: str


def routes(integrations: Integrations) -> Routes:
    api = Routes("integrations")

    @api.hot("/deliveries", answer=Listed[Delivery], right="integrations.webhook.read")
    async def list_deliveries(actor: CurrentActor, query: Annotated[ListQuery, Query()]) -> Json:
        return await integrations.list_deliveries(actor, query)

    @api.post("/deliveries/{id}/deliver-again", right="integrations.webhook.edit")
    async def deliver_again(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> Delivery:
        return await integrations.deliver_again(actor, id, key)

    @api.post("/webhooks/trial", status=201, right="integrations.webhook.edit", step_up=True)
    async def try_webhook(
        trial: WebhookTrial, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Delivery:
        """A call as any other, signed; its delivery says what came of it."""
        hook = HookDraft(url=trial.url, event="gausdo.test", body={"type": "gausdo.test"})
        return await integrations.call(actor, hook, key)

    @api.get("/webhooks/secret", right="integrations.webhook.edit")
    async def signing_secret(actor: CurrentActor) -> SigningSecret:
        return SigningSecret(secret=await integrations.signing_secret(actor))

    @api.post("/imports/{kind}", takes="text/csv", right="integrations.import.create")
    async def import_file(
        kind: ImportKind, request: Request, actor: CurrentActor, key: IdempotencyKey = None
    ) -> ImportReport:
        """The file itself is the body (`text/csv`)."""
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > LARGEST:
                raise TooLarge(TOO_LARGE)
        return await integrations.import_file(actor, kind, bytes(content), key)

    _keys(api, integrations)
    _ip_rules(api, integrations)
    return api


def _keys(api: Routes, integrations: Integrations) -> None:
    @api.get("/api-keys", right="integrations.key.read")
    async def api_keys(actor: CurrentActor) -> list[ApiKey]:
        return await integrations.api_keys(actor)

    @api.post("/api-keys", status=201, right="integrations.key.create", step_up=True)
    async def make_api_key(draft: ApiKeyDraft, actor: CurrentActor) -> NewApiKey:
        """The secret is told here and never again."""
        return await integrations.make_api_key(actor, draft)

    @api.patch("/api-keys/{id}", right="integrations.key.edit", step_up=True)
    async def change_api_key(
        id: UUID, change: ApiKeyChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> ApiKey:
        return await integrations.change_api_key(actor, id, change, key)

    @api.delete("/api-keys/{id}", status=204, right="integrations.key.edit", step_up=True)
    async def revoke_api_key(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> None:
        """Over at once, also for what it has open."""
        await integrations.revoke_api_key(actor, id, key)


def _ip_rules(api: Routes, integrations: Integrations) -> None:
    @api.get("/ip-rules", right="administration.network.read")
    async def ip_rules(actor: CurrentActor, request: Request) -> IpRules:
        return await integrations.ip_rules(actor, request.scope["gausdo.place"].exact)

    @api.patch("/ip-rules", right="administration.network.edit", step_up=True)
    async def change_ip_rules(
        change: IpRulesChange, actor: CurrentActor, request: Request, key: IdempotencyKey = None
    ) -> IpRules:
        """Refused when they would shut out whoever saves them."""
        exact = request.scope["gausdo.place"].exact
        return await integrations.change_ip_rules(actor, change, exact, key)
