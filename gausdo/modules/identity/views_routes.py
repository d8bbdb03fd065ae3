"""Views of lists over HTTP."""

from uuid import UUID

from gausdo.kernel.views import View, ViewChange, ViewDraft
from gausdo.modules.identity.contract import Identity
from gausdo.platform.http import OWN, CurrentActor, IdempotencyKey, Routes


def views_routes(api: Routes, identity: Identity) -> None:
    @api.get("/views", right=OWN)
    async def views(actor: CurrentActor) -> list[View]:
        """One's own, those of one's teams and those that everybody has."""
        return await identity.views(actor)

    @api.post("/views", status=201, right=OWN)
    async def add_view(draft: ViewDraft, actor: CurrentActor, key: IdempotencyKey = None) -> View:
        return await identity.add_view(actor, draft, key)

    @api.get("/views/{id}", right=OWN)
    async def view(id: UUID, actor: CurrentActor) -> View:
        return await identity.view(actor, id)

    @api.patch("/views/{id}", right=OWN)
    async def change_view(
        id: UUID, change: ViewChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> View:
        return await identity.change_view(actor, id, change, key)

    @api.delete("/views/{id}", status=204, right=OWN)
    async def remove_view(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> None:
        await identity.remove_view(actor, id, key)

    @api.post("/views/{id}/default", right=OWN)
    async def choose_view(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> View:
        """One's list opens with it from now on."""
        return await identity.choose_view(actor, id, key)

    @api.delete("/views/{id}/default", right=OWN)
    async def leave_view(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> View:
        """One's list opens without a view again."""
        return await identity.leave_view(actor, id, key)
