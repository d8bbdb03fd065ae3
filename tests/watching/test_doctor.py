"""What `gausdo doctor` says about each thing that is wrong, having been made so."""

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing, closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import nats.errors
import psycopg
import pytest
from nats.aio.client import Client
from pydantic import SecretStr

from gausdo.app import Gausdo
from gausdo.doctor import Finding, backlog, examine, servers
from gausdo.kernel.values import now
from gausdo.platform import pools
from gausdo.platform.bus.lag import published
from gausdo.platform.bus.sequencer import Sequencer
from gausdo.platform.bus.stream import connect
from gausdo.platform.embedded.nats import EmbeddedNats
from gausdo.platform.embedded.process import free_port
from gausdo.settings import Settings
from tests.conftest import superuser_dsn
from tests.failures.disks import full, own_disks
from tests.processes import environment
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio

URLS = ("postgres_url", "valkey_url", "nats_url", "clickhouse_url", "smtp_url")
NAMES = ("PostgreSQL", "Valkey", "NATS", "ClickHouse", "mail server")


@pytest.fixture(autouse=True)
def looks_twice_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "AGAIN", 0.05)


def changed(settings: Settings, **told: Any) -> Settings:
    return settings.model_copy(update=told)


def elsewhere(settings: Settings, port: int) -> Settings:
    """Every server on one port of this machine."""
    urls = {}
    for name in URLS:
        before, _, after = getattr(settings, name).get_secret_value().rpartition(":")
        urls[name] = SecretStr(f"{before}:{port}{'/' if '/' in after else ''}"
                               f"{after.partition('/')[2]}")  # fmt: skip
    return changed(settings, **urls)


async def found(settings: Settings, data: Path | None = None) -> list[Finding]:
    return [finding async for finding in examine(data or settings.data, settings)]


async def about(what: str, settings: Settings, data: Path | None = None) -> Finding:
    """What is said about `what`; nothing is looked at after it."""
    async with aclosing(examine(data or settings.data, settings)) as findings:
        async for finding in findings:
            if finding.what == what:
                return finding
    raise LookupError(f"nothing was said about {what}")


@contextmanager
def database(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    dsn = superuser_dsn(settings)
    with psycopg.connect(dsn, autocommit=True, options="-c search_path=jobs") as db:
        yield db


async def test_servers_that_are_not_there_are_told_with_their_place(settings: Settings) -> None:
    port = free_port()
    told = {finding.what: finding for finding in await found(elsewhere(settings, port))}
    for name in NAMES:
        assert told[name].told == f"nothing listens on 127.0.0.1:{port}", told[name]
        assert not told[name].well
        assert told[name].advice


FORGETS_A_SOCKET = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""The driver of Valkey does not close the socket on which nobody answered, or that was refused."""


@FORGETS_A_SOCKET
async def test_servers_that_hang_are_told_from_those_that_are_not_there(settings: Settings) -> None:
    with closing(socket.create_server(("127.0.0.1", 0), backlog=64)) as deaf:
        port = deaf.getsockname()[1]
        told = {finding.what: finding for finding in await found(elsewhere(settings, port))}
    for name in NAMES:
        assert "takes connections and gives no answer" in told[name].told, told[name]
    gc.collect()


@FORGETS_A_SOCKET
async def test_a_wrong_password_is_called_that(settings: Settings) -> None:
    wrong = {
        name: SecretStr(_with_password(getattr(settings, name).get_secret_value(), "wrong"))
        for name in ("valkey_url", "nats_url", "clickhouse_url")
    }
    other = changed(settings, secret=SecretStr("s" * 40), **wrong)
    told = {finding.what: finding for finding in await found(other)}
    assert told["PostgreSQL"].told == "it refuses the password of gausdo_identity"
    assert "GAUSDO_SECRET" in (told["PostgreSQL"].advice or "")
    for name in ("Valkey", "NATS", "ClickHouse"):
        assert told[name].told == "it refuses our password", told[name]
    gc.collect()


def _with_password(url: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    who, _, where = rest.rpartition("@")
    return f"{scheme}://{who.partition(':')[0]}:{password}@{where}"


async def test_a_database_that_is_not_made_yet_has_to_be_migrated(settings: Settings) -> None:
    told = await about("PostgreSQL", changed(settings, database="not_made_yet"))
    assert told.told == 'database "not_made_yet" does not exist'
    assert "gausdo migrate" in (told.advice or "")


async def test_a_schema_behind_or_ahead_of_the_release_is_told_with_its_revision(
    settings: Settings,
) -> None:
    assert (await about("schema", settings)).well
    with database(settings) as db:
        (at,) = db.execute("select version_num from sales.alembic_version").fetchone()
        (then,) = db.execute("select version_num from automation.alembic_version").fetchone()
        try:
            db.execute("update sales.alembic_version set version_num = '9999'")
            ahead = await about("schema", settings)
            db.execute("update automation.alembic_version set version_num = '0001'")
            behind = await about("schema", settings)
        finally:
            db.execute("update sales.alembic_version set version_num = %s", [at])
            db.execute("update automation.alembic_version set version_num = %s", [then])
    assert "ahead of this release" in ahead.told
    assert "sales at 9999" in ahead.told
    assert "automation at 0001" in behind.told
    assert behind.advice == "Run `gausdo migrate`."


async def test_connections_that_run_out_are_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await about("connections", settings)).well
    monkeypatch.setattr(pools, "POOL", 200)  # the server of all tests is not made smaller
    told = await about("connections", settings)
    assert "may want" in told.told
    assert "max_connections" in (told.advice or "")


async def test_a_clock_that_differs_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await about("clock", settings)).well
    monkeypatch.setattr(servers, "now", lambda: now() - timedelta(seconds=90))
    told = await about("clock", settings)
    assert told.told == "the clock of PostgreSQL is 90 s ahead of ours"


async def test_what_is_parked_and_given_up_is_told_with_its_error(settings: Settings) -> None:
    with database(settings) as db:
        db.execute(
            "insert into automation.parked"
            " (consumer, source, pos, kind, subject_id, envelope, error) values"
            " ('automation', 'sales', 1, 'deal', gen_random_uuid(),"
            " '{\"name\": \"sales.deal-moved.v1\"}', 'ValueError: no such stage')"
        )
        db.execute(
            "insert into integrations.delivery (id, url, receiver, event, body, owner_id,"
            " created_at, state, attempts, due_at, error) values (gen_random_uuid(), 'https://a/',"
            " 'a', 'e', '{}', gen_random_uuid(), now(), 'failed', 8, now(), 'Answered 500.')"
        )
        db.execute(
            "insert into jobs.procrastinate_jobs (queue_name, task_name, status, scheduled_at)"
            " values ('automation', 'automation.act', 'failed', now()),"
            " ('automation', 'automation.act', 'todo', now() - interval '1 hour')"
        )
        told = {finding.what: finding for finding in await found(settings)}
        db.execute("delete from jobs.procrastinate_jobs")
        db.execute("delete from automation.parked")
        db.execute("delete from integrations.delivery")
    assert told["parked events of automation"].told == (
        "1 could not be applied; the first: sales.deal-moved.v1 – ValueError: no such stage"
    )
    assert told["deliveries of integrations"].told == "1 given up; the latest: Answered 500."
    assert not told["jobs"].well


async def test_a_worker_that_does_not_run_and_what_waits_for_it_are_told(
    settings: Settings,
) -> None:
    with database(settings) as db:
        db.execute("delete from jobs.procrastinate_workers")
        assert (await about("worker", settings)).told.startswith("none runs")
        db.execute(
            "insert into jobs.procrastinate_workers (last_heartbeat)"
            " values (now() - interval '10 minutes')"
        )
        silent = await about("worker", settings)
        db.execute("update jobs.procrastinate_workers set last_heartbeat = now()")
        well = await about("worker", settings)
        db.execute("delete from jobs.procrastinate_workers")
    assert silent.told == "none has given a sign of life for 10 minutes"
    assert "gausdo work" in (silent.advice or "")
    assert well.well


async def test_events_that_wait_are_told_with_their_age_and_whether_they_grow(
    settings: Settings,
) -> None:
    with database(settings) as db:
        db.execute(
            "insert into sales.outbox (event_id, name, kind, subject_id, version, at, via, seen,"
            " body) values (gen_random_uuid(), 'sales.deal-moved.v1', 'deal', gen_random_uuid(),"
            " 1, now() - interval '5 minutes', 'api', '{}', '{}')"
        )
        told = await about("events of sales to be published", settings)
        db.execute("delete from sales.outbox")
    assert told.told == "1 wait, the oldest for 5 minutes; the line stands still"


WAITS = """
    insert into sales.outbox (event_id, name, kind, subject_id, version, at, via, seen, body)
    select gen_random_uuid(), 'sales.deal-moved.v1', 'deal', gen_random_uuid(), n,
        now() - interval '5 minutes', 'api', '{}', jsonb_build_object('told', repeat('x', 9000))
    from generate_series(1, 20) n
"""


async def test_nats_that_answers_but_takes_no_more_events_is_told(
    settings: Settings, gausdo: Gausdo, tmp_path: Path
) -> None:
    """Also once there is room again: it has to be started anew."""
    with own_disks(tmp_path, ("nats",)):
        if not (tmp_path / "nats").is_mount():
            pytest.skip("no disk can be mounted here: that needs root, and `mount`")
        server = EmbeddedNats(tmp_path / "nats")
        server.start()
        own, bus = changed(settings, nats_url=SecretStr(server.url)), await connect(server.url)

        async def refused() -> list[str]:
            return [one.told for one in await found(own) if one.what == "NATS" and not one.well]

        sequencer = Sequencer(gausdo.databases["sales"], bus)
        leading = asyncio.create_task(sequencer.run())
        with database(settings) as db:
            await eventually(lambda: sequencer.leads, 60, "a leader")
            with full(tmp_path / "nats"):
                db.execute(WAITS)
                placed = "select pos from sales.line"
                await eventually(lambda: db.execute(placed).fetchone() == (20,), 60, "positions")
                meanwhile = await refused()
            with_room = await refused()
            server.stop()
            server.start()
            await eventually(lambda: published_all(gausdo, bus), 60, "publication")
            anew = await refused()
            leading.cancel()
            await asyncio.gather(leading, return_exceptions=True)
            await bus.close()
            server.stop()
            db.execute("delete from sales.outbox")
            db.execute("update sales.line set pos = 0")
    said = "it answers, but takes no more events of sales: 20 wait, the oldest for 5 minutes"
    assert meanwhile == with_room == [said]
    assert anew == []


async def published_all(gausdo: Gausdo, bus: Client) -> bool:
    with suppress(nats.errors.Error):
        return await published(bus, "sales") == 20
    return False


async def test_reports_that_are_old_are_told(settings: Settings) -> None:
    with database(settings) as db:
        db.execute("insert into reports.fresh values ('sales', now() - interval '3 hours')")
        told = await about("reports", settings)
        db.execute("delete from reports.fresh")
    assert told.told == "they show sales as of 3 hours ago"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
async def test_a_disk_that_is_nearly_full_is_told(settings: Settings, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if not _ran("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)):
        pytest.skip("no disk can be mounted here")
    try:
        assert (await about("disk", settings, small)).well
        (small / "full").write_bytes(b"0" * 1_000_000)
        told = await about("disk", settings, small)
    finally:
        assert _ran("umount", str(small))
    assert told.told.startswith("nearly full")


def _ran(*words: str) -> bool:
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


async def test_addresses_without_tls_and_a_missing_interface_are_told(
    settings: Settings, tmp_path: Path
) -> None:
    open_wide = changed(settings, host="0.0.0.0", base_url="http://crm.example.org", web=tmp_path)  # noqa: S104
    told = [finding for finding in await found(open_wide) if not finding.well]
    said = " ".join(finding.told for finding in told)
    assert "can be reached from outside, without TLS" in said
    assert "people are sent to http://crm.example.org, without TLS" in said
    assert f"{tmp_path} has no index.html" in said


async def test_the_command_tells_a_person_and_a_program_and_ends_accordingly(
    settings: Settings, bus: EmbeddedNats
) -> None:
    def doctor(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "gausdo.cli", "doctor", *words]
        return subprocess.Popen(
            command, env=environment(settings), stdout=subprocess.PIPE, text=True
        )

    assert bus.pid is not None
    os.kill(bus.pid, signal.SIGSTOP)
    try:
        person, program = doctor("--language", "en"), doctor("--json", "--language", "ru")
        russian = doctor("--language", "ru_RU.UTF-8")
        said, told = person.communicate()[0], program.communicate()[0]
        in_russian = russian.communicate()[0]
    finally:
        os.kill(bus.pid, signal.SIGCONT)
    assert (person.returncode, program.returncode, russian.returncode) == (1, 1, 1)
    findings = {one["what"]: one for one in map(json.loads, told.splitlines())}
    assert "it hangs" in findings["NATS"]["told"]
    assert findings["PostgreSQL"]["well"]
    assert "✓ PostgreSQL: version" in said
    assert f"✗ NATS: {findings['NATS']['told'][:20]}" in said
    assert "✗ worker: none runs" in said
    assert "✗ worker: не запущен ни один" in in_russian
    assert "→ Запустите `gausdo work`" in in_russian
