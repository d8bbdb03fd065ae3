"""Signing in, sessions, tokens, limits, headers: what every request passes."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.gateway.identify import COOKIE
from gausdo.modules.authentication import tries
from gausdo.platform.sessions import Sessions
from gausdo.serve import serving
from gausdo.setup import document
from tests.browsers import Browser
from tests.conftest import PASSWORD, As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")
SAME = {"sec-fetch-site": "same-origin"}


@pytest_asyncio.fixture
async def browser(web: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that says, as a browser does, that our own page asks."""
    async with client(web) as browser:
        yield browser


def client(app: ASGIApp, address: str = "127.0.0.1", **headers: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app, client=(address, 1)),
        base_url="http://localhost",
        headers={**SAME, **headers},
    )


async def signed_in(
    browser: httpx2.AsyncClient, email: str = "ann@example.org", password: str = PASSWORD
) -> httpx2.Response:
    body = {"email": email, "password": password}
    reply = await browser.post("/api/v1/session", json=body)
    if "set-cookie" in reply.headers:
        browser.headers["cookie"] = f"{COOKIE}={cookie_of(reply)}"
    return reply


def cookie_of(reply: httpx2.Response) -> str:
    return told_cookie(reply).value


def told_cookie(reply: httpx2.Response) -> Morsel[str]:
    """The session's, among those of an answer."""
    lines = reply.headers.get_list("set-cookie")
    return next(SimpleCookie(line)[COOKIE] for line in lines if line.startswith(f"{COOKIE}="))


async def test_signing_in_opens_a_session(browser: httpx2.AsyncClient, people: People) -> None:
    reply = await signed_in(browser, email="Ann@Example.org")
    assert reply.status_code == 200
    told = told_cookie(reply)
    assert (told["secure"], told["httponly"], told["samesite"], told["path"]) == (
        True,
        True,
        "lax",
        "/",
    )
    me = (await browser.get("/api/v1/me")).json()
    assert (me["user"]["name"], me["team"]["name"]) == ("Ann", "North")
    assert "create" in me["rights"]["sales.deal"]


async def test_signing_out_ends_it(browser: httpx2.AsyncClient, people: People) -> None:
    await signed_in(browser)
    assert (await browser.delete("/api/v1/session")).json() == {"leave": None}
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_a_session_is_never_the_clients_choice(
    browser: httpx2.AsyncClient, people: People
) -> None:
    chosen = "A" * 43
    browser.headers["cookie"] = f"{COOKIE}={chosen}"
    reply = await signed_in(browser)
    assert cookie_of(reply) != chosen
    browser.headers["cookie"] = f"{COOKIE}={chosen}"
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_wrong_name_and_wrong_password_are_answered_alike(
    browser: httpx2.AsyncClient, people: People
) -> None:
    wrong = await signed_in(browser, password="wrong")
    nobody = await signed_in(browser, email="nobody@example.org")
    assert wrong.status_code == nobody.status_code == 401
    assert {**wrong.json(), "trace_id": 0} == {**nobody.json(), "trace_id": 0}


async def test_many_tries_are_stopped_for_this_address_only(web: ASGIApp, people: People) -> None:
    async with client(web, "10.1.1.1") as attacker, client(web, "10.1.1.2") as owner:
        replies = [await signed_in(attacker, "bob@example.org", "wrong") for _ in range(11)]
        assert [reply.status_code for reply in replies] == [401] * 10 + [429]
        assert int(replies[-1].headers["retry-after"]) > 0
        assert (await signed_in(owner, "bob@example.org")).status_code == 200


async def test_an_account_is_locked_for_strangers_and_never_for_its_owner(
    web: ASGIApp, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "PER_ACCOUNT", 3)
    async with Browser(web, "10.3.0.1") as owner, Browser(web, "10.3.0.2") as stranger:
        assert (await owner.sign_in("head@example.org")).status_code == 200
        for number in range(4):
            async with Browser(web, f"10.3.1.{number}") as one_of_many:
                assert (await one_of_many.sign_in("head@example.org", "wrong")).status_code == 401
        right, wrong = [
            await stranger.sign_in("head@example.org", one) for one in (PASSWORD, "wrong")
        ]
        assert (right.status_code, COOKIE in right.headers.get("set-cookie", "")) == (401, False)
        assert {**right.json(), "trace_id": 0} == {**wrong.json(), "trace_id": 0}
        assert (await owner.sign_in("head@example.org")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "", "origin": "http://localhost:9999"},
    ],
)
async def test_another_site_changes_nothing(
    web: ASGIApp, browser: httpx2.AsyncClient, people: People, headers: dict[str, str]
) -> None:
    reply = await signed_in(browser)
    foreign = {"cookie": f"{COOKIE}={cookie_of(reply)}", **headers}
    async with client(web) as other:
        refused = await other.post("/api/v1/deals", json={"title": "x"}, headers=foreign)
        signing = await other.post(
            "/api/v1/session",
            json={"email": "ann@example.org", "password": PASSWORD},
            headers=headers,
        )
    assert (refused.status_code, signing.status_code) == (403, 403)


async def test_a_token_works_for_ten_minutes_and_for_the_api_alone(
    browser: httpx2.AsyncClient, web: ASGIApp, gausdo: Gausdo, people: People
) -> None:
    await signed_in(browser)
    told = (await browser.post("/api/v1/session/token")).json()
    assert told["expires_in"] == 600
    ann = str(people.ann.id)
    header, payload, signature = told["token"].split(".")
    bad = {
        "unsigned": f"{header}.{payload}.",
        "cut": f"{header}.{payload}.{signature[:-4]}AAAA",
        "stale": gausdo.tokens.issue(ann, "gausdo-api", "at+jwt", -10),
        "for another": gausdo.tokens.issue(ann, "Sales", "at+jwt", 60),
        "of another kind": gausdo.tokens.issue(ann, "gausdo-api", "service+jwt", 60),
        "none": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
        "garbage": "x" * 5000,
    }
    async with client(web) as script:
        good = await script.get("/api/v1/me", headers={"authorization": f"Bearer {told['token']}"})
        assert good.json()["user"]["name"] == "Ann"
        again = await script.post(
            "/api/v1/session/token", headers={"authorization": f"Bearer {told['token']}"}
        )
        assert again.status_code == 403
        for name, token in bad.items():
            reply = await script.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
            assert reply.status_code == 401, name


async def test_forged_identity_headers_mean_nothing(web: ASGIApp, people: People) -> None:
    forged = {
        "x-user-id": str(people.admin.id),
        "x-actor": people.admin.model_dump_json(),
        "x-forwarded-user": "admin@example.org",
    }
    async with client(web) as stranger:
        assert (await stranger.get("/api/v1/me", headers=forged)).status_code == 401


async def test_a_large_body_is_refused_before_it_is_read(
    web: ASGIApp, browser: httpx2.AsyncClient, people: People
) -> None:
    await signed_in(browser)
    for body in (
        {"content": b"x" * 1_000_001},
        {"content": _endless(), "headers": {"transfer-encoding": "chunked"}},
        {"content": b"x", "headers": {"content-encoding": "gzip"}},
    ):
        reply = await browser.post("/api/v1/deals", **body)
        assert reply.status_code in {400, 413}


async def _endless() -> AsyncIterator[bytes]:
    for _ in range(200):
        yield b"x" * 10_000


async def test_every_answer_says_its_id_and_how_to_be_treated(web: ASGIApp) -> None:
    async with client(web) as stranger:
        for path in ("/api/v1/me", "/api/v1/nothing", "/health", "/nothing"):
            reply = await stranger.get(path, headers={"x-request-id": "my-request-1"})
            assert reply.headers["x-request-id"] == "my-request-1"
            assert reply.headers["x-content-type-options"] == "nosniff"
            assert reply.headers["cache-control"] == "no-store"
            assert reply.headers["referrer-policy"] == "same-origin"
            assert "strict-transport-security" not in reply.headers  # by http it means nothing
            policy = reply.headers["content-security-policy"].split("; ")
            assert {"default-src 'none'", "object-src 'none'", "base-uri 'none'"} <= {*policy}
            assert "frame-ancestors 'none'" in policy
        reply = await stranger.get("/api/v1/me", headers={"x-request-id": "bad id; drop"})
        assert len(reply.headers["x-request-id"]) == 16


async def test_by_https_a_browser_is_told_to_come_by_nothing_else(gausdo: Gausdo) -> None:
    told = {"base_url": "https://crm.example.org"}
    safe = replace(gausdo, settings=gausdo.settings.model_copy(update=told))
    async with serving(safe, None) as app, client(app) as stranger:
        for path in ("/api/v1/me", "/health", "/nothing", "/api/docs"):
            reply = await stranger.get(path)
            told = reply.headers["strict-transport-security"]
            assert told == "max-age=31536000; includeSubDomains"


async def test_another_site_reads_nothing_and_is_told_so_by_no_header(
    web: ASGIApp, browser: httpx2.AsyncClient, people: People
) -> None:
    cookie = f"{COOKIE}={cookie_of(await signed_in(browser))}"
    async with client(web, cookie=cookie, origin="https://evil.example") as other:
        for site, status in (("cross-site", 401), ("same-site", 401), ("same-origin", 200)):
            reply = await other.get("/api/v1/me", headers={"sec-fetch-site": site})
            assert reply.status_code == status, site
            assert not [name for name in reply.headers if name.startswith("access-control")]
        asked = {"access-control-request-method": "PATCH", "sec-fetch-site": "cross-site"}
        flight = await other.options("/api/v1/me", headers=asked)
        assert flight.status_code == 405
        assert not [name for name in flight.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("peer", "told", "counted"),
    [
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),  # nobody's proxy
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.7", "198.51.100.7"),  # what the client put before it
        ("10.0.0.1", "127.0.0.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "no address", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
async def test_only_a_named_proxy_says_where_somebody_comes_from(
    gausdo: Gausdo, people: People, peer: str, told: str, counted: str
) -> None:
    proxied = {"trusted_proxies": ("10.0.0.0/24",)}
    behind = replace(gausdo, settings=gausdo.settings.model_copy(update=proxied))
    async with serving(behind, None) as app, client(app, peer) as one:
        one.headers["x-forwarded-for"] = told
        await signed_in(one)
        told = (await one.get("/api/v1/me/sessions")).json()
    (session,) = [each for each in told["sessions"] if each["id"] == told["current"]]
    assert session["address"] == counted


async def test_of_two_values_of_one_parameter_the_last_counts_everywhere(
    api: As, people: People
) -> None:
    """A route of the framework and one that goes around it."""
    for path in ("/audit", "/companies"):
        for limits, status in (("limit=500&limit=1", 200), ("limit=1&limit=500", 422)):
            reply = await api(people.admin).get(f"{path}?{limits}")
            assert reply.status_code == status, (path, limits)


async def test_files_are_those_of_the_interface_and_no_others(
    gausdo: Gausdo, tmp_path: Path
) -> None:
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<script nonce=__CSP_NONCE__></script>")
    (folder / "assets" / "a.js").write_text("1")
    (folder / "logo.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    built = replace(gausdo, settings=gausdo.settings.model_copy(update={"web": folder}))
    async with serving(built, None) as app, client(app) as stranger:
        for path in ("/../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "//etc/passwd"):
            reply = await stranger.get(path)
            assert "secret" not in reply.text, path
            assert "root:" not in reply.text, path
        listing = await stranger.get("/assets/")
        assert "a.js" not in listing.text
        index = await stranger.get("/board")
        nonce = index.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
        assert (len(nonce) > 20, index.text) == (True, f"<script nonce={nonce}></script>")
        assert (await stranger.get("/board")).text != index.text
        assert (await stranger.get("/assets/none.js")).status_code == 404
        assert (await stranger.request("TRACE", "/board")).status_code == 404
        picture = await stranger.get("/logo.svg")
        assert picture.headers["content-type"] == "image/svg+xml; charset=utf-8"
        assert picture.headers["cache-control"] == "public, max-age=300"


async def test_an_address_with_a_nul_is_refused_everywhere(web: ASGIApp) -> None:
    async with client(web) as stranger:
        for path in ("/companies/%00", "/api/v1/deals/%00", "/?q=%00"):
            reply = await stranger.get(path)
            assert (reply.status_code, reply.json()["code"]) == (400, "malformed")


async def test_the_rate_is_limited_per_person(gausdo: Gausdo, people: People) -> None:
    strict = replace(gausdo, settings=gausdo.settings.model_copy(update={"rate_limit": 20}))
    async with serving(strict, None) as app, client(app, "10.2.2.2") as hasty:
        statuses = [(await hasty.get("/api/v1/me")).status_code for _ in range(25)]
    assert statuses == [401] * 20 + [429] * 5


async def test_rights_that_change_hold_at_the_next_request(
    browser: httpx2.AsyncClient, gausdo: Gausdo, people: People
) -> None:
    await signed_in(browser, "eve@example.org")
    assert (await browser.get("/api/v1/me")).status_code == 200
    sessions = Sessions(gausdo.cache)
    before = await sessions.visit(str(people.eve.id))
    await browser.patch("/api/v1/me", json={"locale": "ru"})
    assert (await sessions.visit(str(people.eve.id)))[0] != before[0]
    assert (await browser.get("/api/v1/me")).json()["locale"] == "ru"


async def test_the_document_of_the_api(web: ASGIApp, api: As) -> None:
    async with client(web) as stranger:
        document = (await stranger.get("/api/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["paths"]["/api/v1/deals"]["post"]["operationId"] == "open_deal"
    deal = document["components"]["schemas"]["Deal"]
    assert set(deal["required"]) == set(deal["properties"])


async def test_the_generated_client_is_of_this_api() -> None:
    kept = json.loads((Path(__file__).parents[2] / "web" / "openapi.json").read_text())
    assert kept == json.loads(json.dumps(document())), (
        "Run `gausdo openapi > web/openapi.json`, then `npm run gen:api` in web."
    )
