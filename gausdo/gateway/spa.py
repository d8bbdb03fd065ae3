"""The SPA's files: what has a hash in its name is kept for ever, `index.html` never.

`index.html` carries a fresh nonce in every answer; compressed files lie beside the plain ones.
"""

import mimetypes
import secrets
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from gausdo.kernel.errors import NotFound
from gausdo.platform.http import problem_response

NONCE = "__CSP_NONCE__"
LINKS = "/q/"
"""Pages that whoever has the link may see."""
UNTOLD = {"x-robots-tag": "noindex, nofollow", "referrer-policy": "no-referrer"}
"""No search engine is to know such a page, nor any other site its address."""
FOR_EVER = "public, max-age=31536000, immutable"


def policy(nonce: str, host: str) -> str:
    """The Content-Security-Policy of the SPA; `host` is where its WebSocket goes."""
    return "; ".join(
        (
            "default-src 'none'",
            "object-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            f"style-src 'self' 'nonce-{nonce}'",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self' ws://{host} wss://{host}",
            "frame-src 'self' blob: data:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


class Spa:
    """ASGI application: a file of the folder, or `index.html` for any other path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._index = (folder / "index.html").read_text()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        await self._answer(scope, headers)(scope, receive, send)

    def _answer(self, scope: Scope, headers: Headers) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            return problem_response(NotFound("There is nothing here."))
        path = (self._folder / scope["path"].lstrip("/")).resolve()
        if path.is_relative_to(self._folder) and path.is_file() and path.name != "index.html":
            return self._file(path, headers.get("accept-encoding", ""))
        if "." in scope["path"].rpartition("/")[2]:
            return problem_response(NotFound("There is no such file."))
        nonce = secrets.token_urlsafe(16)
        told = {
            "content-security-policy": policy(nonce, headers.get("host", "localhost")),
            "cache-control": "no-store",
        }
        if scope["path"].startswith(LINKS):
            told |= UNTOLD
        return HTMLResponse(self._index.replace(NONCE, nonce), headers=told)

    def _file(self, path: Path, accepted: str) -> Response:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        hashed = path.parent.name == "assets"
        told = {
            "vary": "accept-encoding",
            "cache-control": FOR_EVER if hashed else "public, max-age=300",
        }
        for coding, ending in (("br", ".br"), ("gzip", ".gz")):
            packed = path.with_name(path.name + ending)
            if coding in accepted and packed.is_file():
                told["content-encoding"] = coding
                return FileResponse(packed, media_type=kind, headers=told)
        return FileResponse(path, media_type=kind, headers=told)
