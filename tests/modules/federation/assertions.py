"""A SAML identity provider of our own making: signs what it is told to, rightly or not."""

import base64
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zlib import decompress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner

P, A = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"


class Idp:
    """One key, one certificate, one name."""

    entity_id = "https://idp.example.org/metadata"
    sso_url = "https://idp.example.org/sso"

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 2048)

    @cached_property
    def certificate(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
        at = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(at - timedelta(days=1))
            .not_valid_after(at + timedelta(days=90))
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )

    def metadata(self) -> str:
        der = base64.b64encode(self.certificate.public_bytes(serialization.Encoding.DER)).decode()
        return (
            f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" '
            f'entityID="{self.entity_id}"><IDPSSODescriptor '
            f'protocolSupportEnumeration="{P}"><KeyDescriptor use="signing">'
            f'<KeyInfo xmlns="{DS}"><X509Data><X509Certificate>{der}</X509Certificate></X509Data>'
            f"</KeyInfo></KeyDescriptor><SingleSignOnService "
            f'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
            f'Location="{self.sso_url}"/></IDPSSODescriptor></EntityDescriptor>'
        )

    def signed(self, element: Any, **told: Any) -> Any:
        signer = XMLSigner(
            signature_algorithm=told.get("algorithm", "rsa-sha256"),
            digest_algorithm=told.get("digest", "sha256"),
            c14n_algorithm=EXC,
        )
        # SAML wants the signature behind the issuer
        placed = etree.SubElement(element, f"{{{DS}}}Signature", Id="placeholder", nsmap={"ds": DS})
        element.remove(placed)
        element.insert(1, placed)
        return signer.sign(
            element,
            key=told.get("key", self.key),
            cert=self.pem.decode(),
            reference_uri=f"#{element.get('ID')}",
            id_attribute="ID",
        )


def asked(url: str) -> dict[str, str]:
    """What an AuthnRequest asks: its `id`, where the answer goes, `relay_state`, whether `anew`."""
    query = parse_qs(urlsplit(url).query)
    xml = decompress(base64.b64decode(query["SAMLRequest"][0]), -15)
    root = etree.fromstring(xml)
    return {
        "id": root.get("ID"),
        "acs": root.get("AssertionConsumerServiceURL"),
        "sp": root.findtext(f"{{{A}}}Issuer"),
        "relay_state": query["RelayState"][0],
        "anew": root.get("ForceAuthn", "false"),
    }


def at(seconds: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(idp: Idp, to: dict[str, str], **told: Any) -> Any:
    """A response to what was asked; `told` overrides what it says."""
    t = {
        "issuer": idp.entity_id, "recipient": to["acs"], "destination": to["acs"],
        "audience": to["sp"], "in_response_to": to["id"], "until": at(300), "since": at(-30),
        "name_id": "ann", "email": "ann@example.org", "groups": [], "status": "Success",
        "assertion_id": "_a1", "response_id": "_r1", "conditions": True, "format": "persistent",
        "context": "PasswordProtectedTransport", "authenticated": at(0), **told,
    }  # fmt: skip
    groups = "".join(f"<a:AttributeValue>{one}</a:AttributeValue>" for one in t["groups"])
    reply = f' InResponseTo="{t["in_response_to"]}"' if t["in_response_to"] else ""
    conditions = (
        f'<a:Conditions NotBefore="{t["since"]}" NotOnOrAfter="{t["until"]}">'
        f"<a:AudienceRestriction><a:Audience>{t['audience']}</a:Audience></a:AudienceRestriction>"
        "</a:Conditions>"
    )
    return etree.fromstring(
        f'<p:Response xmlns:p="{P}" xmlns:a="{A}" ID="{t["response_id"]}" Version="2.0" '
        f'IssueInstant="{at(0)}" Destination="{t["destination"]}"{reply}>'
        f"<a:Issuer>{t['issuer']}</a:Issuer>"
        f'<p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{t["status"]}"/>'
        f"</p:Status>"
        f'<a:Assertion ID="{t["assertion_id"]}" Version="2.0" IssueInstant="{at(0)}">'
        f"<a:Issuer>{t['issuer']}</a:Issuer><a:Subject>"
        f'<a:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:{t["format"]}">'
        f"{t['name_id']}</a:NameID>"
        f'<a:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<a:SubjectConfirmationData Recipient="{t["recipient"]}" NotOnOrAfter="{t["until"]}"'
        f"{reply}/></a:SubjectConfirmation></a:Subject>"
        f"{conditions if t['conditions'] else ''}"
        f'<a:AuthnStatement AuthnInstant="{t["authenticated"]}" SessionIndex="s1"><a:AuthnContext>'
        f"<a:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:{t['context']}"
        f"</a:AuthnContextClassRef></a:AuthnContext></a:AuthnStatement><a:AttributeStatement>"
        f'<a:Attribute Name="email"><a:AttributeValue>{t["email"]}</a:AttributeValue></a:Attribute>'
        f'<a:Attribute Name="groups">{groups}</a:Attribute></a:AttributeStatement>'
        f"</a:Assertion></p:Response>"
    )


def sign(idp: Idp, response: Any, *, whole: bool = False, **told: Any) -> Any:
    """With its assertion signed, or as a whole."""
    if whole:
        return idp.signed(response, **told)
    assertion = response.find(f"{{{A}}}Assertion")
    place = response.index(assertion)
    response.remove(assertion)
    alone = etree.fromstring(etree.tostring(assertion))
    response.insert(place, idp.signed(alone, **told))
    return response


def packed(response: Any) -> str:
    xml = response if isinstance(response, bytes) else etree.tostring(response)
    return base64.b64encode(xml).decode()
