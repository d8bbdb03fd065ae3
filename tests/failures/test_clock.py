"""The machine's clock jumps while people work: nothing is lost or doubled, everything goes on.

Debian's libfaketime tells our processes, PostgreSQL and Valkey another time, from one moment on;
NATS asks the kernel itself, so its time stays. Time that only passes (CLOCK_MONOTONIC) does not
jump, as in a real machine.
"""

import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from gausdo.gateway.identify import API
from gausdo.platform.tokens import Tokens
from tests.failures.office import Office
from tests.failures.trial import Trial, tell, until
from tools.test import faketime

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]
NOTICE = 1
"""Seconds until a process looks again what time it is said to be."""
RETURN = 90.0
"""Seconds within which everything goes on by itself; on a quiet machine it takes a few."""


class Clock:
    """What the processes of an installation are told."""

    def __init__(self, folder: Path, library: Path) -> None:
        self._file = folder / "clock"
        self.ahead = timedelta()
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(NOTICE),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.jump(timedelta())

    def jump(self, ahead: timedelta) -> None:
        """From now on it is so much later than in truth."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{ahead.total_seconds():+.0f}\n")
        draft.chmod(0o644)
        draft.rename(self._file)
        self.ahead = ahead

    def time(self) -> int:
        return int(time.time() + self.ahead.total_seconds())


class Renewed(httpx2.Auth):
    """A client that asks for another token when its own is not valid any more."""

    def __init__(self, tokens: Tokens, person: str, clock: Clock) -> None:
        self._tokens, self._person, self._clock = tokens, person, clock
        self._renew()

    def _renew(self) -> None:
        at = self._clock.time()
        self._token = self._tokens.issue(self._person, API, "at+jwt", 600, iat=at, exp=at + 600)

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        while True:
            request.headers["authorization"] = f"Bearer {self._token}"
            answer = yield request
            if answer.status_code != 401:
                return
            await asyncio.sleep(0.1)
            self._renew()


class Timely(Office):
    """An office whose people have the clock of the installation."""

    clock: Clock

    def _client(self, token: str, patience: float) -> httpx2.AsyncClient:
        client = super()._client(token, patience)
        person = self.shop.people[self.shop.tokens.index(token)]
        client.auth = Renewed(
            Tokens(self.trial.settings.derived("tokens")), str(person), self.clock
        )
        return client


@pytest.fixture(scope="module")
def clock() -> Iterator[Clock]:
    if (library := faketime()) is None:
        pytest.skip("no libfaketime: apt-get install faketime")
    folder = Path(tempfile.mkdtemp(prefix="gausdo-clock-"))
    folder.chmod(0o711)
    yield Clock(folder, library)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def surroundings(clock: Clock) -> dict[str, str]:
    return clock.environment


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(trial: Trial, clock: Clock) -> Timely:
    office = await Timely.opened(trial, writers=3)
    office.clock = clock
    return office


async def test_a_clock_that_jumps_loses_doubles_and_reorders_nothing(
    office: Timely, clock: Clock, chance: random.Random
) -> None:
    """A day ahead, and then an hour back."""
    trial = office.trial
    before = {part: trial.pid(part) for part in ("web", "worker", "postgres", "valkey")}
    async with office.at_work(chance, patience=20):
        await office.change(15, RETURN)
        for ahead in (timedelta(days=1), timedelta(hours=23)):
            tell(f"it is {ahead} later than in truth")
            clock.jump(ahead)
            await until(lambda: abs(theirs(office) - clock.time()) < 60, RETURN, "it has jumped")
            await office.change(15, RETURN)
            await until(lambda: trial.ready, RETURN, "everything runs")
    assert {part: trial.pid(part) for part in before} == before, "nothing had to start again"
    assert {look.status for look in office.looks} <= {200}
    clock.jump(timedelta(days=1, hours=1))  # the hour passes that some have to wait
    await office.books.settle()
    office.books.counted(office.written)
    await office.books.analysed()


def theirs(office: Office) -> float:
    """The time of PostgreSQL, in seconds since 1970."""
    return float(office.books.one("select extract(epoch from clock_timestamp())"))
