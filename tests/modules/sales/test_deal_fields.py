"""Fields that an installation adds to its deals: defined, filled, asked for, in the history."""

import json
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.actor import Grant, Reach
from gausdo.kernel.configuration import Action, Asked, BadConfiguration, Difference
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.values import new_id
from gausdo.modules.sales.contract import DealQuery, PipelineDraft, Sales
from tests.conftest import ADMIN, As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")

DRAFTS = {
    "breed": {"name": "Порода щенка", "type": "text"},
    "weight": {"name": "Weight", "type": "number", "help": "In kilograms."},
    "price": {"name": "Price", "type": "money"},
    "born": {"name": "Born", "type": "date"},
    "seen": {"name": "Seen", "type": "time"},
    "chipped": {"name": "Chipped", "type": "bool"},
    "size": {
        "name": "Size", "type": "choice",
        "options": [{"key": "small", "name": "Small"}, {"key": "large", "name": "Large"}],
    },
    "coats": {
        "name": "Coats", "type": "choices",
        "options": [{"key": "short", "name": "Short"}, {"key": "long", "name": "Long"}],
    },
    "vet": {"name": "Vet", "type": "person"},
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo: Gausdo) -> None:
    stages = [
        {"name": "New", "probability": 10},
        {"name": "Won", "kind": "won", "probability": 100},
        {"name": "Lost", "kind": "lost", "probability": 0},
    ]
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": stages})
    await gausdo.get(Sales).add_pipeline(ADMIN, draft)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def fields(api: As, people: People, pipeline: None) -> dict[str, Any]:
    made = {}
    for key, draft in DRAFTS.items():
        reply = await api(people.admin).post("/deal-fields", json={"key": key, **draft})
        assert reply.status_code == 201, reply.text
        made[key] = reply.json()
    return made


async def opened(client: httpx2.AsyncClient, **custom: object) -> dict[str, Any]:
    reply = await client.post("/deals", json={"title": "Puppy", "custom": custom})
    assert reply.status_code == 201, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def found(client: httpx2.AsyncClient, key: str, op: str, *value: object) -> set[str]:
    asked = {"field": f"custom.{key}", "op": op, **({"value": value[0]} if value else {})}
    reply = await client.get("/deals", params={"filter": json.dumps(asked), "limit": 200})
    assert reply.status_code == 200, reply.text
    return {one["id"] for one in reply.json()["items"]}


async def test_values_are_kept_in_one_form(api: As, people: People) -> None:
    client = api(people.ann)
    deal = await opened(
        client,
        breed="Лайка",
        weight=12.5,
        price={"amount": "900.00", "currency": "RUB"},
        born="2026-03-01",
        seen="2026-03-01T12:00:00+03:00",
        chipped=False,
        size="large",
        coats=["long", "short", "long"],
        vet=str(people.bob.id),
    )
    assert deal["custom"] == {
        "breed": "Лайка",
        "weight": "12.5",
        "price": {"amount": "900.00", "currency": "RUB"},
        "born": "2026-03-01",
        "seen": "2026-03-01T09:00:00Z",
        "chipped": False,
        "size": "large",
        "coats": ["short", "long"],
        "vet": str(people.bob.id),
    }
    again = await client.get(f"/deals/{deal['id']}")
    assert again.json()["custom"] == deal["custom"]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"weight": "heavy"}, "custom.weight"),
        ({"weight": True}, "custom.weight"),
        ({"price": {"amount": "1.001", "currency": "RUB"}}, "custom.price"),
        ({"born": "2026-02-30"}, "custom.born"),
        ({"seen": "2026-03-01T12:00:00"}, "custom.seen"),
        ({"size": "huge"}, "custom.size"),
        ({"coats": ["bald"]}, "custom.coats"),
        ({"coats": "short"}, "custom.coats"),
        ({"vet": "Bob"}, "custom.vet"),
        ({"breed": "x" * 20_001}, "custom.breed"),
        ({"tail": "long"}, "custom.tail"),
    ],
)
async def test_what_a_field_does_not_take_is_refused(
    api: As, people: People, told: dict[str, Any], field: str
) -> None:
    reply = await api(people.ann).post("/deals", json={"title": "Puppy", "custom": told})
    assert reply.status_code == 422, reply.text
    assert [error["field"] for error in reply.json()["errors"]] == [field]


async def test_deals_are_found_by_values_of_every_type(api: As, people: People) -> None:
    client = api(people.ann)
    one = (await opened(
        client, breed="Husky", weight="30", price={"amount": "10", "currency": "EUR"},
        born="2025-01-01", seen="2025-01-01T00:00:00Z", chipped=True, size="small",
        coats=["short"], vet=str(people.eve.id),
    ))["id"]  # fmt: skip
    for key, op, value in (
        ("breed", "eq", "Husky"), ("breed", "starts_with", "hus"), ("weight", "gt", "29.9"),
        ("price", "lt", "10.01"), ("born", "between", ["2024-12-31", "2025-01-01"]),
        ("seen", "lt", "2025-01-01T03:00:01+03:00"), ("chipped", "eq", True),
        ("size", "in", ["small"]), ("coats", "not_in", ["long"]), ("vet", "eq", str(people.eve.id)),
    ):  # fmt: skip
        assert one in await found(client, key, op, value), (key, op)
    other = (await opened(client))["id"]
    for key in DRAFTS:
        assert other in await found(client, key, "is_empty"), key
    assert other not in await found(client, "weight", "gt", "0")


async def test_a_change_names_the_fields_and_can_be_taken_back(api: As, people: People) -> None:
    client = api(people.ann)
    deal = await opened(client, breed="Mops", weight="8")
    change = {"version": 1, "custom": {"weight": "9", "born": "2026-05-05"}}
    changed = await client.patch(f"/deals/{deal['id']}", json=change)
    assert changed.json()["custom"] == {"breed": "Mops", "weight": "9", "born": "2026-05-05"}
    [entry, _] = (await client.get(f"/deals/{deal['id']}/history")).json()
    assert entry["changes"] == {"custom.weight": ["8", "9"], "custom.born": [None, "2026-05-05"]}
    restored = await client.post(
        f"/deals/{deal['id']}/history/restore",
        json={"entry_id": entry["id"], "field": "custom.weight", "version": 2},
    )
    assert restored.json()["custom"]["weight"] == "8"
    emptied = await client.patch(
        f"/deals/{deal['id']}", json={"version": 3, "custom": {"breed": None}}
    )
    assert emptied.json()["custom"] == {"weight": "8", "born": "2026-05-05"}


async def test_a_required_field_is_asked_for(
    api: As, people: People, fields: dict[str, Any]
) -> None:
    admin, client = api(people.admin), api(people.ann)
    path = f"/deal-fields/{fields['breed']['id']}"
    older = await opened(client)
    told = await admin.patch(path, json={"version": 1, "required": True, "default": "Mixed"})
    assert told.status_code == 200, told.text
    deal = await opened(client)
    assert deal["custom"] == {"breed": "Mixed"}
    gone = {"version": 1, "custom": {"breed": None}}
    refused = await client.patch(f"/deals/{deal['id']}", json=gone)
    assert [error["field"] for error in refused.json()["errors"]] == ["custom.breed"]
    weighed = await client.patch(
        f"/deals/{older['id']}", json={"version": 1, "custom": {"weight": "3"}}
    )
    assert weighed.json()["custom"] == {"weight": "3"}
    back = {"version": 2, "required": False, "default": None}
    assert (await admin.patch(path, json=back)).status_code == 200


async def test_what_a_role_hides_is_not_told_nor_asked_for(
    api: As, people: People, gausdo: Gausdo
) -> None:
    deal = await opened(api(people.ann), breed="Corgi", weight="12")
    hidden = Grant(
        object="sales.deal",
        operation="read",
        reach=Reach.OWN,
        without=frozenset({"custom.weight"}),
    )
    actor = people.ann.model_copy(update={"grants": (hidden,)})
    sales = gausdo.get(Sales)
    told = await sales.deal(actor, UUID(deal["id"]))
    assert told.custom == {"breed": "Corgi"}
    assert told.hidden == ["custom.weight"]
    asked = json.dumps({"field": "custom.weight", "op": "eq", "value": "12"})
    with pytest.raises(Forbidden):
        await sales.list_deals(actor, DealQuery(filter=asked))


async def test_only_who_may_configure_defines_fields(api: As, people: People) -> None:
    draft = {"name": "Tail", "type": "text"}
    assert (await api(people.ann).post("/deal-fields", json=draft)).status_code == 403
    assert (await api(people.ann).get("/deal-fields")).status_code == 200
    admin = api(people.admin)
    twice = await admin.post("/deal-fields", json={"key": "breed", **draft})
    assert twice.json()["code"] == "custom-field.key-taken"
    for bad in ({"type": "choice"}, {"type": "text", "options": [{"key": "a", "name": "A"}]}):
        reply = await admin.post("/deal-fields", json={"name": "Bad", **bad})
        assert reply.status_code == 422, bad
    made = (await admin.post("/deal-fields", json={"name": "Дата прививки", "type": "date"})).json()
    assert made["key"] == "data_privivki"
    path = f"/deal-fields/{made['id']}"
    put_away = await admin.patch(path, json={"version": 1, "archived": True})
    assert put_away.json()["archived"]
    stale = await admin.patch(path, json={"version": 1, "name": "Later"})
    assert stale.status_code == 409
    refused = await api(people.ann).post(
        "/deals", json={"title": "Puppy", "custom": {"data_privivki": "2026-01-01"}}
    )
    assert refused.status_code == 422


async def test_fields_go_from_one_installation_to_another_as_files(
    gausdo: Gausdo, fields: dict[str, Any]
) -> None:
    sales = gausdo.get(Sales)
    there = (await sales.dump_configuration(ADMIN))["deal-fields"]
    breed = next(one for one in there if one["key"] == "breed")
    renamed = breed | {"name": "Breed of the puppy", "required": True, "default": "Mixed"}
    new = renamed | {"id": str(new_id()), "key": "tail", "name": "Tail", "type": "number"}
    new |= {"default": "12.50", "required": False}

    async def planned(*wanted: dict[str, Any], removing: bool = False) -> list[Difference]:
        asked = Asked(wanted={"deal-fields": list(wanted)}, removing=removing)
        return (await sales.plan_configuration(ADMIN, asked)).differences

    assert await planned(*there) == []
    seen = await planned(renamed, new)
    assert [one.action for one in seen] == [Action.CHANGE, Action.ADD]
    await sales.apply_configuration(ADMIN, Asked(wanted={"deal-fields": [renamed, new]}), seen)
    told = {one.key: one for one in await sales.deal_fields(ADMIN)}
    assert (told["breed"].name, told["breed"].required) == ("Breed of the puppy", True)
    assert (told["tail"].type, told["tail"].default) == ("number", "12.50")
    size = next(one for one in there if one["key"] == "size")
    for bad in (renamed | {"type": "number"}, renamed | {"key": "race"},
                size | {"options": size["options"][:1]}, new | {"id": str(new_id())}):  # fmt: skip
        with pytest.raises(BadConfiguration):
            await planned(bad)
    [*_, gone] = await planned(renamed, removing=True)
    assert (gone.action, gone.reason and gone.reason.code) == (Action.STAY, "configuration.left")
    back = Asked(wanted={"deal-fields": [breed]})
    undone = await sales.plan_configuration(ADMIN, back)
    await sales.apply_configuration(ADMIN, back, undone.differences)
