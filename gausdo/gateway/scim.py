"""`/scim/v2`: what federation answers, handed through as it is."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gausdo.gateway.gate import SCIM
from gausdo.kernel.errors import Problem
from gausdo.modules.federation.contract import Federation, ScimCall
from gausdo.platform.http.problems import refused

HEADERS = ("authorization", "content-type", "if-match", "if-none-match")


def scim(federation: Federation) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        call = ScimCall(
            method=request.method,
            path="/" + scope["path"].removeprefix(f"{SCIM}v2").strip("/"),
            query=scope["query_string"].decode("latin-1"),
            headers={name: request.headers[name] for name in HEADERS if name in request.headers},
            body=(await request.body()).decode(),
        )
        try:
            told = await federation.scim(call)
        except Problem as refusal:
            await refused(scope, refusal)(scope, receive, send)
            return
        await Response(told.body, told.status, told.headers)(scope, receive, send)

    return answer
