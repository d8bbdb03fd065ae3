"""An authenticator: makes passkeys and signs with them (W3C WebAuthn), or says what it likes."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN, RP = "http://localhost:8000", "localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def client_data(kind: str, challenge: str, origin: str) -> bytes:
    told = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": origin}
    return json.dumps(told).encode()


@dataclass
class Passkey:
    """One credential. `count` is its counter, which it moves on with each signature."""

    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    handle: str = ""
    count: int = 0

    def made(
        self, start: dict[str, Any], name: str = "Laptop", *, origin: str = ORIGIN, rp: str = RP
    ) -> dict[str, Any]:
        """The answer to `POST /me/factors/passkeys/start`, as a browser sends it."""
        self.handle = start.get("user_id", "")
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32), -3: public.y.to_bytes(32)}
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(cose)
        data = self._data(rp, PRESENT | VERIFIED | ATTESTED) + attested
        statement = {"fmt": "none", "attStmt": {}, "authData": data}
        return {
            "name": name,
            "credential": b64(self.id),
            "client_data": b64(client_data("create", start["challenge"], origin)),
            "attestation": b64(cbor2.dumps(statement)),
        }

    def signed(
        self,
        question: dict[str, Any],
        *,
        origin: str = ORIGIN,
        rp: str = RP,
        flags: int = PRESENT | VERIFIED,
        kind: str = "get",
        handle: str | None = None,
    ) -> dict[str, Any]:
        """The answer to a question."""
        self.count += 1
        data = self._data(rp, flags)
        client = client_data(kind, question["challenge"], origin)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return {
            "credential": b64(self.id),
            "client_data": b64(client),
            "authenticator_data": b64(data),
            "signature": b64(signature),
            "user_handle": self.handle if handle is None else handle,
        }

    def _data(self, rp: str, flags: int) -> bytes:
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)
