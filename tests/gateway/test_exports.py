"""Lists as files: what is in them, for whom, in which form; and what becomes of one left alone."""

import asyncio
import csv
import io
import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import psycopg
import pytest
import pytest_asyncio
from openpyxl import load_workbook
from pyarrow import parquet
from starlette.types import ASGIApp, Message

from gausdo.app import Gausdo
from gausdo.gateway.exports import taking, xlsx_file
from gausdo.gateway.identify import API
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations import spellings
from gausdo.settings import Settings
from tests.conftest import As, People, superuser_dsn
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORMULA = '=HYPERLINK("http://evil")'
CROWD = """
insert into customers.company (id, name, city, about, owner_id, team_id, created_at, changed_at,
    version, words)
select uuidv7(), 'Толпа ' || n, case when mod(n, 3) > 0 then 'Город ' || mod(n, 700) end,
    repeat('слово ', 20), %(owner)s, %(team)s, now(), now(), 1, '{}'
from generate_series(1, %(rows)s) n
"""
ROWS = 50_000
COMPANY = "customers.company"


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def yard(api: As, people: People) -> dict[str, Any]:
    """Three companies of Ann's, one of Eve's, each with added fields of every type; a deal."""
    admin, ann, eve = api(people.admin), api(people.ann), api(people.eve)
    for told in (
        {"name": "Площадь", "key": "area", "type": "number"},
        {"name": "Залог", "key": "deposit", "type": "money"},
        {"name": "Осмотр", "key": "seen_on", "type": "date"},
        {"name": "Звонок", "key": "called_at", "type": "time"},
        {"name": "Свой", "key": "own", "type": "bool"},
        {"name": "Класс", "key": "grade", "type": "choice", "options": [
            {"key": "a", "name": "Первый"}, {"key": "b", "name": "Второй"}]},
        {"name": "Зоны", "key": "zones", "type": "choices", "options": [
            {"key": "n", "name": "Север"}, {"key": "s", "name": "Юг"}]},
        {"name": "Куратор", "key": "curator", "type": "person"},
    ):  # fmt: skip
        assert (await admin.post("/company-fields", json=told)).status_code == 201
    custom = {
        "area": "12.5", "deposit": {"amount": "1500.00", "currency": "RUB"},
        "seen_on": "2026-03-31", "called_at": "2026-03-31T12:30:00Z", "own": True, "grade": "b",
        "zones": ["n", "s"], "curator": str(people.bob.id),
    }  # fmt: skip
    for client, name, more in (
        (ann, "Альфа", {"city": "Омск", "tags": ["vip", "опт"], "size": 12, "custom": custom}),
        (ann, FORMULA, {"city": "-2", "about": "в две\nстроки; и «кавычки»"}),
        (ann, "Гамма", {"phones": ["+7 916 123-45-67", "8 383 200-10-20"]}),
        (eve, "Чужая", {"city": "Омск"}),
    ):
        reply = await client.post("/companies", json={"name": name, **more})
        assert reply.status_code == 201, reply.text
    stages = [
        {"name": "Новая", "probability": 10},
        {"name": "Победа", "kind": "won", "probability": 100},
        {"name": "Отказ", "kind": "lost", "probability": 0},
    ]
    made = await admin.post("/pipelines", json={"name": "Продажи", "stages": stages})
    assert made.status_code == 201, made.text
    draft = {
        "title": "Доска", "worth": {"amount": "1234567890123456.78", "currency": "RUB"},
        "expected_on": "2026-03-31",
    }  # fmt: skip
    assert (await ann.post("/deals", json=draft)).status_code == 201
    draft = {"title": "Брус", "worth": {"amount": "0.50", "currency": "USD"}}
    await ann.post("/deals", json=draft)
    return custom


async def taken(client: httpx2.AsyncClient, what: str, **asked: str) -> httpx2.Response:
    reply = await client.get(f"/{what}/export", params=asked)
    assert reply.status_code == 200, reply.text
    return reply


def table(reply: httpx2.Response, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(reply.text.removeprefix("\ufeff")), delimiter=separator))


async def lines(client: httpx2.AsyncClient, what: str, **asked: str) -> list[dict[str, Any]]:
    reply = await taken(client, what, format="jsonl", **asked)
    return [json.loads(line) for line in reply.text.splitlines()]


async def test_a_file_has_what_the_list_shows_in_its_order(api: As, people: People) -> None:
    head = api(people.head)
    omsk = json.dumps({"field": "city", "op": "eq", "value": "Омск"})
    for asked in ({}, {"sort": "-name"}, {"filter": omsk}, {"q": "аль"}, {"sort": "city"}):
        listed = (await head.get("/companies", params={"limit": 200, **asked})).json()["items"]
        found = await lines(head, "companies", columns="id,owner", **asked)
        assert found == [{"id": one["id"], "owner": one["owner_name"]} for one in listed]


async def test_what_later_steps_of_looking_find_leaves_as_well(api: As, people: People) -> None:
    for q in ("льфа", "Альва"):  # a part of a word, a slip
        found = await lines(api(people.head), "companies", columns="name", q=q)
        assert found == [{"name": "Альфа"}]


async def test_a_spreadsheet_of_this_country_or_that_reads_csv(api: As, people: People) -> None:
    head = api(people.head)
    asked = {"columns": "name,city,phones,size,custom.deposit,custom.area,custom.own,tags"}
    reply = await taken(head, "companies", sort="name", **asked)
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.headers["content-disposition"].startswith('attachment; filename="companies-')
    assert reply.text.startswith("\ufeff")
    titles = table(reply)[0]
    assert titles == ["Name", "City", "Phones", "Employees", "Залог", "Площадь", "Свой", "Tags"]
    rows = {row[0]: row[1:] for row in table(reply)}
    assert rows["Альфа"] == ["Омск", "", "12", "1500.00", "12.5", "yes", "vip, опт"]
    assert rows["Гамма"][1] == "'+7 916 123-45-67, 8 383 200-10-20"
    assert rows["'" + FORMULA][0] == "'-2"
    asked |= {"separator": "semicolon", "language": "ru", "mark": "false"}
    reply = await taken(head, "companies", **asked)
    assert not reply.text.startswith("\ufeff")
    told = {row[0]: row[1:] for row in table(reply, ";")}
    assert told["Альфа"] == ["Омск", "", "12", "1500,00", "12,5", "да", "vip, опт"]


async def test_what_goes_out_is_understood_when_it_comes_in(api: As, people: People) -> None:
    """Titles of both languages are those by which columns are guessed."""
    understood = {
        "companies": {*spellings.COLUMNS["companies"]},
        "people": {*spellings.COLUMNS["people"]} - {"first_name", "middle_name", "last_name"},
    }
    for kind, fields in understood.items():
        for language in ("en", "ru"):
            reply = await taken(api(people.admin), kind, language=language)
            assert {*spellings.guessed(kind, table(reply)[0])} - {None} >= fields


async def test_a_workbook_has_numbers_days_and_times_and_no_formula(
    api: As, people: People, yard: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_file, "ROWS", 3)  # of a worksheet, its titles included
    reply = await taken(api(people.head), "companies", format="xlsx", sort="-name")
    book = load_workbook(io.BytesIO(reply.content), data_only=False)
    assert book.sheetnames == ["1", "2"]
    rows = []
    for sheet in book:
        titles, *told = sheet.iter_rows(values_only=True)
        rows += [dict(zip(titles, row, strict=True)) for row in told]
    assert [row["Name"] for row in rows] == ["Чужая", "Гамма", "Альфа", FORMULA]
    alpha = rows[2]
    assert (alpha["Employees"], alpha["Площадь"], alpha["Залог"]) == (12, 12.5, 1500)
    assert alpha["Осмотр"] == datetime(2026, 3, 31)  # noqa: DTZ001 - a workbook knows no zones
    assert people.head.time_zone == "Europe/Moscow"
    assert alpha["Звонок"] == datetime(2026, 3, 31, 15, 30)  # noqa: DTZ001 - as above
    assert (alpha["Свой"], alpha["Класс"], alpha["Зоны"]) == (True, "Второй", "Север, Юг")
    assert alpha["Куратор"] == people.bob.name
    cell = book["2"]["A3"]
    assert (cell.value, cell.data_type) == (FORMULA, "s")
    assert rows[3]["Comment"] == "в две\nстроки; и «кавычки»"
    deals = await taken(api(people.head), "deals", format="xlsx", columns="title,amount")
    sums = {row[0]: row[1] for row in load_workbook(io.BytesIO(deals.content)).active.values}
    # a spreadsheet would round what has more than fifteen digits
    assert sums == {"Title": "Sum", "Доска": "1234567890123456.78", "Брус": 0.5}


async def test_programs_read_json_lines_and_parquet(
    api: As, people: People, yard: dict[str, Any]
) -> None:
    [alpha] = await lines(api(people.head), "companies", q="альфа")
    assert alpha["custom.deposit"] == "1500.00"
    assert alpha["custom.called_at"] == "2026-03-31T12:30:00Z"
    reply = await taken(api(people.head), "companies", format="parquet", sort="name")
    found = parquet.read_table(io.BytesIO(reply.content)).to_pylist()
    told = next(one for one in found if one["name"] == "Альфа")
    assert (told["size"], told["tags"], told["custom.own"]) == (12, ["vip", "опт"], True)
    assert (told["custom.deposit"], told["custom.area"]) == (Decimal("1500.00"), 12.5)
    assert told["custom.seen_on"] == date(2026, 3, 31)
    assert told["custom.called_at"] == datetime(2026, 3, 31, 12, 30, tzinfo=UTC)
    assert told["custom.grade"] == "Второй"
    deals = await taken(api(people.head), "deals", format="parquet", sort="title")
    [brus, doska] = parquet.read_table(io.BytesIO(deals.content)).to_pylist()
    assert (doska["amount"], doska["currency"]) == (Decimal("1234567890123456.78"), "RUB")
    assert (brus["pipeline"], brus["stage"], brus["kind"]) == ("Продажи", "Новая", "Open")


async def test_tasks_and_meetings_leave_as_other_lists_do(api: As, people: People) -> None:
    ann, head = api(people.ann), api(people.head)
    deal = (await ann.get("/deals", params={"limit": 1, "sort": "created_at"})).json()["items"][0]
    about = {"kind": "deal", "id": deal["id"]}
    due = "2031-03-31T12:30:00Z"
    task = {"title": FORMULA, "due_at": due, "about": about, "description": "=1+1"}
    assert (await ann.post("/tasks", json=task)).status_code == 201
    assert (await api(people.eve).post("/tasks", json={"title": "Чужое"})).status_code == 201
    meeting = {
        "title": "Встреча", "begins_at": "2031-03-31T09:00:00Z", "all_day": False,
        "ends_at": "2031-03-31T10:00:00Z", "place": "@офис", "about": about,
        "colleague_ids": [str(people.bob.id)], "repeats": {"every": "day", "count": 3},
    }  # fmt: skip
    assert (await ann.post("/meetings", json=meeting)).status_code == 201

    rows = table(await taken(head, "tasks", language="ru", sort="due_at"))
    assert rows[0][:6] == ["Задача", "Состояние", "Срок", "О чём: вид", "О чём", "Описание"]
    assert rows[1][:6] == [
        "'" + FORMULA, "Открыта", "2031-03-31 15:30:00", "Сделка", deal["title"], "'=1+1",
    ]  # fmt: skip
    assert [row[0] for row in rows[2:]] == ["Чужое"]
    mine = json.dumps({"field": "owner_id", "op": "eq", "value": str(people.ann.id)})
    assert [one["title"] for one in await lines(head, "tasks", filter=mine)] == [FORMULA]
    (told,) = await lines(head, "meetings")
    assert (told["begins_at"], told["colleagues"], told["about"]) == (
        "2031-03-31T09:00:00+00:00", ["Bob"], deal["title"],
    )  # fmt: skip
    book = load_workbook(io.BytesIO((await taken(head, "meetings", format="xlsx")).content))
    titles, row = book.active.iter_rows(values_only=True)
    cells = dict(zip(titles, row, strict=True))
    assert (cells["Begins"], cells["Place"]) == (datetime(2031, 3, 31, 12), "@офис")  # noqa: DTZ001
    found = parquet.read_table(io.BytesIO((await taken(head, "tasks", format="parquet")).content))
    assert found.column("due_at").to_pylist()[0] == datetime(2031, 3, 31, 12, 30, tzinfo=UTC)
    for what in ("tasks", "meetings"):
        assert (await ann.get(f"/{what}/export")).status_code == 403


async def test_one_takes_out_what_one_may_read_and_export_both(
    api: As, people: People, gausdo: Gausdo
) -> None:
    """And no field that either hides; who may not, or asks for what is not there, is told so."""
    reply = await api(people.ann).get("/people/export")
    assert (reply.status_code, reply.json()["data"]) == (403, {"right": "customers.person.export"})
    role = {
        "name": "Выгрузка",
        "grants": [
            {"object": COMPANY, "operation": "read", "reach": "all", "without": ["city"]},
            {"object": COMPANY, "operation": "export", "reach": "own", "without": ["size"]},
        ],
    }  # fmt: skip
    admin = api(people.admin)
    made = (await admin.post("/roles", json=role)).json()
    told = {"name": "Лев", "email": "lev@example.com", "roles": [made["id"]]}
    lev = (await admin.post("/users", json=told)).json()
    actor = await gausdo.get(Identity).actor(UUID(lev["id"]))
    client = api(actor)
    assert len((await client.get("/companies")).json()["items"]) >= 4
    reply = await taken(client, "companies")
    [titles] = table(reply)
    assert "Name" in titles
    assert not {"City", "Employees"} & {*titles}
    for column in ("city", "size", "nonsense"):
        reply = await client.get("/companies/export", params={"columns": column})
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "columns")
    asked = json.dumps({"field": "city", "op": "eq", "value": "Омск"})
    reply = await client.get("/companies/export", params={"filter": asked})
    assert reply.status_code == 403


async def test_that_lists_leave_is_proved_anew_and_written_down(
    api: As, people: People, gausdo: Gausdo
) -> None:
    head = api(people.head)
    await taken(head, "companies", sort="name", columns="name", q="Альфа")
    told = (await api(people.admin).get("/audit", params={"kind": "export", "limit": 1})).json()
    [entry] = told["items"]
    assert (entry["name"], entry["actor_id"]) == (
        "identity.records-exported.v1", str(people.head.id),
    )  # fmt: skip
    assert {name: after for name, (_, after) in entry["changes"].items()} == {
        "what": "companies", "format": "csv", "sort": "name", "columns": "name", "q": "Альфа",
    }  # fmt: skip
    stale = gausdo.tokens.issue(str(people.head.id), API, "at+jwt", 600, auth_time=1)
    reply = await head.get("/companies/export", headers={"authorization": f"Bearer {stale}"})
    assert reply.json()["code"] == "authentication.step-up-needed"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def crowd(gausdo: Gausdo, people: People, settings: Settings) -> None:
    told = {"owner": people.bob.id, "team": people.bob.team_id, "rows": ROWS}
    async with await psycopg.AsyncConnection.connect(
        superuser_dsn(settings), autocommit=True
    ) as connection:
        await connection.execute(CROWD, told)
        await connection.execute("vacuum analyze customers.company")


class Download:
    """A request as the server hands it over; who asked goes away once `enough` has come."""

    def __init__(self, client: httpx2.AsyncClient, path: str, enough: float, **asked: str) -> None:
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": f"/api/v1{path}",
            "raw_path": f"/api/v1{path}".encode(),
            "root_path": "",
            "query_string": urlencode(asked).encode(),
            "headers": [(b"authorization", client.headers["authorization"].encode())],
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
        }
        self.enough = enough
        self.sent = self.most = 0
        self.gone = asyncio.Event()
        self.begun = asyncio.Event()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        size = len(message.get("body", b""))
        self.sent += size
        self.most = max(self.most, size)
        if size:
            self.begun.set()
        if self.sent >= self.enough:
            self.gone.set()


def begin_peak_anew() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def megabytes(what: str) -> float:
    told = Path("/proc/self/status").read_text()
    return int(told.partition(f"{what}:")[2].split()[0]) / 1024


@pytest.mark.usefixtures("crowd")
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("format", "columns"), [("csv", "name,city,about"), ("xlsx", "name")])
async def test_fifty_thousand_rows_pass_through_a_few_megabytes(
    api: As, people: People, web: ASGIApp, format: str, columns: str
) -> None:
    asked = {"format": format, "columns": columns}
    whole = Download(api(people.head), "/companies/export", math.inf, **asked)
    begin_peak_anew()
    before = megabytes("VmRSS")
    await web(whole.scope, whole.receive, whole.send)
    assert whole.sent > ROWS * (150 if format == "csv" else 5)
    assert whole.most < 1_000_000
    assert megabytes("VmHWM") - before < 40


@pytest.mark.usefixtures("crowd")
async def test_who_stops_a_download_stops_the_reading(
    api: As, people: People, web: ASGIApp, settings: Settings
) -> None:
    """Also of the page that the database is at; and makes room for the next."""
    head = api(people.head)
    for _ in range(taking.AT_ONCE + 1):
        stopped = Download(head, "/companies/export", 200_000, columns="name,about")
        await web(stopped.scope, stopped.receive, stopped.send)
        assert stopped.sent < 1_500_000
    async with await psycopg.AsyncConnection.connect(superuser_dsn(settings)) as keeper:
        stopped = Download(head, "/companies/export", math.inf)
        under_way = asyncio.create_task(web(stopped.scope, stopped.receive, stopped.send))
        await stopped.begun.wait()
        await keeper.execute("lock table customers.company")
        async with await psycopg.AsyncConnection.connect(
            superuser_dsn(settings), autocommit=True
        ) as watcher:

            async def waiting() -> int:
                found = await watcher.execute(
                    "select count(*) from pg_stat_activity where datname = current_database() "
                    "and wait_event_type = 'Lock' and usename = 'gausdo_customers'"
                )
                return (await found.fetchone())[0]

            async def stopped_there() -> bool:
                return await waiting() == 0

            await eventually(waiting, what="that the reading waits")
            stopped.gone.set()
            await asyncio.wait_for(under_way, 20)
            await eventually(stopped_there, what="that the reading has stopped")


async def test_too_many_at_once_are_told_to_come_again(
    api: As, people: People, web: ASGIApp
) -> None:
    head = api(people.head)
    held = [Download(head, "/companies/export", math.inf) for _ in range(taking.AT_ONCE)]
    go_on = asyncio.Event()

    begun = 0

    async def slow(message: Message) -> None:
        nonlocal begun
        begun += message["type"] == "http.response.start"
        await go_on.wait()

    under_way = [asyncio.create_task(web(one.scope, one.receive, slow)) for one in held]
    try:
        await eventually(lambda: begun == len(held), what="that both have begun")
        reply = await head.get("/companies/export")
        assert (reply.status_code, reply.json()["code"]) == (503, "busy")
    finally:
        for one in held:
            one.gone.set()
        go_on.set()
        await asyncio.gather(*under_way)
    await taken(head, "companies", columns="name", q="альфа")
