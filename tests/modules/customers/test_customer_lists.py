"""Lists of customers: their shape, order, pages, search, filters, and whose records are in them."""

import json

import pytest
import pytest_asyncio
from pydantic_core import from_json

from gausdo.kernel.errors import Invalid
from gausdo.kernel.pages import Listed, ListQuery, place
from gausdo.modules.customers.contract import (
    Company,
    CompanyDraft,
    Customers,
    PeopleQuery,
    Person,
    PersonDraft,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

CITIES = [None, "Омск", None, "Абакан", "Ёлкино", "Егорьевск", "Жуков", "омск"]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def town(gausdo, people):
    """Eight companies of Ann's, one of Eve's, and four people."""
    customers = gausdo.get(Customers)
    names = ["Ель", "Ёж", "Еж", "ежевика", "Жук", "Ёлка", "яблоко", "Ангар"]
    for number, (name, city) in enumerate(zip(names, CITIES, strict=True)):
        draft = CompanyDraft(
            name=name,
            city=city,
            industry="Лес" if number % 2 else "Сад",
            domain=f"town{number}.example",
        )
        await customers.add_company(people.ann, draft)
    await customers.add_company(people.eve, CompanyDraft(name="Чужая", city="Омск"))
    for name, position, phone, email in (
        ("Пётр Заводов", "Директор завода", "8 916 123-45-67", "petr.zavodov@mail.example"),
        ("Марья Иванова", "Бухгалтер", "+7 (495) 765-43-21 доб. 3", "Иванова@Почта.рф"),
        ("John Trystan", "Sales manager", "+44 20 7946 0018", "john@uk.example"),
        ("Иван Кузнецов", None, "8 383 200-10-20", "ivan@kuznetsov.example"),
    ):
        draft = PersonDraft(name=name, position=position, phones=[phone], emails=[email])
        await customers.add_person(people.ann, draft)


async def names(gausdo, actor, **query):
    told = await gausdo.get(Customers).list_companies(actor, ListQuery(**query))
    return [item["name"] for item in json.loads(told)["items"]]


async def found(gausdo, actor, q):
    told = await gausdo.get(Customers).list_people(actor, PeopleQuery(q=q))
    return [item["name"].split()[0] for item in json.loads(told)["items"]]


async def test_the_bytes_are_exactly_the_documented_shape(gausdo, people):
    customers = gausdo.get(Customers)
    for told, shape in (
        (await customers.list_companies(people.ann, ListQuery()), Listed[Company]),
        (await customers.list_people(people.ann, PeopleQuery()), Listed[Person]),
    ):
        read = shape.model_validate_json(told)
        assert read.items
        raw = from_json(told)
        assert [set(item) for item in raw["items"]] == [
            set(type(item).model_fields) for item in read.items
        ]


async def test_yo_stands_beside_ye(gausdo, people):
    order = ["Ангар", "Еж", "Ёж", "ежевика", "Ёлка", "Ель", "Жук", "яблоко"]
    assert await names(gausdo, people.ann, sort="name") == order
    assert await names(gausdo, people.ann, sort="-name") == order[::-1]


@pytest.mark.parametrize("sort", ["name", "city", "created_at", "changed_at"])
@pytest.mark.parametrize("sign", ["", "-"])
async def test_pages_follow_each_other_without_gap_or_repetition(gausdo, people, sort, sign):
    whole = await names(gausdo, people.ann, sort=sign + sort)
    assert len(whole) == len(CITIES)
    pages, after = [], None
    while True:
        query = ListQuery(sort=sign + sort, limit=3, after=after)
        page = json.loads(await gausdo.get(Customers).list_companies(people.ann, query))
        pages += [item["name"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert pages == whole


@pytest.mark.parametrize("sign", ["", "-"])
async def test_who_has_no_city_comes_last(gausdo, people, sign):
    told = await gausdo.get(Customers).list_companies(people.ann, ListQuery(sort=f"{sign}city"))
    cities = [item["city"] for item in json.loads(told)["items"]]
    assert cities[-2:] == [None, None]
    known = [city.lower().replace("ё", "е") for city in cities[:-2]]
    assert known == sorted(known, reverse=sign == "-")


@pytest.mark.parametrize(
    ("q", "first_names"),
    [
        ("пет", ["Пётр"]),
        ("Пётр", ["Пётр"]),
        ("завод", ["Пётр"]),
        ("заводы", ["Пётр"]),
        ("директор пётр", ["Пётр"]),
        ("директор марья", []),
        ("8916", ["Пётр"]),
        ("+7 916", ["Пётр"]),
        ("+7 (916) 123-45-67", ["Пётр"]),
        ("916 123-45", ["Пётр"]),
        ("1234567", ["Пётр"]),
        ("4567", ["Пётр"]),
        ("7654321", ["Марья"]),
        ("petr.zav", ["Пётр"]),
        ("petr.zavodov@ma", ["Пётр"]),
        ("zavodov", ["Пётр"]),
        ("почта", ["Марья"]),
        ("Иванова@почта.рф", ["Марья"]),
        ("try", ["John"]),
        ("за", ["Пётр"]),
        ("manager", ["John"]),
        ("иван", ["Иван", "Марья"]),
        ("'); drop table person; --", []),
        ("' & | ! :* <->", []),
        ("@", []),
        ("it's@'odd\\", []),
    ],
)
async def test_people_are_found_by_how_words_begin(gausdo, people, q, first_names):
    assert sorted(await found(gausdo, people.ann, q)) == sorted(first_names)


async def test_a_company_is_found_by_inn_city_industry_and_domain(gausdo, people):
    draft = CompanyDraft(
        name="Сбер", inn="7707083893", city="Казань", industry="Банки", domain="sber.example"
    )
    await gausdo.get(Customers).add_company(people.eve, draft)
    for q in ("770708", "казан", "банк", "sber.ex", "сбер казань"):
        assert await names(gausdo, people.eve, q=q) == ["Сбер"]
    assert await names(gausdo, people.ann, q="770708") == []


async def test_what_is_changed_is_found_anew(gausdo, people, api):
    made = await api(people.bob).post("/people", json={"name": "Редька", "phones": ["89031112233"]})
    change = {"version": 1, "name": "Репка", "phones": ["89034445566"]}
    await api(people.bob).patch(f"/people/{made.json()['id']}", json=change)
    assert await found(gausdo, people.bob, "редька") == []
    assert await found(gausdo, people.bob, "89031112233") == []
    assert await found(gausdo, people.bob, "репка 89034445566") == ["Репка"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "city", "op": "eq", "value": "Омск"}, ["Ёж"]),
        ({"field": "city", "op": "is_empty"}, ["Еж", "Ель"]),
        ({"field": "name", "op": "contains", "value": "ЕЖ"}, ["Еж", "ежевика"]),
        (
            {
                "all": [
                    {"field": "industry", "op": "eq", "value": "Лес"},
                    {"not": {"field": "city", "op": "in", "value": ["Омск", "омск"]}},
                    {"field": "owner_id", "op": "is_me"},
                ]
            },
            ["ежевика", "Ёлка"],
        ),
        ({"field": "created_at", "op": "before_today"}, []),
    ],
)
async def test_companies_are_filtered(gausdo, people, condition, expected):
    assert await names(gausdo, people.ann, filter=json.dumps(condition)) == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "owner"}, "sort"),
        ({"after": "nonsense"}, "after"),
        ({"after": place("x")}, "after"),
        ({"after": place("x", "no id")}, "after"),
        (
            {"sort": "created_at", "after": place("x", "01900000-0000-7000-8000-000000000001")},
            "after",
        ),
        ({"ids": "1,2"}, "ids"),
        ({"ids": ",".join(["01900000-0000-7000-8000-000000000001"] * 201)}, "ids"),
        ({"filter": "{"}, "filter"),
        ({"filter": '{"field": "secret", "op": "eq", "value": "x"}'}, "filter.field"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(gausdo, people, query, field):
    with pytest.raises(Invalid) as refused:
        await gausdo.get(Customers).list_companies(people.ann, ListQuery(**query))
    assert refused.value.errors[0].field == field


async def test_a_manager_sees_the_team_and_a_head_the_teams_below(gausdo, people):
    assert "Чужая" not in await names(gausdo, people.bob)
    assert "Ангар" in await names(gausdo, people.bob)
    assert {"Чужая", "Ангар"} <= set(await names(gausdo, people.head))
    assert {"Чужая", "Ангар"} <= set(await names(gausdo, people.admin))


async def test_records_are_found_by_id_and_by_name_within_rights(gausdo, people):
    customers = gausdo.get(Customers)
    told = await customers.companies_by_name(people.ann, ["ангар", "ЁЖ", "Чужая", "Нет такой"])
    assert set(told) == {"ангар", "ЁЖ"}
    companies = await customers.find_companies(people.eve, list(told.values()))
    assert companies == []
    companies = await customers.find_companies(people.bob, list(told.values()))
    assert {company.name for company in companies} == {"Ангар", "Ёж"}
