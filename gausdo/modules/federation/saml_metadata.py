"""What SAML's metadata say of a provider, and what ours say of us (SAML 2.0 Metadata).

Loaded with the first use, as all of SAML.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from gausdo.modules.federation.contract import LONGEST, WEB
from gausdo.modules.federation.doubt import Doubt
from gausdo.modules.federation.saml import (
    METADATA,
    NAMES,
    POST,
    PROTOCOL,
    REDIRECT,
    certificate,
    parsed,
)


def read_metadata(xml: bytes) -> dict[str, Any]:
    """`entity_id`, `sso_url` and `certificates` of the one provider a document tells of, and `slo`,
    where it hears of sessions that have ended.

    Raises Doubt `metadata`, `document`.
    """
    root = parsed(xml)
    found = root.xpath("descendant-or-self::m:IDPSSODescriptor", namespaces=NAMES)
    if len(found) != 1:
        raise Doubt("metadata", f"{len(found)} identity providers")
    (described,) = found
    entity_id = described.getparent().get("entityID") if described.getparent() is not None else None
    urls = described.xpath(
        "./m:SingleSignOnService[@Binding=$binding]/@Location", namespaces=NAMES, binding=REDIRECT
    )
    certificates = [
        "".join(text.split())
        for text in described.xpath(
            "./m:KeyDescriptor[not(@use) or @use='signing']"
            "/d:KeyInfo/d:X509Data/d:X509Certificate/text()",
            namespaces=NAMES,
        )
    ]
    if not entity_id or not urls or not certificates:
        raise Doubt("metadata", "no entityID, no HTTP-Redirect or no certificate")
    if urlsplit(urls[0]).scheme not in {"https", "http"}:
        raise Doubt("metadata", "SingleSignOnService is no web address")
    for text in certificates:
        certificate(text)
    told = {"entity_id": entity_id, "sso_url": urls[0], "certificates": certificates[:10]}
    return told | ({"slo": slo} if (slo := _logout_urls(described)) else {})


def _logout_urls(described: Any) -> dict[str, str]:
    """Where answers about the end of a session go, by their binding; addresses that are none are
    left out.
    """
    found = {}
    for name, binding in (("redirect", REDIRECT), ("post", POST)):
        for service in described.xpath(
            "./m:SingleLogoutService[@Binding=$binding]", namespaces=NAMES, binding=binding
        )[:1]:
            url = service.get("ResponseLocation") or service.get("Location") or ""
            if len(url) <= LONGEST and re.fullmatch(WEB, url):
                found[name] = url
    return found


def our_metadata(sp: str, acs_url: str, slo_url: str) -> str:
    """What a provider is told of us."""
    root = etree.Element(f"{{{METADATA}}}EntityDescriptor", entityID=sp, nsmap={"md": METADATA})
    described = etree.SubElement(
        root,
        f"{{{METADATA}}}SPSSODescriptor",
        AuthnRequestsSigned="false",
        WantAssertionsSigned="true",
        protocolSupportEnumeration=PROTOCOL,
    )
    for binding in (REDIRECT, POST):
        etree.SubElement(
            described, f"{{{METADATA}}}SingleLogoutService", Binding=binding, Location=slo_url
        )
    etree.SubElement(
        described,
        f"{{{METADATA}}}AssertionConsumerService",
        Binding=POST,
        Location=acs_url,
        index="0",
        isDefault="true",
    )
    return str(etree.tostring(root, encoding="unicode"))
