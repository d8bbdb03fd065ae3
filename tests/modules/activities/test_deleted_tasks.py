"""Tasks and meetings are deleted, and come back as they were."""

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from gausdo.kernel.values import now
from gausdo.modules.sales.contract import PipelineDraft, Sales
from tests.modules.activities.test_meetings import begins, planned
from tests.modules.activities.test_tasks import added

pytestmark = pytest.mark.asyncio
STAGES = [
    {"name": "Новая", "probability": 10},
    {"name": "Выиграна", "kind": "won", "probability": 100},
    {"name": "Проиграна", "kind": "lost", "probability": 0},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo, people):
    draft = PipelineDraft.model_validate({"name": "Продажи", "stages": STAGES})
    await gausdo.get(Sales).add_pipeline(people.admin, draft)


async def deleted(api: Any, actor: Any, path: str, **asked: Any) -> Any:
    reply = await api(actor).delete(path, params=asked)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def in_timeline(api: Any, actor: Any, deal: Any) -> set[str]:
    asked = {"about_kind": "deal", "about_id": deal["id"], "kinds": "task,meeting,call"}
    items = (await api(actor).get("/timeline", params=asked)).json()["items"]
    return {(one["task"] or one["meeting"])["id"] for one in items}


async def next_step(api: Any, actor: Any, deal: Any) -> str | None:
    told: str | None = (await api(actor).get(f"/deals/{deal['id']}")).json()["next_task_at"]
    return told


async def test_a_deleted_task_is_nowhere_reminds_of_nothing_and_comes_back(
    gausdo, api, people, settled
):
    ann = people.ann
    deal = (await api(ann).post("/deals", json={"title": "С задачей"})).json()
    about = {"kind": "deal", "id": deal["id"]}
    due = (now() + timedelta(days=1)).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    task = await added(api, ann, title="Отправить образцы", due_at=due, about=about)
    path = f"/tasks/{task['id']}"
    await settled()
    assert await next_step(api, ann, deal) == due

    stale = await api(ann).delete(path, params={"version": 7})
    assert stale.status_code == 409
    for actor, status in ((people.bob, 403), (people.eve, 404)):
        refused = await api(actor).delete(path, params={"version": 1})
        assert refused.status_code == status
    gone = await deleted(api, ann, path, version=1)
    assert (gone["name"], gone["by_name"], gone["version"]) == ("Отправить образцы", "Ann", 2)
    await settled()
    assert await next_step(api, ann, deal) is None
    assert await in_timeline(api, ann, deal) == set()
    found = (await api(ann).get("/search", params={"q": "образцы"})).text
    assert task["id"] not in found
    refused = await api(ann).get(path)
    assert (refused.status_code, refused.json()["code"]) == (404, "deleted")
    assert refused.json()["data"] == gone
    reminders = "select count(*) from automation.reminder where task_id = :id"
    automation = gausdo.services["automation"]
    async with automation.db.begin() as tx:
        assert await tx.session.scalar(text(reminders), {"id": task["id"]}) == 0
    listed = (await api(people.bob).get("/tasks/deleted")).json()["items"]
    assert [(one["id"], one["restorable"]) for one in listed] == [(task["id"], False)]
    assert (await api(people.eve).get("/tasks/deleted")).json()["items"] == []
    assert (await api(people.bob).post(f"{path}/restore")).status_code == 403

    back = (await api(ann).post(f"{path}/restore")).json()
    assert (await api(ann).get(path)).json() == task | {"version": back["version"]}
    await settled()
    assert await next_step(api, ann, deal) == due
    assert await in_timeline(api, ann, deal) == {task["id"]}
    async with automation.db.begin() as tx:
        assert await tx.session.scalar(text(reminders), {"id": task["id"]}) == 2
    assert (await api(ann).post(f"{path}/restore")).status_code == 404


async def test_a_deleted_meeting_leaves_calendars_and_comes_back_with_its_reminders(
    gausdo, api, people, settled
):
    ann, eve = people.ann, people.eve
    deal = (await api(ann).post("/deals", json={"title": "Со встречей"})).json()
    meeting = await planned(
        api, ann, about={"kind": "deal", "id": deal["id"]}, remind=[10],
        colleague_ids=[str(eve.id)],
    )  # fmt: skip
    path = f"/meetings/{meeting['id']}"
    await settled()
    assert await next_step(api, ann, deal) is not None
    refused = await api(eve).delete(path, params={"version": 1})
    assert refused.status_code == 403, refused.text
    assert refused.json()["data"]["right"] == "activities.meeting.delete", refused.text
    await deleted(api, ann, path, version=1)
    await settled()
    window = ("2031-03-01", "2031-03-05")
    assert await begins(api, ann, *window) == await begins(api, eve, *window) == []
    assert await next_step(api, ann, deal) is None
    assert await in_timeline(api, ann, deal) == set()
    assert (await api(ann).get(path)).json()["code"] == "deleted"
    count = text("select count(*) from activities.reminder where meeting_id = :id")
    async with gausdo.services["activities"].db.begin() as tx:
        assert await tx.session.scalar(count, {"id": meeting["id"]}) == 0
    assert (await api(ann).post(f"{path}/restore")).status_code == 200
    await settled()
    assert await begins(api, eve, *window) == ["2031-03-03T09:00"]
    assert await next_step(api, ann, deal) == "2031-03-03T09:00:00Z"
    assert await in_timeline(api, ann, deal) == {meeting["id"]}
    async with gausdo.services["activities"].db.begin() as tx:
        assert await tx.session.scalar(count, {"id": meeting["id"]}) == 2
    await deleted(api, ann, path, version=3)


async def test_one_of_a_series_is_deleted_or_all_that_follow_and_each_comes_back(api, people):
    ann = people.ann
    series = await planned(
        api, ann, repeats={"every": "day", "count": 6}, time_zone="UTC",
        begins_at="2031-06-03T09:00:00Z", ends_at="2031-06-03T10:00:00Z",
    )  # fmt: skip
    path, window = f"/meetings/{series['id']}", ("2031-06-01", "2031-06-12")
    days = [f"2031-06-{day:02}T09:00" for day in range(3, 9)]
    assert await begins(api, ann, *window) == days
    third = "2031-06-05T09:00:00Z"
    none = await api(ann).delete(
        path, params={"version": 1, "scope": "this", "occurrence": "2031-06-05T10:00:00Z"}
    )
    assert [error["field"] for error in none.json()["errors"]] == ["occurrence"]
    assert (await api(ann).delete(path, params={"version": 1, "scope": "this"})).status_code == 422

    one = await deleted(api, ann, path, version=1, scope="this", occurrence=third)
    assert one["id"] != series["id"]
    assert await begins(api, ann, *window) == days[:2] + days[3:]
    fifth = "2031-06-07T09:00:00Z"
    rest = await deleted(api, ann, path, version=2, scope="following", occurrence=fifth)
    assert await begins(api, ann, *window) == [*days[:2], days[3]]
    for gone in (rest, one):
        assert (await api(ann).post(f"/meetings/{gone['id']}/restore")).status_code == 200
    assert await begins(api, ann, *window) == days
    whole = await deleted(
        api, ann, path, version=3, scope="following", occurrence=series["begins_at"]
    )
    assert whole["id"] == series["id"]
    assert await begins(api, ann, *window) == [days[2], *days[4:]]
