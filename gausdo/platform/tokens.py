"""Short ES256 tokens (RFC 7519, RFC 9068): for API clients and between Gausdo's own processes."""

import hashlib
import hmac
import time
from typing import Any, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, GuestProtocol

from gausdo.kernel.errors import Unknown
from gausdo.platform.crypto.ring import FROM_SECRET, Ring
from gausdo.settings import Settings

ISSUER = "gausdo"
"""Of tokens between processes, and of those a release before made."""
ACCESS = "at+jwt"
LIFETIME = 600
"""Seconds; no token is accepted that was made for longer."""
SKEW = 5
"""Seconds that the clocks of two machines may differ by."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Tokens:
    """Signs and checks with P-256 keys, each derived from a secret: the first of them signs.

    A token is taken that any of them has signed, so one signed before the first was another one
    stays what it is for as long as it lasts. `issuer` is what tokens for the outside say they are
    from.
    """

    def __init__(self, *secrets: str, issuer: str = ISSUER) -> None:
        keys = [_key_of(secret) for secret in secrets]
        self._keys = {key.thumbprint(): key for key in keys}
        self.kid, self._key = next(iter(self._keys.items()))
        self.issuer = issuer

    @classmethod
    def of(cls, settings: Settings, ring: Ring) -> Self:
        """By the keys of the ring; the installation's own is the last of them."""
        told = [key.signing for key in ring if key.name != FROM_SECRET]
        return cls(*told, settings.derived("tokens"), issuer=settings.base_url.rstrip("/"))

    def published(self) -> list[dict[str, Any]]:
        """The public keys, as a JWK Set has them (RFC 7517)."""
        return [
            {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": "ES256"}
            for kid, key in self._keys.items()
        ]

    def issue(self, subject: str, audience: str, kind: str, lifetime: int, **claims: Any) -> str:
        """`kind` is the `typ`: `at+jwt` for API clients, `service+jwt` between processes."""
        at = int(time.time())
        return jwt.encode(
            {"alg": "ES256", "typ": kind, "kid": self.kid},
            {
                "iss": self.issuer if kind == ACCESS else ISSUER,
                "sub": subject,
                "aud": audience,
                "iat": at,
                "exp": at + min(lifetime, LIFETIME),
                **claims,
            },
            self._key,
            algorithms=["ES256"],
        )

    def claims(self, token: str, audience: str, kind: str) -> dict[str, Any]:
        """Raises Unknown for a token that is forged, stale, or made for something else."""
        try:
            told = jwt.decode(token, self._named, algorithms=["ES256"])
            jwt.JWTClaimsRegistry(
                iss={"essential": True, "values": [ISSUER, self.issuer]},
                aud={"essential": True, "value": audience},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                leeway=SKEW,
            ).validate(told.claims)
            fits = (
                told.header.get("typ") == kind
                and told.claims["exp"] - told.claims["iat"] <= LIFETIME
            )
        except (JoseError, KeyError, ValueError, TypeError):
            fits = False
        if not fits:
            raise Unknown("This token is not valid here, or no longer.")
        return dict(told.claims)

    def _named(self, token: GuestProtocol) -> ECKey:
        """The key that a token names. Raises KeyError: there is nothing to fetch it from."""
        return self._keys[token.headers()["kid"]]


def _key_of(secret: str) -> ECKey:
    digest = hmac.new(secret.encode(), b"token key", hashlib.sha512).digest()
    scalar = int.from_bytes(digest) % (_ORDER - 1) + 1  # FIPS 186-5, A.2.1: extra bits
    pem = ec.derive_private_key(scalar, ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return ECKey.import_key(pem)
