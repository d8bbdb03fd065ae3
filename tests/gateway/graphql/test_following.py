"""Live updates over graphql-transport-ws: heard by those who may see, for as long as they may."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic_core import from_json, to_json
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.gateway.graphql import application
from gausdo.gateway.identify import API
from gausdo.kernel.actor import Actor
from gausdo.modules.customers.contract import CompanyDraft, Customers
from gausdo.modules.sales.contract import DealChange, DealDraft, Sales
from gausdo.platform.epochs import Epochs
from gausdo.platform.sessions import Sessions
from tests.conftest import People
from tests.gateway.graphql.conftest import World
from tests.gateway.test_live import Tab, tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANGED = "subscription { changed { kind id version name deal { title company { name } } } }"


class Follower:
    """The client's end of the protocol, over the ASGI end of a socket."""

    def __init__(self, opened: Tab) -> None:
        self._tab = opened
        self.token = opened.token

    def says(self, type: str, **told: Any) -> None:
        text = to_json({"type": type, **told}).decode()
        self._tab.says.put_nowait({"type": "websocket.receive", "text": text})

    def subscribes(self, id: str = "1", query: str = CHANGED, **variables: Any) -> None:
        self.says("subscribe", id=id, payload={"query": query, "variables": variables})

    async def hears(self, seconds: float = 30) -> dict[str, Any]:
        """The next message; of a closed socket its code."""
        message = await asyncio.wait_for(self._tab.heard.get(), seconds)
        if message["type"] == "websocket.send":
            return dict(from_json(message["text"]))
        return {"type": message["type"], "code": message.get("code")}

    @property
    def is_quiet(self) -> bool:
        return self._tab.heard.empty()


@asynccontextmanager
async def socket(
    web: ASGIApp, gausdo: Gausdo, actor: Actor | None, **headers: str
) -> AsyncIterator[Follower]:
    async with tab(
        web, gausdo, actor, path="/graphql", protocol=application.PROTOCOL, **headers
    ) as opened:
        yield Follower(opened)


@asynccontextmanager
async def following(web: ASGIApp, gausdo: Gausdo, actor: Actor) -> AsyncIterator[Follower]:
    """An open socket that has been greeted and follows everything."""
    async with socket(web, gausdo, actor) as follower:
        assert (await follower.hears())["type"] == "websocket.accept"
        follower.says("connection_init")
        assert (await follower.hears())["type"] == "connection_ack"
        follower.subscribes()
        follower.says("ping")
        assert (await follower.hears())["type"] == "pong"
        yield follower


async def heard(gausdo: Gausdo, people: People, follower: Follower, actor: Actor) -> dict[str, Any]:
    """Deals are opened until the follower hears of one: when it listens is its own affair."""
    deadline = asyncio.get_running_loop().time() + 20
    while follower.is_quiet and asyncio.get_running_loop().time() < deadline:
        await gausdo.get(Sales).open_deal(actor, DealDraft(title="Knock"))
        await asyncio.sleep(0.1)
    return await follower.hears()


async def test_a_colleague_hears_of_a_deal_with_what_they_may_see_of_it(
    web: ASGIApp,
    gausdo: Gausdo,
    people: People,
    world: World,
    settled: Callable[[], Awaitable[None]],
) -> None:
    sales = gausdo.get(Sales)
    async with (
        following(web, gausdo, people.bob) as colleague,
        following(web, gausdo, people.eve) as stranger,
    ):
        for follower, actor in ((colleague, people.ann), (stranger, people.eve)):
            await heard(gausdo, people, follower, actor)
        await settled()
        while not (colleague.is_quiet and stranger.is_quiet):
            for follower in (colleague, stranger):
                while not follower.is_quiet:
                    await follower.hears()
        company = world.companies[0]
        deal = await sales.open_deal(people.ann, DealDraft(title="Boat", company_id=company.id))
        told = await colleague.hears()
        assert (told["type"], told["id"]) == ("next", "1")
        assert told["payload"] == {
            "data": {
                "changed": {
                    "kind": "deal",
                    "id": str(deal.id),
                    "version": 1,
                    "name": "sales.deal-opened.v1",
                    "deal": {"title": "Boat", "company": {"name": company.name}},
                }
            }
        }
        await settled()
        assert stranger.is_quiet
        change = DealChange.model_validate({"version": 1, "owner_id": people.eve.id})
        await sales.change_deal(people.head, deal.id, change)
        lost = (await colleague.hears())["payload"]["data"]["changed"]
        won = (await stranger.hears())["payload"]["data"]["changed"]
        assert (lost["id"], lost["deal"]) == (str(deal.id), None)  # not theirs to see any more
        assert won["deal"] == {"title": "Boat", "company": None}  # nor is ann's company eve's


async def test_only_the_kinds_one_asks_for_are_heard(
    web: ASGIApp, gausdo: Gausdo, people: People, world: World
) -> None:
    query = 'subscription { changed(kinds: ["company"]) { kind company { name } } }'
    async with following(web, gausdo, people.ann) as follower:
        await heard(gausdo, people, follower, people.ann)
        follower.says("complete", id="1")
        follower.subscribes("2", query)
        deadline = asyncio.get_running_loop().time() + 20
        told: dict[str, Any] = {}
        number = 0
        while told.get("id") != "2" and asyncio.get_running_loop().time() < deadline:
            await gausdo.get(Sales).open_deal(people.ann, DealDraft(title="Boat"))
            number += 1
            draft = CompanyDraft(name=f"Rose {number}")
            await gausdo.get(Customers).add_company(people.ann, draft)
            while not follower.is_quiet and told.get("id") != "2":
                told = await follower.hears()
            await asyncio.sleep(0.1)
        assert told["payload"]["data"]["changed"]["kind"] == "company"
        assert told["payload"]["data"]["changed"]["company"]["name"].startswith("Rose")


async def test_who_loses_rights_is_told_nothing_more(
    web: ASGIApp,
    gausdo: Gausdo,
    people: People,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gausdo.gateway.watch.LOOK", 600)  # the look at the session is not asked
    async with following(web, gausdo, people.ann) as follower, asyncio.timeout(20):
        await heard(gausdo, people, follower, people.ann)
        await Epochs(gausdo.cache).bump(people.ann.id)
        told = await heard(gausdo, people, follower, people.ann)
        while told["type"] == "next":  # what was on its way before
            told = await heard(gausdo, people, follower, people.ann)
        assert told == {"type": "complete", "id": "1"}


async def test_a_session_that_has_ended_closes_its_socket(
    web: ASGIApp, gausdo: Gausdo, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gausdo.gateway.watch.LOOK", 0.1)
    async with following(web, gausdo, people.bob) as follower:
        await Sessions(gausdo.cache).close(follower.token)
        told = await follower.hears()
        assert told == {"type": "websocket.close", "code": 4401}


async def test_a_program_follows_with_a_token_until_it_ends(
    web: ASGIApp, gausdo: Gausdo, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gausdo.gateway.watch.LOOK", 0.1)
    monkeypatch.setattr("gausdo.platform.tokens.SKEW", 0)
    token = gausdo.tokens.issue(str(people.eve.id), API, "at+jwt", 3)
    headers = {"authorization": f"Bearer {token}", "sec-fetch-site": "cross-site"}
    async with socket(web, gausdo, None, **headers) as follower:
        assert (await follower.hears())["type"] == "websocket.accept"
        follower.says("connection_init")
        assert (await follower.hears())["type"] == "connection_ack"
        assert await follower.hears() == {"type": "websocket.close", "code": 4401}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_another_site_follows_nothing(
    web: ASGIApp, gausdo: Gausdo, people: People, site: str
) -> None:
    async with socket(web, gausdo, people.ann, **{"sec-fetch-site": site}) as follower:
        assert (await follower.hears())["code"] == 4401
    async with socket(web, gausdo, None) as follower:
        assert (await follower.hears())["code"] == 4401


async def test_only_the_one_protocol_is_spoken(
    web: ASGIApp, gausdo: Gausdo, people: People
) -> None:
    async with tab(web, gausdo, people.ann, path="/graphql", protocol="graphql-ws") as opened:
        assert (await Follower(opened).hears())["code"] == 4406


async def test_who_does_not_greet_is_not_answered(
    web: ASGIApp, gausdo: Gausdo, people: People
) -> None:
    async with socket(web, gausdo, people.ann) as follower:
        assert (await follower.hears())["type"] == "websocket.accept"
        follower.subscribes()
        assert await follower.hears() == {"type": "websocket.close", "code": 4401}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ me { locale } }", "malformed"),
        ('mutation { add_task(draft: {title: "Call"}) { id } }', "malformed"),
        ("subscription { changed { kind ", "malformed"),
        ("subscription { changed { colour } }", "malformed"),
        ("subscription { changed { " + "kind " * 1000 + "} }", "graphql.too-complex"),
        (
            "subscription { changed { deal { " + "company { people { edges { node { " * 3
            + "name" + " } } } }" * 3 + " } } }",
            "graphql.too-complex",
        ),
    ],
)  # fmt: skip
async def test_a_socket_carries_live_updates_within_the_limits_and_nothing_else(
    web: ASGIApp, gausdo: Gausdo, people: People, query: str, code: str
) -> None:
    async with following(web, gausdo, people.ann) as follower:
        follower.subscribes("bad", query)
        told = await follower.hears()
        while told.get("id") != "bad":
            told = await follower.hears()
        assert told["type"] == "error"
        assert told["payload"][0]["extensions"]["code"] == code


async def test_sockets_and_subscriptions_are_counted(
    web: ASGIApp, gausdo: Gausdo, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with following(web, gausdo, people.ann) as follower:
        for number in range(1000):
            follower.subscribes(f"more {number}")
        refusals = 0
        while refusals < 990:
            told = await follower.hears()
            refusals += told["type"] == "error"
            assert told["type"] in {"error", "next"}
    monkeypatch.setattr(application, "SOCKETS", 1)
    async with following(web, gausdo, people.ann):
        async with socket(web, gausdo, people.ann) as second:
            assert (await second.hears())["code"] == 4429
        async with socket(web, gausdo, people.bob) as other:
            assert (await other.hears())["type"] == "websocket.accept"
    async with socket(web, gausdo, people.ann) as again:
        assert (await again.hears())["type"] == "websocket.accept"


async def test_a_message_that_is_too_long_ends_the_socket(
    web: ASGIApp, gausdo: Gausdo, people: People
) -> None:
    async with following(web, gausdo, people.ann) as follower:
        follower.subscribes("2", CHANGED, text="x" * application.BODY)
        assert await follower.hears() == {"type": "websocket.close", "code": 1009}


async def test_a_socket_that_stays_silent_is_closed(
    web: ASGIApp, gausdo: Gausdo, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "GREETING", 0.2)
    async with socket(web, gausdo, people.ann) as follower:
        assert (await follower.hears())["type"] == "websocket.accept"
        assert await follower.hears() == {"type": "websocket.close", "code": 4408}
