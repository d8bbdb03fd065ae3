"""Files that are uploaded, looked at, tried, brought in by the worker, and corrected."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from openpyxl import Workbook

from gausdo.app import Gausdo
from gausdo.kernel.actor import Grant, Reach
from gausdo.kernel.errors import NotFound
from gausdo.kernel.imports import ImportsQuery
from gausdo.modules.customers.contract import CompanyDraft, Customers
from gausdo.modules.integrations import bringing, file_imports
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.sales.contract import PipelineDraft, Sales
from tests.conftest import As, People, superuser

pytestmark = pytest.mark.asyncio(loop_scope="session")

Settled = Callable[[], Awaitable[None]]
STAGES = [
    {"name": "Новая", "probability": 10},
    {"name": "Договор", "probability": 50},
    {"name": "Успех", "kind": "won", "probability": 100},
    {"name": "Отказ", "kind": "lost", "probability": 0},
]


@pytest.fixture
def head(api: As, people: People) -> httpx2.AsyncClient:
    return api(people.head)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo: Gausdo, people: People) -> None:
    draft = PipelineDraft.model_validate({"name": "Продажи", "stages": STAGES})
    await gausdo.get(Sales).add_pipeline(people.admin, draft)


async def uploaded(
    client: httpx2.AsyncClient, kind: str, content: str | bytes, name: str = "file.csv"
) -> dict[str, Any]:
    told = await client.post(
        f"/imports/{kind}/files",
        params={"name": name},
        content=content.encode() if isinstance(content, str) else content,
        headers={"content-type": "application/octet-stream"},
    )
    assert told.status_code == 201, told.text
    found: dict[str, Any] = told.json()
    return found


async def done(
    client: httpx2.AsyncClient, settled: Settled, told: dict[str, Any], what: str
) -> dict[str, Any]:
    """The import once it has been checked, or run."""
    begun = await client.post(f"/imports/{told['id']}/{what}")
    assert begun.status_code == 200, begun.text
    await settled()
    found: dict[str, Any] = (await client.get(f"/imports/{told['id']}")).json()
    return found


async def changed(
    client: httpx2.AsyncClient, told: dict[str, Any], **change: Any
) -> dict[str, Any]:
    path = f"/imports/{told['id']}"
    reply = await client.patch(path, json={"version": told["version"], **change})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def found(client: httpx2.AsyncClient, place: str, q: str) -> list[dict[str, Any]]:
    told = await client.get(place, params={"q": q, "limit": 200})
    assert told.status_code == 200, told.text
    items: list[dict[str, Any]] = told.json()["items"]
    return items


def counts(told: dict[str, Any]) -> tuple[str, int, int, int, int]:
    how = told["counts"]
    return told["state"], how["created"], how["updated"], how["same"], how["refused"]


PEOPLE = (
    "ФИО;Компания;Телефон;Почта;Любимый цвет\n"
    "Ирина Долгова;Первый файл;+7 495 111-22-33;irina@first.example;синий\n"
    "Павел Уткин;Первый файл;;pavel@first.example;\n"
    ";Первый файл;;nobody@first.example;\n"
    "Олег Формулов;=HYPERLINK(1);;oleg@first.example;\n"
)


async def test_a_file_is_looked_at_tried_and_brought_in(
    head: httpx2.AsyncClient, settled: Settled
) -> None:
    told = await uploaded(head, "people", PEOPLE.encode("windows-1251"), "клиенты.csv")
    assert [column["field"] for column in told["columns"]] == [
        "name", "company", "phones", "emails", None
    ]  # fmt: skip
    assert told["columns"][0]["samples"] == ["Ирина Долгова", "Павел Уткин", "Олег Формулов"]
    assert (told["state"], told["lines"], told["done"]) == ("new", 4, 0)
    tried = await done(head, settled, told, "check")
    assert counts(tried) == ("checked", 2, 0, 0, 2)
    assert not await found(head, "/people", "Долгова")
    assert not await found(head, "/companies", "Первый файл")
    ran = await done(head, settled, tried, "run")
    assert (counts(ran), ran["done"]) == (("done", 2, 0, 0, 2), 4)
    [person] = await found(head, "/people", "Долгова")
    assert person["company"]["name"] == "Первый файл"
    assert len(await found(head, "/companies", "Первый файл")) == 1
    [entry] = (await head.get(f"/people/{person['id']}/history")).json()
    assert entry["via"] == "import"
    rows = (await head.get(f"/imports/{told['id']}/refused")).json()["items"]
    assert [(row["line"], row["column"], row["why"]["code"]) for row in rows] == [
        (4, 0, "missing"), (5, 1, "formula")
    ]  # fmt: skip
    assert (await head.get("/imports")).json()["items"][0]["id"] == told["id"]


async def test_owners_and_added_fields_come_in_by_what_people_call_them(
    head: httpx2.AsyncClient, api: As, people: People, settled: Settled
) -> None:
    for told in (
        {"name": "Площадь", "key": "area", "type": "number"},
        {"name": "Залог", "key": "deposit", "type": "money"},
        {"name": "Осмотр", "key": "seen_on", "type": "date"},
        {"name": "Звонок", "key": "called_at", "type": "time"},
        {"name": "Свой", "key": "own", "type": "bool"},
        {"name": "Зоны", "key": "zones", "type": "choices", "options": [
            {"key": "n", "name": "Север"}, {"key": "s", "name": "Юг"}]},
        {"name": "Куратор", "key": "curator", "type": "person"},
    ):  # fmt: skip
        assert (await api(people.admin).post("/company-fields", json=told)).status_code == 201
    whose = {one["id"]: one for one in (await head.get("/users")).json()}
    bob = whose[str(people.bob.id)]
    text = (
        "Название;Ответственный;Площадь;Залог;Осмотр;Звонок;Свой;Зоны;Куратор;Метки\n"
        f"Склад А;{bob['email']};1 200,5;1500 USD;31.03.2026;31.03.2026 9:30;да;юг, север;"
        f"{bob['name'].upper()};новый, Склад\n"
        "Склад Б;никто;;;;;;;;\n"
        "Склад В;;много;;;;;;;\n"
        "Склад Г;;;;;;может быть;;;\n"
        "Склад Д;;;;;;;запад;;\n"
        "Склад Е;;;;;сегодня;;;;\n"
    )
    told = await uploaded(head, "companies", text)
    assert [one["field"] for one in told["columns"]] == [
        "name", "owner", "custom.area", "custom.deposit", "custom.seen_on", "custom.called_at",
        "custom.own", "custom.zones", "custom.curator", "tags",
    ]  # fmt: skip
    ran = await done(head, settled, told, "run")
    rows = (await head.get(f"/imports/{told['id']}/refused")).json()["items"]
    assert [(row["column"], row["why"]["code"]) for row in rows] == [
        (1, "no-colleague"), (2, "number"), (6, "yes-or-no"), (7, "no-option"), (5, "moment"),
    ]  # fmt: skip
    assert counts(ran) == ("done", 1, 0, 0, 5)
    [one] = await found(head, "/companies", "Склад А")
    assert (one["owner_id"], one["tags"]) == (bob["id"], ["новый", "склад"])
    assert one["custom"] == {
        "area": "1200.5", "deposit": {"amount": "1500.00", "currency": "USD"},
        "seen_on": "2026-03-31", "called_at": "2026-03-31T06:30:00Z", "own": True,
        "zones": ["n", "s"], "curator": bob["id"],
    }  # fmt: skip
    path = f"/imports/{(await uploaded(head, 'companies', text))['id']}"
    change = {"version": 1, "fields": ["name", *["custom.nonsense"], *[None] * 8]}
    assert (await head.patch(path, json=change)).status_code == 422


async def test_a_deal_has_the_contact_whom_its_row_names(
    head: httpx2.AsyncClient, settled: Settled
) -> None:
    people = (
        "ФИО;Компания;Телефон;Почта\nЗоя Ясная;Вход;+7 916 555-44-33;zoya@entry.example\n"
        "Иван Двойной;Вход;;ivan1@entry.example\nИван Двойной;Вход;;ivan2@entry.example\n"
    )
    await done(head, settled, await uploaded(head, "people", people), "run")
    text = (
        "Название;Компания;Контакт\nПо почте;Вход;Zoya@entry.example\n"
        "По телефону;Вход;8 (916) 555-44-33\nПо имени;Вход;зоя ясная\n"
        "Двое;Вход;Иван Двойной\nНикто;Вход;Некто\n"
    )
    ran = await done(head, settled, await uploaded(head, "deals", text), "run")
    rows = (await head.get(f"/imports/{ran['id']}/refused")).json()["items"]
    assert [(row["column"], row["why"]["code"]) for row in rows] == [
        (2, "several-contacts"), (2, "no-contact"),
    ]  # fmt: skip
    assert counts(ran) == ("done", 3, 0, 0, 2)
    for title in ("По почте", "По телефону", "По имени"):
        [deal] = await found(head, "/deals", title)
        assert deal["contact"]["name"] == "Зоя Ясная"


async def test_a_file_of_deals_brings_companies_and_people_too(
    head: httpx2.AsyncClient, settled: Settled
) -> None:
    text = (
        "Название;Компания;Контакт;Рабочий телефон (контакт);Почта контакта\n"
        "Первая;Втроём;Яна Новая;+7 916 555-11-22;yana@three.example\n"
        "Вторая;Втроём;яна новая;8 916 555-11-22;\n"
        "Третья;Втроём;;;nobody@three.example\nЧетвёртая;Втроём;Кривая Почта;;не почта\n"
    )
    told = await uploaded(head, "deals", text)
    assert [one["field"] for one in told["columns"]] == [
        "title", "company", "contact", "contact_phones", "contact_emails",
    ]  # fmt: skip
    assert counts(await done(head, settled, told, "check")) == ("checked", 3, 0, 0, 1)
    assert not await found(head, "/people", "Новая")
    ran = await done(head, settled, told, "run")
    rows = (await head.get(f"/imports/{ran['id']}/refused")).json()["items"]
    assert [(row["line"], row["column"], row["why"]["code"]) for row in rows] == [
        (4, 2, "no-contact"), (5, 2, "email"),
    ]  # fmt: skip
    assert counts(ran) == ("done", 2, 0, 0, 2)
    [person] = await found(head, "/people", "Яна Новая")
    assert person["company"]["name"] == "Втроём"
    for title in ("Первая", "Вторая"):
        [deal] = await found(head, "/deals", title)
        assert deal["contact"]["id"] == person["id"]
    path, cells = f"/imports/{ran['id']}/refused/{rows[0]['id']}", rows[0]["cells"]
    cells[4] = "YANA@three.example"
    again = await head.post(path, json={"cells": cells})
    assert again.json()["counts"]["created"] == 3, "who is there by now is known by the e-mail"
    preview = (await head.get(f"/imports/{ran['id']}/undo")).json()
    assert preview["removed"] == 5, "three deals, a company and a person"


async def test_a_refused_row_is_corrected_and_told_as_a_file_without_formulas(
    head: httpx2.AsyncClient, settled: Settled
) -> None:
    text = "name;email;phone\n=1+1;wrong;+7 495 123\nRight Again;=cmd();\n"
    told = await done(head, settled, await uploaded(head, "people", text), "run")
    assert counts(told) == ("done", 0, 0, 0, 2)
    path = f"/imports/{told['id']}/refused"
    file = await head.get(f"{path}/export")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "name;email;phone;Line;Why"
    assert lines[1].startswith("'=1+1;wrong;+7 495 123;2;")
    first, _ = (await head.get(path)).json()["items"]
    again = await head.post(f"{path}/{first['id']}", json={"cells": ["Mended", "wrong", ""]})
    assert counts(again.json()) == ("done", 0, 0, 0, 2)
    assert (await head.get(path)).json()["items"][0]["why"]["code"] == "email"
    key = {"idempotency-key": f"mend-{first['id']}"}
    cells = {"cells": ["Mended", "mended@again.example", ""]}
    for _ in range(2):  # whose answer did not arrive asks again
        again = await head.post(f"{path}/{first['id']}", json=cells, headers=key)
        assert counts(again.json()) == ("done", 1, 0, 0, 1), again.text
    assert len(await found(head, "/people", "mended@again.example")) == 1
    assert (await head.post(f"{path}/{first['id']}", json=cells)).status_code == 404


async def test_rows_change_what_is_there_by_a_key(
    head: httpx2.AsyncClient, settled: Settled, gausdo: Gausdo, people: People
) -> None:
    customers = gausdo.get(Customers)
    draft = CompanyDraft(name="Обновляемая", inn="7707083893", phones=["+7 495 000-11-22"])
    known = await customers.add_company(people.head, draft)
    await customers.add_company(
        people.admin, CompanyDraft(name="Чужая", inn="7728168971", emails=["far@away.example"])
    )
    text = (
        "Название;ИНН;Телефон;Город\n"
        "Обновляемая плюс;7707083893;+7 495 000-33-44;Тверь\n"
        "Чужая наша;7728168971;;Омск\n"
        "Совсем новая;5024002119;;Химки\n"
        "Без номера;;;Рига\n"
    )
    told = await uploaded(head, "companies", text)
    only = await changed(head, told, policy="update", by="inn")
    tried = await done(head, settled, only, "check")
    assert counts(tried) == ("checked", 0, 1, 0, 3)
    both = await changed(head, tried, policy="both")
    ran = await done(head, settled, both, "run")
    assert counts(ran) == ("done", 2, 1, 0, 1)
    now = await customers.company(people.head, known.id)
    assert (now.name, now.city) == ("Обновляемая плюс", "Тверь")
    assert [one.typed for one in now.phones] == ["+7 495 000-11-22", "+7 495 000-33-44"]
    [row] = (await head.get(f"/imports/{told['id']}/refused")).json()["items"]
    assert (row["line"], row["why"]["code"]) == (3, "customers.duplicate")
    same = await done(head, settled, await uploaded(head, "companies", text), "run")
    assert counts(same) == ("done", 1, 0, 2, 1)  # remembered: by INN, both


async def test_deals_are_known_by_title_and_company(
    head: httpx2.AsyncClient, settled: Settled
) -> None:
    text = "Сделка;Компания;Сумма;Этап\nПоставка;Покупатель;1 000,50 ₽;Новая\n"
    first = await changed(head, await uploaded(head, "deals", text), policy="both")
    assert counts(await done(head, settled, first, "run")) == ("done", 1, 0, 0, 0)
    later = text.replace("1 000,50", "2 000").replace("Новая", "Договор")
    again = await done(head, settled, await uploaded(head, "deals", later), "run")
    assert counts(again) == ("done", 0, 1, 0, 0)
    [deal] = await found(head, "/deals", "Поставка")
    assert deal["worth"]["amount"] == "2000.00"
    names = [entry["name"] for entry in (await head.get(f"/deals/{deal['id']}/history")).json()]
    assert names == ["sales.deal-moved.v1", "sales.deal-changed.v1", "sales.deal-opened.v1"]


async def test_rules_hear_of_an_import_only_when_they_shall(
    head: httpx2.AsyncClient, settled: Settled
) -> None:
    [pipeline] = (await head.get("/pipelines")).json()
    stage = {"type": "deal-enters-stage", "stage_id": pipeline["stages"][0]["id"]}
    step = {"type": "add-task", "title": "Call", "due_in_working_hours": "4"}
    rule = await head.post("/rules", json={"name": "All", "trigger": stage, "steps": [step]})
    assert rule.status_code == 201, rule.text
    ran = []
    for automation in (False, True):
        told = await uploaded(head, "deals", f"Название\nСделка {automation}\n")
        told = await changed(head, told, automation=automation)
        assert (await done(head, settled, told, "run"))["state"] == "done"
        ran.append((await head.get(f"/rules/{rule.json()['id']}")).json()["runs"])
    assert ran == [0, 1]


MANY = "name\n" + "".join(f"{number} Многие\n" for number in range(12))


@pytest.fixture
def portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of five rows."""
    monkeypatch.setattr(file_imports, "PORTION", 5)


@pytest.mark.usefixtures("portions")
async def test_a_killed_import_goes_on_exactly_where_it_was(
    head: httpx2.AsyncClient, gausdo: Gausdo, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await uploaded(head, "companies", MANY.replace("Многие", "Убитые"))
    killed = asyncio.Event()
    write = bringing._write
    left = 1

    async def dies(*args: Any) -> None:
        nonlocal left
        if not left:
            killed.set()
            raise RuntimeError("killed")
        left -= 1
        await write(*args)

    with monkeypatch.context() as half_way:
        half_way.setattr(bringing, "_write", dies)
        await head.post(f"/imports/{told['id']}/run")
        await asyncio.wait_for(killed.wait(), 30)
    seen = (await head.get(f"/imports/{told['id']}")).json()
    assert (seen["state"], seen["done"]) == ("running", 5)
    bringer = gausdo.services["integrations"].files.bringer
    id = UUID(told["id"])
    await asyncio.gather(bringer.go_on(id), bringer.go_on(id))
    await settled()
    seen = (await head.get(f"/imports/{told['id']}")).json()
    assert (counts(seen), seen["done"]) == (("done", 12, 0, 0, 0), 12)
    assert len(await found(head, "/companies", "Убитые")) == 12


@pytest.mark.usefixtures("portions")
async def test_an_import_is_paused_goes_on_and_is_stopped(
    head: httpx2.AsyncClient, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await uploaded(head, "companies", MANY)
    land, asked = bringing.Bringer.land, ["pause", "stop"]

    async def lands(*args: Any) -> Any:
        if asked:
            reply = await head.post(f"/imports/{told['id']}/{asked.pop(0)}")
            assert reply.status_code == 200, reply.text
        return await land(*args)

    monkeypatch.setattr(bringing.Bringer, "land", lands)
    paused = await done(head, settled, told, "run")
    assert (paused["state"], paused["done"]) == ("paused", 5)
    stopped = await done(head, settled, told, "run")
    assert (counts(stopped), stopped["done"]) == (("stopped", 10, 0, 0, 0), 10)
    assert len(await found(head, "/companies", "Многие")) == 10
    refused = await head.post(f"/imports/{told['id']}/run")
    assert (refused.status_code, refused.json()["code"]) == (409, "integrations.import-not-now")


async def test_an_import_whose_job_is_gone_goes_on_and_a_done_one_loses_its_rows(
    head: httpx2.AsyncClient, gausdo: Gausdo, settled: Settled
) -> None:
    told = await uploaded(head, "companies", "name\nLeft Behind\n")
    bringer = gausdo.services["integrations"].files.bringer
    with superuser(gausdo) as db:
        stuck = "update integrations.import set state = 'running' where id = %s"
        db.execute(stuck, [told["id"]])
        await bringer.look_after()
        await settled()
        seen = (await head.get(f"/imports/{told['id']}")).json()
        assert counts(seen) == ("done", 1, 0, 0, 0)
        parts = "select count(*) from integrations.import_part where import_id = %s"
        await bringer.look_after()
        assert db.execute(parts, [told["id"]]).fetchone() == (1,)
        month = "update integrations.import set finished_at = now() - interval '31 days'"
        db.execute(f"{month} where id = %s", [told["id"]])
        await bringer.look_after()
        assert db.execute(parts, [told["id"]]).fetchone() == (0,)


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


async def test_a_workbook_is_brought_in(head: httpx2.AsyncClient, settled: Settled) -> None:
    file = workbook(
        ["Название", "ИНН", "Сотрудников", "Телефон"],
        ["Из Excel", 7736207543, 120, 74951234567],
        [],
        ["=1+1", "7710140679", None, None],
    )
    told = await uploaded(head, "companies", file, "компании.xlsx")
    assert (told["format"], told["lines"]) == ("xlsx", 2)
    ran = await done(head, settled, told, "run")
    assert counts(ran) == ("done", 1, 0, 0, 1)
    [company] = await found(head, "/companies", "Из Excel")
    assert (company["inn"], company["size"]) == ("7736207543", 120)
    assert company["phones"][0]["normal"] == "+74951234567"
    [row] = (await head.get(f"/imports/{told['id']}/refused")).json()["items"]
    assert (row["line"], row["why"]["code"]) == (4, "formula")


async def test_an_import_is_its_owners_and_theirs_whose_rights_reach_it(
    head: httpx2.AsyncClient, gausdo: Gausdo, people: People, api: As
) -> None:
    told = await uploaded(head, "companies", "name\nSecret\n")
    id, imports = UUID(told["id"]), gausdo.get(Integrations)
    own = Grant(object="integrations.import", operation="create", reach=Reach.OWN)
    ann = people.ann.model_copy(update={"grants": (own,)})
    for asked in (imports.file_import, imports.run_import, imports.refused_file):
        with pytest.raises(NotFound):
            await asked(ann, id)
    assert not (await imports.list_imports(ann, ImportsQuery())).items
    assert (await api(people.admin).get(f"/imports/{id}")).status_code == 200
    assert (await api(people.eve).get(f"/imports/{id}")).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fields": ["name"]}, "fields"),
        ({"fields": ["name", "name"]}, "fields"),
        ({"fields": ["name", "owner_id"]}, "fields"),
        ({"by": "city"}, "by"),
    ],
)
async def test_what_columns_are_for_makes_sense(
    head: httpx2.AsyncClient, change: dict[str, Any], field: str
) -> None:
    told = await uploaded(head, "companies", "name;colour\nOne;red\n")
    path = f"/imports/{told['id']}"
    reply = await head.patch(path, json={"version": told["version"], **change})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, field)
    bare = await changed(head, told, fields=[None, None])
    reply = await head.post(f"{path}/run")
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (422, "header")
    assert (await head.get(path)).json()["version"] == bare["version"]
