"""The world of `world.py` in a real installation."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import httpx2
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.modules.customers.ways import _check
from gausdo.modules.sales.contract import PipelineDraft, Sales
from tests.conftest import ADMIN, As, People
from tests.rights.world import Condition, Record, World
from tests.waiting import eventually

STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Talks", "probability": 50},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]
CITIES = ("Tver", "Omsk")
OWNERS = ("head", "ann", "bob", "eve")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(api: As, people: People, gausdo: Gausdo, settled: Callable[[], Any]) -> World:
    """Two of everything for each of four people; every text in it is found nowhere else."""
    made = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    pipeline = await gausdo.get(Sales).add_pipeline(ADMIN, made)
    records: dict[str, list[Record]] = {
        "company": [], "person": [], "deal": [], "task": [], "view": [], "edit": []
    }  # fmt: skip
    conditions = _conditions(str(pipeline.stages[0].id))
    number = 0
    for owner in OWNERS:
        client = api(getattr(people, owner))
        for _ in range(2):
            number += 1
            group = None if number % 2 else records["company"][-1]["id"]
            company = await _company(client, number, group)
            person = await _person(client, number, company["id"])
            stage = pipeline.stages[number % 2]
            deal = await _deal(client, number, str(stage.id), company["id"], person["id"])
            task = await _task(client, number, deal["id"])
            view = await _view(client, number)
            edit = await _edit(client, company, view["owner_id"])
            for kind, record in (
                ("company", company), ("person", person), ("deal", deal), ("task", task),
                ("view", view), ("edit", edit),
            ):  # fmt: skip
                records[kind].append(record)
    await settled()
    admin = api(people.admin)

    async def counted() -> bool:
        told = (await admin.get("/reports/dashboard")).json()["activity_by_owner"]
        return sum(one["opened"] for one in told) == 2 * len(OWNERS)

    await eventually(counted)
    return World(records, conditions)


def _conditions(stage_id: str) -> Mapping[str, list[Condition]]:
    """Questions, and what they mean in plain Python."""
    return {
        "deal": [
            ({"field": "stage_id", "op": "eq", "value": stage_id},
             lambda one: one["stage_id"] == stage_id),
            ({"field": "amount", "op": "gte", "value": "10005.00"},
             lambda one: one["amount"] >= Decimal("10005.00")),
        ],
        "company": [({"field": "city", "op": "eq", "value": CITIES[0]},
                     lambda one: one["city"] == CITIES[0])],
        "person": [({"field": "position", "op": "is_empty"}, lambda one: not one["position"])],
        "task": [({"field": "about_kind", "op": "eq", "value": "deal"}, lambda _: True)],
    }  # fmt: skip


def _ogrn(number: int) -> str:
    """With its check digit."""
    digits = f"102770{number:06d}"
    return f"{digits}{int(digits) % 11 % 10}"


def _inn(number: int) -> str:
    """With its check digit."""
    digits = [int(one) for one in f"77{number:07d}"]
    return "".join(map(str, [*digits, _check(digits, (2, 4, 10, 3, 5, 9, 4, 6, 8))]))


async def _post(client: httpx2.AsyncClient, path: str, draft: dict[str, Any]) -> Record:
    reply = await client.post(path, json=draft)
    assert reply.status_code == 201, reply.text
    told = reply.json()
    owner = told.get("owner_id") or told["owner"]["id"]
    return {"id": told["id"], "owner_id": owner, "team_id": told["team_id"], "shared": set()}


async def _company(client: httpx2.AsyncClient, number: int, parent_id: str | None) -> Record:
    told = {
        "name": f"Firm{number}q",
        "legal_name": f"Register{number}q",
        "inn": _inn(number),
        "kpp": f"7705QR{number:03d}",
        "ogrn": _ogrn(number),
        "address": f"street{number}q",
        "domain": f"dom{number}q.example",
        "phones": [f"+7495{number:07d}"],
        "emails": [f"firm{number}q@mail.example"],
        "industry": f"trade{number}q",
        "tags": [f"firmtag{number}q"],
        "source": f"firmsource{number}q",
        "about": f"aboutfirm{number}q",
    }
    city = CITIES[number % 2]
    beside = {"city": city, "size": number + 1, "parent_id": parent_id}
    made = await _post(client, "/companies", {**told, **beside})
    return {**made, "city": city, "parent_id": parent_id, "told": _telling(told)}


async def _person(client: httpx2.AsyncClient, number: int, company_id: str) -> Record:
    position = f"boss{number}q" if number % 3 else None
    told = {
        "name": f"Human{number}q",
        "position": position,
        "document": f"4500{number:06d}",
        "phones": [f"+7916{number:07d}"],
        "emails": [f"human{number}q@mail.example"],
        "city": f"city{number}q",
        "tags": [f"humantag{number}q"],
        "source": f"humansource{number}q",
        "about": f"abouthuman{number}q",
    }
    made = await _post(client, "/people", {**told, "company_id": company_id})
    return {**made, "position": position, "company_id": company_id, "told": _telling(told)}


async def _deal(
    client: httpx2.AsyncClient, number: int, stage_id: str, company_id: str, contact_id: str
) -> Record:
    amount, currency = f"{10000 + number}.{number:02d}", ("RUB", "USD")[number % 3 == 0]
    expected_on = f"2027-{number % 12 + 1:02d}-{number + 10}"
    told = {
        "title": f"Deal{number}q",
        "worth": {"amount": amount, "currency": currency},
        "expected_on": expected_on,
        "about": f"aboutdeal{number}q",
    }
    made = await _post(
        client,
        "/deals",
        {**told, "stage_id": stage_id, "company_id": company_id, "contact_id": contact_id},
    )
    return {
        **made,
        "stage_id": stage_id,
        "amount": Decimal(amount),
        "currency": currency,
        "company_id": company_id,
        "contact_id": contact_id,
        "told": _telling({**told, "worth": amount}),
    }


async def _task(client: httpx2.AsyncClient, number: int, deal_id: str) -> Record:
    told = {"title": f"Task{number}q", "description": f"abouttask{number}q"}
    made = await _post(client, "/tasks", {**told, "about": {"kind": "deal", "id": deal_id}})
    note = await client.post(
        "/notes", json={"about": {"kind": "deal", "id": deal_id}, "text": f"note{number}q"}
    )
    assert note.status_code == 201, note.text
    return {**made, "about_id": deal_id, "told": _telling(told)}


async def _view(client: httpx2.AsyncClient, number: int) -> Record:
    """One's own, that nobody else has."""
    asked = f"wanted{number}q"
    told = {"name": f"View{number}q", "filter": {"field": "title", "op": "eq", "value": asked}}
    reply = await client.post("/views", json={**told, "kind": "deal"})
    assert reply.status_code == 201, reply.text
    view = reply.json()
    return {
        **{name: view[name] for name in ("id", "owner_id", "team_id")},
        "shared": set(),
        "told": {"name": view["name"], "filter": asked},
    }


async def _edit(client: httpx2.AsyncClient, company: Record, owner_id: str) -> Record:
    """A mass edit, which leaves all as it is."""
    told = {"of": {"ids": [company["id"]]}, "change": {"city": company["city"]}}
    reply = await client.post("/companies/mass-edits", json=told)
    assert reply.status_code == 201, reply.text
    return {
        "id": reply.json()["id"],
        "owner_id": owner_id,
        "team_id": None,
        "shared": set(),
        "told": {},
    }


def _telling(told: Mapping[str, Any]) -> dict[str, str]:
    """Field → its text, as any answer would have it."""
    return {
        name: value[0] if isinstance(value, list) else value
        for name, value in told.items()
        if value
    }
