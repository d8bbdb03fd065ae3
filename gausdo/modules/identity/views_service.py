"""What one can do with views of lists."""

from dataclasses import dataclass
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.lists import Askable, askable
from gausdo.kernel.views import View, ViewChange, ViewDraft
from gausdo.modules.identity import views
from gausdo.platform.db import Database


@dataclass(frozen=True)
class ViewsService:
    """The part of `IdentityService` that knows how people look at lists."""

    db: Database

    async def list_fields(self, actor: Actor) -> list[Askable]:
        return askable(actor)

    async def views(self, actor: Actor) -> list[View]:
        async with self.db.begin(actor) as tx:
            return await views.every(tx, actor)

    async def view(self, actor: Actor, id: UUID) -> View:
        async with self.db.begin(actor) as tx:
            row = await views.one(tx, actor, id)
            return (await views.shown(tx, actor, [row]))[0]

    async def add_view(self, actor: Actor, draft: ViewDraft, key: str | None = None) -> View:
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = await views.add(tx, actor, draft)
                tx.tell((await views.shown(tx, actor, [row]))[0])
            return tx.answer(View)

    async def change_view(
        self, actor: Actor, id: UUID, change: ViewChange, key: str | None = None
    ) -> View:
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await views.change(tx, actor, id, change)
                tx.tell((await views.shown(tx, actor, [row]))[0])
            return tx.answer(View)

    async def remove_view(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                await views.remove(tx, actor, id)

    async def choose_view(self, actor: Actor, id: UUID, key: str | None = None) -> View:
        async with self.db.begin(actor, key, ("choose", id)) as tx:
            if not tx.told:
                row = await views.one(tx, actor, id)
                await views.choose(tx, actor, row)
                tx.tell((await views.shown(tx, actor, [row]))[0])
            return tx.answer(View)

    async def leave_view(self, actor: Actor, id: UUID, key: str | None = None) -> View:
        async with self.db.begin(actor, key, ("leave", id)) as tx:
            if not tx.told:
                row = await views.one(tx, actor, id)
                await views.leave(tx, actor, row)
                tx.tell((await views.shown(tx, actor, [row]))[0])
            return tx.answer(View)
