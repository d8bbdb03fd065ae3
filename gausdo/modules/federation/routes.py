"""Identity providers over HTTP. Signing in by them is the gateway's: it keeps the sessions."""

from uuid import UUID

from gausdo.modules.federation.contract import (
    Federation,
    Finding,
    NewScimToken,
    Provider,
    ProviderChange,
    ProviderDraft,
    ScimToken,
    ScimTokenDraft,
)
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def routes(federation: Federation) -> Routes:
    api = Routes("federation")

    @api.get("/providers", right="federation.provider.read")
    async def providers(actor: CurrentActor) -> list[Provider]:
        return await federation.providers(actor)

    @api.post("/providers", status=201, right="federation.provider.create", step_up=True)
    async def add_provider(
        draft: ProviderDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Provider:
        return await federation.add_provider(actor, draft, key)

    @api.get("/providers/{id}", right="federation.provider.read")
    async def provider(id: UUID, actor: CurrentActor) -> Provider:
        return await federation.provider(actor, id)

    @api.patch("/providers/{id}", right="federation.provider.edit", step_up=True)
    async def change_provider(
        id: UUID, change: ProviderChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Provider:
        return await federation.change_provider(actor, id, change, key)

    @api.delete("/providers/{id}", status=204, right="federation.provider.edit", step_up=True)
    async def remove_provider(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> None:
        await federation.remove_provider(actor, id, key)

    @api.get("/providers/{id}/findings", right="federation.provider.read")
    async def try_provider(id: UUID, actor: CurrentActor) -> list[Finding]:
        return await federation.try_provider(actor, id)

    @api.get("/providers/{id}/scim-tokens", right="federation.provider.read")
    async def scim_tokens(id: UUID, actor: CurrentActor) -> list[ScimToken]:
        return await federation.scim_tokens(actor, id)

    @api.post(
        "/providers/{id}/scim-tokens",
        status=201,
        right="federation.provider.edit",
        step_up=True,
    )
    async def add_scim_token(id: UUID, draft: ScimTokenDraft, actor: CurrentActor) -> NewScimToken:
        return await federation.add_scim_token(actor, id, draft)

    @api.delete(
        "/providers/{id}/scim-tokens/{token_id}",
        status=204,
        right="federation.provider.edit",
        step_up=True,
    )
    async def remove_scim_token(
        id: UUID, token_id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> None:
        await federation.remove_scim_token(actor, id, token_id, key)

    return api
