"""The list of tasks: what is overdue, groups, views, many tasks changed at once and undone."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import now
from tests.conftest import As, People
from tests.modules.identity.test_roles import given, role, user_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

Settled = Callable[[], Awaitable[None]]
WORD = f"дело{uuid4().hex[:8]}"
"""In the titles of all tasks of this file, and of no other."""
MOVES = ("version", "changed_at")


async def tasks(api: As, actor: Actor, **asked: object) -> list[dict]:
    reply = await api(actor).get("/tasks", params={"q": WORD, "limit": 200, **asked})
    assert reply.status_code == 200, reply.text
    return reply.json()["items"]


def titles(found: list[dict]) -> list[str]:
    return [one["title"].removeprefix(f"{WORD} ") for one in found]


def asks(*leaf: object) -> str:
    field, op, *value = leaf
    return json.dumps({"field": field, "op": op, **({"value": value[0]} if value else {})})


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def work(api: As, people: People) -> None:
    """Ann's and Eve's, who is of another team; each title says how the task stands."""
    hour = timedelta(hours=1)
    for actor, title, due, done in (
        (people.ann, "late", now() - hour, False),
        (people.ann, "late but done", now() - 2 * hour, True),
        (people.ann, "ahead", now() + hour, False),
        (people.ann, "some day", None, False),
        (people.eve, "late elsewhere", now() - 3 * hour, False),
    ):
        told = {"title": f"{WORD} {title}", "due_at": due and due.isoformat()}
        made = await api(actor).post("/tasks", json=told)
        assert made.status_code == 201, made.text
        if done:
            path = f"/tasks/{made.json()['id']}"
            assert (await api(actor).patch(path, json={"version": 1, "state": "done"})).is_success


async def test_what_is_overdue_is_open_and_was_due_before_now(api: As, people: People) -> None:
    late = asks("overdue", "eq", True)
    assert titles(await tasks(api, people.ann, filter=late)) == ["late"]
    assert titles(await tasks(api, people.head, filter=late)) == ["late elsewhere", "late"]
    others = await tasks(api, people.ann, filter=asks("overdue", "eq", False))
    assert set(titles(others)) == {"late but done", "ahead", "some day"}


async def test_tasks_stand_in_each_order_whichever_way(api: As, people: People) -> None:
    ahead = ["late but done", "late", "ahead", "some day"]
    assert titles(await tasks(api, people.ann, sort="due_at")) == ahead
    backwards = ["ahead", "late", "late but done", "some day"]
    assert titles(await tasks(api, people.ann, sort="-due_at")) == backwards
    for sort in ("done_at", "-done_at"):
        assert titles(await tasks(api, people.ann, sort=sort))[0] == "late but done"
    last = await tasks(api, people.ann, sort="-changed_at")
    assert titles(last) == ["some day", "ahead", "late but done", "late"]
    due = await tasks(api, people.ann, filter=asks("due_at", "is_empty"))
    assert titles(due) == ["some day"]


async def test_groups_tell_of_no_more_than_the_list(api: As, people: People) -> None:
    async def groups(actor: Actor, by: str, **asked: object) -> dict:
        reply = await api(actor).get("/tasks/groups", params={"q": WORD, "by": by, **asked})
        assert reply.status_code == 200, reply.text
        return {one["key"]: one["count"] for one in reply.json()["items"]}

    assert await groups(people.ann, "state") == {"open": 3, "done": 1}
    assert await groups(people.head, "state") == {"open": 4, "done": 1}
    assert await groups(people.eve, "owner_id") == {str(people.eve.id): 1}
    late = asks("overdue", "eq", True)
    assert await groups(people.head, "team_id", filter=late) == {
        str(people.ann.team_id): 1, str(people.eve.team_id): 1
    }  # fmt: skip
    months = await groups(people.ann, "due_at")
    assert (months.pop(None), sum(months.values())) == (1, 3)
    for group in (await api(people.ann).get("/tasks/groups?by=due_at")).json()["items"]:
        filter = json.dumps(group["condition"])
        page = await api(people.ann).get("/tasks", params={"filter": filter, "limit": 200})
        assert len(page.json()["items"]) == group["count"]
    refused = await api(people.ann).get("/tasks/groups", params={"by": "title"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "by")


async def test_a_view_of_tasks_is_kept(api: As, people: People) -> None:
    late = {"field": "overdue", "op": "eq", "value": True}
    told = {"kind": "task", "name": "Late", "filter": late, "sort": "due_at", "grouped_by": "state"}
    made = await api(people.ann).post("/views", json=told)
    assert made.status_code == 201, made.text
    kept = made.json()
    assert (kept["kind"], kept["filter"], kept["missing"]) == ("task", late, [])
    board = await api(people.ann).post("/views", json={**told, "layout": "board"})
    assert board.status_code == 422


async def test_many_tasks_are_moved_given_away_ticked_off_and_back(
    api: As, people: People, settled: Settled
) -> None:
    head = api(people.head)

    async def stand() -> list[dict]:
        found = await tasks(api, people.head, sort="created_at")
        return [{name: one[name] for name in one if name not in MOVES} for one in found]

    before = await stand()
    change = {
        "owner_id": str(people.bob.id), "due_at": "2030-01-31T09:00:00+00:00", "state": "done"
    }  # fmt: skip
    edit = {"of": {"found": {"q": WORD}}, "change": change}
    preview = (await head.post("/tasks/mass-edits/preview", json=edit)).json()
    assert (preview["found"], preview["changing"], preview["refused"]) == (5, 5, 0)
    begun = await head.post("/tasks/mass-edits", json=edit)
    assert begun.status_code == 201, begun.text
    path = f"/tasks/mass-edits/{begun.json()['id']}"
    await settled()
    assert (await head.get(path)).json()["changed"] == 5
    after = await stand()
    assert {(one["owner_name"], one["state"], one["due_at"]) for one in after} == {
        ("Bob", "done", "2030-01-31T09:00:00+00:00")
    }
    assert (await api(people.ann).get(path)).status_code == 404
    assert (await head.post(f"{path}/undo")).status_code == 201
    await settled()
    found = await stand()
    for one, other in zip(found, before, strict=True):  # ticked off anew is another time
        assert {**one, "done_at": None} == {**other, "done_at": None}


async def test_many_tasks_are_deleted_and_there_again(
    api: As, people: People, settled: Settled
) -> None:
    there = await tasks(api, people.ann)
    edit = {"of": {"ids": [one["id"] for one in there]}, "delete": True}
    refused = (await api(people.eve).post("/tasks/mass-edits/preview", json=edit)).json()
    assert (refused["changing"], refused["unseen"]) == (0, len(there))
    begun = await api(people.ann).post("/tasks/mass-edits", json=edit)
    await settled()
    assert await tasks(api, people.ann) == []
    back = await api(people.ann).post(f"/tasks/mass-edits/{begun.json()['id']}/undo")
    assert back.status_code == 201, back.text
    await settled()
    told = (await api(people.ann).get(f"/tasks/mass-edits/{back.json()['id']}")).json()
    assert (told["act"], told["changed"], told["why"]) == ("restore", len(there), [])
    assert titles(await tasks(api, people.ann)) == titles(there)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state": None}, "change.state"),
        ({"owner_id": None}, "change.owner_id"),
        ({"state": "half"}, "change.state"),
        ({}, "change"),
    ],
)
async def test_what_no_task_can_be_is_refused(
    api: As, people: People, change: dict, field: str
) -> None:
    there = await tasks(api, people.ann)
    edit = {"of": {"ids": [one["id"] for one in there]}, "change": change}
    for path in ("/tasks/mass-edits/preview", "/tasks/mass-edits"):
        refused = await api(people.ann).post(path, json=edit)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert await tasks(api, people.ann) == there


async def test_a_role_may_be_for_what_is_overdue(api: As, people: People) -> None:
    """In lists, where a task is changed, and among those that were deleted."""
    late = {"field": "overdue", "op": "eq", "value": True}
    grants = [
        {"object": "activities.task", "operation": one, "reach": "all", "condition": late}
        for one in ("read", "edit", "delete")
    ]
    made = (await role(api, people.admin, name="What is late", grants=grants)).json()
    had = [one["id"] for one in (await user_of(api, people, "Eve"))["roles"]]
    assert (await given(api, people, "Eve", made["id"])).is_success
    eve = api(people.eve)
    found = {one["title"].removeprefix(f"{WORD} "): one for one in await tasks(api, people.eve)}
    assert set(found) == {"late", "late elsewhere"}
    path = f"/tasks/{found['late']['id']}"
    done = await eve.patch(path, json={"version": found["late"]["version"], "title": f"{WORD} !"})
    assert done.status_code == 200, done.text
    assert (await eve.delete(path, params={"version": done.json()["version"]})).is_success
    gone = (await eve.get("/tasks/deleted", params={"ids": found["late"]["id"]})).json()["items"]
    assert [one["name"] for one in gone] == [f"{WORD} !"]
    assert (await eve.post(f"{path}/restore")).is_success
    assert (await given(api, people, "Eve", *had)).is_success
