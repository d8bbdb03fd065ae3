"""Short ES256 tokens (RFC 7519, RFC 9068): for API clients and between Gausdo's own processes."""

import hashlib
import hmac
import time
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gausdo.kernel.errors import Unknown

ISSUER = "gausdo"
LIFETIME = 600
"""Seconds; no token is accepted that was made for longer."""
SKEW = 5
"""Seconds that the clocks of two machines may differ by."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Tokens:
    """Signs and checks with one P-256 key, derived from the installation's secret."""

    def __init__(self, secret: str) -> None:
        digest = hmac.new(secret.encode(), b"token key", hashlib.sha512).digest()
        scalar = int.from_bytes(digest) % (_ORDER - 1) + 1  # FIPS 186-5, A.2.1: extra bits
        pem = ec.derive_private_key(scalar, ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self._key = ECKey.import_key(pem)
        self.kid = self._key.thumbprint()

    def issue(self, subject: str, audience: str, kind: str, lifetime: int, **claims: Any) -> str:
        """`kind` is the `typ`: `at+jwt` for API clients, `service+jwt` between processes."""
        at = int(time.time())
        return jwt.encode(
            {"alg": "ES256", "typ": kind, "kid": self.kid},
            {
                "iss": ISSUER,
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
            told = jwt.decode(token, self._key, algorithms=["ES256"])
            jwt.JWTClaimsRegistry(
                iss={"essential": True, "value": ISSUER},
                aud={"essential": True, "value": audience},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                leeway=SKEW,
            ).validate(told.claims)
            fits = (
                told.header.get("typ") == kind
                and told.header.get("kid") == self.kid
                and told.claims["exp"] - told.claims["iat"] <= LIFETIME
            )
        except (JoseError, ValueError, TypeError):
            fits = False
        if not fits:
            raise Unknown("This token is not valid here, or no longer.")
        return dict(told.claims)
