"""Web and worker may be started first: they wait for their servers and need no second start.

Nor does a worker whose port for metrics somebody else has.
"""

import asyncio
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from gausdo.app import opened
from gausdo.gateway.identify import API
from gausdo.modules.identity.contract import Identity, UserDraft
from gausdo.modules.sales.contract import PipelineDraft, Sales, StageDraft, StageKind
from gausdo.platform.analytics import Analytics
from gausdo.platform.embedded.clickhouse import EmbeddedClickHouse
from gausdo.platform.embedded.nats import EmbeddedNats
from gausdo.platform.embedded.postgres import EmbeddedPostgres
from gausdo.platform.embedded.process import free_port
from gausdo.platform.embedded.server import EmbeddedServer
from gausdo.platform.embedded.valkey import EmbeddedValkey
from gausdo.settings import Settings
from gausdo.setup import migrate
from tests.conftest import ADMIN, PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")

KINDS = (EmbeddedPostgres, EmbeddedValkey, EmbeddedNats, EmbeddedClickHouse)
PATIENCE = 90.0
"""Seconds for a machine that is busy."""


@contextmanager
def place() -> Iterator[Path]:
    """A folder that the account of PostgreSQL can reach; pytest's own is private."""
    folder = Path(tempfile.mkdtemp(prefix="gausdo-early-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def clean_environment() -> dict[str, str]:
    """Ours, without what is no setting."""
    return {name: os.environ[name] for name in os.environ if not name.startswith("GAUSDO_")}


@contextmanager
def started(command: str, settings: dict[str, str], log: Path) -> Iterator[None]:
    """One of our processes, ended politely; it must have gone on until then."""
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "gausdo.cli", command],
            env={**clean_environment(), **settings},
            cwd=Path(__file__).parents[2],
            stdout=told,
            stderr=told,
        )
    try:
        yield
        assert process.poll() is None, log.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()


async def answered(client: httpx2.AsyncClient, path: str, status: int) -> httpx2.Response:
    """The first answer with this status; until then there may be others, or none."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            answer = await client.get(path)
            if answer.status_code == status:
                return answer
            told = f"{answer.status_code} {answer.text}"
        except httpx2.TransportError as error:
            told = repr(error)
        assert time.monotonic() < deadline, f"{path}: {told}"
        await asyncio.sleep(0.2)


async def test_web_and_worker_wait_for_servers_that_come_later() -> None:
    with place() as folder, socket.create_server(("127.0.0.1", 0)) as taken:
        servers: list[EmbeddedServer] = [kind(folder / kind.name, free_port()) for kind in KINDS]
        told = {
            "GAUSDO_SECRET": hashlib.sha256(b"early").hexdigest(),
            "GAUSDO_PORT": str(free_port()),
            "GAUSDO_METRICS_PORT": str(taken.getsockname()[1]),
            "GAUSDO_DATA": str(folder),
            **{f"GAUSDO_{one.name.upper()}_URL": one.url for one in servers},
        }
        settings = Settings(**{key.removeprefix("GAUSDO_").lower(): told[key] for key in told})
        url = f"http://127.0.0.1:{settings.port}"
        with (
            ExitStack() as stack,
            started("serve", told, folder / "web.log"),
            started("work", told, folder / "worker.log"),
        ):
            client = httpx2.AsyncClient(base_url=url, timeout=20)
            await answered(client, "/health", 200)
            await answered(client, "/ready", 503)
            refused = await answered(client, "/api/v1/deals", 503)
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.json()["code"] == "unavailable"
            for server in servers:
                await asyncio.to_thread(server.start)
                stack.callback(server.stop)
            await asyncio.to_thread(lambda: list(migrate(settings)))
            await answered(client, "/ready", 200)
            await _flows(settings, client)
            taken.close()
            await answered(client, f"http://127.0.0.1:{settings.metrics_port}/metrics", 200)
            await client.aclose()


async def _flows(settings: Settings, client: httpx2.AsyncClient) -> None:
    """A deal opened over HTTP reaches the analytical store."""
    async with opened(settings) as gausdo:
        draft = UserDraft(
            name="Ann", email="ann@example.org", password=PASSWORD, role="head", locale="en"
        )
        ann = await gausdo.get(Identity).join(ADMIN, draft)
        stages = [
            StageDraft(name="New", probability=20),
            StageDraft(name="Won", kind=StageKind.WON, probability=100),
            StageDraft(name="Lost", kind=StageKind.LOST, probability=0),
        ]
        await gausdo.get(Sales).add_pipeline(ADMIN, PipelineDraft(name="Sales", stages=stages))
        token = gausdo.tokens.issue(str(ann.id), API, "at+jwt", 600)
    opens = await client.post(
        "/api/v1/deals", json={"title": "Early"}, headers={"authorization": f"Bearer {token}"}
    )
    assert opens.status_code == 201, opens.text
    deadline = time.monotonic() + PATIENCE
    async with Analytics(settings.clickhouse_url.get_secret_value()) as store:
        while True:
            query = "select toString(deal_id) as id from deal_state final"
            if await store.ask(query, {}) == [{"id": opens.json()["id"]}]:
                return
            assert time.monotonic() < deadline, "the worker does not work"
            await asyncio.sleep(0.2)
