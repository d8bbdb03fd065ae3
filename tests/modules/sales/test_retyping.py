"""A field that was added gets another type: what would be lost is told, and nothing is."""

import asyncio
import json
from contextlib import closing
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.modules.sales.contract import PipelineDraft, Sales
from gausdo.modules.sales.tables import schema
from gausdo.platform import custom_turning
from gausdo.platform.custom_indexes import build_asked
from gausdo.settings import Settings
from tests.conftest import ADMIN, As, People, Settled, superuser, superuser_dsn
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
Told = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo: Gausdo) -> None:
    stages = [
        {"name": "New", "probability": 10},
        {"name": "Won", "kind": "won", "probability": 100},
        {"name": "Lost", "kind": "lost", "probability": 0},
    ]
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": stages})
    await gausdo.get(Sales).add_pipeline(ADMIN, draft)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else believes what it has read of the definitions."""
    monkeypatch.setattr(custom_turning, "FRESH", 0.1)


async def sent(client: httpx2.AsyncClient, path: str, told: Told, status: int = 201) -> Told:
    reply = await client.post(path, json=told)
    assert reply.status_code == status, reply.text
    answer: Told = reply.json()
    return answer


async def added(client: httpx2.AsyncClient, key: str, type: str, **told: Any) -> Told:
    draft = {"name": key.title(), "key": key, "type": type, **told}
    return await sent(client, "/deal-fields", draft)


async def opened(client: httpx2.AsyncClient, title: str, **custom: Any) -> Told:
    return await sent(client, "/deals", {"title": title, "custom": custom})


async def seen(client: httpx2.AsyncClient, field: Told, type: str, **told: Any) -> Told:
    draft = {"version": field["version"], "type": type, **told}
    return await sent(client, f"/deal-fields/{field['id']}/becoming", draft, 200)


async def begun(client: httpx2.AsyncClient, field: Told, type: str, status: int = 200) -> Told:
    draft = {"version": field["version"], "type": type}
    return await sent(client, f"/deal-fields/{field['id']}/become", draft, status)


async def of_key(client: httpx2.AsyncClient, key: str) -> Told:
    fields: list[Told] = (await client.get("/deal-fields")).json()
    return next(one for one in fields if one["key"] == key)


async def found(client: httpx2.AsyncClient, *asked: Told, sort: str = "title") -> list[str]:
    """The titles of deals for which all of it is true."""
    query = {"filter": json.dumps({"all": asked}), "sort": sort}
    reply = await client.get("/deals", params=query)
    assert reply.status_code == 200, reply.text
    return [one["title"] for one in reply.json()["items"]]


READ: list[tuple[str, str, Any, Any]] = [
    ("text", "number", "1 234,50", "1234,50"),
    ("text", "number", "1.234,50", "1234,50"),
    ("text", "number", "1 000 руб.", None),
    ("text", "money", "1 000 руб.", "1000,00 RUB"),
    ("text", "money", "$ 12.5", "12,50 USD"),
    ("text", "date", "31.12.2025", "31.12.2025"),
    ("text", "date", "31.12.2025 18:00", "31.12.2025"),
    ("text", "date", "31.12.2025 позвонить", None),
    ("text", "date", "32.12.2025", None),
    ("text", "time", "31.12.2025 18:00", "31.12.2025 18:00"),
    ("text", "time", "2025-12-31", "31.12.2025 00:00"),
    ("text", "bool", "Да", "да"),
    ("text", "bool", "наверное", None),
    ("text", "choices", "Красный; синий", "Красный, синий"),
    ("number", "text", "1234.5", "1234,5"),
    ("number", "money", "12.5", "12,50 RUB"),
    ("number", "money", "0.001", None),
    ("money", "number", {"amount": "10.00", "currency": "RUB"}, "10,00"),
    ("money", "number", {"amount": "10.00", "currency": "USD"}, None),
    ("date", "time", "2026-01-31", "31.01.2026 00:00"),
    ("time", "date", "2026-03-31T22:30:00Z", "01.04.2026"),
    ("time", "text", "2026-03-31T22:30:00Z", "01.04.2026 01:30"),
    ("bool", "text", False, "нет"),
    ("bool", "choice", True, "да"),
    ("choice", "choices", "small", "Small"),
    ("choice", "text", "small", "Small"),
    ("choices", "choice", ["small", "large"], None),
    ("choices", "choice", ["large"], "Large"),
]  # fmt: skip
OPTIONS = [{"key": "small", "name": "Small"}, {"key": "large", "name": "Large"}]


async def test_values_are_read_as_people_write_them(api: As, people: People) -> None:
    admin = api(people.admin)
    for was, to in dict.fromkeys((row[0], row[1]) for row in READ):
        options = {"options": OPTIONS} if was.startswith("choice") else {}
        field = await added(admin, f"{was}_as_{to}", was, **options)
        rows = [row for row in READ if row[:2] == (was, to)]
        for _, _, value, _ in rows:
            await opened(admin, "Read", **{field["key"]: value})
        told = await seen(admin, field, to)
        becomes = [one["after"] for one in told["examples"] + told["losses"]]
        assert sorted(becomes, key=str) == sorted((row[3] for row in rows), key=str), (was, to)
        if was == "text":
            examples = {one["before"]: one["after"] for one in told["examples"] + told["losses"]}
            assert examples == {row[2]: row[3] for row in rows}
        lost = sum(row[3] is None for row in rows)
        assert (told["records"], told["kept"], told["lost"]) == (
            len(rows), len(rows) - lost, lost,
        )  # fmt: skip


async def test_a_text_becomes_a_number_and_nothing_is_lost(
    gausdo: Gausdo, api: As, people: People, settings: Settings, settled: Settled
) -> None:
    admin = api(people.admin)
    field = await added(admin, "area", "text", indexed=True)
    await sent(
        admin, "/deal-fields", {"name": "Twice", "key": "twice", "formula": "length(custom.area)"}
    )
    deals = [
        await opened(admin, title, area=value)
        for title, value in (("A", "1 200,5"), ("B", "30"), ("C", "a lot"), ("D", None))
    ]
    told = await seen(admin, field, "number")
    assert (told["kept"], told["lost"], told["records"]) == (2, 1, 3)
    assert {(one["before"], one["after"]) for one in told["examples"]} == {
        ("1 200,5", "1200,5"), ("30", "30"),
    }  # fmt: skip
    assert told["losses"] == [{"before": "a lot", "after": None, "records": 1}]
    assert told["blocked"] == [{"kind": "formula", "name": "Twice"}]
    refused = await begun(admin, field, "number", 409)
    assert refused["code"] == "custom-field.in-use"
    twice = await of_key(admin, "twice")
    change = {"version": twice["version"], "formula": "length(concat(custom.area))"}
    assert (await admin.patch(f"/deal-fields/{twice['id']}", json=change)).status_code == 200

    began = await begun(admin, field, "number")
    assert began["becoming"]["type"] == "number"
    assert (await begun(admin, began, "date", 409))["code"] == "custom-field.becoming"
    await settled()
    before, area = await of_key(admin, "area"), await of_key(admin, "area_2")
    assert (before["archived"], before["becoming"]) == (True, None)
    assert (area["archived"], area["type"], area["name"]) == (False, "number", "Area")
    assert (area["position"], area["came_of"]) == (before["position"], before["id"])
    assert build_asked(superuser_dsn(settings), schema)
    more = {"field": "custom.area_2", "op": "gt", "value": "29"}
    assert await found(admin, more, sort="-custom.area_2") == ["A", "B"]
    # what did not fit stays where it was typed
    now = (await admin.get(f"/deals/{deals[2]['id']}")).json()
    assert now["custom"]["area"] == "a lot"
    assert "area_2" not in now["custom"]
    assert now["version"] == deals[2]["version"]
    left = (await admin.get(f"/deal-fields/{area['id']}/left")).json()
    assert left["items"] == [{"id": deals[2]["id"], "name": "C", "value": "a lot"}]
    # the formula goes on with the new one
    assert (await of_key(admin, "twice"))["formula"] == "length(concat(custom.area_2))"
    changed = {"version": now["version"], "custom": {"area_2": "7"}}
    after = (await admin.patch(f"/deals/{now['id']}", json=changed)).json()
    assert after["custom"]["twice"] == "1"
    assert (await admin.get(f"/deal-fields/{area['id']}/left")).json()["items"] == []


async def test_what_is_typed_meanwhile_is_there_afterwards(
    api: As, people: People, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = api(people.admin)
    monkeypatch.setattr(custom_turning, "PORTION", 5)
    monkeypatch.setattr(custom_turning, "FRESH", 1)
    field = await added(admin, "shade", "text", default="grey")
    deals = [await opened(admin, f"Shade {n}", shade=f"Tint {n % 3}") for n in range(20)]
    await begun(admin, field, "choice")
    typed: dict[str, str] = {}
    closing = 0
    for n in range(400):
        deal = deals[n % 20]
        now = (await admin.get(f"/deals/{deal['id']}")).json()
        change = {"version": now["version"], "custom": {"shade": f"Typed {n % 7}"}}
        reply = await admin.patch(f"/deals/{deal['id']}", json=change)
        if reply.status_code == 200:
            typed[deal["id"]] = f"Typed {n % 7}"
            continue
        assert reply.status_code == 422
        code = reply.json()["errors"][0]["code"]
        if code == "unknown":
            break  # the new one is in force
        assert code == "becoming"
        closing += 1
        await opened(admin, "A default stands in nobody's way")
        await asyncio.sleep(0.1)
    assert typed
    assert closing
    await settled()
    shade = await of_key(admin, "shade_2")
    names = {one["key"]: one["name"] for one in shade["options"]}
    for deal in deals:
        custom = (await admin.get(f"/deals/{deal['id']}")).json()["custom"]
        assert names[custom["shade_2"]] == custom["shade"] == typed.get(deal["id"], custom["shade"])
    assert names[shade["default"]] == "grey"


async def test_what_is_stopped_on_its_way_goes_on(
    api: As, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = api(people.admin)
    monkeypatch.setattr(custom_turning, "PORTION", 2)
    field = await added(admin, "stop", "text")
    deals = [await opened(admin, f"Stop {n}", stop=str(n)) for n in range(5)]
    portions = 0

    async def stopped(_: float) -> None:
        nonlocal portions
        portions += 1
        if portions == 2:
            raise RuntimeError("its process has died")

    monkeypatch.setattr(custom_turning, "let_others_pass", stopped)
    await begun(admin, field, "number")

    async def done() -> bool:
        return (await of_key(admin, "stop"))["archived"] is True

    await eventually(done)
    assert portions > 2
    for n, deal in enumerate(deals):
        assert (await admin.get(f"/deals/{deal['id']}")).json()["custom"]["stop_2"] == str(n)


async def test_who_may_not_see_the_field_does_not_see_the_new_one(
    api: As, people: People, settled: Settled
) -> None:
    admin = api(people.admin)
    field = await added(admin, "margin", "text")
    roles = (await admin.get("/roles")).json()
    manager = next(one for one in roles if one["code"] == "manager")
    grants = [
        {**grant, "without": [*grant["without"], "custom.margin"]}
        if (grant["object"], grant["operation"]) in {("sales.deal", "read"), ("sales.deal", "edit")}
        else grant
        for grant in manager["grants"]
    ]
    change = {"version": manager["version"], "grants": grants}
    reply = await admin.patch(f"/roles/{manager['id']}", json=change)
    assert reply.status_code == 200, reply.text
    view = {
        "kind": "deal", "name": "By margin", "seen_by": "all",
        "columns": ["title", "custom.margin"],
        "filter": {"field": "custom.margin", "op": "contains", "value": "5"},
    }  # fmt: skip
    made = await sent(admin, "/views", view)
    ann = api(people.ann)
    deal = await opened(ann, "Margin")
    reply = await admin.patch(
        f"/deals/{deal['id']}", json={"version": deal["version"], "custom": {"margin": "15"}}
    )
    assert reply.status_code == 200, reply.text
    assert (await seen(admin, field, "number"))["left"] == [{"kind": "view", "name": "By margin"}]
    await begun(admin, field, "number")
    await settled()
    hers = (await ann.get(f"/deals/{deal['id']}")).json()
    assert not {"margin", "margin_2"} & hers["custom"].keys()
    change = {"version": hers["version"], "custom": {"margin_2": "1"}}
    assert (await ann.patch(f"/deals/{deal['id']}", json=change)).status_code == 403
    assert (await admin.get(f"/deals/{deal['id']}")).json()["custom"]["margin_2"] == "15"
    now = (await admin.get(f"/views/{made['id']}")).json()
    assert now["columns"] == ["title", "custom.margin_2"]
    assert await found(admin, now["filter"]) == ["Margin"]


async def test_what_names_somebody_becomes_a_name(
    api: As, people: People, settled: Settled
) -> None:
    admin = api(people.admin)
    first = await opened(admin, "The first")
    link = await added(admin, "led", "link", links_to="deal")
    vet = await added(admin, "vet_2025", "person")
    deal = await opened(admin, "The second", led=first["id"], vet_2025=str(people.ann.id))
    await begun(admin, link, "text")
    await begun(admin, vet, "choice")
    await settled()
    custom = (await admin.get(f"/deals/{deal['id']}")).json()["custom"]
    assert custom["led_2"] == "The first"
    options = {one["key"]: one["name"] for one in (await of_key(admin, "vet_2025_2"))["options"]}
    assert options[custom["vet_2025_2"]] == people.ann.name
    back = await begun(admin, await of_key(admin, "vet_2025_2"), "person")
    await settled()
    assert back["becoming"]["type"] == "person"
    custom = (await admin.get(f"/deals/{deal['id']}")).json()["custom"]
    assert custom["vet_2025_3"] == str(people.ann.id)


async def test_only_who_may_change_fields_gives_them_types(api: As, people: People) -> None:
    admin, ann = api(people.admin), api(people.ann)
    field = await added(admin, "plain", "text")
    draft = {"version": field["version"], "type": "number"}
    for path in ("becoming", "become"):
        assert (await ann.post(f"/deal-fields/{field['id']}/{path}", json=draft)).status_code == 403
    assert (await ann.get(f"/deal-fields/{field['id']}/left")).status_code == 403
    assert (await admin.get(f"/deal-fields/{field['id']}/left")).status_code == 404
    await begun(admin, field, "text", 422)
    await begun(admin, field, "link", 422)
    worked = await sent(admin, "/deal-fields", {"name": "Made", "key": "made", "formula": "1 + 1"})
    await begun(admin, worked, "text", 422)
    stale = {**field, "version": 7}
    assert (await begun(admin, stale, "number", 409))["code"] == "stale"


def held(gausdo: Gausdo, key: str) -> int:
    """Deals that have a value under this key."""
    with closing(superuser(gausdo)) as db:
        query = "select count(*) from sales.deal where custom ? %s"
        count: int = db.execute(query, [key]).fetchone()[0]
    return count


async def test_what_was_begun_can_be_stopped(
    gausdo: Gausdo, api: As, people: People, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = api(people.admin)
    monkeypatch.setattr(custom_turning, "PORTION", 2)
    field = await added(admin, "halt", "text")
    deals = [await opened(admin, f"Halt {n}", halt=str(n)) for n in range(7)]
    path = f"/deal-fields/{field['id']}/become/stop"
    none = await admin.post(path)
    assert (none.status_code, none.json()["code"]) == (409, "custom-field.not-becoming")
    half = asyncio.Event()
    go_on = asyncio.Event()

    async def waits(_: float) -> None:
        if held(gausdo, "halt_2"):
            half.set()
            await go_on.wait()

    monkeypatch.setattr(custom_turning, "let_others_pass", waits)
    await begun(admin, field, "number")
    await asyncio.wait_for(half.wait(), 20)
    assert held(gausdo, "halt_2") > 0
    assert (await api(people.ann).post(path)).status_code == 403
    stopped = await admin.post(path)
    assert stopped.status_code == 200, stopped.text
    assert stopped.json()["becoming"]["stopping"] is True
    go_on.set()
    await settled()
    now = await of_key(admin, "halt")
    assert (now["archived"], now["becoming"], now["type"]) == (False, None, "text")
    assert (await of_key(admin, "halt_2"))["archived"] is True
    assert held(gausdo, "halt_2") == 0
    for n, deal in enumerate(deals):
        after = (await admin.get(f"/deals/{deal['id']}")).json()
        assert (after["custom"]["halt"], after["version"]) == (str(n), deal["version"])

    # begun anew, it is what it becomes, and too late to be stopped
    await begun(admin, now, "number")
    await settled()
    assert (await of_key(admin, "halt_3"))["archived"] is False
    assert (await admin.post(path)).status_code == 409


async def test_what_is_being_carried_over_cannot_be_stopped_any_more(
    gausdo: Gausdo, api: As, people: People
) -> None:
    admin = api(people.admin)
    field = await added(admin, "late", "text")
    carrying = "update sales.custom_field set becoming = %s where id = %s"
    told = {"into": field["id"], "type": "number", "done": 0, "total": 0, "lost": 0}
    told |= {"closing": False, "stage": "carrying"}
    with closing(superuser(gausdo)) as db:
        db.execute(carrying, [json.dumps(told), field["id"]])
        late = await admin.post(f"/deal-fields/{field['id']}/become/stop")
        db.execute(carrying, [None, field["id"]])
    assert (late.status_code, late.json()["code"]) == (409, "custom-field.not-becoming")
