"""`gausdo backup`: the whole database in one sealed file.

In the file: what is in it (a `Manifest`, after its length), then what pg_dump told, both of the
same snapshot. Not in it is what comes back by itself or is kept elsewhere: `NOT_IN_IT`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import IsolationLevel, sql
from pydantic import SecretStr

from gausdo import __version__
from gausdo.app import MODULES
from gausdo.kernel.values import Time, Value, now
from gausdo.platform.crypto.archive import ArchiveError, FileKey, Writer, opened
from gausdo.platform.crypto.keys import table_of
from gausdo.platform.db import NETWORK
from gausdo.platform.db.dump import dumped
from gausdo.platform.db.migrate import dsn_of
from gausdo.settings import Settings

NOT_IN_IT = (
    (
        "the secret (GAUSDO_SECRET, with `gausdo up` the folder secrets/) and GAUSDO_KEY_RING: "
        "keep them apart from the file, it is of no use without"
    ),
    "the streams of NATS and the reports of ClickHouse: restoring makes them anew",
    "sessions: everybody signs in again",
    "the logs",
)
STEP = 64 * 1024 * 1024
"""Bytes between two words about how far it is."""

Tell = Callable[[str], None]


class BackupError(RuntimeError):
    """It cannot be done now; the message says why and what to do."""


class Manifest(Value):
    """What a backup is of. `revisions`: module → that of its tables."""

    version: str
    made_at: Time
    postgres: int
    database: str
    revisions: dict[str, str]
    keys: list[str]
    secret: str
    settings: dict[str, Any]


def back_up(settings: Settings, path: Path, key: FileKey, tell: Tell) -> Manifest:
    """Write the file and read it back; until it is whole it is called `NAME.part`.

    Raises BackupError, DumpError, ArchiveError.
    """
    if path.exists():
        raise BackupError(f"{path} is there already. Choose another name, or remove it.")
    if settings.dsn:
        raise BackupError("Some modules have databases of their own (GAUSDO_DSN): dump each.")
    part = path.with_name(f"{path.name}.part")
    admin = settings.postgres_url.get_secret_value()
    dsn = dsn_of(admin, database=settings.database)
    try:
        with psycopg.connect(dsn, **NETWORK) as db, _private(part) as file:
            db.isolation_level, db.read_only = IsolationLevel.REPEATABLE_READ, True
            manifest = _manifest(db, settings)
            writer = Writer(file, key)
            told = manifest.model_dump_json().encode()
            writer.write(len(told).to_bytes(4) + told)
            (snapshot,) = db.execute("select pg_export_snapshot()").fetchone() or ("",)
            for portion in counted(dumped(dsn, manifest.postgres, snapshot), "written", tell):
                writer.write(portion)
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        with part.open("rb") as file:
            for _ in counted(opened(file, key), "read back", tell):
                pass
        part.rename(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return manifest


def read(path: Path, key: FileKey) -> tuple[Manifest, Iterator[bytes]]:
    """What a file is of, and the dump in it. Raises ArchiveError, also while it is read."""
    chunks = _chunks(path, key)
    first = next(chunks)
    length = int.from_bytes(first[:4])
    while len(first) < 4 + length:
        first += next(chunks)
    try:
        manifest = Manifest.model_validate_json(first[4 : 4 + length])
    except ValueError:
        raise ArchiveError("This is no backup, or one of a newer Gausdo.") from None

    def dump() -> Iterator[bytes]:
        yield first[4 + length :]
        yield from chunks

    return manifest, dump()


def _chunks(path: Path, key: FileKey) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from opened(file, key)


def counted(portions: Iterator[bytes], what: str, tell: Tell) -> Iterator[bytes]:
    """The same, telling now and then how much it was."""
    size = told = 0
    for portion in portions:
        yield portion
        size += len(portion)
        if size - told >= STEP:
            told = size
            tell(f"{size // 2**20} MiB {what}")


def secret_print(settings: Settings) -> str:
    """Tells one secret from another, and nothing about it."""
    return settings.derived("print of the secret")[:16]


def _manifest(db: psycopg.Connection[Any], settings: Settings) -> Manifest:
    revisions = {name: revision for name in settings.modules if (revision := revision_of(db, name))}
    if not revisions:
        raise BackupError(f"The database “{settings.database}” is empty: `gausdo migrate` first.")
    keys: set[str] = set()
    for module in MODULES:
        if table_of(module.schema) is not None and revisions.get(module.name):
            table = sql.Identifier(module.name, "data_key")
            query = sql.SQL("select distinct wrapped_by from {} where wrapped_by is not null")
            keys |= {str(by) for (by,) in db.execute(query.format(table))}
    return Manifest(
        version=__version__,
        made_at=now(),
        postgres=db.info.server_version // 10_000,
        database=settings.database,
        revisions=revisions,
        keys=sorted(keys),
        secret=secret_print(settings),
        settings=_told(settings),
    )


def revision_of(db: psycopg.Connection[Any], module: str) -> str | None:
    """At which revision a module's tables are; None when it has none."""
    named = f"{module}.alembic_version"
    if db.execute("select to_regclass(%s)", [named]).fetchone() == (None,):
        return None
    query = sql.SQL("select version_num from {}").format(sql.Identifier(module, "alembic_version"))
    found = db.execute(query).fetchone()
    return str(found[0]) if found else None


def _told(settings: Settings) -> dict[str, Any]:
    """The settings that are no secrets, for whoever has to set it up anew."""
    told = settings.model_dump(mode="json")
    return {
        name: told[name]
        for name in sorted(settings.model_fields_set)
        if name not in {"key_ring", "dsn"} and not isinstance(getattr(settings, name), SecretStr)
    }


def _private(path: Path) -> Any:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
