"""Rules that fire for what happens to a deal, its tasks and its meetings, in whatever stage."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from gausdo.kernel.values import Money, now
from gausdo.modules.automation.jobs import look_after_deals, remind
from gausdo.modules.sales.contract import PipelineDraft, Sales, StageDraft, StageKind
from tests.conftest import As, superuser
from tests.modules.automation.conftest import Ear, Make, Shop
from tests.modules.automation.test_flow import a_deal

pytestmark = pytest.mark.asyncio


async def test_a_rule_fires_for_whatever_happens_to_a_deal(api: As, shop: Shop, made: Make) -> None:
    ann, bob = api(shop.people.ann), shop.people.bob
    for happens in ("deal-opened", "deal-changed", "deal-given", "deal-won", "deal-lost"):
        await made(happens)
    deal = await a_deal(shop)
    ear = Ear(shop, deal)
    assert await ear.heard() == ["deal.opened"]

    async def now(path: str, **change: Any) -> list[str]:
        version = (await ann.get(f"/deals/{deal.id}")).json()["version"]
        send = ann.post if path else ann.patch
        answer = await send(f"/deals/{deal.id}{path}", json={"version": version, **change})
        assert answer.status_code == 200, answer.text
        return await ear.heard()

    def stage(name: str) -> dict[str, str]:
        return {"stage_id": str(shop.stage(name).id)}

    assert await now("", about="They have called again") == ["deal.changed"]
    assert await now("/move", **stage("Talks")) == []
    assert await now("/move", **stage("Lost"), lost_reason="Too dear") == ["deal.lost"]
    assert await now("/move", **stage("Won")) == ["deal.won"]
    assert await now("", owner_id=str(bob.id)) == ["deal.changed", "deal.given"]


async def test_a_rule_fires_for_tasks_and_meetings_of_deals(
    api: As, shop: Shop, made: Make
) -> None:
    ann = api(shop.people.ann)
    for happens in ("task-done", "meeting-planned", "meeting-done"):
        condition = {"field": "amount", "op": "gte", "value": "1000.00"}
        await made(happens, condition=condition)
    deal = await a_deal(shop)
    small = await a_deal(shop, worth=Money(amount=Decimal(5), currency="RUB"))
    for of in (deal, small):
        about = {"kind": "deal", "id": str(of.id)}
        task = (await ann.post("/tasks", json={"title": "Call", "about": about})).json()
        done = {"version": task["version"], "state": "done"}
        assert (await ann.patch(f"/tasks/{task['id']}", json=done)).status_code == 200
        again = {"version": task["version"] + 1, "title": "Call them"}
        assert (await ann.patch(f"/tasks/{task['id']}", json=again)).status_code == 200
        times = {"begins_at": "2030-01-10T10:00:00Z", "ends_at": "2030-01-10T11:00:00Z"}
        meeting = await ann.post("/meetings", json={"title": "Visit", "about": about, **times})
        held = {"version": meeting.json()["version"], "state": "done"}
        place = f"/meetings/{meeting.json()['id']}"
        assert (await ann.patch(place, json=held)).status_code == 200
    nobodys = (await ann.post("/tasks", json={"title": "Read"})).json()
    done = {"version": nobodys["version"], "state": "done"}
    assert (await ann.patch(f"/tasks/{nobodys['id']}", json=done)).status_code == 200
    ear = Ear(shop, deal)
    assert await ear.heard() == ["meeting.done", "meeting.planned", "task.done"]
    assert {one["deal"]["amount"] for one in ear.told()} == {"1500000.50"}
    assert await Ear(shop, small).heard() == []


async def test_a_rule_watches_some_fields(api: As, shop: Shop, made: Make) -> None:
    ann, head = api(shop.people.ann), api(shop.people.head)
    field = {"name": "Budget", "type": "number"}
    key = (await api(shop.people.admin).post("/deal-fields", json=field)).json()["key"]
    watches = ["worth", "contact_id", f"custom.{key}"]
    rule = await made("deal-changed", watches=watches)
    deal = await a_deal(shop)
    ear = Ear(shop, deal)
    for change, told in (
        ({"about": "Nothing new"}, []),
        ({"custom": {key: "7"}}, ["deal.changed"]),
        ({"worth": {"amount": "77.00", "currency": "RUB"}}, ["deal.changed"]),
        ({"contact_id": None}, ["deal.changed"]),
    ):
        version = (await ann.get(f"/deals/{deal.id}")).json()["version"]
        answer = await ann.patch(f"/deals/{deal.id}", json={"version": version, **change})
        assert answer.status_code == 200, answer.text
        assert await ear.heard() == told

    place = f"/rules/{rule['id']}"
    for wrong, field_of in (
        ({"watches": ["colour"]}, "watches"),
        ({"watches": ["custom.nothing"]}, "watches"),
        ({"happens": "deal-won", "quote": "sent"}, "trigger"),
        ({"happens": "deal-won", "watches": watches}, "watches"),
        ({"happens": "deal-melted"}, "happens"),
    ):
        refused = await head.patch(place, json={"version": 1, **wrong})
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["field"] == field_of
    other = (await head.patch(place, json={"version": 1, "happens": "deal-won"})).json()
    assert (other["happens"], other["watches"]) == ("deal-won", [])
    stage = {"type": "deal-enters-stage", "stage_id": str(shop.stage("Won").id)}
    other = (await head.patch(place, json={"version": 2, "trigger": stage})).json()
    assert (other["happens"], other["trigger"]) == (None, stage)


async def test_a_rule_does_not_answer_itself(api: As, shop: Shop, made: Make) -> None:
    admin, ann = api(shop.people.admin), api(shop.people.ann)
    field = {"name": "Times", "type": "number"}
    key = (await admin.post("/deal-fields", json=field)).json()["key"]
    sets = {"type": "set-fields", "custom": {key: "1"}}
    rule = await made("deal-changed", steps=[], sets=sets)
    deal = await a_deal(shop)
    change = {"version": deal.version, "about": "Once"}
    assert (await ann.patch(f"/deals/{deal.id}", json=change)).status_code == 200
    await shop.settled()
    assert (await ann.get(f"/deals/{deal.id}")).json()["custom"][key] == "1"
    assert (await admin.get(f"/rules/{rule['id']}")).json()["runs"] == 1


async def test_a_rule_fires_for_what_time_brings_about(api: As, shop: Shop, made: Make) -> None:
    """Once, and for what has come about since there was the rule."""
    ann, service = api(shop.people.ann), shop.gausdo.services["automation"]
    draft = PipelineDraft(
        name="Patient",
        stages=[
            StageDraft(name="Slow", probability=10, hours=8, rots_after=2),
            StageDraft(name="Won", kind=StageKind.WON, probability=100),
            StageDraft(name="Lost", kind=StageKind.LOST, probability=0),
        ],
    )
    pipeline = await shop.gausdo.get(Sales).add_pipeline(shop.people.admin, draft)
    rules = [await made(what) for what in ("deal-late", "deal-forgotten", "task-late")]
    late, long_ago = [await a_deal(shop, stage_id=pipeline.stages[0].id) for _ in range(2)]
    about = {"kind": "deal", "id": str(late.id)}
    due = (now() + timedelta(hours=1)).isoformat()
    task = {"title": "Call", "about": about, "due_at": due}
    assert (await ann.post("/tasks", json=task)).status_code == 201
    await shop.settled()
    with superuser(shop.gausdo) as db:
        db.execute("update automation.reminder set at = now() - interval '1 second'")
        ids = [UUID(one["id"]) for one in rules]
        begun = "update automation.rule set created_at = now() - %s where id = any(%s)"
        db.execute(begun, [timedelta(hours=3), ids])
    await remind(service)
    ear, other = Ear(shop, late), Ear(shop, long_ago)
    assert await ear.heard() == ["task.late"]
    with superuser(shop.gausdo) as db:
        db.execute("delete from sales.next_task")  # with a step ahead nothing is forgotten
        for deal, hours in ((late, 1), (long_ago, 5)):
            db.execute(
                "update sales.deal set stage_due_at = now() - %(since)s, "
                "changed_at = now() - interval '2 days' - %(since)s where id = %(id)s",
                {"since": timedelta(hours=hours), "id": deal.id},
            )
    for expected in (["deal.forgotten", "deal.late"], []):
        await look_after_deals(service)
        assert await ear.heard() == expected
        assert await other.heard() == []
