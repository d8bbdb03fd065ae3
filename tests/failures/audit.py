"""What is in PostgreSQL, in ClickHouse, at the mail server and at the receiver, counted exactly."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

import psycopg

from gausdo.platform.analytics import Analytics
from gausdo.platform.db.migrate import dsn_of
from gausdo.settings import MODULES
from tests.failures.shop import LARGE, Shop
from tests.failures.trial import Trial, calls, letters
from tests.failures.writing import Written

WORKLISTS = ("automation.effect", "communications.letter", "integrations.delivery")
DEALS = ("sales.deal-opened.v1", "sales.deal-changed.v1", "sales.deal-moved.v1")

_HELD = """
select coalesce(sum(waiting), 0) from (
    select count(*) as waiting from {module}.outbox where pos is null
    union all select count(*) from {module}.parked
) x
"""
_SESSIONS = """
select pid, application_name, state, now() - state_change, wait_event, pg_blocking_pids(pid),
    (select count(*) from pg_locks l where l.pid = a.pid and locktype = 'advisory'), left(query, 90)
from pg_stat_activity a where backend_type = 'client backend' and (
    state <> 'idle' or application_name like '%%sequencer'
)
"""
_BEHIND = """
select c.consumer, c.source, c.pos from {module}.cursor c
"""


class Books:
    """Everything that is to be counted, read as the superuser."""

    def __init__(self, trial: Trial, shop: Shop) -> None:
        self._trial, self._shop = trial, shop
        settings = trial.settings
        self._dsn = dsn_of(settings.postgres_url.get_secret_value(), database=settings.database)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._dsn, autocommit=True, connect_timeout=5) as db:
            return db.execute(query.encode(), values).fetchall()

    def one(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    # Settling

    async def settle(self, *, hurry: bool = True, seconds: float = 120) -> None:
        """Wait until nothing is on its way any more.

        In a `hurry`, time is made to pass for what waits for a lease or for its next try.
        """
        deadline = time.monotonic() + seconds
        quiet = 0
        while quiet < 3:
            try:
                left = self._left()
            except psycopg.OperationalError as error:
                left = [str(error)]
            quiet = 0 if left else quiet + 1
            assert time.monotonic() < deadline, f"does not settle: {left}\n{self._clues()}"
            if left and hurry:
                self._pass_time()
            await asyncio.sleep(0.3)

    def _left(self) -> list[str]:
        """What is not where it belongs yet, in words."""
        left = []
        ends = {}
        for module in MODULES:
            if waiting := self.one(_HELD.format(module=module)):
                left.append(f"{waiting} unplaced or parked events of {module}")
            ends[module] = self.one(f"select pos from {module}.line")
        for module in MODULES:
            for consumer, source, pos in self.rows(_BEHIND.format(module=module)):
                if pos < ends[source]:
                    left.append(f"{consumer} has {pos} of {ends[source]} of {source}")
        waiting = {
            table: self.one(f"select count(*) from {table} where state = 'waiting'")
            for table in WORKLISTS
        }
        return left + [f"{count} of {table} wait" for table, count in waiting.items() if count]

    def _clues(self) -> str:
        """Who is busy in PostgreSQL or holds a lock of a leader, and what the worker said last."""
        rows = self.rows(_SESSIONS)
        return "\n".join([*map(str, rows), self._trial.logs("worker")[-5000:]])

    def _pass_time(self) -> None:
        """A minute and a half for leases, waits and workers that are dead."""
        with psycopg.connect(self._dsn, autocommit=True, connect_timeout=5) as db:
            db.execute("set search_path = jobs")  # its triggers name no schema
            for statement in _PASS:
                db.execute(statement.encode())

    # Counting

    def counted(self, written: Written) -> None:
        """Assert that all that was acknowledged is there, once, and nothing else."""
        assert not written.wrong, written.wrong[:5]
        assert written.changes > 0
        self._records(written)
        for module in ("sales", "activities", "communications", "automation"):
            self._events(module)
        self._effects()
        self._notices()

    def _records(self, written: Written) -> None:
        """Each deal once, as it was last acknowledged; and its name known where it is shown."""
        found = {
            id: (title, version, stage, amount)
            for id, title, version, stage, amount in self.rows(
                "select id, title, version, stage_id, amount from sales.deal"
            )
        }
        acknowledged = {
            id: (
                deal["title"],
                deal["version"],
                UUID(deal["stage_id"]),
                Decimal(deal["worth"]["amount"]),
            )
            for id, deal in written.deals.items()
        }
        same(found, acknowledged, "deals in PostgreSQL and acknowledged ones")
        known = dict(self.rows("select id, label from activities.known where kind = 'deal'"))
        same(known, {id: deal[0] for id, deal in found.items()}, "names known to activities")
        changes = self.one("select count(*) from sales.history where name = any(%s)", list(DEALS))
        assert changes == written.changes, "every acknowledged change is in the history, once"

    def _events(self, module: str) -> None:
        """Positions without a gap; versions of each record without a gap, and in their order."""
        outbox = self.rows(f"select pos, event_id from {module}.outbox order by pos")
        assert [pos for pos, _ in outbox] == list(range(1, len(outbox) + 1))
        assert self.one(f"select pos from {module}.line") == len(outbox)
        history = self.rows(f"select event_id from {module}.history")
        assert Counter(id for _, id in outbox) == Counter(id for (id,) in history)
        versions = self.rows(
            f"""select kind, subject_id, version from {module}.outbox
            where name <> all(%s) order by subject_id, pos""",
            ["automation.rule-ran.v1", "automation.notices-changed.v1"],
        )
        for record, events in groupby(versions, key=lambda row: row[:2]):
            told = [version for _, _, version in events]
            assert told == list(range(told[0], told[0] + len(told))), (module, record, told)

    def _effects(self) -> None:
        """A run for each large deal's entry, and of each run a letter, a task and a webhook."""
        entered = """select event_id, subject_id from sales.history where name = %s
            and body->>'stage_id' = %s and (body->>'amount')::numeric > %s"""
        entries = dict(self.rows(entered, DEALS[2], str(self._shop.talks), LARGE))
        assert entries, "the rule had something to do"
        runs = dict(self.rows("select event_id, deal_id from automation.run"))
        same(runs, entries, "runs and entries")
        assert self.one("select count(*) from automation.run") == len(entries)
        states = self.rows("select state, count(*) from automation.effect group by state")
        assert states == [("done", 3 * len(entries))]
        per_deal = Counter(entries.values())
        tasks = Counter(id for (id,) in self.rows("select about_id from activities.task"))
        same(tasks, per_deal, "tasks of each deal")
        told = Counter(id for (id,) in self.rows("select about_id from communications.letter"))
        same(told, per_deal, "letters of each deal")
        assert self.rows("select distinct state from communications.letter") == [("sent",)]
        assert letters(self._trial) == len(entries), "letters at the mail server"
        deliveries = {id for (id,) in self.rows("select id from integrations.delivery")}
        accepted = [call for call in calls(self._trial) if call["verified"]]
        received = {UUID(str(call["id"]).removeprefix("msg_")) for call in accepted}
        assert len(deliveries) == len(entries)
        same(received, deliveries, "webhooks at the receiver and sent ones")

    def _notices(self) -> None:
        """Of each task that a rule has given to somebody they are told, once."""
        given = self.rows("select event_id from activities.history where via = 'rule'")
        told = [id for (id,) in self.rows("select event_id from automation.told")]
        assert not {id for (id,) in given} - set(told), "tasks that nobody was told of"
        assert self.one("select sum(count) from automation.notice") == len(told)

    async def analysed(self) -> None:
        """ClickHouse has the same deals and the same events as PostgreSQL."""
        settings = self._trial.settings
        async with Analytics(settings.clickhouse_url.get_secret_value()) as store:
            state = await store.ask(
                "select toString(deal_id) as id, version, toString(stage_id) as stage, "
                "toString(amount) as amount from deal_state final order by id",
                {},
            )
            facts = await store.ask("select toString(event_id) as id from deal_facts final", {})
            total = await store.ask("select sum(amount) as total from deal_state final", {})
        deals = self.rows("select id, version, stage_id, amount from sales.deal")
        same(
            {row["id"]: (row["version"], row["stage"], Decimal(row["amount"])) for row in state},
            {str(id): (version, str(stage), amount) for id, version, stage, amount in deals},
            "deals in ClickHouse and in PostgreSQL",
        )
        assert len(state) == len(deals)
        assert Decimal(total[0]["total"]) == sum(amount for *_, amount in deals)
        events = self.rows("select event_id from sales.history where name = any(%s)", list(DEALS))
        assert Counter(row["id"] for row in facts) == Counter(str(id) for (id,) in events)


def same(found: Any, expected: Any, what: str) -> None:
    """An assertion that shows a few differences, not everything."""
    if found != expected:
        lost, more = _items(expected) - _items(found), _items(found) - _items(expected)
        shown = {"missing": sorted(map(str, lost))[:5], "unexpected": sorted(map(str, more))[:5]}
        raise AssertionError(f"{what}: {len(lost)} missing, {len(more)} unexpected; {shown}")


def _items(side: Any) -> set[Any]:
    items: Iterable[Any] = side.items() if hasattr(side, "items") else side
    return set(items)


_PASS = (
    *(
        f"""update {table} set due_at = due_at - interval '90 s',
        leased_until = leased_until - interval '90 s' where state = 'waiting'"""
        for table in WORKLISTS
    ),
    """update jobs.procrastinate_jobs set scheduled_at = scheduled_at - interval '90 s'
    where status = 'todo'""",
    """update jobs.procrastinate_workers set last_heartbeat = last_heartbeat - interval '90 s'
    where last_heartbeat < now() - interval '6 s'""",
)
