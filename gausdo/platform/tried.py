"""Trying something out: all of it is done in a transaction, and nothing of it is kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from gausdo.kernel.actor import Actor
from gausdo.platform.db import Database, Tx


class _NothingKept(Exception):
    """Rolls back what was only tried."""


@asynccontextmanager
async def begun(
    db: Database, actor: Actor, key: str | None, asked: Any, *, dry: bool
) -> AsyncIterator[Tx]:
    """As `Database.begin`; `dry`: rolled back at its end, whatever it has written."""
    try:
        async with db.begin(actor, None if dry else key, asked) as tx:
            yield tx
            _undo(dry=dry)
    except _NothingKept:
        pass


def _undo(*, dry: bool) -> None:
    if dry:
        raise _NothingKept
