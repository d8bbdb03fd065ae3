"""People: as companies are, with a company they work for."""

import pytest

from gausdo.modules.customers.contract import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def added(api, actor, path="/people", **told):
    answer = await api(actor).post(path, json={"name": "Анна Котова", **told})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_person_works_for_a_company(api, people):
    company = await added(api, people.ann, "/companies", name="Ромашка")
    person = await added(api, people.ann, company_id=company["id"], position="Директор")
    assert Person.model_validate(person)
    assert person["company"] == {"id": company["id"], "name": "Ромашка"}
    of_company = await api(people.bob).get("/people", params={"company_id": company["id"]})
    [item] = of_company.json()["items"]
    assert Person.model_validate(item) == Person.model_validate({**person, "editable": False})
    left = await api(people.ann).patch(
        f"/people/{person['id']}", json={"version": 1, "company_id": None}
    )
    assert left.json()["company"] is None


async def test_a_person_is_found_by_messengers_and_links(api, people):
    links = ["Телеграм @Kotova_Anna", "t.me/kotova_anna", "WhatsApp 8 916 700-11-22"]
    person = await added(api, people.ann, links=links)
    assert [each["normal"] for each in person["links"]] == [
        "https://t.me/kotova_anna",
        "https://wa.me/79167001122",
    ]
    assert person["links"][0]["typed"] == links[0]
    for q in ("kotova_anna", "79167001122"):
        [found] = (await api(people.ann).get("/people", params={"q": q})).json()["items"]
        assert found["id"] == person["id"]
    path = f"/people/{person['id']}"
    bad = {"version": 1, "links": ["javascript:alert(1)"]}
    refused = await api(people.ann).patch(path, json=bad)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "links.0")
    fewer = {"version": 1, "links": ["vk.com/anna", "anna.example/работы"]}
    left = (await api(people.ann).patch(path, json=fewer)).json()
    assert [each["typed"] for each in left["links"]] == fewer["links"]
    [entry, _] = (await api(people.ann).get(f"{path}/history")).json()
    assert entry["changes"] == {"links": [[links[0], links[2]], fewer["links"]]}


async def test_nobody_works_for_a_company_one_cannot_see(api, people):
    company = await added(api, people.eve, "/companies", name="Чужая")
    told = {"name": "Шпион", "company_id": company["id"]}
    assert (await api(people.ann).post("/people", json=told)).status_code == 404
    person = await added(api, people.ann)
    change = {"version": 1, "company_id": company["id"]}
    refused = await api(people.ann).patch(f"/people/{person['id']}", json=change)
    assert refused.status_code == 404


async def test_the_name_of_a_company_is_shown_to_who_may_see_it(api, people):
    company = await added(api, people.ann, "/companies", name="Осталась у Анны")
    person = await added(api, people.ann, company_id=company["id"])
    given = {"version": 1, "owner_id": str(people.eve.id)}
    await api(people.ann).patch(f"/people/{person['id']}", json=given)
    for actor, name in ((people.eve, None), (people.head, "Осталась у Анны")):
        read = await api(actor).get(f"/people/{person['id']}")
        assert read.json()["company"] == {"id": company["id"], "name": name}


async def test_a_strangers_person_does_not_exist_and_a_colleagues_is_not_changed(api, people):
    person = await added(api, people.ann)
    path = f"/people/{person['id']}"
    assert (await api(people.eve).get(path)).status_code == 404
    assert (await api(people.eve).get(f"{path}/history")).status_code == 404
    refused = await api(people.bob).patch(path, json={"version": 1, "position": "Гость"})
    assert (refused.status_code, refused.json()["data"]["right"]) == (403, "customers.person.edit")


async def test_a_person_is_changed_and_tells_its_history(api, people):
    person = await added(api, people.ann, emails=["anna.k@example.ru"])
    path = f"/people/{person['id']}"
    change = {"version": 1, "position": "Бухгалтер", "emails": []}
    assert (await api(people.ann).patch(path, json=change)).json()["emails"] == []
    [changed, _] = (await api(people.ann).get(f"{path}/history")).json()
    assert changed["changes"] == {
        "position": [None, "Бухгалтер"],
        "emails": [["anna.k@example.ru"], []],
    }
    stale = await api(people.ann).patch(path, json={"version": 1, "city": "Омск"})
    assert stale.json()["data"]["changes"] == changed["changes"]


async def test_a_key_belongs_to_one_body(api, people):
    headers = {"idempotency-key": "person-added-once"}
    told = {"name": "Единожды"}
    first = await api(people.ann).post("/people", json=told, headers=headers)
    assert (
        await api(people.ann).post("/people", json=told, headers=headers)
    ).json() == first.json()
    other = await api(people.ann).post("/people", json={"name": "Дважды"}, headers=headers)
    assert other.json()["code"] == "idempotency-key-reused"
