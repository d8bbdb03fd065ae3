"""What the page of a record shows when it is opened: the same that is told of each part of it."""

from typing import Any

import httpx2
import pytest
from pydantic_core import from_json

from gausdo.app import Gausdo
from gausdo.gateway.page_routes import ENTRIES, TASKS, page
from gausdo.modules.activities.contract import Activities
from gausdo.modules.sales.contract import Sales
from gausdo.modules.sales.service import SalesService
from tests.conftest import As, People, Settled
from tests.modules.sales.test_contacts import person
from tests.modules.sales.test_deals import opened
from tests.modules.sales.test_record import pipeline

__all__ = ["pipeline"]  # a fixture
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def told(client: httpx2.AsyncClient, path: str, **params: Any) -> dict[str, Any]:
    reply = await client.get(path, params=params)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def one_by_one(
    client: httpx2.AsyncClient, path: str, kind: str, record: str
) -> dict[str, Any]:
    about = {"about_kind": kind, "about_id": path.split("/")[2]}
    return {
        "record": await told(client, record),
        "tasks": await told(client, "/tasks", **about, sort="due_at", limit=TASKS),
        "timeline": await told(client, "/timeline", **about, limit=ENTRIES),
    }


async def planned(client: httpx2.AsyncClient, kind: str, id: str) -> None:
    about = {"kind": kind, "id": id}
    for path, draft in (("/tasks", {"title": "Call back"}), ("/notes", {"text": "Seen at a fair"})):
        reply = await client.post(path, json={**draft, "about": about})
        assert reply.status_code == 201, reply.text


async def test_a_page_tells_what_is_told_of_each_part(
    api: As, people: People, settled: Settled
) -> None:
    ann = api(people.ann)
    client = await person(ann, "Main")
    company = (await ann.post("/companies", json={"name": "Fairs"})).json()["id"]
    deal = str((await opened(ann)).id)
    kinds = {"person": f"/people/{client}", "company": f"/companies/{company}"}
    for kind, path in {**kinds, "deal": f"/deals/{deal}"}.items():
        id = path.split("/")[2]
        await planned(ann, kind, id)
        await settled()
        shown = await told(ann, f"{path}/page")
        record = f"{path}/record" if kind == "deal" else path
        assert shown == await one_by_one(ann, path, kind, record)
        assert [task["title"] for task in shown["tasks"]["items"]] == ["Call back"]
        assert {"note", "task"} <= {entry["kind"] for entry in shown["timeline"]["items"]}


async def test_a_page_is_as_closed_as_its_record(api: As, people: People) -> None:
    ann, eve = api(people.ann), api(people.eve)
    deal = await opened(ann)
    theirs = await eve.get(f"/deals/{deal.id}/page")
    assert theirs.status_code == 404
    assert theirs.json()["detail"] == (await eve.get(f"/deals/{deal.id}")).json()["detail"]
    reply = await api(people.head).delete(f"/deals/{deal.id}", params={"version": deal.version})
    assert reply.is_success, reply.text
    gone, same = await ann.get(f"/deals/{deal.id}/page"), await ann.get(f"/deals/{deal.id}")
    assert (gone.status_code, gone.json()["code"]) == (same.status_code, same.json()["code"])


async def test_who_may_read_no_tasks_is_told_none(
    api: As, people: People, gausdo: Gausdo, settled: Settled
) -> None:
    ann = api(people.ann)
    deal = await opened(ann)
    await planned(ann, "deal", str(deal.id))
    await settled()
    grants = tuple(one for one in people.ann.grants if one.object != "activities.task")
    blind = people.ann.model_copy(update={"grants": grants})
    activities, read = gausdo.get(Activities), gausdo.get(Sales).deal_record
    shown = from_json(await page(activities, blind, "deal", deal.id, read(blind, deal.id)))
    assert shown["tasks"] is None
    assert {entry["kind"] for entry in shown["timeline"]["items"]} >= {"note"}
    assert "task" not in {entry["kind"] for entry in shown["timeline"]["items"]}


async def test_a_page_reads_its_record_once(
    api: As, people: People, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = api(people.ann)
    deal = str((await opened(ann)).id)
    await planned(ann, "deal", deal)
    await settled()

    async def again(*_: Any) -> None:
        pytest.fail("the record is asked for again")

    monkeypatch.setattr(SalesService, "named_deals", again)
    entries = (await told(ann, f"/deals/{deal}/page"))["timeline"]["items"]
    assert {entry["of"]["id"] for entry in entries} == {deal}
