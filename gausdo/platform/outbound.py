"""HTTP to addresses that a user may type: only to hosts of the open internet.

What is checked is what is connected to: the host is resolved, every address it has is judged, and
the connection goes to a judged address while TLS still verifies the name, so a name that resolves
differently the second time (DNS rebinding) gains nothing. No redirects, no proxies of the
environment, bounded answers and times.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

import httpcore2
import httpx2

ANSWER = 64 * 1024
"""Bytes of an answer that are read; the rest is left unread."""
TIMEOUT = 10.0
"""Seconds for one call, from the look-up of the name to the last byte."""
HTTPS = 443

_INNER = tuple(
    ipaddress.ip_network(network)
    for network in (
        # What `is_global` lets through although it leads inside, elsewhere or nowhere.
        *("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        *("64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16"),
        *("3fff::/20", "5f00::/16", "fec0::/10"),
    )
)

_HOST = re.compile(r"[a-z0-9.-]{1,253}|[0-9a-f:.]{2,45}", re.IGNORECASE)

Resolve = Callable[[str, int], Awaitable[list[str]]]


class Blocked(Exception):
    """The address may not be called; says which rule it breaks, nothing of what it leads to."""


class Unreachable(Exception):
    """Nobody answered, or not in time, or not in HTTP."""


@dataclass(frozen=True)
class Answer:
    """`body` is cut at the bytes that were asked for; names of `headers` are small."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def is_open(address: str) -> bool:
    """Whether an IP address belongs to the open internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return (
        ip.is_global
        and not ip.is_multicast
        and not any(ip.version == inner.version and ip in inner for inner in _INNER)
    )


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, as the system resolves it. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


@cache
def _trusted() -> ssl.SSLContext:
    """Whom the system trusts: read once, for it is long."""
    return httpcore2.default_ssl_context()


class Outbound:
    """A client of addresses that users type; one for a process. `async with` closes it.

    `allow` names inner receivers (exact `host:port`, http too) that may be called all the same;
    of the others, `only` those hosts, where any are named (`*.example.org`: those below one).
    """

    def __init__(
        self,
        allow: Collection[str] = (),
        *,
        only: Collection[str] = (),
        resolve: Resolve = resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._allow = frozenset(allow)
        self._only = frozenset(host.lower() for host in only)
        self._resolve = resolve
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=trust or _trusted(),
            max_connections=100,
            max_keepalive_connections=0,
            network_backend=_Guard(self._addresses),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.aclose()

    def check(self, url: str) -> None:
        """What can be seen without asking anyone: form, scheme, port, an address in digits.

        Raises Blocked.
        """
        host, port, scheme = _parts(url)
        if f"{host}:{port}" in self._allow:
            return
        if scheme != "https" or port != HTTPS:
            raise Blocked("Only https on port 443 may be called.")
        if self._only and not self._is_named(host):
            raise Blocked("Only hosts that this installation names may be called.")
        try:
            found = socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
        except OSError:
            return  # a name
        if not all(is_open(str(sockaddr[0])) for *_, sockaddr in found):
            raise Blocked("Only addresses of the open internet may be called.")

    def _is_named(self, host: str) -> bool:
        labels = host.lower().rstrip(".").split(".")
        above = (f"*.{'.'.join(labels[number:])}" for number in range(1, len(labels)))
        return not self._only.isdisjoint({".".join(labels), *above})

    async def judge(self, url: str) -> None:
        """`check`, and whether the host leads inside by now. Raises Blocked."""
        self.check(url)
        host, port, _ = _parts(url)
        try:
            await asyncio.wait_for(self._addresses(host, port), TIMEOUT / 2)
        except (OSError, TimeoutError):
            return  # it may be known later; every call looks again

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises Blocked before a packet is sent, and Unreachable."""
        return await self._asked("POST", url, body, headers, ANSWER)

    async def get(self, url: str, headers: Mapping[str, str], most: int = ANSWER) -> Answer:
        """At most `most` bytes of the answer are read. Raises as `post`."""
        return await self._asked("GET", url, None, headers, most)

    async def ask(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], most: int
    ) -> Answer:
        """By a method that is none of the usual ones, as WebDAV has them. Raises as `post`."""
        return await self._asked(method, url, body, headers, most)

    async def _asked(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], most: int
    ) -> Answer:
        self.check(url)
        target = httpx2.URL(url)
        told: list[tuple[bytes | str, bytes | str]] = [*headers.items()]
        try:
            async with (
                asyncio.timeout(TIMEOUT),
                self._pool.stream(
                    method,
                    httpcore2.URL(
                        scheme=target.raw_scheme,
                        host=target.raw_host,
                        port=target.port,
                        target=target.raw_path,
                    ),
                    headers=[*told, ("host", target.netloc.decode()), ("connection", "close")],
                    content=body,
                    extensions={"timeout": {"connect": 5.0, "read": TIMEOUT, "write": 5.0}},
                ) as response,
            ):
                heads = {
                    name.decode("ascii", "replace").lower(): value.decode("latin-1")
                    for name, value in response.headers
                }
                return Answer(response.status, await _beginning(response, most), heads)
        except (TimeoutError, httpcore2.TimeoutException) as error:
            raise Unreachable("The receiver did not answer in time.") from error
        except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise Unreachable("The receiver could not be reached.") from error

    async def _addresses(self, host: str, port: int) -> list[str]:
        """Where a connection may go. Raises Blocked, OSError."""
        found = await self._resolve(host, port)
        if f"{host}:{port}" in self._allow:
            return found
        if port != HTTPS or not found or not all(is_open(address) for address in found):
            raise Blocked("Only addresses of the open internet may be called.")
        return found


def _parts(url: str) -> tuple[str, int, str]:
    """Host, port and scheme. Raises Blocked."""
    try:
        parsed = httpx2.URL(url)
        host = parsed.raw_host.decode("ascii")
    except (httpx2.InvalidURL, UnicodeError, ValueError):
        raise Blocked("This is not a web address.") from None
    if parsed.scheme not in {"https", "http"} or not _HOST.fullmatch(host):
        raise Blocked("This is not a web address.")
    if parsed.userinfo:
        raise Blocked("An address with a name or a password in it may not be called.")
    return host, parsed.port or (HTTPS if parsed.scheme == "https" else 80), parsed.scheme


async def _beginning(response: httpcore2.Response, most: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_stream():
        body += chunk
        if len(body) >= most:
            break
    return bytes(body[:most])


class _Guard(httpcore2.AsyncNetworkBackend):
    """Connects to judged addresses only."""

    def __init__(self, addresses: Resolve) -> None:
        self._addresses = addresses
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        found = await asyncio.wait_for(self._addresses(host, port), timeout)
        for address in found[:-1]:
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._network.connect_tcp(
            found[-1], port, timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
