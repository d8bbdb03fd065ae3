"""One chdb engine, asked from several threads: what a ClickHouse server does with one request.

Each request gets a connection of its own (0.1 ms), so settings, the database and read-only mode
end with it; the first connection keeps the engine open. What chdb allows as a local tool and a
server does not (files, other hosts, several statements at once) is refused here. Its database
`default` shows the file system, so an empty one takes its place and `gausdo` is used instead.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import chdb

# Codes of ClickHouse's src/Common/ErrorCodes.cpp
SYNTAX_ERROR, UNKNOWN_SETTING, READONLY, ACCESS_DENIED, UNKNOWN = 62, 115, 164, 497, 1002

DATABASE = "gausdo"

_LITERALS = re.compile(
    r"""'(?:[^'\\]|\\.|'')*' | \$(\w*)\$.*?\$\1\$ | --[^\n]* | \#[ !][^\n]* | /\*.*?\*/""",
    re.DOTALL | re.VERBOSE,
)
# Table functions, engines, dictionary sources and disks that reach files or other hosts.
_REACHING = """
    arrowFlight azureBlobStorage clickhouse deltaLake\\w* disk distributed executable file
    filesystem gcs hdfs http hudi iceberg\\w* jdbc kafka loop mongodb mysql nats odbc paimon\\w*
    postgresql python rabbitmq redis remote remoteSecure s3 sqlite url ytsaurus
"""
_OUTSIDE = re.compile(
    rf"""[`"]? \b (?: {"|".join(_REACHING.split())} ) (?: Cluster | S3 | Local )? [`"]? \s* \(
      | \b (?: INTO \s+ OUTFILE | FROM \s+ INFILE | ATTACH \b [^;]* \b FROM \s+ '' )""",
    re.IGNORECASE | re.VERBOSE,
)
_INSERT = re.compile(
    r"""\s* (?P<into> INSERT \s+ INTO \s+ (?:TABLE \s+)? [\w.`"]+ \s* (?: \( [^()]* \) \s* )? )
        (?P<settings> SETTINGS \s .*? )? (?: FORMAT \s+ (?P<format>\w+) | (?P<values>VALUES) )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_ERROR = re.compile(r"Code: (\d+)\. .*", re.DOTALL)
_NAME = re.compile(r"\w+")
_HEAD = 64 * 1024


class EngineError(Exception):
    """ClickHouse's own error: a number of its catalogue and a message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Question:
    """One request. `readonly`: 0 no, 1 reads and no settings, 2 reads."""

    sql: bytes
    data: bytes = b""
    database: str = DATABASE
    default_format: str = "TabSeparated"
    readonly: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    body: bytes
    format: str
    written_rows: int = 0


class Engine:
    """The engine at `path`. One process only may open a path."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._first = chdb.connect(self._path)
        self._first.query(f"CREATE DATABASE IF NOT EXISTS {DATABASE} ENGINE = Atomic", "Null")
        self._first.query("DROP DATABASE IF EXISTS default SYNC", "Null")
        self._first.query("CREATE DATABASE default ENGINE = Dictionary", "Null")  # holds no table
        self.time_zone = self._first.query("SELECT timezone()", "TSVRaw").bytes().decode().strip()

    def close(self) -> None:
        self._first.close()

    def ask(self, question: Question) -> Answer:
        """Answer one request. Raises `EngineError`."""
        try:
            connection = chdb.connect(self._path)
            try:
                _prepare(connection, question)
                return _answer(connection, question)
            finally:
                connection.close()
        except RuntimeError as failure:
            raise _told(failure) from None


def _prepare(connection: Any, question: Question) -> None:
    connection.query(f"USE {_quoted(question.database, '`')}", "Null")
    for name, value in question.settings.items():
        if not _NAME.fullmatch(name):
            raise EngineError(UNKNOWN_SETTING, f"Unknown setting {name!r}")
        connection.query(f"SET {name} = {_quoted(value)}", "Null")
    if question.readonly:
        connection.query(f"SET readonly = {question.readonly}", "Null")


def _answer(connection: Any, question: Question) -> Answer:
    insert = _INSERT.match(question.sql[:_HEAD].decode(errors="replace"))
    if insert and (insert["format"] or question.data):
        return _insert(connection, question, insert)
    text = question.sql + (b"\n" + question.data if question.data else b"")
    sql = _text(text).strip().removesuffix(";")
    _guard(sql)
    if found := _FORMAT.search(sql):
        sql, name = sql[: found.start()], found[1]
    else:
        name = question.default_format
    result = connection.query(sql, name, params=question.parameters)
    return Answer(result.bytes() or b"", name, result.rows_written())


def _insert(connection: Any, question: Question, insert: re.Match[str]) -> Answer:
    if question.readonly:
        raise EngineError(READONLY, "Cannot execute query in readonly mode")
    head = insert[0]
    _guard(head)
    size = len(head.encode())
    rest = question.sql[size:]
    data = (rest.lstrip(b" \t").removeprefix(b"\r").removeprefix(b"\n")) + question.data
    settings, name = insert["settings"] or "", insert["format"] or "Values"
    with _file_of(data) as file:
        sql = f"{insert['into']} FROM INFILE '{file}' COMPRESSION 'none' {settings} FORMAT {name}"
        return Answer(b"", "Null", connection.query(sql, "Null").rows_written())


@contextmanager
def _file_of(data: bytes) -> Iterator[str]:
    """A file in memory, by its path.

    `send_insert` takes rows without one, and says that they are written when they could not be.
    """
    number = os.memfd_create("rows")
    with os.fdopen(number, "wb") as file:
        file.write(data)
        file.flush()
        yield f"/proc/self/fd/{number}"


def _guard(sql: str) -> None:
    """Refuse several statements, and every table, function or file outside the engine."""
    bare = _LITERALS.sub(lambda found: "''" if found[0][0] in "'$" else " ", sql)
    if ";" in bare.strip().removesuffix(";"):
        raise EngineError(SYNTAX_ERROR, "Multi-statements are not allowed")
    if found := _OUTSIDE.search(bare):
        what = " ".join(found[0].split())
        raise EngineError(ACCESS_DENIED, f"Only tables of this engine may be used, not `{what}`")


def _text(sql: bytes) -> str:
    try:
        return sql.decode()
    except UnicodeDecodeError:
        raise EngineError(SYNTAX_ERROR, "The query is not UTF-8") from None


def _quoted(text: str, mark: str = "'") -> str:
    escaped = text.replace("\\", "\\\\").replace(mark, "\\" + mark)
    return f"{mark}{escaped}{mark}"


def _told(failure: RuntimeError) -> EngineError:
    found = _ERROR.search(str(failure))
    return EngineError(int(found[1]), found[0]) if found else EngineError(UNKNOWN, str(failure))
