"""Imports that are taken back: what they made goes, what they changed is as it was before."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import Table

from gausdo.app import Gausdo
from gausdo.modules.customers import taking as customers_taking
from gausdo.modules.customers.contract import CompanyChange, CompanyDraft, Customers
from gausdo.modules.integrations import undoing
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.sales import taking as sales_taking
from gausdo.modules.sales.contract import PipelineDraft, Sales
from tests.conftest import As, People
from tests.modules.integrations.test_file_imports import (
    STAGES,
    changed,
    counts,
    done,
    found,
    uploaded,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

Settled = Callable[[], Awaitable[None]]


@pytest.fixture
def head(api: As, people: People) -> httpx2.AsyncClient:
    return api(people.head)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo: Gausdo, people: People) -> None:
    draft = PipelineDraft.model_validate({"name": "Продажи", "stages": STAGES})
    await gausdo.get(Sales).add_pipeline(people.admin, draft)


async def everything(client: httpx2.AsyncClient) -> dict[str, list[dict[str, Any]]]:
    """All that lists show, but for the versions of records."""
    told = {}
    for place in ("/companies", "/people", "/deals"):
        items = (await client.get(place, params={"limit": 200, "sort": "created_at"})).json()
        told[place] = [
            {name: value for name, value in one.items() if name not in {"version", "changed_at"}}
            for one in items["items"]
        ]
    return told


async def undone(
    client: httpx2.AsyncClient, settled: Settled, id: str
) -> tuple[str, int, int, int]:
    reply = await client.post(f"/imports/{id}/undo")
    assert reply.status_code == 200, reply.text
    await settled()
    undo = (await client.get(f"/imports/{id}")).json()["undo"]
    assert undo["total"] == undo["done"]
    return undo["state"], undo["removed"], undo["given_back"], undo["conflicts"]


async def test_all_is_as_before_an_import_that_is_taken_back(
    head: httpx2.AsyncClient, settled: Settled, gausdo: Gausdo, people: People
) -> None:
    customers = gausdo.get(Customers)
    draft = CompanyDraft(
        name="Прежняя", inn="7707083893", phones=["+7 495 000-11-22"], tags=["старая"], size=7
    )
    await customers.add_company(people.head, draft)
    first = "Сделка;Компания;Сумма;Этап\nПоставка;Прежняя;1 000,50 ₽;Новая\n"
    opened = await changed(head, await uploaded(head, "deals", first), policy="both")
    assert counts(await done(head, settled, opened, "run")) == ("done", 1, 0, 0, 0)
    before = await everything(head)

    companies = (
        "Название;ИНН;Телефон;Город;Теги;Сотрудники;Головная компания\n"
        "Прежняя плюс;7707083893;+7 495 000-33-44;Тверь;новая;;\n"
        "Материнская;5024002119;;Химки;;120;\n"
        "Дочерняя;;;Химки;;3;Материнская\n"
    )
    told = await changed(
        head, await uploaded(head, "companies", companies), policy="both", by="inn"
    )
    ran = [await done(head, settled, told, "run")]
    assert counts(ran[0])[:3] == ("done", 2, 1), ran
    people_file = "ФИО;Компания;Телефон\nИван Ильин;Новая фирма;+7 495 765-43-21\n"
    ran.append(await done(head, settled, await uploaded(head, "people", people_file), "run"))
    deals = (
        "Сделка;Компания;Сумма;Этап;Ожидаемая дата\n"
        "Поставка;Прежняя плюс;2 000 ₽;Договор;31.12.2026\n"
        "Ещё одна;Совсем новая;5 ₽;Новая;\n"
    )
    both = await changed(head, await uploaded(head, "deals", deals), policy="both")
    ran.append(await done(head, settled, both, "run"))
    assert [one["counts"]["created"] for one in ran] == [2, 1, 1], ran
    assert await everything(head) != before

    shown = (await head.get(f"/imports/{ran[2]['id']}/undo")).json()
    assert shown == {"removed": 2, "given_back": 1, "conflicts": 0, "more": False}
    assert await undone(head, settled, ran[2]["id"]) == ("done", 2, 1, 0)
    assert await undone(head, settled, ran[1]["id"]) == ("done", 2, 0, 0)
    assert await undone(head, settled, ran[0]["id"]) == ("done", 2, 1, 0)
    assert await everything(head) == before
    assert not await found(head, "/people", "Ильин")


async def test_what_somebody_has_changed_or_used_since_stays_and_is_told(
    head: httpx2.AsyncClient, settled: Settled, gausdo: Gausdo, people: People
) -> None:
    customers = gausdo.get(Customers)
    draft = CompanyDraft(name="Спорная", inn="7728168971", city="Тула", industry="лес")
    known = await customers.add_company(people.head, draft)
    text = (
        "Название;ИНН;Город;Отрасль\n"
        "Спорная;7728168971;Омск;мебель\n"
        "Изменённая;;;\nС задачей;;;\nСлитая;;;\nЗабытая;;;\n"
    )
    told = await changed(head, await uploaded(head, "companies", text), policy="both", by="name")
    ran = await done(head, settled, told, "run")
    assert counts(ran)[:3] == ("done", 4, 1)
    names = ("Спорная", "Изменённая", "задачей", "Слитая", "Забытая")
    ids = {name: (await found(head, "/companies", name))[0] for name in names}
    later = CompanyChange(city="Псков", version=ids["Спорная"]["version"])
    await customers.change_company(people.head, known.id, later)
    later = CompanyChange(city="Псков", version=1)
    await customers.change_company(people.head, UUID(ids["Изменённая"]["id"]), later)
    about = {"kind": "company", "id": ids["задачей"]["id"]}
    assert (await head.post("/tasks", json={"title": "Звонок", "about": about})).status_code == 201
    merge = {"other_id": ids["Слитая"]["id"], "other_version": 1, "version": 2}
    reply = await head.post(f"/companies/{ids['Изменённая']['id']}/merge", json=merge)
    assert reply.status_code in {200, 201}, reply.text

    preview = (await head.get(f"/imports/{told['id']}/undo")).json()
    assert preview == {"removed": 1, "given_back": 0, "conflicts": 4, "more": False}
    assert await undone(head, settled, told["id"]) == ("done", 1, 0, 4)
    items = (await head.get(f"/imports/{told['id']}/conflicts")).json()["items"]
    assert {one["name"]: (one["code"], one["fields"]) for one in items if one["name"]} == {
        "Спорная": ("changed-since", ["city"]),
        "Изменённая": ("changed-since", ["city", "merged"]),
        "С задачей": ("in-use", ["task"]),
    }
    assert [one["code"] for one in items if not one["name"]] == ["merged"]
    now = await customers.company(people.head, known.id)
    assert (now.city, now.industry) == ("Псков", "лес")
    assert not await found(head, "/companies", "Забытая")
    refused = await head.post(f"/imports/{told['id']}/undo/pause")
    assert refused.status_code == 409


async def test_undoing_is_paused_killed_and_goes_on_exactly_where_it_was(
    head: httpx2.AsyncClient, settled: Settled, gausdo: Gausdo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "PORTION", 5)
    text = "name\n" + "".join(f"{number} Бывшие\n" for number in range(12))
    ran = await done(head, settled, await uploaded(head, "companies", text), "run")
    undoer = gausdo.get(Integrations).undos.undoer  # type: ignore[attr-defined]
    write, go_on, calls = undoing._write, undoing.Undoer.go_on, 0

    async def killed(*told: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("killed")
        await write(*told)

    monkeypatch.setattr(undoing, "_write", killed)
    monkeypatch.setattr(undoing.Undoer, "go_on", _nothing)
    await head.post(f"/imports/{ran['id']}/undo")
    await settled()
    assert await undoer._step(UUID(ran["id"]))
    with pytest.raises(RuntimeError):
        await undoer._step(UUID(ran["id"]))
    assert len(await found(head, "/companies", "Бывшие")) == 2
    undo = (await head.get(f"/imports/{ran['id']}")).json()["undo"]
    assert (undo["done"], undo["removed"]) == (5, 5)
    paused = await head.post(f"/imports/{ran['id']}/undo/pause")
    assert paused.json()["undo"]["state"] == "paused"
    assert not await undoer._step(UUID(ran["id"]))
    monkeypatch.setattr(undoing, "_write", write)
    monkeypatch.setattr(undoing.Undoer, "go_on", go_on)
    assert await undone(head, settled, ran["id"]) == ("done", 12, 0, 0)
    assert not await found(head, "/companies", "Бывшие")


async def _nothing(*_: object) -> None: ...


async def test_only_who_may_import_and_edit_takes_an_import_back(
    api: As, people: People, head: httpx2.AsyncClient, settled: Settled
) -> None:
    ran = await done(head, settled, await uploaded(head, "companies", "name\nЧужими\n"), "run")
    other = api(people.ann)
    ways = {("GET", "undo"), ("POST", "undo"), ("POST", "undo/pause"), ("GET", "conflicts")}
    for way, path in ways:
        reply = await other.request(way, f"/imports/{ran['id']}/{path}")
        assert reply.status_code in {403, 404}, path
    new = await uploaded(head, "companies", "name\nЕщё не начат\n")
    assert (await head.post(f"/imports/{new['id']}/undo")).status_code == 409


async def test_what_is_a_part_of_a_record_goes_with_it() -> None:
    """Or a record that has some could not go at all."""
    for removal in (sales_taking.REMOVAL, *customers_taking.REMOVALS.values()):
        parts = {table for table, _ in removal.beside}
        assert isinstance(removal.table, Table)
        naming = {
            table
            for table in removal.table.metadata.tables.values()
            if any(key.column.table is removal.table for key in table.foreign_keys)
        }
        assert naming <= parts, removal.kind
