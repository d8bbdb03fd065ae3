"""Identity over HTTP. Signing in and out is the gateway's: it keeps the sessions."""

from uuid import UUID

from gausdo.kernel.rights import Guarded
from gausdo.modules.identity.contract import (
    Identity,
    Me,
    Preferences,
    Role,
    RoleChange,
    RoleDraft,
    Standing,
    Team,
    TeamChange,
    TeamDraft,
    User,
    UserChange,
    UserDraft,
)
from gausdo.modules.identity.hours_contract import WorkingTime, WorkingTimeChange
from gausdo.modules.identity.views_routes import views_routes
from gausdo.platform.http import OWN, CurrentActor, IdempotencyKey, Routes


def routes(identity: Identity) -> Routes:
    api = Routes("identity")

    @api.get("/me", right=OWN)
    async def me(actor: CurrentActor) -> Me:
        return await identity.me(actor)

    @api.patch("/me", right=OWN)
    async def change_preferences(preferences: Preferences, actor: CurrentActor) -> Me:
        return await identity.change_preferences(actor, preferences)

    @api.get("/users", right="identity.user.read")
    async def users(actor: CurrentActor) -> list[User]:
        return await identity.users(actor)

    @api.post("/users", status=201, right="identity.user.create", step_up=True)
    async def join(draft: UserDraft, actor: CurrentActor, key: IdempotencyKey = None) -> User:
        return await identity.join(actor, draft, key)

    @api.patch("/users/{id}", right="identity.user.edit", step_up=True)
    async def change_user(
        id: UUID, change: UserChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> User:
        return await identity.change_user(actor, id, change, key)

    @api.get("/users/{id}/standing", right=OWN)
    async def standing(id: UUID, actor: CurrentActor) -> Standing:
        return await identity.standing(actor, id)

    views_routes(api, identity)
    _hours(api, identity)
    _teams(api, identity)
    _roles(api, identity)
    return api


def _hours(api: Routes, identity: Identity) -> None:
    @api.get("/users/{id}/working-time", right=OWN)
    async def working_time(id: UUID, actor: CurrentActor) -> WorkingTime:
        """One's own, or of somebody one looks after."""
        return await identity.working_time(actor, id)

    @api.patch("/users/{id}/working-time", right=OWN)
    async def change_working_time(
        id: UUID, change: WorkingTimeChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> WorkingTime:
        return await identity.change_working_time(actor, id, change, key)


def _teams(api: Routes, identity: Identity) -> None:
    @api.get("/teams", right="identity.user.read")
    async def teams(actor: CurrentActor) -> list[Team]:
        return await identity.teams(actor)

    @api.post("/teams", status=201, right="identity.team.create", step_up=True)
    async def add_team(draft: TeamDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Team:
        return await identity.add_team(actor, draft, key)

    @api.patch("/teams/{id}", right="identity.team.edit", step_up=True)
    async def change_team(
        id: UUID, change: TeamChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Team:
        return await identity.change_team(actor, id, change, key)

    @api.delete("/teams/{id}", status=204, right="identity.team.edit", step_up=True)
    async def remove_team(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> None:
        await identity.remove_team(actor, id, key)


def _roles(api: Routes, identity: Identity) -> None:
    @api.get("/roles", right="identity.user.read")
    async def roles(actor: CurrentActor) -> list[Role]:
        return await identity.roles(actor)

    @api.get("/roles/shipped", right="identity.user.read")
    async def shipped_roles(actor: CurrentActor) -> list[Role]:
        return await identity.shipped_roles(actor)

    @api.get("/rights", right="identity.user.read")
    async def catalogue(actor: CurrentActor) -> list[Guarded]:
        return await identity.catalogue(actor)

    @api.post("/roles", status=201, right="identity.role.create", step_up=True)
    async def add_role(draft: RoleDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Role:
        return await identity.add_role(actor, draft, key)

    @api.patch("/roles/{id}", right="identity.role.edit", step_up=True)
    async def change_role(
        id: UUID, change: RoleChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Role:
        return await identity.change_role(actor, id, change, key)

    @api.delete("/roles/{id}", status=204, right="identity.role.edit", step_up=True)
    async def remove_role(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> None:
        await identity.remove_role(actor, id, key)
