"""A field gets the value back that it had before an entry of its record's history."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.modules.sales.contract import Pipeline, PipelineDraft, Sales
from tests.conftest import ADMIN, As, People, superuser

pytestmark = pytest.mark.asyncio(loop_scope="session")

STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]


async def answered(reply: httpx2.Response, status: int = 200) -> Any:
    assert reply.status_code == status, reply.text
    return reply.json()


async def changed(client: httpx2.AsyncClient, path: str, record: Any, **told: Any) -> Any:
    reply = await client.patch(
        f"{path}/{record['id']}", json={**told, "version": record["version"]}
    )
    return await answered(reply)


async def restored(
    client: httpx2.AsyncClient, path: str, record: Any, field: str, entry: int = 0
) -> httpx2.Response:
    """Before the newest entry but `entry`."""
    here = f"{path}/{record['id']}/history"
    entries = await answered(await client.get(here))
    told = {"entry_id": entries[entry]["id"], "field": field, "version": record["version"]}
    return await client.post(f"{here}/restore", json=told)


CASES = [
    ("/people", {"name": "Ada"}, "name", "Ida", "Ada"),
    ("/people", {"name": "Bea", "phones": ["+7 912 000-11-33"]}, "phones", [], None),
    ("/companies", {"name": "Hill"}, "city", "Kazan", None),
    ("/deals", {"title": "Boat", "worth": {"amount": "5.00", "currency": "EUR"}}, "worth", None,
     {"amount": "5.00", "currency": "EUR"}),
    ("/deals", {"title": "Ship"}, "expected_on", "2027-01-31", None),
    ("/tasks", {"title": "Call"}, "state", "done", "open"),
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pipeline(gausdo: Gausdo, people: People) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


@pytest.mark.parametrize(("path", "draft", "field", "after", "before"), CASES)
async def test_an_earlier_value_comes_back_by_an_ordinary_change(
    api: As, people: People, pipeline: Pipeline, path: str, draft: Any, field: str, after: Any,
    before: Any,
) -> None:  # fmt: skip
    ann = api(people.ann)
    made = await answered(await ann.post(path, json=draft), 201)
    first = made[field]
    record = await changed(ann, path, made, **{field: after})
    assert record[field] != first
    back = await answered(await restored(ann, path, record, field))
    assert (back[field], back["version"]) == (first, 3)
    if before is not None:
        assert back[field] == before
    newest, *_ = await answered(await ann.get(f"{path}/{made['id']}/history"))
    assert (newest["actor_name"], newest["version"], list(newest["changes"])) == ("Ann", 3, [field])


async def test_a_deal_goes_back_to_its_stage_with_its_reason(
    api: As, people: People, pipeline: Pipeline
) -> None:
    ann, (new, _, lost) = api(people.ann), pipeline.stages
    deal = await answered(await ann.post("/deals", json={"title": "Raft"}), 201)
    for stage, reason in ((lost, "Too dear"), (new, None)):
        told = {"stage_id": str(stage.id), "lost_reason": reason, "version": deal["version"]}
        deal = await answered(await ann.post(f"/deals/{deal['id']}/move", json=told))
    deal = await answered(await restored(ann, "/deals", deal, "stage_id"))
    assert (deal["stage_id"], deal["lost_reason"]) == (str(lost.id), "Too dear")


async def test_what_cannot_come_back_is_refused(
    api: As, people: People, pipeline: Pipeline, gausdo: Gausdo
) -> None:
    ann, bob, eve = api(people.ann), api(people.bob), api(people.eve)
    person = await answered(await ann.post("/people", json={"name": "Cyd", "city": "Omsk"}), 201)
    person = await changed(ann, "/people", person, name="Cid", city="Perm")

    async def refused(client: httpx2.AsyncClient, status: int, code: str, **told: Any) -> None:
        entry = told.pop("entry", 0)
        field, record = told.pop("field", "name"), {**person, **told}
        entries = await answered(await ann.get(f"/people/{person['id']}/history"))
        asked = {"entry_id": entries[entry]["id"], "field": field, "version": record["version"]}
        reply = await client.post(f"/people/{person['id']}/history/restore", json=asked)
        assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text

    await refused(eve, 404, "not-found")  # a stranger's
    await refused(bob, 403, "forbidden")  # a colleague's
    await refused(ann, 409, "stale", version=1)
    await refused(ann, 422, "history.nothing-earlier", entry=1, field="city")  # the first entry
    await refused(ann, 422, "history.nothing-earlier", field="owner_id")  # not changed by it
    await refused(ann, 422, "history.nothing-earlier", field="version")
    with superuser(gausdo) as db:
        db.execute("delete from customers.personal where subject_id = %s", [person["id"]])
    await refused(ann, 410, "history.erased")
    await refused(ann, 410, "history.erased", field="city")
    strange = {"entry_id": person["id"], "field": "city", "version": 3}
    reply = await ann.post(f"/people/{person['id']}/history/restore", json=strange)
    assert (reply.status_code, reply.json()["code"]) == (404, "not-found")


async def test_only_who_may_read_the_audit_sees_from_where(
    api: As, people: People, settled: Callable[[], Awaitable[None]]
) -> None:
    task = await answered(await api(people.ann).post("/tasks", json={"title": "Write"}), 201)
    for who, address in ((people.ann, None), (people.admin, "127.0.0.1")):
        (entry,) = await answered(await api(who).get(f"/tasks/{task['id']}/history"))
        assert entry["address"] == address
