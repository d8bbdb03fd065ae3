"""The demo's world in a real installation: all of it, as the modules would have kept it."""

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio
from pydantic_core import from_json
from standardwebhooks import Webhook

from gausdo.app import Gausdo, opened
from gausdo.demo.load import load
from gausdo.demo.sink import SECRET
from gausdo.demo.world import World
from gausdo.demo.world_records import Account, Deal, Move
from gausdo.kernel.actor import Actor
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import now
from gausdo.modules.activities.contract import Activities, TaskQuery, TaskState
from gausdo.modules.automation.contract import Automation
from gausdo.modules.communications.contract import Communications
from gausdo.modules.customers.contract import CompanyDraft, Customers, Duplicate, PersonDraft
from gausdo.modules.identity.contract import Identity
from gausdo.modules.reports.contract import DashboardQuery, Reports
from gausdo.modules.sales.contract import (
    Board,
    BoardQuery,
    DealDraft,
    DealMove,
    DealQuery,
    Sales,
    StageKind,
)
from gausdo.settings import Settings
from tests.demo.conftest import TODAY, rows

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def accounts() -> list[Account]:
    return list(World(TODAY).accounts())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gausdo(demo: Settings) -> AsyncIterator[Gausdo]:
    async with opened(demo) as gausdo:
        yield gausdo


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(demo: Settings) -> list[str]:
    """What a load of the whole demo says; the others read what it has loaded."""
    return [line async for line in load(demo, World(TODAY))]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def admin(gausdo: Gausdo, told: list[str]) -> Actor:
    return await gausdo.get(Identity).actor(World(TODAY).staff.administrator.id)


def deals_of(accounts: list[Account]) -> list[Deal]:
    return [deal for account in accounts for deal in account.deals]


async def test_boards_add_up_to_the_world(
    gausdo: Gausdo, admin: Actor, accounts: list[Account]
) -> None:
    world = World(TODAY)
    sales = gausdo.get(Sales)
    assert [p.name for p in await sales.pipelines(admin)] == [p.name for p in world.pipelines]
    counted = 0
    for pipeline in world.pipelines:
        board = Board.model_validate_json(await sales.board(admin, pipeline.id, BoardQuery()))
        columns = {column.stage_id: column for column in board.columns}
        for stage in pipeline.open:
            there = [deal for deal in deals_of(accounts) if deal.now_in == stage]
            sums: dict[str, Decimal] = {}
            for worth in (deal.now("worth") for deal in there):
                if worth is not None:
                    sums[worth.currency] = sums.get(worth.currency, Decimal()) + worth.amount
            column = columns[stage.id]
            assert column.count == len(there)
            assert {one.currency: one.sum for one in column.sums} == sums
            counted += column.count
    assert counted > 150


async def test_names_next_steps_and_rights_are_there_at_once(
    gausdo: Gausdo, admin: Actor, accounts: list[Account]
) -> None:
    world = World(TODAY)
    manager = await gausdo.get(Identity).actor(world.staff.managers[0][0].id)
    sales = gausdo.get(Sales)
    query = DealQuery(owner_id=manager.id, kind=StageKind.OPEN, limit=100)
    shown = from_json(await sales.list_deals(manager, query))["items"]
    mine = [
        deal
        for deal in deals_of(accounts)
        if deal.now("owner").id == manager.id and deal.now_in.kind is StageKind.OPEN
    ]
    assert {deal["id"] for deal in shown} == {str(deal.id) for deal in mine}
    assert all(deal["owner"]["name"] == manager.name for deal in shown)
    named = [deal for deal in shown if deal["company"] and deal["company"]["name"]]
    assert len(named) > len(shown) / 2
    going = {
        task.about.id
        for account in accounts
        for task in account.tasks
        if task.about and task.done_at is None
    }
    assert {d["id"] for d in shown if d["next_task"]} == {str(d.id) for d in mine} & {
        str(id) for id in going
    }
    stepless = DealQuery(owner_id=manager.id, without_next_step=True, limit=200)
    found = from_json(await sales.list_deals(manager, stepless))["items"]
    assert {d["id"] for d in found} == {str(d.id) for d in mine if d.id not in going}
    tasks = TaskQuery(mine=True, state=TaskState.OPEN, limit=100)
    listed = from_json(await gausdo.get(Activities).list_tasks(manager, tasks))["items"]
    assert len(listed) > 15
    assert any(task["about"] and task["about"]["name"] for task in listed)
    other_team = world.staff.managers[1][0].id
    hidden = DealQuery(owner_id=other_team, limit=1)
    assert from_json(await sales.list_deals(manager, hidden))["items"] == []


async def test_history_leads_to_what_is(demo: Settings, told: list[str]) -> None:
    for kind, table in (
        ("company", "customers.company"),
        ("person", "customers.person"),
        ("deal", "sales.deal"),
        ("task", "activities.task"),
    ):
        module = table.partition(".")[0]
        found = await rows(
            demo,
            f"""
            select count(*) from {table} r where not exists (
                select from (
                    select max(version) as last, count(*) as count, min(version) as first,
                        count(distinct version) as versions, max(at) as at
                    from {module}.history where kind = '{kind}' and subject_id = r.id
                ) h where h.first = 1 and h.last = r.version and h.count = r.version
                    and h.versions = r.version and h.at = r.changed_at
            )
            """,
        )
        assert found == [(0,)], kind
        assert await rows(
            demo,
            f"""
            select count(*) from (
                select at > lag(at) over (partition by subject_id order by version) as later
                from {module}.history where kind = '{kind}'
            ) steps where not later
            """,
        ) == [(0,)], kind
    assert await rows(
        demo,
        """
        select count(*) from sales.deal d where not exists (
            select from sales.history h where h.subject_id = d.id and h.version = d.version
                and (h.body->>'stage_id')::uuid = d.stage_id and h.body->>'kind' = d.kind
                and (h.body->>'amount')::numeric is not distinct from d.amount
                and (h.body->>'owner_id')::uuid = d.owner_id
                and (h.body->>'stage_since')::timestamptz = d.stage_since
                and (h.body->>'closed_at')::timestamptz is not distinct from d.closed_at
        )
        """,
    ) == [(0,)]
    assert await rows(
        demo,
        "select count(*) from sales.history where name = 'sales.deal-moved.v1' "
        "and body->>'from_stage_id' = body->>'stage_id'",
    ) == [(0,)]
    for name in ("identity", "customers", "sales", "activities"):
        # rates and goals come by the use cases that set them, after the load
        waiting = f"select count(*) from {name}.outbox where kind not in ('rates', 'goal')"
        assert await rows(demo, waiting) == [(0,)]
        assert await rows(demo, f"select count(*) from {name}.history_default") == [(0,)]


async def test_every_id_exists(demo: Settings, told: list[str]) -> None:
    for table, column, target in (
        ("customers.company", "owner_id", 'identity."user"'),
        ("customers.company", "team_id", "identity.team"),
        ("customers.person", "company_id", "customers.company"),
        ("customers.person", "owner_id", 'identity."user"'),
        ("sales.deal", "company_id", "customers.company"),
        ("sales.deal", "contact_id", "customers.person"),
        ("sales.deal", "stage_id", "sales.stage"),
        ("sales.deal", "owner_id", 'identity."user"'),
        ("sales.next_task", "task_id", "activities.task"),
        ("sales.next_task", "deal_id", "sales.deal"),
        ("activities.task", "owner_id", 'identity."user"'),
        ("activities.note", "author_id", 'identity."user"'),
        ("sales.history", "actor_id", 'identity."user"'),
        ("customers.history", "actor_id", 'identity."user"'),
        ("activities.history", "actor_id", 'identity."user"'),
    ):
        dangling = await rows(
            demo,
            f"select count(*) from {table} r where {column} is not null "
            f"and not exists (select from {target} t where t.id = r.{column})",
        )
        assert dangling == [(0,)], f"{table}.{column}"
    for kind, target in (
        ("company", "customers.company"),
        ("person", "customers.person"),
        ("deal", "sales.deal"),
    ):
        for told_by in ("task", "note"):
            assert await rows(
                demo,
                f"select count(*) from activities.{told_by} r where about_kind = '{kind}' "
                f"and not exists (select from {target} t where t.id = r.about_id)",
            ) == [(0,)]
        label = "title" if kind == "deal" else "name"
        for module in ("activities",) if kind == "deal" else ("sales", "activities"):
            assert await rows(
                demo,
                f"select count(*) from {target} t where not exists (select from {module}.known k "
                f"where k.kind = '{kind}' and k.id = t.id and k.label = t.{label} "
                "and k.owner_id = t.owner_id and k.version = t.version)",
            ) == [(0,)], f"{module} knows every {kind}"


async def test_an_event_is_as_the_module_publishes_it(
    demo: Settings, gausdo: Gausdo, admin: Actor, accounts: list[Account]
) -> None:
    """Deals opened and moved by hand have the same in their history as those that were loaded."""
    sales = gausdo.get(Sales)
    pipeline = (await sales.pipelines(admin))[0]
    loaded_one = next(d for d in deals_of(accounts) if d.company_id and d.contact_id and d.worth)
    draft = DealDraft(
        title="Проверка",
        company_id=loaded_one.company_id,
        contact_id=loaded_one.contact_id,
        worth=loaded_one.worth,
        expected_on=TODAY,
        owner_id=loaded_one.owner.id,
    )
    deal = await sales.open_deal(admin, draft)
    lost = next(stage for stage in pipeline.stages if stage.kind is StageKind.LOST)
    move = DealMove(version=1, stage_id=lost.id, lost_reason="Дорого")
    await sales.move_deal(admin, deal.id, move)
    query = (
        "select h.name, h.kind, h.via, h.body, h.seen, h.changes, p.changes "
        "from sales.history h left join sales.personal p using (event_id) "
        "where h.subject_id {} '{}' and h.kind = 'deal' and h.body->>'amount' is not null "
        "and h.body->>'company_id' is not null and h.body->>'contact_id' is not null "
        "and (p.changes ? 'lost_reason' or h.name = 'sales.deal-opened.v1') order by h.at"
    )
    by_hand = {row[0]: shape(row) for row in await rows(demo, query.format("=", deal.id))}
    loaded = {row[0]: shape(row) for row in await rows(demo, query.format("<>", deal.id))}
    assert len(by_hand) == 2
    assert loaded == by_hand
    assert deal.version + 1 == (await sales.deal(admin, deal.id)).version


def shape(value: object) -> object:
    """Field names and the form of what is in them."""
    match value:
        case dict():
            return {name: shape(one) for name, one in value.items()}
        case list() | tuple():
            return [shape(one) for one in value]
        case str():
            return value if value.startswith(("sales.", "deal", "person")) else "text"
        case _:
            return "value"


async def test_a_loaded_deal_lives_on(
    gausdo: Gausdo, admin: Actor, accounts: list[Account]
) -> None:
    sales = gausdo.get(Sales)
    chosen = next(
        deal
        for deal in deals_of(accounts)
        if deal.now_in.kind is StageKind.OPEN and any(isinstance(s, Move) for s in deal.steps)
    )
    deal = await sales.deal(admin, chosen.id)
    assert deal.version == 1 + len(chosen.steps)
    won = chosen.pipeline.closed(StageKind.WON)
    moved = await sales.move_deal(admin, deal.id, DealMove(version=deal.version, stage_id=won.id))
    assert moved.version == deal.version + 1
    history = from_json(await sales.deal_history(admin, deal.id))
    assert [entry["version"] for entry in history] == list(range(moved.version, 0, -1))
    assert all(entry["actor_name"] for entry in history)


async def test_customers_are_found_and_not_added_twice(
    gausdo: Gausdo, admin: Actor, accounts: list[Account]
) -> None:
    customers = gausdo.get(Customers)
    account = next(
        a for a in accounts if a.company and a.company.inn and a.company.phones and a.people
    )
    company, person = account.company, account.people[0]
    assert company is not None
    for q in (company.name, company.phones[0].typed[-9:], company.domain or ""):
        found = from_json(await customers.list_companies(admin, ListQuery(q=q)))["items"]
        assert str(company.id) in {one["id"] for one in found}, q
    emails = [person.emails[0].typed]
    with pytest.raises(Duplicate):
        await customers.add_person(admin, PersonDraft(name="Другой", emails=emails))
    with pytest.raises(Duplicate):
        await customers.add_company(admin, CompanyDraft(name="Другая", inn=company.inn))
    history = from_json(await customers.company_history(admin, company.id))
    assert history[-1]["changes"]["name"] == [None, company.name]


async def test_the_dashboard_has_two_years(
    gausdo: Gausdo, admin: Actor, accounts: list[Account]
) -> None:
    query = DashboardQuery(months=24, currency="RUB")
    dashboard = await gausdo.get(Reports).dashboard(admin, query)
    assert set(dashboard.currencies) == {"RUB", "EUR", "USD", "CNY"}
    assert sum(bar.sum > 0 for bar in dashboard.won_by_month) > 18
    roubles = [
        worth.amount
        for deal in deals_of(accounts)
        if deal.now_in.kind is StageKind.WON
        and (worth := deal.now("worth")).currency == "RUB"
        and deal.stage_since
        >= dt.datetime.combine(
            dashboard.won_by_month[0].month, dt.time(), dt.timezone(dt.timedelta(hours=3))
        )
    ]
    assert sum(bar.sum for bar in dashboard.won_by_month) == sum(roubles)
    assert len(dashboard.activity_by_owner) == 6


async def test_a_rule_waits_for_a_large_deal(gausdo: Gausdo, admin: Actor) -> None:
    (rule,) = await gausdo.get(Automation).rules(admin)
    assert rule.enabled
    assert rule.author_id == admin.id
    stages = [s for s in (await gausdo.get(Sales).pipelines(admin))[0].stages if s.kind == "open"]
    assert rule.trigger.stage_id == stages[-2].id
    assert [step.type for step in rule.steps] == ["send-letter", "add-task", "call-webhook"]
    assert sorted(t.locale for t in await gausdo.get(Communications).templates(admin)) == [
        "en",
        "ru",
    ]
    secret = (gausdo.settings.data / "sink" / SECRET).read_text()
    assert Webhook(secret).sign("msg_1", now(), "{}").startswith("v1,")


async def test_the_calendar_has_the_holidays_of_two_years(gausdo: Gausdo, admin: Actor) -> None:
    calendar = await gausdo.get(Identity).working_calendar(admin)
    assert calendar.time_zone == "Europe/Moscow"
    for year in (TODAY.year, TODAY.year + 1):
        assert calendar.days[dt.date(year, 1, 1)] == ()
    assert len(calendar.week[0]) == 1
    assert calendar.week[6] == ()
