"""The demo's own post office: a mail server that keeps every letter, a receiver of webhooks.

Both are real servers on loopback, in one process, and keep the newest `KEPT` of each in a folder:
letters in a Maildir, calls as lines of JSON. `GET /letters`, `/letters/{id}` and `/webhooks` show
them; any `POST` is a call. What Gausdo signs its calls with is read from the file `SECRET`.

    python -m gausdo.demo.sink FOLDER [SMTP_PORT [HTTP_PORT]]
"""

import asyncio
import contextlib
import hashlib
import json
import mailbox
import re
import signal
import sys
import threading
from collections import OrderedDict
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook, WebhookVerificationError

from gausdo.kernel.values import now

KEPT = 1000
LARGEST = 5 * 1024 * 1024
"""Bytes of a letter or a call."""
SECRET = "webhook-secret"  # noqa: S105 - the name of a file
PLACES = "sink.json"
"""The file that says where the servers listen: `smtp` and `http`, as ports."""

Shown = dict[str, Any]


class Letters:
    """A Maildir with an index in memory. A letter that comes again is the same letter."""

    def __init__(self, folder: Path) -> None:
        self._box = mailbox.Maildir(folder)
        self._shown: OrderedDict[str, tuple[str, Shown]] = OrderedDict()
        self._lock = threading.Lock()
        for key in sorted(self._box.keys(), key=_arrived):
            self._remember(key, self._box.get_bytes(key))

    def keep(self, raw: bytes) -> None:
        with self._lock:
            if _id_of(raw) in self._shown:
                return
            self._remember(self._box.add(raw), raw)
            while len(self._shown) > KEPT:
                _, (key, _) = self._shown.popitem(last=False)
                self._box.discard(key)

    def _remember(self, key: str, raw: bytes) -> None:
        told = {name: _header(raw, name) for name in ("from", "to", "subject")}
        at = datetime.fromtimestamp(self._box.get_message(key).get_date(), UTC)
        named = _id_of(raw)
        self._shown[named] = (key, {"id": named, **told, "at": at.isoformat()})

    def listed(self) -> list[Shown]:
        """Newest first."""
        with self._lock:
            return [shown for _, shown in reversed(self._shown.values())]

    def letter(self, id: str) -> Shown | None:
        letter = self.message(id)
        if letter is None:
            return None
        shown = self._shown[id][1]
        return {**shown, "text": _part(letter, "plain") or "", "html": _part(letter, "html")}

    def message(self, id: str) -> EmailMessage | None:
        """As it came, with the files that came with it."""
        with self._lock:
            found = self._shown.get(id)
            return None if found is None else _parsed(self._box.get_bytes(found[0]))


def _arrived(key: str) -> list[int]:
    """Seconds and microseconds, with which the name of a file in a Maildir begins."""
    return [int(number) for number in re.findall(r"\d+", key)[:2]]


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _header(raw: bytes, name: str) -> str:
    """A header as people read it.

    The modern parser leaves a space between encoded words that belong together (RFC 2047, 6.2);
    the older one does not.
    """
    return str(make_header(decode_header(message_from_bytes(raw)[name] or "")))


def _part(letter: EmailMessage, kind: str) -> str | None:
    part = letter.get_body((kind,))
    return None if part is None else str(part.get_content()).replace("\r\n", "\n")


def _id_of(raw: bytes) -> str:
    """The same for every copy of a letter: from its Message-ID and recipients."""
    letter = _parsed(raw)
    named = f"{letter['message-id']} {letter['to']}".encode() if letter["message-id"] else raw
    return hashlib.sha256(named).hexdigest()[:24]


class Calls:
    """Calls of webhooks, each once per `webhook-id`; `times` says how often it came."""

    def __init__(self, folder: Path) -> None:
        self._file, self._secret = folder / "webhooks.jsonl", folder / SECRET
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Shown] = OrderedDict()
        for line in self._file.read_text().splitlines() if self._file.exists() else ():
            with contextlib.suppress(ValueError):  # cut short by a kill
                self._put(json.loads(line))
        self._shorten()

    def _shorten(self) -> None:
        self._file.write_text("".join(json.dumps(call) + "\n" for call in self._kept.values()))
        self._lines = len(self._kept)

    def _put(self, call: Shown) -> None:
        self._kept.pop(call["id"], None)
        self._kept[call["id"]] = call
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def take(self, headers: dict[str, str], body: bytes) -> bool:
        """Keep a call; whether its signature may pass. An unknown secret lets everything pass."""
        verified = self._verified(headers, body)
        try:
            told = json.loads(body)
        except ValueError:
            told = body.decode("utf-8", "replace")
        named = headers.get("webhook-id") or hashlib.sha256(body).hexdigest()[:24]
        with self._lock:
            times = self._kept.get(named, {"times": 0})["times"] + 1
            call = {
                "id": named,
                "at": now().isoformat(),
                "event": told.get("type", "") if isinstance(told, dict) else "",
                "verified": bool(verified),
                "times": times,
                "headers": headers,
                "body": told,
            }
            self._put(call)
            with self._file.open("a") as file:
                file.write(json.dumps(call) + "\n")
            self._lines += 1
            if self._lines > 2 * KEPT:
                self._shorten()
        return verified is not False

    def _verified(self, headers: dict[str, str], body: bytes) -> bool | None:
        if not self._secret.exists():
            return None
        try:
            Webhook(self._secret.read_text().strip()).verify(body, headers, json_parse=False)
        except (WebhookVerificationError, ValueError):
            return False
        return True

    def listed(self) -> list[Shown]:
        """Newest first."""
        with self._lock:
            return list(reversed(self._kept.values()))


class _Desk:
    """What the mail server does with a letter."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.original_content or b""
        await asyncio.to_thread(self._letters.keep, raw)
        return "250 Kept"


class _Window(BaseHTTPRequestHandler):
    """The receiver, and the reading room."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    letters: ClassVar[Letters]
    calls: ClassVar[Calls]

    def do_GET(self) -> None:
        place, _, named = urlsplit(self.path).path.strip("/").partition("/")
        if self.headers.get("host", "").partition(":")[0] not in {"127.0.0.1", "localhost"}:
            self._answer(403)
        elif place == "health":
            self._answer(200, {"ok": True})
        elif place in {"letters", "webhooks"} and not named:
            box: Letters | Calls = self.letters if place == "letters" else self.calls
            self._answer(200, {"items": box.listed(), "next": None})
        elif place == "letters" and (letter := self.letters.letter(named)):
            self._answer(200, letter)
        else:
            self._answer(404)

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            self._answer(413 if length.isdecimal() else 411)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(length))
        self._answer(204 if self.calls.take(headers, body) else 401)

    def _answer(self, status: int, told: Shown | None = None) -> None:
        body = b"" if told is None else json.dumps(told).encode()
        self.send_response(status)
        if told is not None:
            self.send_header("content-type", "application/json")
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """A demo's post office keeps quiet."""


def trust(folder: Path, secret: str) -> None:
    """Have the post office of `folder`, running or not, verify calls with this secret."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SECRET).write_text(secret)


class Sink:
    """Both servers; `async with` runs them. Port 0 is a free one: `smtp` and `http` say which."""

    def __init__(self, folder: Path, smtp_port: int = 0, http_port: int = 0) -> None:
        self._folder, self._smtp_port, self._http_port = folder, smtp_port, http_port
        self.smtp = self.http = 0

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.letters = Letters(self._folder / "letters")
        self.calls = Calls(self._folder)
        await self.open_desk()
        window = type("Window", (_Window,), {"letters": self.letters, "calls": self.calls})
        self._web = ThreadingHTTPServer(("127.0.0.1", self._http_port), window)
        self.http = self._web.server_address[1]
        threading.Thread(target=self._web.serve_forever, args=(0.05,), daemon=True).start()
        return self

    async def open_desk(self) -> None:
        """Take letters, at the same port as before."""
        loop = asyncio.get_running_loop()
        desk = partial(
            SMTP, _Desk(self.letters), data_size_limit=LARGEST, hostname="localhost", loop=loop
        )
        self._server = await loop.create_server(desk, "127.0.0.1", self.smtp or self._smtp_port)
        self.smtp = self._server.sockets[0].getsockname()[1]

    def close_desk(self) -> None:
        """Take no more letters; webhooks are received all the same."""
        self._server.close()

    def trust(self, secret: str) -> None:
        """Verify calls with this secret from now on."""
        trust(self._folder, secret)

    async def __aexit__(self, *_: object) -> None:
        self.close_desk()
        await asyncio.to_thread(self._web.shutdown)
        self._web.server_close()


async def run(folder: Path, smtp_port: int = 0, http_port: int = 0) -> None:
    """Run until SIGTERM or SIGINT; `PLACES` in the folder tells the ports once both listen."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Sink(folder, smtp_port, http_port) as sink:
        draft = folder / f"{PLACES}.draft"
        draft.write_text(json.dumps({"smtp": sink.smtp, "http": sink.http}))
        draft.rename(folder / PLACES)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), *(int(port) for port in sys.argv[2:4])))
