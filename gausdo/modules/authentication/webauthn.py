"""Passkeys on the wire (W3C WebAuthn, level 3). The library is loaded with the first of them."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from gausdo.modules.authentication.contract import PasskeyDraft, PasskeyProof

T = TypeVar("T")

ES256, EDDSA, RS256 = -7, -8, -257
"""Signatures that are taken, by their numbers at the IANA (COSE)."""


@dataclass(frozen=True)
class Site:
    """Whom a passkey is made for: the address that people type, and its host."""

    origin: str
    rp_id: str

    @classmethod
    def at(cls, url: str) -> Self:
        parts = urlsplit(url)
        return cls(f"{parts.scheme}://{parts.netloc}".lower(), parts.hostname or "")


@dataclass(frozen=True)
class Made:
    """A credential that an authenticator has made."""

    credential: bytes
    public_key: bytes
    sign_count: int


def plain(text: str) -> bytes:
    """The bytes of base64url without its padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def challenge_of(client_data: str) -> str:
    """The challenge that a browser says it has answered; empty when it says none."""
    try:
        told = json.loads(plain(client_data))
    except (ValueError, RecursionError):
        return ""
    found = told.get("challenge") if isinstance(told, dict) else None
    return found if isinstance(found, str) else ""


def registered(site: Site, draft: PasskeyDraft, challenge: str) -> Made | None:
    """The credential that was made for `site`; None when it was not, or not as it is said."""
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers.cose import COSEAlgorithmIdentifier as Cose  # noqa: PLC0415

    found = _or_nothing(
        lambda: verify_registration_response(
            credential=_credential(
                draft.credential,
                clientDataJSON=draft.client_data,
                attestationObject=draft.attestation,
            ),
            expected_challenge=plain(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            supported_pub_key_algs=[Cose(one) for one in (ES256, EDDSA, RS256)],
        )
    )
    if found is None:
        return None
    return Made(found.credential_id, found.credential_public_key, found.sign_count)


def asserted(
    site: Site, proof: PasskeyProof, challenge: str, public_key: bytes, *, verified: bool
) -> int | None:
    """The counter of the authenticator that has signed; None when it has not.

    `verified`: it has to have made sure of the person, by a finger or a PIN.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415

    found = _or_nothing(
        lambda: verify_authentication_response(
            credential=_credential(
                proof.credential,
                clientDataJSON=proof.client_data,
                authenticatorData=proof.authenticator_data,
                signature=proof.signature,
            ),
            expected_challenge=plain(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,  # whoever calls compares: a copy is more than an error
            require_user_verification=verified,
        )
    )
    return None if found is None else found.new_sign_count


def _credential(id: str, **response: str) -> dict[str, Any]:
    return {"id": id, "rawId": id, "type": "public-key", "response": response}


def _or_nothing(verify: Callable[[], T]) -> T | None:
    """The library raises many things about what a stranger has made up."""
    try:
        return verify()
    except Exception:  # noqa: BLE001
        return None
