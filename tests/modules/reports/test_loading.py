"""From the streams into ClickHouse: nothing lost, nothing doubled, whatever is killed when."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from gausdo.kernel.actor import Reach
from gausdo.kernel.values import new_id, now
from gausdo.modules.reports.contract import DashboardQuery
from gausdo.modules.reports.loader import Batch, Loader
from gausdo.platform.bus.stream import stream_of
from tests.modules.reports.lives import Lives, reader
from tests.modules.reports.loader_process import loader_process
from tests.modules.reports.reports_world import SOURCES, World, scalar
from tests.servers import start_test_servers
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

FACTS = {"sales": ["deal_facts"], "activities": ["task_facts", "note_facts"]}


async def exactly(world: World, lives: Lives) -> None:
    """Every event is one row, and every deal is what its last event says."""
    for source, tables in FACTS.items():
        told = [event for _, event in lives.events()[source]]
        rows = [row for table in tables for row in await world.content(table, final=False)]
        assert len(rows) == len(told), source
        assert len({row["event_id"] for row in rows}) == len(told)
        assert len(told) == await scalar(
            world.histories[source], f"select count(*) from {source}.history"
        )
    state = {row["deal_id"]: row for row in await world.content("deal_state")}
    assert {deal_id: row["version"] for deal_id, row in state.items()} == {
        str(life.deal["deal_id"]): life.deal["version"] for life in lives.deals
    }


async def stop_merges(world: World) -> None:
    """So that a doubled row would stay and be seen."""
    for dataset in world.analytics.datasets:
        await world.analytics.run(f"system stop merges {dataset.name}")


@pytest.mark.parametrize("moment", ["_insert", "_move"])
async def test_a_crash_around_an_insert_doubles_nothing(
    world: World, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives, crashes = Lives(seed=1).live(150), 0
    whole = getattr(Loader, moment)

    async def dying(self: Loader, *args: Any) -> None:
        nonlocal crashes
        if moment == "_insert":
            await whole(self, *args)
        if crashes == 0 or (crashes < 6 and random.random() < 0.7):
            crashes += 1
            raise OSError("the process died here")
        if moment == "_move":
            await whole(self, *args)

    monkeypatch.setattr(Loader, moment, dying)
    await stop_merges(world)
    world.start()
    await world.publish(lives)
    await world.settle()
    assert crashes
    await exactly(world, lives)


async def test_killed_loaders_lose_nothing_and_double_nothing(world: World) -> None:
    await stop_merges(world)
    written, kills = Lives(seed=2), 0

    async def write() -> None:
        while kills < 6:
            await world.publish(written.join(Lives(seed=random.randint(1, 10**9)).live(10)))
            await asyncio.sleep(0.1)

    async def moved(before: dict[str, int]) -> bool:
        return await world.loaded() != before

    writing = asyncio.create_task(write())
    urls = world.reports.dsn, start_test_servers().nats_url, world.analytics.url
    for _ in range(6):
        before = await world.loaded()
        with loader_process(*urls):
            await eventually(lambda before=before: moved(before), 40)
            await asyncio.sleep(random.uniform(0, 0.4))
        kills += 1
    await writing
    world.start()
    await world.settle()
    await exactly(world, written)


async def test_events_that_the_stream_has_lost_are_asked_for(world: World) -> None:
    lives = Lives(seed=3).live(60)
    await world.publish(lives)
    js = world.bus.jetstream()

    async def published() -> bool:
        wanted = await world.committed()
        return all(
            [(await js.stream_info(stream_of(s))).state.messages == wanted[s] for s in SOURCES]
        )

    await eventually(published)
    await js.purge_stream(stream_of("sales"), seq=20)
    world.start()
    await world.settle()
    await exactly(world, lives)


async def test_two_loaders_of_one_source_take_turns(world: World) -> None:
    lives = Lives(seed=4).live(100)
    await stop_merges(world)
    world.start()
    others = [
        asyncio.create_task(Loader(world.reports, world.bus, world.analytics, source).run())
        for source in SOURCES
    ]
    try:
        await world.publish(lives)
        await world.settle()
        await exactly(world, lives)
        await world.stop()  # the others take over
        await world.publish(lives.join(Lives(seed=5).live(20)))
        await world.settle()
    finally:
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
    await exactly(world, lives)


async def test_the_dashboard_says_how_fresh_it_is(world: World) -> None:
    everyone = reader(Reach.ALL)

    async def fresh_at() -> datetime:
        return (await world.service.dashboard(everyone, DashboardQuery())).fresh_at

    assert (await fresh_at()).year == 1970  # nothing has ever been read
    started = now()
    world.start()

    async def fresh_since(at: datetime) -> bool:
        return await fresh_at() > at

    await eventually(lambda: fresh_since(started))
    assert await fresh_at() <= now()
    await world.stop("sales")
    stopped = now()
    await asyncio.sleep(1.5)  # activities go on; what sales has done since is not in
    assert await fresh_at() <= stopped + timedelta(milliseconds=1)


async def test_an_event_without_a_readable_row_is_parked(world: World) -> None:
    lives = Lives(seed=6).live(3)
    events = [
        {
            "pos": number, "event_id": str(new_id()), "name": event.name, "kind": "deal",
            "subject_id": str(event.subject().id), "version": event.subject_version(),
            "at": at.isoformat(), "actor_id": None, "via": "person", "trace": None,
            "body": event.model_dump(mode="json"),
        }
        for number, (at, event) in enumerate(lives.events()["sales"], 1)
    ]  # fmt: skip
    events[1]["body"]["stage_id"] = "no id"
    loader = Loader(world.reports, world.bus, world.analytics, "sales")
    await loader._resume()
    await loader._load(Batch(0, events, len(events)))
    assert (await world.loaded())["sales"] == len(events)
    loaded = {row["event_id"] for row in await world.content("deal_facts")}
    assert loaded == {event["event_id"] for event in events} - {events[1]["event_id"]}
    parked = await scalar(world.reports, "select envelope from reports.parked where pos = 2")
    assert UUID(parked["event_id"]) == UUID(events[1]["event_id"])
