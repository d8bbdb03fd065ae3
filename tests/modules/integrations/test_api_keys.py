"""API keys: what a program may with one, and when it is over."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from gausdo.app import Gausdo, rebuild
from gausdo.gateway import programs
from gausdo.gateway.live import OVER
from gausdo.kernel.actor import Origin, Reach, Right
from gausdo.kernel.values import now
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.key_form import is_whole
from tests.conftest import As, People, superuser
from tests.gateway.test_live import tab

pytestmark = pytest.mark.asyncio(loop_scope="session")
ADMINISTRATOR, HEAD, MANAGER = (f"01900000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
Program = Callable[..., httpx2.AsyncClient]


@pytest.fixture
def program(web: ASGIApp) -> Program:
    """`program(secret)`: a client with that key, at an address of its own."""

    def one(secret: str, address: str = "198.51.100.7") -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(web, client=(address, 1)),
            base_url="http://localhost/api/v1",
            headers={"authorization": f"Bearer {secret}"},
        )

    return one


async def made(api: As, maker: Any, *roles: str, **told: Any) -> dict[str, Any]:
    draft = {"name": "Shop", "roles": list(roles) or [MANAGER], **told}
    reply = await api(maker).post("/api-keys", json=draft)
    assert reply.status_code == 201, reply.text
    return reply.json()


async def test_a_key_is_told_once_and_kept_hashed(
    api: As, people: People, gausdo: Gausdo, program: Program
) -> None:
    told = await made(api, people.admin)
    secret = told["secret"]
    assert is_whole(secret)
    assert secret.endswith(told["key"]["hint"])
    assert (await program(secret).get("/deals")).status_code == 200
    (listed,) = (await api(people.admin).get("/api-keys")).json()
    assert listed["used_from"] == "198.51.100.7"
    assert "secret" not in listed
    with superuser(gausdo) as db:
        for table in ("api_key", "history", "outbox", "answer"):
            rows = db.execute(f"select t::text from integrations.{table} t").fetchall()
            told = secret[4:-6], secret[4:-6].encode().hex()
            assert not [row for (row,) in rows if any(one in row for one in told)], table


async def test_a_key_does_what_its_role_may_in_its_makers_name(
    api: As, people: People, program: Program
) -> None:
    told = await made(api, people.admin)
    shop = program(told["secret"])
    added = await shop.post("/companies", json={"name": "By the shop"})
    assert added.status_code == 201, added.text
    assert added.json()["owner_id"] == str(people.admin.id)
    refused = await shop.get("/audit")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    history = await api(people.admin).get("/audit", params={"record": added.json()["id"]})
    (entry,) = history.json()["items"]
    assert (entry["via"], entry["session"]) == ("key", f"key:{told['key']['id']}")
    assert entry["actor_id"] == str(people.admin.id)
    its_own = f"/companies/{added.json()['id']}/history"
    (seen,) = (await api(people.admin).get(its_own)).json()
    assert (seen["via"], seen["key_id"], seen["rule_id"]) == ("key", told["key"]["id"], None)
    (seen,) = (await shop.get(its_own)).json()
    assert (seen["via"], seen["key_id"], seen["address"]) == ("key", None, None)


async def test_nobody_makes_a_key_that_may_more_than_they(
    api: As, people: People, gausdo: Gausdo
) -> None:
    admin = api(people.admin)
    grants = [
        {"object": "integrations.key", "operation": operation, "reach": "all"}
        for operation in ("create", "read", "edit")
    ]
    grants.append({"object": "sales.deal", "operation": "read", "reach": "own"})
    role = (await admin.post("/roles", json={"name": "Developer", "grants": grants})).json()
    users = {one["email"]: one for one in (await admin.get("/users")).json()}
    bob = users["bob@example.org"]
    change = {"version": bob["version"], "roles": [role["id"]]}
    assert (await admin.patch(f"/users/{bob['id']}", json=change)).status_code == 200
    actor = await gausdo.get(Identity).actor(people.bob.id)
    draft = {"name": "Wide", "roles": [MANAGER]}
    refused = await api(actor).post("/api-keys", json=draft)
    assert (refused.status_code, refused.json()["code"]) == (403, "identity.beyond-own-rights")
    refused = await api(people.ann).post("/api-keys", json=draft)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await made(api, actor, role["id"]))["key"]["roles"][0]["name"] == "Developer"


@pytest.mark.parametrize("wrong", ["roles", "days", "networks", "limit", "name"])
async def test_what_is_wrong_with_a_new_key_is_named(api: As, people: People, wrong: str) -> None:
    bad = {
        "roles": ["01900000-0000-7000-8000-00000000dead"],
        "days": 367,
        "networks": ["10.0.0.0/33"],
        "limit": 0,
        "name": " ",
    }
    draft = {"name": "Shop", "roles": [MANAGER], wrong: bad[wrong]}
    refused = await api(people.admin).post("/api-keys", json=draft)
    assert refused.status_code == 422
    assert [one["field"].partition(".")[0] for one in refused.json()["errors"]] == [wrong]


async def test_a_key_is_over_everywhere_once_it_is_revoked(
    api: As, people: People, program: Program
) -> None:
    told = await made(api, people.admin)
    shop = program(told["secret"])
    assert (await shop.get("/me")).status_code == 200
    path = f"/api-keys/{told['key']['id']}"
    assert (await api(people.admin).delete(path)).status_code == 204
    refused = await shop.get("/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "signed-out")
    (listed,) = [
        one
        for one in (await api(people.admin).get("/api-keys")).json()
        if one["id"] == told["key"]["id"]
    ]
    assert listed["revoked_at"]
    changed = await api(people.admin).patch(path, json={"version": 2, "name": "Again"})
    assert changed.json()["code"] == "integrations.key-over"
    events = (await api(people.admin).get("/audit", params={"record": told["key"]["id"]})).json()
    assert [one["name"] for one in events["items"]] == [
        "integrations.key-revoked.v1",
        "integrations.key-made.v1",
    ]


async def test_what_a_key_has_open_ends_with_it(
    api: As, people: People, gausdo: Gausdo, web: ASGIApp
) -> None:
    told = await made(api, people.admin)
    bearer = {"authorization": f"Bearer {told['secret']}"}
    async with tab(web, gausdo, None, **bearer) as opened:
        assert (await opened.heard.get())["type"] == "websocket.accept"
        assert (await api(people.admin).delete(f"/api-keys/{told['key']['id']}")).is_success
        assert (await opened.next())["code"] == OVER


async def test_a_key_ends_by_itself(
    api: As, people: People, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is still kept in memory."""
    told = await made(api, people.admin, days=1)
    shop = program(told["secret"])
    assert (await shop.get("/me")).status_code == 200
    monkeypatch.setattr(programs, "now", lambda: now() + timedelta(days=1, seconds=1))
    assert (await shop.get("/me")).status_code == 401


async def test_a_key_that_has_ended_is_not_changed(
    api: As, people: People, program: Program, gausdo: Gausdo
) -> None:
    told = await made(api, people.admin)
    with superuser(gausdo) as db:
        ended = now() - timedelta(seconds=1), told["key"]["id"]
        db.execute("update integrations.api_key set expires_at = %s where id = %s", ended)
    assert (await program(told["secret"]).get("/me")).status_code == 401
    path = f"/api-keys/{told['key']['id']}"
    refused = await api(people.admin).patch(path, json={"version": 1, "name": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "integrations.key-over")


async def test_what_the_maker_or_the_role_loses_the_key_loses(
    api: As, people: People, program: Program
) -> None:
    admin = api(people.admin)
    grants = [{"object": "sales.deal", "operation": "read", "reach": "all"}]
    role = (await admin.post("/roles", json={"name": "Reader", "grants": grants})).json()
    shop = program((await made(api, people.admin, role["id"]))["secret"])
    assert (await shop.get("/deals")).status_code == 200
    change = {"version": role["version"], "grants": []}
    assert (await admin.patch(f"/roles/{role['id']}", json=change)).status_code == 200
    assert (await shop.get("/deals")).status_code == 403


async def test_a_key_manages_neither_itself_nor_anybody(
    api: As, people: People, program: Program
) -> None:
    """However wide its role is."""
    told = await made(api, people.admin, ADMINISTRATOR)
    shop = program(told["secret"])
    id, user = told["key"]["id"], people.ann.id
    for method, path, body in (
        ("POST", "/api-keys", {"name": "More", "roles": [MANAGER]}),
        ("DELETE", f"/api-keys/{id}", None),
        ("POST", "/session/token", None),
        ("PATCH", "/me", {"locale": "ru"}),
        ("GET", "/me/sessions", None),
        ("DELETE", "/me/sessions", None),
        ("GET", "/me/factors", None),
        ("POST", "/me/recovery-codes", None),
        ("POST", "/users", {}),
        ("PATCH", f"/users/{user}", {"version": 1}),
        ("DELETE", f"/users/{user}/factors", None),
        ("DELETE", f"/users/{user}/sessions", None),
        ("GET", f"/users/{user}/sessions", None),
        ("PATCH", "/sign-in-policy", {"version": 1}),
        ("POST", "/roles", {"name": "x", "grants": []}),
        ("GET", "/providers", None),
        ("GET", "/audit", None),
        ("POST", "/rules", {}),
    ):
        reply = await shop.request(method, path, json=body)
        assert (reply.status_code, reply.json()["code"]) == (403, "forbidden"), (method, path)
    entering = await shop.post("/me/factors/totp")
    assert entering.status_code == 401


async def test_a_key_comes_from_its_networks_only(
    api: As, people: People, program: Program
) -> None:
    told = await made(api, people.admin, networks=["203.0.113.0/24", "2001:db8::1"])
    for address, status in (
        ("203.0.113.9", 200),
        ("2001:db8::1", 200),
        ("2001:db8::2", 403),
        ("198.51.100.7", 403),
    ):
        reply = await program(told["secret"], address).get("/me")
        assert reply.status_code == status, address
    assert (reply.json()["code"], reply.json()["data"]) == (
        "address-refused",
        {"address": "198.51.100.7"},
    )
    path = f"/api-keys/{told['key']['id']}"
    change = {"version": 1, "networks": ["198.51.100.7"]}
    assert (await api(people.admin).patch(path, json=change)).status_code == 200
    assert (await program(told["secret"]).get("/me")).status_code == 200


async def test_a_key_has_a_limit_of_its_own(api: As, people: People, program: Program) -> None:
    shop = program((await made(api, people.admin, limit=3))["secret"])
    replies = [await shop.get("/me") for _ in range(4)]
    assert [one.status_code for one in replies] == [200, 200, 200, 429]
    assert (await api(people.admin).get("/me")).status_code == 200


async def test_what_was_never_a_key_is_refused_like_one_that_is_over(
    api: As, people: People, program: Program
) -> None:
    secret = (await made(api, people.admin))["secret"]
    last = "0" if secret[-1] != "0" else "1"
    replies = await asyncio.gather(
        *(program(one).get("/me") for one in ("gsd_", secret[:-1] + last, secret[:-1], "gsd_x.y"))
    )
    bodies = [{**one.json(), "trace_id": None} for one in replies]
    assert all(one.status_code == 401 for one in replies)
    assert all(one == bodies[0] for one in bodies)


async def test_a_neighbour_rebuilds_no_more_than_the_key_may(
    api: As, people: People, gausdo: Gausdo
) -> None:
    told = await made(api, people.admin, MANAGER)
    origin = Origin(address="198.51.100.7", session=f"key:{told['key']['id']}")
    whole = await rebuild(gausdo)(people.admin.id, None, None)
    narrow = await rebuild(gausdo)(people.admin.id, None, origin)
    edit = Right("sales.deal", "edit")
    assert {grant.reach for grant in whole.granted(edit)} == {Reach.ALL}
    assert {grant.reach for grant in narrow.granted(edit)} == {Reach.OWN}
    assert not narrow.may(Right("identity.role", "edit"))
