"""The analytical store filled anew from the histories, while people go on working."""

import asyncio
from typing import Any

import pytest

from gausdo.modules.reports import rebuild as rebuilding
from gausdo.modules.reports.rebuild import SUFFIX, rebuild
from gausdo.platform.facts import Dataset
from tests.modules.reports.lives import Lives
from tests.modules.reports.reports_world import World, scalar
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


def dataset(world: World, table: str) -> Dataset:
    return next(one for one in world.analytics.datasets if one.name == table)


async def contents(world: World) -> dict[str, list[dict[str, object]]]:
    return {data.name: await world.content(data.name) for data in world.analytics.datasets}


async def test_rebuilt_is_what_was_loaded_live(world: World) -> None:
    lives = Lives(seed=11).live(200)
    world.start()
    await world.publish(lives)
    await world.settle()
    live = await contents(world)
    told: list[tuple[str, int]] = []
    filled = await rebuild(
        world.reports, world.analytics, world.histories, lambda *rows: told.append(rows)
    )
    assert await contents(world) == live
    assert filled == {name: len(rows) for name, rows in live.items()}
    assert dict(told) == filled
    assert len(live["deal_state"]) == 200
    assert len(live["deal_facts"]) == len(lives.events()["sales"])


async def test_what_happens_during_a_rebuild_is_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill, seeds = rebuilding._fill, iter(range(100, 200))

    async def slow(*args: Any) -> int:
        """Deals go on before the history is read, and after."""
        await world.publish(Lives(seed=next(seeds)).live(5))
        rows = await fill(*args)
        await world.publish(Lives(seed=next(seeds)).live(5))
        await world.settle()
        return rows

    world.start()
    await world.publish(Lives(seed=12).live(100))
    monkeypatch.setattr(rebuilding, "_fill", slow)
    await rebuild(world.reports, world.analytics, world.histories)
    await world.settle()
    moving = await contents(world)
    for table, source in (("deal_facts", "sales"), ("note_facts", "activities")):
        names = ", ".join(f"'{name}'" for name in dataset(world, table).names)
        history = f"select count(*) from {source}.history where name in ({names})"
        assert len(moving[table]) == await scalar(world.histories[source], history)
    monkeypatch.undo()
    await world.stop()
    await rebuild(world.reports, world.analytics, world.histories)
    assert await contents(world) == moving


async def test_history_that_was_never_streamed_comes_by_a_rebuild(world: World) -> None:
    """As after a load of past years by COPY: there is a history, and no event."""
    await world.publish(Lives(seed=13).live(50))
    for source, db in world.histories.items():
        async with db.connection() as connection:
            await connection.execute(f"delete from {source}.outbox".encode())
    world.start()
    await rebuild(world.reports, world.analytics, world.histories)
    assert len(await world.content("deal_state")) == 50
    more = Lives(seed=14).live(10)
    await world.publish(more)

    async def there() -> bool:
        return len(await world.content("deal_state")) == 60

    await eventually(there)


async def test_an_interrupted_rebuild_changes_nothing_and_is_started_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.start()
    await world.publish(Lives(seed=15).live(60))
    await world.settle()
    live = await contents(world)

    async def broken(_suffix: str) -> None:
        raise OSError("the process died here")

    with monkeypatch.context() as patch:
        patch.setattr(world.analytics, "swap", broken)
        with pytest.raises(OSError, match="died"):
            await rebuild(world.reports, world.analytics, world.histories)
    assert await contents(world) == live
    more = Lives(seed=16).live(20)
    await world.publish(more)  # goes into both, old and half-made
    await world.settle()
    await rebuild(world.reports, world.analytics, world.histories)
    rebuilt = await contents(world)
    assert len(rebuilt["deal_state"]) == 80
    left = await world.analytics.ask(
        "select name from system.tables where database = currentDatabase() "
        f"and endsWith(name, '{SUFFIX}')",
        {},
    )
    assert not left


async def test_one_rebuild_at_a_time(world: World) -> None:
    first = asyncio.create_task(rebuild(world.reports, world.analytics, world.histories))
    second = asyncio.create_task(rebuild(world.reports, world.analytics, world.histories))
    done = await asyncio.gather(first, second, return_exceptions=True)
    refused = [error for error in done if isinstance(error, RuntimeError)]
    assert len(refused) == 1
    assert "already" in str(refused[0])
