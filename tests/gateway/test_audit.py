"""The audit as those read it who answer for the installation."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
import structlog.testing
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.gateway import audit_routes, witness
from gausdo.gateway.witness import MANY, Witness
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.values import new_id, now
from gausdo.modules.identity.contract import Identity
from tests.conftest import PASSWORD, As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module", autouse=True)
def told_when_asked() -> Iterator[None]:
    """What is refused is written down when the test says so."""
    flush, witness.FLUSH = witness.FLUSH, 3600.0
    yield
    witness.FLUSH = flush


PAGE = {"headers": {"sec-fetch-site": "same-origin"}}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ada(api: As, people: People) -> AsyncIterator[dict[str, Any]]:
    """A person Ann has added, who then moved and got a phone."""
    ann = api(people.ann)
    person = (await ann.post("/people", json={"name": "Ada Byron", "city": "London"})).json()
    for change in ({"city": "Paris"}, {"phones": ["+44 20 7946 0958"]}):
        told = {**change, "version": person["version"]}
        person = (await ann.patch(f"/people/{person['id']}", json=told)).json()
    return person


async def asked(client: httpx2.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    reply = await client.get("/audit", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()["items"]


async def test_the_audit_says_who_when_from_where_and_what(
    api: As, people: People, ada: dict[str, Any]
) -> None:
    newest, moved, added = await asked(api(people.admin), record=ada["id"])
    assert (added["name"], added["actor_name"]) == ("customers.person-added.v1", "Ann")
    assert (added["module"], added["kind"], added["via"]) == ("customers", "person", "token")
    assert (added["address"], added["session"]) == ("127.0.0.1", "token")
    assert added["changes"]["name"] == [None, "Ada Byron"]
    assert moved["changes"] == {"city": ["London", "Paris"]}
    assert newest["at"] > moved["at"] > added["at"]


async def test_every_filter_narrows(api: As, people: People, ada: dict[str, Any]) -> None:
    admin = api(people.admin)
    all_of = await asked(admin, limit=200)
    assert {"identity", "customers"} <= {one["module"] for one in all_of}

    async def same(field: str, value: object, **query: Any) -> None:
        found = await asked(admin, limit=200, **query)
        assert found == [one for one in all_of if one[field] == value] != []

    await same("actor_id", str(people.ann.id), person=str(people.ann.id))
    await same("module", "customers", module="customers")
    await same("kind", "user", kind="user")
    await same("name", "identity.user-joined.v1", name="identity.user-joined.v1")
    await same("via", "system", via="system")
    await same("address", "127.0.0.1", address="127.0.0.1")
    await same("record_id", ada["id"], record=ada["id"], kind="person")
    assert await asked(admin, record=ada["id"], kind="deal") == []
    at = all_of[2]["at"]
    assert await asked(admin, since=at, limit=200) == all_of[:3]
    assert await asked(admin, until=at, limit=200) == all_of[3:]
    assert await asked(admin, event=all_of[3]["id"]) == [all_of[3]]
    assert await asked(admin, event=str(new_id())) == []


async def test_a_text_is_found_in_what_was_before_and_after(
    api: As, people: People, ada: dict[str, Any]
) -> None:
    admin, since = api(people.admin), (now() - timedelta(days=1)).isoformat()
    for text in ("byron", "7946", "LONDON"):
        found = await asked(admin, text=text, since=since)
        assert {one["record_id"] for one in found} == {ada["id"]}
    assert await asked(admin, text="100%", person=str(people.ann.id)) == []
    assert await asked(admin, text="name", record=ada["id"]) == []
    reply = await admin.get("/audit", params={"text": "byron"})
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (422, "too-wide")


async def test_pages_go_on_over_all_modules(api: As, people: People) -> None:
    admin = api(people.admin)
    whole = await asked(admin, limit=200)
    pages, after = [], None
    while True:
        query = {"limit": 3, **({"after": after} if after else {})}
        page = (await admin.get("/audit", params=query)).json()
        pages += page["items"]
        after = page["next"]
        if after is None:
            break
    assert pages[-len(whole) :] == whole
    reply = await admin.get("/audit", params={"after": "nowhere"})
    assert reply.json()["errors"][0]["code"] == "cursor"


async def test_it_is_told_what_can_be_asked_for(
    api: As, people: People, ada: dict[str, Any]
) -> None:
    events = (await api(people.admin).get("/audit/events")).json()
    assert {"module": "customers", "kind": "person", "name": "customers.person-added.v1"} in events
    assert {one["module"] for one in events} <= {"customers", "identity", "sales"}


async def test_only_who_has_the_right_reads_or_exports_it(api: As, people: People) -> None:
    for path in ("/audit", "/audit/events", "/audit/export"):
        reply = await api(people.head).get(path)
        right = "administration.audit." + ("export" if "export" in path else "read")
        assert (reply.status_code, reply.json()["data"]) == (403, {"right": right})


async def test_an_export_is_whole_safe_and_written_down(
    api: As, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_routes, "TOGETHER", 2)
    formula = '=HYPERLINK("http://evil")'
    reply = await api(people.bob).post("/people", json={"name": formula, "city": "+1"})
    record = reply.json()["id"]
    for city in ("-2", "Oslo", None):
        told = {"city": city, "version": reply.json()["version"]}
        reply = await api(people.bob).patch(f"/people/{record}", json=told)
    admin = api(people.admin)
    table = await admin.get("/audit/export", params={"record": record})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    name = f'attachment; filename="audit-{now():%Y-%m-%d}.csv"'
    assert table.headers["content-disposition"] == name
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    cities = [row["after"] for row in rows if row["field"] == "city"]
    assert cities == ["", "Oslo", "'-2", "'+1"]
    assert "'" + formula in [row["after"] for row in rows]
    told = await admin.get("/audit/export", params={"record": record, "format": "jsonl"})
    entries = [json.loads(line) for line in told.text.splitlines()]
    assert entries == await asked(admin, record=record)
    (second, first) = await asked(admin, kind="export")
    assert (first["actor_id"], first["address"]) == (str(people.admin.id), "127.0.0.1")
    assert second["name"] == "identity.records-exported.v1"


async def test_what_is_refused_is_written_down_once_with_how_often(
    api: As, people: People, gausdo: Gausdo, web: ASGIApp, ada: dict[str, Any]
) -> None:
    seen = web.app._witness
    await seen.flush()
    earlier = len(await bodies(gausdo, "refusal"))
    eve, bob = api(people.eve), api(people.bob)
    for _ in range(3):
        assert (await eve.get("/parked-events")).status_code == 403
    change = {"city": "Oslo", "version": ada["version"]}
    assert (await bob.patch(f"/people/{ada['id']}", json=change)).status_code == 403
    asking = {"query": "mutation($id: UUID!, $c: PersonChange!) "
                       "{ change_person(id: $id, change: $c) { id } }",
              "variables": {"id": ada["id"], "c": change}}  # fmt: skip
    told = await bob.post("http://localhost/graphql", json=asking)
    assert told.json()["errors"][0]["extensions"]["code"] == "forbidden", told.text
    forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."
    for _ in range(2):
        reply = await api(None).get("/deals", headers={"authorization": f"Bearer {forged}"})
        assert reply.status_code == 401
    assert len(await bodies(gausdo, "refusal")) == earlier  # nobody waited for it
    await seen.flush()
    found = (await bodies(gausdo, "refusal"))[earlier:]
    assert [(one["name"], one["body"].get("right"), one["body"]["times"]) for one in found] == [
        ("identity.access-refused.v1", "events.parked.read", 3),
        ("identity.access-refused.v1", "customers.person.edit", 1),
        ("identity.access-refused.v1", "customers.person.edit", 1),
        ("identity.token-rejected.v1", None, 2),
    ]
    assert [one["body"].get("path") for one in found[:3]] == [
        "/api/v1/parked-events", "/api/v1/people/{id}", "/graphql",
    ]  # fmt: skip
    assert found[1]["body"]["record_id"] == ada["id"]
    assert {one["address"] for one in found} == {"127.0.0.1"}
    assert [one["actor_id"] for one in found] == [people.eve.id, *2 * [people.bob.id], None]
    (told, *_) = await asked(api(people.admin), name="identity.token-rejected.v1")
    assert (told["actor_name"], told["details"]["times"], told["changes"]) == (None, 2, {})


async def bodies(gausdo: Gausdo, kind: str) -> list[dict[str, Any]]:
    history = gausdo.databases["identity"].schema.history
    async with gausdo.databases["identity"].begin() as tx:
        query = history.select().where(history.c.kind == kind).order_by(history.c.id)
        return [dict(row._mapping) for row in await tx.session.execute(query)]


async def test_a_request_that_is_refused_is_in_the_log_whoever_sent_it(
    web: ASGIApp, api: As, people: People
) -> None:
    seen = web.app._witness
    await seen.flush()
    wrong = {"email": "nobody@example.org", "password": "topsecret-1c7e"}
    for _ in range(2):
        assert (await api(None).get("/deals")).status_code == 401
        assert (await api(people.eve).get(f"/companies/{uuid4()}")).status_code == 404
    assert (await api(people.eve).get("/deals", params={"sort": "x"})).status_code == 422
    assert (await api(people.eve).post("/tasks", json={"titel": "x"})).status_code == 422
    assert (await api(None).post("/session", json=wrong)).status_code == 403  # from no page
    assert (await api(None).post("/session", json=wrong, **PAGE)).status_code == 401
    with structlog.testing.capture_logs() as lines:
        await seen.flush()
        await seen.flush()
    told = [line for line in lines if line["event"] == "request refused"]
    eve = str(people.eve.id)
    found = [(one["code"], one["route"], one["person"], one["times"]) for one in told]
    assert found == [
        ("signed-out", "/api/v1/deals", None, 2),
        ("not-found", "/api/v1/companies/{id}", eve, 2),
        ("invalid", "/api/v1/deals", eve, 1),
        ("invalid", "/api/v1/tasks", eve, 1),
        ("forbidden", "/api/v1/session", None, 1),
        ("identity.wrong-credentials", "/api/v1/session", None, 1),
    ]
    assert {one["address"] for one in told} == {"127.0.0.1"}
    assert "topsecret" not in str(lines)


async def test_a_flood_of_refusals_writes_little(
    gausdo: Gausdo, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    seen = Witness(gausdo.get(Identity))
    before = len(await bodies(gausdo, "refusal"))
    for number in range(3 * MANY):
        scope = {"method": "GET", "path": f"/{number}", "gausdo.address": f"10.0.0.{number}"}
        seen.refused(people.eve, Forbidden("No."), scope)
        seen.note(Forbidden("No."), scope)
    for _ in range(5000):
        seen.rejected("203.0.113.7")
    with structlog.testing.capture_logs() as lines:
        await seen.flush()
    assert len([line for line in lines if line["event"] == "request refused"]) == MANY
    assert any("left_out" in line for line in lines)
    assert len(await bodies(gausdo, "refusal")) == before + MANY
    await seen.flush()
    assert len(await bodies(gausdo, "refusal")) == before + MANY


async def test_a_session_is_told_from_a_token(
    gausdo: Gausdo, web: ASGIApp, api: As, people: People
) -> None:
    transport = httpx2.ASGITransport(web, client=("203.0.113.9", 1))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://localhost/api/v1", **PAGE
    ) as ann:
        told = {"email": "ann@example.org", "password": PASSWORD}
        reply = await ann.post("/session", json=told)
        cookie = reply.headers["set-cookie"].split(";")[0]
        reply = await ann.post("/people", json={"name": "Ida"}, headers={"cookie": cookie})
        assert reply.status_code == 201, reply.text
        id = UUID(reply.json()["id"])
    (entry,) = await asked(api(people.admin), record=str(id))
    assert (entry["via"], entry["session"], entry["address"]) == (
        "person", "session", "203.0.113.9",
    )  # fmt: skip


async def test_nobody_but_gausdo_bears_witness(gausdo: Gausdo, people: People) -> None:
    with pytest.raises(Forbidden):
        await gausdo.get(Identity).witness(people.admin, [])
