"""What has changed reaches those who may see it, and nobody else, at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic_core import from_json
from starlette.types import ASGIApp, Message

from gausdo.app import Gausdo
from gausdo.gateway.identify import COOKIE
from gausdo.kernel.actor import Actor
from gausdo.kernel.shares import ShareDraft
from gausdo.modules.identity.contract import Identity, RoleDraft, UserDraft
from gausdo.modules.sales.contract import DealChange, DealDraft, PipelineDraft, Sales
from gausdo.platform.sessions import Sessions
from tests.conftest import ADMIN, PASSWORD, People

pytestmark = pytest.mark.asyncio(loop_scope="session")
STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]


class Tab:
    """A browser's tab: the ASGI end of a WebSocket, in the session of `token`."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.heard: asyncio.Queue[Message] = asyncio.Queue()
        self.says: asyncio.Queue[Message] = asyncio.Queue()
        self.is_read = False

    async def receive(self) -> Message:
        self.is_read = True
        try:
            return await self.says.get()
        finally:
            self.is_read = False

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.close":
            assert not self.is_read, "granian sends no close while somebody still reads"
        await self.heard.put(message)

    async def next(self, seconds: float = 3) -> dict[str, Any]:
        """The next message about a record."""
        while True:
            message = await asyncio.wait_for(self.heard.get(), seconds)
            if message["type"] == "websocket.close":
                return message
            if message["type"] == "websocket.send":
                told = from_json(message["text"])
                if told["kind"] != "ping":
                    return dict(told)


@asynccontextmanager
async def tab(
    web: ASGIApp,
    gausdo: Gausdo,
    actor: Actor | None,
    path: str = "/api/v1/live",
    protocol: str | None = None,
    **headers: str,
) -> AsyncIterator[Tab]:
    told = {"host": "localhost", "sec-fetch-site": "same-origin", **headers}
    token = ""
    if actor is not None:
        token = await Sessions(gausdo.cache).open(actor.id)
        told["cookie"] = f"{COOKIE}={token}"
    scope = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "ws",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in told.items()],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "subprotocols": [protocol] if protocol else [],
    }
    opened = Tab(token)
    opened.says.put_nowait({"type": "websocket.connect"})
    running = asyncio.create_task(web(scope, opened.receive, opened.send))
    try:
        yield opened
    finally:
        opened.says.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(running, 30)


async def test_a_colleague_hears_of_a_deal_and_a_stranger_does_not(
    web: ASGIApp, gausdo: Gausdo, people: People, settled: Callable[[], Awaitable[None]]
) -> None:
    sales = gausdo.get(Sales)
    await sales.add_pipeline(ADMIN, PipelineDraft.model_validate({"name": "A", "stages": STAGES}))
    await settled()
    async with (
        tab(web, gausdo, people.bob) as colleague,
        tab(web, gausdo, people.eve) as stranger,
        tab(web, gausdo, people.head) as head,
    ):
        for opened in (colleague, stranger, head):
            assert (await opened.heard.get())["type"] == "websocket.accept"
        deal = await sales.open_deal(people.ann, DealDraft(title="Boat"))
        for opened in (colleague, head):
            told = await opened.next(1)
            assert (told["kind"], told["id"], told["version"]) == ("deal", str(deal.id), 1)
        await settled()
        assert stranger.heard.empty()
        change = {"version": 1, "owner_id": people.eve.id}

        await sales.change_deal(people.head, deal.id, DealChange.model_validate(change))
        for opened in (colleague, stranger, head):  # who loses it hears of it as well
            assert (await opened.next(1))["name"] == "sales.deal-changed.v1"


async def test_with_whom_a_record_is_shared_hears_of_its_changes(
    web: ASGIApp, gausdo: Gausdo, people: People, settled: Callable[[], Awaitable[None]]
) -> None:
    sales = gausdo.get(Sales)
    shown, other = [await sales.open_deal(people.ann, DealDraft(title="Boat")) for _ in range(2)]
    await sales.share_deal(people.head, shown.id, ShareDraft(with_id=people.eve.id))
    await settled()
    eve = await gausdo.get(Identity).actor(people.eve.id)
    async with tab(web, gausdo, eve) as opened:
        assert (await opened.heard.get())["type"] == "websocket.accept"
        for deal in (other, shown):
            change = DealChange(version=1, about="Repaired")
            await sales.change_deal(people.ann, deal.id, change)
        told = await opened.next(1)
        assert (told["kind"], told["id"]) == ("deal", str(shown.id))
        await sales.unshare_deal(people.head, shown.id, people.eve.id)
        while (message := await opened.next(3)).get("type") != "websocket.close":
            pass
        assert message["code"] == 4401  # it comes back with what is shared now


async def test_whose_grant_has_a_condition_is_told_no_id(
    web: ASGIApp, gausdo: Gausdo, people: People, settled: Callable[[], Awaitable[None]]
) -> None:
    """Neither of what it leaves out nor of what it does not: what comes is read again."""
    sales, identity = gausdo.get(Sales), gausdo.get(Identity)
    condition = {"field": "title", "op": "eq", "value": "Boat"}
    grants = [
        {"object": "sales.deal", "operation": "read", "reach": "all", "condition": condition},
        {"object": "sales.deal", "operation": "read", "reach": "own"},
    ]
    draft = RoleDraft.model_validate({"name": "Boats", "grants": grants})
    role = await identity.add_role(ADMIN, draft)
    user = UserDraft(name="Kim", email="kim@example.org", password=PASSWORD, roles=[role.id])
    kim = await identity.actor((await identity.join(ADMIN, user)).id)
    await settled()
    async with tab(web, gausdo, kim) as opened:
        assert (await opened.heard.get())["type"] == "websocket.accept"
        for title in ("Secret", "Boat"):
            deal = await sales.open_deal(people.ann, DealDraft(title=title))
            assert await opened.next(3) == {"kind": "deal"}
        change = DealChange.model_validate({"version": 1, "owner_id": kim.id})
        await sales.change_deal(people.head, deal.id, change)
        assert (await opened.next(3))["id"] == str(deal.id)  # it is Kim's own


async def test_a_session_that_has_ended_hears_no_more(
    web: ASGIApp, gausdo: Gausdo, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gausdo.gateway.live.PING", 0.1)
    async with tab(web, gausdo, people.ann) as opened:
        assert (await opened.heard.get())["type"] == "websocket.accept"
        ping = await asyncio.wait_for(opened.heard.get(), 3)
        assert from_json(ping["text"]) == {"kind": "ping"}
        await Sessions(gausdo.cache).close(opened.token)
        assert (await opened.next())["code"] == 4401


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_another_site_hears_nothing(
    web: ASGIApp, gausdo: Gausdo, people: People, site: str
) -> None:
    async with tab(web, gausdo, people.ann, **{"sec-fetch-site": site}) as opened:
        assert (await opened.next())["code"] == 4401


async def test_nobody_hears_nothing(web: ASGIApp, gausdo: Gausdo, people: People) -> None:
    async with tab(web, gausdo, None) as opened:
        assert (await opened.next())["code"] == 4401
