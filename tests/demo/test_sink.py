"""The demo's post office: real letters, real calls, told over HTTP."""

import asyncio
import json
import smtplib
import sys
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from standardwebhooks import Webhook

from gausdo.demo import sink as sink_module
from gausdo.demo.sink import PLACES, Sink
from gausdo.kernel.values import now

WHSEC = "whsec_C2FtcGxlLXNlY3JldC1mb3ItYS10ZXN0"


@pytest_asyncio.fixture
async def sink(tmp_path: Path) -> AsyncIterator[Sink]:
    async with Sink(tmp_path / "sink") as running:
        yield running


def a_letter(number: int = 1, html: str | None = None) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = "Отдел продаж <crm@example.org>", "anna@example.com"
    letter["Subject"], letter["Message-ID"] = f"Предложение № {number}", f"<{number}@example.org>"
    letter.set_content("Здравствуйте, Анна!\n")
    if html is not None:
        letter.add_alternative(html, subtype="html")
    return letter


async def post(sink: Sink, *letters: EmailMessage) -> None:
    def send() -> None:
        with smtplib.SMTP("127.0.0.1", sink.smtp, timeout=10) as server:
            for letter in letters:
                server.send_message(letter)

    await asyncio.to_thread(send)


async def read(sink: Sink, place: str) -> Any:
    async with httpx2.AsyncClient(trust_env=False) as client:
        response = await client.get(f"http://127.0.0.1:{sink.http}/{place}")
        return response.json() if response.status_code == 200 else response.status_code


async def call(sink: Sink, id: str, secret: str = WHSEC, body: bytes = b'{"type":"a"}') -> int:
    at = now()
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, at, body.decode()),
    }
    async with httpx2.AsyncClient(trust_env=False) as client:
        url = f"http://127.0.0.1:{sink.http}/hooks/deals"
        return (await client.post(url, content=body, headers=headers)).status_code


@pytest.mark.asyncio
async def test_letters_are_listed_newest_first_and_read_in_both_forms(sink: Sink) -> None:
    await post(sink, a_letter(1), a_letter(2, html="<p>Здравствуйте</p>"))
    listed = (await read(sink, "letters"))["items"]
    assert [letter["subject"] for letter in listed] == ["Предложение № 2", "Предложение № 1"]
    assert listed[0]["to"] == "anna@example.com"
    assert listed[0]["from"] == "Отдел продаж <crm@example.org>"
    letter = await read(sink, f"letters/{listed[0]['id']}")
    assert letter["text"] == "Здравствуйте, Анна!\n"
    assert letter["html"] == "<p>Здравствуйте</p>\n"
    assert (await read(sink, f"letters/{listed[1]['id']}"))["html"] is None
    assert await read(sink, "letters/unknown") == 404
    assert await read(sink, "letters/..%2f..%2fetc%2fpasswd") == 404


@pytest.mark.asyncio
async def test_a_letter_that_comes_again_is_the_same_letter(sink: Sink) -> None:
    await post(sink, a_letter(1), a_letter(1))
    assert len((await read(sink, "letters"))["items"]) == 1


@pytest.mark.asyncio
async def test_what_was_received_survives_a_restart(tmp_path: Path) -> None:
    async with Sink(tmp_path / "sink") as first:
        await post(first, *(a_letter(number) for number in range(5)))
        await call(first, "msg_1")
        letters, calls = await read(first, "letters"), await read(first, "webhooks")
    async with Sink(tmp_path / "sink") as again:
        assert await read(again, "letters") == letters
        assert await read(again, "webhooks") == calls


@pytest.mark.asyncio
async def test_only_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink_module, "KEPT", 3)
    async with Sink(tmp_path / "sink") as sink:
        await post(sink, *(a_letter(number) for number in range(5)))
        for number in range(8):
            await call(sink, f"msg_{number}")
        letters = (await read(sink, "letters"))["items"]
        assert [told["subject"][-1] for told in letters] == ["4", "3", "2"]
        calls = (await read(sink, "webhooks"))["items"]
        assert [told["id"] for told in calls] == ["msg_7", "msg_6", "msg_5"]
    assert len(list((tmp_path / "sink" / "letters" / "new").iterdir())) == 3
    assert len((tmp_path / "sink" / "webhooks.jsonl").read_text().splitlines()) <= 6


@pytest.mark.asyncio
async def test_a_signature_is_verified_once_the_secret_is_known(sink: Sink) -> None:
    assert await call(sink, "msg_before") == 204
    sink.trust(WHSEC)
    assert await call(sink, "msg_right") == 204
    assert await call(sink, "msg_wrong", secret="whsec_b3RoZXItc2VjcmV0LWVudGlyZWx5") == 401
    told = {item["id"]: item for item in (await read(sink, "webhooks"))["items"]}
    assert {named: item["verified"] for named, item in told.items()} == {
        "msg_before": False,
        "msg_right": True,
        "msg_wrong": False,
    }
    assert told["msg_right"]["event"] == "a"
    assert told["msg_right"]["body"] == {"type": "a"}
    assert told["msg_right"]["headers"]["webhook-id"] == "msg_right"


@pytest.mark.asyncio
async def test_a_call_that_comes_again_is_shown_once(sink: Sink) -> None:
    await call(sink, "msg_1")
    await call(sink, "msg_1")
    (told,) = (await read(sink, "webhooks"))["items"]
    assert told["times"] == 2


@pytest.mark.asyncio
async def test_a_page_of_another_site_cannot_read_it(sink: Sink) -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        url = f"http://127.0.0.1:{sink.http}/letters"
        response = await client.get(url, headers={"host": "rebound.example"})
    assert response.status_code == 403


@pytest.mark.asyncio
async def test_it_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "sink"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gausdo.demo.sink", str(folder)
    )
    try:
        async with asyncio.timeout(20):
            while not (folder / PLACES).exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.05)
        places = json.loads((folder / PLACES).read_text())
        async with httpx2.AsyncClient(trust_env=False) as client:
            health = await client.get(f"http://127.0.0.1:{places['http']}/health")
        assert health.json() == {"ok": True}
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0
