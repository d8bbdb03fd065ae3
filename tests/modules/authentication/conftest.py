"""Somebody of one's own to sign in as: factors and tries of one test are no other's."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count

import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.modules.identity.contract import Identity, User, UserDraft
from tests.browsers import Browser
from tests.conftest import ADMIN, PASSWORD

Joined = Callable[..., Awaitable[User]]
At = Callable[..., AbstractAsyncContextManager[Browser]]
_numbers = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def joined(gausdo: Gausdo) -> Joined:
    """`joined(role)`: a new colleague."""

    async def join(role: str = "manager") -> User:
        draft = UserDraft(
            name=f"Number {next(_numbers)}",
            email=f"number{next(_numbers)}@example.org",
            password=PASSWORD,
            role=role,
            locale="en",
        )
        return await gausdo.get(Identity).join(ADMIN, draft)

    return join


@pytest.fixture
def at(web: ASGIApp) -> Iterator[At]:
    """`at(address)`: a browser; each has an address of its own unless told."""

    @asynccontextmanager
    async def browser(address: str = "") -> AsyncIterator[Browser]:
        number = next(_numbers)
        async with Browser(web, address or f"10.{number // 250}.7.{number % 250}") as one:
            yield one

    return browser
