"""Keep a release for the tests of upgrades: python -m tools.release_fixture [TESTS…]

Fills an installation of this release in a small way, all of its modules, and writes two files into
`tests/upgrade`: `VERSION.sql.xz`, what pg_dump says of it, and `VERSION.statements.xz`, what the
release asked of PostgreSQL while it was filled and while its tests ran (`tests/modules` unless
told): a line of JSON for each statement, with the module that asked. Run it once, on the commit of
the release.
"""

import asyncio
import json
import lzma
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from pydantic import SecretStr

from gausdo import __version__
from gausdo.app import Gausdo, opened
from gausdo.bring import bring
from gausdo.demo.load import load
from gausdo.demo.world import Scale, World
from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Money
from gausdo.modules.activities.contract import About, Activities, NoteDraft, TaskDraft
from gausdo.modules.communications.contract import Communications
from gausdo.modules.customers.contract import CompanyDraft, Customers, PersonDraft
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.contract import HookDraft, Integrations
from gausdo.modules.reports.contract import DashboardQuery, Reports
from gausdo.modules.sales.contract import DealDraft, DealMove, Sales, StageKind
from gausdo.platform.bus.stream import connect
from gausdo.platform.db.migrate import dsn_of
from gausdo.platform.embedded import clickhouse, nats, postgres, valkey
from gausdo.settings import Settings
from gausdo.setup import migrate
from gausdo.worker import work
from tools.rules.rule import ROOT

KEPT = ROOT / "tests" / "upgrade"
SCALE = Scale(companies=12, people=25, deals=40, tasks=40, notes=15)
SECRET = "the secret of an installation that was never one"  # noqa: S105 - of nobody
CSV = "Name,Phone,Company\nAnn Field,+7 912 000-11-22,Hill\nNobody,,\n,+7,\n"
LOGGED = {"log_statement": "all", "log_line_prefix": "%u|", "log_parameter_max_length": "0"}
ASKED = re.compile(r"^gausdo_(\w+)\|LOG:  (?:execute [^:]*|statement): (.*)$")
DATA = re.compile(r"^\s*(select|insert|update|delete|with|merge)\b", re.IGNORECASE)
PATIENCE = 120


def statements(log: Path) -> Iterator[tuple[str, str]]:
    """Module and text of every statement in a server's log."""
    module, lines = "", list[str]()
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith("\t"):
            lines.append(line[1:])
            continue
        if module:
            yield module, "\n".join(lines)
        found = ASKED.match(line)
        module, lines = (found[1], [found[2]]) if found else ("", [])


def explained(db: psycopg.Connection[object], module: str, statement: str) -> bool:
    """Whether PostgreSQL plans it for the module's role, whatever its parameters are."""
    try:
        with db.transaction(force_rollback=True):
            db.execute(f"set local role gausdo_{module}".encode())
            db.execute(f"explain (generic_plan) {statement}".encode())
    except psycopg.Error:
        return False
    return True


async def fill(settings: Settings) -> None:
    """Two years of a very small company, and a day on which everything is used."""
    async for _ in load(settings, World(datetime.now(UTC).date(), scale=SCALE)):
        pass
    async with opened(settings) as gausdo:
        bus = await connect(settings.nats_url.get_secret_value(), "fixture")
        working = asyncio.create_task(work(gausdo, bus))
        await live(gausdo)
        await settled(gausdo)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await bus.close()


async def live(gausdo: Gausdo) -> None:
    """Each module is told something, and asked something."""
    identity, sales = gausdo.get(Identity), gausdo.get(Sales)
    users = await identity.users(SYSTEM)
    admin = await identity.actor(next(one.id for one in users if one.role == "administrator"))
    manager = await identity.actor(next(one.id for one in users if one.role == "manager"))
    customers, activities = gausdo.get(Customers), gausdo.get(Activities)
    company = await customers.add_company(manager, CompanyDraft(name="Hill"), "hill")
    person = await customers.add_person(
        manager, PersonDraft(name="Ivy", company_id=company.id, emails=["ivy@example.org"])
    )
    draft = DealDraft(
        title="Windows for the hill", company_id=company.id, contact_id=person.id,
        worth=Money(amount=900_000, currency="RUB"),
    )  # fmt: skip
    deal = await sales.open_deal(manager, draft, "windows")
    stages = (await sales.pipelines(manager))[0].stages
    for stage in (one for one in stages if one.kind is StageKind.OPEN):
        if stage.id != deal.stage_id:
            move = DealMove(stage_id=stage.id, version=deal.version)
            deal = await sales.move_deal(manager, deal.id, move)
    about = About(kind="deal", id=deal.id)
    await activities.add_task(manager, TaskDraft(title="Call", about=about))
    await activities.add_note(manager, NoteDraft(about=about, text="They like blue."))
    hook = HookDraft(url="https://example.org/windows", event="won", body={"deal": str(deal.id)})
    await gausdo.get(Integrations).call(admin, hook, "hook")
    await bring(gausdo.settings, CSV.encode(), "people", None)
    await gausdo.get(Communications).list_letters(admin, ListQuery())
    await gausdo.get(Reports).dashboard(admin, DashboardQuery())


async def settled(gausdo: Gausdo) -> None:
    """Wait until the rule has fired and its letter is known to have nowhere to go."""
    db = gausdo.databases["communications"]
    async with asyncio.timeout(PATIENCE), db.connection() as connection:
        asked = "select 1 from communications.letter where attempts > 0"
        while not await (await connection.execute(asked)).fetchall():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def run_tests(server: postgres.EmbeddedPostgres, tests: list[str]) -> None:
    """Tests on this server, found by them as the server of their run."""
    run = f"fixture{os.getpid()}"
    folder = Path(tempfile.gettempdir(), f"gausdo-tests-{run}")
    folder.mkdir(mode=0o711)
    (folder / "postgres.url").write_text(server.url)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", *tests]
    environment = {**os.environ, "PYTEST_XDIST_TESTRUNUID": run}
    subprocess.run(command, cwd=ROOT, env=environment, check=False)
    (folder / "postgres.url").unlink()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="gausdo-release-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as somebody else when we are root
        server = postgres.EmbeddedPostgres(
            folder / "postgres", durable=False, configuration={**LOGGED, "max_connections": "300"}
        )
        others = [
            valkey.EmbeddedValkey(folder / "valkey"),
            nats.EmbeddedNats(folder / "nats"),
            clickhouse.EmbeddedClickHouse(folder / "clickhouse"),
        ]
        for one in (server, *others):
            one.start()
        try:
            settings = Settings(
                secret=SecretStr(SECRET),
                postgres_url=SecretStr(server.url),
                valkey_url=SecretStr(others[0].url),
                nats_url=SecretStr(others[1].url),
                clickhouse_url=SecretStr(others[2].url),
                smtp_url=SecretStr("smtp://127.0.0.1:9"),
                data=folder / "data",
            )
            list(migrate(settings))
            asyncio.run(fill(settings))
            dsn = dsn_of(server.url, database=settings.database)
            keep(f"{__version__}.sql", dumped(dsn))
            run_tests(server, sys.argv[1:] or ["tests/modules"])
            keep(f"{__version__}.statements", asked_of(dsn, folder / "postgres" / "log"))
        finally:
            for one in (*others, server):
                one.stop()
    return 0


def dumped(dsn: str) -> str:
    binary = postgres.binaries(None) / "pg_dump"
    command = [str(binary), "--no-password", "--restrict-key=gausdo", dsn]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def asked_of(dsn: str, log: Path) -> str:
    """The statements that PostgreSQL can plan without their parameters, told once each."""
    found = sorted({(module, text) for module, text in statements(log) if DATA.match(text)})
    with psycopg.connect(dsn) as db:
        kept = [one for one in found if explained(db, *one)]
    sys.stdout.write(f"{len(kept)} of {len(found)} statements\n")
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in kept)


def keep(name: str, text: str) -> None:
    KEPT.mkdir(exist_ok=True)
    file = KEPT / f"{name}.xz"
    file.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    sys.stdout.write(f"{file}: {file.stat().st_size} bytes\n")


if __name__ == "__main__":
    sys.exit(main())
