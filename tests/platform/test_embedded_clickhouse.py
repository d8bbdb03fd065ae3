import contextlib
import gzip
import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import clickhouse_connect
import httpx2
import lz4.frame
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from gausdo.platform.embedded import clickhouse_http
from gausdo.platform.embedded.clickhouse import EmbeddedClickHouse
from gausdo.platform.embedded.process import StartError


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedClickHouse]:
    folder = Path(tempfile.mkdtemp(prefix="gausdo-clickhouse-"))
    server = EmbeddedClickHouse(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def client(server) -> Iterator[Client]:
    with clickhouse_connect.get_client(dsn=server.url, tz_mode="aware") as client:
        client.command("DROP TABLE IF EXISTS deal SYNC")
        client.command(
            "CREATE TABLE deal (id UInt64, name String, sum Nullable(Decimal(18, 2)))"
            " ENGINE = MergeTree ORDER BY id"
        )
        yield client


@pytest.fixture
def http(server) -> Iterator[httpx2.Client]:
    known = {"X-ClickHouse-User": "gausdo", "X-ClickHouse-Key": server.password}
    with httpx2.Client(base_url=f"http://127.0.0.1:{server.port}", headers=known) as http:
        yield http


def code(answer: httpx2.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("X-ClickHouse-Exception-Code")


def test_values_come_back_as_they_went(client) -> None:
    client.command("DROP TABLE IF EXISTS kinds SYNC")
    client.command(
        "CREATE TABLE kinds (u UUID, d Date, t DateTime64(6, 'UTC'), m Decimal(18, 2),"
        " s LowCardinality(String), n Nullable(Int64), a Array(String), k Map(String, UInt8),"
        " b Bool, f Float64) ENGINE = MergeTree ORDER BY u"
    )
    row = (
        UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
        date(2026, 2, 28),
        datetime(2026, 2, 28, 23, 59, 59, 123456, tzinfo=UTC),
        Decimal("-1234567890123456.78"),
        "Ёлка; DROP TABLE kinds --",
        None,
        ["а", "b\n\t'\"\\"],
        {"ключ": 1},
        True,
        0.1,
    )
    assert client.insert("kinds", [row]).written_rows == 1
    (found,) = client.query("SELECT * FROM kinds").result_rows
    assert found == row


def test_parameters_are_values_not_sql(client) -> None:
    nasty = "'; DROP TABLE deal; -- \\ {x:String} FORMAT JSON"
    sql = "SELECT {x:String}, {n:Array(UInt8)}, {none:Nullable(String)} AS none"
    answer = client.query(sql, parameters={"x": nasty, "n": [1, 2], "none": None})
    assert answer.result_rows == [(nasty, [1, 2], None)]


def test_long_parameters_travel_as_a_form(client) -> None:
    ids = list(range(20_000))
    answer = client.query("SELECT length({ids:Array(UInt32)})", parameters={"ids": ids})
    assert answer.result_rows == [(20_000,)]


@pytest.mark.parametrize("compress", ["lz4", "zstd", "gzip", False])
def test_batches_arrive_whole_however_compressed(server, client, compress) -> None:
    rows = [[number, f"сделка {number}", Decimal(number)] for number in range(30_000)]
    with clickhouse_connect.get_client(dsn=server.url, compress=compress) as other:
        assert other.insert("deal", rows).written_rows == 30_000
    told = client.query("SELECT count(), sum(sum), uniqExact(name) FROM deal").result_rows
    assert told == [(30_000, Decimal(sum(range(30_000))), 30_000)]


@pytest.mark.parametrize(
    ("form", "data"),
    [
        ("JSONEachRow", b'{"id": 1, "name": "a; b", "sum": "1.10"}\n{"id": 2, "name": "c"}\n'),
        ("CSV", b'1,"a; b",1.10\n2,c,\\N\n'),
        ("TabSeparated", b"1\ta; b\t1.10\n2\tc\t\\N\n"),
        ("Values", b"(1, 'a; b', 1.10), (2, 'c', NULL)"),
        ("RowBinary", b"\x01" + bytes(7) + b"\x04a; b\x00\x6e" + bytes(7) + b"\x02" + bytes(7)
         + b"\x01c\x01"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["in the body", "in the address"])
def test_rows_in_many_formats(client, http, form: str, data: bytes, place: str) -> None:
    sql = f"INSERT INTO deal (id, name, sum) FORMAT {form}"
    if place == "in the body":
        answer = http.post("/", content=sql.encode() + b"\n" + data)
    else:
        answer = http.post("/", params={"query": sql}, content=data)
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == "2"
    rows = client.query("SELECT * FROM deal ORDER BY id").result_rows
    assert rows == [(1, "a; b", Decimal("1.10")), (2, "c", None)]


def test_values_may_stand_in_the_statement(client) -> None:
    client.command("INSERT INTO deal VALUES (1, 'a; b', 2.5), (2, 'it''s', NULL)")
    client.command("INSERT INTO deal (id, name) SELECT number + 10, 'x' FROM numbers(3)")
    assert client.command("SELECT count() FROM deal WHERE name IN ('a; b', 'it''s', 'x')") == 5


def test_a_broken_batch_is_refused_whole(client, http) -> None:
    data = b'{"id": 1, "name": "a"}\n{"id": "x", "name": "b"}\n'
    answer = http.post("/", params={"query": "INSERT INTO deal FORMAT JSONEachRow"}, content=data)
    assert code(answer)[0] >= 400
    assert answer.text.startswith("Code: ")
    assert client.command("SELECT count() FROM deal") == 0


def test_answers_take_the_format_asked_for(http) -> None:
    json_rows = http.post("/", content="SELECT 1 AS x FORMAT JSONEachRow")
    assert (json_rows.text, json_rows.headers["X-ClickHouse-Format"]) == (
        '{"x":1}\n',
        "JSONEachRow",
    )
    assert http.post("/", content="SELECT 1, 'б'").text == "1\tб\n"
    assert http.post("/?default_format=CSV", content="SELECT 1, 'б';").text == '1,"б"\n'


def test_an_error_has_its_number_and_message(client) -> None:
    with pytest.raises(DatabaseError, match=r"(?s)code: 60.*UNKNOWN_TABLE") as refusal:
        client.query("SELECT * FROM no_such_table")
    assert refusal.value.code == 60
    with pytest.raises(DatabaseError, match="SYNTAX_ERROR"):
        client.command("SELEC 1")
    assert client.command("SELECT 1") == 1


def test_settings_hold_for_one_request(client, server) -> None:
    threads = "SELECT getSetting('max_threads')"
    usual = client.command(threads)
    assert client.command(threads, settings={"max_threads": 1}) == 1
    with pytest.raises(DatabaseError, match="TIMEOUT_EXCEEDED"):
        client.query("SELECT sleep(3)", settings={"max_execution_time": 1})
    with pytest.raises(DatabaseError, match="TOO_MANY_ROWS"):
        client.query(
            "SELECT number FROM numbers(100)",
            settings={"max_result_rows": 10, "result_overflow_mode": "throw"},
        )
    assert client.command(threads) == usual


@pytest.mark.parametrize("name", ["no_such_setting", "max_threads = 1, readonly", "a'b"])
def test_an_unknown_setting_is_refused(http, name: str) -> None:
    answer = http.post("/", params={name: "1"}, content="SELECT 1")
    assert code(answer) == (400, "115")


def test_a_setting_is_a_value_not_sql(http) -> None:
    sly = "1', readonly = '0"
    answer = http.post("/", params={"log_comment": sly}, content="SELECT getSetting('log_comment')")
    assert answer.text == "1\\', readonly = \\'0\n"


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO deal VALUES (1, 'a', 1)",
        "INSERT INTO deal FORMAT JSONEachRow\n{}",
        "INSERT INTO deal SELECT 1, 'a', 1",
        "CREATE TABLE other (a Int8) ENGINE = Memory",
        "DROP TABLE deal",
        "ALTER TABLE deal DELETE WHERE 1",
        "TRUNCATE TABLE deal",
        "SET readonly = 0",
    ],
)
@pytest.mark.parametrize("readonly", ["1", "2"])
def test_readonly_only_reads(client, http, sql: str, readonly: str) -> None:
    client.command("INSERT INTO deal VALUES (7, 'kept', 1)")
    answer = http.post("/", params={"readonly": readonly}, content=sql)
    assert code(answer) == (500, "164"), answer.text
    read = http.post("/", params={"readonly": readonly}, content="SELECT name FROM deal")
    assert read.text == "kept\n"


def test_readonly_1_changes_no_limit_and_2_does(http) -> None:
    raised = "SELECT 1 SETTINGS max_threads = 3"
    assert code(http.post("/?readonly=1", content=raised)) == (500, "164")
    assert http.post("/?readonly=2", content=raised).text == "1\n"
    assert code(http.post("/?readonly=3", content="SELECT 1")) == (400, "36")


def test_a_get_only_reads(http) -> None:
    assert http.get("/", params={"query": "SELECT 1"}).text == "1\n"
    assert code(http.get("/", params={"query": "CREATE DATABASE other"})) == (500, "164")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM `file`('/etc/passwd', 'LineAsString')",
        "SELECT * FROM /* here */ file /**/ ('/etc/passwd', 'LineAsString')",
        "SELECT file('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM `/etc/passwd`",
        "SELECT * FROM default.`/etc/passwd`",
        "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
        "SELECT * FROM remote('127.0.0.1', 'system.one')",
        "CREATE TABLE t (a String) ENGINE = File(TSV, '/etc/passwd')",
        "CREATE DATABASE etc ENGINE = Filesystem('/etc')",
        "CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local)",
        "CREATE DICTIONARY t (a Int8) PRIMARY KEY a SOURCE(HTTP(url '')) LAYOUT(FLAT())",
        "ATTACH TABLE t FROM '/etc' (a String) ENGINE = File(TSV)",
        "SELECT 1 INTO OUTFILE '/tmp/gausdo-outfile'",
        "INSERT INTO deal FROM INFILE '/etc/passwd' FORMAT TSV",
        "INSERT INTO FUNCTION file('/tmp/gausdo-outfile', 'TSV') SELECT 1",
        "INSERT INTO FUNCTION file('/tmp/gausdo-outfile', 'TSV', 'a Int8') FORMAT TSV\n1",
    ],
)
def test_nothing_outside_the_engine_is_reached(client, http, sql: str) -> None:
    answer = http.post("/", content=sql)
    assert code(answer)[0] in {403, 404}, answer.text
    assert "root:" not in answer.text
    assert not Path("/tmp/gausdo-outfile").exists()  # noqa: S108 - that it is absent is the test


def test_words_in_texts_and_comments_are_no_functions(client) -> None:
    told = client.query("SELECT 'file(1); url(2)' AS a, 3 -- remote(; )\n, $$x;y$$ /* ; */")
    assert told.result_rows == [("file(1); url(2)", 3, "x;y")]


def test_one_request_is_one_statement(client, http) -> None:
    answer = http.post("/", content="SELECT 1; DROP TABLE deal")
    assert code(answer) == (400, "62")
    assert client.command("SELECT count() FROM deal") == 0


@pytest.mark.parametrize(
    "how",
    [
        {"headers": {"X-ClickHouse-User": "gausdo", "X-ClickHouse-Key": "wrong"}},
        {"headers": {"X-ClickHouse-User": "other"}},
        {"headers": {"Authorization": "Basic bm9ib2R5"}},
        {"headers": {"Authorization": "Basic %%%"}},
        {"params": {"user": "gausdo", "password": "wrong"}},
        {"auth": ("gausdo", "пароль")},
        {},
    ],
)
def test_strangers_are_refused(server, how) -> None:
    url = f"http://127.0.0.1:{server.port}/"
    answer = httpx2.post(url, content="SELECT 1", **how)
    assert code(answer) == (403, "516")
    assert server.password not in answer.text
    assert httpx2.get(url + "ping").text == "Ok.\n"


def test_the_password_may_come_in_three_ways(server, http) -> None:
    url = f"http://127.0.0.1:{server.port}/"
    known = {"user": "gausdo", "password": server.password}
    assert http.post("/", content="SELECT 1").text == "1\n"
    assert httpx2.post(url, content="SELECT 1", auth=("gausdo", server.password)).text == "1\n"
    assert httpx2.post(url, content="SELECT 1", params=known).text == "1\n"


def test_the_password_is_not_on_the_command_line(server) -> None:
    assert server.password.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()


@pytest.mark.parametrize(
    ("encoding", "body", "expected"),
    [
        ("gzip", b"SELECT 1", (400, "354")),
        ("gzip", gzip.compress(b"SELECT 1", mtime=0)[:-5], (400, "354")),
        ("lz4", lz4.frame.compress(b"SELECT 1")[:-6], (400, "354")),
        ("br", b"SELECT 1", (501, "48")),
        ("identity", b"\xff\xfe", (400, "62")),
        ("identity", b"  ", (400, "62")),
    ],
)
def test_a_body_that_cannot_be_read_is_told(http, encoding, body, expected) -> None:
    answer = http.post("/", content=body, headers={"Content-Encoding": encoding})
    assert code(answer) == expected


def test_frames_one_after_another_are_one_body(http) -> None:
    body = gzip.compress(b"SELECT ", mtime=0) + gzip.compress(b"42")
    assert http.post("/", content=body, headers={"Content-Encoding": "gzip"}).text == "42\n"


def test_a_body_that_grows_too_large_is_refused(http) -> None:
    bomb = gzip.compress(b" " * (clickhouse_http.LIMIT + 1), compresslevel=1)
    answer = http.post("/", content=bomb, headers={"Content-Encoding": "gzip"}, timeout=60)
    assert code(answer) == (413, "307")


def test_many_clients_at_once(server, client) -> None:
    def one(number: int) -> int:
        with clickhouse_connect.get_client(dsn=server.url) as other:
            other.insert("deal", [[number * 100 + n, "x", 1] for n in range(100)])
            settings = {"max_threads": 1 + number % 2}
            return other.command("SELECT getSetting('max_threads')", settings=settings)

    with ThreadPoolExecutor(8) as people:
        seen = list(people.map(one, range(40)))
    assert seen == [1 + number % 2 for number in range(40)]
    assert client.command("SELECT uniqExact(id) FROM deal") == 4_000


def test_acknowledged_batches_survive_a_kill() -> None:
    folder = Path(tempfile.mkdtemp(prefix="gausdo-clickhouse-"))
    first = EmbeddedClickHouse(folder)
    first.start()
    acknowledged: list[int] = []

    def write() -> None:
        with clickhouse_connect.get_client(dsn=first.url) as client:
            client.command("CREATE TABLE deal (id UInt64) ENGINE = MergeTree ORDER BY id")
            with contextlib.suppress(Exception):
                for batch in range(100_000):
                    client.insert("deal", [[batch * 10 + n] for n in range(10)], ["id"])
                    acknowledged.append(batch)
                    if batch == 50:
                        enough.set()

    enough = threading.Event()
    writer = threading.Thread(target=write)
    writer.start()
    assert enough.wait(30)
    os.kill(first.pid, signal.SIGKILL)
    writer.join()
    first.stop()

    second = EmbeddedClickHouse(folder)
    second.start()
    with clickhouse_connect.get_client(dsn=second.url) as client:
        found = {row[0] for row in client.query("SELECT id FROM deal").result_rows}
    second.stop()
    shutil.rmtree(folder)
    assert {batch * 10 + n for batch in acknowledged for n in range(10)} <= found


def test_a_folder_has_one_engine(server) -> None:
    second = EmbeddedClickHouse(server.folder)
    with pytest.raises(StartError, match=r"clickhouse did not start"):
        second.start()
    assert server.ready()
