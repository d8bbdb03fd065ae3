"""SAML 2.0: what is signed lets in, and everything around it says nothing (H19, H20, H21)."""

import base64
import resource
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gausdo.app import Gausdo
from gausdo.modules.federation import saml
from gausdo.modules.federation.doubt import Doubt
from gausdo.modules.federation.pending import _key
from tests.conftest import As, People
from tests.modules.federation.assertions import DS, Idp, answer, asked, at, packed, sign
from tests.modules.federation.conftest import DRAFT, OURS
from tests.modules.federation.wrapping import (
    WRAPPED,
    root_beside_signature,
    root_within_signature,
    xpath_transform,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")
IDP, OTHER = Idp(), Idp()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(api: As, people: People) -> dict[str, Any]:
    draft = {"kind": "saml", "name": "AD FS", "domains": DRAFT["domains"]}
    made = await api(people.admin).post("/providers", json={**draft, "metadata": IDP.metadata()})
    assert made.status_code == 201, made.text
    return made.json()


async def brought(browser: Any, id: str, response: str, relay_state: str) -> Any:
    """The browser brings an answer, from the provider's page."""
    jar = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    reply = await browser.ours.post(
        f"/api/v1/federation/{id}/acs",
        data={"SAMLResponse": response, "RelayState": relay_state},
        headers={
            "cookie": jar,
            "sec-fetch-site": "cross-site",
            "origin": "https://idp.example.org",
        },
    )
    for line in reply.headers.get_list("set-cookie"):
        name, _, rest = line.partition("=")
        browser.cookies[name] = rest.partition(";")[0]
    return reply


Make = Callable[[dict[str, str]], Any]


async def told(browsers: Any, id: str, make: Make) -> tuple[Any, Any]:
    """A browser, and what is answered when it brings what `make` makes of the request."""
    browser = browsers()
    to = asked(await browser.begin(id))
    made = make(to)
    response = made if isinstance(made, str) else packed(made)
    return browser, await brought(browser, id, response, to["relay_state"])


async def test_metadata_tell_who_we_are(company: dict[str, Any], api: As) -> None:
    path = company["ours"]["entity_id"].removeprefix(f"{OURS}/api/v1")
    root = etree.fromstring((await api(None).get(path)).content)
    assert root.get("entityID") == company["ours"]["entity_id"]
    assert company["ours"]["acs_url"] in root.xpath("//@Location")


@pytest.mark.parametrize(
    ("lie", "why"), [("", None), ("audience", "audience"), ("key", "signature")]
)
async def test_a_provider_of_others_making_lets_in(
    api: As, people: People, browsers: Any, samlify: httpx2.Client, lie: str, why: str | None
) -> None:
    """By the metadata that each reads of the other; refused for another receiver, or a key that
    its metadata do not name.
    """
    draft = {"kind": "saml", "name": "samlify", "domains": DRAFT["domains"]}
    draft |= {"metadata": samlify.get("/metadata").text}
    made = await api(people.admin).post("/providers", json=draft)
    assert made.status_code == 201, made.text
    ours = made.json()["ours"]
    path = ours["entity_id"].removeprefix(f"{OURS}/api/v1")
    samlify.put("/sp", content=(await api(None).get(path)).text).raise_for_status()
    browser = browsers()
    asking = await browser.begin(made.json()["id"])
    reply = samlify.get(f"{asking}&as=bob&lie={lie}")
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert told["acs"] == ours["acs_url"]
    reply = await brought(browser, made.json()["id"], told["SAMLResponse"], told["RelayState"])
    assert reply.status_code == (400 if why else 303), reply.text
    me = await browser.me()
    assert (me and me["id"]) == (None if why else str(people.bob.id))
    found = (await api(people.admin).get(f"/providers/{made.json()['id']}/findings")).json()
    told = [one["data"]["why"] for one in found if one["code"] == "last-sign-in"]
    assert told == ([why] if why else [])


@pytest.mark.parametrize("whole", [False, True], ids=["assertion", "response"])
async def test_what_is_signed_lets_in(
    company: dict[str, Any], browsers: Any, people: People, whole: bool
) -> None:
    browser, reply = await told(
        browsers,
        company["id"],
        lambda to: sign(IDP, answer(IDP, to, assertion_id=f"_{whole}"), whole=whole),
    )
    assert reply.status_code == 303, reply.text
    me = await browser.me()
    assert me is not None
    assert me["id"] == str(people.ann.id)


@pytest.mark.parametrize(
    ("context", "trusted", "level"),
    [
        ("MobileTwoFactorContract", True, "factor"),
        ("MobileTwoFactorContract", False, "password"),
        ("PasswordProtectedTransport", True, "password"),
        ("TimeSyncToken", True, "password"),
    ],
)
async def test_a_second_factor_asked_for_there_counts_where_it_is_trusted(
    api: As, people: People, browsers: Any, context: str, trusted: bool, level: str
) -> None:
    """Administrators always need one."""
    draft = {"kind": "saml", "name": "Trusted", "domains": DRAFT["domains"]}
    draft |= {"metadata": IDP.metadata(), "trusts_second_factor": trusted}
    made = (await api(people.admin).post("/providers", json=draft)).json()
    name = {"name_id": "admin", "email": "admin@example.org"}

    def make(to: dict[str, str]) -> Any:
        return sign(IDP, answer(IDP, to, **name, context=context))

    browser, reply = await told(browsers, made["id"], make)
    assert reply.status_code == 303, reply.text
    state = await browser.state()
    assert (state["level"], state["need"]) == (level, "" if level == "factor" else "enrolment")
    assert (await browser.ask("/api/v1/session", "DELETE")).json() == {"leave": None}


async def test_before_what_is_dangerous_it_is_proved_anew_at_the_provider(
    company: dict[str, Any], browsers: Any
) -> None:
    since = 3600
    for anew, status in (("false", 403), ("true", 200)):
        browser = browsers()
        to = asked(await browser.begin(company["id"], anew=anew))
        assert to["anew"] == anew
        long_ago = at(0 if anew == "true" else -since)
        response = sign(IDP, answer(IDP, to, assertion_id=f"_anew{anew}", authenticated=long_ago))
        await brought(browser, company["id"], packed(response), to["relay_state"])
        assert (await browser.ask("/api/v1/me/sessions", "DELETE")).status_code == status


async def test_the_cookie_goes_along_from_another_site(
    company: dict[str, Any], browsers: Any
) -> None:
    reply = await browsers().ask(f"/api/v1/federation/{company['id']}/start")
    (cookie,) = reply.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-gausdo-provider=")
    assert all(part in cookie for part in ("SameSite=none", "Secure", "HttpOnly", "Path=/"))


async def refused(
    browsers: Any, id: str, make: Make, code: str = "federation.not-believed"
) -> None:
    began = time.thread_time()
    browser, reply = await told(browsers, id, make)
    assert (reply.status_code, reply.json()["code"]) == (400, code), reply.text
    assert time.thread_time() - began < 1
    assert await browser.me() is None


@pytest.mark.parametrize("wrap", WRAPPED, ids=lambda one: one.__name__)
async def test_what_is_wrapped_around_a_signature_lets_nobody_in(
    company: dict[str, Any], browsers: Any, wrap: Callable[[Any], None]
) -> None:
    def make(to: dict[str, str]) -> Any:
        response = sign(IDP, answer(IDP, to, assertion_id=f"_{wrap.__name__}"))
        wrap(response)
        return response

    await refused(browsers, company["id"], make)


@pytest.mark.parametrize(
    "wrap", [root_within_signature, root_beside_signature], ids=lambda one: one.__name__
)
async def test_what_is_wrapped_around_a_signed_answer_lets_nobody_in(
    company: dict[str, Any], browsers: Any, wrap: Callable[[Any], Any]
) -> None:
    await refused(
        browsers,
        company["id"],
        lambda to: wrap(sign(IDP, answer(IDP, to, assertion_id="_root"), whole=True)),
    )


PIECES = {
    "a comment in the name": (b">ann<", b">ann<!-- -->.evil<"),
    "an instruction in the name": (b">ann<", b">ann<?x y?><"),
    "a comment in the digest": (b"DigestValue>", b"DigestValue><!-- x -->"),
    "an instruction in the digest": (b"DigestValue>", b"DigestValue><?x y?>"),
    "a document type": (b"<p:Response", b"<!DOCTYPE a><p:Response"),
}


@pytest.mark.parametrize(("old", "new"), PIECES.values(), ids=PIECES)
async def test_what_no_assertion_has_is_refused(
    company: dict[str, Any], browsers: Any, old: bytes, new: bytes
) -> None:
    def make(to: dict[str, str]) -> Any:
        xml = etree.tostring(sign(IDP, answer(IDP, to, assertion_id="_piece")))
        assert old in xml
        return xml.replace(old, new, 1)

    await refused(browsers, company["id"], make)


TIME = "%Y-%m-%dT%H:%M:%SZ"
WRONG: dict[str, dict[str, Any]] = {
    "another audience": {"audience": "https://other.example.org"},
    "another recipient": {"recipient": "https://other.example.org/acs"},
    "another destination": {"destination": "https://other.example.org/acs"},
    "another issuer": {"issuer": "https://evil.example"},
    "somebody else's request": {"in_response_to": "_another"},
    "unsolicited": {"in_response_to": None},
    "expired": {"until": time.strftime(TIME, time.gmtime(time.time() - 180))},
    "not yet": {"since": time.strftime(TIME, time.gmtime(time.time() + 86_400))},
    "without conditions": {"conditions": False},
    "a failure": {"status": "Responder"},
    "a time without a zone": {"until": "2099-01-01T00:00:00"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_an_answer_to_something_else_lets_nobody_in(
    company: dict[str, Any], browsers: Any, wrong: dict[str, Any]
) -> None:
    await refused(
        browsers,
        company["id"],
        lambda to: sign(IDP, answer(IDP, to, assertion_id="_wrong", **wrong)),
    )


async def test_an_answer_to_another_browsers_request_lets_nobody_in(
    company: dict[str, Any], browsers: Any
) -> None:
    theirs = asked(await browsers().begin(company["id"]))
    await refused(
        browsers,
        company["id"],
        lambda to: sign(IDP, answer(IDP, to, assertion_id="_theirs", in_response_to=theirs["id"])),
    )


async def test_two_minutes_of_skew_are_borne(company: dict[str, Any], browsers: Any) -> None:
    late = time.strftime(TIME, time.gmtime(time.time() - 60))
    _, reply = await told(
        browsers,
        company["id"],
        lambda to: sign(IDP, answer(IDP, to, assertion_id="_late", until=late)),
    )
    assert reply.status_code == 303, reply.text


async def test_weak_and_foreign_signatures_are_refused(
    company: dict[str, Any], browsers: Any
) -> None:
    def with_hmac(to: dict[str, str]) -> Any:
        """Keyed with what everybody knows."""
        told = answer(IDP, to, assertion_id="_hmac")
        return sign(IDP, told, algorithm="hmac-sha256", key=IDP.pem)

    def with_sha1(to: dict[str, str], name: str) -> Any:
        response = sign(IDP, answer(IDP, to, assertion_id="_sha1"))
        method = response.find(f".//{{{DS}}}{name}")
        method.set("Algorithm", f"{DS}{'sha1' if name == 'DigestMethod' else 'rsa-sha1'}")
        return response

    await refused(
        browsers,
        company["id"],
        lambda to: sign(IDP, answer(IDP, to, assertion_id="_key"), key=OTHER.key),
    )
    await refused(
        browsers, company["id"], lambda to: sign(OTHER, answer(IDP, to, assertion_id="_other"))
    )
    await refused(browsers, company["id"], with_hmac)
    for name in ("DigestMethod", "SignatureMethod"):
        await refused(browsers, company["id"], partial(with_sha1, name=name))


async def test_an_assertion_is_heard_once(
    company: dict[str, Any], browsers: Any, gausdo: Gausdo
) -> None:
    """By its id, for as long as it would hold, and by the request that it answers."""
    browser = browsers()
    to = asked(await browser.begin(company["id"]))
    response = packed(sign(IDP, answer(IDP, to, assertion_id="_once")))
    assert (await brought(browser, company["id"], response, to["relay_state"])).status_code == 303
    heard = _key(f"{company['id']} assertion _once")
    assert 300 + 110 < await gausdo.cache.redis.ttl(heard) <= 300 + 121
    again = browsers()
    again.cookies = {"__Host-gausdo-provider": browser.cookies["__Host-gausdo-provider"]}
    reply = await brought(again, company["id"], response, to["relay_state"])
    assert (reply.status_code, reply.json()["code"]) == (400, "federation.unknown-sign-in")
    await refused(
        browsers, company["id"], lambda to: sign(IDP, answer(IDP, to, assertion_id="_once"))
    )


async def test_an_answer_to_another_browser_lets_nobody_in(
    company: dict[str, Any], browsers: Any
) -> None:
    attacker, victim = browsers(), browsers()
    to = asked(await attacker.begin(company["id"]))
    await victim.begin(company["id"])
    response = packed(sign(IDP, answer(IDP, to, assertion_id="_csrf")))
    for browser in (victim, attacker):
        reply = await brought(browser, company["id"], response, to["relay_state"])
        assert (reply.status_code, reply.json()["code"]) == (400, "federation.unknown-sign-in")
        assert await browser.me() is None


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(10))
BOMBS = {
    "an outer entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "a billion laughs": f"<!DOCTYPE a [{LAUGHS}]><a>&l9;</a>",
    "deep": "<a>" * 40_000 + "</a>" * 40_000,
    "no XML": "<a",
    "another document": "<a/>",
}


@pytest.mark.parametrize("bomb", [*BOMBS.values()], ids=[*BOMBS])
async def test_a_bomb_does_not_go_off(company: dict[str, Any], browsers: Any, bomb: str) -> None:
    began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for coding in ("utf-8", "utf-16"):
        text = base64.b64encode(bomb.encode(coding)).decode()
        await refused(browsers, company["id"], lambda _, text=text: text)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - began < 50_000  # kB


XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
LOOP = "".join(f'<xsl:for-each select="//. | //@*">{chr(10)}' for _ in range(21))
SHEET = (
    '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">'
    f'<xsl:template match="/">{LOOP}<x/>{"</xsl:for-each>" * 21}</xsl:template></xsl:stylesheet>'
)


def xslt_bomb(response: Any) -> None:
    """Twenty-one loops, each over all that is there."""
    transforms = response.find(f".//{{{DS}}}Transforms")
    one = etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=XSLT)
    one.append(etree.fromstring(SHEET))
    transforms.insert(0, one)


async def test_whatever_is_refused_costs_little(company: dict[str, Any]) -> None:
    """A tenth of a second, and fifty megabytes."""
    to = {"id": "_r", "acs": company["ours"]["acs_url"], "sp": company["ours"]["entity_id"]}
    certificate = base64.b64encode(IDP.certificate.public_bytes(Encoding.DER)).decode()
    exchange = saml.Exchange(IDP.entity_id, (certificate,), to["sp"], to["acs"], "", to["id"])
    honest = packed(sign(IDP, answer(IDP, to)))
    assert saml.asserted(honest, exchange).name_id == "ann"  # everything is loaded
    attacks = {**BOMBS, "padding": "<a>" + " " * 5_000_000 + "</a>"}
    for wrap in (xslt_bomb, xpath_transform):
        response = sign(IDP, answer(IDP, to))
        wrap(response)
        attacks[wrap.__name__] = etree.tostring(response, encoding="unicode")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, attack in attacks.items():
        text = base64.b64encode(attack.encode()).decode()
        began = time.thread_time()
        with pytest.raises(Doubt):
            saml.asserted(text, exchange)
        assert time.thread_time() - began < 0.1, name
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


async def test_more_than_an_answer_may_have_is_not_even_read(
    company: dict[str, Any], browsers: Any
) -> None:
    padded = base64.b64encode(b"<a>" + b" " * 300_000 + b"</a>").decode()
    await refused(browsers, company["id"], lambda _: padded)
    browser = browsers()
    to = asked(await browser.begin(company["id"]))
    reply = await brought(browser, company["id"], "A" * 5_000_000, to["relay_state"])
    assert reply.status_code == 413


@pytest.mark.parametrize(
    "metadata",
    ["", "<a/>", IDP.metadata().replace("IDPSSODescriptor", "SPSSODescriptor"), BOMBS["deep"]],
    ids=["nothing", "another document", "no provider", "deep"],
)
async def test_what_is_no_metadata_is_refused(api: As, people: People, metadata: str) -> None:
    draft = {"kind": "saml", "name": "x", "domains": ["example.org"], "metadata": metadata}
    reply = await api(people.admin).post("/providers", json=draft)
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] in {"metadata", "metadata_url"}


async def test_a_look_tells_of_the_certificate(
    company: dict[str, Any], api: As, people: People
) -> None:
    found = (await api(people.admin).get(f"/providers/{company['id']}/findings")).json()
    assert found[0]["code"] == "certificate-good"
