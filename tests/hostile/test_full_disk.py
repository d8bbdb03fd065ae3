"""A full disk: a clear refusal, nothing acknowledged lost, on when there is room."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import nats
import nats.errors
import psycopg
import pytest
from clickhouse_connect.driver.exceptions import ClickHouseError
from nats.js import JetStreamContext
from sqlalchemy import text

from gausdo.app import MODULES
from gausdo.kernel.errors import Unavailable
from gausdo.platform.analytics import Analytics
from gausdo.platform.db import Database, Schema
from gausdo.platform.embedded.clickhouse import EmbeddedClickHouse
from gausdo.platform.embedded.nats import EmbeddedNats
from gausdo.platform.embedded.postgres import EmbeddedPostgres

pytestmark = pytest.mark.asyncio(loop_scope="session")
SIZE, BALLAST = 192, 48
"""Megabytes of the disk, and what is taken away from it to make room again."""
DATASETS = [dataset for module in MODULES for dataset in module.facts]
INSERT = text("insert into kept (id, told) values (:id, :told)")


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small file system of its own."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root mounts a small file system")
    folder = Path(tempfile.mkdtemp(prefix="gausdo-disk-"))
    options = f"size={SIZE}m,mode=0711"
    told = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    if told.returncode:
        folder.rmdir()
        pytest.skip(f"no small file system can be mounted here: {told.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


async def test_a_full_disk_is_said_and_loses_nothing(disk: Path) -> None:
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(BALLAST * 2**20))
    server = EmbeddedPostgres(
        disk / "postgres", configuration={"shared_buffers": "16MB", "max_wal_size": "32MB"}
    )
    assert disk in (server.folder, *server.folder.parents)
    server.start()
    try:
        with psycopg.connect(server.dsn, autocommit=True) as db:
            db.execute("create table kept (id int primary key, told text)")
            db.execute("alter table kept alter told set storage external")
        told = await filled(server)
        assert told
        ballast.unlink()
        if not answers(server):  # not even its journal had a place: what a supervisor does then
            assert server._child is not None
            server._child.kill_group()
            server.stop()
            server.start()
        async with Database(server.dsn, Schema("trial")) as db:
            async with db.begin() as tx:
                await tx.session.execute(INSERT, {"id": -1, "told": "again"})
            async with db.begin() as tx:
                found = set(await tx.session.scalars(text("select id from kept")))
        assert found >= {*told, -1}
        assert len(found) <= len(told) + 2  # what was refused may have been kept, once
    finally:
        server.stop()


async def test_nats_that_takes_no_more_events_is_known_until_it_is_started_anew(
    disk: Path,
) -> None:
    """It still answers, so that nobody would notice; the supervisor ends what lives no more."""
    server, ballast = EmbeddedNats(disk / "nats"), disk / "ballast"
    server.start()
    try:
        assert server.lives()
        async with talking(server) as js:
            await js.add_stream(name="kept", subjects=["kept"])
            for number in range(10):
                await js.publish("kept", b"%d" % number)
            with suppress(OSError):
                ballast.write_bytes(bytes(SIZE * 2**20))
            with pytest.raises(nats.errors.TimeoutError):
                await js.publish("kept", b"x" * 2**16, timeout=2)
            assert not server.lives()
            ballast.unlink()
            assert server.ready()
            assert not server.lives()
        server.stop()
        server.start()
        assert server.lives()
        async with talking(server) as js:
            assert (await js.publish("kept", b"again")).seq == 11
    finally:
        server.stop()


async def test_nats_started_on_a_full_disk_takes_events_once_there_is_room(disk: Path) -> None:
    server, ballast = EmbeddedNats(disk / "nats"), disk / "ballast"
    server.start()
    server.stop()
    with suppress(OSError):
        ballast.write_bytes(bytes(SIZE * 2**20))
    os.truncate(ballast, ballast.stat().st_size - 2**16)  # what it writes of itself fits in
    server.start()
    try:
        ballast.unlink()
        async with talking(server) as js:
            await js.add_stream(name="kept", subjects=["kept"])
            for _ in range(50):
                await js.publish("kept", b"x" * 2**12)
    finally:
        server.stop()


async def test_clickhouse_says_what_it_could_not_store(disk: Path) -> None:
    """And a loader that only looks whether a table has all columns costs it nothing."""
    server, ballast = EmbeddedClickHouse(disk / "clickhouse"), disk / "ballast"
    server.start()
    try:
        async with Analytics(server.url, DATASETS) as store:
            await store.create()
            await store.run("create table kept (id UInt32) engine = MergeTree order by id")
            await store.insert("kept", b'{"id": 1}', "first")
            with suppress(OSError):
                ballast.write_bytes(bytes(SIZE * 2**20))
            await store.create()
            with pytest.raises(ClickHouseError, match="not enough space"):
                await store.insert("kept", b'{"id": 2}', "second")
            ballast.unlink()
            await store.insert("kept", b'{"id": 2}', "second")
            await store.create()
            found = await store.ask("select id from kept order by id", {})
        assert found == [{"id": 1}, {"id": 2}]
    finally:
        server.stop()


@asynccontextmanager
async def talking(server: EmbeddedNats) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(server.url)
    try:
        yield client.jetstream()
    finally:
        await client.close()


async def filled(server: EmbeddedPostgres) -> list[int]:
    """The ids that were acknowledged before the disk was full."""
    told: list[int] = []
    async with Database(server.dsn, Schema("trial")) as db:
        while len(told) < SIZE:
            try:
                async with db.begin() as tx:
                    await tx.session.execute(INSERT, {"id": len(told), "told": "x" * 2**20})
            except Unavailable:
                return told
            told.append(len(told))
    raise AssertionError("the disk was never full")


def answers(server: EmbeddedPostgres) -> bool:
    with suppress(psycopg.OperationalError):
        psycopg.connect(server.dsn, connect_timeout=3).close()
        return True
    return False
