"""Signing in by an identity provider: federation knows who may, the gateway keeps the sessions."""

import base64
import hashlib
import html
import re
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlsplit
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from gausdo.gateway.door import Door
from gausdo.gateway.federated_sessions import FederatedSessions, facts_of
from gausdo.gateway.identify import cookie, foreign
from gausdo.kernel.errors import Malformed, Problem
from gausdo.modules.authentication.contract import Way
from gausdo.modules.federation.contract import (
    Farewell,
    Federation,
    Offered,
    ProviderKind,
    UnknownSignIn,
)
from gausdo.platform.http import Authority, Routes
from gausdo.platform.sessions import Level, Opening

BROWSER = "__Host-gausdo-provider"
"""The cookie that binds a sign-in under way to the browser it was begun in."""
LASTS = 600
PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")
"""A path of ours; `//evil.example` and `/\\evil.example` would be another site's address."""
SEE_OTHER = 303
SENDS = "document.forms[0].submit()"
SENDS_HASH = base64.b64encode(hashlib.sha256(SENDS.encode()).digest()).decode()
"""The one script of a page that brings a form, and what lets it run."""


def routes(federation: Federation, entry: Door, federated: FederatedSessions) -> Routes:
    api = Routes("federation")
    door = _Door(federation, entry, federated)

    @api.get("/federation", authority=Authority.PUBLIC)
    async def offered_providers() -> list[Offered]:
        """What the sign-in page offers beside the password."""
        return await federation.offered()

    @api.get("/federation/{id}/start", authority=Authority.PUBLIC, status=SEE_OTHER)
    async def start_sign_in(
        id: UUID,
        request: Request,
        next: Annotated[str, Query(max_length=2000)] = "/",
        anew: bool = False,
    ) -> Response:
        """To the provider, with a cookie that binds what comes back to this browser.

        `anew`: whoever is signed in there is to prove it once more.
        """
        back = next if PATH.fullmatch(next) else "/"
        return await _as_a_page(request, door.begun(request, id, back, anew=anew))

    @api.get("/federation/{id}/callback", authority=Authority.PUBLIC, status=SEE_OTHER)
    async def finish_sign_in(id: UUID, request: Request) -> Response:
        """Where an OpenID Connect provider sends the browser back to."""
        return await _as_a_page(request, door.arrived(id, request, dict(request.query_params)))

    @api.post(
        "/federation/{id}/acs",
        authority=Authority.SIGNATURE,
        status=SEE_OTHER,
        takes="application/x-www-form-urlencoded",
    )
    async def finish_saml_sign_in(id: UUID, request: Request) -> Response:
        """Where a SAML provider has the browser bring its answer."""
        return await _as_a_page(request, door.arrived(id, request, await _form(request)))

    @api.get("/federation/{id}/metadata", authority=Authority.PUBLIC)
    async def service_provider_metadata(id: UUID) -> Response:
        """What a SAML provider is told of us (`EntityDescriptor`)."""
        return Response(
            await federation.our_metadata(id), media_type="application/samlmetadata+xml"
        )

    @api.post(
        "/federation/{id}/logout",
        authority=Authority.SIGNATURE,
        takes="application/x-www-form-urlencoded",
    )
    async def provider_logout(id: UUID, request: Request) -> Response:
        """OpenID Connect Back-Channel Logout: what the provider ends, ends here."""
        token = (await _form(request)).get("logout_token")
        if not token:
            raise Malformed("There is no logout_token.")
        await federated.end(await federation.depart(id, token))
        return Response(headers={"cache-control": "no-store"})

    @api.get("/federation/{id}/slo", authority=Authority.SIGNATURE, status=SEE_OTHER)
    async def single_logout(id: UUID, request: Request) -> Response:
        """SAML 2.0 single logout by HTTP-Redirect: what the provider ends, ends here."""
        query = request.scope["query_string"].decode("latin-1")
        return await _as_a_page(request, door.departed(federation.single_logout(id, {}, query)))

    @api.post(
        "/federation/{id}/slo",
        authority=Authority.SIGNATURE,
        status=SEE_OTHER,
        takes="application/x-www-form-urlencoded",
    )
    async def single_logout_by_post(id: UUID, request: Request) -> Response:
        """SAML 2.0 single logout by HTTP-POST."""
        asked = federation.single_logout(id, await _form(request))
        return await _as_a_page(request, door.departed(asked))

    return api


@dataclass(frozen=True)
class _Door:
    """The way out to a provider, and the way back in."""

    federation: Federation
    entry: Door
    federated: FederatedSessions

    async def begun(self, request: Request, id: UUID, back: str, *, anew: bool) -> Response:
        """Raises UnknownSignIn where another site has led here: whoever the provider knows would
        be signed in without a word.
        """
        if foreign(request.headers, request.method):
            raise UnknownSignIn("This sign-in was begun elsewhere. Begin it yourself.")
        browser = secrets.token_urlsafe(32)
        answer = _see(await self.federation.begin(id, browser, back, anew=anew))
        kinds = {one.id: one.kind for one in await self.federation.offered()}
        # SAML's answer is posted from another site; a cookie that proves nothing else may go along
        answer.set_cookie(
            BROWSER,
            browser,
            max_age=LASTS,
            secure=True,
            httponly=True,
            samesite="none" if kinds.get(id) == ProviderKind.SAML else "lax",
        )
        return answer

    async def arrived(self, id: UUID, request: Request, told: dict[str, str]) -> Response:
        browser = cookie(request.headers, BROWSER) or ""
        arrival = await self.federation.arrive(id, browser, told)
        answer = _see(arrival.back)
        level = Level.FACTOR if arrival.second_factor else Level.PASSWORD
        opening = Opening(level=level, proved=arrival.proved, facts=facts_of(arrival))
        session = await self.entry.open(request, answer, arrival.user_id, Way.CORPORATE, opening)
        if session.half:  # the sign-in page asks for what is missing
            answer.headers["location"] = f"/sign-in?next={quote(arrival.back, safe='/')}"
        await self.federated.remember(session, arrival)
        answer.delete_cookie(BROWSER, secure=True, httponly=True)
        return answer

    async def departed(self, asked: Awaitable[Farewell]) -> Response:
        """End what is asked to be ended, and have the browser tell the provider."""
        farewell = await asked
        for departure in farewell.departures:
            await self.federated.end(departure)
        if farewell.url is None:
            return _see("/sign-in")
        return _brought(farewell.url, farewell.form) if farewell.form else _see(farewell.url)


def _brought(url: str, form: dict[str, str]) -> Response:
    """A page that brings a form there by itself, and at a press where scripts do not run.

    Providers open it in a frame of theirs, of which there are several then.
    """
    fields = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in form.items()
    )
    there = urlsplit(url)
    policy = (
        f"default-src 'none'; script-src 'sha256-{SENDS_HASH}'; base-uri 'none'; "
        f"frame-ancestors {there.scheme}://{there.netloc}"
    )
    return Response(
        f'<!doctype html><meta charset="utf-8"><title>Gausdo</title>'
        f'<form method="post" action="{html.escape(url)}">{fields}'
        f"<noscript><button>OK</button></noscript></form><script>{SENDS}</script>",
        headers={"cache-control": "no-store", "content-security-policy": policy},
        media_type="text/html",
    )


async def _as_a_page(request: Request, doing: Awaitable[Response]) -> Response:
    """A person looks at what this answers: a refusal leads back to the sign-in page, by its code.

    Programs get the refusal itself.
    """
    try:
        return await doing
    except Problem as refusal:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        there = html.escape(f"/sign-in?refused={quote(refusal.code)}")
        return Response(
            f'<!doctype html><meta charset="utf-8"><title>Gausdo</title>'
            f'<meta http-equiv="refresh" content="0; url={there}">'
            f'<p>{html.escape(refusal.detail)} <a href="{there}">Gausdo</a></p>',
            refusal.status,
            {"cache-control": "no-store"},
            media_type="text/html",
        )


async def _form(request: Request) -> dict[str, str]:
    try:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=9)
    except ValueError:
        raise Malformed("This is not a form.") from None
    return dict(pairs)


def _see(url: str) -> Response:
    return RedirectResponse(url, SEE_OTHER, {"cache-control": "no-store"})
