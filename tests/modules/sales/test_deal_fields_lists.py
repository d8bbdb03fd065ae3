"""Lists of deals by fields that were added: what they ask, their order, their indexes."""

import asyncio
import json
import re
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from psycopg import AsyncRawCursor
from sqlalchemy import Select, select

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor, Grant, Reach
from gausdo.kernel.custom import MOST_INDEXED, CustomFieldChange, CustomFieldDraft
from gausdo.kernel.errors import Forbidden, Invalid
from gausdo.kernel.pages import Listed
from gausdo.modules.sales.access import GUARD, READ
from gausdo.modules.sales.contract import Deal, DealDraft, DealQuery, PipelineDraft, Sales
from gausdo.modules.sales.queries import deals as deals_query
from gausdo.modules.sales.tables import DealRow, schema
from gausdo.platform.custom_indexes import build_asked
from gausdo.platform.custom_sql import guarded_with
from gausdo.platform.db import Read
from gausdo.platform.narrow import conditioned
from gausdo.settings import Settings
from tests.conftest import ADMIN, As, People, superuser_dsn

pytestmark = pytest.mark.asyncio(loop_scope="session")

STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]
TYPES = {"size": "number", "price": "money", "name": "text", "day": "date", "at": "time"}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def fields(gausdo: Gausdo) -> None:
    sales = gausdo.get(Sales)
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    await sales.add_pipeline(ADMIN, draft)
    for key, type in TYPES.items():
        told = {"name": key, "key": key, "type": type, "indexed": True}
        await sales.add_deal_field(ADMIN, CustomFieldDraft.model_validate(told))
    options = [{"key": "red", "name": "Red"}, {"key": "blue", "name": "Blue"}]
    for key, type in {"colour": "choice", "colours": "choices"}.items():
        told = {"name": key, "key": key, "type": type, "indexed": True, "options": options}
        await sales.add_deal_field(ADMIN, CustomFieldDraft.model_validate(told))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def deals(gausdo: Gausdo, people: People, fields: None) -> list[dict[str, Any]]:
    """In the order of every field; the last two have none."""
    made = []
    for number in range(7):
        custom = {
            "size": f"{number - 2}.5",
            "price": {"amount": str(number), "currency": "RUB"},
            "name": "абвгдеё"[number].upper() + "x" * 5000,
            "day": f"2026-01-0{number + 1}",
            "at": f"2026-01-01T00:00:0{number}Z",
            "colour": ("red", "blue")[number % 2],
            "colours": ["red"] if number % 2 else ["red", "blue"],
        }
        draft = {"title": f"Deal {number}", "custom": custom if number < 5 else {}}
        deal = await gausdo.get(Sales).open_deal(people.ann, DealDraft.model_validate(draft))
        made.append({"id": str(deal.id), "custom": deal.custom})
    return made


async def titles(client: httpx2.AsyncClient, sort: str, **told: Any) -> list[str]:
    """Of all pages of two."""
    found: list[str] = []
    after = {}
    while True:
        asked = {"sort": sort, "limit": 2, **told, **after}
        reply = await client.get("/deals", params=asked)
        assert reply.status_code == 200, reply.text
        page = reply.json()
        found += [one["title"] for one in page["items"]]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


@pytest.mark.parametrize("key", TYPES)
async def test_pages_are_in_the_order_of_a_field(
    api: As, people: People, deals: list[dict[str, Any]], key: str
) -> None:
    client = api(people.ann)
    upwards = await titles(client, f"custom.{key}")
    assert await titles(client, f"-custom.{key}") == upwards[::-1]
    filled = [title for title in upwards if title not in {"Deal 5", "Deal 6"}]
    assert filled == [f"Deal {number}" for number in range(5)]
    assert {*upwards[:2]} == {"Deal 5", "Deal 6"} or {*upwards[-2:]} == {"Deal 5", "Deal 6"}


async def test_what_has_no_order_is_refused(api: As, people: People) -> None:
    for sort in ("custom.colour", "custom.nothing", "custom."):
        reply = await api(people.ann).get("/deals", params={"sort": sort})
        assert reply.status_code == 422, sort


INTO_SQL = ("size' or true --", "size') = '1' or ('1", 'size"; drop table sales.deal; --', "size.'")


@pytest.mark.parametrize("key", INTO_SQL)
async def test_no_key_leads_into_sql(api: As, people: People, key: str) -> None:
    asked = json.dumps({"field": f"custom.{key}", "op": "eq", "value": "1"})
    for params in ({"sort": f"custom.{key}"}, {"filter": asked}):
        reply = await api(people.ann).get("/deals", params=params)
        assert reply.status_code == 422, reply.text
    draft = {"name": key, "type": "number"}
    told = await api(people.admin).post("/deal-fields", json={**draft, "key": key})
    assert told.status_code == 422
    made = await api(people.admin).post("/deal-fields", json=draft)
    assert re.fullmatch("[a-z][a-z0-9_]*", made.json()["key"])


async def test_filters_may_ask_of_what_was_added(api: As, people: People) -> None:
    async def asked(actor: Actor) -> dict[str, Any]:
        known = (await api(actor).get("/fields")).json()
        [deal] = [one for one in known if one["object"] == "sales.deal"]
        return {one["name"]: one for one in deal["fields"]}

    told = await asked(people.ann)
    assert told["custom.size"]["type"] == "number"
    assert told["custom.colour"]["options"] == ["red", "blue"]


async def plan(gausdo: Gausdo, statement: Select[Any]) -> str:
    """How PostgreSQL reads it where it may not help itself otherwise."""
    db = gausdo.databases["sales"]
    asked, params = db.prepared(Read(object(), {}, lambda: statement))
    async with db.connection() as connection, connection.transaction():
        await connection.execute("set local enable_seqscan = off")
        await connection.execute("set local enable_sort = off")
        found = await AsyncRawCursor(connection).execute(f"explain {asked}".encode(), params)
        return "\n".join(line for (line,) in await found.fetchall())


async def test_indexes_are_built_and_used(
    gausdo: Gausdo, people: People, deals: list[dict[str, Any]], settings: Settings
) -> None:
    admin_dsn = superuser_dsn(settings)
    built = await asyncio.to_thread(build_asked, admin_dsn, schema)
    orders = {f"cf_deal_{key}_order" for key in TYPES}
    parted = {f"{whose}_deal_{key}" for key in TYPES for whose in ("ct", "co")}
    assert {*built} == orders | parted | {"cf_deal_name", "cf_deal_colour", "cf_deal_colours"}
    assert await asyncio.to_thread(build_asked, admin_dsn, schema) == []
    sales, admin = gausdo.get(Sales), people.admin
    fields = await sales.deal_fields(ADMIN)
    for key in TYPES:
        for sort in (f"custom.{key}", f"-custom.{key}"):
            page = deals_query(admin, DealQuery(sort=sort), fields)
            assert f"cf_deal_{key}_order" in await plan(gausdo, page.statement()), sort
            for reach, index in ((Reach.TEAM, "ct"), (Reach.OWN, "co")):
                grant = Grant(object="sales.deal", operation="read", reach=reach)
                ann = people.ann.model_copy(update={"grants": (grant,)})
                page = deals_query(ann, DealQuery(sort=sort), fields)
                found = await plan(gausdo, page.statement())
                assert f"using {index}_deal_{key} " in found, f"{sort} {reach}"
    row = DealRow.__table__.c
    guard = guarded_with(GUARD, fields, schema.name, row.custom)
    for key, op, value in (
        ("size", "gt", 1), ("price", "eq", 3), ("day", "lt", "2026-01-02"),
        ("at", "gte", "2026-01-01T00:00:03Z"), ("colour", "eq", "red"),
        ("name", "eq", "A"), ("colours", "in", ["blue"]),
    ):  # fmt: skip
        asked = json.dumps({"field": f"custom.{key}", "op": op, "value": value})
        found = conditioned(admin, READ, DealQuery(filter=asked), guard, row.id)
        ids = await plan(gausdo, select(row.id).where(*found))
        # of so few rows any index of the order may be the cheapest
        order = rf"(cf_deal_{key}_order|c[to]_deal_{key})"
        index = f"cf_deal_{key}" if key in {"name", "colour", "colours"} else order
        assert re.search(rf"(?i)(on|using) {index} ", ids), key
    [field] = [one for one in await sales.deal_fields(ADMIN) if one.key == "colours"]
    off = CustomFieldChange(version=field.version, indexed=False)
    await sales.change_deal_field(ADMIN, field.id, off)
    assert await asyncio.to_thread(build_asked, admin_dsn, schema) == ["cf_deal_colours"]


async def test_what_is_hidden_is_no_way_to_find_or_to_sort(
    gausdo: Gausdo, people: People, deals: list[dict[str, Any]]
) -> None:
    sales = gausdo.get(Sales)

    def seeing(*grants: tuple[Reach, frozenset[str]]) -> Actor:
        return people.ann.model_copy(
            update={
                "grants": tuple(
                    Grant(object="sales.deal", operation="read", reach=reach, without=without)
                    for reach, without in grants
                )
            }
        )

    hidden = frozenset({"custom.size"})
    never = seeing((Reach.OWN, hidden))
    for query in (
        DealQuery(sort="custom.size"),
        DealQuery(filter='{"field": "custom.size", "op": "gt", "value": 0}'),
    ):
        with pytest.raises(Forbidden):
            await sales.list_deals(never, query)
    [known] = await sales.added_fields(never)
    assert "custom.size" not in {field.name for field in known.fields}
    eves = await sales.open_deal(
        people.eve, DealDraft.model_validate({"title": "Eve", "custom": {"size": "-50"}})
    )
    partly = seeing((Reach.OWN, frozenset()), (Reach.ALL, hidden))
    listed = Listed[Deal].model_validate_json(
        bytes(await sales.list_deals(partly, DealQuery(sort="custom.size")))
    )
    assert {one.title for one in listed.items[:3]} == {"Deal 5", "Deal 6", "Eve"}
    [found] = [one for one in listed.items if one.id == eves.id]
    assert found.custom == {}
    asked = '{"field": "custom.size", "op": "lt", "value": -10}'
    told = await sales.list_deals(partly, DealQuery(filter=asked))
    assert Listed[Deal].model_validate_json(bytes(told)).items == []


async def test_few_fields_are_indexed(gausdo: Gausdo) -> None:
    sales = gausdo.get(Sales)
    fields = await sales.deal_fields(ADMIN)
    room = MOST_INDEXED - sum(one.indexed for one in fields)
    draft = {"name": "More", "type": "bool", "indexed": True}
    for _ in range(room):
        await sales.add_deal_field(ADMIN, CustomFieldDraft.model_validate(draft))
    with pytest.raises(Invalid):
        await sales.add_deal_field(ADMIN, CustomFieldDraft.model_validate(draft))


async def test_a_field_of_one_pipeline_is_no_field_of_others(
    gausdo: Gausdo, people: People
) -> None:
    sales = gausdo.get(Sales)
    [first] = await sales.pipelines(ADMIN)
    draft = PipelineDraft.model_validate({"name": "Renewals", "stages": STAGES})
    second = await sales.add_pipeline(ADMIN, draft)
    told: dict[str, Any] = {"name": "Term", "key": "term", "type": "number", "required": True}
    unknown = told | {"pipeline_ids": [str(people.ann.id)]}
    with pytest.raises(Invalid):
        await sales.add_deal_field(ADMIN, CustomFieldDraft.model_validate(unknown))
    own = told | {"pipeline_ids": [str(second.id)]}
    await sales.add_deal_field(ADMIN, CustomFieldDraft.model_validate(own))

    async def opened(pipeline_id: UUID, **custom: str) -> Deal:
        deal = {"title": "Deal", "pipeline_id": str(pipeline_id), "custom": custom}
        return await sales.open_deal(people.ann, DealDraft.model_validate(deal))

    assert (await opened(first.id)).custom == {}
    assert (await opened(second.id, term="12")).custom == {"term": "12"}
    for pipeline_id, custom in ((first.id, {"term": "12"}), (second.id, {})):
        with pytest.raises(Invalid):
            await opened(pipeline_id, **custom)
