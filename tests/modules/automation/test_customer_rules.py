"""Rules that fire for what happens to companies and people, their segments and their consents."""

import json
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest

from gausdo.kernel.actor import MAX_DEPTH
from tests.conftest import As, superuser
from tests.modules.automation.conftest import Ear, Make, Shop
from tests.modules.customers.test_merging import got, sent
from tests.modules.customers.test_segments import dynamic, leaf, static
from tests.modules.integrations.test_file_imports import changed as imported
from tests.modules.integrations.test_file_imports import done, uploaded

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATHS = {"company": "/companies", "person": "/people"}


async def changed(client: Any, about: str, id: str, **told: Any) -> None:
    place = f"{PATHS[about]}/{id}"
    version = (await got(client, place))["version"]
    answer = await client.patch(place, json={"version": version, **told})
    assert answer.status_code == 200, answer.text


async def ran(client: Any, rule: dict[str, Any]) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = (await got(client, f"/rule-runs?rule_id={rule['id']}"))["items"]
    return runs


@pytest.mark.parametrize("about", ["company", "person"])
async def test_a_rule_fires_for_what_happens_to_a_record(
    api: As, shop: Shop, made: Make, about: str
) -> None:
    ann, bob = api(shop.people.ann), shop.people.bob
    mark = f"Mark {uuid4()}"
    of_mark = leaf("name", "starts_with", mark)
    for what in ("added", "given"):
        await made(f"{about}-{what}", condition=of_mark)
    watching = await made(f"{about}-changed", watches=["city", "tags"], condition=of_mark)
    other = await sent(ann, PATHS[about], name="Somebody else")
    record = await sent(ann, PATHS[about], name=mark)
    ear, silent = Ear(shop, record["id"], about), Ear(shop, other["id"], about)
    assert await ear.heard() == [f"{about}.added"]
    await changed(ann, about, record["id"], source="Fair")
    assert await ear.heard() == []
    await changed(ann, about, record["id"], city="Tver")
    await changed(ann, about, other["id"], city="Tver")
    assert await ear.heard() == [f"{about}.changed"]
    await changed(ann, about, record["id"], owner_id=str(bob.id))
    assert await ear.heard() == [f"{about}.given"]
    assert await silent.heard() == []

    # what is told names nobody, and the run leads to the record
    assert mark not in json.dumps(ear.told())
    assert ear.told()[0][about]["url"].endswith(f"{PATHS[about]}/{record['id']}")
    [run] = await ran(api(shop.people.head), watching)
    assert (run["about"], run["record_id"]) == (about, record["id"])
    assert run["deal_id"] == "00000000-0000-0000-0000-000000000000"


async def test_who_enters_a_segment_gets_a_letter_a_task_an_owner_and_fields(
    api: As, shop: Shop, made: Make
) -> None:
    head, ann = api(shop.people.head), api(shop.people.ann)
    mark = str(uuid4())
    field = await sent(api(shop.people.admin), "/person-fields", name=f"Cared {mark}", type="bool")
    asked = leaf("tags", "in", ["vip"]), leaf("name", "contains", mark)
    segment = await dynamic(api(shop.people.admin), *asked, kind="person")
    entered = await made(
        "person-entered-segment",
        segment_id=segment["id"],
        steps=[
            {"type": "send-letter", "template_id": str(shop.template.id), "to": "contact"},
            {"type": "add-task", "title": f"Greet {mark}", "due_in_working_hours": "2"},
        ],
        sets={"type": "set-fields", "custom": {field["key"]: True}},
        tags={"type": "set-tags", "add": ["Greeted", "vip"], "remove": ["New"]},
        give={
            "type": "assign",
            "how": "person",
            "people": [str(shop.people.bob.id)],
            "at_work_only": False,
        },
    )
    await made("person-left-segment", segment_id=segment["id"])
    person = await sent(ann, "/people", name=f"Nina {mark}", emails=[f"{mark}@client.example"])
    ear = Ear(shop, person["id"], "person")
    assert await ear.heard() == []
    await changed(ann, "person", person["id"], tags=["vip", "new"])
    await shop.settled()
    now = await got(head, f"/people/{person['id']}")
    assert (now["custom"], now["owner_id"]) == ({field["key"]: True}, str(shop.people.bob.id))
    assert now["tags"] == ["vip", "greeted"]
    [task] = (await got(head, f"/tasks?about_kind=person&about_id={person['id']}"))["items"]
    assert task["title"] == f"Greet {mark}"
    [letter] = [one for one in shop.sink.letters.listed() if mark in str(one)]
    assert f"Nina {mark}" in str(letter)
    [run] = await ran(head, entered)
    assert {one["state"] for one in run["effects"]} == {"done"}, run

    # again in, again fired; and out of it, told by the same
    await changed(head, "person", person["id"], tags=[])
    assert await ear.heard() == ["person.left-segment"]
    assert ear.told()[0]["person"]["segment_id"] == segment["id"]
    await changed(head, "person", person["id"], tags=["vip"])
    await shop.settled()
    assert len({run["event_id"] for run in await ran(head, entered)}) == 2


async def test_put_in_by_hand_a_company_fires_and_one_of_another_segment_does_not(
    api: As, shop: Shop, made: Make
) -> None:
    head = api(shop.people.admin)
    mine, others = await static(head), await static(head)
    await made("company-entered-segment", segment_id=mine["id"])
    await made("company-left-segment", segment_id=mine["id"])
    company = await sent(head, "/companies", name=f"Hand {uuid4()}")
    ear, these = Ear(shop, company["id"], "company"), {"of": {"ids": [company["id"]]}}
    await sent(head, f"/segments/{others['id']}/members", **these)
    assert await ear.heard() == []
    await sent(head, f"/segments/{mine['id']}/members", **these)
    assert await ear.heard() == ["company.entered-segment"]
    out = await head.post(f"/segments/{mine['id']}/members/remove", json=these)
    assert out.status_code == 200
    assert await ear.heard() == ["company.left-segment"]


async def test_a_rule_fires_for_consents_of_one_purpose_or_of_any(
    api: As, shop: Shop, made: Make
) -> None:
    ann, admin = api(shop.people.ann), api(shop.people.admin)
    news, calls = [
        await sent(admin, "/consent-purposes", name=f"Purpose {uuid4()}") for _ in range(2)
    ]
    await made("consent-given", purpose_id=news["id"])
    await made("consent-withdrawn")
    person = await sent(ann, "/people", name=f"Agreeing {uuid4()}")
    ear = Ear(shop, person["id"], "person")

    async def say(what: str, purpose: dict[str, Any]) -> list[str]:
        said = {"purpose_id": purpose["id"], "source": "call"}
        answer = await ann.post(f"/people/{person['id']}/consents/{what}", json=said)
        assert answer.status_code < 300, answer.text
        return await ear.heard()

    assert await say("give", calls) == []
    assert await say("give", news) == ["consent.given"]
    assert await say("withdraw", calls) == ["consent.withdrawn"]
    assert {one["person"]["purpose_id"] for one in ear.told()} == {news["id"], calls["id"]}


async def test_rules_that_set_each_other_off_through_a_segment_end(
    api: As, shop: Shop, made: Make
) -> None:
    """One gives whoever enters to Bob, whereby they leave; another brings them back to Ann."""
    head, mark = api(shop.people.head), str(uuid4())
    people = shop.people
    segment = await dynamic(
        api(people.admin), leaf("owner_id", "eq", str(people.ann.id)), leaf("name", "eq", mark)
    )

    def give(to: Any) -> dict[str, Any]:
        return {"type": "assign", "how": "person", "people": [str(to.id)], "at_work_only": False}

    told = {"segment_id": segment["id"], "steps": []}
    into = await made("company-entered-segment", **told, give=give(people.bob))
    out = await made("company-left-segment", **told, give=give(people.ann))
    await shop.settled()
    await sent(api(people.ann), "/companies", name=mark)
    await shop.settled()
    runs = [*await ran(head, into), *await ran(head, out)]
    assert [one["refused"] is None for one in runs].count(False) == 1
    assert len(runs) <= MAX_DEPTH

    # and nobody answers what it did itself
    async def quiet_rule(condition: dict[str, Any]) -> list[dict[str, Any]]:
        own = await made("company-changed", steps=[], give=give(people.eve), condition=condition)
        company = await sent(head, "/companies", name=f"Own {mark}")
        await changed(head, "company", company["id"], city="Tver")
        await shop.settled()
        return await ran(head, own)

    assert len(await quiet_rule(leaf("name", "eq", f"Own {mark}"))) == 1


async def test_conditions_ask_for_segments_and_deals_for_those_of_whom_they_are_with(
    api: As, shop: Shop, made: Make
) -> None:
    head, ann = api(shop.people.admin), api(shop.people.ann)
    best, worst = await static(head, "person"), await static(head)
    person = await sent(ann, "/people", name=f"Best {uuid4()}")
    beside = await sent(ann, "/people", name=f"Beside {uuid4()}")
    company = await sent(ann, "/companies", name=f"Worst {uuid4()}")
    await sent(head, f"/segments/{best['id']}/members", of={"ids": [person["id"]]})
    await sent(head, f"/segments/{worst['id']}/members", of={"ids": [company["id"]]})
    await shop.settled()
    both = [leaf("segment_id", "in", [best["id"]]), leaf("segment_id", "ne", worst["id"])]
    await made("deal-opened", condition={"all": [*both, leaf("amount", "gt", "10")]})
    await made("person-changed", condition=leaf("segment", "eq", best["id"]))

    async def opened(amount: str = "11.00", **told: Any) -> Ear:
        worth = {"amount": amount, "currency": "RUB"}
        stage = str(shop.stage("New").id)
        deal = await sent(ann, "/deals", title="Deal", stage_id=stage, worth=worth, **told)
        return Ear(shop, deal["id"])

    heard = await opened(contact_id=person["id"])
    silent = [
        await opened("9.00", contact_id=person["id"]),
        await opened(contact_id=beside["id"]),
        await opened(contact_id=person["id"], company_id=company["id"]),
    ]
    for one in (person, beside):
        await changed(ann, "person", one["id"], city="Tver")
    assert await heard.heard() == ["deal.opened"]
    assert [ear.told() for ear in silent] == [[], [], []]
    assert len(Ear(shop, person["id"], "person").told()) == 1
    assert Ear(shop, beside["id"], "person").told() == []


async def test_a_rule_that_asks_for_a_segment_that_is_gone_is_off_and_says_so(
    api: As, shop: Shop, made: Make
) -> None:
    head = api(shop.people.admin)
    segment = await static(head)
    crossing = await made("company-entered-segment", segment_id=segment["id"])
    asking = await made("deal-opened", condition=leaf("segment_id", "eq", segment["id"]))
    other = await made("company-added")
    assert (await head.delete(f"/segments/{segment['id']}")).status_code == 204
    await shop.settled()
    for rule in (crossing, asking):
        now = await got(head, f"/rules/{rule['id']}")
        assert (now["paused_code"], now["enabled"]) == ("automation.asks-in-vain", True)
        for change in ({"enabled": False}, {"enabled": True}):
            version = (await got(head, f"/rules/{rule['id']}"))["version"]
            answer = await head.patch(f"/rules/{rule['id']}", json={"version": version, **change})
            assert answer.status_code == (422 if change["enabled"] else 200), answer.text
    assert (await got(head, f"/rules/{other['id']}"))["paused_code"] is None
    version = (await got(head, f"/rules/{asking['id']}"))["version"]
    change = {"version": version, "enabled": True, "condition": None}
    answer = await head.patch(f"/rules/{asking['id']}", json=change)
    assert answer.json()["paused_code"] is None


async def test_what_no_rule_could_do_or_its_author_may_not_know_is_refused(
    api: As, shop: Shop, made: Make
) -> None:
    head, mine = api(shop.people.head), await static(api(shop.people.head), "person")
    hidden = await static(api(shop.people.admin))
    hook = {"type": "call-webhook", "url": shop.hook}
    load = {"type": "assign", "how": "by-load", "people": [str(shop.people.bob.id)]}
    owner = leaf("owner_id", "is_me")
    for field, wrong in (
        ("segment_id", {"happens": "company-entered-segment"}),
        ("segment_id", {"happens": "company-entered-segment", "segment_id": mine["id"]}),
        ("segment_id", {"happens": "company-entered-segment", "segment_id": hidden["id"]}),
        ("segment_id", {"happens": "company-added", "segment_id": mine["id"]}),
        ("purpose_id", {"happens": "consent-given", "purpose_id": mine["id"]}),
        ("purpose_id", {"happens": "person-added", "purpose_id": mine["id"]}),
        ("watches", {"happens": "person-changed", "watches": ["worth"]}),
        ("watches", {"happens": "person-added", "watches": ["city"]}),
        ("condition.field", {"happens": "person-added", "condition": leaf("amount", "gt", "1")}),
        ("condition.field", {"happens": "company-added", "condition": leaf("deals.open", "gt", 1)}),
        ("condition", {"happens": "person-added", "condition": owner}),
        ("condition.op", {"happens": "person-added", "condition": leaf("segment", "is_empty")}),
        ("condition", {"happens": "company-added", "condition": leaf("segment", "eq", mine["id"])}),
        ("condition", {"happens": "deal-won", "condition": leaf("segment_id", "eq", hidden["id"])}),
        ("give.how", {"happens": "person-added", "give": load}),
        ("tags", {"happens": "deal-won", "tags": {"type": "set-tags", "add": ["x"]}}),
        ("tags", {"happens": "person-added", "tags": {"type": "set-tags"}}),
    ):
        refused = await head.post("/rules", json={"name": "Wrong", "steps": [hook], **wrong})
        assert refused.status_code == 422, (wrong, refused.text)
        assert refused.json()["errors"][0]["field"] == field, (wrong, refused.text)

    # what is of deals does not stay when the rule is of people
    rule = await made("deal-won", condition=leaf("amount", "gt", "1"))
    place = f"/rules/{rule['id']}"
    refused = await head.patch(place, json={"version": 1, "happens": "person-added"})
    assert refused.json()["errors"][0]["field"] == "condition"
    change = {"version": 1, "happens": "person-changed", "watches": ["city"], "condition": None}
    now = (await head.patch(place, json=change)).json()
    assert (now["happens"], now["watches"], now["condition"]) == ("person-changed", ["city"], None)
    change = {"version": 2, "happens": "company-changed", "watches": ["city"]}
    now = (await head.patch(place, json=change)).json()
    assert (now["happens"], now["watches"]) == ("company-changed", ["city"])


async def test_an_import_fires_rules_only_when_it_shall_and_so_does_a_segment_it_fills(
    api: As, shop: Shop, made: Make
) -> None:
    admin, mark = api(shop.people.admin), f"Brought {uuid4()}"
    segment = await dynamic(admin, leaf("name", "starts_with", mark))
    rules = [
        await made("company-added", condition=leaf("name", "starts_with", mark)),
        await made("company-entered-segment", segment_id=segment["id"]),
    ]
    await shop.settled()
    for automation in (False, True):
        file = await uploaded(admin, "companies", f"Название\n{mark} {automation}\n")
        file = await imported(admin, file, automation=automation)
        assert (await done(admin, shop.settled, file, "run"))["state"] == "done"
        runs = [len(await ran(admin, rule)) for rule in rules]
        assert runs == ([1, 1] if automation else [0, 0])


async def test_the_release_before_never_fires_a_rule_about_people(
    api: As, shop: Shop, made: Make
) -> None:
    """It knows no happenings of people: they lie beside those of deals."""
    rule = await made("person-added")
    with closing(superuser(shop.gausdo)) as db:
        stored = db.execute(
            "select happens, customer_happens from automation.rule where id = %s", [rule["id"]]
        ).fetchone()
    assert stored == (None, "person-added")
