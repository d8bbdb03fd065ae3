"""One installation for the tests of a file, and a seed to repeat what a run has found."""

import os
import random
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.failures.disks import own_disks
from tests.failures.office import Office
from tests.failures.trial import Trial, tell

SOAK = "GAUSDO_SOAK" in os.environ


@pytest.fixture(scope="module")
def surroundings() -> dict[str, str]:
    """What the processes of a file's installation find in their environment beside ours."""
    return {}


@pytest.fixture(scope="module")
def apart() -> tuple[str, ...]:
    """The servers of a file's installation that have a disk of their own."""
    return ()


@pytest.fixture(scope="module")
def trial(surroundings: dict[str, str], apart: tuple[str, ...]) -> Iterator[Trial]:
    trial = Trial(surroundings)
    with own_disks(trial.folder, apart):
        try:
            trial.start()
            yield trial
        finally:
            trial.stop()
    trial.remove()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(trial: Trial) -> AsyncIterator[Office]:
    """People at work in it; what they wrote adds up from test to test."""
    yield await Office.opened(trial, writers=10 if SOAK else 4)


@pytest.fixture
def chance() -> random.Random:
    """`FAILURES_SEED` repeats a run; pytest shows what was told when a test has failed."""
    seed = int(os.environ.get("FAILURES_SEED") or random.SystemRandom().randrange(10**6))
    tell(f"FAILURES_SEED={seed}")
    return random.Random(seed)
