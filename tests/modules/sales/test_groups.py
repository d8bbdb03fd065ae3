"""Lists in groups: of deals, of companies and of people."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import psycopg
import pytest
import pytest_asyncio
from psycopg import AsyncRawCursor

from gausdo.app import Gausdo
from gausdo.kernel.actor import Grant, Reach
from gausdo.kernel.conditions import Leaf, Op
from gausdo.kernel.custom import CustomFieldDraft
from gausdo.kernel.errors import Forbidden
from gausdo.modules.customers.contract import CompanyDraft, Customers
from gausdo.modules.sales.contract import DealDraft, DealQuery, PipelineDraft, Sales
from gausdo.modules.sales.grouping import counts_of
from gausdo.modules.sales.groups_contract import DealGroupsQuery
from gausdo.settings import Settings
from tests.conftest import ADMIN, As, People, superuser_dsn

Told = dict[str, Any]
pytestmark = pytest.mark.asyncio(loop_scope="session")

STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Talks", "probability": 40},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]
DEALS = [
    ("ann", "Roof", "2026-03-31", "100.10", "RUB", "red"),
    ("ann", "Floor", "2026-03-01", "0.90", "RUB", "blue"),
    ("bob", "Wall", "2026-04-01", "7.00", "USD", None),
    ("bob", "Door", None, None, None, "red"),
    ("eve", "Secret", "2027-01-15", "5.00", "RUB", "red"),
]
COMPANIES = [("Oak", "Wood", ["big", "old"]), ("Elm", None, []), ("Ash", "Wood", ["big"])]
MANY = """
insert into sales.deal (id, title, pipeline_id, stage_id, kind, probability, amount, currency,
    owner_id, team_id, expected_on, created_at, changed_at, stage_since, version)
select uuidv7(), 'Many ' || n, %(pipeline)s, %(stage)s, 'open', 10, 1, 'RUB', %(owner)s, %(team)s,
    '2020-01-01'::date + n / 20, now(), now(), now(), 1
from generate_series(1, 20000) n
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def stages(gausdo: Gausdo, people: People) -> list[str]:
    sales = gausdo.get(Sales)
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    pipeline = await sales.add_pipeline(ADMIN, draft)
    options = [{"key": "red", "name": "Red"}, {"key": "blue", "name": "Blue"}]
    for key, quick in (("colour", True), ("shade", False)):
        told = {"name": key, "key": key, "type": "choice", "options": options, "indexed": quick}
        await sales.add_deal_field(ADMIN, CustomFieldDraft.model_validate(told))
    for who, title, day, amount, currency, colour in DEALS:
        deal = DealDraft.model_validate(
            {
                "title": title,
                "expected_on": day,
                "worth": amount and {"amount": amount, "currency": currency},
                "custom": {"colour": colour} if colour else {},
            }
        )
        await sales.open_deal(getattr(people, who), deal)
    customers = gausdo.get(Customers)
    for name, industry, tags in COMPANIES:
        company = CompanyDraft(name=name, industry=industry, tags=tags)
        await customers.add_company(people.ann, company)
    return [str(stage.id) for stage in pipeline.stages]


async def groups(client: httpx2.AsyncClient, by: str, of: str = "deals", **told: Any) -> list[Told]:
    reply = await client.get(f"/{of}/groups", params={"by": by, **told})
    assert reply.status_code == 200, reply.text
    assert reply.json()["next"] is None
    items: list[Told] = reply.json()["items"]
    return items


async def titles(
    client: httpx2.AsyncClient, group: Told, of: str = "deals", **told: Any
) -> list[str]:
    """What the list itself has, asked for a group."""
    asked = {"filter": json.dumps(group["condition"]), **told}
    items = (await client.get(f"/{of}", params=asked)).json()["items"]
    return sorted(one["title" if of == "deals" else "name"] for one in items)


def counted(found: list[Told]) -> list[tuple[Any, int]]:
    return [(one["key"], one["count"]) for one in found]


async def test_a_group_is_told_with_its_number_and_its_exact_sums(
    api: As, people: People, stages: list[str]
) -> None:
    admin = api(people.admin)
    months = await groups(admin, "expected_on")
    assert counted(months) == [("2026-03", 2), ("2026-04", 1), ("2027-01", 1), (None, 1)]
    assert [one["sums"] for one in months] == [
        [{"amount": "101.00", "currency": "RUB"}],
        [{"amount": "7.00", "currency": "USD"}],
        [{"amount": "5.00", "currency": "RUB"}],
        [],
    ]
    assert [await titles(admin, one) for one in months] == [
        ["Floor", "Roof"], ["Wall"], ["Secret"], ["Door"],
    ]  # fmt: skip
    assert counted(await groups(admin, "stage_id")) == [(stages[0], 5)]  # no empty ones
    assert counted(await groups(admin, "custom.colour")) == [("red", 3), ("blue", 1), (None, 1)]
    owners = await groups(admin, "owner_id")
    assert {one["key"]: one["count"] for one in owners} == {
        str(people.ann.id): 2, str(people.bob.id): 2, str(people.eve.id): 1,
    }  # fmt: skip
    assert sum(one["count"] for one in await groups(admin, "created_at")) == len(DEALS)


async def test_groups_are_of_what_the_list_lets_through(api: As, people: People) -> None:
    admin = api(people.admin)
    dear = json.dumps({"any": [Leaf(field="amount", op=Op.GT, value="6").model_dump(mode="json")]})
    months = await groups(admin, "expected_on", filter=dear)
    assert counted(months) == [("2026-03", 1), ("2026-04", 1)]
    assert [await titles(admin, one) for one in months] == [["Floor", "Roof"], ["Wall"]]
    assert counted(await groups(admin, "expected_on", q="flo")) == [("2026-03", 1)]
    assert counted(await groups(admin, "expected_on", q="scret")) == [("2027-01", 1)]  # a slip
    assert await groups(admin, "expected_on", q="nowhere") == []
    mine = await groups(admin, "expected_on", owner_id=str(people.bob.id))
    assert counted(mine) == [("2026-04", 1), (None, 1)]


async def test_nobody_counts_what_they_do_not_see(api: As, people: People) -> None:
    ann = api(people.ann)
    assert "2027-01" not in {one["key"] for one in await groups(ann, "expected_on")}
    assert str(people.eve.id) not in {one["key"] for one in await groups(ann, "owner_id")}
    assert counted(await groups(api(people.eve), "custom.colour")) == [("red", 1)]


async def test_what_makes_no_groups_is_refused(api: As, people: People) -> None:
    client = api(people.ann)
    for by in ("title", "amount", "custom.shade", "custom.nothing", "nonsense"):
        reply = await client.get("/deals/groups", params={"by": by})
        assert (reply.status_code, reply.json()["errors"][0]["code"]) == (422, "choice"), by
    reply = await client.get("/deals/groups", params={"by": "kind", "after": "nowhere"})
    assert reply.status_code == 422


async def test_a_month_is_told_day_by_day(api: As, people: People) -> None:
    admin = api(people.admin)
    march = {"by": "expected_on", "since": "2026-03-01", "until": "2026-04-04"}
    found = (await admin.get("/deals/days", params=march)).json()
    assert [(one["day"], one["count"], one["more"]) for one in found] == [
        ("2026-03-01", 1, False), ("2026-03-31", 1, False), ("2026-04-01", 1, False),
    ]  # fmt: skip
    assert [one["items"][0]["title"] for one in found] == ["Floor", "Roof", "Wall"]
    mine = {"owner_id": str(people.bob.id), "q": "wal"}
    told = (await admin.get("/deals/days", params=march | mine)).json()
    assert [one["day"] for one in told] == ["2026-04-01"]
    assert (await api(people.eve).get("/deals/days", params=march)).json() == []
    today = datetime.now(ZoneInfo(people.admin.time_zone)).date().isoformat()
    made: Told = {"by": "created_at", "since": today, "until": today, "shown": 2}
    (day,) = (await admin.get("/deals/days", params=made)).json()
    assert (day["count"], len(day["items"])) == (5, 2)  # the others are counted
    for wrong in ({"until": "2026-02-01"}, {"until": "2026-12-31"}, {"by": "kind"}):
        reply = await admin.get("/deals/days", params=march | wrong)
        assert reply.status_code == 422, wrong


async def test_a_hidden_field_makes_no_groups(gausdo: Gausdo, people: People) -> None:
    without = frozenset({"expected_on", "worth"})
    read = Grant(object="sales.deal", operation="read", reach=Reach.ALL, without=without)
    actor = people.bob.model_copy(update={"grants": (read,)})
    sales = gausdo.get(Sales)
    with pytest.raises(Forbidden):
        await sales.deal_groups(actor, DealGroupsQuery(by="expected_on"))
    (told,) = (await sales.deal_groups(actor, DealGroupsQuery(by="pipeline_id"))).items
    assert (told.count, told.sums) == (5, [])


async def test_companies_have_tags_and_industries(api: As, people: People) -> None:
    ann = api(people.ann)
    wood, none = await groups(ann, "industry", "companies")
    assert counted([wood, none]) == [("Wood", 2), (None, 1)]
    assert await titles(ann, wood, "companies") == ["Ash", "Oak"]
    big, old, without = await groups(ann, "tags", "companies")
    assert counted([big, old, without]) == [("big", 2), ("old", 1), (None, 1)]
    assert await titles(ann, without, "companies") == ["Elm"]
    assert await groups(ann, "position", "people") == []


async def test_of_a_large_group_it_is_told_that_there_are_more(
    api: As, gausdo: Gausdo, people: People, stages: list[str], settings: Settings
) -> None:
    """And its heading passes over no more rows than it counts."""
    told = {"stage": stages[1], "owner": people.bob.id, "team": people.bob.team_id}
    async with await psycopg.AsyncConnection.connect(
        superuser_dsn(settings), autocommit=True
    ) as admin:
        found = await admin.execute("select id from sales.pipeline")
        row = await found.fetchone()
        assert row is not None
        await admin.execute(MANY, {**told, "pipeline": row[0]})
        await admin.execute("vacuum analyze sales.deal")
    few, many = await groups(api(people.admin), "stage_id")
    assert (few["count"], few["more"]) == (5, False)
    assert (many["count"], many["more"], many["sums"]) == (1000, True, None)
    far = {"title": "Far", "expected_on": "9999-12-15"}
    assert (await api(people.admin).post("/deals", json=far)).status_code == 201
    reply = await api(people.admin).get("/deals/groups", params={"by": "expected_on"})
    months, after = reply.json()["items"], reply.json()["next"]
    assert (len(months), after) == (33 + 3 + 2, None)
    assert [one["count"] for one in months if one["others"]] == [1]  # beyond all conditions
    week: Told = {"by": "expected_on", "since": "2020-06-01", "until": "2020-06-30", "shown": 3}
    days = (await api(people.admin).get("/deals/days", params=week)).json()
    assert {(one["count"], len(one["items"])) for one in days} == {(20, 3)}
    assert len(days) == 30
    query = DealQuery(filter=json.dumps(months[5]["condition"]))
    sent = counts_of(people.admin, (), query, None)
    db = gausdo.databases["sales"]
    asked, params = db.prepared(sent)
    async with db.connection() as connection, connection.transaction():
        plan = await AsyncRawCursor(connection).execute(f"explain {asked}".encode(), params)
        lines = "\n".join(line for (line,) in await plan.fetchall())
    assert "expected_on on deal" in lines, lines
