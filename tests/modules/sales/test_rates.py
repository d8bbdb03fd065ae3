"""Rates of currencies: told, read, fetched; and what deals are worth by them."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.errors import Forbidden, Invalid
from gausdo.kernel.rates import RatesFeedChange
from gausdo.modules.sales.contract import Board, Pipeline, PipelineDraft, Sales
from gausdo.modules.sales.rate_tables import Base
from gausdo.modules.sales.service import SalesService
from tests.conftest import ADMIN, As, People
from tests.modules.sales.test_bank_xml import DOLLAR, YEN, daily
from tests.modules.sales.test_deals import STAGES, opened
from tests.platform.test_outbound import answers, receiver

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEW, TALKS, WON, LOST = range(4)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pipeline(gausdo: Gausdo) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Abroad", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


@pytest.fixture
def sales(gausdo: Gausdo) -> SalesService:
    return cast(SalesService, gausdo.get(Sales))


async def set_rate(client: httpx2.AsyncClient, currency: str, value: str, **told: Any) -> Any:
    draft = {"currency": currency, "value": value, "day": "2026-01-10", **told}
    reply = await client.put("/rates", json=draft)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def in_force(client: httpx2.AsyncClient, **asked: str) -> dict[str, str]:
    told = (await client.get("/rates", params=asked)).json()
    return {rate["currency"]: rate["value"] for rate in told}


async def test_a_rate_holds_from_its_day_until_the_next(
    api: As, people: People, settled: Callable[[], Awaitable[None]]
) -> None:
    admin, ann = api(people.admin), api(people.ann)
    await set_rate(admin, "GBP", "100.1000000001")
    later = await set_rate(admin, "GBP", "110", day="2026-01-20")
    days = ("2026-01-09", "2026-01-10", "2026-01-19", "2026-01-20", "2030-01-01")
    told = [(await in_force(ann, day=day)).get("GBP") for day in days]
    assert told == [None, "100.1000000001", "100.1000000001", "110", "110"]
    replaced = await set_rate(admin, "GBP", "115", day="2026-01-20", units=10)
    assert (replaced["id"], replaced["units"]) == (later["id"], 10)
    every = (await ann.get("/rates", params={"currency": "GBP"})).json()
    assert [(one["day"], one["value"]) for one in every] == [
        ("2026-01-20", "115"),
        ("2026-01-10", "100.1000000001"),
    ]
    assert (await admin.delete(f"/rates/{later['id']}")).status_code == 204
    assert (await in_force(ann, day="2030-01-01"))["GBP"] == "100.1000000001"
    assert (await admin.delete(f"/rates/{later['id']}")).status_code == 404
    await settled()
    page = (await admin.get("/audit", params={"kind": "rates"})).json()
    changes = [entry["changes"]["GBP"] for entry in page["items"]]
    assert changes[:3] == [
        ["115 / 10 (typed)", None],
        ["110 (typed)", "115 / 10 (typed)"],
        [None, "110 (typed)"],
    ]


async def test_rates_are_seen_by_who_sees_deals_and_set_by_who_configures(
    api: As, people: People
) -> None:
    ann = api(people.ann)
    assert (await ann.get("/rates")).status_code == 200
    draft = {"currency": "GBP", "value": "1", "day": "2026-01-10"}
    for reply in (
        await ann.put("/rates", json=draft),
        await ann.delete(f"/rates/{uuid4()}"),
        await ann.post("/rates/import", json={"content": ""}),
        await ann.get("/rates/feed"),
        await ann.patch("/rates/feed", json={"version": 1, "url": None}),
        await ann.post("/rates/feed/fetch"),
    ):
        assert reply.status_code == 403, reply.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"currency": "RUB"}, "currency"),
        ({"currency": "usd"}, "currency"),
        ({"value": "0"}, "value"),
        ({"value": "-1"}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": "0.00000000001"}, "value"),
        ({"value": "123456789012345678901"}, "value"),
        ({"units": 0}, "units"),
        ({"units": 1.5}, "units"),
        ({"units": 1_000_001}, "units"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": "1800-01-01"}, "day"),
        ({"base": "RUB"}, "base"),
    ],
)
async def test_a_wrong_rate_is_refused(
    api: As, people: People, wrong: dict[str, Any], field: str
) -> None:
    draft = {"currency": "CHF", "value": "1", "day": "2026-01-10", **wrong}
    reply = await api(people.admin).put("/rates", json=draft)
    assert reply.status_code == 422, reply.text
    assert field in [error["field"] for error in reply.json()["errors"]]
    assert "CHF" not in await in_force(api(people.admin))


def packed(content: bytes) -> dict[str, str]:
    return {"content": base64.b64encode(content).decode()}


async def test_a_file_is_read_and_leaves_what_was_typed(api: As, people: People) -> None:
    admin, day = api(people.admin), "2002-03-02"
    await set_rate(admin, "JPY", "25", units=100, day=day)
    told = []
    for file in (
        daily(DOLLAR, YEN),
        daily(DOLLAR, YEN),
        daily(DOLLAR.replace("30,9436", "31")),
    ):
        reply = await admin.post("/rates/import", json=packed(file))
        told.append([reply.json()[name] for name in ("added", "changed", "same", "kept")])
    assert told == [[1, 0, 0, 1], [0, 0, 1, 1], [0, 1, 0, 0]]
    assert await in_force(admin, day=day) == {"JPY": "25", "USD": "31"}
    for content, code in (("?", "base64"), ("PGE+", "rates-unreadable")):
        reply = await admin.post("/rates/import", json={"content": content})
        assert (reply.status_code, reply.json()["errors"][0]["code"]) == (422, code)


async def test_roubles_are_read_where_roubles_are_the_base(sales: SalesService) -> None:
    with pytest.raises(Invalid) as refusal:
        replace(sales, base=Base("EUR", "Europe/Berlin"))._read(daily(DOLLAR))
    assert refusal.value.errors[0].code == "rates-other-base"


async def moved(client: httpx2.AsyncClient, deal: Any, pipeline: Pipeline, stage: int) -> Any:
    asked = {"version": deal.version, "stage_id": str(pipeline.stages[stage].id)}
    reply = await client.post(f"/deals/{deal.id}/move", json=asked)
    assert reply.status_code == 200, reply.text
    return type(deal).model_validate(reply.json())


async def test_the_board_counts_in_the_base_currency(
    api: As, people: People, pipeline: Pipeline
) -> None:
    admin, ann = api(people.admin), api(people.ann)
    today = date.today()  # noqa: DTZ011 - a rate of yesterday holds everywhere
    yesterday = str(today - timedelta(days=1))
    await set_rate(admin, "EUR", "91.2345", day=yesterday)
    await set_rate(admin, "KZT", "17.5", units=100, day=yesterday)
    for amount, currency, stage in (
        ("100.10", "RUB", NEW),
        ("10.01", "EUR", NEW),
        ("5.00", "EUR", NEW),
        ("1000.33", "KZT", NEW),
        ("7.00", "AED", NEW),
        ("20.00", "RUB", TALKS),
    ):
        await opened(
            ann,
            pipeline_id=str(pipeline.id),
            stage_id=str(pipeline.stages[stage].id),
            worth={"amount": amount, "currency": currency},
        )
    won = await opened(
        ann, pipeline_id=str(pipeline.id), worth={"amount": "2.00", "currency": "EUR"}
    )
    won = await moved(ann, won, pipeline, WON)
    unrated = await opened(
        ann, pipeline_id=str(pipeline.id), worth={"amount": "3.00", "currency": "AED"}
    )
    unrated = await moved(ann, unrated, pipeline, WON)

    board = await board_of(ann, pipeline)
    # 15.01 EUR and 1000.33 KZT, each as a whole: 1369.43 and 175.06 beside 100.10
    assert told(board.columns[NEW].base) == ("1644.59", "164.46", ["AED"])
    assert told(board.columns[TALKS].base) == ("20.00", "10.00", [])
    assert told(board.columns[WON].base) == ("182.47", "182.47", ["AED"])
    assert board.columns[LOST].base is None
    assert told(board.base) == ("1664.59", "174.46", ["AED"])

    await set_rate(admin, "EUR", "100", day=yesterday)
    await set_rate(admin, "AED", "20", day=yesterday)
    board = await board_of(ann, pipeline)
    assert told(board.columns[NEW].base) == ("1916.16", "191.62", [])  # open: as of today
    assert told(board.columns[WON].base) == ("242.47", "242.47", [])  # the dirhams had none to keep
    kept = (await ann.get(f"/deals/{won.id}/in-base")).json()
    assert (kept["base"]["amount"], kept["value"], kept["kept"]) == ("182.47", "91.2345", True)
    late = (await ann.get(f"/deals/{unrated.id}/in-base")).json()
    assert (late["base"]["amount"], late["kept"]) == ("60.00", False)
    assert (await api(people.eve).get(f"/deals/{won.id}/in-base")).status_code == 404
    assert told((await board_of(api(people.eve), pipeline)).base) is None

    again = await moved(ann, won, pipeline, TALKS)
    open_ = (await ann.get(f"/deals/{won.id}/in-base")).json()
    assert (open_["base"]["amount"], open_["kept"]) == ("200.00", False)
    again = await moved(ann, again, pipeline, WON)
    anew = (await ann.get(f"/deals/{won.id}/in-base")).json()
    assert (anew["base"]["amount"], anew["kept"]) == ("200.00", True)
    change = {"version": again.version, "worth": {"amount": "4.00", "currency": "KZT"}}
    assert (await ann.patch(f"/deals/{won.id}", json=change)).status_code == 200
    other = (await ann.get(f"/deals/{won.id}/in-base")).json()
    assert (other["base"]["amount"], other["units"], other["kept"]) == ("0.70", 100, True)
    base = (await board_of(ann, pipeline)).columns[WON].base
    assert told(base) == ("60.70", "60.70", [])


async def board_of(client: httpx2.AsyncClient, pipeline: Pipeline) -> Board:
    reply = await client.get(f"/pipelines/{pipeline.id}/board")
    return Board.model_validate_json(reply.content)


def told(base: Any) -> tuple[str, str, list[str]] | None:
    return base and (str(base.sum), str(base.weighted), base.without_rate)


async def test_rates_are_fetched_once_a_day(sales: SalesService) -> None:
    seen: list[bytes] = []
    file = daily(DOLLAR.replace("USD", "CAD"))
    reply = b"HTTP/1.1 %s\r\ncontent-length: %d\r\n\r\n%s"
    good = reply % (b"200 OK", len(file), file)
    async with receiver(answers(good, seen)) as port:
        mine = replace(sales, allowed=(f"127.0.0.1:{port}",))
        feed = await mine.rates_feed(ADMIN)
        url = f"http://127.0.0.1:{port}/daily"
        feed = await mine.change_rates_feed(ADMIN, RatesFeedChange(version=feed.version, url=url))
        assert (feed.tried_at, feed.trouble) == (None, None)
        await mine.fetch_daily()
        await mine.fetch_daily()
        assert len(seen) == 1
        feed = await mine.rates_feed(ADMIN)
        assert (str(feed.day), feed.trouble, feed.read_at) == ("2002-03-02", None, feed.tried_at)
    assert any(rate.currency == "CAD" for rate in await sales.rates(ADMIN))
    for answer, trouble in (
        (reply % (b"404 Not Found", 0, b""), "refused"),
        (reply % (b"200 OK", 4, b"<a/>"), "rates-unreadable"),
    ):
        async with receiver(answers(answer)) as port:
            mine = replace(sales, allowed=(f"127.0.0.1:{port}",))
            change = RatesFeedChange(version=feed.version, url=f"http://127.0.0.1:{port}/daily")
            feed = await mine.change_rates_feed(ADMIN, change)
            await mine.fetch_daily()
            feed = await mine.rates_feed(ADMIN)
            assert (feed.trouble, feed.read_at) == (trouble, None)
    feed = await mine.fetch_rates(ADMIN)
    assert feed.trouble == "unreachable"
    assert (await sales.fetch_rates(ADMIN)).trouble == "blocked"  # nobody allows it any more


async def test_rates_are_fetched_from_outside_only(
    api: As, people: People, sales: SalesService
) -> None:
    admin = api(people.admin)
    version = (await admin.get("/rates/feed")).json()["version"]
    for url in ("https://127.0.0.1/x", "http://example.org/x", "https://[::1]/", "file:///etc/x"):
        reply = await admin.patch("/rates/feed", json={"version": version, "url": url})
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "url"), url
    stale = await admin.patch("/rates/feed", json={"version": version + 7, "url": None})
    assert stale.json()["code"] == "stale"
    gone = await admin.patch("/rates/feed", json={"version": version, "url": None})
    assert gone.json()["url"] is None
    assert (await admin.post("/rates/feed/fetch")).status_code == 422
    with pytest.raises(Forbidden):
        await sales.fetch_rates(people.ann)
