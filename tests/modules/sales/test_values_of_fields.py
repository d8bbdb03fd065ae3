"""Fields that are unique, fields that lead to other records, and both in mass edits."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.imports import Became, Bringing, FileRow
from gausdo.kernel.values import new_id
from gausdo.modules.customers.contract import Customers
from gausdo.modules.sales.contract import PipelineDraft, Sales
from gausdo.modules.sales.tables import schema
from gausdo.platform.custom_indexes import build_asked
from gausdo.settings import Settings
from tests.conftest import ADMIN, As, People, Settled, superuser_dsn

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIELDS = [
    {"name": "Contract", "key": "contract", "type": "text", "unique": True},
    {"name": "Number", "key": "number", "type": "number", "unique": True},
    {"name": "Agency", "key": "agency", "type": "link", "links_to": "company"},
    {"name": "Before", "key": "before", "type": "link", "links_to": "deal"},
    {"name": "Weight", "key": "weight", "type": "number"},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def fields(gausdo: Gausdo, api: As, people: People) -> dict[str, Any]:
    stages = [
        {"name": "New", "probability": 10},
        {"name": "Won", "kind": "won", "probability": 100},
        {"name": "Lost", "kind": "lost", "probability": 0},
    ]
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": stages})
    await gausdo.get(Sales).add_pipeline(ADMIN, draft)
    made = {}
    for field in FIELDS:
        reply = await api(people.admin).post("/deal-fields", json=field)
        assert reply.status_code == 201, reply.text
        made[reply.json()["key"]] = reply.json()
    company = {"name": "Register", "key": "register", "type": "text", "unique": True}
    link = {"name": "Patron", "key": "patron", "type": "link", "links_to": "person"}
    for field in (company, link):
        assert (await api(people.admin).post("/company-fields", json=field)).status_code == 201
    return made


async def opened(client: httpx2.AsyncClient, title: str, **custom: object) -> httpx2.Response:
    return await client.post("/deals", json={"title": title, "custom": custom})


async def found(client: httpx2.AsyncClient, key: str, op: str, value: object) -> set[str]:
    asked = json.dumps({"field": f"custom.{key}", "op": op, "value": value})
    reply = await client.get("/deals", params={"filter": asked, "limit": 200})
    assert reply.status_code == 200, reply.text
    return {one["title"] for one in reply.json()["items"]}


async def company(client: httpx2.AsyncClient, name: str, **custom: object) -> dict[str, Any]:
    reply = await client.post("/companies", json={"name": name, "custom": custom})
    assert reply.status_code == 201, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def test_a_value_that_is_unique_is_had_by_one(api: As, people: People) -> None:
    ann, bob = api(people.ann), api(people.eve)
    first = (await opened(ann, "First", contract="A-1", number="12.50")).json()
    for client, custom in ((ann, {"contract": "a-1"}), (ann, {"number": 12.5})):
        refused = await opened(client, "Second", **custom)
        assert refused.status_code == 409, refused.text
        assert refused.json()["code"] == "custom-field.value-taken"
        assert refused.json()["data"]["name"] == "First"
    blind = await opened(bob, "Second", contract="A-1")
    assert blind.json()["data"] == {"field": "custom.contract", "name": None, "record_id": None}
    assert "First" not in blind.text
    second = (await opened(ann, "Second", contract="A-2")).json()
    path = f"/deals/{second['id']}"
    taken = await ann.patch(path, json={"version": 1, "custom": {"contract": "A-1"}})
    assert taken.status_code == 409
    assert (await ann.get(path)).json()["version"] == 1
    own = f"/deals/{first['id']}"
    same = await ann.patch(own, json={"version": 1, "custom": {"contract": "A-1"}})
    assert same.status_code == 200
    await ann.patch(own, json={"version": 1, "custom": {"contract": None}})
    given = await ann.patch(path, json={"version": 1, "custom": {"contract": "A-1"}})
    assert given.status_code == 200, given.text


async def test_of_many_at_once_one_has_the_value(api: As, people: People) -> None:
    ann = api(people.ann)
    replies = await asyncio.gather(
        *(opened(ann, f"Race {number}", contract="race") for number in range(8))
    )
    assert sorted(reply.status_code for reply in replies) == [201, *[409] * 7]


async def test_a_file_brings_no_value_twice(gausdo: Gausdo, people: People) -> None:
    how = Bringing.model_validate({"by": "title", "policy": "create"})
    rows = [
        FileRow(line=line, fields={"title": f"Row {line}", "custom": {"contract": contract}})
        for line, contract in ((1, "F-1"), (2, "f-1"), (3, "F-3"), (4, "race"))
    ]
    landed = await gausdo.get(Sales).bring(people.admin, "deals", rows, how, "brings")
    assert [one.became for one in landed] == [
        Became.CREATED, Became.REFUSED, Became.CREATED, Became.REFUSED
    ]  # fmt: skip
    assert landed[1].why is not None
    assert landed[1].why.field == "custom.contract"
    how = Bringing.model_validate({"by": "name", "policy": "create"})
    rows = [
        FileRow(line=line, fields={"name": f"Firm {line}", "custom": {"register": told}})
        for line, told in ((1, "R"), (2, "r"))
    ]
    landed = await gausdo.get(Customers).bring(people.admin, "companies", rows, how, "firms")
    assert [one.became for one in landed] == [Became.CREATED, Became.REFUSED]


async def test_what_is_there_twice_does_not_become_unique(api: As, people: People) -> None:
    admin, ann = api(people.admin), api(people.ann)
    field = {"name": "Badge", "key": "badge", "type": "text"}
    made = (await admin.post("/deal-fields", json=field)).json()
    deals = [(await opened(ann, f"Badge {n}", badge=told)).json() for n, told in enumerate("xX")]
    path = f"/deal-fields/{made['id']}"
    refused = await admin.patch(path, json={"version": 1, "unique": True})
    assert refused.json()["errors"][0]["code"] == "not-unique"
    alter = {"version": 1, "custom": {"badge": "y"}}
    assert (await ann.patch(f"/deals/{deals[0]['id']}", json=alter)).status_code == 200
    marked = await admin.patch(path, json={"version": 1, "unique": True})
    assert marked.status_code == 200, marked.text
    for wrong in ({"type": "bool"}, {"type": "text", "default": "x"}):
        reply = await admin.post("/deal-fields", json={"name": "W", "unique": True, **wrong})
        assert reply.status_code == 422, reply.text


async def test_a_link_leads_to_what_one_may_see(api: As, people: People) -> None:
    ann, eve = api(people.ann), api(people.eve)
    firm = await company(ann, "Agency")
    deal = (await opened(ann, "Led", agency=firm["id"])).json()
    assert deal["custom"] == {"agency": firm["id"]}
    later = (await opened(ann, "Later", before=deal["id"])).json()
    assert later["custom"] == {"before": deal["id"]}
    for client, custom in (
        (eve, {"agency": firm["id"]}), (ann, {"agency": str(new_id())}),
        (ann, {"before": firm["id"]}), (ann, {"agency": "Agency"}),
    ):  # fmt: skip
        refused = await opened(client, "Lost", **custom)
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["field"] == f"custom.{next(iter(custom))}"
    assert await found(ann, "agency", "eq", firm["id"]) == {"Led"}
    assert await found(ann, "agency", "in", [firm["id"], str(new_id())]) == {"Led"}
    assert "Led" not in await found(ann, "agency", "ne", firm["id"])


async def test_a_link_follows_a_merge_and_its_undoing(
    api: As, people: People, settled: Settled
) -> None:
    ann, admin = api(people.ann), api(people.admin)
    stays, goes = await company(ann, "Stays"), await company(ann, "Goes")
    await opened(ann, "To the merged", agency=goes["id"])
    draft = {"other_id": goes["id"], "version": 1, "other_version": 1, "take": []}
    merged = await admin.post(f"/companies/{stays['id']}/merge", json=draft)
    assert merged.status_code in {200, 201}, merged.text
    await settled()
    assert await found(ann, "agency", "eq", stays["id"]) == {"To the merged"}
    parted = await admin.post(f"/companies/merges/{merged.json()['id']}/part", json={})
    assert parted.status_code == 200, parted.text
    await settled()
    assert await found(ann, "agency", "eq", stays["id"]) == set()
    assert await found(ann, "agency", "eq", goes["id"]) == {"To the merged"}


async def test_many_records_are_given_a_value_and_it_is_taken_back(
    api: As, people: People, settled: Settled
) -> None:
    ann = api(people.ann)
    deals = [(await opened(ann, f"Many {n}", weight=n)).json() for n in range(3)]
    of = {"ids": [deal["id"] for deal in deals]}
    edit = {"of": of, "change": {"custom": {"weight": "1.0"}}}
    preview = await ann.post("/deals/mass-edits/preview", json=edit)
    assert preview.status_code == 200, preview.text
    assert preview.json()["changing"] == 3
    made = (await ann.post("/deals/mass-edits", json=edit)).json()
    await settled()
    assert {one["title"] for one in await told(ann, of["ids"])} == {f"Many {n}" for n in range(3)}
    assert [one["custom"] for one in await told(ann, of["ids"])] == [{"weight": "1.0"}] * 3
    await ann.post(f"/deals/mass-edits/{made['id']}/undo")
    await settled()
    assert [one["custom"]["weight"] for one in await told(ann, of["ids"])] == ["0", "1", "2"]
    for custom in ({"contract": "one of all"}, {"weight": "much"}, {"agency": str(new_id())}):
        wrong = await ann.post("/deals/mass-edits", json={"of": of, "change": {"custom": custom}})
        assert wrong.status_code == 422, wrong.text


async def told(client: httpx2.AsyncClient, ids: list[str]) -> list[dict[str, Any]]:
    reply = await client.get("/deals", params={"ids": ",".join(ids), "sort": "title"})
    items: list[dict[str, Any]] = reply.json()["items"]
    return items


async def test_what_is_unique_or_a_link_has_its_index(gausdo: Gausdo, settings: Settings) -> None:
    built = await asyncio.to_thread(build_asked, superuser_dsn(settings), schema)
    assert {"cu_deal_contract", "cu_deal_number", "cf_deal_agency", "cf_deal_before"} <= {*built}
    assert await asyncio.to_thread(build_asked, superuser_dsn(settings), schema) == []
