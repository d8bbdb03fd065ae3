"""The mail server that is told here: it holds at once, its password is never told again."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gausdo.app import Gausdo
from gausdo.demo.sink import Sink
from gausdo.modules.communications.contract import Communications, LetterDraft, TemplateDraft
from tests.conftest import As, People, superuser

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "zqx-hunter2"


def a_server(sink: Sink, **told: Any) -> dict[str, Any]:
    plain = {
        "version": 1,
        "host": "127.0.0.1",
        "port": sink.smtp,
        "security": "none",
        "sender": "Sales <sales@gausdo.example>",
    }
    return {**plain, **told}


async def test_letters_leave_by_the_server_that_was_told_here(
    api: As, people: People, gausdo: Gausdo, sink: Sink, settled: Callable[[], Awaitable[None]]
) -> None:
    admin = api(people.admin)
    first = (await admin.get("/mail-server")).json()
    assert first == {
        "host": "127.0.0.1", "port": sink.smtp, "security": "none", "user": None,
        "has_password": False, "sender": "Gausdo <crm@gausdo.example>", "own": False, "version": 1,
    }  # fmt: skip
    told = (await admin.patch("/mail-server", json=a_server(sink))).json()
    assert (told["own"], told["version"]) == (True, 2)
    letters = gausdo.get(Communications)
    template = await letters.add_template(
        people.admin, TemplateDraft(name="Hello", subject="By another", body="Hello!")
    )
    await letters.send(people.ann, LetterDraft(template_id=template.id, to="a@client.example"))
    await settled()
    (letter,) = [one for one in sink.letters.listed() if one["subject"] == "By another"]
    assert "sales@gausdo.example" in str(letter)
    tried = (await admin.post("/mail-server/trial", json={"to": "me@client.example"})).json()
    assert tried == {"well": True, "code": "mail.sent", "said": ""}
    stale = await admin.patch("/mail-server", json=a_server(sink))
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    back = (await admin.delete("/mail-server")).json()
    assert {**back, "version": 1} == first
    (entry, *_) = (await admin.get("/audit", params={"kind": "mail-server"})).json()["items"]
    assert (entry["name"], entry["changes"]) == (
        "communications.mail-server-changed.v1", {"own": [True, False]},
    )  # fmt: skip


async def test_a_password_is_sealed_and_told_to_no_other_server(
    api: As, people: People, gausdo: Gausdo, sink: Sink
) -> None:
    admin = api(people.admin)
    version = (await admin.get("/mail-server")).json()["version"]
    draft = a_server(sink, version=version, user="me", password=PASSWORD)
    reply = await admin.patch("/mail-server", json=draft)
    assert reply.json()["has_password"] is True
    audit = await admin.get("/audit", params={"kind": "mail-server"})
    with superuser(gausdo) as db:
        (row,) = db.execute("select t::text from communications.mail_server t").fetchall()
    assert not any(PASSWORD in text for text in (reply.text, audit.text, str(row)))
    tried = (await admin.post("/mail-server/trial", json={"to": "me@client.example"})).json()
    assert (tried["well"], tried["code"]) == (False, "mail.tls")  # it takes no password in the open
    assert "STARTTLS" in tried["said"]
    version += 1
    kept = a_server(sink, version=version, user="me", sender="Other <o@gausdo.example>")
    assert (await admin.patch("/mail-server", json=kept)).json()["has_password"] is True
    moved = a_server(sink, version=version + 1, user="you")
    assert (await admin.patch("/mail-server", json=moved)).json()["has_password"] is False
    await admin.delete("/mail-server")


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"host": "10.0.0.5"}, "host", "forbidden-address"),
        ({"host": "169.254.169.254", "port": 80}, "host", "forbidden-address"),
        ({"host": "mail.example.org", "user": "me"}, "security", "password-in-the-open"),
        ({"host": "a b"}, "host", "string_pattern_mismatch"),
        ({"port": 70000}, "port", "less_than_equal"),
        ({"sender": "nobody"}, "sender", "email"),
        ({"sender": "A\nBcc: b@c.de <a@b.de>"}, "sender", "one-line"),
        ({"security": "ssl3"}, "security", "enum"),
    ],
)
async def test_what_is_no_mail_server_is_refused(
    api: As, people: People, sink: Sink, wrong: dict[str, Any], field: str, code: str
) -> None:
    version = (await api(people.admin).get("/mail-server")).json()["version"]
    draft = a_server(sink, version=version, **wrong)
    reply = await api(people.admin).patch("/mail-server", json=draft)
    assert reply.status_code == 422
    assert [(one["field"], one["code"]) for one in reply.json()["errors"]] == [(field, code)]


async def test_who_may_not_sees_and_changes_nothing(api: As, people: People, sink: Sink) -> None:
    head = api(people.head)
    for reply in (
        await head.get("/mail-server"),
        await head.patch("/mail-server", json=a_server(sink)),
        await head.delete("/mail-server"),
        await head.post("/mail-server/trial", json={"to": "me@client.example"}),
    ):
        assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")
