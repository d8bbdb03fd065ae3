"""A browser at the door of Gausdo: it keeps its cookies, and has an authenticator at hand."""

import re
import time
from http.cookies import SimpleCookie
from typing import Any, Self

import httpx2
import pyotp
from starlette.types import ASGIApp

from gausdo.gateway.identify import COOKIE
from tests.conftest import PASSWORD

STEP, SOON = 30, 2
"""Seconds a code lasts, and in which it is checked."""
SAME = {"sec-fetch-site": "same-origin", "user-agent": "Browser of tests"}


class Authenticator:
    """Shows codes that it has not shown before, one step ahead of its clock if need be."""

    def __init__(self, secret: str) -> None:
        self._codes = pyotp.TOTP(secret)
        self._last = 0

    def code(self) -> str:
        if time.time() % STEP > STEP - SOON:  # it would be over before it is looked at
            time.sleep(SOON)
        self._last = max(self._last + 1, int(time.time()) // STEP - 1)
        while self._last > int(time.time()) // STEP + 1:
            time.sleep(0.5)
        return self._codes.generate_otp(self._last)


class Browser:
    """One browser; `cookies` are those it sends."""

    def __init__(self, app: ASGIApp | str, address: str = "127.0.0.1") -> None:
        at: dict[str, Any] = {"base_url": "http://localhost/api/v1"}
        if isinstance(app, str):
            at = {"base_url": f"{app}/api/v1", "trust_env": False, "timeout": 30}
        else:
            at["transport"] = httpx2.ASGITransport(app, client=(address, 1))
        self._http = httpx2.AsyncClient(headers=SAME, **at)
        self.cookies: dict[str, str] = {}
        self.authenticator: Authenticator | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    @property
    def token(self) -> str:
        return self.cookies.get(COOKIE, "")

    async def ask(
        self, method: str, path: str, json: Any = None, **headers: str
    ) -> httpx2.Response:
        told = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**({"cookie": told} if told else {}), **headers}
        body = {} if json is None else {"json": json}
        reply = await self._http.request(method, path, headers=sent, **body)
        for line in reply.headers.get_list("set-cookie"):
            for name, one in SimpleCookie(line).items():
                if one["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = one.value
        return reply

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx2.Response:
        """By the password alone."""
        return await self.ask("POST", "/session", {"email": email, "password": password})

    async def prove(self, **proof: str) -> httpx2.Response:
        return await self.ask("POST", "/session/proof", proof)

    async def prove_by_code(self) -> httpx2.Response:
        assert self.authenticator is not None
        return await self.prove(code=self.authenticator.code())

    async def enrol(self, name: str = "Phone") -> dict[str, Any]:
        """Add an authenticator; answers what `confirm_totp` does."""
        begun = await self.ask("POST", "/me/factors/totp")
        assert begun.status_code == 200, begun.text
        told = begun.json()
        self.authenticator = Authenticator(told["secret"])
        done = await self.ask(
            "POST",
            f"/me/factors/totp/{told['id']}",
            {"code": self.authenticator.code(), "name": name},
        )
        assert done.status_code == 200, done.text
        enrolled: dict[str, Any] = done.json()
        return enrolled


def code_of(reply: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    body = reply.json() if re.search("json", reply.headers.get("content-type", "")) else {}
    return reply.status_code, (body or {}).get("code", "")
