"""Who may be there already is told while one types, and of a colleague's record only that it is."""

import pytest
from sqlalchemy import select

from gausdo.kernel.actor import SYSTEM
from gausdo.modules.customers import pairs, suspects
from gausdo.modules.customers.likeness import portrait
from gausdo.modules.customers.tables import PersonRow
from gausdo.modules.integrations.contract import Integrations
from tests.modules.customers.test_duplicates import added

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def suspected(api, actor, path, **looks):
    answer = await api(actor).post(f"{path}/suspects", json=looks)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("path", "kept", "typed", "clues"),
    [
        (
            "/companies",
            {"name": "ООО «Заречье-Пласт»", "city": "Тверь"},
            {"name": "Zareche Plast Ltd", "city": "тверь"},
            ["name", "city"],
        ),
        (
            "/companies",
            {"name": "Сталькомплект", "domain": "stalkomplekt.example"},
            {"name": "Стальконплект", "emails": ["info@stalkomplekt.example"]},
            ["domain", "name"],
        ),
        ("/companies", {"name": "Узор", "inn": "7736207543"}, {"inn": "7736207543"}, ["inn"]),
        (
            "/people",
            {"name": "Алёна Щербакова", "phones": ["+7 913 000-11-22"]},
            {"name": "Shcherbakova Alena", "phones": ["8 (913) 000 11 22"]},
            ["phone", "name"],
        ),
        (
            "/people",
            {"name": "Мельникова Дарья Олеговна"},
            {"name": "Дарья Олеговна Мельникова"},
            ["name"],
        ),
    ],
)
async def test_whom_one_types_is_known(api, people, path, kept, typed, clues):
    record = await added(api, people.ann, path, **kept)
    [found] = await suspected(api, people.ann, path, **typed)
    assert (found["id"], found["name"], found["owner_name"]) == (record["id"], kept["name"], "Ann")
    assert found["clues"] == clues
    assert found["score"] >= 50
    assert await suspected(api, people.ann, path, id=record["id"], **typed) == []


async def test_what_is_half_typed_is_no_error(api, people):
    looks = {"name": "", "inn": "77", "domain": "x", "phones": ["+7"], "emails": ["a@"]}
    assert await suspected(api, people.ann, "/companies", **looks) == []


async def test_who_shares_a_phone_or_a_surname_is_somebody_else(api, people):
    await added(api, people.ann, "/people", name="Олег Громов", phones=["+7 914 000-33-44"])
    assert await suspected(api, people.ann, "/people", name="Вера Громова") == []
    typed = {"name": "Ян Котельников", "phones": ["+7 914 000-33-44"]}
    assert await suspected(api, people.ann, "/people", **typed) == []


async def test_of_a_record_of_others_only_that_it_is_there_is_told(api, people):
    kept = {"name": "Тайный Покупатель", "emails": ["secret@hidden.example"], "city": "Пермь"}
    await added(api, people.ann, "/people", **kept)
    [told] = await suspected(api, people.eve, "/people", emails=["Secret@hidden.example"])
    assert (told["id"], told["name"], told["city"]) == (None, None, None)
    assert (told["owner_name"], told["clues"]) == ("Ann", ["email"])
    assert await suspected(api, people.eve, "/people", name="Тайный Покупатель", city="Пермь") == []


async def test_a_record_has_suspects_and_a_strangers_has_not(api, people):
    one = await added(api, people.ann, "/companies", name="Ладья Сервис", city="Орёл")
    two = await added(api, people.ann, "/companies", name="АО Ладья-Сервис", city="Орел")
    answer = await api(people.ann).get(f"/companies/{two['id']}/suspects")
    assert [found["id"] for found in answer.json()] == [one["id"]]
    assert (await api(people.eve).get(f"/companies/{two['id']}/suspects")).status_code == 404


async def test_pairs_wait_until_somebody_tells_them_apart(api, people, settled):
    one = await added(api, people.ann, "/companies", name="Парус Энерго", city="Сочи")
    two = await added(api, people.ann, "/companies", name="Парус-Энерго", city="Сочи")
    await settled()
    answer = await api(people.ann).get("/companies/pairs", params={"limit": 200})
    [pair] = [
        pair
        for pair in answer.json()["items"]
        if {pair["one"]["id"], pair["other"]["id"]} == {one["id"], two["id"]}
    ]
    assert pair["clues"] == ["name", "city"]
    path = f"/companies/pairs/{pair['id']}/apart"
    assert (await api(people.eve).post(path)).status_code == 404
    assert (await api(people.ann).post(path)).json()["id"] == pair["id"]
    again = {"version": 1, "city": "Адлер"}
    assert (await api(people.ann).patch(f"/companies/{two['id']}", json=again)).status_code == 200
    await settled()
    left = (await api(people.ann).get("/companies/pairs", params={"limit": 200})).json()["items"]
    assert pair["id"] not in {one["id"] for one in left}
    assert (await api(people.eve).get("/companies/pairs")).json()["items"] == []


async def test_a_changed_record_is_no_suspect_any_more(api, people, settled):
    await added(api, people.ann, "/people", name="Лев Осинцев", emails=["lev@osin.example"])
    two = await added(
        api, people.ann, "/people", name="Осинцев Лев", phones=["+7 915 100-00-01"], city="Омск"
    )
    told = {"version": 1, "emails": ["lev.o@osin.example"]}
    two = (await api(people.ann).patch(f"/people/{two['id']}", json=told)).json()
    await settled()
    assert await of_pairs(api, people.ann, two["id"]) == [["name", "domain"]]
    told = {"version": two["version"], "name": "Борис Карпин"}
    assert (await api(people.ann).patch(f"/people/{two['id']}", json=told)).status_code == 200
    await settled()
    assert await of_pairs(api, people.ann, two["id"]) == []


async def of_pairs(api, actor, id):
    items = (await api(actor).get("/people/pairs", params={"limit": 200})).json()["items"]
    return [pair["clues"] for pair in items if id in {pair["one"]["id"], pair["other"]["id"]}]


async def test_what_is_imported_is_looked_at(gausdo, api, people, settled):
    told = {"name": "Ильясова Рената Маратовна", "city": "Уфа"}
    one = await added(api, people.head, "/people", **told)
    text = "Имя;Город\nИльясова Рената Маратовна;Уфа\n"
    report = await gausdo.get(Integrations).import_file(people.head, "people", text.encode())
    assert report.created == 1
    await settled()
    assert await of_pairs(api, people.head, one["id"]) == [["name", "city"]]


async def test_many_are_compared_as_each_of_them_is(gausdo, api, people):
    alike = ["Щербинина Алёна", "Щербинина Алена Игоревна", "Shcherbinina Alena", "Щербинина Ал."]
    called = [*alike, *["Новая заявка"] * 12, "Заявка Новая Третья", "Никифоров"]
    ids = [(await added(api, people.ann, "/people", name=name))["id"] for name in called]
    async with gausdo.databases["customers"].begin(SYSTEM) as tx:
        rows = (await tx.session.scalars(select(PersonRow).where(PersonRow.id.in_(ids)))).all()
        mine = {row.id: portrait(row.compared()) for row in rows}
        many = await suspects.candidates_of(tx, SYSTEM, PersonRow, mine)
        for id, one in mine.items():
            alone = await suspects.candidates(tx, SYSTEM, PersonRow, one, id)
            assert {each.id for each in many[id]} == {each.id for each in alone}, one.name
    assert sorted(map(len, many.values()))[-12:] == [12] * 12


async def test_a_file_that_is_coming_in_passes_before_what_it_brings_is_looked_at(monkeypatch):
    waiting = [(1, 500), (1, 1000), (1, 1500), (1, 1500), (51, 1510), (101, 1510), None]
    looked_at = []

    async def next_waiting(_):
        return waiting.pop(0)

    async def look_at_some(_):
        looked_at.append(len(waiting))
        return True

    monkeypatch.setattr(pairs, "PAUSE", 0)
    monkeypatch.setattr(pairs, "_waiting", next_waiting)
    monkeypatch.setattr(pairs, "_look_at_some", look_at_some)
    await pairs.look(None)
    assert looked_at == [3, 2, 1]
