"""The part of CalDAV (RFC 4791) by which calendars are read: which there are, whether anything has
changed, which events are within a window, and those.

Each call goes through `Outbound`, redirects included; the password goes to the host that was named
and to hosts of the same domain, for some servers keep each account on a machine of its own.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

from gausdo.platform.outbound import Answer, Blocked, Outbound, Unreachable

ANSWER = 8_000_000
"""Bytes of one answer."""
REDIRECTS = 4
MOST = 5000
"""Events of one calendar within the window."""
COUNTRY = 2
"""Letters of the last part of a name such as `co.uk`, below which strangers are neighbours."""
SHORT = 3
DAV, CAL = "DAV:", "urn:ietf:params:xml:ns:caldav"
_MOVED = frozenset({301, 302, 307, 308})
_REFUSED = frozenset({401, 403})
_GONE = frozenset({404, 410})
MULTISTATUS = 207
SERVER_ERROR = 500
TOO_MANY = 429
_SPACES = (
    'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" '
    'xmlns:s="http://calendarserver.org/ns/" xmlns:a="http://apple.com/ns/ical/"'
)


class CannotRead(Exception):
    """Why a server cannot be read, by a code its person is told by; `passes`: by itself."""

    def __init__(self, code: str, message: str, *, passes: bool = False) -> None:
        super().__init__(message)
        self.code, self.passes = code, passes


class Found(NamedTuple):
    """A calendar as its server tells of it."""

    href: str
    name: str
    color: str | None
    mark: str | None


@dataclass(frozen=True)
class Dav:
    """Somebody's way to a server."""

    outbound: Outbound
    url: str
    user: str
    password: str

    async def calendars(self) -> list[Found]:
        """Those with events. Raises CannotRead."""
        principal, at = await self._principal()
        if principal is None:
            home = at
        else:
            url, found = await self._find(urljoin(at, principal), "<c:calendar-home-set/>")
            homes = [href for one in found for href in one.hrefs(CAL, "calendar-home-set")]
            home = urljoin(url, homes[0]) if homes else url
        told = (
            "<d:resourcetype/><d:displayname/><d:sync-token/><s:getctag/><a:calendar-color/>"
            "<c:supported-calendar-component-set/>"
        )
        url, every = await self._find(home, told, depth=1)
        calendars = [one.calendar(url) for one in every if one.is_calendar]
        if not calendars:
            raise CannotRead("no-calendars", "The server has no calendars at this address.")
        return calendars

    async def within(self, calendar: str, since: datetime, until: datetime) -> dict[str, str]:
        """The events of a window: `href` → `etag`. Raises CannotRead."""
        body = (
            f"<c:calendar-query {_SPACES}><d:prop><d:getetag/></d:prop><c:filter>"
            '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">'
            f'<c:time-range start="{since:%Y%m%dT%H%M%SZ}" end="{until:%Y%m%dT%H%M%SZ}"/>'
            "</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"
        )
        _, found = await self._asked("REPORT", calendar, body, depth=1)
        told = {one.href: one.text(DAV, "getetag") or "" for one in found if one.there}
        return dict(list(told.items())[:MOST])

    async def events(self, calendar: str, hrefs: Sequence[str]) -> dict[str, tuple[str, str]]:
        """`href` → `etag` and iCalendar of those that are there. Raises CannotRead."""
        asked = "".join(f"<d:href>{escape(one)}</d:href>" for one in hrefs)
        body = (
            f"<c:calendar-multiget {_SPACES}><d:prop><d:getetag/><c:calendar-data/></d:prop>"
            f"{asked}</c:calendar-multiget>"
        )
        _, found = await self._asked("REPORT", calendar, body, depth=1)
        return {
            one.href: (one.text(DAV, "getetag") or "", data)
            for one in found
            if (data := one.text(CAL, "calendar-data"))
        }

    async def _principal(self) -> tuple[str | None, str]:
        """Whose calendars they are, and where that was asked: at the address that was told, or
        where servers say that it is to be asked (RFC 6764). None: it is that of a calendar itself.
        """
        told = "<d:current-user-principal/><d:resourcetype/>"
        refused: CannotRead | None = None
        for place in (self.url, urljoin(self.url, "/.well-known/caldav")):
            try:
                url, found = await self._find(place, told)
            except CannotRead as error:
                if error.code not in {"odd", "gone"}:
                    raise
                refused = refused or error
                continue
            if any(one.is_calendar for one in found):
                return None, url
            for one in found:
                if principal := one.hrefs(DAV, "current-user-principal"):
                    return principal[0], url
        if refused is not None and refused.code == "gone":
            raise refused
        raise CannotRead("odd", "No calendars are kept at this address.")

    async def _find(
        self, url: str, properties: str, depth: int = 0
    ) -> tuple[str, list["Resource"]]:
        body = f"<d:propfind {_SPACES}><d:prop>{properties}</d:prop></d:propfind>"
        return await self._asked("PROPFIND", url, body, depth)

    async def _asked(
        self, method: str, url: str, body: str, depth: int
    ) -> tuple[str, list["Resource"]]:
        """Where it was answered, and what of. Raises CannotRead."""
        told = f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode()
        headers = {
            "authorization": f"Basic {self._secret}",
            "content-type": "application/xml; charset=utf-8",
            "depth": str(depth),
            "user-agent": "Gausdo",
        }
        for _ in range(REDIRECTS + 1):
            if not self._is_trusted(url):
                message = "The server leads to another one, which does not get the password."
                raise CannotRead("elsewhere", message)
            try:
                answer = await self.outbound.ask(method, url, told, headers, ANSWER)
            except Blocked as refusal:
                raise CannotRead("blocked", str(refusal)) from refusal
            except Unreachable as failure:
                raise CannotRead("unreachable", str(failure), passes=True) from failure
            if answer.status not in _MOVED:
                return url, _judged(answer)
            url = urljoin(url, answer.headers.get("location", ""))
        raise CannotRead("odd", "The server leads from one address to the next, without end.")

    @cached_property
    def _secret(self) -> str:
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    def _is_trusted(self, url: str) -> bool:
        here, there = urlsplit(self.url), urlsplit(url)
        if (here.scheme, here.netloc) == (there.scheme, there.netloc):
            return True
        host, other = here.hostname or "", there.hostname or ""
        if here.scheme == "http" and there.scheme == "https" and host == other:
            return True
        above = _domain(host)
        return there.scheme == "https" and above is not None and f".{other}".endswith(f".{above}")


def _domain(host: str) -> str | None:
    """The domain whose hosts belong together; None where that cannot be told."""
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or ":" in host:  # noqa: PLR2004 - a name in a domain
        return None
    above = labels[1:] if len(labels) > 2 else labels  # noqa: PLR2004 - `www.` and the like
    public = len(above) == 2 and len(above[-1]) == COUNTRY and len(above[0]) <= SHORT  # noqa: PLR2004 - co.uk
    return host if public else ".".join(above)


class Resource(NamedTuple):
    """What a server says of one of its resources: the properties it has."""

    href: str
    there: bool
    properties: dict[str, Any]

    @property
    def is_calendar(self) -> bool:
        kind = self.properties.get(f"{{{DAV}}}resourcetype")
        if kind is None or kind.find(f"{{{CAL}}}calendar") is None:
            return False
        parts = self.properties.get(f"{{{CAL}}}supported-calendar-component-set")
        names = [] if parts is None else [one.get("name") for one in parts]
        return not names or "VEVENT" in names

    def text(self, space: str, name: str) -> str | None:
        found = self.properties.get(f"{{{space}}}{name}")
        return None if found is None else found.text

    def hrefs(self, space: str, name: str) -> list[str]:
        found = self.properties.get(f"{{{space}}}{name}")
        every = () if found is None else found.iterfind(f"{{{DAV}}}href")
        return [one.text.strip() for one in every if one.text]

    def calendar(self, at: str) -> Found:
        href = urljoin(at, self.href)
        name = (self.text(DAV, "displayname") or "").strip() or href.rstrip("/").rpartition("/")[2]
        mark = self.text(DAV, "sync-token") or self.text("http://calendarserver.org/ns/", "getctag")
        color = (self.text("http://apple.com/ns/ical/", "calendar-color") or "").strip()[:7]
        shown = color if _COLOR.fullmatch(color) else None
        return Found(href, name[:200], shown, mark)


_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


def _judged(answer: Answer) -> list[Resource]:
    status = answer.status
    if status == MULTISTATUS:
        return [*_resources(answer.body)]
    if status in _REFUSED:
        raise CannotRead("refused", "The server refuses the name or the password.")
    if status in _GONE:
        raise CannotRead("gone", "There is nothing at this address of the server.")
    if status >= SERVER_ERROR or status == TOO_MANY:
        message = f"The server cannot answer now ({status})."
        raise CannotRead("unreachable", message, passes=True)
    raise CannotRead("odd", f"The server does not answer as one of calendars does ({status}).")


def _resources(body: bytes) -> Iterator[Resource]:
    """Nothing but elements and text is read: no entities, nothing from elsewhere."""
    from lxml import etree  # noqa: PLC0415 - heavy, and few need it

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        message = "The server answers something that is not XML, or too much of it."
        raise CannotRead("odd", message) from error
    if root.getroottree().docinfo.doctype:
        raise CannotRead("odd", "The server answers with a document type, which is not read.")
    for one in root.iterfind(f"{{{DAV}}}response"):
        href = one.findtext(f"{{{DAV}}}href")
        if not href:
            continue
        status = one.findtext(f"{{{DAV}}}status") or ""
        properties = {
            each.tag: each
            for stat in one.iterfind(f"{{{DAV}}}propstat")
            if " 200 " in f"{stat.findtext(f'{{{DAV}}}status')} "
            for each in stat.iterfind(f"{{{DAV}}}prop/*")
        }
        yield Resource(href.strip(), " 404" not in status, properties)
