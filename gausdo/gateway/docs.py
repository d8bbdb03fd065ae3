"""The documentation page of the API: Swagger UI over the OpenAPI document, from our own files."""

import secrets

from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gausdo API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script nonce="{nonce}" src="/docs/swagger-ui-bundle.js"></script>
<script nonce="{nonce}">
SwaggerUIBundle({{
  url: "/api/v1/openapi.json", dom_id: "#docs", deepLinking: true, displayRequestDuration: true,
  docExpansion: "none", filter: true, validatorUrl: null,
}});
</script>
</body>
</html>
"""


async def docs(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI application for `/api/docs`."""
    nonce = secrets.token_urlsafe(16)
    policy = (
        f"default-src 'none'; object-src 'none'; script-src 'nonce-{nonce}'; "
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"content-security-policy": policy, "cache-control": "no-store"}
    await HTMLResponse(_PAGE.format(nonce=nonce), headers=headers)(scope, receive, send)
