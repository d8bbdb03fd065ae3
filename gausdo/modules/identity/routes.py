"""Identity over HTTP. Signing in and out is the gateway's: it keeps the sessions."""

from gausdo.modules.identity.contract import (
    Identity,
    Me,
    Preferences,
    Role,
    Team,
    TeamDraft,
    User,
    UserDraft,
)
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def routes(identity: Identity) -> Routes:
    api = Routes("identity")

    @api.get("/me")
    async def me(actor: CurrentActor) -> Me:
        return await identity.me(actor)

    @api.patch("/me")
    async def change_preferences(preferences: Preferences, actor: CurrentActor) -> Me:
        return await identity.change_preferences(actor, preferences)

    @api.get("/users")
    async def users(actor: CurrentActor) -> list[User]:
        return await identity.users(actor)

    @api.post("/users", status=201)
    async def join(draft: UserDraft, actor: CurrentActor, key: IdempotencyKey = None) -> User:
        return await identity.join(actor, draft, key)

    @api.get("/teams")
    async def teams(actor: CurrentActor) -> list[Team]:
        return await identity.teams(actor)

    @api.post("/teams", status=201)
    async def add_team(draft: TeamDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Team:
        return await identity.add_team(actor, draft, key)

    @api.get("/roles")
    async def roles(actor: CurrentActor) -> list[Role]:
        return await identity.roles(actor)

    return api
