"""Single logout of SAML 2.0: what the provider ends, ends here; others end nothing (H19-H21)."""

import base64
import html
import re
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4
from zlib import compressobj

import httpx2
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from lxml import etree

from tests.conftest import As, People
from tests.modules.federation.assertions import (
    DS,
    A,
    Idp,
    P,
    answer,
    asked,
    at,
    packed,
    sign,
)
from tests.modules.federation.conftest import DRAFT, FIELD, FORM, OURS
from tests.modules.federation.test_saml import brought

pytestmark = pytest.mark.asyncio(loop_scope="session")
IDP, OTHER = Idp(), Idp()
RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
Made = dict[str, Any]


async def known(api: As, people: People, metadata: str) -> Made:
    draft = {"kind": "saml", "name": "Company", "domains": DRAFT["domains"], "metadata": metadata}
    made = await api(people.admin).post("/providers", json=draft)
    assert made.status_code == 201, made.text
    return made.json()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(api: As, people: People) -> Made:
    return await known(api, people, IDP.metadata())


async def entered(browsers: Any, company: Made, **told: Any) -> Any:
    """A browser that somebody has signed in by."""
    browser = browsers()
    to = asked(await browser.begin(company["id"]))
    response = sign(IDP, answer(IDP, to, assertion_id=f"_{uuid4().hex}", **told))
    reply = await brought(browser, company["id"], packed(response), to["relay_state"])
    assert reply.status_code == 303, reply.text
    return browser


def request(company: Made, **told: Any) -> Any:
    """A logout request; `told` overrides what it says, None leaves it out."""
    t = {
        "id": f"_{uuid4().hex}", "destination": company["ours"]["slo_url"], "made": at(0),
        "until": at(120), "issuer": IDP.entity_id, "name": "<a:NameID>ann</a:NameID>",
        "sessions": [], **told,
    }  # fmt: skip
    destination = f'Destination="{t["destination"]}"' if t["destination"] else ""
    until = f'NotOnOrAfter="{t["until"]}"' if t["until"] else ""
    indexes = "".join(f"<p:SessionIndex>{one}</p:SessionIndex>" for one in t["sessions"])
    return etree.fromstring(
        f'<p:LogoutRequest xmlns:p="{P}" xmlns:a="{A}" ID="{t["id"]}" Version="2.0" '
        f'IssueInstant="{t["made"]}" {destination} {until}>'
        f"<a:Issuer>{t['issuer']}</a:Issuer>{t['name']}{indexes}</p:LogoutRequest>"
    )


def query(element: Any, idp: Idp = IDP, algorithm: str = RSA, **told: str) -> str:
    """A signed query, of HTTP-Redirect."""
    packer = compressobj(9, 8, -15)
    xml = element if isinstance(element, bytes) else etree.tostring(element)
    deflated = packer.compress(xml) + packer.flush()
    return signed_query(base64.b64encode(deflated).decode(), idp, algorithm, **told)


def signed_query(message: str, idp: Idp = IDP, algorithm: str = RSA, **told: str) -> str:
    parts = {"SAMLRequest": message, **told, "SigAlg": algorithm}
    covered = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items())
    signature = idp.key.sign(covered.encode(), PKCS1v15(), hashes.SHA256())
    return f"{covered}&Signature={quote(base64.b64encode(signature).decode(), safe='')}"


async def by_post(api: As, company: Made, made: Any, **told: str) -> httpx2.Response:
    path = company["ours"]["slo_url"].removeprefix(f"{OURS}/api/v1")
    return await api(None).post(path, data={"SAMLRequest": packed(made), **told})


async def by_redirect(api: As, company: Made, told: str) -> httpx2.Response:
    path = company["ours"]["slo_url"].removeprefix(f"{OURS}/api/v1")
    return await api(None).get(f"{path}?{told}")


@pytest.mark.parametrize(
    ("by", "answers"), [("redirect", "redirect"), ("post", "redirect"), ("post", "post")]
)
async def test_a_provider_of_others_making_ends_sessions_and_hears_of_it(
    api: As, people: People, browsers: Any, samlify: httpx2.Client, by: str, answers: str
) -> None:
    """First the one it names, then all of the person that it began; it reads our answer."""
    company = await known(api, people, samlify.get(f"/metadata?answers={answers}").text)
    path = company["ours"]["entity_id"].removeprefix(f"{OURS}/api/v1")
    samlify.put("/sp", content=(await api(None).get(path)).text).raise_for_status()
    sessions, indexes = [], []
    for name in ("ann", "ann", "bob"):
        browser = browsers()
        told = samlify.get(f"{await browser.begin(company['id'])}&as={name}").json()
        reply = await brought(browser, company["id"], told["SAMLResponse"], told["RelayState"])
        assert reply.status_code == 303, reply.text
        index = re.search(rb'SessionIndex="([^"]+)"', base64.b64decode(told["SAMLResponse"]))
        sessions.append(browser)
        indexes.append(index[1].decode())
    for ask, left in (({"session": indexes[0]}, [False, True, True]), ({}, [False, False, True])):
        made = samlify.get("/logout", params={"by": by, "as": "ann", **ask}).json()
        if by == "redirect":
            assert made["context"].startswith(company["ours"]["slo_url"])
            reply = await by_redirect(api, company, urlsplit(made["context"]).query)
        else:
            told = {"SAMLRequest": made["context"], "RelayState": made["relayState"]}
            assert made["entityEndpoint"] == company["ours"]["slo_url"]
            reply = await api(None).post(
                made["entityEndpoint"].removeprefix(f"{OURS}/api/v1"), data=told
            )
        assert [await one.me() is not None for one in sessions] == left
        if answers == "redirect":
            assert reply.status_code == 303, reply.text
            heard = samlify.get(reply.headers["location"])
        else:
            assert reply.status_code == 200, reply.text
            form = FORM.search(html.unescape(reply.text))
            heard = samlify.post(form[1], data=dict(FIELD.findall(form[2])))
        assert heard.status_code == 200, heard.text
        said = heard.json()
        assert said["response"]["inResponseTo"] == made["id"]
        assert said["issuer"] == company["ours"]["entity_id"]
        assert said["relay_state"] == "there & back"


async def test_only_what_this_provider_began_for_this_name_is_ended(
    api: As, people: People, browsers: Any, company: Made
) -> None:
    """Neither what another provider began for the same name, nor another person's."""
    another = await known(api, people, IDP.metadata())
    here, there = await entered(browsers, company), await entered(browsers, another)
    bob = await entered(browsers, company, name_id="bob", email="bob@example.org")
    for told in ({"sessions": ["s2"]}, {"name": "<a:NameID>nobody</a:NameID>", "sessions": ["s1"]}):
        reply = await by_post(api, company, IDP.signed(request(company, **told)))
        assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in"), reply.text
        assert await here.me() is not None
    reply = await by_post(api, company, IDP.signed(request(company, sessions=["s2", "s1"])))
    assert reply.status_code == 303, reply.text
    assert [await one.me() is not None for one in (here, there, bob)] == [False, True, True]
    entries = (await api(people.admin).get("/audit?kind=account&limit=50")).json()["items"]
    ended = [one for one in entries if one["name"].endswith("sessions-ended.v1")]
    assert (ended[0]["via"], ended[0]["record_id"]) == ("federation", str(people.ann.id))
    assert ended[0]["details"]["reason"] == "provider"


async def test_a_name_for_one_session_ends_that_one(api: As, browsers: Any, company: Made) -> None:
    transient = await entered(browsers, company, name_id="t-1", format="transient")
    name = "<a:NameID>t-1</a:NameID>"
    await by_redirect(api, company, query(request(company, name=name, until=None)))
    assert await transient.me() is None


@pytest_asyncio.fixture(loop_scope="session")
async def refused(
    api: As, browsers: Any, company: Made
) -> AsyncIterator[Callable[[httpx2.Response], None]]:
    """Says that a request was refused; in the end whoever was signed in still is."""
    ann = await entered(browsers, company)

    def judge(reply: httpx2.Response) -> None:
        told = (reply.status_code, reply.json()["code"])
        assert told == (400, "federation.not-believed"), reply.text

    yield judge
    assert await ann.me() is not None
    assert (await by_post(api, company, IDP.signed(request(company)))).status_code == 303
    assert await ann.me() is None


WRONG: dict[str, Made] = {
    "another destination": {"destination": "https://other.example.org/slo"},
    "no destination": {"destination": None},
    "another issuer": {"issuer": "https://evil.example"},
    "expired": {"until": at(-180)},
    "made long ago": {"made": at(-3600), "until": at(3600)},
    "of tomorrow": {"made": at(86_400), "until": at(90_000)},
    "a time without a zone": {"made": "2099-01-01T00:00:00"},
    "nobody": {"name": ""},
    "an empty name": {"name": "<a:NameID> </a:NameID>"},
    "two names": {"name": "<a:NameID>ann</a:NameID><a:NameID>bob</a:NameID>"},
    "an encrypted name": {"name": "<a:EncryptedID/>"},
    "a session without a name": {"sessions": [""]},
    "too many sessions": {"sessions": ["s1"] * 51},
}


async def test_a_request_that_does_not_hold_ends_nothing(
    api: As, company: Made, refused: Any
) -> None:
    for wrong in WRONG.values():
        refused(await by_post(api, company, IDP.signed(request(company, **wrong))))
        refused(await by_redirect(api, company, query(request(company, **wrong))))


async def test_a_request_of_another_ends_nothing(
    api: As, people: People, company: Made, refused: Any
) -> None:
    """Unsigned, by another key, by a weak one, for another provider of ours, or heard before."""
    refused(await by_post(api, company, request(company)))
    refused(await by_post(api, company, IDP.signed(request(company), key=OTHER.key)))
    refused(await by_post(api, company, OTHER.signed(request(company))))
    hmac = IDP.signed(request(company), algorithm="hmac-sha256", key=IDP.pem)
    refused(await by_post(api, company, hmac))
    honest = query(request(company), RelayState="x")
    unsigned = honest.partition("&SigAlg")[0]
    refused(await by_redirect(api, company, unsigned))
    refused(await by_redirect(api, company, query(request(company), OTHER)))
    refused(await by_redirect(api, company, query(request(company), algorithm=f"{DS}rsa-sha1")))
    refused(await by_redirect(api, company, query(IDP.signed(request(company)))))
    another = await known(api, people, IDP.metadata())
    refused(await by_post(api, company, IDP.signed(request(another))))
    refused(await by_redirect(api, company, query(request(another))))
    for old, new in (
        ("RelayState=x", "RelayState=y"),
        ("&RelayState=x", ""),
        ("SAMLReq", "samlreq"),
    ):
        refused(await by_redirect(api, company, honest.replace(old, new)))
    evil = query(request(company, name="<a:NameID>bob</a:NameID>")).partition("&")[0]
    refused(await by_redirect(api, company, f"{evil}&{honest}"))
    refused(await by_redirect(api, company, f"{honest}&{evil}"))
    refused(await by_redirect(api, company, f"{evil}&{honest.partition('&')[2]}"))


async def test_a_request_is_heard_once(api: As, company: Made, browsers: Any) -> None:
    """Whichever way it comes."""
    once = request(company)
    assert (await by_redirect(api, company, query(once))).status_code == 303
    ann = await entered(browsers, company)
    for reply in (
        await by_redirect(api, company, query(once)),
        await by_post(api, company, IDP.signed(once)),
    ):
        assert (reply.status_code, reply.json()["code"]) == (400, "federation.not-believed")
    assert await ann.me() is not None


def evil_around(signed: Any, place: Callable[[Any, Any, Any], None]) -> Any:
    """Another request that has the signature, and somewhere what that covers."""
    outer = etree.fromstring(etree.tostring(signed))
    signature = outer.find(f"{{{DS}}}Signature")
    outer.set("ID", "_evil")
    outer.find(f"{{{A}}}NameID").text = "ann"
    place(outer, signature, signed)
    return outer


def in_object(_: Any, signature: Any, signed: Any) -> None:
    etree.SubElement(signature, f"{{{DS}}}Object").append(signed)


def in_extensions(outer: Any, _: Any, signed: Any) -> None:
    holder = etree.Element(f"{{{P}}}Extensions")
    outer.insert(2, holder)
    holder.append(signed)


def of_the_same_id(outer: Any, _: Any, signed: Any) -> None:
    outer.set("ID", signed.get("ID"))
    in_extensions(outer, _, signed)


async def test_what_is_wrapped_around_a_signature_ends_nothing(
    api: As, company: Made, refused: Any
) -> None:
    """Whoever may sign out bob signs out nobody else by that."""
    bob = "<a:NameID>bob</a:NameID>"
    for place in (in_object, in_extensions, of_the_same_id):
        signed = IDP.signed(request(company, name=bob))
        refused(await by_post(api, company, evil_around(signed, place)))
    changed = IDP.signed(request(company, name=bob))
    changed.find(f"{{{A}}}NameID").text = "ann"
    refused(await by_post(api, company, changed))
    signed = etree.tostring(IDP.signed(request(company, name="<a:NameID>ann.x</a:NameID>")))
    for piece in (b"<!-- -->", b"<?x y?>"):
        refused(await by_post(api, company, signed.replace(b"ann.x", b"ann" + piece + b".x")))
    refused(
        await by_post(api, company, b"<!DOCTYPE a>" + etree.tostring(IDP.signed(request(company))))
    )


async def test_what_is_no_request_ends_nothing(
    api: As, company: Made, refused: Any, people: People
) -> None:
    to = {"acs": company["ours"]["slo_url"], "sp": company["ours"]["entity_id"], "id": "_x"}
    refused(await by_post(api, company, sign(IDP, answer(IDP, to), whole=True)))
    bomb = b"<a>" + b" " * 5_000_000 + b"</a>"
    for xml in (b"", b"<a", b"<a/>", bomb):
        refused(await by_redirect(api, company, query(xml)))
        if xml is not bomb:
            refused(await by_post(api, company, xml))
    assert (await by_post(api, company, bomb)).status_code == 413
    for told in ("", "SAMLRequest=%", "SAMLRequest=&SigAlg=&Signature=", "Signature=x&SigAlg=%FF"):
        refused(await by_redirect(api, company, told))
    refused(await by_redirect(api, company, signed_query("bm90IHBhY2tlZA==")))
    closed = await known(api, people, IDP.metadata())
    change = {"version": closed["version"], "enabled": False}
    path = f"/providers/{closed['id']}"
    assert (await api(people.admin).patch(path, json=change)).status_code == 200
    assert (await by_post(api, closed, IDP.signed(request(closed)))).status_code == 404
