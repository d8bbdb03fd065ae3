"""How well duplicates are found: precision and recall on the labelled set."""

from collections import Counter

import pytest

from gausdo.modules.customers.contract import CompanyDraft, Customers, PersonDraft
from gausdo.modules.customers.duplicates_contract import CompanyLooks, PersonLooks
from gausdo.modules.customers.names import ALIKE, UNLIKE, likeness
from tests.modules.customers import labelled

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("kind", "precision", "recall"),
    [("companies", 0.95, 0.9), ("people", 0.95, 0.9)],
)
async def test_the_labelled_set_is_told_apart(gausdo, people, kind, precision, recall):
    customers = gausdo.get(Customers)
    draft, looks, suspect = {
        "companies": (CompanyDraft, CompanyLooks, customers.suspect_companies),
        "people": (PersonDraft, PersonLooks, customers.suspect_people),
    }[kind]
    add = getattr(customers, f"import_{kind}")
    told = getattr(labelled, kind)()
    rows = [(number, draft(**record)) for number, record in enumerate(told.records)]
    ids = {row.line: row.id for row in await add(people.admin, rows)}
    assert all(ids.values())
    right = wrong = missed = 0
    by_way: Counter[str] = Counter()
    for one in told.told:
        found = await suspect(people.admin, looks(**one.told))
        meant = ids.get(one.of)
        right += any(each.id == meant for each in found)
        wrong += sum(each.id != meant for each in found)
        if meant and not any(each.id == meant for each in found):
            missed += 1
            by_way[f"missed: {one.how}"] += 1
        if any(each.id != meant for each in found):
            by_way[f"wrong: {one.how}"] += 1
    measured = right / (right + wrong), right / (right + missed)
    report = f"{kind}: precision {measured[0]:.3f}, recall {measured[1]:.3f}, {by_way}"
    assert measured[0] >= precision, report
    assert measured[1] >= recall, report


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Иванов Иван", "Ivan Ivanov"),
        ("ООО «Ромашка»", "Romashka Ltd"),
        ("Общество с ограниченной ответственностью Ромашка", "Ромашка"),
        ("Алёна Щербакова", "Alena Shcherbakova"),
        ("Екатерина Цветкова", "Tsvetkova Ekaterina"),
        ("Ксения", "Xenia"),
        ("И. Петров", "Иван Петров"),
        ("Саша Петров", "Александр Петров"),
        ("Ромашка", "Ромшака"),
    ],
)
async def test_what_is_written_in_two_ways_is_alike(one, other):
    assert likeness(one, other) >= ALIKE
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Школа 12", "Школа 13"),
        ("Сергей Петров", "Анна Кузнецова"),
        ("", "Ромашка"),
        ("Азимут", "Вектор"),
    ],
)
async def test_what_is_another_name_is_unlike(one, other):
    assert likeness(one, other) < UNLIKE
