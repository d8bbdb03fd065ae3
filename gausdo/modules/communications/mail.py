"""By which server letters leave: the one that was told here, else the environment's."""

import asyncio
import socket
import ssl
from dataclasses import dataclass
from email.utils import parseaddr

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.kernel.values import new_id, now
from gausdo.modules.communications import access
from gausdo.modules.communications.contract import (
    MailSecurity,
    MailServer,
    MailServerChange,
    MailTrial,
    MailTried,
)
from gausdo.modules.communications.post import Envelope, Post, Server, address, one_line
from gausdo.modules.communications.tables import MAIL_SERVER, MailServerRow
from gausdo.platform.crypto import Vault
from gausdo.platform.db import Database, Tx
from gausdo.platform.drain import Hopeless
from gausdo.platform.outbound import is_open, resolve

SECONDS = 4.0
"""What a letter that tries the server may take: somebody waits for it."""


@dataclass(frozen=True)
class Mailing:
    """`server` and `sender` are the environment's; `allowed` inner servers by their host:port."""

    db: Database
    server: Server
    sender: str
    vault: Vault
    allowed: frozenset[str]

    async def mail_server(self, actor: Actor) -> MailServer:
        actor.demand(access.READ_MAIL)
        async with self.db.begin(actor) as tx:
            return self._shown(await tx.session.get(MailServerRow, MAIL_SERVER))

    async def change_mail_server(
        self, actor: Actor, change: MailServerChange, key: str | None = None
    ) -> MailServer:
        actor.demand(access.EDIT_MAIL)
        await self._demand_possible(change)
        async with self.db.begin(actor, key, change) as tx:
            if not tx.told:
                row = await self._locked(tx)
                await tx.fresh(row, change.version, lambda: self._shown(row))
                if changes := await self._set(tx, row, change):
                    row.version += 1
                    row.changed_at = now()
                    tx.publish(row.changed(), changes=changes)
                tx.tell(self._shown(row))
            return tx.answer(MailServer)

    async def reset_mail_server(self, actor: Actor, key: str | None = None) -> MailServer:
        actor.demand(access.EDIT_MAIL)
        async with self.db.begin(actor, key, "reset") as tx:
            if not tx.told:
                row = await self._locked(tx)
                if row.own:
                    row.own, row.password = False, None
                    row.version += 1
                    row.changed_at = now()
                    tx.publish(row.changed(), changes={"own": (True, False)})
                tx.tell(self._shown(row))
            return tx.answer(MailServer)

    async def try_mail_server(self, actor: Actor, trial: MailTrial) -> MailTried:
        actor.demand(access.EDIT_MAIL)
        to = address("to", trial.to)
        server, sender = await self.leaving()
        letter = Envelope(
            id=new_id(),
            to=to,
            to_name=None,
            subject="Gausdo: test",
            body="This letter tries the mail server. / Это письмо проверяет почтовый сервер.\n",
            html=False,
            written_at=now(),
        )
        try:
            async with asyncio.timeout(SECONDS), Post(server, sender) as post:
                await post.send(letter)
        except (Hopeless, TimeoutError) as failure:
            return _failed(failure)
        return MailTried(well=True, code="mail.sent", said="")

    async def leaving(self) -> tuple[Server, str]:
        """The server that is used now, and the sender. Raises Unreadable."""
        async with self.db.begin() as tx:
            row = await tx.session.get(MailServerRow, MAIL_SERVER)
            if row is None or not row.own:
                return self.server, self.sender
            password = None
            if row.password is not None:
                password = await self.vault.open(tx, row.PASSWORD, row.id, row.password)
            security = MailSecurity(row.security)
            return Server.of(row.host, row.port, security, row.user, password), row.sender

    def _shown(self, row: MailServerRow | None) -> MailServer:
        if row is not None and row.own:
            return row.shown()
        server = self.server
        return MailServer(
            host=server.host,
            port=server.port,
            security=server.security,
            user=server.user,
            has_password=server.password is not None,
            sender=self.sender,
            own=False,
            version=row.version if row is not None else 1,
        )

    async def _locked(self, tx: Tx) -> MailServerRow:
        row = await tx.session.get(MailServerRow, MAIL_SERVER, with_for_update=True)
        if row is None:
            told = self._shown(None).model_dump(exclude={"has_password"})
            row = MailServerRow(id=MAIL_SERVER, changed_at=now(), **told)
            tx.add(row)
            await tx.session.flush()
        return row

    async def _set(
        self, tx: Tx, row: MailServerRow, change: MailServerChange
    ) -> dict[str, tuple[object, object]]:
        """What differs, without passwords."""
        before = self._shown(row)
        told = change.model_dump(mode="json", exclude={"version", "password"}) | {"own": True}
        changes = {
            name: (getattr(before, name), value)
            for name, value in told.items()
            if getattr(before, name) != value
        }
        elsewhere = not row.own or changes.keys() & {"host", "port", "user"}
        for name, value in told.items():
            setattr(row, name, value)
        if change.password is not None:
            secret = change.password.get_secret_value()
            row.password = await self.vault.seal(tx, row.PASSWORD, row.id, secret)
            changes["password"] = (None, None)
        elif elsewhere:  # a password is told to no server that it was not given for
            row.password = None
        return changes

    async def _demand_possible(self, change: MailServerChange) -> None:
        """Raise Invalid for a sender that is none, an inner server, a password in the open."""
        name, sender = parseaddr(one_line("sender", change.sender))
        address("sender", sender or change.sender)
        one_line("sender", name or "-")
        known = {*self.allowed, f"{self.server.host}:{self.server.port}"}
        if f"{change.host}:{change.port}" in known:
            return
        if change.security is MailSecurity.NONE and change.user is not None:
            told = "A password is told over TLS only: choose TLS or STARTTLS."
            raise invalid("security", "password-in-the-open", told)
        try:
            found = await asyncio.wait_for(resolve(change.host, change.port), SECONDS)
        except (OSError, TimeoutError):
            return  # it may be known later; trying it says so
        if not all(is_open(one) for one in found):
            told = "Inner servers have to be named in GAUSDO_OUTBOUND_ALLOW."
            raise invalid("host", "forbidden-address", told)


def _failed(failure: Hopeless | TimeoutError) -> MailTried:
    """Why, by code."""
    cause = failure.__cause__
    said = str(cause or failure)[:300]
    return MailTried(well=False, code=_code(cause or failure, said), said=said)


def _code(cause: BaseException, said: str) -> str:
    inner = cause.__cause__ or cause.__context__
    seen = [one for one in (cause, inner) if one is not None]
    names = {type(one).__name__ for one in seen}
    if any(isinstance(one, socket.gaierror) for one in seen):
        return "mail.unknown-host"
    if any(isinstance(one, ssl.SSLError) for one in seen) or "STARTTLS" in said.upper():
        return "mail.tls"
    if "AUTH" in said:
        return "mail.login"
    for name, code in _NAMED.items():
        if name in names:
            return code
    if any(isinstance(one, TimeoutError) for one in seen) or "Timeout" in "".join(names):
        return "mail.silent"
    return "mail.unreachable" if any(isinstance(one, OSError) for one in seen) else "mail.refused"


_NAMED = {
    "SMTPAuthenticationError": "mail.login",
    "SMTPRecipientsRefused": "mail.recipient",
    "SMTPSenderRefused": "mail.sender",
    "SMTPDataError": "mail.refused",
    "SMTPConnectTimeoutError": "mail.silent",
    "SMTPReadTimeoutError": "mail.silent",
    "SMTPConnectError": "mail.unreachable",
}
"""What aiosmtplib calls it, by the code of it."""
