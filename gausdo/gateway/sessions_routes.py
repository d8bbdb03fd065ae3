"""Where one is signed in, and the end of it."""

from uuid import UUID

from fastapi import Request

from gausdo.gateway.identify import Caller
from gausdo.kernel.errors import NotFound
from gausdo.kernel.values import Value
from gausdo.modules.authentication.contract import Authentication, LiveSession
from gausdo.platform.http import OWN, CurrentActor, Routes


class MySessions(Value):
    """`current` is the one that asks, when it is one of a browser."""

    sessions: list[LiveSession]
    current: UUID | None


class Ended(Value):
    """How many sessions were ended."""

    count: int


def routes(authentication: Authentication) -> Routes:
    api = Routes("sessions")

    @api.get("/me/sessions", right=OWN)
    async def my_sessions(actor: CurrentActor, request: Request) -> MySessions:
        caller: Caller = request.scope["gausdo.caller"]
        found = await authentication.sessions(actor, actor.id)
        return MySessions(sessions=found, current=caller.session_id)

    @api.delete("/me/sessions", right=OWN, step_up=True)
    async def end_my_other_sessions(actor: CurrentActor, request: Request) -> Ended:
        """All but the one that asks."""
        caller: Caller = request.scope["gausdo.caller"]
        count = await authentication.end_sessions(actor, actor.id, but=caller.session_id)
        return Ended(count=count)

    @api.delete("/me/sessions/{id}", status=204, right=OWN, step_up=True)
    async def end_my_session(id: UUID, actor: CurrentActor) -> None:
        await _end_one(authentication, actor, actor.id, id)

    @api.get("/users/{id}/sessions", right="authentication.session.read")
    async def sessions_of_user(id: UUID, actor: CurrentActor) -> list[LiveSession]:
        return await authentication.sessions(actor, id)

    @api.delete("/users/{id}/sessions", right="authentication.session.edit")
    async def end_sessions_of_user(id: UUID, actor: CurrentActor) -> Ended:
        return Ended(count=await authentication.end_sessions(actor, id))

    @api.delete(
        "/users/{id}/sessions/{session_id}", status=204, right="authentication.session.edit"
    )
    async def end_session_of_user(id: UUID, session_id: UUID, actor: CurrentActor) -> None:
        await _end_one(authentication, actor, id, session_id)

    return api


async def _end_one(
    authentication: Authentication, actor: CurrentActor, user_id: UUID, session_id: UUID
) -> None:
    if not await authentication.end_sessions(actor, user_id, only=session_id):
        raise NotFound("There is no such session, or no longer.")
