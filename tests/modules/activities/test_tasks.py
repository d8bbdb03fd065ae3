"""Tasks over HTTP: added about a record, done, given away, listed, and refused."""

import asyncio
import json
from datetime import datetime, timedelta

import pytest

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden, Invalid, NotFound
from gausdo.kernel.pages import Listed, place
from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.contract import Activities, Task, TaskDraft, TaskQuery
from gausdo.modules.identity.contract import Identity

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def added(api, actor, path="/tasks", **told):
    if path == "/tasks":
        told = {"title": "Позвонить", **told}
    answer = await api(actor).post(path, json=told)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def company_of(api, actor, name="Ромашка"):
    return await added(api, actor, "/companies", name=name)


async def test_a_task_is_added_about_a_company(api, people):
    company = await company_of(api, people.ann)
    task = await added(
        api,
        people.ann,
        about={"kind": "company", "id": company["id"]},
        due_at="2026-03-01T12:00:00+03:00",
        description="О поставке",
    )
    assert Task.model_validate(task)
    assert task["about"] == {"kind": "company", "id": company["id"], "name": "Ромашка"}
    assert task["due_at"] == "2026-03-01T09:00:00Z"
    assert (task["state"], task["via"], task["done_at"]) == ("open", "token", None)
    assert (task["owner_id"], task["owner_name"]) == (str(people.ann.id), "Ann")
    read = await api(people.bob).get(f"/tasks/{task['id']}")
    assert read.json() == {**task, "editable": False}


async def test_a_task_is_about_a_person_or_a_deal(api, people):
    person = await added(api, people.ann, "/people", name="Анна Котова")
    await added(
        api,
        people.admin,
        "/pipelines",
        name="Продажи",
        stages=[
            {"name": "Новая", "probability": 10},
            {"name": "Выиграна", "kind": "won", "probability": 100},
            {"name": "Проиграна", "kind": "lost", "probability": 0},
        ],
    )
    deal = await added(api, people.ann, "/deals", title="Поставка леса")
    for kind, record, name in (("person", person, "Анна Котова"), ("deal", deal, "Поставка леса")):
        about = {"kind": kind, "id": record["id"]}
        task = await added(api, people.ann, about=about)
        assert task["about"] == {**about, "name": name}
        listed = await api(people.bob).get(
            "/tasks", params={"about_kind": kind, "about_id": record["id"]}
        )
        assert [item["id"] for item in listed.json()["items"]] == [task["id"]]


@pytest.mark.parametrize("kind", ["company", "person", "deal"])
async def test_nothing_is_said_about_a_record_one_cannot_see(api, people, kind):
    unseen = (await company_of(api, people.eve))["id"] if kind == "company" else str(new_id())
    about = {"kind": kind, "id": unseen}
    for path, told in (("/tasks", {"title": "Подсмотреть"}), ("/notes", {"text": "Подсмотреть"})):
        refused = await api(people.ann).post(path, json={**told, "about": about})
        assert (refused.status_code, refused.json()["code"]) == (404, "not-found")


async def test_a_name_is_fresh_and_shown_only_where_it_may_be_seen(api, people, settled):
    company = await company_of(api, people.ann, "Прежнее имя")
    task = await added(api, people.ann, about={"kind": "company", "id": company["id"]})
    path = f"/companies/{company['id']}"
    await api(people.ann).patch(path, json={"version": 1, "name": "Новое имя"})
    await settled()
    read = await api(people.ann).get(f"/tasks/{task['id']}")
    assert read.json()["about"]["name"] == "Новое имя"
    await api(people.ann).patch(path, json={"version": 2, "owner_id": str(people.eve.id)})
    await settled()
    read = await api(people.ann).get(f"/tasks/{task['id']}")
    assert read.json()["about"] == {"kind": "company", "id": company["id"], "name": None}
    listed = await api(people.ann).get("/tasks", params={"ids": task["id"]})
    assert listed.json()["items"][0]["about"]["name"] is None


async def test_a_deals_new_title_reaches_its_tasks(api, people, settled):
    deal = await added(api, people.ann, "/deals", title="Было")
    task = await added(api, people.ann, about={"kind": "deal", "id": deal["id"]})
    await api(people.ann).patch(f"/deals/{deal['id']}", json={"version": 1, "title": "Стало"})
    await settled()
    assert (await api(people.ann).get(f"/tasks/{task['id']}")).json()["about"]["name"] == "Стало"


async def test_working_hours_are_counted_by_the_calendar(api, gausdo, people):
    before = now()
    task = await added(api, people.ann, due_in_working_hours=20)
    calendar = await gausdo.get(Identity).working_calendar(people.ann)
    due = datetime.fromisoformat(task["due_at"])
    assert calendar.after(before, 20) <= due <= calendar.after(now(), 20)
    assert due - before >= timedelta(days=2)  # at most nine of the twenty hours are on one day


async def test_a_task_is_done_and_opened_again(api, people):
    task = await added(api, people.ann)
    path = f"/tasks/{task['id']}"
    done = (await api(people.ann).patch(path, json={"version": 1, "state": "done"})).json()
    assert (done["state"], done["version"]) == ("done", 2)
    assert done["done_at"] is not None
    again = (await api(people.ann).patch(path, json={"version": 2, "state": "open"})).json()
    assert (again["state"], again["done_at"]) == ("open", None)


async def test_a_task_is_given_away_and_its_sees_both_sides(api, gausdo, people):
    task = await added(api, people.ann, title="Тайное дело")
    given = {"version": 1, "owner_id": str(people.eve.id), "due_at": "2030-01-01T00:00:00Z"}
    answer = await api(people.ann).patch(f"/tasks/{task['id']}", json=given)
    assert (answer.status_code, answer.json()["owner_name"]) == (200, "Eve")
    assert (await api(people.ann).get(f"/tasks/{task['id']}")).status_code == 404
    db = gausdo.databases["activities"]
    query = (
        "select array_agg(row_to_json(o)::text order by id) from activities.outbox o "
        "where subject_id = %s"
    )
    async with db.connection() as connection:
        [told] = await (await connection.execute(query, [task["id"]])).fetchone()
    [first, second] = (json.loads(line) for line in told)
    assert "Тайное" not in "".join(told)
    assert first["name"] == "activities.task-added.v1"
    assert second["body"]["previous_owner_id"] == str(people.ann.id)
    assert set(second["seen"]["owners"]) == {str(people.ann.id), str(people.eve.id)}
    assert set(second["body"]["fields"]) == {"owner_id", "due_at"}


async def test_a_task_is_added_for_a_colleague_with_the_right_to_assign(gausdo, people):
    activities = gausdo.get(Activities)
    draft = TaskDraft(title="Для Евы", owner_id=people.eve.id)
    task = await activities.add_task(people.head, draft)
    assert (task.owner_id, task.team_id) == (people.eve.id, people.eve.team_id)
    grants = tuple(grant for grant in people.ann.grants if grant.operation != "assign")
    with pytest.raises(Forbidden) as refused:
        await activities.add_task(people.ann.model_copy(update={"grants": grants}), draft)
    assert refused.value.data == {"right": "activities.task.assign"}


async def test_a_strangers_task_does_not_exist_and_a_colleagues_is_not_changed(api, people):
    task = await added(api, people.ann)
    path = f"/tasks/{task['id']}"
    assert (await api(people.eve).get(path)).status_code == 404
    change = {"version": 1, "title": "Моё"}
    assert (await api(people.eve).patch(path, json=change)).status_code == 404
    refused = await api(people.bob).patch(path, json=change)
    assert (refused.status_code, refused.json()["data"]["right"]) == (403, "activities.task.edit")


async def test_without_any_grant_nothing_is_listed_or_added(gausdo, people):
    activities = gausdo.get(Activities)
    nobody = Actor(id=people.ann.id, name="Nobody")
    with pytest.raises(Forbidden) as refused:
        await activities.list_tasks(nobody, TaskQuery())
    assert refused.value.data == {"right": "activities.task.read"}
    with pytest.raises(Forbidden) as refused:
        await activities.add_task(nobody, TaskDraft(title="Нет"))
    assert refused.value.data == {"right": "activities.task.create"}
    with pytest.raises(NotFound):
        await activities.task(people.admin, new_id())


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"title": ""}, "title"),
        ({}, "title"),
        ({"title": "x", "due_at": "2026-03-01T12:00:00"}, "due_at"),
        ({"title": "x", "due_in_working_hours": 0}, "due_in_working_hours"),
        ({"title": "x", "due_in_working_hours": 1e9}, "due_in_working_hours"),
        (
            {"title": "x", "due_in_working_hours": 1, "due_at": "2026-03-01T12:00:00Z"},
            "due_at",
        ),
        ({"title": "x", "about": {"kind": "letter", "id": str(new_id())}}, "about.kind"),
        ({"title": "x", "about": {"kind": "deal"}}, "about.id"),
        ({"title": "x", "owner_id": str(new_id())}, "owner_id"),
        ({"title": "x", "state": "done"}, "state"),
    ],
)
async def test_a_malformed_task_is_refused_by_its_field(api, people, told, field):
    answer = await api(people.ann).post("/tasks", json=told)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_key_belongs_to_a_change_of_one_task(api, people):
    headers = {"idempotency-key": "a-task-changed-once"}
    one, other = [await added(api, people.ann, title=title) for title in ("Одна", "Другая")]
    change = {"version": 1, "state": "done"}
    first = await api(people.ann).patch(f"/tasks/{one['id']}", json=change, headers=headers)
    again = await api(people.ann).patch(f"/tasks/{one['id']}", json=change, headers=headers)
    assert (first.status_code, again.json()) == (200, first.json())
    reused = await api(people.ann).patch(f"/tasks/{other['id']}", json=change, headers=headers)
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency-key-reused")


@pytest.mark.parametrize("field", ["title", "owner_id", "state"])
async def test_what_a_task_needs_is_not_taken_away(api, people, field):
    task = await added(api, people.ann)
    answer = await api(people.ann).patch(f"/tasks/{task['id']}", json={"version": 1, field: None})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_the_same_request_twice_adds_one_task(api, people):
    headers = {"idempotency-key": "a-task-added-once"}
    told = {"title": "Однажды", "due_in_working_hours": 4}
    first = await api(people.ann).post("/tasks", json=told, headers=headers)
    again = await api(people.ann).post("/tasks", json=told, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    other = await api(people.ann).post("/tasks", json={"title": "Другое"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


async def test_a_stale_change_shows_what_has_changed(api, people):
    task = await added(api, people.ann, title="Было")
    path = f"/tasks/{task['id']}"
    await api(people.ann).patch(path, json={"version": 1, "title": "Стало", "state": "done"})
    stale = await api(people.ann).patch(path, json={"version": 1, "title": "Моё"})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["data"]["current"]["title"] == "Стало"
    assert stale.json()["data"]["changes"] == {
        "title": ["Было", "Стало"],
        "state": ["open", "done"],
    }


async def test_of_two_changes_at_once_one_is_stale(api, people):
    task = await added(api, people.ann)
    changes = [{"version": 1, "title": title} for title in ("Раз", "Два")]
    answers = await asyncio.gather(
        *(api(people.ann).patch(f"/tasks/{task['id']}", json=change) for change in changes)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_tasks_are_listed_by_when_they_are_due(gausdo, api, people):
    activities = gausdo.get(Activities)
    for title, due in (
        ("c", "2031-03-01"),
        ("none", None),
        ("a", "2031-01-01"),
        ("b", "2031-02-01"),
    ):
        await added(api, people.bob, title=f"срок {title}", due_at=due and f"{due}T09:00:00Z")

    async def titles(**query):
        told = await activities.list_tasks(people.bob, TaskQuery(mine=True, q="срок", **query))
        Listed[Task].model_validate_json(told)
        page = json.loads(told)
        return [item["title"].split()[1] for item in page["items"]], page["next"]

    assert await titles() == (["a", "b", "c", "none"], None)
    assert await titles(sort="-due_at") == (["c", "b", "a", "none"], None)
    assert await titles(sort="created_at") == (["c", "none", "a", "b"], None)
    for sort in ("due_at", "-due_at"):
        whole, _ = await titles(sort=sort)
        first, after = await titles(sort=sort, limit=3)
        rest, end = await titles(sort=sort, limit=3, after=after)
        assert (first + rest, end) == (whole, None)


async def test_tasks_are_narrowed(gausdo, api, people):
    mine = await added(api, people.ann, title="узкое моё", due_at="2031-01-01T00:00:00Z")
    his = await added(api, people.bob, title="узкое его")
    await api(people.bob).patch(f"/tasks/{his['id']}", json={"version": 1, "state": "done"})

    async def ids(**query):
        told = await gausdo.get(Activities).list_tasks(people.ann, TaskQuery(q="узкое", **query))
        return {item["id"] for item in json.loads(told)["items"]}

    assert await ids() == {mine["id"], his["id"]}
    assert await ids(mine=True) == {mine["id"]}
    assert await ids(owner_id=people.bob.id) == {his["id"]}
    assert await ids(state="done") == {his["id"]}
    assert await ids(ids=mine["id"]) == {mine["id"]}
    due = '{"field": "due_at", "op": "is_empty"}'
    assert await ids(filter=due) == {his["id"]}
    for query, field in (
        ({"sort": "title"}, "sort"),
        ({"after": place("x", new_id())}, "after"),
        ({"filter": '{"field": "x", "op": "eq", "value": 1}'}, "filter.field"),
        ({"ids": "x"}, "ids"),
    ):
        with pytest.raises(Invalid) as refused:
            await gausdo.get(Activities).list_tasks(people.ann, TaskQuery(**query))
        assert refused.value.errors[0].field == field
