"""Letters from the moment they are asked for to the moment they are there."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from gausdo.app import Gausdo
from gausdo.demo.sink import Sink
from gausdo.kernel.errors import Forbidden, Invalid, NotFound
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import new_id, now
from gausdo.modules.communications.contract import (
    BadTemplate,
    Communications,
    Letter,
    LetterDraft,
    Template,
    TemplateChange,
    TemplateDraft,
)
from gausdo.modules.communications.jobs import deliver
from gausdo.modules.communications.tables import LetterRow
from tests.conftest import As, People

pytestmark = pytest.mark.asyncio
Settled = Callable[[], Awaitable[None]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def letters(gausdo: Gausdo, people: People) -> Communications:
    return gausdo.get(Communications)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hello(letters: Communications, people: People) -> Template:
    draft = TemplateDraft(name="Hello", subject="Hello {{ name }}", body="Dear {{ name }}!")
    return await letters.add_template(people.admin, draft)


def a_draft(hello: Template, **told: Any) -> LetterDraft:
    plain: dict[str, Any] = {
        "template_id": hello.id,
        "to": "nina@client.example",
        "values": {"name": f"Nina {new_id()}"},
    }
    return LetterDraft(**{**plain, **told})


def arrived(sink: Sink, letter: Letter) -> list[dict[str, Any]]:
    return [told for told in sink.letters.listed() if told["subject"] == letter.subject]


async def listed(letters: Communications, people: People, **query: Any) -> list[dict[str, Any]]:
    told = json.loads(await letters.list_letters(people.admin, ListQuery(**query)))
    items: list[dict[str, Any]] = told["items"]
    return items


async def state_of(letters: Communications, people: People, letter: Letter) -> dict[str, Any]:
    (told,) = await listed(letters, people, ids=str(letter.id))
    return told


async def test_a_letter_is_queued_sent_and_announced(
    gausdo: Gausdo, letters: Communications, people: People, hello: Template, sink: Sink,
    settled: Settled,
) -> None:  # fmt: skip
    letter = await letters.send(people.ann, a_draft(hello))
    assert (letter.state, letter.attempts) == ("waiting", 0)
    await settled()
    told = await state_of(letters, people, letter)
    assert (told["state"], told["attempts"], told["error"]) == ("sent", 1, None)
    assert told["sent_at"] is not None
    assert len(arrived(sink, letter)) == 1
    async with gausdo.databases["communications"].connection() as connection:
        found = await connection.execute(
            "select body from communications.history where subject_id = %s", [letter.id]
        )
        ((body,),) = await found.fetchall()
    assert body["owner_id"] == str(people.ann.id)
    assert "nina" not in json.dumps(body)


async def test_the_same_key_queues_one_letter(
    letters: Communications, people: People, hello: Template, sink: Sink, settled: Settled
) -> None:
    draft, key = a_draft(hello), f"key-{new_id()}"
    told = await asyncio.gather(*(letters.send(people.ann, draft, key) for _ in range(4)))
    assert len({letter.id for letter in told}) == 1
    await settled()
    assert len(arrived(sink, told[0])) == 1


async def test_a_letter_is_sent_as_it_was_when_it_was_asked_for(
    letters: Communications, people: People, sink: Sink, settled: Settled
) -> None:
    mark = str(new_id())
    draft = TemplateDraft(name="Changing", subject=f"Before {mark}", body="Before")
    template = await letters.add_template(people.admin, draft)
    letter = await letters.send(people.ann, a_draft(template))
    change = TemplateChange(version=1, subject=f"After {mark}", body="After")
    await letters.change_template(people.admin, template.id, change)
    await settled()
    assert letter.subject == f"Before {mark}"
    assert len(arrived(sink, letter)) == 1


async def test_a_kill_between_sending_and_recording_repeats_the_same_letter(
    gausdo: Gausdo, letters: Communications, people: People, hello: Template, sink: Sink,
    settled: Settled,
) -> None:  # fmt: skip
    letter = await letters.send(people.ann, a_draft(hello))
    await settled()
    service = gausdo.services["communications"]
    async with service.db.begin() as tx:  # sent, but nothing of it was recorded
        forgotten = {"state": "waiting", "attempts": 0, "sent_at": None, "due_at": now()}
        await tx.session.execute(
            update(LetterRow).where(LetterRow.id == letter.id).values(**forgotten)
        )
    await deliver(service)
    assert (await state_of(letters, people, letter))["state"] == "sent"
    assert len(arrived(sink, letter)) == 1  # by its Message-ID, as mail servers do


async def test_a_letter_in_the_hands_of_another_worker_is_left_alone(
    gausdo: Gausdo, letters: Communications, people: People, hello: Template, settled: Settled
) -> None:
    await settled()
    service = gausdo.services["communications"]
    letter = await letters.send(people.ann, a_draft(hello))
    await asyncio.gather(*(deliver(service) for _ in range(4)))
    await settled()
    assert (await state_of(letters, people, letter))["attempts"] == 1


async def test_a_letter_waits_for_its_server_and_is_given_up_in_the_end(
    gausdo: Gausdo, letters: Communications, people: People, hello: Template, sink: Sink,
    settled: Settled,
) -> None:  # fmt: skip
    service = gausdo.services["communications"]
    sink.close_desk()
    letter = await letters.send(people.ann, a_draft(hello))
    await settled()
    told = await state_of(letters, people, letter)
    assert (told["state"], told["attempts"]) == ("waiting", 1)
    assert told["error"] == "The mail server cannot be reached."
    for _ in range(7):
        async with service.db.begin() as tx:
            await tx.session.execute(
                update(LetterRow).where(LetterRow.id == letter.id).values(due_at=now())
            )
        await deliver(service)
    told = await state_of(letters, people, letter)
    assert (told["state"], told["attempts"]) == ("failed", 8)
    await sink.open_desk()
    refused = await letters.send_again(people.admin, letter.id)
    assert (refused.state, refused.attempts) == ("waiting", 0)
    await settled()
    assert (await state_of(letters, people, letter))["state"] == "sent"
    assert len(arrived(sink, letter)) == 1


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"to": "nobody"}, Invalid),
        ({"to": "a@b.example\r\nRCPT TO:<eve@b.example>"}, Invalid),
        ({"to_name": "Nina\r\nBcc: eve@b.example"}, Invalid),
        ({"values": {"name": "Nina\nBcc: eve@b.example"}}, Invalid),
        ({"values": {"name": "x" * 300_000}}, BadTemplate),
        ({"template_id": new_id()}, NotFound),
    ],
)
async def test_a_letter_that_cannot_be_written_is_refused_at_once(
    letters: Communications, people: People, hello: Template, told: dict[str, Any],
    refusal: type[Exception],
) -> None:  # fmt: skip
    before = await listed(letters, people)
    with pytest.raises(refusal):
        await letters.send(people.ann, a_draft(hello, **told))
    assert await listed(letters, people) == before


async def test_a_person_sees_the_letters_the_role_reaches(
    letters: Communications, people: People, hello: Template, api: As, settled: Settled
) -> None:
    letter = await letters.send(people.ann, a_draft(hello))
    await settled()
    place = f"/letters?ids={letter.id}"
    for actor, count in ((people.ann, 1), (people.bob, 0), (people.head, 1)):
        page = (await api(actor).get(place)).json()
        assert len(page["items"]) == count
    assert (await api(people.bob).post(f"/letters/{letter.id}/send-again")).status_code == 404
    again = await api(people.ann).post(f"/letters/{letter.id}/send-again")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_letters_are_found_by_words_and_conditions(
    letters: Communications, people: People, hello: Template, api: As, settled: Settled
) -> None:
    draft = a_draft(hello, to="oleg@rare.example", values={"name": "водопроводчик"})
    letter = await letters.send(people.ann, draft)
    await settled()
    client = api(people.ann)
    for q in ("водопроводчика", "oleg@rare.example", "oleg"):
        page = (await client.get("/letters", params={"q": q})).json()
        assert [told["id"] for told in page["items"]] == [str(letter.id)], q
    condition = json.dumps({"field": "state", "op": "eq", "value": "failed"})
    assert (await client.get("/letters", params={"filter": condition})).json()["items"] == []
    wrong = await client.get("/letters", params={"filter": '{"field":"x","op":"eq","value":1}'})
    assert wrong.status_code == 422


async def test_templates_over_http(api: As, people: People) -> None:
    admin, manager = api(people.admin), api(people.ann)
    draft = {
        "name": "Offer",
        "subject": "Offer: {{ deal.title }}",
        "body": "<p>Hi</p>",
        "html": True,
    }
    key = {"idempotency-key": f"key-{new_id()}"}
    added = await admin.post("/templates", json=draft, headers=key)
    assert (added.status_code, added.json()["version"]) == (201, 1)
    assert (await admin.post("/templates", json=draft, headers=key)).json() == added.json()
    place = f"/templates/{added.json()['id']}"
    wrong = await admin.patch(place, json={"version": 1, "body": "one\n{{ a | nothing }}"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "communications.bad-template")
    assert wrong.json()["data"]["line"] == 2
    assert wrong.json()["errors"][0]["field"] == "body"
    broken = await admin.post("/templates", json={**draft, "subject": "a\r\nBcc: x@y.z"})
    assert (broken.status_code, broken.json()["errors"][0]["field"]) == (422, "subject")
    changed = await admin.patch(place, json={"version": 1, "name": "Best offer"})
    assert changed.json()["version"] == 2
    stale = await admin.patch(place, json={"version": 1, "name": "Worst offer"})
    assert stale.status_code == 409
    assert stale.json()["data"]["changes"] == {"name": ["Offer", "Best offer"]}
    assert changed.json() in (await manager.get("/templates")).json()
    assert (await manager.post("/templates", json=draft)).status_code == 403
    assert (await manager.patch(place, json={"version": 2, "name": "x"})).status_code == 403


async def test_who_has_no_right_sends_nothing(
    letters: Communications, people: People, hello: Template
) -> None:
    nobody = people.ann.model_copy(update={"grants": ()})
    with pytest.raises(Forbidden):
        await letters.send(nobody, a_draft(hello))
    with pytest.raises(Forbidden):
        await letters.list_letters(nobody, ListQuery())
