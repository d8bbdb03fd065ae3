"""Every limit, at it and one beyond, over real sockets (docs/limits.md lists them)."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import psycopg
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.gateway import gate
from gausdo.kernel.values import new_id
from gausdo.modules.sales.contract import Pipeline, PipelineDraft, Sales
from gausdo.serve import serving
from tests.conftest import ADMIN, People, superuser_dsn
from tests.hostile.conftest import Serve, Site
from tests.hostile.wire import chunked, sent, tab

pytestmark = pytest.mark.asyncio(loop_scope="session")
STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pipeline(gausdo: Gausdo) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


def bearer(site: Site, people: People) -> tuple[str, str]:
    return f"authorization: Bearer {site.token(people.admin)}", "content-type: application/json"


def deal_of(size: int) -> bytes:
    """A deal nobody takes, in so many bytes of JSON."""
    bare = len(json.dumps({"title": "x", "pad": ""}))
    return json.dumps({"title": "x", "pad": "x" * (size - bare)}).encode()


async def test_a_body_has_at_most_a_megabyte(site: Site, people: People) -> None:
    told = bearer(site, people)
    for size, status in ((gate.BODY, 422), (gate.BODY + 1, 413)):
        whole = await sent(site.port, "POST /api/v1/deals", *told, body=deal_of(size))
        pieces = chunked(*(deal_of(size)[at : at + 50_000] for at in range(0, size, 50_000)))
        streamed = await sent(
            site.port, "POST /api/v1/deals", *told, "transfer-encoding: chunked", body=pieces
        )
        assert (whole.status, streamed.status) == (status, status)
    assert streamed.code == "too-large"


async def test_a_body_that_is_only_promised_is_refused_at_once(site: Site, people: People) -> None:
    reply = await sent(
        site.port, "POST /api/v1/deals", *bearer(site, people), "content-length: 99999999", body=()
    )
    assert (reply.status, reply.code) == (413, "too-large")


async def test_a_file_has_at_most_twenty_megabytes_and_a_stranger_none(
    site: Site, people: People
) -> None:
    told, _ = bearer(site, people)
    most = 20 * 1024 * 1024
    line = b"name\n" + b"x" * 200 + b"\n"
    for size, status in ((most, 422), (most + 1, 413), (gate.UPLOAD + 1, 413)):
        file = (line * (size // len(line) + 1))[: size - 1] + b"\x00"
        reply = await sent(site.port, "POST /api/v1/imports/companies", told, body=file)
        assert reply.status == status, reply.body
    stranger = await sent(
        site.port, "POST /api/v1/imports/companies", "content-length: 2000000", body=()
    )
    assert (stranger.status, stranger.code) == (413, "too-large")


async def test_addresses_and_headers_have_an_end(site: Site, people: People) -> None:
    told, _ = bearer(site, people)
    for length, statuses in ((20_000, {422}), (70_000, {414, 431})):
        reply = await sent(site.port, f"GET /api/v1/deals?q={'x' * length}", told)
        assert reply.status in statuses, length
    for length, statuses in ((20_000, {200}), (70_000, {431})):
        reply = await sent(site.port, "GET /api/v1/me", told, f"x-much: {'x' * length}")
        assert reply.status in statuses, length


def leaf(value: Any = "x", field: str = "title", op: str = "eq") -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def nested(levels: int) -> dict[str, Any]:
    """A condition so many levels deep."""
    return leaf() if levels == 1 else {"not": nested(levels - 1)}


ASKED = {
    "limit": (200, 201),
    "q": ("x" * 200, "x" * 201),
    "ids": (
        ",".join(str(new_id()) for _ in range(200)),
        ",".join(str(new_id()) for _ in range(201)),
    ),
    "after": ("x" * 1000, "x" * 1001),
    "filter": (json.dumps(nested(8)), json.dumps(nested(9))),
    "filter: questions": (
        json.dumps({"any": [leaf()] * 100}),
        json.dumps({"any": [leaf()] * 101}),
    ),
    "filter: values": (
        json.dumps(leaf(["x"] * 1000, op="in")),
        json.dumps(leaf(["x"] * 1001, op="in")),
    ),
    "filter: text": (json.dumps(leaf("x" * 1000)), json.dumps(leaf("x" * 1001))),
    "filter: size": (
        json.dumps(leaf()).ljust(20_000),
        json.dumps(leaf()).ljust(20_001),
    ),
}


@pytest.mark.parametrize("name", ASKED)
async def test_a_list_takes_so_much_and_no_more(
    admin: httpx2.AsyncClient, name: str, pipeline: Pipeline
) -> None:
    parameter = name.partition(":")[0]
    within, beyond = [await admin.get("/deals", params={parameter: value}) for value in ASKED[name]]
    at_limit = "cursor" if parameter == "after" else None
    assert (within.status_code == 200) or within.json()["errors"][0]["code"] == at_limit
    assert beyond.status_code == 422, beyond.text
    assert beyond.json()["errors"][0]["field"].startswith(parameter)


TOLD = {
    "title": ("x" * 200, "x" * 201),
    "about": ("я" * 20_000, "я" * 20_001),
    "worth.amount": ("9999999999999999.99", "10000000000000000.00"),
    "expected_on": ("9999-12-31", "10000-01-01"),
    "worth.currency": ("RUB", "RUBL"),
}


@pytest.mark.parametrize("name", TOLD)
async def test_a_deal_takes_so_much_and_no_more(
    admin: httpx2.AsyncClient, name: str, pipeline: Pipeline
) -> None:
    for value, status in zip(TOLD[name], (201, 422), strict=True):
        draft: dict[str, Any] = {"title": "x"}
        if name.startswith("worth."):
            worth = {"amount": "1.00", "currency": "RUB", name.partition(".")[2]: value}
            draft["worth"] = worth
        else:
            draft[name] = value
        reply = await admin.post("/deals", json=draft)
        assert reply.status_code == status, reply.text
    assert reply.json()["errors"][0]["field"] == name


STRANGE = {
    "a huge exponent": '{"title": "x", "worth": {"amount": 1e999999, "currency": "RUB"}}',
    "a huge exponent in text": '{"title": "x", "worth": {"amount": "1e999999", "currency": "RUB"}}',
    "a tiny exponent": '{"title": "x", "worth": {"amount": "1e-999999", "currency": "RUB"}}',
    "no number": '{"title": "x", "worth": {"amount": NaN, "currency": "RUB"}}',
    "no number in text": '{"title": "x", "worth": {"amount": "NaN", "currency": "RUB"}}',
    "no end": '{"title": "x", "worth": {"amount": -Infinity, "currency": "RUB"}}',
    "many digits": f'{{"title": "x", "worth": {{"amount": {"9" * 900_000}, "currency": "RUB"}}}}',
    "a deep list": f'{{"title": {"[" * 450_000}{"]" * 450_000}}}',
    "a deep list, cut": "[" * 900_000,
    "deep objects": '{"a":' * 150_000 + "1" + "}" * 150_000,
    "many keys": json.dumps({f"k{n}": n for n in range(60_000)}),
    "a date that is none": '{"title": "x", "expected_on": "2026-02-30"}',
    "a year before all": '{"title": "x", "expected_on": "0000-01-01"}',
    "half a pair": '{"title": "\\ud800"}',
    "not UTF-8": b'{"title": "\xff"}',
    "nothing": "",
    "no object": "17",
}


@pytest.mark.parametrize("name", STRANGE)
async def test_a_strange_body_is_refused_in_no_time(site: Site, people: People, name: str) -> None:
    told = STRANGE[name]
    body = told if isinstance(told, bytes) else told.encode()
    reply = await sent(site.port, "POST /api/v1/deals", *bearer(site, people), body=body)
    assert reply.status in {400, 422}, reply.body
    assert reply.headers["content-type"] == "application/problem+json"
    assert len(reply.body) < 20_000


async def test_strange_values_in_a_condition_are_refused(admin: httpx2.AsyncClient) -> None:
    for value in ("NaN", "1e999999", "-Infinity", "9" * 5000, "[" * 9000 + "]" * 9000):
        filter = f'{{"field": "amount", "op": "gte", "value": {value}}}'
        reply = await admin.get("/deals", params={"filter": filter})
        assert reply.status_code == 422, (value[:20], reply.text)
        rule = await admin.post(
            "/rules",
            content=f'{{"name": "x", "trigger": {{"stage_id": "{new_id()}"}}, "steps": [{{'
            f'"type": "add-task", "title": "x"}}], "condition": {filter}}}',
            headers={"content-type": "application/json"},
        )
        assert rule.status_code in {400, 422}, (value[:20], rule.text)


async def test_times_lie_between_1900_and_2200(admin: httpx2.AsyncClient) -> None:
    for year, status in ((1901, 201), (2199, 201), (1900, 422), (2200, 422), (9999, 422)):
        reply = await admin.post(
            "/tasks", json={"title": "x", "due_at": f"{year}-06-01T00:00:00+14:00"}
        )
        assert reply.status_code == status, (year, reply.text)


async def test_an_idempotency_key_has_8_to_100_visible_characters(
    site: Site, people: People, pipeline: Pipeline
) -> None:
    told = bearer(site, people)
    keys = {"k" * 8: 201, "k" * 100: 201, "k" * 7: 422, "k" * 101: 422, "with a space": 422}
    for key, status in keys.items():
        reply = await sent(
            site.port, "POST /api/v1/deals", *told, f"idempotency-key: {key}", body=b'{"title":"x"}'
        )
        assert reply.status == status, key


async def test_a_request_half_sent_is_not_waited_for(site: Site, people: People) -> None:
    """Slow clients hold sockets, not the server: others are served meanwhile."""
    halves = [await asyncio.open_connection("127.0.0.1", site.port) for _ in range(100)]
    for _, writer in halves:
        writer.write(b"GET /api/v1/me HTTP/1.1\r\nhost: localhost\r\nx-slow: ")
    async with site.client(people.ann) as client:
        assert (await client.get("/me")).status_code == 200
    async with asyncio.timeout(40):
        await asyncio.gather(*(reader.read() for reader, _ in halves))
    for _, writer in halves:
        writer.close()


AMBIGUOUS = {
    "both lengths": (b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", {401}),
    "two lengths": (b"content-length: 4\r\ncontent-length: 40\r\n\r\n{}{}", {400}),
    "a list of lengths": (b"content-length: 4, 40\r\n\r\n{}{}", {400}),
    "a length with a sign": (b"content-length: +4\r\n\r\n{}{}", {400}),
    "another coding": (b"transfer-encoding: xchunked\r\n\r\n{}{}", {400, 501}),
    "chunked and not last": (b"transfer-encoding: chunked, identity\r\n\r\n{}{}", {400, 501}),
    "a space before the colon": (b"content-length : 4\r\n\r\n{}{}", {400}),
    "a folded line": (b"x-a: b\r\n content-length: 4\r\n\r\n{}{}", {400}),
    "a bare line feed": (b"x-a: b\ncontent-length: 4\r\n\r\n{}{}", {400, 401}),
    "a NUL": (b"x-a: \0\r\ncontent-length: 4\r\n\r\n{}{}", {400}),
}
"""Where a proxy and we could see the end of a request at two places."""


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_nothing_is_smuggled_behind_a_request(site: Site, name: str) -> None:
    told, statuses = AMBIGUOUS[name]
    hidden = b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(b"POST /api/v1/deals HTTP/1.1\r\nhost: localhost\r\n" + told + hidden)
    async with asyncio.timeout(20):
        answer = await reader.readuntil(b"\r\n\r\n")
        rest = b"" if 401 in statuses else await reader.read()
    writer.close()
    assert int(answer.split()[1]) in statuses, answer
    assert b"HTTP/1.1 200" not in rest


async def test_a_body_that_trickles_is_given_up(
    gausdo: Gausdo, people: People, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "SLOW", 0.2)
    told = []

    async def trickle() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def answer(message: dict[str, Any]) -> None:
        told.append(message)

    headers = [(b"authorization", f"Bearer {site.token(people.ann)}".encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/deals",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "root_path": "",
        "raw_path": b"/api/v1/deals",
        "server": ("localhost", 80),
        "http_version": "1.1",
    }
    async with serving(gausdo, None) as app, asyncio.timeout(20):
        await app(scope, trickle, answer)
    assert told[0]["status"] == 408
    assert json.loads(told[1]["body"])["code"] == "late"


async def test_a_statement_that_takes_too_long_is_ended_and_said_so(
    serve: Serve, gausdo: Gausdo, people: People, pipeline: Pipeline
) -> None:
    site = serve(GAUSDO_PATIENCE="1")
    async with site.client(people.admin) as client:
        deal = (await client.post("/deals", json={"title": "Held"})).json()
        change = {"version": 1, "title": "Let go"}
        async with held(gausdo, f"select 1 from sales.deal where id = '{deal['id']}' for update"):
            refused = await client.patch(f"/deals/{deal['id']}", json=change)
        again = await client.patch(f"/deals/{deal['id']}", json=change)
    assert (refused.status_code, refused.json()["code"]) == (503, "too-slow")
    assert again.status_code == 200


async def test_who_finds_no_place_is_told_at_once_and_when_to_come_back(
    serve: Serve, gausdo: Gausdo, people: People, pipeline: Pipeline
) -> None:
    site = serve(GAUSDO_PATIENCE="60")
    told, _ = bearer(site, people)
    async with held(gausdo, "lock table sales.deal in access exclusive mode"):
        asked = [
            asyncio.create_task(sent(site.port, "GET /api/v1/deals", told, seconds=60))
            for _ in range(400)
        ]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        me = await sent(site.port, "GET /api/v1/me", told)
        assert me.status in {200, 503}
    replies = await asyncio.gather(*asked)
    refused = [reply for reply in replies if reply.status != 200]
    assert {reply.status for reply in refused} == {503}
    assert all(int(reply.headers["retry-after"]) > 0 for reply in refused)
    assert [reply.code for reply in replies if reply.status != 200].count("busy") > 100
    assert (await sent(site.port, "GET /api/v1/deals", told)).status == 200


async def test_the_rate_is_limited_and_says_when_to_come_back(serve: Serve, people: People) -> None:
    site = serve(GAUSDO_RATE_LIMIT="20")
    async with site.client(people.eve) as client:
        replies = [await client.get("/me") for _ in range(60)]
    refused = [reply for reply in replies if reply.status_code == 429]
    assert [reply.status_code for reply in replies[:10]] == [200] * 10
    assert len(refused) >= 20
    assert {reply.headers["retry-after"] for reply in refused} == {"60"}
    assert {reply.json()["code"] for reply in refused} == {"too-many-requests"}


async def test_a_person_has_at_most_twenty_tabs_and_a_tab_little_to_say(
    site: Site, people: People
) -> None:
    browser = await site.browser(people.bob)
    cookie = browser.headers["cookie"]
    async with AsyncExitStack() as tabs, asyncio.timeout(60):
        opened = [await tabs.enter_async_context(tab(site.port, cookie)) for _ in range(20)]
        one_more = await tabs.enter_async_context(tab(site.port, cookie))
        assert await one_more.closed() == 4429
        await opened[0].say(b"x" * 1001)
        assert await opened[0].closed() == 1009
        stays = False
        while not stays:  # its place is free a moment after it has closed
            another = await tabs.enter_async_context(tab(site.port, cookie))
            closing = asyncio.create_task(another.closed())
            await asyncio.wait([closing], timeout=0.5)
            stays = not closing.done()
            closing.cancel()
    await browser.aclose()


class held:  # noqa: N801 - reads as a word
    """A statement whose locks are kept while the block runs."""

    def __init__(self, gausdo: Gausdo, statement: str) -> None:
        self._dsn, self._statement = superuser_dsn(gausdo.settings), statement

    async def __aenter__(self) -> None:
        self._connection = await psycopg.AsyncConnection.connect(self._dsn)
        await self._connection.execute(self._statement)

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()
