"""A certified OpenID Connect provider on loopback, and a browser that goes through it."""

import html
import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2
import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from gausdo.kernel.actor import Actor
from gausdo.platform.embedded.process import free_port
from gausdo.settings import Settings
from tests.conftest import As
from tests.modules.federation.assertions import Idp
from tests.modules.federation.forger import Forger, forging
from tests.processes import answers
from tests.waiting import until

WEB = Path(__file__).parents[3] / "web"
OURS = "http://localhost:8000"
FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'name="(\w+)"[^>]*value="([^"]*)"')


@dataclass(frozen=True)
class Provider:
    """The provider of this run."""

    port: int
    http: httpx2.Client

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    def tell(self, login: str, **claims: Any) -> None:
        """Who signs in there as `login` has these claims."""
        self.http.put(f"/people/{login}", json=claims)

    def register(self, **told: Any) -> dict[str, Any]:
        """A client of it."""
        reply = self.http.post("/reg", json={"scope": "openid email profile groups", **told})
        assert reply.status_code == 201, reply.text
        return reply.json()

    def logouts(self) -> list[dict[str, str]]:
        return self.http.get("/logouts").json()


@contextmanager
def _running(script: str, ready: str, **env: str) -> Iterator[tuple[int, httpx2.Client]]:
    """A provider that is a script of Node, and what asks it."""
    port = free_port()
    process = subprocess.Popen(
        ["node", str(Path(__file__).with_name(script)), str(port)],
        cwd=WEB,
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        url = f"http://localhost:{port}"
        until(lambda: answers(f"{url}{ready}") or process.poll() is not None, 30)
        assert process.poll() is None
        with httpx2.Client(base_url=url, trust_env=False) as http:
            yield port, http
    finally:
        process.communicate(timeout=20)  # its input ends, and so does it


@pytest.fixture(scope="session")
def idp() -> Iterator[Provider]:
    with _running("provider.mjs", "/jwks") as (port, http):
        yield Provider(port, http)


@pytest.fixture(scope="session")
def samlify() -> Iterator[httpx2.Client]:
    """A SAML provider of others' making."""
    own, strange = Idp(), Idp()
    keys = {"KEY": own.key_pem, "STRANGE_KEY": strange.key_pem, "CERTIFICATE": own.pem}
    told = {name: pem.decode() for name, pem in keys.items()}
    with _running("saml-provider.mjs", "/metadata", **told) as (_, http):
        yield http


@pytest.fixture(scope="session")
def forger() -> Iterator[Forger]:
    with forging(free_port()) as forger:
        yield forger


@pytest.fixture(scope="module")
def settings(settings: Settings, idp: Provider, forger: Forger) -> Settings:
    """The providers are inside, and may be called all the same."""
    places = tuple(urlsplit(one.issuer).netloc for one in (idp, forger))
    return settings.model_copy(update={"outbound_allow": places})


@dataclass
class Browser:
    """Goes where it is sent, with a jar of cookies for us and one for the provider."""

    ours: httpx2.AsyncClient
    theirs: httpx2.AsyncClient
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, url: str, method: str = "GET", **headers: str) -> httpx2.Response:
        """One request to us, as of our own page; cookies that are set are kept."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        asked = {**({"cookie": jar} if jar else {}), "accept": "text/html", **headers}
        asked.setdefault("sec-fetch-site", "same-origin")
        reply = await self.ours.request(method, url.removeprefix(OURS), headers=asked)
        for line in reply.headers.get_list("set-cookie"):
            name, _, rest = line.partition("=")
            value, _, attributes = rest.partition(";")
            if "max-age=0" in attributes.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return reply

    async def begin(self, id: str, back: str = "/", **told: str) -> str:
        """Where the provider is asked."""
        query = urlencode({"next": back, **told}, safe="%/?=&")
        reply = await self.ask(f"/api/v1/federation/{id}/start?{query}")
        assert reply.status_code == 303, reply.text
        return reply.headers["location"]

    async def enter(self, url: str, name: str, **fields: str) -> str:
        """Through the provider's pages, where one is asked who one is as `name`; the address that
        it sends the browser back to.
        """
        reply = await self.theirs.get(url)
        for _ in range(20):
            if reply.is_redirect:
                url = urljoin(str(reply.url), reply.headers["location"])
                if url.startswith(OURS):
                    return url
                reply = await self.theirs.get(url)
                continue
            form = FORM.search(reply.text)
            assert form, reply.text[:500]
            told = {**dict(FIELD.findall(form[2])), **fields}
            if told.get("prompt") == "login":
                told |= {"login": name, "password": "x"}
            reply = await self.theirs.post(
                urljoin(str(reply.url), html.unescape(form[1])), data=told
            )
        raise AssertionError("the provider never came to an end")

    async def sign_in(self, id: str, name: str, back: str = "/") -> httpx2.Response:
        return await self.ask(await self.enter(await self.begin(id, back), name))

    async def state(self) -> dict[str, Any]:
        return (await self.ask("/api/v1/session")).json()

    async def me(self) -> dict[str, Any] | None:
        reply = await self.ask("/api/v1/me")
        return reply.json()["user"] if reply.status_code == 200 else None


@pytest_asyncio.fixture(loop_scope="session")
async def browsers(web: ASGIApp) -> AsyncIterator[Any]:
    """`browsers()`: one more browser, which nobody has used yet."""
    opened: list[httpx2.AsyncClient] = []

    def one() -> Browser:
        ours = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(web, client=("127.0.0.1", 1)),
            base_url="http://localhost",
            cookies=None,
        )
        theirs = httpx2.AsyncClient(trust_env=False, timeout=20)
        opened.extend((ours, theirs))
        return Browser(ours, theirs)

    yield one
    for client in opened:
        await client.aclose()


DRAFT = {
    "kind": "oidc",
    "name": "Company",
    "client_id": "unknown-yet",
    "client_secret": "unknown-yet",
    "domains": ["example.org"],
}


async def connected(api: As, admin: Actor, idp: Provider, **told: Any) -> dict[str, Any]:
    """A provider of ours that knows us as a client, and whom we know."""
    client = api(admin)
    made = await client.post("/providers", json={**DRAFT, "issuer": idp.issuer, **told})
    assert made.status_code == 201, made.text
    ours = made.json()["ours"]
    known = idp.register(
        redirect_uris=[ours["redirect_uri"]],
        backchannel_logout_uri=ours["logout_uri"],
        backchannel_logout_session_required=True,
        post_logout_redirect_uris=[f"{OURS}/sign-in"],
    )
    change = {name: known[name] for name in ("client_id", "client_secret")}
    changed = await client.patch(
        f"/providers/{made.json()['id']}", json={"version": made.json()["version"], **change}
    )
    assert changed.status_code == 200, changed.text
    return changed.json()


def parameters(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
