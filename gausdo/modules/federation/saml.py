"""A service provider of SAML 2.0: Web Browser SSO, answers by POST (SAML 2.0 Profiles, 4.1).

An answer is held to one strict shape before any cryptography: no DTD, comment or processing
instruction, one assertion, one reference that names its parent, two transforms in their order. Then
only the canonical bytes that the signature covered are read, so that what is wrapped around them
(XML signature wrapping) says nothing. Loaded with the first use: lxml and signxml are heavy.
"""

import base64
import binascii
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from gausdo.kernel.values import now
from gausdo.modules.federation.doubt import Doubt

LARGEST = 256 * 1024
"""Bytes of an answer; more is not even parsed."""
SKEW = timedelta(seconds=120)

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
NAMES = {"p": PROTOCOL, "a": ASSERTION, "m": METADATA, "d": SIGNATURE}

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
TRANSFORMS = [f"{SIGNATURE}enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n#"]
CONDITIONS = {
    f"{{{ASSERTION}}}{n}" for n in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")
}

_ALGORITHMS: dict[str, Any] = {
    "signature_methods": frozenset(
        {
            SignatureMethod.RSA_SHA256,
            SignatureMethod.RSA_SHA384,
            SignatureMethod.RSA_SHA512,
            SignatureMethod.SHA256_RSA_MGF1,
            SignatureMethod.ECDSA_SHA256,
            SignatureMethod.ECDSA_SHA384,
        }
    ),
    "digest_algorithms": frozenset(
        {DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}
    ),
    "require_x509": True,
    "expect_references": 1,
}


@dataclass(frozen=True)
class Exchange:
    """Between whom an answer has to be: `certificates` are base64 of DER.

    `anew`: whoever is signed in over there is to prove it once more.
    """

    idp: str
    certificates: tuple[str, ...]
    sp: str
    acs_url: str
    slo_url: str
    request_id: str
    anew: bool = False


@dataclass(frozen=True)
class Asserted:
    """What an assertion says; `id` may be heard once until `until`."""

    id: str
    until: datetime
    name_id: str
    transient: bool
    attributes: Mapping[str, tuple[str, ...]]
    session: str | None
    context: str | None
    proved: int


def certificate(text: str) -> x509.Certificate:
    """Raises Doubt `certificate`."""
    try:
        return x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
    except ValueError as error:
        raise Doubt("certificate", "cannot be read") from error


def request_url(sso_url: str, exchange: Exchange, relay_state: str) -> str:
    """Where the browser asks the provider: HTTP-Redirect (SAML 2.0 Bindings, 3.4)."""
    at = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    request = etree.Element(
        f"{{{PROTOCOL}}}AuthnRequest",
        ID=exchange.request_id,
        Version="2.0",
        IssueInstant=at,
        Destination=sso_url,
        AssertionConsumerServiceURL=exchange.acs_url,
        ProtocolBinding=POST,
        nsmap={"samlp": PROTOCOL, "saml": ASSERTION},
    )
    if exchange.anew:
        request.set("ForceAuthn", "true")
    etree.SubElement(request, f"{{{ASSERTION}}}Issuer").text = exchange.sp
    etree.SubElement(request, f"{{{PROTOCOL}}}NameIDPolicy", AllowCreate="true")
    return redirected(sso_url, {"SAMLRequest": request}, relay_state)


def redirected(url: str, message: Mapping[str, Any], relay_state: str | None) -> str:
    """An address that takes a message along, by its name: HTTP-Redirect, packed by DEFLATE."""
    told = {}
    for name, element in message.items():
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(etree.tostring(element)) + packer.flush()
        told[name] = base64.b64encode(packed).decode()
    if relay_state is not None:
        told["RelayState"] = relay_state
    return url + ("&" if "?" in url else "?") + urlencode(told, quote_via=quote)


def asserted(response: str, exchange: Exchange) -> Asserted:
    """What a provider's answer (`SAMLResponse`) says. Raises Doubt."""
    xml = decoded(response)
    root = parsed(xml)
    _hold_shape(root, exchange)
    return _read(_signed_assertion(root, xml, exchange), root, exchange)


def decoded(text: str) -> bytes:
    """Of base64, in one line or many. Raises Doubt."""
    if len(text) > LARGEST * 4 // 3 + 4:
        raise Doubt("document", "too large")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Doubt("document", "not base64") from error


def parsed(xml: bytes) -> Any:
    """The root of a document that has nothing but elements, attributes and text."""
    if len(xml) > LARGEST:
        raise Doubt("document", "too large")
    if b"<!" in xml.replace(b"<![CDATA[", b""):
        raise Doubt("document", "has a DTD or a comment")
    try:
        root = etree.fromstring(xml, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Doubt("document", "not XML") from error
    if root.getroottree().docinfo.doctype:
        raise Doubt("document", "has a DTD")
    if any(not isinstance(each.tag, str) for each in root.iter()):
        raise Doubt("document", "has a comment or a processing instruction")
    return root


def _parser() -> Any:
    """UTF-8 whatever the document says: another encoding would hide from the look at its bytes."""
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )


def _hold_shape(root: Any, exchange: Exchange) -> None:
    if root.tag != f"{{{PROTOCOL}}}Response" or root.get("Version") != "2.0":
        raise Doubt("document", "no SAML response")
    if root.get("Destination") not in (None, exchange.acs_url):
        raise Doubt("destination", str(root.get("Destination")))
    status = one(root, "./p:Status/p:StatusCode", "status").get("Value")
    if status != SUCCESS:
        raise Doubt("status", str(status))
    demand_own_ids(root)
    if root.xpath("//a:EncryptedAssertion", namespaces=NAMES):
        raise Doubt("encrypted")
    if len(root.xpath("//a:Assertion", namespaces=NAMES)) != 1:
        raise Doubt("document", "not one assertion")


def demand_own_ids(root: Any) -> None:
    """What a signature names is one element. Raises Doubt."""
    ids = root.xpath("//@ID")
    others = root.xpath("//@*[local-name()='id' or local-name()='Id']")
    if len(ids) != len(set(ids)) or others:
        raise Doubt("document", "ids that are not one element's own")


def _signed_assertion(root: Any, xml: bytes, exchange: Exchange) -> Any:
    """The assertion as it was signed: itself, within a signed response, or both."""
    assertion = one(root, "./a:Assertion", "assertion")
    found = None
    if assertion.xpath("./d:Signature", namespaces=NAMES):
        found = signed(assertion, xml, exchange.certificates, f"./{{{ASSERTION}}}Assertion/")
    if root.xpath("./d:Signature", namespaces=NAMES):
        whole = signed(root, xml, exchange.certificates, "./")
        found = one(whole, "./a:Assertion", "assertion") if found is None else found
    if found is None:
        raise Doubt("signature", "nothing is signed")
    return found


def signed(owner: Any, xml: bytes, certificates: Iterable[str], location: str) -> Any:
    """What the signature in `owner` covers, read anew from the bytes that were signed."""
    signature = one(owner, "./d:Signature", "signature")
    info = one(signature, "./d:SignedInfo", "SignedInfo")
    reference = one(info, "./d:Reference", "reference")
    method = one(info, "./d:CanonicalizationMethod", "canonicalization")
    transforms = reference.xpath("./d:Transforms/d:Transform/@Algorithm", namespaces=NAMES)
    if (
        signature.xpath("./d:Object", namespaces=NAMES)
        or reference.get("URI") != f"#{owner.get('ID', '')}"
        or method.get("Algorithm") != TRANSFORMS[1]
        or transforms != TRANSFORMS
    ):
        raise Doubt("signature", "of another shape than SAML has")
    config = SignatureConfiguration(location=location, **_ALGORITHMS)
    for text in certificates:
        try:
            told = XMLVerifier().verify(
                xml,
                x509_cert=certificate(text),
                id_attribute="ID",
                expect_config=config,
                parser=_parser(),
            )
            break
        except (SignXMLException, ValueError, TypeError) as error:
            last = error
    else:
        raise Doubt("signature", f"{type(last).__name__}: {last}")
    assert isinstance(told, VerifyResult)
    covered = etree.fromstring(told.signed_data, _parser())
    if covered.tag != owner.tag or covered.get("ID") != owner.get("ID"):
        raise Doubt("signature", "of another element")
    return covered


def _read(assertion: Any, root: Any, exchange: Exchange) -> Asserted:
    for issuer in (
        one(assertion, "./a:Issuer", "issuer"),
        *root.xpath("./a:Issuer", namespaces=NAMES),
    ):
        if issuer.text != exchange.idp:
            raise Doubt("issuer", str(issuer.text))
    until = _confirmed(assertion, root, exchange)
    _hold_conditions(one(assertion, "./a:Conditions", "conditions"), exchange)
    statement = one(assertion, "./a:AuthnStatement", "authentication statement")
    ends = statement.get("SessionNotOnOrAfter")
    if ends and now() - SKEW >= instant(ends):
        raise Doubt("expired", "the session over there")
    name = one(assertion, "./a:Subject/a:NameID", "NameID")
    if not name.text or len(name):
        raise Doubt("claims", "no NameID")
    context = statement.xpath("./a:AuthnContext/a:AuthnContextClassRef/text()", namespaces=NAMES)
    return Asserted(
        id=assertion.get("ID"),
        until=until + SKEW,
        name_id=name.text.strip(),
        transient=name.get("Format") == TRANSIENT,
        attributes=_attributes(
            assertion.xpath("./a:AttributeStatement/a:Attribute", namespaces=NAMES)
        ),
        session=statement.get("SessionIndex"),
        context=context[0] if context else None,
        proved=int(instant(statement.get("AuthnInstant", "")).timestamp()),
    )


def _confirmed(assertion: Any, root: Any, exchange: Exchange) -> datetime:
    """Until when one bearer confirmation holds that is an answer to what we asked."""
    why = Doubt("recipient", "no bearer confirmation")
    for told in assertion.xpath(
        "./a:Subject/a:SubjectConfirmation[@Method=$bearer]/a:SubjectConfirmationData",
        namespaces=NAMES,
        bearer=BEARER,
    ):
        until = instant(told.get("NotOnOrAfter", ""))
        if told.get("Recipient") != exchange.acs_url or told.get("NotBefore"):
            why = Doubt("recipient", str(told.get("Recipient")))
        elif now() - SKEW >= until:
            why = Doubt("expired", f"confirmation until {told.get('NotOnOrAfter')}")
        elif {told.get("InResponseTo"), root.get("InResponseTo")} != {exchange.request_id}:
            why = Doubt("request", "not an answer to what was asked")
        else:
            return until
    raise why


def _hold_conditions(conditions: Any, exchange: Exchange) -> None:
    begins, ends = conditions.get("NotBefore"), conditions.get("NotOnOrAfter")
    if begins and now() + SKEW < instant(begins):
        raise Doubt("expired", f"not before {begins}")
    if not ends or now() - SKEW >= instant(ends):
        raise Doubt("expired", f"until {ends}")
    if any(each.tag not in CONDITIONS for each in conditions):
        raise Doubt("conditions", "one that is not known")
    audiences = conditions.xpath("./a:AudienceRestriction", namespaces=NAMES)
    if not audiences or any(exchange.sp not in [name.text for name in each] for each in audiences):
        raise Doubt("audience")


def _attributes(told: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    return {
        each.get("Name", ""): tuple(value.text.strip() for value in each if value.text)
        for each in told
    }


def one(within: Any, path: str, what: str) -> Any:
    found = within.xpath(path, namespaces=NAMES)
    if len(found) != 1:
        raise Doubt("document", f"{what}: {len(found)} of it")
    return found[0]


def instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Doubt("document", "a time that is none") from error
    if at.tzinfo is None:
        raise Doubt("document", "a time without its zone")
    return at
