"""One timeline of a record: what happened around it, as far as its reader may see that."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text, update

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.kernel.values import new_id
from gausdo.modules.activities.contract import Activities
from gausdo.modules.activities.filling import fill
from gausdo.modules.activities.timeline_tables import TimelineEntryRow
from gausdo.modules.sales.contract import PipelineDraft, Sales, StageDraft, StageKind
from tests.conftest import ADMIN, As, People, Settled

pytestmark = pytest.mark.asyncio(loop_scope="session")

Told = dict[str, Any]


async def made(api: As, who: Actor | None, path: str, **told: Any) -> Told:
    reply = await api(who).post(path, json=told)
    assert reply.status_code in {200, 201}, reply.text
    answer: Told = reply.json()
    return answer


async def timeline(api: As, who: Actor, kind: str, record: Told, **more: Any) -> Told:
    query = {"about_kind": kind, "about_id": record["id"], **more}
    reply = await api(who).get("/timeline", params=query)
    assert reply.status_code == 200, reply.text
    answer: Told = reply.json()
    return answer


async def kinds(api: As, who: Actor, kind: str, record: Told, **more: Any) -> list[str]:
    return [one["kind"] for one in (await timeline(api, who, kind, record, **more))["items"]]


async def note(api: As, who: Actor, kind: str, record: Told, text: str) -> Told:
    return await made(api, who, "/notes", about={"kind": kind, "id": record["id"]}, text=text)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pipeline(gausdo: Gausdo, people: People) -> None:
    stages = [
        StageDraft(name="New", probability=10),
        StageDraft(name="Won", kind=StageKind.WON, probability=100),
        StageDraft(name="Lost", kind=StageKind.LOST, probability=0),
    ]
    await gausdo.get(Sales).add_pipeline(people.admin, PipelineDraft(name="Sales", stages=stages))


@pytest_asyncio.fixture(loop_scope="session")
async def firm(api: As, people: People, pipeline: None, settled: Settled) -> dict[str, Told]:
    """A company of Ann's with a person and a deal, around which something happened."""
    ann = people.ann
    company = await made(api, ann, "/companies", name=f"Firm {new_id()}")
    person = await made(api, ann, "/people", name="Olga", company_id=company["id"])
    deal = await made(
        api, ann, "/deals", title="Pipes", company_id=company["id"], contact_id=person["id"]
    )
    told = {"company": company, "person": person, "deal": deal}
    await note(api, ann, "deal", deal, "They want blue ones.")
    about = {"kind": "person", "id": person["id"]}
    await made(api, ann, "/tasks", title="Call back", about=about)
    times = {"begins_at": "2026-01-05T10:00:00Z", "ends_at": "2026-01-05T10:15:00Z"}
    await made(api, ann, "/meetings", kind="call", title="First call", about=about, **times)
    await settled()
    return told


async def test_a_company_tells_what_happened_to_its_people_and_deals(
    api: As, people: People, firm: dict[str, Told]
) -> None:
    whole = await timeline(api, people.ann, "company", firm["company"])
    assert sorted(one["kind"] for one in whole["items"]) == [
        *("call", "change", "change", "deal", "note", "task"),
    ]
    assert whole["next"] is None
    ats = [one["at"] for one in whole["items"]]
    assert ats == sorted(ats, reverse=True)
    by = {one["kind"]: one for one in whole["items"]}
    assert by["note"]["of"] == {"kind": "deal", "id": firm["deal"]["id"], "name": "Pipes"}
    assert by["note"]["note"]["text"] == "They want blue ones."
    assert by["deal"]["change"]["name"] == "sales.deal-opened.v1"
    assert by["task"]["task"]["title"] == "Call back"
    assert by["call"]["meeting"]["title"] == "First call"
    assert await kinds(api, people.ann, "person", firm["person"]) == [
        *("task", "note", "deal", "change", "call"),
    ]
    assert await kinds(api, people.ann, "deal", firm["deal"]) == ["note", "deal"]
    narrowed = await kinds(api, people.ann, "company", firm["company"], kinds="note,call")
    assert narrowed == ["note", "call"]


async def test_a_deal_that_goes_to_another_company_takes_its_entries_along(
    api: As, people: People, settled: Settled, firm: dict[str, Told]
) -> None:
    other = await made(api, people.ann, "/companies", name=f"Other {new_id()}")
    reply = await api(people.ann).patch(
        f"/deals/{firm['deal']['id']}", json={"company_id": other["id"], "version": 1}
    )
    assert reply.status_code == 200, reply.text
    await note(api, people.ann, "deal", firm["deal"], "Written meanwhile.")
    await settled()
    assert "deal" not in await kinds(api, people.ann, "company", firm["company"])
    assert await kinds(api, people.ann, "company", other) == [
        *("note", "change", "change", "note", "deal"),
    ]


async def test_pages_go_through_a_timeline_even_where_many_happened_at_once(
    gausdo: Gausdo, api: As, people: People, firm: dict[str, Told]
) -> None:
    for number in range(7):
        await note(api, people.ann, "company", firm["company"], f"Note {number}")
    async with gausdo.databases["activities"].begin() as tx:
        row = TimelineEntryRow
        mine = row.record_id == firm["company"]["id"], row.kind == "note"
        await tx.session.execute(update(row).where(*mine).values(at=text("'2026-02-01Z'")))
    whole = await timeline(api, people.ann, "company", firm["company"])
    seen, after = [], None
    for _ in range(20):
        more: Told = {"after": after} if after else {}
        page = await timeline(api, people.ann, "company", firm["company"], limit=2, **more)
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [one["id"] for one in whole["items"]]
    assert len({*seen}) == len(seen) == 13


async def test_what_one_may_not_see_is_not_told(
    api: As, people: People, settled: Settled, firm: dict[str, Told]
) -> None:
    """Bob may see North's company; a deal of his boss about it he may not."""
    secret = await made(
        api, people.head, "/deals", title="Secret", company_id=firm["company"]["id"]
    )
    await note(api, people.head, "deal", secret, "Nobody is to know.")
    about = {"kind": "deal", "id": secret["id"]}
    await made(api, people.head, "/tasks", title="Quietly", about=about)
    await settled()
    before = {*(await kinds(api, people.bob, "company", firm["company"]))}
    assert before == {"note", "deal", "change", "task", "call"}
    told = (await timeline(api, people.bob, "company", firm["company"]))["items"]
    assert not {"Secret", "Nobody is to know.", "Quietly"} & {
        *(one["of"]["name"] for one in told if one["of"]),
        *(one["note"]["text"] for one in told if one["note"]),
        *(one["task"]["title"] for one in told if one["task"]),
    }
    assert len(told) == 6
    assert len((await timeline(api, people.head, "company", firm["company"]))["items"]) == 9
    pages = await timeline(api, people.bob, "company", firm["company"], limit=1)
    assert (len(pages["items"]), pages["items"][0]["id"]) == (1, told[0]["id"])
    stranger = await api(people.eve).get(
        "/timeline", params={"about_kind": "company", "about_id": firm["company"]["id"]}
    )
    assert stranger.status_code == 404


async def test_timelines_are_filled_anew_as_they_were(
    gausdo: Gausdo, api: As, people: People, settled: Settled, firm: dict[str, Told]
) -> None:
    before = await timeline(api, people.ann, "company", firm["company"])
    activities = gausdo.get(Activities)
    await activities.refill_timelines(ADMIN.model_copy())
    assert (await timeline(api, people.ann, "company", firm["company"]))["items"] == []
    await asyncio.gather(fill(gausdo.services["activities"]))
    assert await timeline(api, people.ann, "company", firm["company"]) == before


async def test_what_was_merged_is_told_together(
    api: As, people: People, settled: Settled, firm: dict[str, Told]
) -> None:
    other = await made(api, people.ann, "/companies", name=f"Twice {new_id()}")
    await note(api, people.ann, "company", other, "Of the other one.")
    path = f"/companies/{firm['company']['id']}/merge"
    await made(
        api,
        people.ann,
        path,
        other_id=other["id"],
        version=firm["company"]["version"],
        other_version=other["version"],
    )
    await settled()
    told = (await timeline(api, people.ann, "company", firm["company"]))["items"]
    (found,) = [one for one in told if one["note"] and one["note"]["text"] == "Of the other one."]
    assert found["of"]["id"] == firm["company"]["id"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kinds": "note,gossip"}, "kinds"),
        ({"after": "x"}, "after"),
        ({"after": "WyJ4IiwieSJd"}, "after"),
        ({"about_kind": "user"}, "about_kind"),
        ({"limit": "0"}, "limit"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    api: As, people: People, more: Told, field: str
) -> None:
    company = await made(api, people.ann, "/companies", name=f"Plain {new_id()}")
    query = {"about_kind": "company", "about_id": company["id"], **more}
    answer = await api(people.ann).get("/timeline", params=query)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
