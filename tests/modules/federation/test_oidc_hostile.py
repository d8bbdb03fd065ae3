"""What a stranger, another browser or a lying provider sends opens no session (H16, H33)."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.modules.federation import oidc
from gausdo.modules.federation.pending import Begun, _key
from gausdo.modules.federation.service import FederationService
from tests.conftest import As, People
from tests.modules.federation.conftest import DRAFT, OURS, Provider, connected, parameters
from tests.modules.federation.forger import LOGOUT, Forger
from tests.platform.test_outbound import HOSTILE

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(api: As, people: People, idp: Provider) -> dict[str, Any]:
    return await connected(api, people.admin, idp)


async def refused(browser: Any, url: str, code: str = "federation.unknown-sign-in") -> None:
    """And it is used up, whatever was wrong with it."""
    for expected in (code, "federation.unknown-sign-in"):
        reply = await browser.ask(url, accept="application/json")
        assert (reply.status_code, reply.json()["code"]) == (400, expected), reply.text
        assert await browser.me() is None


async def test_an_answer_opens_nothing_in_another_browser_and_then_nowhere(
    company: dict[str, Any], browsers: Any
) -> None:
    attacker, victim = browsers(), browsers()
    url = await attacker.enter(await attacker.begin(company["id"]), "bob")
    await victim.begin(company["id"])  # has a cookie of its own
    await refused(victim, url)
    await refused(attacker, url)


@pytest.mark.parametrize(
    ("site", "status"),
    [("cross-site", 400), ("same-site", 400), ("same-origin", 303), ("none", 303)],
)
async def test_another_site_begins_no_sign_in(
    company: dict[str, Any], browsers: Any, site: str, status: int
) -> None:
    """Who is known to the provider would be signed in by a link, without having asked for it."""
    browser, path = browsers(), f"/api/v1/federation/{company['id']}/start"
    reply = await browser.ask(path, **{"sec-fetch-site": site})
    assert (reply.status_code, "set-cookie" in reply.headers) == (status, status == 303)
    assert status == 303 or "/sign-in?refused=federation.unknown-sign-in" in reply.text


async def test_an_answer_holds_once(company: dict[str, Any], browsers: Any) -> None:
    browser = browsers()
    url = await browser.enter(await browser.begin(company["id"]), "ann")
    assert (await browser.ask(url)).status_code == 303
    again = browsers()
    again.cookies = {**browser.cookies}
    again.cookies.pop("__Host-gausdo")
    await refused(again, url)


async def test_another_providers_answer_is_none(company: dict[str, Any], browsers: Any) -> None:
    for forged in ("https://evil.example", ""):
        browser = browsers()
        url = await browser.enter(await browser.begin(company["id"]), "ann")
        told = {**parameters(url), "iss": forged}
        if not forged:
            del told["iss"]  # the provider always names itself, so nobody else does not
        await refused(
            browser, f"{url.partition('?')[0]}?{urlencode(told)}", "federation.not-believed"
        )


async def test_a_code_of_somebody_elses_sign_in_is_not_redeemed(
    company: dict[str, Any], browsers: Any
) -> None:
    """PKCE: the code was given for another verifier."""
    attacker, victim = browsers(), browsers()
    stolen = parameters(await attacker.enter(await attacker.begin(company["id"]), "bob"))
    url = await victim.enter(await victim.begin(company["id"]), "ann")
    told = {**parameters(url), "code": stolen["code"]}
    forged = f"{url.partition('?')[0]}?{urlencode(told)}"
    await refused(victim, forged, "federation.not-believed")


async def test_a_code_that_was_used_is_not_redeemed_again(
    company: dict[str, Any], browsers: Any, gausdo: Gausdo
) -> None:
    """Even with the verifier it was given for."""
    browser, again = browsers(), browsers()
    url = await browser.enter(await browser.begin(company["id"]), "ann")
    used = parameters(url)
    begun = await gausdo.cache.redis.get(_key(used["state"]))
    assert (await browser.ask(url)).status_code == 303
    other = parameters(await again.begin(company["id"]))["state"]
    own = Begun.model_validate_json(await gausdo.cache.redis.get(_key(other)))
    stolen = Begun.model_validate_json(begun).model_copy(update={"browser": own.browser})
    await gausdo.cache.redis.set(_key(other), stolen.model_dump_json())
    forged = f"{url.partition('?')[0]}?{urlencode({**used, 'state': other})}"
    await refused(again, forged, "federation.not-believed")


async def test_a_verifier_of_our_own_making_redeems_nothing(
    company: dict[str, Any], browsers: Any, gausdo: Gausdo
) -> None:
    browser = browsers()
    url = await browser.enter(await browser.begin(company["id"]), "ann")
    key = _key(parameters(url)["state"])
    begun = Begun.model_validate_json(await gausdo.cache.redis.get(key))
    other = begun.model_copy(update={"verifier": "v" * 43})
    await gausdo.cache.redis.set(key, other.model_dump_json())
    await refused(browser, url, "federation.not-believed")


async def test_a_token_of_another_sign_in_is_not_taken(
    company: dict[str, Any], browsers: Any, gausdo: Gausdo
) -> None:
    """The nonce, exchanged where we keep it."""
    browser = browsers()
    url = await browser.enter(await browser.begin(company["id"]), "ann")
    key = _key(parameters(url)["state"])
    begun = Begun.model_validate_json(await gausdo.cache.redis.get(key))
    other = begun.model_copy(update={"nonce": "another"})
    await gausdo.cache.redis.set(key, other.model_dump_json())
    await refused(browser, url, "federation.not-believed")


@pytest.mark.parametrize(
    ("back", "there"),
    [
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/%09/evil", "/"),
        ("/deals?q=%D0%B0", "/"),
        ("/board", "/board"),
    ],
)
async def test_it_leads_back_to_a_page_of_ours_only(
    company: dict[str, Any], browsers: Any, back: str, there: str
) -> None:
    browser = browsers()
    reply = await browser.sign_in(company["id"], "ann", back=back)
    assert (reply.status_code, reply.headers["location"]) == (303, there)


@pytest_asyncio.fixture(loop_scope="session")
async def lying(
    api: As, people: People, forger: Forger, gausdo: Gausdo
) -> AsyncIterator[dict[str, Any]]:
    """A provider of ours behind which the forger is."""
    forger.behave()
    service: FederationService = gausdo.services["federation"]
    service.oidc._published.clear()
    draft = {**DRAFT, "issuer": forger.issuer, "client_id": "gausdo"}
    made = await api(people.admin).post("/providers", json=draft)
    assert made.status_code == 201, made.text
    yield made.json()
    forger.behave()
    service.oidc._published.clear()


async def told_by(forger: Forger, browser: Any, id: str) -> Any:
    """The answer to what the forger says of somebody."""
    asked = parameters(await browser.begin(id))
    forger.nonce = asked["nonce"]
    query = urlencode({"code": "x", "state": asked["state"]})
    return await browser.ask(f"/api/v1/federation/{id}/callback?{query}", accept="application/json")


async def test_an_honest_forger_is_believed(
    lying: dict[str, Any], forger: Forger, browsers: Any, people: People
) -> None:
    browser = browsers()
    assert (await told_by(forger, browser, lying["id"])).status_code == 303
    me = await browser.me()
    assert me is not None
    assert me["id"] == str(people.ann.id)


LIES: dict[str, dict[str, Any]] = {
    "alg none": {"header": {"alg": "none"}},
    "signed with what is public": {"header": {"alg": "HS256"}},
    "another key": {"key": "other"},
    "a key nobody published": {"key": "other", "header": {"kid": "new"}},
    "another algorithm": {"key": "curve", "header": {"alg": "ES256", "kid": "curve"}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "another audience": {"claims": {"aud": "somebody"}},
    "an audience among others": {"claims": {"aud": ["gausdo", "somebody"]}},
    "asked for by another": {"claims": {"azp": "somebody"}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "without an end": {"claims": {"exp": None}},
    "without a subject": {"claims": {"sub": None}},
    "without a nonce": {"claims": {"nonce": None}},
    "another nonce": {"claims": {"nonce": "another"}},
    "another access token": {"claims": {"at_hash": "AAAA"}},
    "somebody else at userinfo": {"userinfo": {"sub": "bob"}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_a_lie_opens_no_session(
    lying: dict[str, Any], forger: Forger, browsers: Any, lie: dict[str, Any]
) -> None:
    for name, value in lie.items():
        setattr(forger, name, getattr(forger, value) if name == "key" else value)
    browser = browsers()
    reply = await told_by(forger, browser, lying["id"])
    assert (reply.status_code, reply.json()["code"]) == (400, "federation.not-believed")
    assert reply.json()["data"] == {}  # what exactly was wrong, only administrators are told
    assert await browser.me() is None


@pytest.mark.parametrize(
    ("signed", "level"),
    [
        ({"amr": ["pwd", "hwk"]}, "factor"),
        ({}, "password"),
        ({"amr": "everything", "acr": {}}, "password"),
        ({"amr": [["mfa"], {"mfa": 1}], "acr": 2}, "password"),
        ({"auth_time": "now", "amr": None}, "password"),
    ],
)
async def test_only_what_is_signed_is_a_second_factor(
    lying: dict[str, Any],
    forger: Forger,
    browsers: Any,
    api: As,
    people: People,
    signed: dict[str, Any],
    level: str,
) -> None:
    """Whatever else it tells, at its userinfo address for one."""
    trusted = {"version": lying["version"], "trusts_second_factor": True}
    reply = await api(people.admin).patch(f"/providers/{lying['id']}", json=trusted)
    assert reply.status_code == 200, reply.text
    forger.claims, forger.userinfo = signed, {"amr": ["mfa"], "acr": "phr", "auth_time": 1}
    browser = browsers()
    assert (await told_by(forger, browser, lying["id"])).status_code == 303
    assert (await browser.state())["level"] == level


async def test_what_was_wrong_is_told_to_administrators(
    lying: dict[str, Any], forger: Forger, browsers: Any, api: As, people: People
) -> None:
    forger.claims = {"aud": "somebody"}
    await told_by(forger, browsers(), lying["id"])
    found = (await api(people.admin).get(f"/providers/{lying['id']}/findings")).json()
    (trouble,) = [one for one in found if one["code"] == "last-sign-in"]
    assert trouble["data"]["why"] == "claims"
    assert "aud" in trouble["data"]["told"]


LOGOUTS: dict[str, dict[str, Any]] = {
    "an ID token": {"claims": {"events": None, "exp": 9_999_999_999}},
    "a nonce": {"claims": {"nonce": "n"}},
    "another event": {"claims": {"events": {"https://evil.example": {}}}},
    "an event that is no object": {"claims": {"events": {LOGOUT: None}}},
    "nobody named": {"claims": {"sub": None}},
    "no jti": {"claims": {"jti": None}},
    "another audience": {"claims": {"aud": "somebody"}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "old": {"claims": {"iat": 1_700_000_000}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "an access token": {"header": {"typ": "at+jwt"}},
    "unsigned": {"header": {"alg": "none"}},
    "another key": {"key": "other"},
}


@pytest.mark.parametrize("lie", LOGOUTS.values(), ids=LOGOUTS)
async def test_a_forged_logout_ends_nothing(
    lying: dict[str, Any], forger: Forger, browsers: Any, api: As, lie: dict[str, Any]
) -> None:
    browser = browsers()
    await told_by(forger, browser, lying["id"])
    path = lying["ours"]["logout_uri"].removeprefix(f"{OURS}/api/v1")
    honest = forger.logout_token()
    for name, value in lie.items():
        if name != "claims":
            setattr(forger, name, getattr(forger, value) if name == "key" else value)
    forged = forger.logout_token(**lie.get("claims", {}))
    reply = await api(None).post(path, data={"logout_token": forged})
    assert (reply.status_code, reply.json()["code"]) == (400, "federation.not-believed")
    assert await browser.me() is not None
    assert (await api(None).post(path, data={"logout_token": honest})).status_code == 200
    assert await browser.me() is None


async def test_a_logout_comes_from_anywhere_and_no_cookie_is_looked_at(
    lying: dict[str, Any], forger: Forger, browsers: Any
) -> None:
    browser = browsers()
    await told_by(forger, browser, lying["id"])
    jar = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    reply = await browser.ours.post(
        lying["ours"]["logout_uri"].removeprefix(OURS),
        data={"logout_token": forger.logout_token()},
        headers={"cookie": jar, "sec-fetch-site": "cross-site"},
    )
    assert reply.status_code == 200, reply.text


async def test_nothing_inside_becomes_a_provider(api: As, people: People) -> None:
    for number, url in enumerate(HOSTILE):
        kind = ("issuer", "metadata_url")[number % 2]
        draft = {**DRAFT, "issuer": "https://id.example.org", kind: url}
        reply = await api(people.admin).post("/providers", json=draft)
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, kind), url


@pytest.mark.parametrize("place", ["token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize(
    "inside", ["http://127.0.0.1:1/", "https://169.254.169.254/", "https://[::ffff:127.0.0.1]/"]
)
async def test_a_document_leads_nowhere_inside(
    lying: dict[str, Any], forger: Forger, browsers: Any, place: str, inside: str
) -> None:
    forger.document = {place: inside}
    browser = browsers()
    reply = await told_by(forger, browser, lying["id"])
    assert (reply.status_code, reply.json()["code"]) == (503, "federation.provider-silent")
    assert await browser.me() is None


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=["another issuer", "no tokens", "a file", "a script"],
)
async def test_a_document_that_cannot_be_is_not_believed(
    lying: dict[str, Any], forger: Forger, browsers: Any, document: dict[str, Any]
) -> None:
    forger.document = document
    browser = browsers()
    reply = await browser.ask(f"/api/v1/federation/{lying['id']}/start", accept="application/json")
    assert (reply.status_code, reply.json()["code"]) == (400, "federation.not-believed")


async def test_an_unknown_key_is_not_looked_for_again_and_again(
    lying: dict[str, Any], forger: Forger, browsers: Any
) -> None:
    forger.key, forger.header = forger.other, {"kid": "new"}
    await told_by(forger, browsers(), lying["id"])
    before = forger.asked.count("/jwks")
    for _ in range(5):
        await told_by(forger, browsers(), lying["id"])
    assert oidc.AGAIN >= 5
    assert forger.asked.count("/jwks") <= before + 1
