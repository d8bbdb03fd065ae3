"""The queries behind a path: what the product asks PostgreSQL, and how PostgreSQL goes about it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from psycopg import AsyncRawCursor
from sqlalchemy import Select

from gausdo.app import opened
from gausdo.kernel.values import Json
from gausdo.platform.db import Database, Read
from gausdo.serve import serving
from gausdo.settings import Settings
from tests.bench.reference import Asked


class Listening(Database):
    """A database that writes down what it is asked for."""

    heard: list[Asked]

    async def json(self, statement: Read | Select[Any]) -> Json | None:
        sql, parameters = self.prepared(statement)
        once = isinstance(statement, Read) and statement.planned_once
        self.heard.append(Asked(self.schema.name, sql, parameters, once))
        return await super().json(statement)


@asynccontextmanager
async def _listening(settings: Settings) -> AsyncIterator[tuple[httpx2.AsyncClient, list[Asked]]]:
    heard: list[Asked] = []
    async with opened(settings) as gausdo:
        for db in gausdo.databases.values():
            db.__class__ = Listening
            db.heard = heard  # type: ignore[attr-defined]
        async with serving(gausdo, None) as app:
            transport = httpx2.ASGITransport(app, client=("127.0.0.1", 1))
            async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as web:
                yield web, heard


async def asked(
    settings: Settings, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[Asked]]:
    """(cookie, path) → its queries in order."""
    found: dict[tuple[str, str], list[Asked]] = {}
    async with _listening(settings) as (web, heard):
        for cookie, path in wanted:
            heard.clear()
            answer = await web.get(path, headers={"cookie": cookie})
            answer.raise_for_status()
            found[cookie, path] = [*heard]
    return found


async def plans(settings: Settings, cookie: str, paths: Iterable[str]) -> AsyncIterator[str]:
    """`EXPLAIN (ANALYZE, BUFFERS)` of every query of these paths, each shape once."""
    shapes: set[str] = set()
    async with opened(settings) as gausdo:
        for path in paths:
            for one in (await asked(settings, [(cookie, path)]))[cookie, path]:
                if one.sql in shapes:
                    continue
                shapes.add(one.sql)
                async with gausdo.databases[one.module].connection() as connection:
                    plan = await AsyncRawCursor(connection).execute(
                        f"explain (analyze, buffers) {one.sql}".encode(), one.parameters
                    )
                    lines = [row[0] async for row in plan]
                yield f"── {path}\n   {one.module}\n" + "\n".join(lines) + "\n"
