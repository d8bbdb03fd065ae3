"""Products, their prices, and the lines of deals: what they come to is exact, and theirs to see."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from pydantic_core import from_json

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.values import new_id
from gausdo.modules.sales.contract import Pipeline, PipelineDraft, Sales
from gausdo.modules.sales.lines_contract import DealLinesDraft
from gausdo.modules.sales.products_contract import Product
from gausdo.modules.sales.sums import Priced, count
from tests.conftest import ADMIN, As, People
from tests.modules.sales.test_deals import STAGES, opened

pytestmark = pytest.mark.asyncio(loop_scope="session")
CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("sums.json").read_text())
"""The interface counts the same ones: `web/tests/unit/sums.test.ts`."""


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo: Gausdo) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Goods", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


async def added(client: httpx2.AsyncClient, code: str, **told: Any) -> dict[str, Any]:
    draft = {"name": "Oar", "code": code, "unit": "pcs", "currency": "RUB", **told}
    reply = await client.post("/products", json=draft)
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


def line(**told: Any) -> dict[str, Any]:
    return {"name": "Work", "quantity": "2", "price": "100.00", **told}


async def put(
    client: httpx2.AsyncClient, id: UUID, version: int, *lines: dict[str, Any], **told: Any
) -> httpx2.Response:
    body = {"version": version, "currency": "RUB", "lines": lines, **told}
    return await client.put(f"/deals/{id}/lines", json=body)


def _decimal(told: str | None) -> Decimal | None:
    return None if told is None else Decimal(told)


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
async def test_lines_come_to_the_last_kopeck(case: dict[str, Any]) -> None:
    lines = [
        Priced(
            Decimal(one["quantity"]),
            Decimal(one["price"]),
            _decimal(one["discount_percent"]),
            _decimal(one["discount_amount"]),
            _decimal(one["vat_rate"]),
        )
        for one in case["lines"]
    ]
    found = count(
        lines,
        with_vat=case["with_vat"],
        percent=_decimal(case["discount_percent"]),
        off=_decimal(case["discount_amount"]),
    )
    told = [{"sum": str(o.sum), "vat": str(o.vat), "payable": str(o.payable)} for o in found.lines]
    assert told == case["sums"]
    assert sum(one.payable for one in found.lines) == found.payable
    assert (str(found.before), str(found.discount)) == (case["before"], case["discount"])
    assert [{"rate": str(rate), "sum": str(vat)} for rate, vat in found.vat] == case["vat"]
    assert str(found.payable) == case["payable"]


async def test_a_product_is_found_and_its_code_is_its_own(api: As, people: People) -> None:
    head, ann = api(people.head), api(people.ann)
    oar = await added(head, "OAR-7", category="Wood", vat_rate="22", price="990.00")
    taken = await head.post(
        "/products", json={"name": "Other", "code": "oar-7", "unit": "m", "currency": "RUB"}
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "sales.code-taken")
    for asked in ({"q": "oar"}, {"q": "OAR-7"}, {"q": "7"}, {"category": "Wood"}):
        found = (await ann.get("/products", params=asked)).json()
        assert [one["id"] for one in found["items"]] == [oar["id"]], asked
    assert Product.model_validate(found["items"][0]) == Product.model_validate(oar)
    assert oar["vat_rate"] == "22"
    change = {"version": 1, "archived": True}
    assert (await ann.patch(f"/products/{oar['id']}", json=change)).status_code == 403
    gone = (await head.patch(f"/products/{oar['id']}", json=change)).json()
    assert (gone["archived"], gone["version"]) == (True, 2)
    assert (await head.patch(f"/products/{oar['id']}", json=change)).status_code == 409
    assert (await ann.get("/products", params={"q": "oar"})).json()["items"] == []
    away = (await ann.get("/products", params={"archived": "true"})).json()["items"]
    assert [one["id"] for one in away] == [oar["id"]]


async def test_products_are_read_page_by_page(api: As, people: People) -> None:
    head = api(people.head)
    for number in range(5):
        await added(head, f"PAGE-{number}", name=f"Page {4 - number}", category="Pages")
    for sort in ("name", "-name", "code", "-created_at"):
        params = {"category": "Pages", "sort": sort, "limit": "2"}
        found: list[str] = []
        while True:
            page = (await head.get("/products", params=params)).json()
            found += [one["code"] for one in page["items"]]
            if page["next"] is None:
                break
            params["after"] = page["next"]
        upward = [f"PAGE-{number}" for number in range(5)]
        assert found == (upward if sort in {"code", "-name"} else upward[::-1]), sort


async def test_a_price_holds_from_a_quantity_in_lists_in_use(api: As, people: People) -> None:
    head = api(people.head)
    product = await added(head, "PRICED")
    draft = {"name": "Wholesale", "currency": "RUB", "with_vat": False}
    wholesale = (await head.post("/price-lists", json=draft)).json()
    over = {"name": "Old", "currency": "RUB", "valid_until": "2020-01-01"}
    old = (await head.post("/price-lists", json=over)).json()
    told = [
        {"price_list_id": wholesale["id"], "from_quantity": "10", "price": "90.00"},
        {"price_list_id": wholesale["id"], "price": "100.00"},
        {"price_list_id": old["id"], "price": "1.00"},
    ]
    place = f"/products/{product['id']}/prices"
    reply = await head.put(place, json={"version": 1, "prices": told})
    assert (reply.status_code, reply.json()["version"]) == (200, 2), reply.text
    same = await head.put(place, json={"version": 2, "prices": told})
    assert same.json()["version"] == 2
    prices = (await api(people.ann).get(place)).json()
    assert [
        (one["name"], one["from_quantity"], one["price"], one["current"]) for one in prices
    ] == [
        ("Old", "1", "1.00", False),
        ("Wholesale", "1", "100.00", True),
        ("Wholesale", "10", "90.00", True),
    ]
    for wrong in (
        [told[0], told[0]],
        [{"price_list_id": str(new_id()), "price": "1.00"}],
        [{**told[0], "price": "-1"}],
        [{**told[0], "from_quantity": "0"}],
    ):
        refused = await head.put(place, json={"version": 2, "prices": wrong})
        assert refused.status_code == 422, wrong
    backwards = {**draft, "valid_from": "2026-02-01", "valid_until": "2026-01-01"}
    assert (await head.post("/price-lists", json=backwards)).status_code == 422
    assert (await api(people.ann).post("/price-lists", json=draft)).status_code == 403


async def test_a_deal_is_worth_what_its_lines_come_to(api: As, people: People) -> None:
    ann = api(people.ann)
    product = await added(api(people.head), "LINES", vat_rate="22", price="100.00")
    deal = await opened(ann, worth={"amount": "5.00", "currency": "EUR"})
    lines = [
        {"product_id": product["id"], "quantity": "2.5", "price": "100.00", "vat_rate": "22"},
        line(discount_percent="10", vat_rate="10"),
    ]
    reply = await put(ann, deal.id, 1, *lines, with_vat=False, discount_amount="30.00")
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert [(one["name"], one["unit"], one["code"]) for one in told["lines"]] == [
        ("Oar", "pcs", "LINES"),
        ("Work", None, None),
    ]
    assert (told["before"], told["discount"], told["version"]) == ("450.00", "50.00", 2)
    assert told["vat"] == [{"rate": "10", "sum": "16.74"}, {"rate": "22", "sum": "51.16"}]
    assert told["payable"] == "467.90"
    assert (await ann.get(f"/deals/{deal.id}/lines")).json() == told
    now = (await ann.get(f"/deals/{deal.id}")).json()
    assert (now["worth"], now["version"]) == ({"amount": "467.90", "currency": "RUB"}, 2)
    by_hand = await ann.patch(
        f"/deals/{deal.id}", json={"version": 2, "worth": {"amount": "1.00", "currency": "RUB"}}
    )
    assert (by_hand.status_code, by_hand.json()["code"]) == (409, "sales.sum-of-lines")
    turned = (await put(ann, deal.id, 2, *lines[::-1], with_vat=False)).json()
    assert [one["name"] for one in turned["lines"]] == ["Work", "Oar"]
    [entry, *_] = (await ann.get(f"/deals/{deal.id}/history")).json()
    assert entry["changes"]["lines"] == [["Oar x 2.5", "Work x 2"], ["Work x 2", "Oar x 2.5"]]
    empty = (await put(ann, deal.id, 3)).json()
    assert (empty["lines"], empty["payable"]) == ([], None)
    change = {"version": 4, "worth": {"amount": "1.00", "currency": "RUB"}}
    assert (await ann.patch(f"/deals/{deal.id}", json=change)).status_code == 200


async def test_what_cannot_be_counted_is_refused_and_nothing_changes(
    api: As, people: People
) -> None:
    ann = api(people.ann)
    deal = await opened(ann)
    assert (await put(ann, deal.id, 1, line())).status_code == 200
    before = (await ann.get(f"/deals/{deal.id}/lines")).json()
    for wrong in (
        line(quantity="0"),
        line(quantity="-1"),
        line(quantity="NaN"),
        line(quantity="Infinity"),
        line(quantity="1e999999"),
        line(quantity="0.0000001"),
        line(quantity="9999999999999999"),
        line(price="-0.01"),
        line(price="0.001"),
        line(price="9999999999999999.99"),
        line(discount_percent="100.01"),
        line(discount_percent="-1"),
        line(discount_amount="200.01"),
        line(discount_percent="1", discount_amount="1.00"),
        line(vat_rate="101"),
        line(name=None),
        line(name=" "),
        line(product_id=str(new_id())),
        line(sum="1"),
    ):
        reply = await put(ann, deal.id, 2, wrong)
        assert reply.status_code == 422, (wrong, reply.text)
    for whole in (
        {"discount_amount": "200.01"},
        {"discount_percent": "1", "discount_amount": "1"},
        {"currency": "rub"},
        {"lines": [line()] * 501},
    ):
        assert (await put(ann, deal.id, 2, line(), **whole)).status_code == 422, whole
    assert (await ann.get(f"/deals/{deal.id}/lines")).json() == before


async def test_lines_of_two_who_change_them_at_once_are_those_of_one(
    api: As, people: People
) -> None:
    ann = api(people.ann)
    deal = await opened(ann)
    at_once = (put(ann, deal.id, 1, line(quantity=str(number))) for number in range(1, 7))
    replies = await asyncio.gather(*at_once)
    assert sorted(reply.status_code for reply in replies) == [200, *[409] * 5]
    [won] = (reply.json() for reply in replies if reply.status_code == 200)
    assert (await ann.get(f"/deals/{deal.id}/lines")).json() == won


async def test_lines_are_seen_and_changed_as_the_deal_is(
    api: As, people: People, gausdo: Gausdo
) -> None:
    ann, eve, head = api(people.ann), api(people.eve), api(people.head)
    deal = await opened(ann)
    await put(ann, deal.id, 1, line(discount_percent="5", vat_rate="22"))
    assert (await eve.get(f"/deals/{deal.id}/lines")).status_code == 404
    assert (await put(eve, deal.id, 2, line())).status_code == 404
    assert (await head.get(f"/deals/{deal.id}/lines")).json()["payable"] == "190.00"
    blind, sales = without_worth(people.ann), gausdo.get(Sales)
    told = await sales.deal_lines(blind, deal.id)
    assert told.hidden
    assert (told.payable, told.vat, told.before, told.discount) == (None, [], None, None)
    [one] = told.lines
    assert (one.name, one.quantity) == ("Work", 2)
    hidden = ("price", "sum", "vat", "payable", "discount_percent", "discount_amount")
    assert [getattr(one, name) for name in hidden] == [None] * 6
    draft = {"version": 2, "currency": "RUB", "lines": [line()]}
    with pytest.raises(Forbidden):
        await sales.set_deal_lines(blind, deal.id, DealLinesDraft.model_validate(draft))
    [entry, *_] = from_json(await sales.deal_history(blind, deal.id))
    assert entry["changes"] == {"lines": [None, ["Work x 2"]]}


def without_worth(actor: Actor) -> Actor:
    grants = tuple(
        grant.model_copy(update={"without": frozenset({"worth"})})
        if grant.object == "sales.deal"
        else grant
        for grant in actor.grants
    )
    return actor.model_copy(update={"grants": grants})


async def test_the_seller_is_told_once_and_changed_from_what_was_seen(
    api: As, people: People
) -> None:
    head = api(people.head)
    first = (await head.get("/seller")).json()
    assert (first["version"], first["vat_rates"]) == (0, ["0", "5", "7", "10", "20", "22"])
    told = {"version": 0, "name": "ООО «Лодка»", "inn": "7701234567", "kpp": "770101001"}
    saved = await head.put("/seller", json=told)
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    assert (await head.put("/seller", json=told)).json()["code"] == "stale"
    for wrong in ({"inn": "123"}, {"account": "1" * 19}, {"vat_rates": ["101"]}):
        assert (await head.put("/seller", json={"version": 1, **wrong})).status_code == 422
    assert (await api(people.ann).put("/seller", json={"version": 1})).status_code == 403
