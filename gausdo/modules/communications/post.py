"""Letters on the wire: built as MIME, handed to the mail server over few reused connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from html.parser import HTMLParser
from ipaddress import ip_address
from typing import NamedTuple, Self
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
from email_validator import EmailNotValidError, validate_email

from gausdo.kernel.errors import invalid
from gausdo.modules.communications.contract import MailSecurity
from gausdo.platform.drain import Hopeless, NotNow

CONNECTIONS = 4
TIMEOUT = 20.0
PERMANENT = 500
"""From here on the codes of a mail server stand; 4xx ask to come again (RFC 5321, 4.2.1)."""
_BREAKS = frozenset("\r\n\v\f\x00\x1c\x1d\x1e\x85\u2028\u2029")
_POLICY = policy.SMTP.clone(cte_type="7bit")


def address(field: str, told: str) -> str:
    """An address as the wire takes it: checked, the domain in ASCII. Raises Invalid."""
    try:
        found = validate_email(told, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise invalid(field, "email", f"This is not an e-mail address: {error}") from None
    return found.ascii_email or found.normalized


def one_line(field: str, told: str) -> str:
    """`told`, if it can be a header. Raises Invalid: what breaks a line could add headers."""
    if _BREAKS & set(told):
        raise invalid(field, "one-line", "This must be one line.")
    return told.strip()


@dataclass(frozen=True)
class Envelope:
    """A letter as it leaves. `id` names it for ever: a copy after a kill is the same letter."""

    id: UUID
    to: str
    to_name: str | None
    subject: str
    body: str
    html: bool
    written_at: datetime
    attached: tuple["Attached", ...] = ()
    page: str | None = None  # what a `body` in plain text says, as HTML


class Attached(NamedTuple):
    """A file that goes with a letter; `type` is that of its content, such as application/pdf."""

    name: str
    type: str
    content: bytes


def mime(letter: Envelope, sender: str) -> EmailMessage:
    """RFC 5322, with a Message-ID made of the letter's id, declared automatic (RFC 3834)."""
    name, address_of_sender = parseaddr(sender)
    message = EmailMessage(_POLICY)
    message["From"] = Address(name, addr_spec=address_of_sender)
    message["To"] = Address(letter.to_name or "", addr_spec=letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.id}@{address_of_sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_as_text(letter.body) if letter.html else letter.body)
    if page := letter.body if letter.html else letter.page:
        message.add_alternative(page, subtype="html")
    for file in letter.attached:
        main, _, sub = file.type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


class _Text(HTMLParser):
    """What is read of a page: its text, with a new line at each block."""

    BLOCKS = frozenset("p div br li tr table ul ol h1 h2 h3 h4 h5 h6 blockquote hr".split())  # noqa: SIM905

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self._hidden += tag in {"style", "script", "head"}
        if tag in self.BLOCKS:
            self.told.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script", "head"} and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.told.append(" ".join(data.split()) + " " * data.endswith((" ", "\n")))


def _as_text(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = (line.strip() for line in "".join(reader.told).split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


@dataclass(frozen=True)
class Server:
    """A mail server, as `smtp://user:password@host:port?starttls` or `smtps://…` tells it."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    start_tls: bool | None

    @property
    def security(self) -> MailSecurity:
        if self.tls:
            return MailSecurity.TLS
        return MailSecurity.STARTTLS if self.start_tls else MailSecurity.NONE

    @classmethod
    def of(
        cls, host: str, port: int, security: MailSecurity, user: str | None, password: str | None
    ) -> Self:
        """One that was told in its parts."""
        tls = security is MailSecurity.TLS
        return cls(host, port, user, password, tls, security is MailSecurity.STARTTLS)

    @classmethod
    def told(cls, url: str) -> Self:
        """Raises ValueError that says what is wrong with the setting."""
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("smtp_url is smtp://host:port, or smtps://host:port for TLS.")
        tls, required = parts.scheme == "smtps", parts.query == "starttls"
        if parts.password and not (tls or required or _is_here(parts.hostname)):
            raise ValueError("smtp_url has a password: use smtps://, or add ?starttls.")
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587 if required else 25),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            # On this machine a certificate proves nothing; elsewhere TLS is used where offered.
            start_tls=True if required else False if tls or _is_here(parts.hostname) else None,
        )


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Post:
    """A few connections to the mail server, opened at need; `async with` says goodbye."""

    def __init__(self, server: Server, sender: str) -> None:
        self._server, self._sender = server, sender
        self._idle: list[aiosmtplib.SMTP] = []
        self._slots = asyncio.Semaphore(CONNECTIONS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._idle:
            try:
                await connection.quit(timeout=2)
            except (aiosmtplib.SMTPException, OSError):
                connection.close()

    async def leave_by(self, server: Server, sender: str) -> None:
        """From now on, if it is another."""
        if (server, sender) != (self._server, self._sender):
            idle, self._idle = self._idle, []
            self._server, self._sender = server, sender
            for connection in idle:
                connection.close()

    async def send(self, letter: Envelope) -> None:
        """Raises Hopeless when the letter is refused for good, NotNow when it may pass later."""
        try:
            message = mime(letter, self._sender)
        except ValueError as error:
            raise Hopeless(f"The letter cannot be written: {error}") from error
        try:
            async with self._connection() as connection:
                await connection.send_message(message, recipients=[letter.to])
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            _judge(refusal.code, refusal.message, "refused the recipient")
        except aiosmtplib.SMTPDataError as error:
            _judge(error.code, error.message, "refused the letter")
        except aiosmtplib.SMTPResponseException as error:
            raise NotNow(f"The mail server answered {error.code} {error.message}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotNow("The mail server cannot be reached.") from error

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """One that is idle, or a new one; after an error it is closed."""
        async with self._slots:
            connection, server = self._idle.pop() if self._idle else None, self._server
            if connection is None or not connection.is_connected:
                connection = aiosmtplib.SMTP(
                    hostname=server.host,
                    port=server.port,
                    username=server.user,
                    password=server.password,
                    use_tls=server.tls,
                    start_tls=server.start_tls,
                    timeout=TIMEOUT,
                    local_hostname=parseaddr(self._sender)[1].rpartition("@")[2],
                )
                await connection.connect()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            if server is self._server:
                self._idle.append(connection)
            else:
                connection.close()


def _judge(code: int, message: str, what: str) -> None:
    told = f"The mail server {what}: {code} {message}"
    raise Hopeless(told) if code >= PERMANENT else NotNow(told)
