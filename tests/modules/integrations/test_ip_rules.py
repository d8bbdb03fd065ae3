"""From where one may come: rules for everybody and for roles."""

from collections.abc import AsyncIterator
from ipaddress import ip_network
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from nats.aio.client import Client
from starlette.datastructures import Headers
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.bring import clear_ip_rules
from gausdo.gateway.gate import place_of
from gausdo.gateway.live import OVER
from gausdo.serve import serving
from tests.browsers import Browser
from tests.conftest import As, People, superuser
from tests.gateway.test_live import tab
from tests.modules.integrations.test_api_keys import HEAD, MANAGER, Program, made, program
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
ADMINISTRATOR = "01900000-0000-7000-8000-000000000001"
__all__ = ["program"]


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def without_rules(gausdo: Gausdo) -> AsyncIterator[None]:
    yield
    await clear_ip_rules(gausdo.settings)


async def ruled(api: As, people: People, **rules: Any) -> httpx2.Response:
    admin = api(people.admin)
    version = (await admin.get("/ip-rules")).json()["version"]
    return await admin.patch("/ip-rules", json={"version": version, **rules})


async def test_nobody_comes_from_elsewhere(
    api: As, people: People, gausdo: Gausdo, web: ASGIApp, nats: Client, program: Program
) -> None:
    """Not with a session, a key, a password or nothing; and in no other process either."""
    key = (await made(api, people.admin))["secret"]
    async with (
        Browser(web, "198.51.100.7") as browser,
        serving(gausdo, lambda live: live.listen(nats)) as another,
    ):
        assert (await browser.sign_in("ann@example.org")).status_code == 200
        assert (await browser.ask("GET", "/me")).status_code == 200
        elsewhere = {"transport": httpx2.ASGITransport(another, client=("198.51.100.7", 1))}
        bearer = {"authorization": f"Bearer {key}"}
        at = f"{program(key).base_url}me"
        async with httpx2.AsyncClient(**elsewhere, headers=bearer) as other:
            assert (await other.get(at)).status_code == 200
            saved = await ruled(api, people, networks=["127.0.0.0/8", "2001:db8::/32"])
            assert saved.status_code == 200, saved.text
            assert saved.json()["address"] == "127.0.0.1"
            for reply in (
                await browser.ask("GET", "/me"),
                await browser.sign_in("ann@example.org"),
                await program(key).get("/me"),
                await other.get(at),
                await Browser(web, "198.51.100.7").ask("GET", "/session"),
            ):
                assert (reply.status_code, reply.json()["code"]) == (403, "address-refused")
                assert reply.json()["data"] == {"address": "198.51.100.7"}
        assert (await program(key, "2001:db8::77").get("/me")).status_code == 200
        assert (await program(key, "127.0.0.1").get("/me")).status_code == 200


async def test_a_role_comes_from_its_networks(
    api: As, people: People, web: ASGIApp, program: Program
) -> None:
    rules = [{"role_id": MANAGER, "networks": ["203.0.113.0/24"]}]
    assert (await ruled(api, people, roles=rules)).status_code == 200
    managers, heads = await made(api, people.admin), await made(api, people.admin, HEAD)
    for address, status in (("203.0.113.5", 200), ("198.51.100.7", 403)):
        async with Browser(web, address) as ann, Browser(web, address) as head:
            assert (await ann.sign_in("ann@example.org")).status_code == status
            assert (await ann.ask("GET", "/me")).status_code == (200 if status == 200 else 401)
            await head.sign_in("head@example.org")
            assert (await head.ask("GET", "/deals")).status_code == 200
        assert (await program(managers["secret"], address).get("/deals")).status_code == status
        assert (await program(heads["secret"], address).get("/deals")).status_code == 200


async def test_live_connections_end_with_the_rule_that_would_not_let_them_in(
    api: As, people: People, gausdo: Gausdo, web: ASGIApp
) -> None:
    async with tab(web, gausdo, people.ann) as opened:
        assert (await opened.heard.get())["type"] == "websocket.accept"
        rules = [{"role_id": MANAGER, "networks": ["203.0.113.0/24"]}]
        assert (await ruled(api, people, roles=rules)).status_code == 200
        assert (await opened.next())["code"] == OVER
    async with tab(web, gausdo, people.ann) as again:
        assert (await again.heard.get())["type"] == "websocket.close"


@pytest.mark.parametrize(
    "rules",
    [
        {"networks": ["203.0.113.0/24"]},
        {"roles": [{"role_id": ADMINISTRATOR, "networks": ["203.0.113.0/24"]}]},
    ],
)
async def test_nobody_shuts_out_themselves(api: As, people: People, rules: dict[str, Any]) -> None:
    refused = await ruled(api, people, **rules)
    assert (refused.status_code, refused.json()["code"]) == (409, "integrations.would-shut-out")
    assert refused.json()["data"]["address"] == "127.0.0.1"
    told = (await api(people.admin).get("/ip-rules")).json()
    assert (told["networks"], told["roles"]) == ([], [])


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"networks": ["10.0.0.0/99"]}, "networks.0"),
        ({"networks": ["localhost"]}, "networks.0"),
        ({"networks": ["::ffff:10.0.0.0/104"]}, "networks.0"),
        ({"roles": [{"role_id": ADMINISTRATOR, "networks": []}]}, "roles.0.networks"),
        (
            {"roles": [{"role_id": ADMINISTRATOR[:-1] + "f", "networks": ["10.0.0.1"]}]},
            "roles.0.role_id",
        ),
    ],
)
async def test_what_is_wrong_with_a_rule_is_named(
    api: As, people: People, rules: dict[str, Any], field: str
) -> None:
    refused = await ruled(api, people, **rules)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == [field]


async def test_only_who_may_sees_and_changes_them(api: As, people: People) -> None:
    ann = api(people.ann)
    assert (await ann.get("/ip-rules")).status_code == 403
    assert (await ann.patch("/ip-rules", json={"version": 1})).status_code == 403


async def test_the_command_lets_everybody_in_again(
    api: As, people: People, gausdo: Gausdo, program: Program
) -> None:
    key = (await made(api, people.admin))["secret"]
    assert (await ruled(api, people, networks=["127.0.0.1"])).status_code == 200
    assert (await program(key).get("/me")).status_code == 403
    await clear_ip_rules(gausdo.settings)
    assert (await program(key).get("/me")).status_code == 200


async def test_who_was_turned_away_is_in_the_audit(
    api: As, people: People, gausdo: Gausdo, program: Program
) -> None:
    key = (await made(api, people.admin))["secret"]
    assert (await program(key).get("/me")).status_code == 200
    await ruled(api, people, networks=["127.0.0.1"])
    for _ in range(3):
        await program(key, "198.51.100.99").get("/me")
    asked = {"name": "integrations.address-refused.v1", "address": "198.51.100.99"}

    async def entries() -> Any:
        return (await api(people.admin).get("/audit", params=asked)).json()["items"]

    (entry,) = await eventually(entries)
    assert entry["session"].startswith("key:")
    assert entry["actor_id"] == str(people.admin.id)
    with superuser(gausdo) as db:
        (body,) = db.execute(
            "select body from integrations.history where name = %s and address = %s",
            [asked["name"], asked["address"]],
        ).fetchone()
    assert body["times"] == 3


async def test_what_a_client_says_of_itself_is_believed_of_proxies_only() -> None:
    proxies = [ip_network("10.0.0.0/8")]
    told = Headers({"x-forwarded-for": "127.0.0.1, 203.0.113.9"})
    assert place_of({"client": ("198.51.100.7", 1)}, told, proxies).exact == "198.51.100.7"
    assert place_of({"client": ("10.1.1.1", 1)}, told, proxies).exact == "203.0.113.9"
    assert place_of({"client": ("10.1.1.1", 1)}, told, []).exact == "10.1.1.1"
