"""A backup comes back row for row, into an empty installation, or changes nothing."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from psycopg import sql
from pydantic import SecretStr

from gausdo import backup as backups
from gausdo import restore as restores
from gausdo.app import Gausdo, opened
from gausdo.backup import BackupError, back_up
from gausdo.kernel.actor import SYSTEM
from gausdo.modules.customers.contract import Customers, PersonChange, PersonDraft
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.contract import Integrations
from gausdo.platform.analytics import Analytics
from gausdo.platform.bus.stream import connect
from gausdo.platform.crypto.archive import ArchiveError, Passphrase, SecretKey
from gausdo.platform.db import dump
from gausdo.platform.db.dump import DumpError
from gausdo.platform.embedded.postgres import EmbeddedPostgres
from gausdo.restore import follow_up, restore
from gausdo.settings import Settings
from tests.conftest import People, superuser_dsn
from tests.processes import passable
from tests.servers import Servers

Rows = dict[str, list[str]]


def key_of(settings: Settings) -> SecretKey:
    return SecretKey(settings.derived("backups"))


def quiet(_: str) -> None: ...


def rows(settings: Settings) -> Rows:
    """Every row of every table, as PostgreSQL writes it."""
    found = {}
    with psycopg.connect(superuser_dsn(settings), autocommit=True) as db:
        tables = db.execute(
            "select n.nspname, c.relname from pg_class c join pg_namespace n "
            "on n.oid = c.relnamespace where c.relkind in ('r', 'p') and not c.relispartition "
            "and n.nspname !~ '^pg_|information_schema' order by 1, 2"
        ).fetchall()
        for table in tables:
            query = sql.SQL("select t::text from {} t order by 1").format(sql.Identifier(*table))
            found[".".join(table)] = [str(row) for (row,) in db.execute(query)]
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def person(gausdo: Gausdo, people: People, settled: Callable[[], Awaitable[None]]) -> Any:
    """Somebody with a document, changed once, in an installation where something has happened."""
    customers = gausdo.get(Customers)
    draft = PersonDraft(name="Анна Котова", document=SecretStr("45 09 123456"))
    added = await customers.add_person(people.ann, draft, "once")
    change = PersonChange(version=1, city="Омск", emails=["a@example.ru"])
    changed = await customers.change_person(people.ann, added.id, change)
    await gausdo.get(Integrations).signing_secret(people.admin)
    await settled()
    return changed


@pytest.fixture(scope="module")
def elsewhere(servers: Servers, settings: Settings) -> Iterator[Settings]:
    """Another installation with the same secret: a server of its own, where nothing is."""
    with passable("backup") as folder:
        server = EmbeddedPostgres(folder / "postgres", durable=False)
        server.start()
        store, _, name = settings.clickhouse_url.get_secret_value().rpartition("/")
        yield settings.model_copy(
            update={
                "postgres_url": SecretStr(server.url),
                "clickhouse_url": SecretStr(f"{store}/{name}_restored"),
            }
        )
        server.stop()


@pytest.fixture
def empty(elsewhere: Settings) -> Settings:
    with psycopg.connect(elsewhere.postgres_url.get_secret_value(), autocommit=True) as db:
        name = sql.Identifier(elsewhere.database)
        db.execute(sql.SQL("drop database if exists {} with (force)").format(name))
    return elsewhere


def databases(settings: Settings) -> set[str]:
    with psycopg.connect(settings.postgres_url.get_secret_value(), autocommit=True) as db:
        return {str(name) for (name,) in db.execute("select datname from pg_database")} - {
            "postgres", "template0", "template1",
        }  # fmt: skip


@pytest.fixture(scope="module")
def file(settings: Settings, person: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backups") / "monday.gausdo"
    manifest = back_up(settings, path, key_of(settings), quiet)
    assert manifest.keys
    assert "postgres_url" not in manifest.settings
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o077 == 0
    return path


def put_back(settings: Settings, file: Path, **told: Any) -> None:
    told = {"replace": False, "secret_lost": False, "key": key_of(settings), **told}
    restore(settings, file, told.pop("key"), quiet, **told)


def test_every_row_of_every_table_comes_back(
    settings: Settings, empty: Settings, file: Path, person: Any, people: People
) -> None:
    put_back(empty, file)
    here, there = rows(settings), rows(empty)
    assert there.keys() == here.keys()
    assert sum(map(len, here.values())) > 50
    assert {name: rows for name, rows in there.items() if rows != here[name]} == {}
    assert databases(empty) == {empty.database}
    said: list[str] = []
    store, _, name = empty.clickhouse_url.get_secret_value().rpartition("/")
    asyncio.run(_asked(f"{store}/default", f"create database {name}"))
    try:
        follow_up(empty, said.append)
        assert not [line for line in said if "left to you" in line]
        asyncio.run(_works(empty, person, people))
    finally:
        asyncio.run(_asked(f"{store}/default", f"drop database {name}"))


async def _asked(url: str, statement: str) -> None:
    async with Analytics(url) as store:
        await store.run(statement)


async def _works(settings: Settings, person: Any, people: People) -> None:
    """People get in with the roles' own passwords, and sealed values open."""
    async with opened(settings) as gausdo:
        ann = await gausdo.get(Identity).actor(people.ann.id)
        customers = gausdo.get(Customers)
        assert await customers.person(ann, person.id) == person
        assert (await customers.person_document(ann, person.id)).number == "45 09 123456"
        assert len(await gausdo.get(Identity).users(SYSTEM)) == 5
        change = PersonChange(version=person.version, city="Тверь")
        assert (await customers.change_person(ann, person.id, change)).city == "Тверь"
        nats = await connect(settings.nats_url.get_secret_value(), "tests")
        streams = await nats.jetstream().streams_info()
        await nats.close()
        assert not [one for one in streams if (one.config.name or "").startswith("EVENTS_")]


def test_what_is_there_is_kept_unless_told_otherwise(
    settings: Settings, empty: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back(empty, file)
    with psycopg.connect(superuser_dsn(empty), autocommit=True) as db:
        db.execute("update customers.person set city = 'Псков'")
        with pytest.raises(BackupError, match="in use"):
            put_back(empty, file, replace=True)
    before = rows(empty)
    assert before != rows(settings)
    with pytest.raises(BackupError, match="not empty"):
        put_back(empty, file)

    def stops(*_: Any) -> None:
        raise KeyboardInterrupt

    def half_way(portions: Iterator[bytes], what: str, _: Any) -> Iterator[bytes]:
        for portion in portions:
            yield portion[: len(portion) // 2]
            if what == "restored":
                raise KeyboardInterrupt

    for step, stop in (("counted", half_way), ("_take_place", stops)):
        with monkeypatch.context() as killed:
            killed.setattr(restores, step, stop)
            with pytest.raises(KeyboardInterrupt):
                put_back(empty, file, replace=True)
        assert databases(empty) == {empty.database}
        assert rows(empty) == before
    put_back(empty, file, replace=True)
    assert rows(empty)["customers.person"] == rows(settings)["customers.person"]
    assert databases(empty) == {empty.database}


@pytest.mark.parametrize("place", [5, 400_000, -5])
def test_a_damaged_file_changes_nothing(
    empty: Settings, file: Path, tmp_path: Path, place: int
) -> None:
    content = bytearray(file.read_bytes())
    content[min(place, len(content) - 40)] ^= 1
    damaged = tmp_path / "damaged"
    damaged.write_bytes(content)
    with pytest.raises(ArchiveError):
        put_back(empty, damaged)
    assert databases(empty) == set()


def test_a_wrong_key_and_another_secret_are_refused(
    settings: Settings, empty: Settings, file: Path, tmp_path: Path
) -> None:
    other = empty.model_copy(update={"secret": SecretStr("another secret, of a stranger's 0123")})
    with pytest.raises(ArchiveError, match="not the secret"):
        put_back(other, file)
    sealed, words = tmp_path / "with words", Passphrase("correct horse battery staple")
    back_up(settings, sealed, words, quiet)
    with pytest.raises(BackupError, match="another secret"):
        put_back(other, sealed, key=words)
    with pytest.raises(ArchiveError, match="passphrase"):
        put_back(empty, sealed)
    assert databases(empty) == set()
    said: list[str] = []
    manifest = restores._looked_over(other, sealed, words, said.append, secret_lost=True)
    assert said == [f"sealed values need keys that are not in GAUSDO_KEY_RING: {manifest.keys[0]}"]


def test_a_newer_release_is_refused(
    settings: Settings, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tmp_path / "newer"
    with monkeypatch.context() as tomorrow:
        tomorrow.setattr(backups, "revision_of", lambda _db, module: f"{module} of tomorrow")
        tomorrow.setattr(backups, "__version__", "9.0.0")
        back_up(settings, newer, key_of(settings), quiet)
    with pytest.raises(BackupError, match=r"newer Gausdo \(9\.0\.0\)"):
        put_back(empty, newer)
    assert databases(empty) == set()


def test_a_backup_that_fails_leaves_no_file(
    settings: Settings, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BackupError, match="there already"):
        back_up(settings, file, key_of(settings), quiet)

    def cut(*arguments: Any) -> Iterator[bytes]:
        yield from iter([b"PGDMP"])
        raise KeyboardInterrupt

    monkeypatch.setattr(backups, "dumped", cut)
    with pytest.raises(KeyboardInterrupt):
        back_up(settings, tmp_path / "cut", key_of(settings), quiet)
    assert list(tmp_path.iterdir()) == []


def test_a_dump_that_is_none_is_told_in_words(
    settings: Settings, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "dumped", lambda *_: iter([b"PGDMP of nothing"]))
    odd = tmp_path / "odd"
    back_up(settings, odd, key_of(settings), quiet)
    with pytest.raises(DumpError, match="pg_restore"):
        put_back(empty, odd)
    assert databases(empty) == set()


def test_an_old_tool_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DumpError, match="postgresql-client-99"):
        next(dump.dumped("postgresql://localhost/x", 99, "1"))
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/echo")
    assert dump._program("pg_dump", 18) != "/bin/echo"
