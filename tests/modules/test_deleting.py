"""Records are deleted and brought back: alone, or many at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.modules.sales.contract import Pipeline, PipelineDraft, Sales
from tests.conftest import ADMIN, As, People
from tests.modules.customers.test_mass_edits import done, ended, instead
from tests.modules.test_restoring import STAGES, answered, changed

pytestmark = pytest.mark.asyncio(loop_scope="session")

Settled = Callable[[], Awaitable[None]]
KINDS: dict[str, dict[str, Any]] = {
    "companies": {
        "name": "Удалённая",
        "inn": "7707083893",
        "city": "Тверь",
        "tags": ["a"],
        "phones": ["+7 912 000-55-66", "+7 912 000-55-77"],
        "emails": ["old@firm.example"],
        "about": "Сосед",
    },
    "people": {
        "name": "Пётр Ильин",
        "position": "Директор",
        "emails": ["petr@firm.example"],
        "document": "4510 123456",
    },
    "deals": {"title": "Поставка", "worth": {"amount": "5.00", "currency": "RUB"}, "about": "x"},
}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo: Gausdo, people: People) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Продажи", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


@pytest.fixture
def head(api: As, people: People) -> httpx2.AsyncClient:
    return api(people.head)


async def added(client: httpx2.AsyncClient, kind: str, **told: Any) -> Any:
    """One of the kind; another firm or person than all before, unless told."""
    if kind != "deals":
        told = {"name": f"Имя {uuid4()}", "emails": [], "phones": []} | told
    if kind == "companies":
        told = {"inn": None} | told
    return await answered(await client.post(f"/{kind}", json=KINDS[kind] | told), 201)


async def deleted(client: httpx2.AsyncClient, kind: str, record: Any) -> Any:
    query = {"version": record["version"]}
    return await answered(await client.delete(f"/{kind}/{record['id']}", params=query))


async def listed(client: httpx2.AsyncClient, place: str, **query: Any) -> list[Any]:
    page = await answered(await client.get(place, params={"limit": 200, **query}))
    items: list[Any] = page["items"]
    return items


async def ids(client: httpx2.AsyncClient, place: str, **query: Any) -> set[str]:
    return {one["id"] for one in await listed(client, place, **query)}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deleted_record_is_nowhere_and_comes_back_as_it_was(
    head: httpx2.AsyncClient, people: People, settled: Settled, kind: str
) -> None:
    told = await added(head, kind, **KINDS[kind])
    share = {"with_id": str(people.eve.id), "level": "read"}
    await answered(await head.post(f"/{kind}/{told['id']}/shares", json=share))
    before = await answered(await head.get(f"/{kind}/{told['id']}"))
    gone = await deleted(head, kind, told)
    assert (gone["name"], gone["by_name"], gone["restorable"]) == (
        told.get("name") or told["title"], "Head", True,
    )  # fmt: skip
    kept = datetime.fromisoformat(gone["until"]) - datetime.fromisoformat(gone["at"])
    assert kept == timedelta(days=30)

    word = (told.get("name") or told["title"]).split()[0]
    assert told["id"] not in await ids(head, f"/{kind}")
    assert told["id"] not in await ids(head, f"/{kind}", q=word)
    assert not await ids(head, f"/{kind}", ids=told["id"])
    found = await answered(await head.get("/search", params={"q": word}))
    assert told["id"] not in str(found)
    refused = await head.get(f"/{kind}/{told['id']}")
    assert (refused.status_code, refused.json()["code"]) == (404, "deleted")
    assert refused.json()["data"] == gone
    change = {"version": told["version"] + 1, "about": "y"}
    assert (await head.patch(f"/{kind}/{told['id']}", json=change)).status_code == 404
    again = await head.delete(f"/{kind}/{told['id']}", params={"version": gone["version"]})
    assert again.status_code == 404
    assert told["id"] in await ids(head, f"/{kind}/deleted")

    back = await answered(await head.post(f"/{kind}/{told['id']}/restore"))
    now = await answered(await head.get(f"/{kind}/{told['id']}"))
    assert now == before | {"version": back["version"]}
    assert told["id"] in await ids(head, f"/{kind}", q=word)
    assert told["id"] not in await ids(head, f"/{kind}/deleted")
    shares = await answered(await head.get(f"/{kind}/{told['id']}/shares"))
    assert [one["with_id"] for one in shares] == [str(people.eve.id)]
    if kind == "people":
        kept = await answered(await head.get(f"/{kind}/{told['id']}/document"))
        assert kept["number"].replace(" ", "") == "4510123456"
    history = await answered(await head.get(f"/{kind}/{told['id']}/history"))
    assert [one["name"].split("-")[-1] for one in history[:2]] == ["restored.v1", "removed.v1"]
    assert [one["actor_name"] for one in history[:2]] == ["Head", "Head"]
    # it is changed as any other, and deleted once more
    later = await changed(head, f"/{kind}", now, about="z")
    assert (await deleted(head, kind, later))["version"] == later["version"] + 1
    await settled()


async def test_somebody_who_has_not_seen_it_as_it_is_deletes_nothing(
    head: httpx2.AsyncClient,
) -> None:
    told = await added(head, "companies")
    await changed(head, "/companies", told, city="Омск")
    path = f"/companies/{told['id']}"
    stale = await head.delete(path, params={"version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["data"]["changes"] == {"city": ["Тверь", "Омск"]}
    assert (await head.delete(path)).status_code == 422
    assert (await head.get(path)).status_code == 200
    key = {"idempotency-key": str(uuid4())}
    first, second = [
        await answered(await head.delete(path, params={"version": 2}, headers=key)) for _ in "12"
    ]
    assert first == second


async def test_only_who_may_deletes_and_brings_back_and_others_learn_no_more_than_they_could_see(
    api: As, people: People, head: httpx2.AsyncClient
) -> None:
    mine = await added(api(people.ann), "people", name="Чужой Иван")
    path, version = f"/people/{mine['id']}", {"version": 1}
    for actor, status in ((people.ann, 403), (people.bob, 403), (people.eve, 404)):
        reply = await api(actor).delete(path, params=version)
        assert reply.status_code == status, reply.text
    assert (await api(people.ann).delete(path, params=version)).json()["data"] == {
        "right": "customers.person.delete"
    }
    await deleted(head, "people", mine)
    seen = (await api(people.bob).get(path)).json()
    assert (seen["code"], seen["data"]["restorable"]) == ("deleted", False)
    assert (await api(people.bob).post(f"{path}/restore")).status_code == 403
    hidden = (await api(people.eve).get(path)).json()
    assert (hidden["code"], hidden.get("data")) == ("not-found", {})
    assert (await api(people.eve).post(f"{path}/restore")).status_code == 404
    assert mine["id"] in await ids(api(people.ann), "/people/deleted")
    assert mine["id"] not in await ids(api(people.eve), "/people/deleted")
    only = {"object": "customers.person", "reach": "all"}
    condition = {"field": "city", "op": "eq", "value": "Пермь"}
    grants = [only | {"operation": "read"}]
    async with instead(api, people, [grants[0] | {"condition": condition}]):
        assert mine["id"] not in await ids(api(people.ann), "/people/deleted")
    async with instead(api, people, [*grants, only | {"operation": "delete"}]):
        assert (await api(people.ann).post(f"{path}/restore")).status_code == 200


async def test_what_named_a_deleted_record_keeps_its_link_and_shows_nothing_of_it(
    head: httpx2.AsyncClient, settled: Settled, pipeline: Pipeline
) -> None:
    firm = await added(head, "companies", name="Общая")
    person = await added(head, "people", company_id=firm["id"])
    deal = await added(head, "deals", company_id=firm["id"], contact_id=person["id"])
    about = {"kind": "company", "id": firm["id"]}
    task = await answered(await head.post("/tasks", json={"title": "Звонок", "about": about}), 201)
    await settled()
    before = [
        await answered(await head.get(f"/{place}"))
        for place in (f"people/{person['id']}", f"deals/{deal['id']}")
    ]
    await deleted(head, "companies", firm)
    await settled()
    seen = await answered(await head.get(f"/people/{person['id']}"))
    assert not (seen["company"] or {}).get("name")
    seen = await answered(await head.get(f"/deals/{deal['id']}"))
    assert not (seen["company"] or {}).get("name")
    tasks = [one for one in await listed(head, "/tasks") if one["id"] == task["id"]]
    assert "Общая" not in str(tasks)
    refused = await head.post("/tasks", json={"title": "Ещё", "about": about})
    assert refused.status_code == 404
    await answered(await head.post(f"/companies/{firm['id']}/restore"))
    await settled()
    assert before == [
        await answered(await head.get(f"/{place}"))
        for place in (f"people/{person['id']}", f"deals/{deal['id']}")
    ]


async def test_a_deleted_deal_is_in_no_sum_and_none_of_the_reports(
    head: httpx2.AsyncClient, settled: Settled, pipeline: Pipeline
) -> None:
    async def counted() -> tuple[int, Any]:
        board = await answered(await head.get(f"/pipelines/{pipeline.id}/board"))
        column = board["columns"][0]
        return column["count"], column["sums"]

    before = await counted()
    deal = await added(head, "deals")
    assert (await counted())[0] == before[0] + 1
    await deleted(head, "deals", deal)
    assert await counted() == before
    await answered(await head.post(f"/deals/{deal['id']}/restore"))
    assert (await counted())[0] == before[0] + 1
    moved = {"stage_id": str(pipeline.stages[1].id), "version": deal["version"] + 2}
    won = await answered(await head.post(f"/deals/{deal['id']}/move", json=moved))
    assert won["kind"] == "won"
    await settled()


async def test_the_same_may_be_added_once_it_is_deleted_and_then_it_does_not_come_back(
    head: httpx2.AsyncClient, api: As, people: People
) -> None:
    told = {"name": "Двойник", "inn": "5024002119", "emails": ["twin@firm.example"], "phones": []}
    first = await added(head, "companies", **told)
    twice = await head.post("/companies", json=KINDS["companies"] | told)
    assert twice.json()["code"] == "customers.duplicate"
    gone = await deleted(head, "companies", first)
    looks = {"name": "Совсем другое", "inn": told["inn"]}
    [suspect] = await answered(await head.post("/companies/suspects", json=looks))
    assert (suspect["id"], suspect["deleted_at"], suspect["clues"]) == (
        first["id"], gone["at"], ["inn"],
    )  # fmt: skip
    looks = {"name": "Совсем другое", "emails": told["emails"]}
    [suspect] = await answered(await head.post("/companies/suspects", json=looks))
    assert (suspect["id"], suspect["clues"]) == (first["id"], ["email"])
    assert not await answered(await api(people.eve).post("/companies/suspects", json=looks))
    second = await added(head, "companies", **told)
    refused = await head.post(f"/companies/{first['id']}/restore")
    assert (refused.status_code, refused.json()["code"]) == (409, "customers.duplicate")
    assert first["id"] in await ids(head, "/companies/deleted")
    await deleted(head, "companies", second)
    await answered(await head.post(f"/companies/{first['id']}/restore"))


async def test_the_deleted_are_listed_page_by_page_by_whom_and_when(
    head: httpx2.AsyncClient, api: As, people: People
) -> None:
    admin = api(people.admin)
    firms = [await added(head, "companies") for _ in range(5)]
    gone = [await deleted(admin, "companies", one) for one in firms[:3]]
    gone += [await deleted(head, "companies", one) for one in firms[3:]]
    told: list[str] = []
    query: dict[str, Any] = {"limit": 2, "since": gone[0]["at"]}
    while True:
        page = await answered(await head.get("/companies/deleted", params=query))
        told += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert told == [one["id"] for one in reversed(gone)]
    by = await ids(head, "/companies/deleted", by_id=str(people.admin.id), since=gone[0]["at"])
    assert by == {one["id"] for one in gone[:3]}
    assert firms[0]["id"] not in await ids(head, "/companies/deleted", before=gone[0]["at"])
    assert (await head.get("/companies/deleted", params={"q": "x"})).status_code == 422


async def everything(
    client: httpx2.AsyncClient, kind: str, records: list[Any]
) -> list[dict[str, Any]]:
    page = await listed(client, f"/{kind}", ids=",".join(one["id"] for one in records))
    return sorted(
        ({name: one[name] for name in one if name != "version"} for one in page),
        key=lambda one: str(one["id"]),
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_after_the_undo_of_a_mass_deletion_all_is_as_it_was(
    api: As, people: People, head: httpx2.AsyncClient, settled: Settled, kind: str
) -> None:
    records = [*await asyncio.gather(*(added(head, kind) for _ in range(4)))]
    foreign = await added(api(people.admin), kind)
    before = await everything(head, kind, records)
    asked = {"of": {"ids": [one["id"] for one in [*records, foreign]]}, "delete": True}
    preview = await answered(await head.post(f"/{kind}/mass-edits/preview", json=asked))
    assert (preview["changing"], preview["same"], preview["refused"]) == (4, 0, 0)
    assert preview["unseen"] == 1
    both = asked | {"change": {"owner_id": str(people.ann.id)}}
    assert (await head.post(f"/{kind}/mass-edits/preview", json=both)).status_code == 422
    none = await api(people.ann).post(f"/{kind}/mass-edits", json=asked)
    assert (none.status_code, none.json()["code"]) == (403, "forbidden")
    told = await done(api, people.head, settled, asked, kind)
    assert (told["act"], told["state"], told["changed"], told["left"]) == ("delete", "done", 4, 1)
    assert not await everything(head, kind, records)
    history = await listed(head, f"/{kind}/deleted", ids=records[0]["id"])
    assert history[0]["by_name"] == "Head"

    await answered(await head.post(f"/{kind}/{records[0]['id']}/restore"))  # by hand
    back = await undone(api, people.head, settled, told, kind)
    assert (back["act"], back["undoes"], back["changed"], back["left"]) == (
        "restore", told["id"], 3, 1,
    )  # fmt: skip
    assert await everything(head, kind, records) == before
    last = await everything(head, kind, records[1:2])
    one = await answered(await head.get(f"/{kind}/{last[0]['id']}"))
    await changed(head, f"/{kind}", one, about="иначе")
    again = await undone(api, people.head, settled, back, kind)
    assert (again["act"], again["changed"], again["left"]) == ("delete", 2, 1)
    assert [why["code"] for why in again["why"]] == ["stale"]


async def undone(api: As, actor: Actor, settled: Settled, edit: Any, kind: str) -> Any:
    reply = await api(actor).post(f"/{kind}/mass-edits/{edit['id']}/undo")
    return await ended(api, actor, settled, reply, kind)
