"""Around us: the supervisor's parts, the disk, how we are reached, the built interface."""

import http.client
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from gausdo.doctor.finding import Finding, wrong
from gausdo.doctor.reach import PATIENCE
from gausdo.doctor.words import words
from gausdo.settings import Settings
from gausdo.supervisor import EMBEDDED, PartState, parts_of

LOCAL = ("127.0.0.1", "localhost", "::1")
LITTLE = 0.1, 5e9
"""A disk is nearly full with less than this share, and these bytes, free."""
SOON = 14
"""Days before its end in which a certificate is to be renewed."""


def look(data: Path, settings: Settings) -> Iterator[Finding]:
    parts = parts_of(data)
    if not parts:
        yield Finding(
            "supervisor", words("nothing runs in {data}", data=str(data)),
            advice=words("For a laptop: make run"),
        )  # fmt: skip
    for name, part in parts.items():
        yield _part(data, name, part)
    if not parts.get("web"):
        yield _web(settings)
    if data.exists():
        yield from _disks(data)
    yield _interface(settings)
    yield from _reached(settings)


def _part(data: Path, name: str, part: PartState) -> Finding:
    at = words(" on port {port}", port=part.port) if part.port else ""
    again = words(", restarted {times} times", times=part.restarts) if part.restarts else ""
    told = words("{state}{at}{again}", state=words(part.state), at=at, again=again)
    if part.state in {"ready", "done"}:
        return Finding(name, told)
    log = str(data / "logs" / f"{name}.log")
    if part.state == "silent":
        return wrong(
            name, words("{state}: it runs, but gives no sign of life", state=told),
            words("It is ended and started again by itself. Keep {log}, to find out why.", log=log),
        )  # fmt: skip
    return wrong(
        name, told,
        words("See {log} for its last words: `gausdo logs --part {part}`.", log=log, part=name),
    )  # fmt: skip


def _web(settings: Settings) -> Finding:
    """Of a web process that is not under our supervisor: whether it answers here."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    at = f"{host}:{settings.port}"
    connection = http.client.HTTPConnection(host, settings.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except TimeoutError:
        return wrong(
            "web", words("{at} gives no answer", at=at), words("It hangs: restart `gausdo serve`.")
        )
    except (OSError, http.client.HTTPException):
        return Finding(
            "web", words("no web process answers on {at}", at=at),
            advice=words("Start `gausdo serve`, if it is here."),
        )  # fmt: skip
    finally:
        connection.close()
    if status != http.HTTPStatus.OK:
        return wrong(
            "web", words("somebody else answers on {at} ({status})", at=at, status=int(status)),
            words("Stop what has the port, or tell GAUSDO_PORT another one."),
        )  # fmt: skip
    return Finding("web", words("answers on {at}", at=at))


def _disks(data: Path) -> Iterator[Finding]:
    """That of the data, and those of servers that have one of their own."""
    seen: set[int] = set()
    for place in (data, *(data / kind.name for kind, _ in EMBEDDED)):
        if place.exists() and (disk := place.stat().st_dev) not in seen:
            seen.add(disk)
            yield _disk(place)


def _disk(place: Path) -> Finding:
    usage = shutil.disk_usage(place)
    told = words(
        "{free:.1f} of {total:.1f} GB free for {place}",
        free=usage.free / 1e9, total=usage.total / 1e9, place=str(place),
    )  # fmt: skip
    share, least = LITTLE
    if usage.free < usage.total * share and usage.free < least:
        return wrong(
            words("disk"), words("nearly full: {told}", told=told),
            words("Make room: without any, PostgreSQL takes no changes, NATS no events and "
                  "ClickHouse no rows. `logs/` may go first; what waits goes on by itself."),
        )  # fmt: skip
    return Finding(words("disk"), told)


def _interface(settings: Settings) -> Finding:
    if settings.web is None:
        return Finding(
            words("interface"), words("not built: the API is served alone"),
            advice=words("`make run` builds it; GAUSDO_WEB names the folder of a built one."),
        )  # fmt: skip
    if not (settings.web / "index.html").is_file():
        return wrong(
            words("interface"), words("{folder} has no index.html", folder=str(settings.web)),
            words("Build it (`npm run build` in web/), or correct GAUSDO_WEB."),
        )  # fmt: skip
    return Finding(words("interface"), words("served from {folder}", folder=str(settings.web)))


def _reached(settings: Settings) -> Iterator[Finding]:
    """How people get here: by TLS, unless it is this machine alone."""
    if settings.host not in LOCAL and not settings.trusted_proxies:
        yield wrong(
            words("address"),
            words("{host} can be reached from outside, without TLS", host=settings.host),
            words("Put a proxy with TLS before it and name it in GAUSDO_TRUSTED_PROXIES, or listen "
                  "on 127.0.0.1."),
        )  # fmt: skip
    where = urlsplit(settings.base_url)
    host = where.hostname or ""
    if where.scheme == "http" and host not in LOCAL:
        yield wrong(
            words("address"), words("people are sent to {url}, without TLS", url=settings.base_url),
            words("Browsers do not keep the session cookie there: nobody can sign in. Give the "
                  "proxy a certificate, and GAUSDO_BASE_URL https."),
        )  # fmt: skip
    elif where.scheme == "https":
        yield _certificate(host, where.port or 443)


def _certificate(host: str, port: int) -> Finding:
    try:
        with (
            socket.create_connection((host, port), timeout=PATIENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as tls,
        ):
            told = tls.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return wrong(
            words("certificate"),
            words("that of {host} is not trusted: {why}", host=host, why=error.verify_message),
            words("Renew it, or let the proxy send the whole chain."),
        )  # fmt: skip
    except OSError as error:
        return wrong(
            words("address"),
            words("{host}:{port} cannot be reached from here ({error})",
                  host=host, port=port, error=str(error)),
            words("Is the proxy running, and is GAUSDO_BASE_URL right?"),
        )  # fmt: skip
    left = round((ssl.cert_time_to_seconds(str(told["notAfter"])) - time.time()) / 86400)
    if left < SOON:
        ends = words("that of {host} ends in {days} days", host=host, days=left)
        return wrong(words("certificate"), ends, words("Renew it."))
    return Finding(
        words("certificate"), words("that of {host} is good for {days} days", host=host, days=left)
    )
