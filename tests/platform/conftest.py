"""A scratch database with a module that tells and one that listens."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.platform.bus_trial import Trial, trial


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scratch() -> AsyncIterator[Trial]:
    async with trial() as made:
        yield made
