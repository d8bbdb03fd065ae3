"""A person's calendar for other programs: the address alone says whose, their rights say what."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from gausdo.gateway.identify import Identify
from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound
from gausdo.modules.activities.contract import NO_FEED, Activities
from gausdo.modules.identity.contract import Identity
from gausdo.platform.http import Authority, Routes

CALENDAR = "text/calendar"
NOT_MODIFIED = 304


def routes(activities: Activities, identity: Identity, identify: Identify) -> Routes:
    api = Routes("activities")

    @api.get("/calendar/{token}.ics", authority=Authority.SIGNATURE, media=(CALENDAR,))
    async def calendar_file(token: str, request: Request) -> Response:
        """Meetings and open tasks of whoever made the address, as iCalendar (RFC 5545): a year
        back and two ahead, to be subscribed to.
        """
        id = await activities.feed_of(token)
        actor = await _still(identity, id)
        await identify.demand_admitted(id, request.scope["gausdo.place"])
        file = await activities.feed_file(actor, _known(request))
        headers = {"etag": f'"{file.etag}"', "cache-control": "private, no-cache"}
        if file.content is None:
            return Response(status_code=NOT_MODIFIED, headers=headers)
        headers["content-disposition"] = 'inline; filename="gausdo.ics"'
        return Response(file.content, media_type=CALENDAR, headers=headers)

    return api


async def _still(identity: Identity, id: UUID) -> Actor:
    """Whoever the address was made by. Raises NotFound where they may not sign in any more, in
    the words for an address that leads nowhere: nobody learns from it who was here.
    """
    try:
        return await identity.actor(id)
    except NotFound as gone:
        raise NotFound(NO_FEED) from gone


def _known(request: Request) -> str | None:
    """The tag of what the reader has; a proxy that packs answers may have made it a weak one."""
    told = request.headers.get("if-none-match", "")
    return told.removeprefix("W/").strip('"') or None
