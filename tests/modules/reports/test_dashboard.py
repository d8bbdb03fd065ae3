from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from gausdo.kernel.actor import Actor, Reach
from gausdo.kernel.errors import Forbidden, Invalid, Unavailable
from gausdo.kernel.values import new_id
from gausdo.modules.reports.contract import Dashboard, DashboardQuery, DrillQuery
from gausdo.modules.reports.service import ReportsService
from gausdo.platform.analytics import Analytics
from tests.modules.reports.lives import Expected, Lives, reader
from tests.modules.reports.reports_world import NothingShared, World, new_world
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="session")

LIVES = Lives(seed=7).live(800)
OWNERS = list(LIVES.owners)
PIPELINE = next(iter(LIVES.pipelines))


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def lived(servers: Servers, template: str) -> AsyncIterator[World]:
    async with new_world(servers, template) as world:
        world.start()
        await world.publish(LIVES)
        await world.settle()
        yield world


async def seen(world: World, actor: Actor, **query: Any) -> Dashboard:
    return await world.service.dashboard(actor, DashboardQuery(**query))


def agrees(shown: Dashboard, expected: Expected) -> bool:
    won = {bar.month: (bar.count, bar.sum, bar.weighted) for bar in shown.won_by_month}
    assert won == expected.won()
    forecast = {bar.month: (bar.count, bar.sum, bar.weighted) for bar in shown.forecast}
    assert forecast == expected.forecast()
    funnel = {bar.stage_id: (bar.count, bar.sum) for bar in shown.funnel}
    assert funnel == expected.funnel()
    measures = ("opened", "moved", "won", "tasks_done", "notes")
    activity = {
        bar.owner_id: {name: getattr(bar, name) for name in measures}
        for bar in shown.activity_by_owner
    }
    assert activity == {
        owner: {name: bar[name] for name in measures} for owner, bar in expected.activity().items()
    }
    return True


EVERYONE = reader(Reach.ALL)
MINE = reader(Reach.OWN, OWNERS[0], LIVES.owners[OWNERS[0]])
OURS = reader(Reach.TEAM, OWNERS[1], LIVES.owners[OWNERS[1]])
STRANGER = reader(Reach.TEAM, new_id(), new_id())

READERS: dict[str, tuple[Actor, Callable[[UUID, UUID], bool]]] = {
    "everyone": (EVERYONE, lambda _owner, _team: True),
    "a manager": (MINE, lambda owner, _team: owner == MINE.id),
    "a team": (OURS, lambda owner, team: owner == OURS.id or team == OURS.team_id),
    "a stranger": (STRANGER, lambda _owner, _team: False),
}


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"currency": "EUR", "months": 3},
        {"pipeline_id": PIPELINE, "months": 36},
        {"owner_id": OWNERS[2], "months": 24},
        {"currency": "USD", "pipeline_id": PIPELINE, "owner_id": OWNERS[0]},
    ],
    ids=lambda query: ",".join(query) or "all",
)
async def test_the_dashboard_is_what_plain_python_computes(
    lived: World, who: str, query: dict[str, Any]
) -> None:
    actor, sees = READERS[who]
    shown = await seen(lived, actor, **query)
    assert agrees(shown, Expected(LIVES, sees, **query))


async def test_the_data_holds_something_to_compare() -> None:
    whole = Expected(LIVES)
    assert sum(count for count, _, _ in whole.won().values()) > 20
    assert sum(count for count, _, _ in whole.forecast().values()) > 20
    assert len(whole.funnel()) == 10
    assert all(bar["won"] and bar["tasks_done"] for bar in whole.activity().values())


async def test_a_stranger_sees_no_bar_and_no_currency(lived: World) -> None:
    shown = await seen(lived, STRANGER)
    assert not shown.funnel
    assert not shown.activity_by_owner
    assert not shown.currencies
    assert (await seen(lived, EVERYONE)).currencies == ["EUR", "RUB"]


async def drilled(world: World, actor: Actor, limit: int = 7, **drill: Any) -> list[UUID]:
    """All ids behind a bar, page by page."""
    ids: list[UUID] = []
    after = None
    while True:
        page = await world.service.deals_behind(
            actor, DrillQuery(limit=limit, after=after, **drill)
        )
        assert len(page.ids) <= limit
        ids += page.ids
        if page.next is None:
            return ids
        after = page.next


@pytest.mark.parametrize("who", ["everyone", "a team"])
async def test_the_deals_behind_a_bar_are_as_many_as_it_says(lived: World, who: str) -> None:
    actor, sees = READERS[who]
    shown = await seen(lived, actor, months=6)
    created = {life.deal["deal_id"]: life.deal for life in LIVES.deals}
    bars = [
        *(("won-by-month", {"month": bar.month}, bar.count) for bar in shown.won_by_month),
        *(("forecast", {"month": bar.month}, bar.count) for bar in shown.forecast),
        *(("funnel", {"stage_id": bar.stage_id}, bar.count) for bar in shown.funnel),
        *(
            ("activity-by-owner", {"bar_owner_id": bar.owner_id, "measure": measure}, count)
            for bar in shown.activity_by_owner
            for measure, count in (("opened", bar.opened), ("moved", bar.moved), ("won", bar.won))
        ),
    ]
    assert sum(count for _, _, count in bars) > 100
    for chart, bar, count in bars:
        ids = await drilled(lived, actor, chart=chart, months=6, **bar)
        assert len(ids) == len(set(ids)) == count, (chart, bar)
        deals = [created[deal_id] for deal_id in ids]
        times = [deal["created_at"] for deal in deals]
        assert times == sorted(times, reverse=True)
        assert all(sees(deal["owner_id"], deal["team_id"]) for deal in deals)


async def test_a_bar_must_be_named(lived: World) -> None:
    for chart, field in (
        ("won-by-month", "month"),
        ("forecast", "month"),
        ("funnel", "stage_id"),
        ("activity-by-owner", "bar_owner_id"),
    ):
        with pytest.raises(Invalid) as refused:
            await lived.service.deals_behind(EVERYONE, DrillQuery(chart=chart))
        assert refused.value.errors[0].field == field


@pytest.mark.parametrize("after", ["x", "WzFd", "WyJhIiwiYiJd", "W251bGwsbnVsbF0"])
async def test_a_made_up_place_is_refused(lived: World, after: str) -> None:
    drill = DrillQuery(chart="funnel", stage_id=new_id(), after=after)
    with pytest.raises(Invalid) as refused:
        await lived.service.deals_behind(EVERYONE, drill)
    assert refused.value.errors[0].field == "after"


async def test_without_the_right_there_is_no_dashboard(lived: World) -> None:
    nobody = EVERYONE.model_copy(update={"grants": EVERYONE.grants[1:]})
    with pytest.raises(Forbidden):
        await seen(lived, nobody)
    no_deals = EVERYONE.model_copy(update={"grants": EVERYONE.grants[:1]})
    with pytest.raises(Forbidden):
        await lived.service.deals_behind(no_deals, DrillQuery(chart="funnel", stage_id=new_id()))
    shown = await seen(lived, no_deals)
    assert not shown.funnel
    assert not shown.activity_by_owner


async def test_notes_of_people_out_of_reach_do_not_count(lived: World) -> None:
    """A head may read all notes of the records in reach; that shows nobody else's diligence."""
    mine = MINE.grants[:3]
    head = MINE.model_copy(update={"grants": (*mine, EVERYONE.grants[3])})
    assert {grant.reach for grant in head.grants} == {Reach.OWN, Reach.ALL}
    shown = await seen(lived, head)
    assert {bar.owner_id for bar in shown.activity_by_owner if bar.notes} == {MINE.id}


async def test_a_store_that_is_down_is_told_kindly(lived: World) -> None:
    nowhere = Analytics("http://gausdo:x@127.0.0.1:9/gausdo", lived.analytics.datasets)
    async with nowhere:
        service = ReportsService(lived.reports, nowhere, NothingShared())
        with pytest.raises(Unavailable, match="Your data is safe"):
            await service.dashboard(EVERYONE, DashboardQuery())
