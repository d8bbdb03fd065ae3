"""A demo that is loaded into an installation of its own."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from gausdo.app import MODULES
from gausdo.demo.world import Scale
from gausdo.kernel.values import now
from gausdo.settings import Settings
from tests.conftest import superuser_dsn

TODAY = now().astimezone(dt.timezone(dt.timedelta(hours=3))).date()
SMALL = Scale(20, 40, 60, 60, 20)


@pytest.fixture(scope="module")
def demo(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("demo")
    return settings.model_copy(
        update={
            "data": folder,
            "demo_url": "http://127.0.0.1:9",
            "outbound_allow": ("127.0.0.1:9",),
        }
    )


@pytest.fixture
def fresh(
    demo: Settings, template: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[], Settings]:
    """Settings of an installation that nobody has used yet."""
    admin = demo.postgres_url.get_secret_value()

    def made() -> Settings:
        name = f"test_{os.urandom(6).hex()}"
        with psycopg.connect(admin, autocommit=True) as db:
            db.execute(
                sql.SQL("create database {} template {} strategy wal_log").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )

        def drop() -> None:
            with psycopg.connect(admin, autocommit=True) as db:
                db.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

        request.addfinalizer(drop)
        return demo.model_copy(update={"database": name, "data": tmp_path})

    return made


async def rows(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    dsn = superuser_dsn(settings)
    async with await psycopg.AsyncConnection.connect(dsn) as db:
        return await (await db.execute(statement.encode())).fetchall()


async def everything(settings: Settings) -> dict[str, int]:
    """A fingerprint of every table of every module."""
    found = {}
    for module in MODULES:
        for table in module.schema.metadata.sorted_tables:
            ((told,),) = await rows(
                settings,
                f"select coalesce(sum(hashtextextended(t::text, 0)), 0) + count(*) "
                f'from {module.name}."{table.name}" t',
            )
            found[f"{module.name}.{table.name}"] = told
    return found
