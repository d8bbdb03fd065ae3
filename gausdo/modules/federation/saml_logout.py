"""Single logout of SAML 2.0, asked for by the provider (Profiles, 4.4; Bindings, 3.4 and 3.5).

A request comes by the browser: signed within (HTTP-POST), or with its query (HTTP-Redirect). Of one
that is signed within, only what the signature covered is read. Loaded with the first use, as all of
SAML.
"""

import base64
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, unquote_plus

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from lxml import etree

from gausdo.kernel.values import new_id, now
from gausdo.modules.federation.doubt import Doubt
from gausdo.modules.federation.saml import (
    ASSERTION,
    LARGEST,
    NAMES,
    PROTOCOL,
    SKEW,
    SUCCESS,
    Exchange,
    certificate,
    decoded,
    demand_own_ids,
    instant,
    one,
    parsed,
    redirected,
    signed,
)

LASTS = timedelta(minutes=5)
"""How long a request holds after it was made, whatever it says."""
MANY = 50
"""Sessions that one request names."""
LONGEST = 1000
"""Characters of a RelayState, and of an id."""
DEFLATE = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
SIGNED = ("SAMLRequest", "RelayState", "SigAlg")
"""What the signature of a query covers, in this order (Bindings, 3.4.4.1)."""
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_RSA: dict[str, Callable[[], HashAlgorithm]] = {
    f"{_MORE}rsa-sha256": SHA256,
    f"{_MORE}rsa-sha384": SHA384,
    f"{_MORE}rsa-sha512": SHA512,
}
_ECDSA: dict[str, Callable[[], HashAlgorithm]] = {
    f"{_MORE}ecdsa-sha256": SHA256,
    f"{_MORE}ecdsa-sha384": SHA384,
}


@dataclass(frozen=True)
class Ending:
    """What a request asks to be ended: of `name_id`, those of `sessions`, or all where it names
    none; `id` may be heard once until `until`.
    """

    id: str
    until: datetime
    name_id: str
    sessions: tuple[str, ...]
    relay_state: str | None


def posted(form: Mapping[str, str], exchange: Exchange) -> Ending:
    """What a request by HTTP-POST asks. Raises Doubt."""
    xml = decoded(form.get("SAMLRequest", ""))
    root = parsed(xml)
    _demand_request(root)
    if not root.xpath("./d:Signature", namespaces=NAMES):
        raise Doubt("signature", "nothing is signed")
    covered = signed(root, xml, exchange.certificates, "./")
    return _read(covered, exchange, form.get("RelayState"))


def queried(query: str, exchange: Exchange) -> Ending:
    """What a request by HTTP-Redirect asks; `query` as it came, as it is signed. Raises Doubt."""
    told: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name in told:
            raise Doubt("document", f"{name[:50]} twice")
        told[name] = value
    if unquote(told.get("SAMLEncoding", DEFLATE)) != DEFLATE:
        raise Doubt("document", "of an encoding that is not known")
    if "SigAlg" not in told or "Signature" not in told:
        raise Doubt("signature", "nothing is signed")
    covered = "&".join(f"{name}={told[name]}" for name in SIGNED if name in told)
    _verify(
        covered.encode(),
        unquote(told["SigAlg"]),
        decoded(unquote(told["Signature"])),
        exchange,
    )
    root = parsed(_inflated(decoded(unquote(told.get("SAMLRequest", "")))))
    _demand_request(root)
    if root.xpath("//d:Signature", namespaces=NAMES):
        raise Doubt("document", "signed within, too")
    relay_state = told.get("RelayState")
    return _read(root, exchange, None if relay_state is None else unquote_plus(relay_state))


def _response(exchange: Exchange, to: str, url: str) -> Any:
    """That what the request `to` asked is done. It is not signed: there is no key of ours for it,
    and whoever made it up would end nothing.
    """
    told = etree.Element(
        f"{{{PROTOCOL}}}LogoutResponse",
        ID=f"_{new_id().hex}",
        Version="2.0",
        IssueInstant=now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        Destination=url,
        InResponseTo=to,
        nsmap={"samlp": PROTOCOL, "saml": ASSERTION},
    )
    etree.SubElement(told, f"{{{ASSERTION}}}Issuer").text = exchange.sp
    status = etree.SubElement(told, f"{{{PROTOCOL}}}Status")
    etree.SubElement(status, f"{{{PROTOCOL}}}StatusCode", Value=SUCCESS)
    return told


def answer(
    slo: Mapping[str, str], exchange: Exchange, ending: Ending
) -> tuple[str | None, dict[str, str]]:
    """Where the browser brings the answer, by HTTP-Redirect if the provider takes that, else the
    form that it brings; None and nothing where the provider names no place.
    """
    if url := slo.get("redirect"):
        told = {"SAMLResponse": _response(exchange, ending.id, url)}
        return redirected(url, told, ending.relay_state), {}
    if url := slo.get("post"):
        packed = base64.b64encode(etree.tostring(_response(exchange, ending.id, url))).decode()
        kept = {} if ending.relay_state is None else {"RelayState": ending.relay_state}
        return url, {"SAMLResponse": packed, **kept}
    return None, {}


def _demand_request(root: Any) -> None:
    if root.tag != f"{{{PROTOCOL}}}LogoutRequest" or root.get("Version") != "2.0":
        raise Doubt("document", "no SAML logout request")
    demand_own_ids(root)


def _inflated(packed: bytes) -> bytes:
    """At most as much as is read: a few bytes may stand for a thousand times as many."""
    unpacker = zlib.decompressobj(-15)
    try:
        xml = unpacker.decompress(packed, LARGEST + 1)
    except zlib.error as error:
        raise Doubt("document", "not packed by DEFLATE") from error
    if len(xml) > LARGEST:
        raise Doubt("document", "too large")
    return xml


def _verify(covered: bytes, algorithm: str, signature: bytes, exchange: Exchange) -> None:
    """Raises Doubt unless a key of the provider has signed this."""
    for text in exchange.certificates:
        try:
            key = certificate(text).public_key()
            if isinstance(key, RSAPublicKey) and algorithm in _RSA:
                key.verify(signature, covered, PKCS1v15(), _RSA[algorithm]())
                return
            if isinstance(key, EllipticCurvePublicKey) and algorithm in _ECDSA:
                key.verify(_der(signature), covered, ECDSA(_ECDSA[algorithm]()))
                return
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            continue
    raise Doubt("signature", f"of the query, by {algorithm}")


def _der(signature: bytes) -> bytes:
    """XML signatures have the two numbers of ECDSA side by side (XML Signature, 6.4.3)."""
    half = len(signature) // 2
    r, s = signature[:half], signature[half:]
    return encode_dss_signature(int.from_bytes(r), int.from_bytes(s))


def _read(request: Any, exchange: Exchange, relay_state: str | None) -> Ending:
    if request.get("Destination") != exchange.slo_url:
        raise Doubt("destination", str(request.get("Destination")))
    issuer = one(request, "./a:Issuer", "issuer")
    if issuer.text != exchange.idp:
        raise Doubt("issuer", str(issuer.text))
    until = _held(request) + SKEW
    if request.xpath("./a:EncryptedID", namespaces=NAMES):
        raise Doubt("encrypted", "NameID")
    name = one(request, "./a:NameID", "NameID")
    if not (name.text or "").strip() or len(name):
        raise Doubt("claims", "no NameID")
    sessions = [index.text or "" for index in request.xpath("./p:SessionIndex", namespaces=NAMES)]
    if len(sessions) > MANY or not all(sessions):
        raise Doubt("document", f"{len(sessions)} sessions, or one without a name")
    id = request.get("ID", "")
    if not id or max(len(id), len(relay_state or "")) > LONGEST:
        raise Doubt("document", "an ID or a RelayState that is too long, or none")
    return Ending(id, until, name.text.strip(), tuple(dict.fromkeys(sessions)), relay_state)


def _held(request: Any) -> datetime:
    """Until when it holds: not longer than `LASTS`, whatever it says."""
    made = instant(request.get("IssueInstant", ""))
    until, told = made + LASTS, request.get("NotOnOrAfter")
    if told is not None:
        until = min(until, instant(told))
    if now() + SKEW < made or now() - SKEW >= until:
        raise Doubt("expired", f"made {request.get('IssueInstant')}, until {told}")
    return until
