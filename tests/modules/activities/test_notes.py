"""Notes: who may read a record may read what is written about it."""

import pytest

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.pages import Listed
from gausdo.kernel.values import new_id
from gausdo.modules.activities.contract import About, Activities, Note, NoteDraft, NoteQuery

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def company_of(api, actor):
    answer = await api(actor).post("/companies", json={"name": "Ромашка"})
    return answer.json()["id"]


def query(id, **more):
    return {"about_kind": "company", "about_id": id, **more}


async def test_notes_of_a_record_are_read_newest_first(api, people):
    company = await company_of(api, people.ann)
    about = {"kind": "company", "id": company}
    for number, actor in enumerate((people.ann, people.bob, people.head)):
        made = await api(actor).post("/notes", json={"about": about, "text": f"Заметка {number}"})
        assert made.status_code == 201
        assert Note.model_validate(made.json()).about.name == "Ромашка"
    listed = await api(people.ann).get("/notes", params=query(company))
    notes = Listed[Note].model_validate_json(listed.content).items
    assert [note.text for note in notes] == ["Заметка 2", "Заметка 1", "Заметка 0"]
    assert [note.author_name for note in notes] == ["Head", "Bob", "Ann"]
    page = (await api(people.ann).get("/notes", params=query(company, limit=2))).json()
    rest = await api(people.ann).get("/notes", params=query(company, limit=2, after=page["next"]))
    assert [note["text"] for note in rest.json()["items"]] == ["Заметка 0"]
    found = await api(people.ann).get("/notes", params=query(company, q="заметки 1"))
    assert [note["text"] for note in found.json()["items"]] == ["Заметка 1"]
    one = await api(people.ann).get("/notes", params=query(company, ids=str(notes[0].id)))
    assert [note["text"] for note in one.json()["items"]] == ["Заметка 2"]


async def test_notes_of_a_strangers_record_do_not_exist(api, people):
    company = await company_of(api, people.ann)
    await api(people.ann).post(
        "/notes", json={"about": {"kind": "company", "id": company}, "text": "Секрет"}
    )
    assert (await api(people.eve).get("/notes", params=query(company))).status_code == 404
    absent = await api(people.eve).get("/notes", params=query(str(new_id())))
    assert absent.status_code == 404


async def test_without_the_right_no_note_is_read_or_written(gausdo, people, api):
    company = await company_of(api, people.ann)
    grants = tuple(grant for grant in people.ann.grants if grant.object != "activities.note")
    reader = Actor(**{**dict(people.ann), "grants": grants})
    activities = gausdo.get(Activities)
    with pytest.raises(Forbidden) as refused:
        await activities.list_notes(reader, NoteQuery(about_kind="company", about_id=company))
    assert refused.value.data == {"right": "activities.note.read"}
    draft = NoteDraft(about=About(kind="company", id=company), text="Нельзя")
    with pytest.raises(Forbidden) as refused:
        await activities.add_note(reader, draft)
    assert refused.value.data == {"right": "activities.note.create"}


async def test_a_note_is_written_once(api, people):
    company = await company_of(api, people.ann)
    headers = {"idempotency-key": "a-note-written-once"}
    told = {"about": {"kind": "company", "id": company}, "text": "Один раз"}
    first = await api(people.ann).post("/notes", json=told, headers=headers)
    again = await api(people.ann).post("/notes", json=told, headers=headers)
    assert again.json() == first.json()
    other = await api(people.ann).post("/notes", json={**told, "text": "Иначе"}, headers=headers)
    assert other.json()["code"] == "idempotency-key-reused"
    listed = await api(people.ann).get("/notes", params=query(company))
    assert len(listed.json()["items"]) == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"text": "x"}, "about"),
        ({"about": {"kind": "user", "id": str(new_id())}, "text": "x"}, "about.kind"),
        ({"about": {"kind": "deal", "id": str(new_id())}, "text": " \n"}, "text"),
        ({"about": {"kind": "deal", "id": str(new_id())}, "text": "x" * 20_001}, "text"),
        ({"about": {"kind": "deal", "id": str(new_id())}, "text": "x", "team": "y"}, "team"),
    ],
)
async def test_a_malformed_note_is_refused_by_its_field(api, people, told, field):
    answer = await api(people.ann).post("/notes", json=told)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"about_kind": "user"}, "about_kind"),
        ({"sort": "text"}, "sort"),
        ({"filter": "{}"}, "filter"),
        ({"after": "x"}, "after"),
        ({"limit": "0"}, "limit"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(api, people, more, field):
    company = await company_of(api, people.ann)
    answer = await api(people.ann).get("/notes", params={**query(company), **more})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
