"""What a real Prometheus reads of real processes, and what it then knows."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator

import httpx2
import psycopg
import pytest
import pytest_asyncio

from gausdo.kernel.values import new_id
from gausdo.platform.embedded.nats import EmbeddedNats
from tests.conftest import superuser_dsn
from tests.waiting import until
from tests.watching.conftest import PATIENCE, Processes, Shop
from tests.watching.prometheus import Prometheus
from tests.watching.test_alerts import declared, expressions, rules

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(
        shutil.which("prometheus") is None, reason="no Prometheus: apt-get install prometheus"
    ),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def prometheus(
    processes: Processes, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Prometheus]:
    targets = {
        "gausdo-web": f"127.0.0.1:{processes.settings.port}",
        "gausdo-worker": f"127.0.0.1:{processes.settings.metrics_port}",
    }
    with Prometheus(tmp_path_factory.mktemp("prometheus"), targets) as prometheus:
        try:
            until(lambda: not prometheus.troubles(), PATIENCE)
        except TimeoutError as error:
            raise RuntimeError("\n".join(prometheus.troubles())) from error
        yield prometheus


async def reached(prometheus: Prometheus, expression: str) -> None:
    """Wait until an expression that compares holds."""
    await asyncio.to_thread(until, lambda: prometheus.ask(expression), PATIENCE, expression)


async def test_prometheus_knows_every_metric_that_is_declared(
    prometheus: Prometheus, shop: Shop
) -> None:
    """Some appear with what they count, so there has been something of each kind."""
    await shop.open_deal("To be counted")
    await shop.client.get("/deals/no-id")
    for name in sorted(declared()):
        series = f'{{__name__=~"{name}(_bucket)?"}}'
        if name not in {"gausdo_pool_waits_total", "gausdo_pool_refusals_total"}:
            await reached(prometheus, series)
    kinds = await asyncio.to_thread(prometheus.ask, "count by (kind) (gausdo_work_waiting)")
    assert {found["metric"]["kind"] for found in kinds} == {
        *("letter", "delivery", "effect", "mail", "notice_letter", "quote_letter"),
        "outside_account",
    }
    servers = await asyncio.to_thread(prometheus.ask, "gausdo_server_up == 1")
    assert {found["metric"]["server"] for found in servers} == {
        "postgresql", "valkey", "nats", "clickhouse",
    }  # fmt: skip


async def test_requests_of_all_web_processes_are_counted_once_by_their_route(
    prometheus: Prometheus, shop: Shop
) -> None:
    route = '{route="/api/v1/people/{id}",status="404"}'
    for _ in range(20):
        async with httpx2.AsyncClient(headers=shop.client.headers) as fresh:  # to any process
            await fresh.get(f"{shop.client.base_url}people/{new_id()}")
    await reached(prometheus, f"sum(gausdo_requests_total{route}) == 20")
    await reached(prometheus, 'count(gausdo_process_resident_bytes{job="gausdo-web"}) >= 2')
    await reached(prometheus, "gausdo_requests_in_flight == 0")


async def test_alert_rules_and_dashboard_can_be_asked(prometheus: Prometheus) -> None:
    for expression in [*expressions(), *(rule["expr"] for rule in rules())]:
        await asyncio.to_thread(prometheus.ask, expression)


async def test_what_waits_fails_and_is_parked_is_seen(prometheus: Prometheus, shop: Shop) -> None:
    settings = shop.processes.settings
    dsn = superuser_dsn(settings)
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as db:
        await db.execute(
            "insert into automation.parked"
            " (consumer, source, pos, kind, subject_id, envelope, error)"
            " values ('automation', 'sales', 999999, 'deal', gen_random_uuid(), '{}', 'Bad luck')"
        )
        await db.execute(
            "insert into jobs.procrastinate_jobs (queue_name, task_name, status)"
            " values ('automation', 'automation.act', 'failed')"
        )
    await reached(prometheus, 'gausdo_events_parked{module="automation"} == 1')
    await reached(prometheus, 'gausdo_jobs{module="automation",state="failed"} == 1')
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as db:
        await db.execute("delete from automation.parked")
        await db.execute("set search_path = jobs")
        await db.execute("delete from jobs.procrastinate_jobs where status = 'failed'")
    await reached(prometheus, 'gausdo_events_parked{module="automation"} == 0')


async def test_a_killed_web_process_leaves_its_counts_and_nothing_in_flight(
    prometheus: Prometheus, shop: Shop
) -> None:
    before = await asyncio.to_thread(prometheus.value, "sum(gausdo_requests_total)")
    sizes = await asyncio.to_thread(prometheus.value, 'sum(gausdo_pool_size{job="gausdo-web"})')
    told = (await asyncio.to_thread(
        prometheus.ask, 'gausdo_process_resident_bytes{job="gausdo-web"}'
    ))  # fmt: skip
    pids = {int(found["metric"]["pid"]) for found in told}
    victim = max(pids)
    os.kill(victim, signal.SIGKILL)
    await reached(
        prometheus,
        f'count(gausdo_process_resident_bytes{{job="gausdo-web",pid!="{victim}"}}) >= {len(pids)}',
    )
    await asyncio.to_thread(until, shop.processes.serves, PATIENCE)
    await reached(prometheus, f'sum(gausdo_pool_size{{job="gausdo-web"}}) == {sizes}')
    after = await asyncio.to_thread(prometheus.value, "sum(gausdo_requests_total)")
    assert after is not None
    assert after >= (before or 0)


async def test_when_nats_hangs_it_is_named_and_events_grow_old(
    prometheus: Prometheus, shop: Shop, bus: EmbeddedNats
) -> None:
    os.kill(bus.pid, signal.SIGSTOP)
    try:
        opened = await shop.open_deal("While NATS hangs")
        assert opened.status_code == 201
        await reached(prometheus, 'gausdo_server_up{server="nats"} == 0')
        await reached(prometheus, 'gausdo_events_oldest_seconds{module="sales"} > 1')
        await reached(prometheus, 'gausdo_events_waiting{module="sales"} >= 1')
    finally:
        os.kill(bus.pid, signal.SIGCONT)
    await reached(prometheus, 'gausdo_events_waiting{module="sales"} == 0')
