"""Passwords over HTTP: one's own, and those that are set by the link of a letter."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import StringConstraints

from gausdo.gateway.door import DEVICE, REMEMBERED, Door, visitor_of
from gausdo.gateway.identify import Caller, cookie_header, same_origin
from gausdo.kernel.credentials import LinkPassword, LinkState, LinkToken, PasswordChange
from gausdo.kernel.values import Draft, Value
from gausdo.platform.http import OWN, Authority, CurrentActor, Routes


class ForgottenPassword(Draft):
    """By whom a password was forgotten."""

    email: Annotated[str, StringConstraints(max_length=254, strip_whitespace=True, min_length=3)]


class PasswordSet(Value):
    """Who may sign in with it now."""

    email: str


def routes(door: Door) -> Routes:
    api = Routes("passwords")
    authentication = door.authentication

    @api.post("/session/reset", status=202, authority=Authority.PUBLIC)
    async def ask_for_reset(told: ForgottenPassword, request: Request) -> None:
        """A letter goes to whoever has this address; the answer is the same when nobody has."""
        same_origin(request.headers)
        await authentication.ask_for_reset(told.email, visitor_of(request))

    @api.post("/session/link", authority=Authority.PUBLIC)
    async def link_state(told: LinkToken, request: Request) -> LinkState:
        """Whose link of a letter it is, and what for; looking at it does not use it."""
        same_origin(request.headers)
        return await authentication.link(told)

    @api.post("/session/password", authority=Authority.PUBLIC)
    async def set_password(told: LinkPassword, request: Request, response: Response) -> PasswordSet:
        """By the link of a letter, once. One signs in with it then, with all that takes."""
        same_origin(request.headers)
        used = await authentication.set_password(told, visitor_of(request))
        response.headers.append(
            "set-cookie", cookie_header(DEVICE, used.device, REMEMBERED, samesite="strict")
        )
        return PasswordSet(email=used.email)

    @api.post("/me/password", status=204, right=OWN)
    async def change_password(
        change: PasswordChange, actor: CurrentActor, request: Request
    ) -> None:
        """All other sessions end."""
        caller: Caller = request.scope["gausdo.caller"]
        visitor = visitor_of(request)
        await authentication.change_password(actor, change, visitor, caller.session_id)

    return api
