"""Gausdo's own web server as a process, on the database of the test module, and who calls it."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.gateway.identify import API, COOKIE
from gausdo.kernel.actor import Actor
from gausdo.kernel.values import now
from gausdo.platform.embedded.process import Child, Command, free_port
from gausdo.platform.sessions import Sessions
from gausdo.supervisor import answers_http
from tests.conftest import People
from tests.processes import environment

PATIENT = 120
"""Seconds a client waits: longer than the server lets anybody wait, on a busy machine."""


@dataclass
class Site:
    """A running `gausdo serve`; `log` is what it has written."""

    pid: int
    port: int
    log: Path
    gausdo: Gausdo

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, actor: Actor, seconds: int = 600) -> str:
        told = {"auth_time": int(now().timestamp())}
        return self.gausdo.tokens.issue(str(actor.id), API, "at+jwt", seconds, **told)

    def client(self, actor: Actor | None) -> httpx2.AsyncClient:
        """Over real sockets, with that person's token."""
        headers = {"authorization": f"Bearer {self.token(actor)}"} if actor else {}
        return httpx2.AsyncClient(
            base_url=f"{self.url}/api/v1", headers=headers, trust_env=False, timeout=PATIENT
        )

    async def browser(self, actor: Actor) -> httpx2.AsyncClient:
        """Over real sockets, with a session of its own, as a page of ours."""
        token = await Sessions(self.gausdo.cache).open(actor.id)
        headers = {"cookie": f"{COOKIE}={token}", "sec-fetch-site": "same-origin"}
        return httpx2.AsyncClient(
            base_url=f"{self.url}/api/v1", headers=headers, trust_env=False, timeout=PATIENT
        )


Serve = Callable[..., Site]


@pytest.fixture(scope="module")
def serve(
    gausdo: Gausdo, people: People, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serve]:
    """`serve(GAUSDO_RATE_LIMIT="50")`: a web server of these settings, stopped afterwards; of one
    process, unless told.
    """
    running: list[Child] = []

    def start(workers: int = 1, **told: str) -> Site:
        port = free_port()
        log = tmp_path_factory.mktemp("site") / "log"
        others = {"GAUSDO_PORT": str(port), "GAUSDO_PATIENCE": "5", **told}
        env = environment(gausdo.settings, **others)
        argv = (sys.executable, "-m", "gausdo.cli", "serve", "--workers", str(workers))
        child = Child(Command(argv, env=env), log)
        running.append(child)
        child.wait_ready(answers_http(f"http://127.0.0.1:{port}/ready"), 90)
        return Site(child.pid, port, log, gausdo)

    yield start
    for child in running:
        child.stop()


@pytest.fixture(scope="module")
def site(serve: Serve) -> Site:
    """The server of the test module."""
    return serve()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def admin(site: Site, people: People) -> AsyncIterator[httpx2.AsyncClient]:
    async with site.client(people.admin) as client:
        yield client
