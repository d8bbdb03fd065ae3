"""A relying party of OpenID Connect: code flow with PKCE (OpenID Connect Core 1.0, RFC 9700).

Nothing here keeps who signs in; that is `pending.py`. Keys and addresses of a provider are kept for
ten minutes; a token with a key nobody knows has them fetched again, every five seconds at most.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic_core import from_json

from gausdo.kernel.values import now
from gausdo.modules.federation.doubt import Doubt, Silent
from gausdo.platform.outbound import Answer, Blocked, Outbound, Unreachable

ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "ES512", "Ed25519", "EdDSA")
"""Public keys only: a secret of ours would let the provider's tokens be forged with it."""
SKEW = 60
KEPT, AGAIN = 600, 5
"""Seconds what a provider publishes is kept, and seconds between looks for a new key."""
LARGEST = 256 * 1024
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
SCOPE = "openid email profile"
OK = 200


@dataclass(frozen=True)
class Published:
    """What a provider says of itself (OpenID Connect Discovery 1.0); `skew` of its clock, in
    seconds, None when it does not tell the time.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    names_itself: bool
    posts_secret: bool
    methods: tuple[str, ...]
    scopes: tuple[str, ...]
    skew: float | None
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Client:
    """Who we are at the provider."""

    id: str
    secret: str | None
    redirect_uri: str
    signed_out_uri: str


@dataclass(frozen=True)
class Asked:
    """What belongs to one sign-in and to nobody else."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def anew(cls) -> "Asked":
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True)
class Vouched:
    """The claims of a person; `signed` are those of the token itself."""

    claims: Mapping[str, Any]
    signed: Mapping[str, Any]
    id_token: str


class Oidc:
    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound
        self._published: dict[str, Published] = {}
        self._keys: dict[str, tuple[float, KeySet]] = {}

    async def published(self, issuer: str, *, anew: bool = False) -> Published:
        """Raises Silent; Doubt `discovery`, `issuer`, `address`."""
        kept = self._published.get(issuer)
        if kept is None or anew or time.monotonic() - kept.at > KEPT:
            url = issuer.rstrip("/") + "/.well-known/openid-configuration"
            kept = self._published[issuer] = _published(issuer, await self._got(url))
        return kept

    async def keys(self, of: Published, *, anew: bool = False) -> KeySet:
        """Raises Silent; Doubt `keys`."""
        at, kept = self._keys.get(of.jwks_uri, (0.0, None))
        age = time.monotonic() - at
        if kept is None or age > KEPT or (anew and age > AGAIN):
            told = _json((await self._got(of.jwks_uri)).body, "keys")
            try:
                kept = KeySet.import_key_set(
                    {"keys": [one for one in told["keys"] if one.get("kty") != "oct"]}
                )
            except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
                raise Doubt("keys", str(error)) from error
            self._keys[of.jwks_uri] = (time.monotonic(), kept)
        return kept

    async def vouched(
        self, of: Published, client: Client, asked: Asked, told: Mapping[str, str]
    ) -> Vouched:
        """The person that a code stands for. Raises Silent, and Doubt of everything."""
        if told.get("iss", of.issuer if not of.names_itself else "") != of.issuer:
            raise Doubt("issuer", told.get("iss", "not named"))
        tokens = await self._redeemed(of, client, asked.verifier, told.get("code", ""))
        id_token = tokens.get("id_token")
        if not isinstance(id_token, str):
            raise Doubt("token", "no ID token")
        header, signed = await self._verified(of, client, id_token)
        claims = signed
        if not secrets.compare_digest(str(claims.get("nonce", "")), asked.nonce):
            raise Doubt("nonce")
        _same_audience(claims, client)
        access = tokens.get("access_token")
        if "at_hash" in claims:
            _same_token(header, claims, str(access))
        if of.userinfo_endpoint and isinstance(access, str):
            claims = {**await self._userinfo(of.userinfo_endpoint, access, claims), **claims}
        return Vouched(claims, signed, id_token)

    async def departed(self, of: Published, client: Client, token: str) -> Mapping[str, Any]:
        """The claims of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6)."""
        header, claims = await self._verified(of, client, token, needed=("jti",), personal=False)
        kind = str(header.get("typ", "logout+jwt")).lower()
        events = claims.get("events")
        if (
            kind != "logout+jwt"
            or "nonce" in claims
            or not isinstance(events, dict)
            or not isinstance(events.get(LOGOUT), dict)
            or not (claims.get("sub") or claims.get("sid"))
        ):
            raise Doubt("logout", "not a logout token")
        if claims["iat"] < time.time() - KEPT:
            raise Doubt("expired", "an old logout token")
        return claims

    async def knows_us(self, of: Published, client: Client) -> bool:
        """Whether the provider takes our secret: it is asked for a code it never gave."""
        answer = await self._posted(of, client, _redeeming(client, "v" * 43, "no-such-code"))
        return _json(answer.body, "token").get("error") not in {
            "invalid_client",
            "unauthorized_client",
        }

    async def _verified(
        self,
        of: Published,
        client: Client,
        token: str,
        needed: tuple[str, ...] = (),
        *,
        personal: bool = True,
    ) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """Header and claims of a token the provider has signed for us."""
        try:
            decoded = jwt.decode(token, await self.keys(of), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError, TypeError):
            try:  # with a key that may be new
                fresh = await self.keys(of, anew=True)
                decoded = jwt.decode(token, fresh, algorithms=list(ALGORITHMS))
            except (JoseError, ValueError, TypeError) as error:
                raise Doubt("signature", str(error)) from error
        needs: dict[str, Any] = {name: {"essential": True} for name in ("iat", *needed)}
        needs |= {"iss": {"essential": True, "value": of.issuer}}
        needs |= {"aud": {"essential": True, "value": client.id}}
        if personal:
            needs |= {"exp": {"essential": True}, "sub": {"essential": True}}
        try:
            jwt.JWTClaimsRegistry(leeway=SKEW, **needs).validate(decoded.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise Doubt("claims", str(error)) from error
        return decoded.header, decoded.claims

    async def _redeemed(
        self, of: Published, client: Client, verifier: str, code: str
    ) -> dict[str, Any]:
        answer = await self._posted(of, client, _redeeming(client, verifier, code))
        told = _json(answer.body, "token")
        if answer.status != OK:
            raise Doubt("token", f"{answer.status} {told.get('error')}")
        return told

    async def _posted(self, of: Published, client: Client, form: dict[str, str]) -> Answer:
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        }
        if client.secret is None or of.posts_secret:
            form |= {"client_id": client.id}
            form |= {"client_secret": client.secret} if client.secret else {}
        else:
            pair = f"{quote(client.id, '')}:{quote(client.secret, '')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        try:
            return await self._outbound.post(of.token_endpoint, urlencode(form).encode(), headers)
        except (Blocked, Unreachable) as error:
            _silent(of.token_endpoint, error)

    async def _userinfo(self, url: str, access: str, claims: dict[str, Any]) -> dict[str, Any]:
        told = _json((await self._got(url, authorization=f"Bearer {access}")).body, "userinfo")
        if told.get("sub") != claims["sub"]:
            raise Doubt("userinfo", "another subject")
        return told

    async def _got(self, url: str, **headers: str) -> Answer:
        try:
            answer = await self._outbound.get(
                url, {"accept": "application/json", **headers}, LARGEST
            )
        except (Blocked, Unreachable) as error:
            _silent(url, error)
        if answer.status != OK:
            raise Silent("unreachable", f"{urlsplit(url).netloc} answered {answer.status}")
        return answer


def address(
    of: Published, client: Client, asked: Asked, scope: str = SCOPE, *, anew: bool = False
) -> str:
    """Where the browser asks the provider for a code; `anew`, for one of a new proof."""
    challenge = hashlib.sha256(asked.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect_uri,
        "scope": scope,
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": _base64url(challenge),
        "code_challenge_method": "S256",
    }
    query |= {"prompt": "login", "max_age": "0"} if anew else {}
    return _with(of.authorization_endpoint, query)


def farewell(of: Published, client: Client, id_token: str | None) -> str | None:
    """Where the browser asks the provider to end its session (RP-Initiated Logout 1.0, 2)."""
    if of.end_session_endpoint is None:
        return None
    query = {"client_id": client.id, "post_logout_redirect_uri": client.signed_out_uri}
    query |= {"id_token_hint": id_token} if id_token else {}
    return _with(of.end_session_endpoint, query)


def _with(url: str, query: Mapping[str, str]) -> str:
    return url + ("&" if "?" in url else "?") + urlencode(query)


def _redeeming(client: Client, verifier: str, code: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": verifier,
    }


def _published(issuer: str, answer: Answer) -> Published:
    told = _json(answer.body, "discovery")
    if told.get("issuer") != issuer:
        raise Doubt("issuer", str(told.get("issuer")))
    endpoints: dict[str, Any] = {}
    for name, needed in (
        ("authorization_endpoint", True),
        ("token_endpoint", True),
        ("jwks_uri", True),
        ("userinfo_endpoint", False),
        ("end_session_endpoint", False),
    ):
        url = told.get(name)
        if url is None and not needed:
            endpoints[name] = None
            continue
        parts = urlsplit(url) if isinstance(url, str) else None
        # without TLS only where the provider itself was allowed to be
        if not parts or not parts.netloc or parts.scheme not in {"https", urlsplit(issuer).scheme}:
            raise Doubt("address", name)
        endpoints[name] = url
    ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Published(
        issuer=issuer,
        **endpoints,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        posts_secret="client_secret_basic" not in ways,
        methods=_texts(told.get("code_challenge_methods_supported")),
        scopes=_texts(told.get("scopes_supported")),
        skew=_skew(answer),
    )


def _skew(answer: Answer) -> float | None:
    try:
        return (parsedate_to_datetime(answer.headers["date"]) - now()).total_seconds()
    except (KeyError, ValueError, TypeError):
        return None


def _same_audience(claims: Mapping[str, Any], client: Client) -> None:
    """OpenID Connect Core, 3.1.3.7: whoever else it is for, it was asked for by us."""
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", client.id if len(audience) == 1 else None) != client.id:
        raise Doubt("audience", "azp")


def _same_token(header: Mapping[str, Any], claims: Mapping[str, Any], access: str) -> None:
    name = {"256": "sha256", "384": "sha384"}.get(str(header["alg"])[-3:], "sha512")
    digest = hashlib.new(name, access.encode()).digest()
    if _base64url(digest[: len(digest) // 2]) != claims["at_hash"]:
        raise Doubt("token", "at_hash")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json(body: bytes, why: str) -> dict[str, Any]:
    try:
        told = from_json(body)
    except ValueError as error:
        raise Doubt(why, "not JSON") from error
    if not isinstance(told, dict):
        raise Doubt(why, "not an object")
    return told


def _texts(told: Any) -> tuple[str, ...]:
    return tuple(one for one in told if isinstance(one, str)) if isinstance(told, list) else ()


def _silent(url: str, error: Exception) -> NoReturn:
    raise Silent("unreachable", f"{urlsplit(url).netloc}: {error}") from error
