"""ClickHouse's HTTP interface, as far as `clickhouse-connect` and curl use it, as an ASGI app.

https://clickhouse.com/docs/interfaces/http. Not here: sessions (and so temporary tables), external
data, streamed answers; an answer is complete or an error. Answers are never compressed: loopback.
"""

import asyncio
import base64
import binascii
import json
import secrets
import sys
import urllib.parse
import uuid
import zlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from email.parser import BytesParser
from typing import Any, TypeAlias

import lz4.frame  # type: ignore[import-untyped]

from gausdo.platform.embedded.clickhouse_engine import DATABASE, Engine, EngineError, Question

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

LIMIT = 256 * 1024 * 1024
AUTHENTICATION_FAILED, TOO_LARGE, BAD_ARGUMENTS, NOT_IMPLEMENTED, BAD_DATA = 516, 307, 36, 48, 354
STATUS = {
    AUTHENTICATION_FAILED: 403,
    TOO_LARGE: 413,
    BAD_ARGUMENTS: 400,
    NOT_IMPLEMENTED: 501,
    BAD_DATA: 400,
    60: 404,
    62: 400,
    115: 400,
    497: 403,
}
# Parameters of the protocol that are not settings; those without a use here are accepted.
PROTOCOL = {
    "buffer_size", "cancel_http_readonly_queries_on_client_close", "client_protocol_version",
    "compress", "database", "decompress", "default_format", "enable_http_compression",
    "http_headers_progress_interval_ms", "password", "query", "query_id", "quota_key", "readonly",
    "role", "send_progress_in_http_headers", "session_check", "session_id", "session_timeout",
    "user", "wait_end_of_query",
}  # fmt: skip


class ClickHouseHttp:
    """The ASGI application over one engine; `threads` requests are answered at a time."""

    def __init__(self, engine: Engine, user: str, password: str, threads: int = 4) -> None:
        self._engine = engine
        self._user, self._password = user.encode(), password.encode()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="clickhouse")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {
            name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        query = _pairs(scope["query_string"].decode("latin-1"))
        if scope["path"] == "/ping":
            await _reply(send, 200, b"Ok.\n", {})
            return
        told = {
            "X-ClickHouse-Query-Id": query.get("query_id") or str(uuid.uuid4()),
            "X-ClickHouse-Server-Display-Name": "gausdo",
            "X-ClickHouse-Timezone": self._engine.time_zone,
        }
        try:
            self._admit(headers, query)
            body = await _received(receive)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(
                self._threads, lambda: self._engine.ask(_question(scope, headers, query, body))
            )
        except EngineError as refusal:
            told["X-ClickHouse-Exception-Code"] = str(refusal.code)
            message = str(refusal)
            if not message.startswith("Code:"):
                message = f"Code: {refusal.code}. DB::Exception: {message}"
            await _reply(send, STATUS.get(refusal.code, 500), message.encode() + b"\n", told)
            return
        summary = {"written_rows": str(answer.written_rows), "result_bytes": str(len(answer.body))}
        told |= {"X-ClickHouse-Format": answer.format, "X-ClickHouse-Summary": json.dumps(summary)}
        await _reply(send, 200, answer.body, told)

    def _admit(self, headers: dict[str, str], query: dict[str, str]) -> None:
        user, password = _credentials(headers, query)
        known = secrets.compare_digest(user.encode(), self._user)
        if not (secrets.compare_digest(password.encode(), self._password) and known):
            raise EngineError(
                AUTHENTICATION_FAILED,
                f"{user}: Authentication failed: password is incorrect, or there is no such user",
            )


def _credentials(headers: dict[str, str], query: dict[str, str]) -> tuple[str, str]:
    if "x-clickhouse-user" in headers:
        return headers["x-clickhouse-user"], headers.get("x-clickhouse-key", "")
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return user, password
    return query.get("user", "default"), query.get("password", "")


async def _received(receive: Receive) -> bytes:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise EngineError(BAD_ARGUMENTS, "The client left before the request was complete")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LIMIT:
            raise EngineError(TOO_LARGE, f"The request is larger than {LIMIT} bytes")
        more = message.get("more_body", False)
    return b"".join(parts)


def _question(
    scope: Scope, headers: dict[str, str], query: dict[str, str], body: bytes
) -> Question:
    body = _inflated(body, headers.get("content-encoding", ""))
    if headers.get("content-type", "").startswith("multipart/form-data"):
        query, body = query | _form(headers["content-type"], body), b""
    sql = query.get("query", "").encode()
    if not sql:
        sql, body = body, b""
    if not sql.strip():
        raise EngineError(62, "Empty query")
    asked = query.get("readonly", "0")
    if asked not in {"0", "1", "2"}:
        raise EngineError(BAD_ARGUMENTS, f"readonly is 0, 1 or 2, not {asked!r}")
    return Question(
        sql=sql,
        data=body,
        database=query.get("database") or headers.get("x-clickhouse-database") or DATABASE,
        default_format=query.get("default_format")
        or headers.get("x-clickhouse-format", "TabSeparated"),
        readonly=int(asked) or (2 if scope["method"] != "POST" else 0),
        settings={
            name: value
            for name, value in query.items()
            if name not in PROTOCOL and not name.startswith("param_")
        },
        parameters={
            name.removeprefix("param_"): value
            for name, value in query.items()
            if name.startswith("param_")
        },
    )


def _pairs(text: str) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))


def _form(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of multipart/form-data (long parameters are sent so)."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + body)
    fields = {}
    for part in message.get_payload() if message.is_multipart() else []:
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        value = part.get_payload(decode=True)  # type: ignore[union-attr]
        if part.get_filename() or not isinstance(name, str) or not isinstance(value, bytes):  # type: ignore[union-attr]
            raise EngineError(NOT_IMPLEMENTED, "External data is not supported")
        fields[name] = value.decode()
    return fields


def _inflated(body: bytes, encoding: str) -> bytes:
    """Decompress a body of one or several frames, up to the limit."""
    if not encoding or encoding == "identity":
        return body
    begin: dict[str, Callable[[], Any]] = {
        "lz4": lz4.frame.LZ4FrameDecompressor,
        "gzip": lambda: zlib.decompressobj(31),
        "deflate": zlib.decompressobj,
        "zstd": ZstdDecompressor,
    }
    if encoding not in begin:
        raise EngineError(NOT_IMPLEMENTED, f"Unknown Content-Encoding {encoding!r}")
    out = bytearray()
    try:
        while body:
            frame = begin[encoding]()
            out += frame.decompress(body, LIMIT + 1 - len(out))
            if len(out) > LIMIT:
                raise EngineError(TOO_LARGE, f"The request is larger than {LIMIT} bytes")
            if not frame.eof:
                raise EngineError(BAD_DATA, f"The {encoding} body ends too early")
            body = frame.unused_data
    except (zlib.error, ZstdError, RuntimeError) as failure:
        raise EngineError(BAD_DATA, f"The body is not {encoding}: {failure}") from None
    return bytes(out)


async def _reply(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    pairs += [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
