"""Mail servers that behave badly, on real sockets: waited for, given up aloud, nothing doubled."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from email import message_from_bytes
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import update

from gausdo.app import Gausdo
from gausdo.kernel.values import now
from gausdo.modules.communications import post
from gausdo.modules.communications.contract import (
    Communications,
    Letter,
    LetterDraft,
    Template,
    TemplateDraft,
)
from gausdo.modules.communications.jobs import deliver
from gausdo.modules.communications.tables import LetterRow
from gausdo.settings import Settings
from tests.conftest import As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")
Settled = Callable[[], Awaitable[None]]


class Desk:
    """Speaks SMTP (RFC 5321) as told: `answers` by command, `late`, or `gone` within a letter."""

    def __init__(self) -> None:
        self.place = 0
        self.letters: list[str] = []
        self.well()

    def well(self) -> None:
        self.answers: dict[str, str] = {}
        self.late, self.gone = asyncio.Event(), False
        self.late.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 desk\r\n")
        try:
            while line := await reader.readline():
                word = line[:4].decode().upper().strip()
                told = self.answers.get(word, "354 go on" if word == "DATA" else "250 OK")
                writer.write(f"{told}\r\n".encode())
                if told.startswith("354"):
                    if self.gone:
                        return
                    await self._take(await reader.readuntil(b"\r\n.\r\n"), writer)
                if word == "QUIT" or told.startswith("421"):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _take(self, raw: bytes, writer: asyncio.StreamWriter) -> None:
        told = self.answers.get("BODY", "250 kept")
        if told.startswith("2"):
            self.letters.append(message_from_bytes(raw)["message-id"])
        await self.late.wait()
        writer.write(f"{told}\r\n".encode())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    server = await asyncio.start_server(desk.serve, "127.0.0.1", 0)
    desk.place = server.sockets[0].getsockname()[1]
    yield desk
    server.close()


@pytest.fixture(scope="module")
def settings(settings: Settings, desk: Desk) -> Settings:
    url = SecretStr(f"smtp://127.0.0.1:{desk.place}")
    return settings.model_copy(update={"smtp_url": url, "mail_from": "Gausdo <crm@gausdo.example>"})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hello(gausdo: Gausdo, people: People) -> Template:
    draft = TemplateDraft(name="Hello", subject="Hello", body="Hello")
    return await gausdo.get(Communications).add_template(people.admin, draft)


Sent = Callable[[], Awaitable[Letter]]


@pytest.fixture
def sent(gausdo: Gausdo, people: People, hello: Template, desk: Desk, settled: Settled) -> Sent:
    """Ask for a letter, and wait until it has been tried once."""
    desk.well()
    desk.letters.clear()

    async def send() -> Letter:
        draft = LetterDraft(template_id=hello.id, to="nina@client.example", values={})
        letter = await gausdo.get(Communications).send(people.ann, draft)
        await settled()
        return letter

    return send


async def told(api: As, people: People, letter: Letter) -> dict[str, Any]:
    reply = await api(people.ann).get("/letters", params={"ids": str(letter.id)})
    (found,) = reply.json()["items"]
    return found  # type: ignore[no-any-return]


async def tried_again(gausdo: Gausdo, letter: Letter) -> None:
    """Once its time has come, which is brought forward."""
    service = gausdo.services["communications"]
    async with service.db.begin() as tx:
        due = update(LetterRow).where(LetterRow.id == letter.id).values(due_at=now())
        await tx.session.execute(due)
    await deliver(service)


@pytest.mark.parametrize(
    "answers",
    [{"MAIL": "421 closing"}, {"RCPT": "421 closing"}, {"RCPT": "451 later"},
     {"DATA": "451 later"}, {"BODY": "451 greylisted"}, {"BODY": "421 closing"}],
    ids=str,
)  # fmt: skip
async def test_who_puts_a_letter_off_gets_it_later_and_once(
    gausdo: Gausdo, people: People, api: As, desk: Desk, sent: Sent, answers: dict[str, str]
) -> None:
    desk.answers = answers
    letter = await sent()
    waiting = await told(api, people, letter)
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 1)
    assert next(iter(answers.values()))[:3] in waiting["error"]
    async with gausdo.services["communications"].db.begin() as tx:
        row = await tx.session.get(LetterRow, letter.id)
        assert row is not None
        assert row.due_at > row.created_at  # not at once
    desk.well()
    await tried_again(gausdo, letter)
    assert (await told(api, people, letter))["state"] == "sent"
    assert desk.letters == [f"<{letter.id}@gausdo.example>"]


async def test_who_closes_in_the_middle_of_a_letter_gets_it_later(
    gausdo: Gausdo, people: People, api: As, desk: Desk, sent: Sent
) -> None:
    desk.gone = True
    letter = await sent()
    waiting = await told(api, people, letter)
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 1)
    desk.well()
    await tried_again(gausdo, letter)
    assert (await told(api, people, letter))["state"] == "sent"
    assert desk.letters == [f"<{letter.id}@gausdo.example>"]


async def test_who_accepts_too_late_gets_the_same_letter_again(
    gausdo: Gausdo, people: People, api: As, desk: Desk, sent: Sent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(post, "TIMEOUT", 1.0)
    desk.late.clear()
    letter = await sent()
    assert (await told(api, people, letter))["state"] == "waiting"
    desk.late.set()
    monkeypatch.undo()
    await tried_again(gausdo, letter)
    assert (await told(api, people, letter))["state"] == "sent"
    assert desk.letters == [f"<{letter.id}@gausdo.example>"] * 2  # by which it is known as one


@pytest.mark.parametrize("command", ["RCPT", "BODY"])
async def test_who_refuses_for_good_is_told_of_and_asked_again_by_a_person(
    people: People, api: As, desk: Desk, sent: Sent, settled: Settled, command: str
) -> None:
    desk.answers = {command: "550 no such user"}
    letter = await sent()
    failed = await told(api, people, letter)
    assert (failed["state"], failed["attempts"]) == ("failed", 1)
    assert "550 no such user" in failed["error"]
    desk.well()
    again = await api(people.ann).post(f"/letters/{letter.id}/send-again")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    await settled()
    assert (await told(api, people, letter))["state"] == "sent"
    assert desk.letters == [f"<{letter.id}@gausdo.example>"]
