"""A CalDAV server (RFC 4791) as small as it can be, over HTTP: one person, two calendars.

It leads from the well-known address to the principal, from there to the calendars, and answers
queries for a window (by what begins in it, and whatever repeats) and for events by their names.
"""

import base64
import hashlib
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from xml.sax.saxutils import escape

_HREF = re.compile(r"<d:href>([^<]+)</d:href>")
_RANGE = re.compile(r'start="(\d+)T\w+" end="(\d+)T\w+"')


@dataclass
class CalDav:
    """`events`: calendar → name → iCalendar; `asked` counts requests by method."""

    user: str = "ann@post.example"
    password: str = "app-password"
    events: dict[str, dict[str, str]] = field(default_factory=lambda: {"work": {}, "birthdays": {}})
    asked: list[str] = field(default_factory=list)
    broken: int | None = None  # the status that everything is answered with
    port: int = 0

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def mark(self, calendar: str) -> str:
        return hashlib.sha256(repr(sorted(self.events[calendar].items())).encode()).hexdigest()

    def answer(self, method: str, path: str, body: str) -> tuple[int, str]:
        if self.broken is not None:
            return self.broken, ""
        if method == "PROPFIND":
            return self._found(path)
        calendar = path.strip("/").split("/")[-1]
        if calendar not in self.events:
            return 404, ""
        if "calendar-multiget" in body:
            names = [one.rpartition("/")[2] for one in _HREF.findall(body)]
            data = True
        else:
            begin, end = _RANGE.findall(body)[0]
            names = [
                name
                for name, text in self.events[calendar].items()
                for at in re.findall(r"DTSTART[^:]*:(\d{8})", text)[:1]
                if "RRULE" in text or begin <= at <= end
            ]
            data = False
        return 207, _multistatus(
            "".join(self._event(path, calendar, name, data=data) for name in names)
        )

    def _event(self, path: str, calendar: str, name: str, *, data: bool) -> str:
        text = self.events[calendar].get(name)
        href = f"{path.rstrip('/')}/{name}"
        if text is None:
            gone = "<d:status>HTTP/1.1 404 Not Found</d:status>"
            return f"<d:response><d:href>{href}</d:href>{gone}</d:response>"
        etag = hashlib.sha256(text.encode()).hexdigest()[:12]
        told = f'<d:getetag>"{etag}"</d:getetag>'
        told += f"<c:calendar-data>{escape(text)}</c:calendar-data>" if data else ""
        return _response(href, told)

    def _found(self, path: str) -> tuple[int, str]:
        if path == "/.well-known/caldav":
            told = "<d:current-user-principal><d:href>/me/</d:href></d:current-user-principal>"
            return 207, _multistatus(_response(path, told))
        if path == "/me/":
            told = "<c:calendar-home-set><d:href>/cal/</d:href></c:calendar-home-set>"
            return 207, _multistatus(_response(path, told))
        if path != "/cal/":
            return 404, ""
        every = [_response("/cal/", "<d:resourcetype><d:collection/></d:resourcetype>")]
        for name in self.events:
            told = (
                "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
                f"<d:displayname>{name.title()}</d:displayname>"
                f"<s:getctag>{self.mark(name)}</s:getctag>"
                "<a:calendar-color>#1badf8ff</a:calendar-color>"
            )
            every.append(_response(f"/cal/{name}/", told))
        tasks = (
            "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
            '<c:supported-calendar-component-set><c:comp name="VTODO"/>'
            "</c:supported-calendar-component-set>"
        )
        return 207, _multistatus("".join([*every, _response("/cal/todo/", tasks)]))


def _response(href: str, properties: str) -> str:
    return (
        f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{properties}</d:prop>"
        "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )


def _multistatus(responses: str) -> str:
    return (
        '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" '
        'xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/" '
        f'xmlns:a="http://apple.com/ns/ical/">{responses}</d:multistatus>'
    )


def _handler(server: CalDav) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            server.asked.append(self.command)
            secret = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
            if self.headers.get("authorization") != f"Basic {secret}":
                status, told = 401, ""
            else:
                status, told = server.answer(self.command, self.path, body)
            self.send_response(status)
            self.send_header("content-length", str(len(told.encode())))
            self.end_headers()
            self.wfile.write(told.encode())

        do_PROPFIND = do_REPORT = _answer  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            pass

    return Handler
