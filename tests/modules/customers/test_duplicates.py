"""The same customer a second time is refused, and nobody learns more than whom to ask."""

import asyncio

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def added(api, actor, path, **told):
    answer = await api(actor).post(path, json=told)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("path", "first", "second", "field"),
    [
        ("/companies", {"inn": "7707083893"}, {"inn": "7707083893"}, "inn"),
        (
            "/companies",
            {"emails": ["info@one.example"]},
            {"emails": ["new@one.example", "INFO@one.example"]},
            "emails.1",
        ),
        ("/people", {"emails": ["ivan@two.example"]}, {"emails": ["Ivan@Two.example"]}, "emails.0"),
    ],
)
async def test_an_inn_or_email_is_of_one_record(api, people, path, first, second, field):
    await added(api, people.ann, path, name="Первая", **first)
    refused = await api(people.eve).post(path, json={"name": "Вторая", **second})
    assert (refused.status_code, refused.json()["code"]) == (409, "customers.duplicate")
    assert refused.json()["data"] == {"field": field, "owner_name": "Ann"}
    assert "Первая" not in refused.text


async def test_a_phone_and_a_like_name_are_of_one_person(api, people):
    await added(api, people.ann, "/people", name="Пётр Иванов", phones=["8 916 555-66-77"])
    refused = await api(people.eve).post(
        "/people", json={"name": "Иванов Петр Сергеевич", "phones": ["+79165556677"]}
    )
    assert refused.json()["data"] == {"field": "phones.0", "owner_name": "Ann"}
    await added(api, people.eve, "/people", name="Анна Котова", phones=["+79165556677"])


async def test_a_company_and_a_person_may_share_an_email(api, people):
    await added(api, people.ann, "/companies", name="ИП Котов", emails=["kotov@example.ru"])
    await added(api, people.ann, "/people", name="Котов", emails=["kotov@example.ru"])


async def test_a_change_may_not_make_a_duplicate(api, people):
    await added(api, people.ann, "/people", name="Кто-то", emails=["taken@example.ru"])
    other = await added(api, people.ann, "/people", name="Другой", emails=["free@example.ru"])
    path = f"/people/{other['id']}"
    refused = await api(people.ann).patch(path, json={"version": 1, "emails": ["taken@example.ru"]})
    assert refused.json()["code"] == "customers.duplicate"
    kept = {"version": 1, "emails": ["free@example.ru", "more@example.ru"]}
    assert (await api(people.ann).patch(path, json=kept)).status_code == 200


@pytest.mark.parametrize("moment", range(3))
async def test_of_many_at_once_one_is_the_first(api, people, moment):
    told = {"name": "Одновременно", "emails": [f"same@moment{moment}.example"]}
    clients = [api(actor) for actor in (people.ann, people.eve) * 3]
    await asyncio.gather(*(client.get("/companies") for client in clients))  # all are connected
    answers = await asyncio.gather(*(one.post("/companies", json=told) for one in clients))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
