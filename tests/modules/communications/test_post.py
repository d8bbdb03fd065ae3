"""Letters on the wire, read back from a real mail server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP

from gausdo.kernel.errors import Invalid
from gausdo.kernel.values import new_id
from gausdo.modules.communications.post import Envelope, Post, Server, address, mime, one_line
from gausdo.platform.drain import Hopeless, NotNow


class Desk:
    """A mail server that answers as told, and keeps what it took."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.sessions = 0
        self.to = self.data = "250 OK"

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.to.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.to

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("2"):
            letter = message_from_bytes(envelope.original_content, policy=policy.default)
            self.taken.append((envelope.rcpt_tos, letter))
        return self.data


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[tuple[Desk, Server]]:
    kept, loop = Desk(), asyncio.get_running_loop()
    serve = partial(SMTP, kept, hostname="localhost", loop=loop)
    server = await loop.create_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield kept, Server.told(f"smtp://127.0.0.1:{port}")
    server.close()


def a_letter(**told: Any) -> Envelope:
    plain: dict[str, Any] = {
        "id": new_id(),
        "to": "anna@example.org",
        "to_name": "Анна",
        "subject": "Предложение",
        "body": "Здравствуйте!",
        "html": False,
        "written_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
    }
    return Envelope(**{**plain, **told})


SENDER = "Отдел продаж <crm@gausdo.example>"


@pytest.mark.asyncio
async def test_a_letter_arrives_as_it_was_written(desk: tuple[Desk, Server]) -> None:
    kept, server = desk
    letter = a_letter()
    async with Post(server, SENDER) as post:
        await post.send(letter)
    ((to, told),) = kept.taken
    assert to == ["anna@example.org"]
    assert told["From"] == "Отдел продаж <crm@gausdo.example>"
    assert told["To"] == "Анна <anna@example.org>"
    assert told["Subject"] == "Предложение"
    assert told["Date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    assert told["Message-ID"] == f"<{letter.id}@gausdo.example>"
    assert told["Auto-Submitted"] == "auto-generated"
    assert told.get_content().strip() == "Здравствуйте!"


@pytest.mark.asyncio
async def test_a_letter_in_html_can_be_read_as_text_too(desk: tuple[Desk, Server]) -> None:
    kept, server = desk
    body = "<style>p {}</style><p>Hello,&nbsp;Anna</p><ul><li>One<li>Two &amp; <b>more</b></ul>"
    async with Post(server, SENDER) as post:
        await post.send(a_letter(html=True, body=body))
    ((_, told),) = kept.taken
    text, html = told.get_body(("plain",)), told.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Hello, Anna", "One", "Two & more"]
    assert html.get_content().strip() == body


@pytest.mark.asyncio
async def test_many_letters_go_over_few_connections(desk: tuple[Desk, Server]) -> None:
    kept, server = desk
    async with Post(server, SENDER) as post:
        await asyncio.gather(*(post.send(a_letter()) for _ in range(40)))
    assert len(kept.taken) == 40
    assert kept.sessions <= 4


@pytest.mark.asyncio
@pytest.mark.parametrize("body", ["\r\n.\r\nMAIL FROM:<x@y.z>\r\n", "\n.\nDATA", "\r.\rQUIT", "."])
async def test_a_body_cannot_smuggle_a_second_letter(desk: tuple[Desk, Server], body: str) -> None:
    kept, server = desk
    async with Post(server, SENDER) as post:
        await post.send(a_letter(body=f"before{body}after", subject=f"{len(body)}"))
        await post.send(a_letter(subject="next"))
    assert [told["Subject"] for _, told in kept.taken] == [f"{len(body)}", "next"]
    assert "after" in kept.taken[0][1].get_content()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("to", "data", "verdict"),
    [
        ("550 no such user", "250 OK", Hopeless),
        ("450 mailbox busy", "250 OK", NotNow),
        ("250 OK", "554 spam", Hopeless),
        ("250 OK", "451 try later", NotNow),
    ],
)
async def test_what_a_server_refuses_for_good_is_told_from_what_it_puts_off(
    desk: tuple[Desk, Server], to: str, data: str, verdict: type[Hopeless]
) -> None:
    kept, server = desk
    kept.to, kept.data = to, data
    async with Post(server, SENDER) as post:
        with pytest.raises(Hopeless, match="mail server") as refusal:
            await post.send(a_letter())
        assert type(refusal.value) is verdict
        kept.to = kept.data = "250 OK"
        await post.send(a_letter(subject="next"))
    assert [told["Subject"] for _, told in kept.taken] == ["next"]


@pytest.mark.asyncio
async def test_a_server_that_is_away_is_waited_for() -> None:
    async with Post(Server.told("smtp://127.0.0.1:1"), SENDER) as post:
        with pytest.raises(NotNow, match="cannot be reached"):
            await post.send(a_letter())


@pytest.mark.parametrize(
    "told",
    [
        "nobody",
        "a b@example.org",
        "anna@example.org\r\nRCPT TO:<eve@example.org>",
        "anna@example.org>\r\nRCPT TO:<eve@example.org>",
        "anna@example.org, eve@example.org",
        "Анна <anna@example.org>",
        "anna@[127.0.0.1]",
        "анна@example.org",
        "anna@exa\x00mple.org",
    ],
)
def test_what_is_no_address_is_refused(told: str) -> None:
    with pytest.raises(Invalid):
        address("to", told)


def test_a_domain_goes_out_in_ascii() -> None:
    assert address("to", "anna@пример.рф") == "anna@xn--e1afmkfd.xn--p1ai"


@pytest.mark.parametrize("breaking", ["\r\nBcc: x@y.z", "\nX", "\rX", "\x85X", "\u2029X"])
def test_no_header_can_be_broken(breaking: str) -> None:
    with pytest.raises(Invalid):
        one_line("to_name", f"Anna{breaking}")


@pytest.mark.parametrize("header", ["subject", "to_name", "to"])
def test_what_slipped_through_is_refused_when_the_letter_is_built(header: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)newline|CR|LF|address|header|invalid"):
        mime(a_letter(**{header: "x@y.z\r\nBcc: eve@example.org"}), SENDER)


@pytest.mark.parametrize(
    ("url", "port", "tls", "start_tls"),
    [
        ("smtp://localhost", 25, False, False),
        ("smtp://mail.example.org", 25, False, None),
        ("smtp://u:p@mail.example.org?starttls", 587, False, True),
        ("smtps://u:p%40@mail.example.org", 465, True, False),
    ],
)
def test_the_setting_tells_how_to_connect(
    url: str, port: int, tls: bool, start_tls: bool | None
) -> None:
    server = Server.told(url)
    assert (server.port, server.tls, server.start_tls) == (port, tls, start_tls)


@pytest.mark.parametrize("url", ["localhost:25", "http://x", "smtp://u:p@mail.example.org"])
def test_a_setting_that_would_tell_a_password_in_the_open_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp_url"):
        Server.told(url)
