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


async def changed(api, who, note, **told):
    return await api(who).patch(f"/notes/{note['id']}", json={"version": note["version"], **told})


async def a_note(api, who, company, text="Заметка"):
    about = {"kind": "company", "id": company}
    answer = await api(who).post("/notes", json={"about": about, "text": text})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def texts(api, who, company):
    listed = await api(who).get("/notes", params=query(company))
    return [note["text"] for note in listed.json()["items"]]


async def test_a_note_is_changed_by_who_wrote_it_or_may_change_its_record(api, people):
    company = await company_of(api, people.ann)
    note = await a_note(api, people.bob, company)
    assert note["editable"]
    again = await changed(api, people.ann, note, text="Иначе")
    assert again.status_code == 200
    assert again.json()["text"] == "Иначе"
    assert again.json()["changed_at"] > note["created_at"]
    stale = await changed(api, people.bob, note, text="Поздно")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["data"]["changes"]["text"] == ["Заметка", "Иначе"]
    mine = await a_note(api, people.ann, company)
    refused = await changed(api, people.bob, mine, text="Чужое")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    stranger = await changed(api, people.eve, mine, text="Чужое")
    assert stranger.status_code == 404
    empty = await changed(api, people.ann, mine, text="  ")
    assert empty.json()["errors"][0]["field"] == "text"
    assert await texts(api, people.ann, company) == ["Заметка", "Иначе"]
    page = await api(people.bob).get("/notes", params=query(company))
    assert [one["editable"] for one in page.json()["items"]] == [False, True]


async def test_a_note_that_was_removed_comes_back(api, people):
    company = await company_of(api, people.ann)
    note = await a_note(api, people.ann, company)
    gone = await api(people.ann).post(f"/notes/{note['id']}/remove", json={"version": 1})
    assert gone.status_code == 200
    assert await texts(api, people.ann, company) == []
    told = {"about_kind": "company", "about_id": company, "kinds": "note"}
    assert (await api(people.ann).get("/timeline", params=told)).json()["items"] == []
    again = await api(people.ann).post(f"/notes/{note['id']}/remove", json={"version": 2})
    assert again.status_code == 404
    assert (await changed(api, people.ann, gone.json(), text="x")).status_code == 404
    back = await api(people.ann).post(f"/notes/{note['id']}/restore", json={"version": 2})
    assert back.json()["version"] == 3
    assert await texts(api, people.ann, company) == ["Заметка"]
    (entry,) = (await api(people.ann).get("/timeline", params=told)).json()["items"]
    assert entry["note"]["text"] == "Заметка"


async def test_who_is_named_in_a_note_is_told_once_if_they_may_see_the_record(api, people, settled):
    company = await company_of(api, people.ann)
    note = await a_note(api, people.ann, company, f"@[{people.bob.id}], позвони им")
    assert note["mentions"] == [{"id": str(people.bob.id), "name": "Bob"}]
    again = await changed(api, people.ann, note, text=f"@[{people.bob.id}] и @[{people.head.id}]")
    assert [one["name"] for one in again.json()["mentions"]] == ["Bob", "Head"]
    await settled()
    for who in (people.bob, people.head):
        asked = {"kind": "mentioned", "unread": "true"}
        (told,) = (await api(who).get("/notices", params=asked)).json()["items"]
        assert told["record"] == {"id": company, "name": "Ромашка"}
        assert (told["count"], told["about"], told["actor"]["name"]) == (1, "company", "Ann")
    about = {"kind": "company", "id": company}
    blind = {"about": about, "text": f"@[{people.eve.id}], смотри"}
    refused = await api(people.ann).post("/notes", json=blind)
    assert (refused.status_code, refused.json()["code"]) == (422, "activities.cannot-see")
    assert refused.json()["data"] == {"names": ["Eve"]}
    nobody = {"about": about, "text": f"@[{new_id()}], смотри"}
    assert (await api(people.ann).post("/notes", json=nobody)).json()["code"] == "invalid"
    assert len(await texts(api, people.ann, company)) == 1
