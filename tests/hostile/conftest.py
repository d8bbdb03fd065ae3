"""Gausdo's own web server as a process, on the database of the test module, and who calls it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.gateway.identify import API, COOKIE
from gausdo.gateway.sessions import Sessions
from gausdo.kernel.actor import Actor
from gausdo.kernel.values import now
from gausdo.platform.embedded.process import Child, Command, free_port
from gausdo.settings import Settings
from gausdo.supervisor import answers_http
from tests.conftest import People


@dataclass
class Site:
    """A running `gausdo serve`; `log` is what it has written."""

    port: int
    log: Path
    gausdo: Gausdo

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, actor: Actor, seconds: int = 600) -> str:
        return self.gausdo.tokens.issue(str(actor.id), API, "at+jwt", seconds)

    def client(self, actor: Actor | None, **options: object) -> httpx2.AsyncClient:
        """Over real sockets, with that person's token."""
        headers = {"authorization": f"Bearer {self.token(actor)}"} if actor else {}
        return httpx2.AsyncClient(
            base_url=f"{self.url}/api/v1", headers=headers, trust_env=False, **options
        )

    async def browser(self, actor: Actor) -> httpx2.AsyncClient:
        """Over real sockets, with a session of its own, as a page of ours."""
        token = await Sessions(self.gausdo.cache).open(actor.id, int(now().timestamp()))
        headers = {"cookie": f"{COOKIE}={token}", "sec-fetch-site": "same-origin"}
        return httpx2.AsyncClient(
            base_url=f"{self.url}/api/v1", headers=headers, trust_env=False, timeout=60
        )


def environment(settings: Settings, **told: str) -> dict[str, str]:
    """The settings as a process is told them."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("GAUSDO_")}
    return {
        **bare,
        "GAUSDO_SECRET": settings.secret.get_secret_value(),
        "GAUSDO_POSTGRES_URL": settings.postgres_url.get_secret_value(),
        "GAUSDO_DATABASE": settings.database,
        "GAUSDO_VALKEY_URL": settings.valkey_url.get_secret_value(),
        "GAUSDO_NATS_URL": settings.nats_url.get_secret_value(),
        "GAUSDO_CLICKHOUSE_URL": settings.clickhouse_url.get_secret_value(),
        "GAUSDO_RATE_LIMIT": str(settings.rate_limit),
        "GAUSDO_OUTBOUND_ALLOW": ",".join(settings.outbound_allow),
        "GAUSDO_SMTP_URL": settings.smtp_url.get_secret_value(),
        **told,
    }


Serve = Callable[..., Site]


@pytest.fixture(scope="module")
def serve(
    gausdo: Gausdo, people: People, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serve]:
    """`serve(GAUSDO_RATE_LIMIT="50")`: a web server of these settings, stopped afterwards."""
    running: list[Child] = []

    def start(**told: str) -> Site:
        port = free_port()
        log = tmp_path_factory.mktemp("site") / "log"
        env = environment(gausdo.settings, GAUSDO_PORT=str(port), **told)
        argv = (sys.executable, "-m", "gausdo.cli", "serve")
        child = Child(Command(argv, env=env), log)
        running.append(child)
        child.wait_ready(answers_http(f"http://127.0.0.1:{port}/ready"), 90)
        return Site(port, log, gausdo)

    yield start
    for child in running:
        child.stop()


@pytest.fixture(scope="module")
def site(serve: Serve) -> Site:
    """The server of the test module."""
    return serve()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def admin(site: Site, people: People) -> AsyncIterator[httpx2.AsyncClient]:
    async with site.client(people.admin, timeout=30) as client:
        yield client


async def eventually(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait for something outside this process to happen."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen"
        await asyncio.sleep(0.02)
