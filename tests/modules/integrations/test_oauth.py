"""OAuth 2.0 client credentials, and the keys that sign tokens."""

import base64
import time
from typing import Any
from urllib.parse import quote_plus

import httpx2
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.gateway.identify import API
from gausdo.kernel.errors import Unknown
from gausdo.platform.crypto import Ring
from gausdo.platform.tokens import Tokens
from tests.conftest import As, People
from tests.modules.integrations.test_api_keys import made

pytestmark = pytest.mark.asyncio(loop_scope="session")
GRANT = {"grant_type": "client_credentials"}


@pytest_asyncio.fixture(loop_scope="session")
async def out(web: ASGIApp) -> Any:
    """Somebody outside."""
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(web, client=("198.51.100.8", 1)),
        base_url="http://localhost",
    ) as client:
        yield client


def basic(id: str, secret: str) -> dict[str, str]:
    told = base64.b64encode(f"{quote_plus(id)}:{quote_plus(secret)}".encode()).decode()
    return {"authorization": f"Basic {told}"}


async def test_a_client_gets_a_short_token_in_either_way(api: As, people: People, out: Any) -> None:
    told = await made(api, people.admin)
    id, secret = told["key"]["id"], told["secret"]
    posted = {**GRANT, "client_id": id, "client_secret": secret}
    for sent in ({"data": GRANT, "headers": basic(id, secret)}, {"data": posted}):
        reply = await out.post("/oauth2/token", **sent)
        assert reply.status_code == 200, reply.text
        body = reply.json()
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 300)
        assert reply.headers["cache-control"] == "no-store"
        bearer = {"authorization": f"Bearer {body['access_token']}"}
        assert (await out.get("/api/v1/deals", headers=bearer)).status_code == 200
        assert (await out.get("/api/v1/audit", headers=bearer)).status_code == 403
        again = await out.post("/api/v1/session/token", headers=bearer)
        assert again.status_code == 403


async def test_a_token_says_what_it_is_and_is_checked_by_the_published_keys(
    api: As, people: People, out: Any, gausdo: Gausdo
) -> None:
    told = await made(api, people.admin)
    id = told["key"]["id"]
    where = (await out.get("/.well-known/oauth-authorization-server")).json()
    assert where["token_endpoint"] == f"{gausdo.settings.base_url}/oauth2/token"
    reply = await out.post("/oauth2/token", data=GRANT, headers=basic(id, told["secret"]))
    published = await out.get("/.well-known/jwks.json")
    assert "d" not in published.json()["keys"][0]
    token = jwt.decode(
        reply.json()["access_token"], KeySet.import_key_set(published.json()), algorithms=["ES256"]
    )
    assert token.header["typ"] == "at+jwt"
    assert token.claims["iss"] == where["issuer"]
    assert (token.claims["sub"], token.claims["client_id"]) == (id, id)
    assert token.claims["aud"] == API
    assert token.claims["jti"]
    assert token.claims["exp"] - token.claims["iat"] == 300


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ({"data": {}}, 400, "invalid_request"),
        ({"data": {"grant_type": "password"}}, 400, "unsupported_grant_type"),
        ({"data": {**GRANT, "scope": "everything"}}, 400, "invalid_scope"),
        ({"data": {**GRANT, "client_secret": "x"}}, 400, "invalid_request"),
        ({"json": GRANT}, 400, "invalid_request"),
        ({"content": "grant_type=client_credentials&grant_type=x",
          "headers": {"content-type": "application/x-www-form-urlencoded"}},
         400, "invalid_request"),
        ({"data": GRANT, "headers": {"authorization": "Basic !!!"}}, 401, "invalid_client"),
        ({"data": GRANT, "headers": {"authorization": "Bearer x"}}, 401, "invalid_client"),
        ({"data": GRANT, "headers": basic("somebody", "gsd_x")}, 401, "invalid_client"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told_as_the_rfc_has_it(
    api: As, people: People, out: Any, sent: dict[str, Any], status: int, error: str
) -> None:
    told = await made(api, people.admin)
    known = basic(told["key"]["id"], told["secret"])
    reply = await out.post(
        "/oauth2/token", **{**sent, "headers": {**known, **sent.get("headers", {})}}
    )
    assert (reply.status_code, reply.json()["error"]) == (status, error), reply.text
    assert reply.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in reply.headers) == (status == 401)


async def test_a_secret_is_that_of_its_own_client_only(api: As, people: People, out: Any) -> None:
    one, other = await made(api, people.admin), await made(api, people.admin)
    headers = basic(one["key"]["id"], other["secret"])
    reply = await out.post("/oauth2/token", data=GRANT, headers=headers)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")
    assert (await out.get("/oauth2/token")).status_code == 405


async def test_tokens_end_with_their_client(api: As, people: People, out: Any) -> None:
    told = await made(api, people.admin)
    id = told["key"]["id"]
    reply = await out.post("/oauth2/token", data=GRANT, headers=basic(id, told["secret"]))
    bearer = {"authorization": f"Bearer {reply.json()['access_token']}"}
    assert (await out.get("/api/v1/me", headers=bearer)).status_code == 200
    assert (await api(people.admin).delete(f"/api-keys/{id}")).status_code == 204
    assert (await out.get("/api/v1/me", headers=bearer)).status_code == 401
    again = await out.post("/oauth2/token", data=GRANT, headers=basic(id, told["secret"]))
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "claims",
    [
        {"client_id": "01900000-0000-7000-8000-00000000dead"},
        {"client_id": "no id"},
        {"client_id": 7},
        {"client_id": ["x"]},
    ],
)
async def test_a_token_of_no_client_is_refused(
    gausdo: Gausdo, people: People, out: Any, claims: dict[str, Any]
) -> None:
    told = gausdo.tokens.issue(str(people.admin.id), API, "at+jwt", 60, **claims)
    reply = await out.get("/api/v1/me", headers={"authorization": f"Bearer {told}"})
    assert (reply.status_code, reply.json()["code"]) == (401, "signed-out")


def signing(gausdo: Gausdo, *names: str) -> Tokens:
    return Tokens.of(gausdo.settings, Ring({name: name.encode() * 32 for name in names}))


async def test_a_token_outlives_the_rotation_of_its_key(gausdo: Gausdo) -> None:
    before, published, after = (
        signing(gausdo, "a"),
        signing(gausdo, "a", "b"),
        signing(gausdo, "b", "a"),
    )
    gone = signing(gausdo, "b")
    by_a = before.issue("me", API, "at+jwt", 60)
    by_b = after.issue("me", API, "at+jwt", 60)
    assert published.kid == before.kid != after.kid
    for tokens, token in ((published, by_a), (after, by_a), (published, by_b), (gone, by_b)):
        assert tokens.claims(token, API, "at+jwt")["sub"] == "me"
    for tokens, token in ((gone, by_a), (before, by_b)):
        with pytest.raises(Unknown):
            tokens.claims(token, API, "at+jwt")
    service = after.issue("me", "Sales", "service+jwt", 60)
    assert published.claims(service, "Sales", "service+jwt")["exp"] > time.time()
    with pytest.raises(Unknown):
        published.claims(service, "Sales", "at+jwt")
