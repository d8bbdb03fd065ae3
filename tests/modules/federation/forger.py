"""A provider that says whatever a test wants it to, with keys of its own."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class Forger:
    """`tokens` are forged of `claims` and `header`, signed with `key` (its own, unless told)."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://localhost:{port}"
        self.own = RSAKey.generate_key(2048, {"kid": "own", "use": "sig"})
        self.other = RSAKey.generate_key(2048, {"kid": "own"})
        self.curve = ECKey.generate_key("P-256", {"kid": "curve"})
        self.asked: list[str] = []
        self.behave()

    def behave(self) -> None:
        """Be an honest provider again."""
        self.document: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.key: Any = self.own
        self.userinfo: dict[str, Any] = {}
        self.nonce = ""

    def token(self, **claims: Any) -> str:
        header = {"alg": "RS256", "kid": "own", **self.header}
        header = {name: value for name, value in header.items() if value is not None}
        body = {name: value for name, value in claims.items() if value is not None}
        if header["alg"] == "none":
            return f"{_coded(header)}.{_coded(body)}."
        if header["alg"] == "HS256":  # with what everybody knows as the secret
            text = f"{_coded(header)}.{_coded(body)}"
            mac = hmac.new(self.own.as_pem(private=False), text.encode(), hashlib.sha256)
            return f"{text}.{_base64url(mac.digest())}"
        registry = jws.JWSRegistry(algorithms=["RS256", "ES256"])
        return jws.serialize_compact(header, json.dumps(body), self.key, registry=registry)

    def id_token(self) -> str:
        at = int(time.time())
        return self.token(
            **{
                "iss": self.issuer,
                "sub": "ann",
                "aud": "gausdo",
                "iat": at,
                "exp": at + 300,
                "nonce": self.nonce,
                "email": "ann@example.org",
                "email_verified": True,
                **self.claims,
            }
        )

    def logout_token(self, **claims: Any) -> str:
        at = int(time.time())
        told = {
            "iss": self.issuer,
            "aud": "gausdo",
            "iat": at,
            "exp": at + 120,
            "jti": f"{time.time_ns()}",
            "sub": "ann",
            "events": {LOGOUT: {}},
            **claims,
        }
        return self.token(**told)

    def answer(self, path: str) -> dict[str, Any]:
        self.asked.append(path)
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/me",
                **self.document,
            }
        if path == "/jwks":
            return {"keys": [self.own.as_dict(private=False)]}
        if path == "/token":
            return {"id_token": self.id_token(), "access_token": "a", "token_type": "Bearer"}
        return {"sub": "ann", **self.userinfo}


def _coded(part: dict[str, Any]) -> str:
    return _base64url(json.dumps(part).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def forging(port: int) -> Iterator[Forger]:
    forger = Forger(port)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(forger.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield forger
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
