"""The analytical store as the platform gives it to modules: a real engine over HTTP."""

import secrets
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio
from clickhouse_connect.driver.exceptions import ClickHouseError

from gausdo.kernel.actor import Actor, Grant, Reach, Right
from gausdo.kernel.conditions import Field, Fields, FieldType, parse
from gausdo.kernel.errors import Unavailable
from gausdo.kernel.events import Event
from gausdo.kernel.values import new_id
from gausdo.platform import analytics as store
from gausdo.platform.analytics import Analytics, RejectedRowsError, lines
from gausdo.platform.facts import Column, Dataset, Kind
from gausdo.platform.rights import reaches
from gausdo.platform.rights_clickhouse import reach
from tests.servers import start_test_servers

pytestmark = pytest.mark.asyncio(loop_scope="session")


class ShipSailed(Event, name="harbour.ship-sailed.v1"): ...


class ShipSunk(Event, name="harbour.ship-sunk.v1"): ...


class LampLit(Event, name="lighthouse.lamp-lit.v1"): ...


SHIP = Fields("ship", Field(name="flag", type=FieldType.CHOICE))
COLUMNS = (
    Column("ship_id", "UUID", "subject_id"),
    Column("version", "UInt64", "version"),
    Column("owner_id", "UUID", "body.owner_id"),
    Column("team_id", "Nullable(UUID)", "body.team_id"),
    Column("flag", "LowCardinality(String)", "body.flag"),
)
SHIPS = Dataset(
    "ship_state",
    Kind.STATE,
    COLUMNS,
    events=(ShipSailed, ShipSunk),
    order_by=("ship_id",),
    ends=(ShipSunk,),
    fields=SHIP,
)


@pytest_asyncio.fixture(loop_scope="session")
async def analytics() -> AsyncIterator[Analytics]:
    url = start_test_servers().clickhouse_url
    name = f"analytics_{secrets.token_hex(4)}"
    async with Analytics(url) as shared:
        await shared.run(f"create database {name}")
        async with Analytics(url.rpartition("/")[0] + f"/{name}", [SHIPS]) as analytics:
            await analytics.create()
            yield analytics
        await shared.run(f"drop database {name}")


def told(version: int = 1, event: type[Event] = ShipSailed, **body: object) -> dict[str, object]:
    return {
        "name": event.name,
        "subject_id": str(body.pop("ship_id", new_id())),
        "version": version,
        "body": {"owner_id": str(new_id()), "team_id": None, "flag": "NO", **body},
    }


async def put(analytics: Analytics, *events: dict[str, object]) -> None:
    await analytics.insert("ship_state", lines(map(SHIPS.row, events)), secrets.token_hex(8))


async def count(analytics: Analytics) -> int:
    return (await analytics.ask("select count() as n from ship_state final", {}))[0]["n"]


async def test_a_batch_with_the_same_token_is_taken_once(analytics: Analytics) -> None:
    rows = lines([SHIPS.row(told())])
    for _ in range(3):
        await analytics.insert("ship_state", rows, "a token")
    assert (await analytics.ask("select count() as n from ship_state", {})) == [{"n": 1}]
    await analytics.insert("ship_state", rows, "another token")
    assert (await analytics.ask("select count() as n from ship_state", {})) == [{"n": 2}]


async def test_the_highest_version_holds_and_an_end_ends(analytics: Analytics) -> None:
    one, other = new_id(), new_id()
    await put(analytics, told(3, ship_id=one, flag="SE"), told(1, ship_id=other))
    await put(analytics, told(2, ship_id=one, flag="DK"))
    rows = await analytics.ask("select flag from ship_state final order by flag", {})
    assert rows == [{"flag": "NO"}, {"flag": "SE"}]
    await put(analytics, told(4, ShipSunk, ship_id=one))
    await put(analytics, told(3, ship_id=one, flag="SE"))  # late: it does not come back
    assert await count(analytics) == 1


async def test_a_read_cannot_write(analytics: Analytics) -> None:
    await put(analytics, told())
    for sql in (
        "insert into ship_state select * from ship_state",
        "drop table ship_state",
        "alter table ship_state delete where true",
        "select 1 settings readonly = 0",
    ):
        with pytest.raises(ClickHouseError):
            await analytics.ask(sql, {})
    assert await count(analytics) == 1


async def test_values_cannot_become_sql(analytics: Analytics) -> None:
    await put(analytics, told(flag="NO"), told(flag="x' or '1' = '1"))
    sql = "select count() as n from ship_state final where flag = {flag:String}"
    for flag in ("x' or '1' = '1", "NO"):
        assert await analytics.ask(sql, {"flag": flag}) == [{"n": 1}]
    assert await analytics.ask(sql, {"flag": "') or (1 = 1"}) == [{"n": 0}]


async def test_a_read_has_its_limits(analytics: Analytics, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(store._READING, "max_result_rows", 10)
    with pytest.raises(Unavailable, match="shorter period"):
        await analytics.ask("select number from numbers(11)", {})
    monkeypatch.setitem(store._READING, "max_result_rows", 100)
    monkeypatch.setitem(store._READING, "max_execution_time", 1)
    with pytest.raises(Unavailable, match="shorter period"):
        await analytics.ask("select sum(sipHash64(number)) as n from numbers(1e12)", {})


async def test_a_row_that_is_none_is_told_from_an_outage(analytics: Analytics) -> None:
    with pytest.raises(RejectedRowsError):
        await put(analytics, told(ship_id="no id"))
    nowhere = Analytics("http://gausdo:x@127.0.0.1:9/gausdo", [SHIPS])
    async with nowhere:
        with pytest.raises(Unavailable):
            await put(nowhere, told())
        with pytest.raises(Unavailable):
            await nowhere.create()


async def test_a_new_release_adds_its_columns(analytics: Analytics) -> None:
    await put(analytics, told())
    tons = Column("tons", "UInt32", "body.tons")
    longer = Dataset(
        "ship_state", Kind.STATE, (*COLUMNS, tons), events=SHIPS.events, order_by=("ship_id",)
    )
    async with Analytics(analytics.url, [longer]) as newer:
        await newer.create()
        row = longer.row(told(tons=7))
        await newer.insert("ship_state", lines([row]), "newer")
    await put(analytics, told())  # the release before goes on beside it
    rows = await analytics.ask("select tons from ship_state order by tons", {})
    assert rows == [{"tons": 0}, {"tons": 0}, {"tons": 7}]


async def test_a_dataset_that_cannot_work_is_refused() -> None:
    with pytest.raises(ValueError, match="leads nowhere"):
        Column("flag", "String", "flag")
    with pytest.raises(ValueError, match="event_id"):
        Dataset("sailings", Kind.FACTS, COLUMNS, events=(ShipSailed,), order_by=("ship_id",))
    with pytest.raises(ValueError, match="exactly one module"):
        Dataset(
            "sightings", Kind.STATE, COLUMNS, events=(ShipSailed, LampLit), order_by=("ship_id",)
        )


ME, COLLEAGUE, OTHER = new_id(), new_id(), new_id()
OURS, BELOW, THEIRS = new_id(), new_id(), new_id()
READ = Right("ship", "read")
NORWEGIAN = parse('{"field": "flag", "op": "eq", "value": "NO"}', SHIP)
GRANTS: dict[str, tuple[Grant, ...]] = {
    "nothing": (),
    "another right": (Grant(object="ship", operation="edit", reach=Reach.ALL),),
    "own": (Grant(object="ship", operation="read", reach=Reach.OWN),),
    "team": (Grant(object="ship", operation="read", reach=Reach.TEAM),),
    "tree": (Grant(object="ship", operation="read", reach=Reach.TREE),),
    "all": (Grant(object="*", operation="read", reach=Reach.ALL),),
    "all Norwegian": (
        Grant(object="ship", operation="read", reach=Reach.ALL, condition=NORWEGIAN),
    ),
    "own, and the team's Norwegian": (
        Grant(object="ship", operation="read", reach=Reach.OWN),
        Grant(object="ship", operation="read", reach=Reach.TEAM, condition=NORWEGIAN),
    ),
}


@pytest.mark.parametrize("granted", GRANTS)
@pytest.mark.parametrize("teams", [frozenset(), frozenset({OURS})], ids=["alone", "in a team"])
async def test_rights_reach_as_far_as_in_memory(
    analytics: Analytics, granted: str, teams: frozenset[UUID]
) -> None:
    actor = Actor(id=ME, teams=teams, tree=teams | {BELOW}, grants=GRANTS[granted])
    ships = [
        {"ship_id": str(new_id()), "owner_id": owner, "team_id": team, "flag": flag}
        for owner in (ME, COLLEAGUE, OTHER)
        for team in (OURS, BELOW, THEIRS, None)
        for flag in ("NO", "SE", "")
    ]
    await put(
        analytics,
        *(
            told(
                ship_id=ship["ship_id"],
                flag=ship["flag"],
                owner_id=str(ship["owner_id"]),
                team_id=ship["team_id"] and str(ship["team_id"]),
            )
            for ship in ships
        ),
    )
    may, parameters = reach(actor, READ, SHIPS)
    rows = await analytics.ask(
        f"select toString(ship_id) as id from ship_state final where {may}", parameters
    )
    assert {row["id"] for row in rows} == {
        ship["ship_id"]
        for ship in ships
        if reaches(actor, actor.granted(READ), ship["owner_id"], ship["team_id"], ship, SHIP)
    }


async def test_a_condition_that_cannot_be_asked_reaches_nothing(analytics: Analytics) -> None:
    captain = Fields("ship", Field(name="captain", type=FieldType.TEXT))
    condition = parse('{"field": "captain", "op": "eq", "value": "Ahab"}', captain)
    grant = Grant(object="ship", operation="read", reach=Reach.ALL, condition=condition)
    assert reach(Actor(id=ME, grants=(grant,)), READ, SHIPS) == ("false", {})
    assert reach(Actor(id=ME, grants=(grant,)), READ) == ("false", {})


async def test_a_store_that_comes_later_is_found(analytics: Analytics) -> None:
    """The first question connects; one that fails does not keep the next from trying."""
    async with Analytics("http://gausdo:x@127.0.0.1:9/gausdo", [SHIPS]) as late:
        with pytest.raises(Unavailable):
            await late.ask("select 1 as one", {})
        late.url = analytics.url
        assert await late.ask("select 1 as one", {}) == [{"one": 1}]
