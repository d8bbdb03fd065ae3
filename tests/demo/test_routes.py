"""What the demo's post office has, shown to those who are signed in."""

import asyncio
import smtplib
from email.message import EmailMessage

import httpx2
import pytest

from gausdo.demo.sink import Sink
from gausdo.settings import Settings
from tests.conftest import As, People
from tests.post_office import sink

__all__ = ["sink"]
pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def settings(settings: Settings, sink: Sink) -> Settings:
    return settings.model_copy(update={"demo_url": f"http://127.0.0.1:{sink.http}"})


def send(sink: Sink) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@b.example", "c@d.example", "Привет"
    letter.set_content("Здравствуйте!")
    with smtplib.SMTP("127.0.0.1", sink.smtp, timeout=10) as server:
        server.send_message(letter)


async def test_letters_and_calls_are_shown_to_everybody_who_is_signed_in(
    sink: Sink, people: People, api: As
) -> None:
    await asyncio.to_thread(send, sink)
    async with httpx2.AsyncClient(trust_env=False) as receiver:
        await receiver.post(f"http://127.0.0.1:{sink.http}/x", json={"type": "deal.won"})
    client = api(people.ann)
    page = (await client.get("/demo/letters")).json()
    assert page["next"] is None
    (told,) = page["items"]
    assert (told["from"], told["subject"]) == ("a@b.example", "Привет")
    letter = (await client.get(f"/demo/letters/{told['id']}")).json()
    assert (letter["text"], letter["html"]) == ("Здравствуйте!\n", None)
    (call,) = (await client.get("/demo/webhooks")).json()["items"]
    assert (call["event"], call["verified"], call["body"]) == (
        "deal.won",
        False,
        {"type": "deal.won"},
    )


@pytest.mark.parametrize("named", ["unknown", "..%2Fwebhooks", "%2e%2e%2fwebhooks"])
async def test_a_letter_that_is_not_there_is_not_found(people: People, api: As, named: str) -> None:
    told = await api(people.ann).get(f"/demo/letters/{named}")
    assert told.status_code == 404, told.text


async def test_nobody_else_sees_them(api: As) -> None:
    for place in ("/demo/letters", "/demo/letters/x", "/demo/webhooks"):
        assert (await api(None).get(place)).status_code == 401


async def test_a_closed_post_office_is_told(sink: Sink, people: People, api: As) -> None:
    await asyncio.to_thread(sink._web.shutdown)
    sink._web.server_close()
    told = await api(people.ann).get("/demo/letters")
    assert (told.status_code, told.json()["code"]) == (503, "unavailable")
