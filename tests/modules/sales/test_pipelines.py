"""Pipelines as an administrator keeps them, and what their stages ask of deals."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.working_time import WorkingCalendar
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Deal
from tests.conftest import ADMIN, As, People, superuser

pytestmark = pytest.mark.asyncio(loop_scope="session")

Made = dict[str, Any]


def stages(**rules: Made) -> list[Made]:
    """New, Talks, Offer, Won, Lost; `rules` of a stage by its name in small letters."""
    told = [
        {"name": "New", "probability": 10},
        {"name": "Talks", "probability": 40},
        {"name": "Offer", "probability": 60},
        {"name": "Won", "kind": "won", "probability": 100},
        {"name": "Lost", "kind": "lost", "probability": 0},
    ]
    return [stage | rules.get(stage["name"].lower(), {}) for stage in told]


@pytest_asyncio.fixture(loop_scope="session")
async def admin(api: As, people: People) -> httpx2.AsyncClient:
    return api(people.admin)


async def made(admin: httpx2.AsyncClient, **draft: Any) -> Made:
    draft = {"name": "Line", "stages": stages(), **draft}
    reply = await admin.post("/pipelines", json=draft)
    assert reply.status_code == 201, reply.text
    return reply.json()


async def changed(admin: httpx2.AsyncClient, pipeline: Made, **change: Any) -> httpx2.Response:
    told = {"version": pipeline["version"], **change}
    return await admin.patch(f"/pipelines/{pipeline['id']}", json=told)


async def opened(client: httpx2.AsyncClient, pipeline: Made, **draft: Any) -> Made:
    reply = await client.post(
        "/deals", json={"title": "Boat", "pipeline_id": pipeline["id"], **draft}
    )
    assert reply.status_code == 201, reply.text
    return reply.json()


async def moved(
    client: httpx2.AsyncClient, deal: Made, stage: Made, **told: Any
) -> httpx2.Response:
    told = {"version": deal["version"], "stage_id": stage["id"], **told}
    return await client.post(f"/deals/{deal['id']}/move", json=told)


async def planned(client: httpx2.AsyncClient, deal: Made) -> None:
    about = {"kind": "deal", "id": deal["id"]}
    told = {"title": "Call", "about": about, "due_at": "2099-01-01T10:00:00Z"}
    reply = await client.post("/tasks", json=told)
    assert reply.status_code == 201, reply.text


async def test_stages_are_added_renamed_put_in_order_and_left_out(
    admin: httpx2.AsyncClient, api: As, people: People
) -> None:
    line = await made(admin)
    new, talks, _, won, lost = line["stages"]
    extra = {"id": str(uuid4()), "name": "Trial", "probability": 70}
    wanted = [new, {**talks, "name": "Talking", "leads_to": [extra["id"]]}, extra, won, lost]
    wanted = [{k: v for k, v in one.items() if k != "position"} for one in wanted]
    reply = await changed(admin, line, name="New line", stages=wanted)
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert (told["name"], told["version"]) == ("New line", 2)
    assert [one["name"] for one in told["stages"]] == ["New", "Talking", "Trial", "Won", "Lost"]
    assert told["stages"][1]["id"] == talks["id"]
    trial = told["stages"][2]["id"]
    assert trial != extra["id"]  # the id was a name within what was told
    assert told["stages"][1]["leads_to"] == [trial]
    stale = await changed(admin, line, name="Mine")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["data"]["current"]["name"] == "New line"
    refused = await changed(api(people.ann), told, name="Ann's")
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ([0, 1, 3, 3, 4], "twice"),
        ([0, 1, 2, 4], "kinds"),
        ([3, 4], "too_short"),
    ],
)
async def test_what_is_no_pipeline_changes_nothing(
    admin: httpx2.AsyncClient, wanted: list[int], code: str
) -> None:
    line = await made(admin)
    bare = [{k: v for k, v in one.items() if k != "position"} for one in line["stages"]]
    if code == "twice":
        bare[3] = {**bare[1]}
        wanted = [0, 1, 2, 3, 4]
        bare.append({"name": "Won", "kind": "won", "probability": 100})
        wanted.append(5)
    reply = await changed(admin, line, name="Other", stages=[bare[n] for n in wanted])
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["code"] == code
    told = (await admin.get("/pipelines")).json()
    (same,) = [one for one in told if one["id"] == line["id"]]
    assert same == line


async def test_a_stage_leads_only_to_stages_of_its_pipeline(admin: httpx2.AsyncClient) -> None:
    other = await made(admin)
    reply = await admin.post(
        "/pipelines",
        json={"name": "B", "stages": stages(new={"leads_to": [other["stages"][0]["id"]]})},
    )
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "stages.0.leads_to"


async def test_a_stage_with_deals_stays(admin: httpx2.AsyncClient, api: As, people: People) -> None:
    line = await made(admin)
    await opened(api(people.ann), line)
    bare = [{k: v for k, v in one.items() if k != "position"} for one in line["stages"]]
    reply = await changed(admin, line, stages=bare[1:])
    assert (reply.status_code, reply.json()["code"]) == (409, "sales.deals-there")
    gone = await admin.delete(f"/pipelines/{line['id']}")
    assert (gone.status_code, gone.json()["code"]) == (409, "sales.deals-there")
    assert (await changed(admin, line, stages=[bare[0], *bare[2:]])).status_code == 200


async def test_one_that_has_no_deals_goes_and_one_stays_in_use(
    admin: httpx2.AsyncClient, gausdo: Gausdo
) -> None:
    line = await made(admin)
    assert (await admin.delete(f"/pipelines/{line['id']}")).status_code == 204
    told = (await admin.get("/pipelines")).json()
    assert line["id"] not in {one["id"] for one in told}
    for one in told[1:]:
        if not one["archived"]:
            assert (await changed(admin, one, archived=True)).status_code == 200
    last = await changed(admin, told[0], archived=True)
    assert (last.status_code, last.json()["code"]) == (409, "sales.last-pipeline")


async def test_they_are_put_in_order(admin: httpx2.AsyncClient) -> None:
    await made(admin, name="Last")
    told = [one["id"] for one in (await admin.get("/pipelines")).json()]
    few = await admin.put("/pipelines/order", json={"ids": told[1:]})
    assert (few.status_code, few.json()["errors"][0]["code"]) == (422, "each-once")
    reply = await admin.put("/pipelines/order", json={"ids": told[::-1]})
    assert reply.status_code == 200
    used = [one["id"] for one in reply.json() if not one["archived"]]
    assert used == [id for id in told[::-1] if id in set(used)]


async def test_a_stage_asks_for_what_it_needs(
    admin: httpx2.AsyncClient, api: As, people: People
) -> None:
    needs = ["worth", "expected_on", "next_task"]
    line = await made(admin, stages=stages(offer={"needs": needs}))
    ann = api(people.ann)
    deal = await opened(ann, line, about="Blue")
    offer = line["stages"][2]
    reply = await moved(ann, deal, offer)
    assert (reply.status_code, reply.json()["code"]) == (422, "sales.stage-needs")
    assert reply.json()["data"] == {"stage": "Offer", "needs": needs}
    filled = await ann.patch(
        f"/deals/{deal['id']}",
        json={
            "version": 1,
            "worth": {"amount": "5", "currency": "RUB"},
            "expected_on": "2027-01-31",
        },
    )
    deal = filled.json()
    assert (await moved(ann, deal, offer)).json()["data"]["needs"] == ["next_task"]
    elsewhere = await ann.post(
        "/deals", json={"title": "B", "pipeline_id": line["id"], "stage_id": offer["id"]}
    )
    assert elsewhere.json()["data"]["needs"] == ["worth", "expected_on"]


async def test_a_field_that_is_put_away_is_asked_for_no_more(
    admin: httpx2.AsyncClient, api: As, people: People
) -> None:
    draft = {"name": "Berth", "key": "berth", "type": "text"}
    field = (await admin.post("/deal-fields", json=draft)).json()
    line = await made(admin, stages=stages(talks={"needs": ["custom.berth"]}))
    ann = api(people.ann)
    deal = await opened(ann, line)
    reply = await moved(ann, deal, line["stages"][1])
    assert reply.json()["data"]["needs"] == ["custom.berth"]
    away = {"version": field["version"], "archived": True}
    assert (await admin.patch(f"/deal-fields/{field['id']}", json=away)).status_code == 200
    told = (await ann.get("/pipelines")).json()
    (same,) = [one for one in told if one["id"] == line["id"]]
    assert same["stages"][1]["needs"] == []
    assert (await moved(ann, deal, line["stages"][1])).status_code == 200


async def test_without_working_time_there_is_no_end_to_it(
    admin: httpx2.AsyncClient, api: As, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WorkingCalendar, "windows", lambda *_: [])
    line = await made(admin, stages=stages(talks={"hours": 3}))
    ann = api(people.ann)
    reply = await moved(ann, await opened(ann, line), line["stages"][1])
    assert (reply.status_code, reply.json()["stage_due_at"]) == (200, None)


async def test_a_next_step_is_what_a_stage_may_ask_for(
    admin: httpx2.AsyncClient, api: As, people: People, settled: Any
) -> None:
    line = await made(admin, stages=stages(talks={"needs": ["next_task"]}))
    ann = api(people.ann)
    deal = await opened(ann, line)
    talks = line["stages"][1]
    assert (await moved(ann, deal, talks)).status_code == 422
    await planned(ann, deal)
    await settled()
    assert (await moved(ann, deal, talks)).status_code == 200


async def test_a_deal_goes_where_its_stage_leads(
    admin: httpx2.AsyncClient, api: As, people: People
) -> None:
    line = await made(admin)
    _, talks, offer, won, _ = line["stages"]
    bare = [{k: v for k, v in one.items() if k != "position"} for one in line["stages"]]
    bare[0]["leads_to"] = [talks["id"]]
    line = (await changed(admin, line, stages=bare)).json()
    ann = api(people.ann)
    deal = await opened(ann, line)
    reply = await moved(ann, deal, won)
    assert (reply.status_code, reply.json()["code"]) == (422, "sales.no-way-there")
    assert reply.json()["data"] == {"stage": "New", "to": ["Talks"]}
    deal = (await moved(ann, deal, talks)).json()
    assert (await moved(ann, deal, offer)).status_code == 200


async def test_whether_one_says_why_a_deal_was_lost(
    admin: httpx2.AsyncClient, api: As, people: People
) -> None:
    line = await made(admin, lost_reasons=["Too expensive", "No answer"])
    assert line["lost_reasons"] == ["Too expensive", "No answer"]
    ann = api(people.ann)
    deal = await opened(ann, line)
    reply = await moved(ann, deal, line["stages"][4])
    assert (reply.status_code, reply.json()["code"]) == (422, "sales.lost-reason-needed")
    line = (await changed(admin, line, reason_needed=False)).json()
    lost = await moved(ann, deal, line["stages"][4])
    assert (lost.status_code, lost.json()["lost_reason"]) == (200, None)


async def test_an_archived_pipeline_keeps_its_deals_as_they_are(
    admin: httpx2.AsyncClient, api: As, people: People
) -> None:
    await made(admin, name="In use")
    line = await made(admin)
    ann = api(people.ann)
    deal = await opened(ann, line)
    assert (await changed(admin, line, archived=True)).json()["archived"]
    for reply in (
        await moved(ann, deal, line["stages"][1]),
        await ann.post("/deals", json={"title": "B", "pipeline_id": line["id"]}),
    ):
        assert (reply.status_code, reply.json()["code"]) == (409, "sales.pipeline-archived")
    assert (await ann.get(f"/pipelines/{line['id']}/board")).status_code == 200
    plain = await ann.post("/deals", json={"title": "C"})
    assert plain.json()["pipeline_id"] != line["id"]


async def test_how_long_a_deal_may_stay_is_counted_in_working_hours(
    admin: httpx2.AsyncClient, api: As, people: People, gausdo: Gausdo
) -> None:
    line = await made(admin, stages=stages(talks={"hours": 3}, won={"hours": 1}))
    ann = api(people.ann)
    deal = await opened(ann, line)
    assert deal["stage_due_at"] is None
    deal = (await moved(ann, deal, line["stages"][1])).json()
    calendar: WorkingCalendar = await gausdo.get(Identity).working_calendar(ADMIN)
    since = Deal.model_validate(deal).stage_since
    assert Deal.model_validate(deal).stage_due_at == calendar.after(since, 3)
    assert await found(ann, line, late=True) == []
    with superuser(gausdo) as db:
        db.execute("update sales.deal set stage_due_at = now() where id = %s", [deal["id"]])
    assert await found(ann, line, late=True) == [deal["id"]]
    won = (await moved(ann, deal, line["stages"][3])).json()
    assert won["stage_due_at"] is None


async def test_a_deal_rots_when_nothing_happens_and_nothing_is_planned(
    admin: httpx2.AsyncClient, api: As, people: People, gausdo: Gausdo, settled: Any
) -> None:
    line = await made(admin, stages=stages(new={"rots_after": 7}))
    ann = api(people.ann)
    old, ahead, fresh = [await opened(ann, line) for _ in range(3)]
    aside = await opened(ann, line, stage_id=line["stages"][1]["id"])
    before = datetime.now(UTC) - timedelta(days=8)
    with superuser(gausdo) as db:
        ids = [old["id"], ahead["id"], aside["id"]]
        db.execute("update sales.deal set changed_at = %s where id = any(%s)", [before, ids])
    await planned(ann, ahead)
    await settled()
    assert await found(ann, line, rotting=True) == [old["id"]]
    assert fresh["id"] in await found(ann, line)


async def found(client: httpx2.AsyncClient, line: Made, **query: Any) -> list[str]:
    reply = await client.get("/deals", params={"pipeline_id": line["id"], **query})
    assert reply.status_code == 200, reply.text
    return [deal["id"] for deal in reply.json()["items"]]
