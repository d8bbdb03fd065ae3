"""What is sought in the order of a page first, and by the index of words where that ends."""

import json

import pytest
import pytest_asyncio

from gausdo.kernel.sought import steps
from gausdo.modules.activities import queries as activities
from gausdo.modules.activities.contract import Activities, TaskDraft, TaskQuery
from gausdo.modules.customers import queries as customers
from gausdo.modules.customers.contract import Customers, PeopleQuery, PersonDraft
from gausdo.modules.customers.tables import PersonRow
from gausdo.modules.sales import queries as sales
from gausdo.modules.sales.contract import DealDraft, DealQuery, PipelineDraft, Sales
from gausdo.platform import found
from gausdo.platform.db import Database
from tests.conftest import ADMIN, superuser

pytestmark = pytest.mark.asyncio(loop_scope="session")

MANY, TASTED, WALKED, SHOWN = 16, 3, 10, 5
"""Records of a team, the rows that are looked at first, those that are walked, those of a page."""
WORDS = {
    "насосная": {0},  # tasted, and too few in what is walked
    "дальняя": {14},  # beyond all that is walked
    "ранняя": {1, 12},
    "средняя": {5, 8},  # walked, and not tasted
    "чужая": {13},  # of Ann, and not of her team
    "каждая": set(range(MANY)),
}
ELSEWHERE = {3, 13}
"""Of Ann's records, by their places, those that are of another team than she is."""


def _name(place: int) -> str:
    return " ".join([str(place), *(word for word, places in WORDS.items() if place in places)])


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def desk(gausdo, people, settled):
    """The same records of each kind, the newest has place 0; every second one is Ann's."""
    stages = [
        {"name": name, "kind": name.lower(), "probability": 10} for name in ("Open", "Won", "Lost")
    ]
    made = PipelineDraft.model_validate({"name": "Main", "stages": stages})
    await gausdo.get(Sales).add_pipeline(ADMIN, made)
    for place in reversed(range(MANY)):
        actor = people.ann if place % 2 else people.bob
        await gausdo.get(Sales).open_deal(actor, DealDraft(title=_name(place)))
        await gausdo.get(Activities).add_task(actor, TaskDraft(title=_name(place)))
        await gausdo.get(Customers).add_person(actor, PersonDraft(name=_name(place)))
    await settled()
    with superuser(gausdo) as db:
        for table, name in (("sales.deal", "title"), ("activities.task", "title"),
                            ("customers.person", "name")):  # fmt: skip
            moved = f"update {table} set team_id = %s where split_part({name}, ' ', 1) = any(%s)"
            db.execute(moved, [people.eve.team_id, [str(place) for place in ELSEWHERE]])


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(found, "TASTED", TASTED)
    monkeypatch.setattr(found, "WALKED", WALKED)


def _deals(actor, q, step, mine):
    query = DealQuery(q=q, sort="-changed_at", limit=SHOWN)
    return sales.deals(actor, query, (), step, mine=mine)


def _tasks(actor, q, step, mine):
    return activities.tasks(actor, TaskQuery(q=q, sort="-created_at", limit=SHOWN, mine=mine), step)


def _people(actor, q, step, mine):
    query = PeopleQuery(q=q, sort="-changed_at", limit=SHOWN)
    only = frozenset({"id", "name"})
    return customers.closest(actor, PersonRow, query, step, mine, only)


READS = {"sales": _deals, "activities": _tasks, "customers": _people}


def _seen(who: str, mine: bool) -> set[int]:
    own = {place for place in range(MANY) if place % 2 and who == "ann"}
    if mine:
        return own
    if who == "eve":
        return set(ELSEWHERE)
    return set(range(MANY)) if who == "head" else set(range(MANY)) - ELSEWHERE | own


@pytest.mark.parametrize("module", READS)
@pytest.mark.parametrize(("who", "mine"), [("ann", False), ("ann", True), ("bob", False),
                                           ("eve", False), ("head", False)])  # fmt: skip
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("how", ["begins", "inside"])
async def test_the_newest_that_have_a_word_are_found_wherever_they_stand(
    gausdo, people, module, who, mine, word, how
):
    q = word[:-2] if how == "begins" else word[1:-1]
    step = steps(q)[0 if how == "begins" else 1]
    of_all = gausdo.databases[module]
    async with Database(of_all.dsn, of_all.schema, size=1) as db:
        page = json.loads(await db.one(READS[module](getattr(people, who), q, step, mine)))
    items = page.get("items")
    if items is None:
        names = page["columns"]["name"]
    else:
        names = [item.get("title") or item["name"] for item in items]
    expected = sorted(WORDS[word] & _seen(who, mine))
    assert [int(name.split()[0]) for name in names] == expected[:SHOWN]
    assert (page["next"] is not None) == (len(expected) > SHOWN)
