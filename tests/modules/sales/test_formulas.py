"""Fields that are worked out of others: what a formula gives, where it is wrong, who sees it."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.actor import Grant, Reach
from gausdo.kernel.errors import Forbidden
from gausdo.modules.sales.contract import DealQuery, PipelineDraft, Sales
from gausdo.modules.sales.tables import schema
from gausdo.platform.custom_indexes import build_asked
from gausdo.settings import Settings
from tests.conftest import ADMIN, As, People, Settled, superuser_dsn

pytestmark = pytest.mark.asyncio(loop_scope="session")

OPTIONS = [{"key": "small", "name": "Small"}, {"key": "large", "name": "Large"}]
FIELDS: list[dict[str, Any]] = [
    {"name": "Weight", "key": "weight", "type": "number"},
    {"name": "Discount", "key": "discount", "type": "number"},
    {"name": "Price", "key": "price", "type": "money"},
    {"name": "Fee", "key": "fee", "type": "money"},
    {"name": "Starts", "key": "starts", "type": "date"},
    {"name": "Seen", "key": "seen", "type": "time"},
    {"name": "Size", "key": "size", "type": "choice", "options": OPTIONS},
    {"name": "Coats", "key": "coats", "type": "choices", "options": OPTIONS},
    {"name": "Vip", "key": "vip", "type": "bool"},
    {"name": "Note", "key": "note", "type": "text"},
    {"name": "Less", "key": "less", "formula": "worth * (1 - custom.discount / 100)"},
]
CUSTOM: dict[str, Any] = {
    "weight": "12.5",
    "discount": "10",
    "price": {"amount": "900.00", "currency": "RUB"},
    "fee": {"amount": "5.00", "currency": "USD"},
    "starts": "2026-01-31",
    "seen": "2026-03-31T22:30:00+00:00",
    "size": "large",
    "coats": ["small"],
    "vip": True,
    "note": "Лайка",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def fields(gausdo: Gausdo, api: As, people: People) -> dict[str, Any]:
    stages = [
        {"name": "New", "probability": 10},
        {"name": "Won", "kind": "won", "probability": 100},
        {"name": "Lost", "kind": "lost", "probability": 0},
    ]
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": stages})
    await gausdo.get(Sales).add_pipeline(ADMIN, draft)
    return {field["key"]: await added(api(people.admin), field) for field in FIELDS}


async def added(client: httpx2.AsyncClient, field: dict[str, Any]) -> dict[str, Any]:
    reply = await client.post("/deal-fields", json=field)
    assert reply.status_code == 201, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def opened(client: httpx2.AsyncClient, title: str, **told: Any) -> dict[str, Any]:
    reply = await client.post("/deals", json={"title": title, **told})
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


async def tried(client: httpx2.AsyncClient, formula: str) -> dict[str, Any]:
    reply = await client.post("/deal-fields/formula", json={"formula": formula})
    assert reply.status_code == 200, reply.text
    told: dict[str, Any] = reply.json()
    return told


RUB, EMPTY = "RUB", None
GIVES = [
    ("custom.weight * 2 - 1", "24"),
    ("-custom.weight + 2 * (3 + 4)", "1.5"),
    ("1 / 3", "0.333333"),
    ("1 / (custom.weight - 12.5)", EMPTY),
    ("1 / 0 + 5", EMPTY),
    ("custom.price + worth", {"amount": "1900.00", "currency": RUB}),
    ("custom.price + custom.fee", EMPTY),
    ("custom.price * 0.333", {"amount": "299.70", "currency": RUB}),
    ("custom.price / worth", "0.9"),
    ("custom.price > custom.fee", False),
    ("custom.price != custom.fee", True),
    ("max(custom.price, worth)", {"amount": "1000.00", "currency": RUB}),
    ("min(custom.weight, 3, none)", "3"),
    ("round(custom.weight) + floor(2.7) + ceil(2.1) + abs(-1)", "19"),
    ("round(2.345; 2)", "2.35"),
    ('custom.starts + 1 = "2026-02-01"', True),
    ("addmonths(custom.starts, 1)", "2026-02-28"),
    ('days("2026-01-01", custom.starts)', "30"),
    ("custom.starts + 1000000", EMPTY),
    ("date(custom.seen)", "2026-04-01"),
    ("year(custom.starts) * 100 + month(custom.starts)", "202601"),
    ('custom.size = "Large" and custom.size = "large"', True),
    ('concat(custom.size, ": ", custom.weight, " ", custom.price)', "Large: 12.5 900.00 RUB"),
    ('has(custom.coats, "Small") and not has(custom.coats, "large")', True),
    ('if(custom.vip, upper(custom.note), "–")', "ЛАЙКА"),
    ('contains(custom.note, "айк") or empty(custom.note)', True),
    ("length(custom.note)", "5"),
    ("coalesce(custom.missing, custom.weight)", "12.5"),
    ("custom.missing + 1", EMPTY),
    ("custom.missing > 1", False),
    ("custom.missing != 1", True),
    ("empty(custom.missing)", True),
    ('money(amount(custom.fee), "EUR")', {"amount": "5.00", "currency": "EUR"}),
    ("9999999999999999 * 9999999999999999", EMPTY),
    ("custom.less + worth", {"amount": "1900.00", "currency": RUB}),
]


async def test_a_formula_gives(api: As, people: People) -> None:
    admin = api(people.admin)
    await added(admin, {"name": "Missing", "key": "missing", "type": "number"})
    worth = {"amount": "1000.00", "currency": RUB}
    deal = await opened(admin, "Example", worth=worth, custom=CUSTOM)
    assert deal["custom"]["less"] == {"amount": "900.00", "currency": RUB}
    for formula, expected in GIVES:
        told = await tried(admin, formula)
        assert told["type"], (formula, told)
        [example] = [one for one in told["examples"] if one["name"] == "Example"]
        assert example["value"] == expected, formula


@pytest.mark.parametrize(
    ("formula", "code", "at"),
    [
        ("custom.weight +", "syntax", 15),
        ("(1 + 2", "syntax", 6),
        ("1 2", "syntax", 2),
        ("weight; drop table deal", "unknown", 0),
        ("custom.nothing", "unknown", 0),
        ("sleep(1)", "unknown", 0),
        ("custom.weight + custom.starts", "types", 14),
        ("custom.price * worth", "types", 13),
        ("if(custom.weight, 1, 2)", "types", 3),
        ("if(custom.vip, 1, custom.note)", "types", 0),
        ("round()", "arguments", 0),
        ("days(custom.starts, today())", "today", 20),
        ('custom.size = "Huge"', "option", 14),
        ('custom.starts > "2026-02-30"', "date", 16),
        ("custom.coats", "kind", 0),
        ("none", "kind", 0),
        ("(" * 40 + "1" + ")" * 40, "too-large", 30),
        ("not " * 40 + "true", "too-large", 120),
        ("-" * 40 + "1", "too-large", 30),
        ("1" + "+1" * 400, "too-large", 299),
    ],
)
async def test_a_wrong_formula_says_where(
    api: As, people: People, formula: str, code: str, at: int
) -> None:
    admin = api(people.admin)
    told = await tried(admin, formula)
    assert (told["code"], told["at"]) == (f"formula-{code}", at) or code == "too-large"
    assert told["code"] == f"formula-{code}"
    refused = await admin.post("/deal-fields", json={"name": "Wrong", "formula": formula})
    assert refused.json()["errors"][0]["field"] == "formula"


async def test_it_follows_what_it_is_made_of(api: As, people: People) -> None:
    ann = api(people.ann)
    deal = await opened(ann, "Follows", worth={"amount": "200.00", "currency": RUB})
    assert "less" not in deal["custom"]
    path = f"/deals/{deal['id']}"
    changed = await ann.patch(path, json={"version": 1, "custom": {"discount": "50"}})
    assert changed.json()["custom"]["less"] == {"amount": "100.00", "currency": RUB}
    more = {"version": 2, "worth": {"amount": "300.00", "currency": "USD"}}
    changed = await ann.patch(path, json=more)
    assert changed.json()["custom"]["less"] == {"amount": "150.00", "currency": "USD"}
    [last, *_] = (await ann.get(f"{path}/history")).json()
    assert {*last["changes"]} == {"worth"}


async def test_nobody_fills_it_in(api: As, people: People) -> None:
    ann, admin = api(people.ann), api(people.admin)
    less = {"less": {"amount": "1.00", "currency": RUB}}
    refused = await ann.post("/deals", json={"title": "No", "custom": less})
    assert refused.json()["errors"][0]["code"] == "computed"
    deal = await opened(ann, "Own")
    path = f"/deals/{deal['id']}"
    refused = await ann.patch(path, json={"version": 1, "custom": less})
    assert refused.status_code == 422
    edit = {"of": {"ids": [deal["id"]]}, "change": {"custom": less}}
    assert (await ann.post("/deals/mass-edits", json=edit)).status_code == 422
    for wrong in ({"required": True}, {"unique": True}, {"default": "1"}):
        field = {"name": "W", "formula": "1 + 1", **wrong}
        assert (await admin.post("/deal-fields", json=field)).status_code == 422


async def test_it_is_worked_out_of_all_that_were_there(
    api: As, people: People, settled: Settled
) -> None:
    admin, ann = api(people.admin), api(people.ann)
    deals = [await opened(ann, f"There {n}", custom={"weight": n}) for n in range(3)]
    made = await added(admin, {"name": "Twice", "key": "twice", "formula": "custom.weight * 2"})
    assert made["type"] == "number"
    assert made["uses"] == ["custom.weight"]
    four = {"name": "Four", "key": "four", "formula": "custom.twice * 2", "indexed": True}
    four = await added(admin, four)
    assert four["uses"] == ["custom.twice", "custom.weight"]
    await settled()

    async def told(key: str) -> list[Any]:
        ids = ",".join(deal["id"] for deal in deals)
        reply = await ann.get("/deals", params={"ids": ids, "sort": "title"})
        assert {one["version"] for one in reply.json()["items"]} == {1}
        return [one["custom"].get(key) for one in reply.json()["items"]]

    assert await told("four") == ["0", "4", "8"]
    path = f"/deal-fields/{made['id']}"
    again = {"version": 1, "formula": "custom.weight * 10"}
    changed = await admin.patch(path, json=again)
    assert changed.status_code == 200, changed.text
    await settled()
    assert await told("four") == ["0", "20", "40"]
    [field] = [one for one in (await ann.get("/deal-fields")).json() if one["key"] == "twice"]
    assert field["computing"] is None
    for formula, code in (
        ("custom.four + 1", "formula-cycle"), ("custom.note", "formula-other-type"),
    ):  # fmt: skip
        refused = await admin.patch(path, json={"version": 2, "formula": formula})
        assert refused.json()["errors"][0]["code"] == code, refused.text


async def test_lists_ask_for_it_and_are_sorted_by_it(
    gausdo: Gausdo, api: As, people: People, settings: Settings, settled: Settled
) -> None:
    ann = api(people.ann)
    await settled()
    asked = json.dumps({"field": "custom.four", "op": "gt", "value": 20})
    reply = await ann.get("/deals", params={"filter": asked, "sort": "-custom.four"})
    assert reply.status_code == 200, reply.text
    found = [one["custom"]["four"] for one in reply.json()["items"]]
    assert found == sorted(found, key=float, reverse=True)
    assert "40" in found
    built = await asyncio.to_thread(build_asked, superuser_dsn(settings), schema)
    assert "cf_deal_four_order" in built


async def test_an_option_that_is_called_otherwise_is_worked_out_anew(
    api: As, people: People, settled: Settled, fields: dict[str, Any]
) -> None:
    admin, ann = api(people.admin), api(people.ann)
    deal = await opened(ann, "Sized", custom={"size": "small"})
    sized = {"name": "Sized", "key": "sized", "formula": 'concat("= ", custom.size)'}
    await added(admin, sized)
    renamed = [{"key": "small", "name": "Tiny"}, {"key": "large", "name": "Large"}]
    path = f"/deal-fields/{fields['size']['id']}"
    assert (await admin.patch(path, json={"version": 1, "options": renamed})).status_code == 200
    await settled()
    told = (await ann.get(f"/deals/{deal['id']}")).json()
    assert told["custom"]["sized"] == "= Tiny"


async def test_who_may_not_see_a_part_does_not_see_the_whole(
    gausdo: Gausdo, api: As, people: People
) -> None:
    sales = gausdo.get(Sales)
    deal = await opened(
        api(people.ann), "Secret", worth={"amount": "70.00", "currency": RUB},
        custom={"discount": "0", "weight": "3"},
    )  # fmt: skip

    def seeing(*hidden: str) -> Any:
        grant = Grant(
            object="sales.deal", operation="read", reach=Reach.OWN, without=frozenset(hidden)
        )
        return people.ann.model_copy(update={"grants": (grant,)})

    for hidden, gone in ((("worth",), {"less"}), (("custom.weight",), {"twice", "four"})):
        actor = seeing(*hidden)
        told = await sales.deal(actor, deal["id"])
        assert not gone & told.custom.keys()
        assert {f"custom.{key}" for key in gone} <= {*told.hidden}
        [known] = await sales.added_fields(actor)
        assert not {f"custom.{key}" for key in gone} & {field.name for field in known.fields}
        name = f"custom.{min(gone)}"
        with pytest.raises(Forbidden):
            await sales.list_deals(
                actor, DealQuery(filter=json.dumps({"field": name, "op": "is_not_empty"}))
            )
    with pytest.raises(Forbidden):
        await sales.list_deals(seeing("custom.weight"), DealQuery(sort="custom.four"))
    whole = await sales.deal(seeing("custom.note"), deal["id"])
    assert whole.custom["less"] == {"amount": "70.00", "currency": RUB}
