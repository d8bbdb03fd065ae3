"""Nothing inside can be reached by an address that somebody typed."""

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gausdo.platform.outbound import ANSWER, Blocked, Outbound, Unreachable, is_open

HOSTILE = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://localhost/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001::1]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[fd00::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://192.0.0.8/",
    "https://198.18.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://127。0。0。1/",
    "https://user:pw@example.com/",
    "https://example.com:22/",
    "https://example.com:8443/",
    "http://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "https://",
    "https://exa mple.com/",
    "https://a\r\nb/",
    "javascript:alert(1)",
    "not an address",
]

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def receiver(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def answers(reply: bytes, seen: list[bytes] | None = None) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        if seen is not None:
            seen.append(asked)
        writer.write(reply)
        writer.close()

    return serve


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@pytest.mark.parametrize("url", HOSTILE)
@pytest.mark.asyncio
async def test_a_hostile_address_is_refused_before_a_packet_is_sent(url: str) -> None:
    async with Outbound() as outbound:
        with pytest.raises(Blocked):
            await outbound.post(url, b"{}", {})


@pytest.mark.parametrize("address", ["10.1.2.3", "::1", "2002:7f00:1::"])
@pytest.mark.asyncio
async def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    async def inside(host: str, port: int) -> list[str]:
        return ["93.184.216.34", address]

    async with Outbound(resolve=inside) as outbound:
        outbound.check("https://example.com/hook")
        with pytest.raises(Blocked):
            await outbound.judge("https://example.com/hook")
        with pytest.raises(Blocked):
            await outbound.post("https://example.com/hook", b"", {})


@pytest.mark.asyncio
async def test_a_name_is_looked_up_once_so_that_rebinding_gains_nothing() -> None:
    looked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        looked.append(host)
        return ["192.0.2.1"] if len(looked) == 1 else ["127.0.0.1"]

    async with Outbound(resolve=rebinding) as outbound:
        with pytest.raises(Blocked):  # 192.0.2.1 is for documentation: not global
            await outbound.post("https://example.com/", b"", {})
    assert looked == ["example.com"]


def test_addresses_of_the_internet_are_open() -> None:
    assert all(is_open(ip) for ip in ("8.8.8.8", "93.184.216.34", "2a00:1450:4010::1"))


@pytest.mark.asyncio
async def test_an_allowed_receiver_gets_the_call_and_its_neighbour_does_not() -> None:
    seen: list[bytes] = []
    async with (
        receiver(answers(OK, seen)) as port,
        receiver(answers(OK, seen)) as other,
        Outbound([f"127.0.0.1:{port}"]) as outbound,
    ):
        answer = await outbound.post(f"http://127.0.0.1:{port}/in?a=1", b"x", {"x-told": "1"})
        assert (answer.status, answer.body) == (200, b"ok")
        for url in (f"http://127.0.0.1:{other}/", f"http://localhost:{port}/"):
            with pytest.raises(Blocked):
                await outbound.post(url, b"", {})
    (asked,) = seen
    assert asked.startswith(b"POST /in?a=1 HTTP/1.1\r\n")
    assert b"host: 127.0.0.1:%d\r\n" % port in asked.lower()
    assert b"x-told: 1\r\n" in asked.lower()


def test_where_hosts_are_named_no_other_is_called() -> None:
    named = Outbound(["127.0.0.1:9"], only=["hooks.example.org", "*.Partner.example"])
    for host in (
        "hooks.example.org",
        "HOOKS.example.org.",
        "a.partner.example",
        "b.a.partner.example",
    ):
        named.check(f"https://{host}/in")
    named.check("http://127.0.0.1:9/")
    for host in (
        "example.org", "a.hooks.example.org", "partner.example", "partner.example.evil.example",
        "evilpartner.example", "hooks.example.org.evil.example", "93.184.216.34",
    ):  # fmt: skip
        with pytest.raises(Blocked, match="names"):
            named.check(f"https://{host}/in")


@pytest.mark.asyncio
async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    seen: list[bytes] = []
    async with receiver(answers(OK, seen)) as inner:
        moved = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:%d/\r\n\r\n" % inner
        async with receiver(answers(moved)) as port, Outbound([f"127.0.0.1:{port}"]) as outbound:
            assert (await outbound.post(f"http://127.0.0.1:{port}/", b"", {})).status == 302
    assert seen == []


@pytest.mark.asyncio
async def test_an_endless_answer_is_cut() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
        except ConnectionError:
            pass

    async with receiver(endless) as port, Outbound([f"127.0.0.1:{port}"]) as outbound:
        assert len((await outbound.post(f"http://127.0.0.1:{port}/", b"", {})).body) == ANSWER


@pytest.mark.asyncio
async def test_a_receiver_that_trickles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass

    monkeypatch.setattr("gausdo.platform.outbound.TIMEOUT", 0.3)
    async with receiver(trickle) as port, Outbound([f"127.0.0.1:{port}"]) as outbound:
        with pytest.raises(Unreachable, match="in time"):
            await outbound.post(f"http://127.0.0.1:{port}/", b"", {})


@pytest.mark.asyncio
async def test_what_is_no_http_or_nobody_is_unreachable() -> None:
    mail = answers(b"220 mail.example ESMTP\r\n")
    async with receiver(mail) as port, Outbound([f"127.0.0.1:{port}"]) as outbound:
        with pytest.raises(Unreachable):
            await outbound.post(f"http://127.0.0.1:{port}/", b"", {})
    async with Outbound([f"127.0.0.1:{port}"]) as outbound:
        with pytest.raises(Unreachable):
            await outbound.post(f"http://127.0.0.1:{port}/", b"", {})


@pytest.mark.asyncio
async def test_tls_proves_the_name_that_was_typed(tmp_path: Path) -> None:
    server, trust = _certificate("localhost", tmp_path)
    async with receiver(answers(OK), tls=server) as port:
        allow = [f"localhost:{port}", f"127.0.0.1:{port}"]
        async with Outbound(allow, trust=trust) as outbound:
            assert (await outbound.post(f"https://localhost:{port}/", b"", {})).status == 200
            with pytest.raises(Unreachable):  # the certificate is not of this name
                await outbound.post(f"https://127.0.0.1:{port}/", b"", {})
        async with Outbound(allow) as outbound:
            with pytest.raises(Unreachable):  # nor is its issuer known to the system
                await outbound.post(f"https://localhost:{port}/", b"", {})


def _certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS context for `name`, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "server.pem").write_bytes(pem + secret)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=pem.decode())
