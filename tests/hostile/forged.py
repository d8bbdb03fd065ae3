"""Tokens that are nearly right (RFC 7515, 7519), made by hand: no library would sign them."""

import json
import time
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from gausdo.gateway.identify import API
from gausdo.platform.tokens import ISSUER, Tokens

Told = dict[str, Any]


def forged(tokens: Tokens, subject: str, told: Told) -> str:
    """A token as a case describes it; with nothing told, the real one.

    `header` and `claims` replace what would be said, None leaves it out; `iat` and `exp` are
    seconds from now; `key` is what it is signed with; `after` changes claims behind the signature.
    """
    ours = load_pem_private_key(tokens._key.as_pem(private=True), None)
    assert isinstance(ours, ec.EllipticCurvePrivateKey)
    another = ec.generate_private_key(ec.SECP256R1())
    header = {"alg": "ES256", "typ": "at+jwt", "kid": tokens.kid, **told.get("header", {})}
    if header.get("jwk"):
        header["jwk"] = _jwk(another)
    claims = {
        "iss": ISSUER,
        "sub": subject,
        "aud": API,
        "iat": 0,
        "exp": 300,
        **told.get("claims", {}),
    }
    at = int(time.time())
    for name in ("iat", "exp"):
        if isinstance(claims[name], int):
            claims[name] += at
    head, body = _part(header), _part(claims)
    signature = _signature(told.get("key", "ours"), ours, another, f"{head}.{body}".encode())
    if "after" in told:
        body = _part({**claims, **told["after"]})
    return f"{head}.{body}.{_encoded(signature)}"


def _signature(
    key: str, ours: ec.EllipticCurvePrivateKey, another: ec.EllipticCurvePrivateKey, text: bytes
) -> bytes:
    public = ours.public_key()
    match key:
        case "ours" | "another":
            signer = ours if key == "ours" else another
            r, s = decode_dss_signature(signer.sign(text, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32) + s.to_bytes(32)
        case "public PEM":
            return _mac(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), text)
        case "public JWK":
            return _mac(json.dumps(_jwk(ours)).encode(), text)
        case "zeros":
            return bytes(64)
        case "none":
            return b""
    raise ValueError(key)


def _mac(secret: bytes, text: bytes) -> bytes:
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(text)
    return mac.finalize()


def _jwk(key: ec.EllipticCurvePrivateKey) -> Told:
    numbers = key.public_key().public_numbers()
    x, y = (_encoded(number.to_bytes(32)) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _part(told: Told) -> str:
    said = {name: value for name, value in told.items() if value is not None}
    return _encoded(json.dumps(said).encode())


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
