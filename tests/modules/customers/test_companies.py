"""Companies over HTTP: added, read, changed, and refused."""

import asyncio

import pytest

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import new_id
from gausdo.modules.customers.contract import Company, CompanyDraft, Customers

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEY = {"idempotency-key": "a-key-of-one-request"}


async def added(api, actor, **told):
    answer = await api(actor).post("/companies", json={"name": "Ромашка", **told})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_company_is_added_and_read(api, people):
    told = {
        "name": "ООО «Ёлки»",
        "inn": "7736207543",
        "domain": "https://www.yolki.example/about",
        "phones": ["8 (495) 123-45-67 доб. 12"],
        "emails": ["Info@Yolki.example"],
        "city": "Тверь",
        "industry": "Лес",
        "about": "Строгают",
    }
    company = await added(api, people.ann, **told)
    assert Company.model_validate(company)
    assert company["domain"] == "yolki.example"
    assert company["phones"] == [
        {"typed": "8 (495) 123-45-67 доб. 12", "normal": "+74951234567;ext=12"}
    ]
    assert company["emails"] == [{"typed": "Info@Yolki.example", "normal": "info@yolki.example"}]
    assert company["owner_id"] == str(people.ann.id)
    assert company["owner_name"] == "Ann"
    assert company["team_id"] == str(people.ann.team_id)
    assert company["version"] == 1
    read = await api(people.bob).get(f"/companies/{company['id']}")
    assert read.json() == {**company, "editable": False}


async def test_a_strangers_company_does_not_exist(api, people):
    company = await added(api, people.ann, name="Секрет")
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/history", None),
        ("PATCH", "", {"version": 1, "city": "Омск"}),
    ):
        answer = await api(people.eve).request(
            method, f"/companies/{company['id']}{path}", json=body
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    absent = await api(people.eve).get(f"/companies/{new_id()}")
    assert absent.json()["detail"] == answer.json()["detail"]
    listed = await api(people.eve).get("/companies", params={"ids": company["id"]})
    assert listed.json() == {"items": [], "next": None}


async def test_a_colleagues_company_is_seen_and_not_changed(api, people):
    company = await added(api, people.ann, name="Своя")
    refused = await api(people.bob).patch(
        f"/companies/{company['id']}", json={"version": 1, "city": "Омск"}
    )
    assert refused.status_code == 403
    assert refused.json()["data"] == {"right": "customers.company.edit"}
    assert (await api(people.ann).get(f"/companies/{company['id']}")).json() == company


async def test_without_any_grant_nothing_is_listed_or_added(gausdo, people):
    nobody = Actor(id=people.ann.id, name="Nobody")
    customers = gausdo.get(Customers)
    with pytest.raises(Forbidden) as refused:
        await customers.list_companies(nobody, ListQuery())
    assert refused.value.data == {"right": "customers.company.read"}
    with pytest.raises(Forbidden) as refused:
        await customers.add_company(nobody, CompanyDraft(name="Нет"))
    assert refused.value.data == {"right": "customers.company.create"}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": " "}, "name"),
        ({}, "name"),
        ({"name": "a\x07b"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "x", "nmae": "y"}, "nmae"),
        ({"name": "x", "inn": "123"}, "inn"),
        ({"name": "x", "inn": "7707083894"}, "inn"),
        ({"name": "x", "inn": "７７０７０８３８９３"}, "inn"),
        ({"name": "x", "kpp": "77360100"}, "kpp"),
        ({"name": "x", "ogrn": "1027700132194"}, "ogrn"),
        ({"name": "x", "legal_name": "x" * 501}, "legal_name"),
        ({"name": "x", "address": "x" * 501}, "address"),
        ({"name": "x", "size": -1}, "size"),
        ({"name": "x", "size": 1.5}, "size"),
        ({"name": "x", "size": "12"}, "size"),
        ({"name": "x", "phones": ["+7 916 123-45-67", "abc"]}, "phones.1"),
        ({"name": "x", "phones": ["8 916 123-45-67"] * 21}, "phones"),
        ({"name": "x", "emails": ["ivan"]}, "emails.0"),
        ({"name": "x", "domain": "example"}, "domain"),
        ({"name": "x", "owner_id": "me"}, "owner_id"),
        ({"name": "x", "owner_id": str(new_id())}, "owner_id"),
    ],
)
async def test_a_malformed_company_is_refused_by_its_field(api, people, told, field):
    answer = await api(people.ann).post("/companies", json=told)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_the_same_request_twice_adds_one_company(api, people):
    told = {"name": "Однажды", "emails": ["once@example.ru"]}
    first = await api(people.ann).post("/companies", json=told, headers=KEY)
    again = await api(people.ann).post("/companies", json=told, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    other = await api(people.ann).post("/companies", json={"name": "Другая"}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    found = await api(people.ann).get("/companies", params={"q": "once@example.ru"})
    assert len(found.json()["items"]) == 1


async def test_a_company_is_changed_and_tells_its_history(api, people):
    company = await added(
        api, people.ann, name="Было", city="Омск", phones=["8 495 111-22-33"], about="Старое"
    )
    change = {"version": 1, "name": "Стало", "city": None, "phones": ["8 495 111-22-44"]}
    changed = await api(people.ann).patch(f"/companies/{company['id']}", json=change)
    assert changed.status_code == 200
    assert changed.json()["name"] == "Стало"
    assert changed.json()["city"] is None
    assert changed.json()["about"] == "Старое"
    assert [one["normal"] for one in changed.json()["phones"]] == ["+74951112244"]
    assert changed.json()["version"] == 2
    history = (await api(people.bob).get(f"/companies/{company['id']}/history")).json()
    assert [entry["name"] for entry in history] == [
        "customers.company-changed.v1",
        "customers.company-added.v1",
    ]
    assert history[0]["actor_name"] == "Ann"
    assert history[0]["changes"] == {
        "name": ["Было", "Стало"],
        "city": ["Омск", None],
        "phones": [["8 495 111-22-33"], ["8 495 111-22-44"]],
    }
    assert history[1]["changes"]["city"] == [None, "Омск"]


async def test_a_change_to_what_is_so_already_changes_nothing(api, people):
    company = await added(api, people.ann, name="Так и было", phones=["8 495 222-22-33"])
    same = {"version": 1, "name": "Так и было", "phones": ["8 495 222-22-33"]}
    answer = await api(people.ann).patch(f"/companies/{company['id']}", json=same)
    assert answer.json() == company


async def test_a_stale_change_shows_what_has_changed(api, people):
    company = await added(api, people.ann, name="Спорная", city="Омск")
    path = f"/companies/{company['id']}"
    assert (
        await api(people.ann).patch(path, json={"version": 1, "city": "Тверь"})
    ).status_code == 200
    assert (
        await api(people.ann).patch(path, json={"version": 2, "city": "Пермь"})
    ).status_code == 200
    stale = await api(people.ann).patch(path, json={"version": 1, "about": "Лес"})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["data"]["current"]["city"] == "Пермь"
    assert stale.json()["data"]["current"]["version"] == 3
    assert stale.json()["data"]["changes"] == {"city": ["Омск", "Пермь"]}


async def test_of_two_changes_at_once_one_is_stale(api, people):
    company = await added(api, people.ann, name="Двое")
    changes = [{"version": 1, "city": city} for city in ("Омск", "Томск")]
    answers = await asyncio.gather(
        *(api(people.ann).patch(f"/companies/{company['id']}", json=change) for change in changes)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_key_belongs_to_a_change_of_one_company(api, people):
    headers = {"idempotency-key": "a-change-made-once"}
    change = {"version": 1, "city": "Омск"}
    one, other = [await added(api, people.ann, name=name) for name in ("Одна", "Другая")]
    first = await api(people.ann).patch(f"/companies/{one['id']}", json=change, headers=headers)
    again = await api(people.ann).patch(f"/companies/{one['id']}", json=change, headers=headers)
    assert (first.status_code, again.json()) == (200, first.json())
    reused = await api(people.ann).patch(f"/companies/{other['id']}", json=change, headers=headers)
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency-key-reused")


@pytest.mark.parametrize("field", ["name", "owner_id"])
async def test_what_a_company_needs_is_not_taken_away(api, people, field):
    company = await added(api, people.ann, name="Нужное")
    answer = await api(people.ann).patch(
        f"/companies/{company['id']}", json={"version": 1, field: None}
    )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_an_owner_gives_a_company_away_and_no_longer_sees_it(api, people):
    company = await added(api, people.ann, name="Передаётся")
    path = f"/companies/{company['id']}"
    given = await api(people.ann).patch(path, json={"version": 1, "owner_id": str(people.eve.id)})
    assert given.status_code == 200
    assert given.json()["owner_name"] == "Eve"
    assert given.json()["team_id"] == str(people.eve.team_id)
    assert (await api(people.ann).get(path)).status_code == 404
    assert (await api(people.eve).get(path)).status_code == 200


async def test_a_company_is_added_for_a_colleague_with_the_right_to_assign(gausdo, people):
    customers = gausdo.get(Customers)
    draft = CompanyDraft(name="Для Евы", owner_id=people.eve.id)
    company = await customers.add_company(people.head, draft)
    assert (company.owner_id, company.team_id) == (people.eve.id, people.eve.team_id)
    grants = tuple(grant for grant in people.ann.grants if grant.operation != "assign")
    with pytest.raises(Forbidden) as refused:
        await customers.add_company(people.ann.model_copy(update={"grants": grants}), draft)
    assert refused.value.data == {"right": "customers.company.assign"}


async def test_what_happens_is_told_without_personal_values(gausdo, people, api):
    company = await added(api, people.ann, name="Тайна", inn="500100732259", phones=["84953334455"])
    path = f"/companies/{company['id']}"
    await api(people.ann).patch(path, json={"version": 1, "owner_id": str(people.bob.id)})
    db = gausdo.databases["customers"]
    query = (
        "select array_agg(row_to_json(o)::text order by id) from customers.outbox o "
        "where subject_id = %s"
    )
    async with db.connection() as connection:
        [told] = await (await connection.execute(query, [company["id"]])).fetchone()
    assert len(told) == 2
    assert not any(word in line for line in told for word in ("Тайна", "500100732259", "3334455"))
    assert str(people.ann.id) in told[1]
    assert str(people.bob.id) in told[1]
