"""Files as people have them, brought in through the contracts of customers and sales."""

import re
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.brought import RUSSIAN, in_words, language_of
from gausdo.kernel.errors import Forbidden, Invalid
from gausdo.kernel.values import new_id
from gausdo.modules.integrations.contract import ImportReport, Integrations
from gausdo.modules.sales.contract import PipelineDraft, Sales, StageDraft, StageKind
from tests.conftest import As, People

pytestmark = pytest.mark.asyncio

KINDS = (StageKind.OPEN, StageKind.OPEN, StageKind.WON, StageKind.LOST)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def imports(gausdo: Gausdo, people: People) -> Integrations:
    for pipeline, names in (
        ("Продажи", ("Новая", "Договор", "Успех", "Отказ")),
        ("Партнёры", ("Знакомство", "Переговоры", "Подписан", "Отказ")),
    ):
        stages = [
            StageDraft(name=name, kind=kind, probability=50)
            for name, kind in zip(names, KINDS, strict=True)
        ]
        await gausdo.get(Sales).add_pipeline(
            people.admin, PipelineDraft(name=pipeline, stages=stages)
        )
    return gausdo.get(Integrations)


async def brought(
    imports: Integrations, people: People, kind: Any, text: str, encoding: str = "utf-8"
) -> ImportReport:
    return await imports.import_file(people.head, kind, text.encode(encoding))


async def found(client: httpx2.AsyncClient, place: str, q: str) -> list[dict[str, Any]]:
    told = await client.get(place, params={"q": q})
    assert told.status_code == 200, told.text
    items: list[dict[str, Any]] = told.json()["items"]
    return items


def assert_russian(report: ImportReport) -> None:
    """Every reason has its Russian words."""
    assert [refused for refused in report.refused if refused.code not in RUSSIAN] == []
    whole, *rows = in_words(report, language_of("ru_RU.UTF-8"))
    assert whole.startswith("Создано: ")
    assert [row for row in rows if not re.match(r"  строка \d+.*: [«А-Я][^{]+$", row)] == []


async def test_signs_that_mean_something_to_the_database_come_as_they_are(
    imports: Integrations, people: People, api: As
) -> None:
    about = 'C:\\new\\table\tи \\N, {"a"}\r\nдве "строки" \\.'
    cells = about.replace('"', '""')
    text = f'Название,Теги,Комментарий\nОбратная \\ черта,"a\\b; {{c}}; ""d""","{cells}"\n'
    report = await brought(imports, people, "companies", text)
    assert (report.created, report.refused) == (1, [])
    (company,) = await found(api(people.head), "/companies", "Обратная черта")
    assert company["name"] == "Обратная \\ черта"
    whole = (await api(people.head).get(f"/companies/{company['id']}")).json()
    assert whole["about"].splitlines() == about.splitlines()
    assert whole["tags"] == ["a\\b", "{c}", '"d"']


async def test_companies_come_as_the_file_has_them(
    imports: Integrations, people: People, api: As
) -> None:
    text = (
        "Название;ИНН;Город;Телефон;Телефон 2;Эл. почта;Цвет\r\n"
        "ООО «Северянка»;7707083893;Вологда;8 (800) 555-35-35;+7 900 111-22-33;"
        "info@severyanka.example, sales@severyanka.example;синий\r\n"
    )
    report = await brought(imports, people, "companies", text, "windows-1251")
    assert (report.created, report.refused, report.ignored) == (1, [], ["Цвет"])
    (company,) = await found(api(people.head), "/companies", "Северянка")
    assert (company["inn"], company["city"]) == ("7707083893", "Вологда")
    assert [phone["normal"] for phone in company["phones"]] == ["+78005553535", "+79001112233"]
    assert len(company["emails"]) == 2
    assert company["owner_id"] == str(people.head.id)
    history = await api(people.head).get(f"/companies/{company['id']}/history")
    assert history.json()[0]["via"] == "import"


async def test_a_wrong_row_is_refused_and_the_others_come(
    imports: Integrations, people: People, api: As
) -> None:
    text = (
        "name,inn,email\n"
        "Good Works,,one@goodworks.example\n"
        ",,nameless@x.example\n"
        "Bad Number,12345,\n"
        "Bad Mail,,nobody\n"
        "Too,Many,Cells,Here\n"
        "\n"
        "Good Works Two,,one@goodworks.example\n"
    )
    report = await brought(imports, people, "companies", text)
    assert report.created == 1
    told = [(refusal.line, refusal.field) for refusal in report.refused]
    assert told == [(3, "name"), (4, "inn"), (5, "email"), (6, None), (8, "email")]
    assert all(refusal.reason for refusal in report.refused)
    codes = [refusal.code for refusal in report.refused]
    assert codes == ["missing", "string_pattern_mismatch", "email", "cells", "customers.duplicate"]
    assert_russian(report)
    assert len(await found(api(people.head), "/companies", "Good Works")) == 1


async def test_companies_come_with_what_registers_tell_of_them(
    imports: Integrations, people: People, api: As
) -> None:
    text = (
        "Название;Полное наименование;КПП;ОГРН;Юридический адрес;Число сотрудников;Холдинг;Теги\n"
        "Ветвь;ООО «Ветвь»;773601001;1027700132195;г. Тверь, ул. Лесная, 1;1 200;Корень;VIP, лес\n"
        "Корень;;;;;;\n"
        "Отводок;;;;;;Нет такого\n"
        "Много;;;;;сто;\n"
        "Опечатка;;7736;;;;\n"
        "Слип;;;1027700132194;;;\n"
    )
    report = await brought(imports, people, "companies", text)
    assert (report.created, report.ignored) == (2, [])
    told = [(refusal.line, refusal.field, refusal.code) for refusal in report.refused]
    assert told == [
        (4, "Холдинг", "not-found"),
        (5, "Число сотрудников", "whole-number"),
        (6, "КПП", "kpp"),
        (7, "ОГРН", "ogrn"),
    ]
    assert_russian(report)
    (branch,) = await found(api(people.head), "/companies", "Ветвь")
    assert (branch["legal_name"], branch["size"]) == ("ООО «Ветвь»", 1200)
    assert branch["tags"] == ["vip", "лес"]
    assert (branch["kpp"], branch["ogrn"]) == ("773601001", "1027700132195")
    assert (branch["address"], branch["parent"]["name"]) == ("г. Тверь, ул. Лесная, 1", "Корень")


async def test_people_bring_their_companies_along(
    imports: Integrations, people: People, api: As
) -> None:
    await brought(imports, people, "companies", "name\nOld Mill\n")
    text = (
        "ФИО\tДолжность\tКомпания\tТелефон\n"
        "Мельников Иван\tДиректор\told mill\t+7 901 000-00-01\n"
        "Мельникова Анна\tБухгалтер\tNew Mill\t+7 901 000-00-02\n"
        "Мельников Пётр\tСлесарь\tNEW MILL\t+7 901 000-00-03\n"
        "Мельников Олег\t\t\t+7 901 000-00-04\n"
    )
    report = await brought(imports, people, "people", text)
    assert (report.created, report.refused) == (4, [])
    client = api(people.head)
    assert len(await found(client, "/companies", "Old Mill")) == 1
    assert len(await found(client, "/companies", "New Mill")) == 1
    named = {
        person["name"]: person["company"] and person["company"]["name"]
        for person in await found(client, "/people", "Мельников")
    }
    assert named["Мельников Иван"] == "Old Mill"
    assert named["Мельников Пётр"] == "New Mill"
    assert named["Мельников Олег"] is None


async def test_deals_find_their_pipeline_stage_and_company(
    imports: Integrations, people: People, api: As
) -> None:
    text = (
        "Название;Компания;Сумма;Валюта;Воронка;Этап;Ожидается\n"
        "Импорт первый;Завод Импорт;1 234 567,89;;Продажи;договор;31.12.2026\n"
        "Импорт второй;Завод Импорт;2000;USD;партнёры;;\n"
        "Импорт третий;;500 ₽;;;Подписан;\n"
        "Импорт четвёртый;;;;;;\n"
        "Импорт пятый;;много;;;;\n"
        "Импорт шестой;;;;;Нигде;\n"
        "Импорт седьмой;;;;Мимо;;\n"
        "Импорт восьмой;;;;;;завтра\n"
        "Импорт девятый;;-5;;;;\n"
    )
    report = await brought(imports, people, "deals", text)
    told = [(refusal.line, refusal.field) for refusal in report.refused]
    assert told[:4] == [(6, "Сумма"), (7, "Этап"), (8, "Воронка"), (9, "Ожидается")]
    assert "Новая" in report.refused[1].reason
    codes = [refusal.code for refusal in report.refused]
    assert codes[:4] == ["number", "unknown-stage", "unknown-pipeline", "date"]
    assert report.refused[0].data == {"told": "много"}
    assert_russian(report)
    client = api(people.head)
    pipelines = {
        stage["id"]: (pipeline["name"], stage["name"])
        for pipeline in (await client.get("/pipelines")).json()
        for stage in pipeline["stages"]
    }
    deals = {deal["title"]: deal for deal in await found(client, "/deals", "Импорт")}
    first, second = deals["Импорт первый"], deals["Импорт второй"]
    assert first["worth"] == {"amount": "1234567.89", "currency": "RUB"}
    assert pipelines[first["stage_id"]] == ("Продажи", "Договор")
    assert first["expected_on"] == "2026-12-31"
    assert second["worth"] == {"amount": "2000.00", "currency": "USD"}
    assert pipelines[second["stage_id"]] == ("Партнёры", "Знакомство")
    assert first["company"]["id"] == second["company"]["id"]
    assert pipelines[deals["Импорт третий"]["stage_id"]] == ("Партнёры", "Подписан")
    assert deals["Импорт четвёртый"]["worth"] is None
    assert report.created == len(deals)


async def test_the_same_file_with_the_same_key_comes_once(
    imports: Integrations, people: People, api: As
) -> None:
    text = "name\n" + "".join(f"Repeated {number}\n" for number in range(1200))
    key = f"key-{new_id()}"
    first = await imports.import_file(people.head, "companies", text.encode(), key)
    again = await imports.import_file(people.head, "companies", text.encode(), key)
    assert first == again
    assert first.created == 1200
    told = await api(people.head).get("/companies", params={"q": "Repeated", "limit": 200})
    pages = 1
    while told.json()["next"]:
        after = {"q": "Repeated", "limit": 200, "after": told.json()["next"]}
        told = await api(people.head).get("/companies", params=after)
        pages += 1
    assert pages == 6


async def test_a_file_is_brought_in_over_http(
    api: As, imports: Integrations, people: People
) -> None:
    client = api(people.head)
    sent = await client.post(
        "/imports/companies",
        content="name;city\nOver The Wire;Тула\n".encode(),
        headers={"content-type": "text/csv"},
    )
    assert sent.status_code == 200, sent.text
    assert sent.json() == {"created": 1, "refused": [], "ignored": []}
    assert (await client.post("/imports/ghosts", content=b"name\nx\n")).status_code == 422
    refused = await api(people.ann).post("/imports/companies", content=b"name\nx\n")
    assert (refused.status_code, refused.json()["data"]["right"]) == (
        403,
        "integrations.import.create",
    )
    headless = await client.post("/imports/companies", content=b"colour\nred\n")
    assert (headless.status_code, headless.json()["errors"][0]["field"]) == (422, "file")
    large = await client.post("/imports/companies", content=b"x" * (21 * 1024 * 1024))
    assert large.status_code == 413, large.text


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "empty"), ("colour\nred\n", "name, company"), ('name\n"open\n', "Line 2")],
)
async def test_what_is_no_file_of_companies_changes_nothing(
    imports: Integrations, people: People, text: str, told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        await brought(imports, people, "companies", text)


async def test_who_may_not_import_imports_nothing(imports: Integrations, people: People) -> None:
    with pytest.raises(Forbidden):
        await imports.import_file(people.eve, "companies", b"name\nMine\n")
