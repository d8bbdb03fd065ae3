"""Segments: by hand or by a condition, kept up by what happens, told why, asked for by lists."""

import asyncio
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from gausdo.app import Gausdo
from gausdo.kernel.values import new_id
from gausdo.modules.customers import segment_members
from gausdo.modules.customers.around import ask_once
from tests.conftest import superuser
from tests.gateway.test_configuration import archive, brought, preview, things
from tests.modules.customers.test_merging import PIPELINE, got, merged, sent
from tests.modules.identity.test_roles import given, role, user_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


def leaf(field, op, value=None):
    return {"field": field, "op": op, "value": value}


def of(segment, op="eq"):
    return json.dumps(leaf("segment", op, segment["id"]))


async def dynamic(client, *parts, kind="company", **told):
    told = {"name": f"Segment {uuid4()}", "filter": {"all": parts}, **told}
    return await sent(client, "/segments", kind=kind, how="dynamic", **told)


async def static(client, kind="company", **told):
    return await sent(client, "/segments", kind=kind, how="static", name=f"List {uuid4()}", **told)


async def members(client, segment, path="/companies", op="eq"):
    page = await client.get(path, params={"filter": of(segment, op), "limit": 200})
    assert page.status_code == 200, page.text
    return {one["name"] for one in page.json()["items"]}


async def test_people_put_in_by_hand_are_found_by_every_list(api, people, settled):
    ann, bob = api(people.ann), api(people.bob)
    made = [await sent(ann, "/people", name=f"Hand {number}") for number in range(3)]
    ids = [one["id"] for one in made]
    segment = await static(ann, "person")
    moved = await sent(
        ann, f"/segments/{segment['id']}/members", of={"ids": [*ids[:2], str(uuid4())]}
    )
    assert moved == {"moved": 2, "same": 0, "unseen": 1, "more": False}
    assert await members(ann, segment, "/people") == {"Hand 0", "Hand 1"}
    assert "Hand 2" in await members(ann, segment, "/people", op="ne")
    assert (await got(ann, f"/segments/{segment['id']}/count")) == {"count": 2, "more": False}
    [told] = await got(ann, f"/people/{ids[0]}/segments")
    assert (told["segment_id"], told["removable"]) == (segment["id"], True)
    why = await got(ann, f"/segments/{segment['id']}/why?record_id={ids[0]}")
    assert (why["member"], why["by_name"], why["steps"]) == (True, "Ann", [])

    # all that a list finds, and out again
    found = {"of": {"found": {"filter": leaf("name", "starts_with", "Hand")}}}
    assert (await sent(ann, f"/segments/{segment['id']}/members", **found))["moved"] == 1
    out = await ann.post(f"/segments/{segment['id']}/members/remove", json={"of": {"ids": ids[:1]}})
    assert out.json()["moved"] == 1
    assert await members(ann, segment, "/people") == {"Hand 1", "Hand 2"}

    # it is Ann's own: Bob sees neither it nor, by it, anybody
    assert (await bob.get(f"/segments/{segment['id']}")).status_code == 404
    for asked in (of(segment), of(segment).replace("segment", "\\u0073egment")):
        refused = await bob.get("/people", params={"filter": asked})
        assert refused.status_code == 422, refused.text
    everyone = {"version": segment["version"], "seen_by": "all"}
    assert (await ann.patch(f"/segments/{segment['id']}", json=everyone)).status_code == 403
    shared = {"version": segment["version"], "seen_by": "team", "team_id": str(people.ann.team_id)}
    assert (await ann.patch(f"/segments/{segment['id']}", json=shared)).status_code == 200
    assert await members(bob, segment, "/people") == {"Hand 1", "Hand 2"}
    no = await bob.post(f"/segments/{segment['id']}/members", json={"of": {"ids": ids}})
    assert no.status_code == 403
    # and Eve, of another team, would see no members were it everybody's
    assert (await api(people.eve).get(f"/segments/{segment['id']}")).status_code == 404


async def test_members_are_those_who_fulfil_the_condition_now(api, people, settled, monkeypatch):
    monkeypatch.setattr(segment_members, "PORTION", 2)
    ann = api(people.ann)
    field = {"name": "Class", "type": "number"}
    key = (await sent(api(people.admin), "/company-fields", **field))["key"]
    made = [
        await sent(ann, "/companies", name=f"Firm {n}", city="Тверь", custom={key: str(n)})
        for n in range(5)
    ]
    segment = await dynamic(
        ann, leaf("city", "eq", "Тверь"), leaf(f"custom.{key}", "gte", "2"), seen_by="me"
    )
    assert segment["filling"] == {"done": 0, "records": 0}
    await settled()
    assert await members(ann, segment) == {"Firm 2", "Firm 3", "Firm 4"}
    assert (await got(ann, f"/segments/{segment['id']}"))["filling"] is None

    gone = {"version": made[3]["version"], "city": "Клин"}
    come = {"version": made[0]["version"], "custom": {key: "7"}}
    await ann.patch(f"/companies/{made[3]['id']}", json=gone)
    await ann.patch(f"/companies/{made[0]['id']}", json=come)
    await sent(ann, "/companies", name="Firm new", city="Тверь", custom={key: "3"})
    await settled()
    assert await members(ann, segment) == {"Firm 0", "Firm 2", "Firm 4", "Firm new"}
    why = await got(ann, f"/segments/{segment['id']}/why?record_id={made[3]['id']}")
    assert [
        (one["depth"], one["group"], one["field"], one["own"], one["holds"]) for one in why["steps"]
    ] == [
        (0, "all", None, None, False),
        (1, None, "city", "Клин", False),
        (1, None, f"custom.{key}", "3", True),
    ]
    assert not why["member"]

    # who was found at the beginning has entered nothing; who came and went since has
    told = (await got(api(people.admin), "/audit?kind=segment-member&limit=200"))["items"]
    crossed = {one["id"]: [e["name"] for e in told if e["record_id"] == one["id"]] for one in made}
    assert [crossed[one["id"]] for one in made] == [
        ["customers.segment-entered.v1"], [], [], ["customers.segment-left.v1"], [],
    ]  # fmt: skip

    # another condition, others
    change = {"version": segment["version"], "filter": leaf("city", "eq", "Клин")}
    assert (await ann.patch(f"/segments/{segment['id']}", json=change)).status_code == 200
    await settled()
    assert await members(ann, segment) == {"Firm 3"}
    by_hand = await ann.post(
        f"/segments/{segment['id']}/members", json={"of": {"ids": [made[0]["id"]]}}
    )
    assert by_hand.json()["code"] == "customers.segment-not-by-hand"

    # a field that is put away breaks what asks of it, and mends it when it is back
    asks = await dynamic(ann, leaf(f"custom.{key}", "gte", "2"))
    admin = api(people.admin)
    [had] = [one for one in await got(admin, "/company-fields") if one["key"] == key]
    for archived in (True, False):
        change = {"version": had["version"], "archived": archived}
        reply = await admin.patch(f"/company-fields/{had['id']}", json=change)
        assert reply.is_success, reply.text
        had = reply.json()
        await settled()
        assert (await got(ann, f"/segments/{asks['id']}"))["broken"] is archived
    assert await members(ann, asks) == {"Firm 0", "Firm 2", "Firm 3", "Firm 4", "Firm new"}
    for bad in (
        leaf("document", "eq", "1"),
        leaf("owner_id", "is_me"),
        leaf("segment", "eq", segment["id"]),
    ):
        asked = {"kind": "company", "how": "dynamic", "name": "Bad", "filter": bad}
        assert (await ann.post("/segments", json=asked)).status_code == 422


async def test_a_condition_asks_of_deals_tasks_and_what_happened(api, people, settled):
    ann = api(people.ann)
    pipeline = await sent(api(people.admin), "/pipelines", **PIPELINE)
    stages = pipeline["stages"]
    firm = await sent(ann, "/companies", name=f"Around {uuid4()}")
    buyer = await sent(ann, "/people", name=f"Buyer {uuid4()}", company_id=firm["id"])
    large = await dynamic(
        ann,
        leaf("deals.open", "gte", 1),
        leaf("deals.pipelines", "contains", pipeline["id"]),
        leaf("deals.largest_open", "gt", "1000"),
    )
    won = await dynamic(ann, leaf("deals.won_at", "last_n_days", 30), kind="person")
    late = await dynamic(ann, leaf("tasks.due_at", "before_today"))
    silent = await dynamic(
        ann,
        {
            "any": [
                leaf("activity.last_at", "is_empty"),
                leaf("activity.last_at", "before_last_n_days", 30),
            ]
        },
        leaf("name", "eq", firm["name"]),
    )
    await settled()
    assert await members(ann, silent) == {firm["name"]}

    where = {"pipeline_id": pipeline["id"], "stage_id": stages[0]["id"]}
    told = {"company_id": firm["id"], "contact_id": buyer["id"], **where}
    money = {"amount": "5000", "currency": "RUB"}
    deal = await sent(ann, "/deals", title="Large", worth=money, **told)
    due = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    about = {"kind": "company", "id": firm["id"]}
    task = await sent(ann, "/tasks", title="Call", about=about, due_at=due)
    await settled()
    assert await members(ann, large) == await members(ann, late) == {firm["name"]}
    assert await members(ann, silent) == set()
    assert await members(ann, won, "/people") == set()

    move = {
        "version": deal["version"],
        "stage_id": next(s["id"] for s in stages if s["kind"] == "won"),
    }
    assert (await api(people.admin).post(f"/deals/{deal['id']}/move", json=move)).is_success
    close = {"version": task["version"], "state": "done"}
    assert (await ann.patch(f"/tasks/{task['id']}", json=close)).is_success
    await settled()
    assert await members(ann, large) == await members(ann, late) == set()
    assert await members(ann, won, "/people") == {buyer["name"]}


async def test_deals_of_customers_are_kept_only_for_a_segment_that_asks(
    gausdo, api, people, settled
):
    ann, service = api(people.ann), gausdo.services["customers"]

    def kept():
        with closing(superuser(gausdo)) as db:
            asked = "select array(select record_id::text from customers.around)"
            return db.execute(asked).fetchone()[0]

    with closing(superuser(gausdo)) as db:
        db.execute("delete from customers.segment_member")
        db.execute("delete from customers.segment")
    await ask_once(service)
    assert kept() == []
    pipeline = await sent(api(people.admin), "/pipelines", **PIPELINE | {"name": f"Of {uuid4()}"})
    firm = await sent(ann, "/companies", name=f"Before {uuid4()}")
    where = {"pipeline_id": pipeline["id"], "stage_id": pipeline["stages"][0]["id"]}
    await sent(ann, "/deals", title="Before", company_id=firm["id"], **where)
    await settled()
    assert kept() == []

    segment = await dynamic(ann, leaf("deals.open", "gte", 1), leaf("name", "eq", firm["name"]))
    await settled()
    assert await members(ann, segment) == {firm["name"]}
    assert firm["id"] in kept()
    assert (await ann.delete(f"/segments/{segment['id']}")).is_success
    await ask_once(service)
    assert kept() == []


async def test_who_may_not_see_a_field_learns_nothing_by_a_segment(api, people, settled):
    head, eve = api(people.admin), api(people.eve)
    firm = await sent(eve, "/companies", name=f"Secret {uuid4()}", inn=None, city="Орёл")
    segment = await dynamic(head, leaf("city", "eq", "Орёл"), seen_by="all")
    rich = await dynamic(head, leaf("deals.largest_open", "gt", "1"), seen_by="all")
    await settled()
    assert firm["name"] in await members(eve, segment)
    had = [one["id"] for one in (await user_of(api, people, "Eve"))["roles"]]
    grants = [
        {"object": "customers.company", "operation": "read", "reach": "all", "without": ["city"]},
        {"object": "customers.segment", "operation": "read", "reach": "all"},
        {"object": "sales.deal", "operation": "read", "reach": "all", "without": ["worth"]},
    ]
    blind = (await role(api, people.admin, name="Blind", grants=grants)).json()
    assert "id" in blind, blind
    try:
        await given(api, people, "Eve", blind["id"])
        for one, field in ((segment, "city"), (rich, "deals.largest_open")):
            told = await got(eve, f"/segments/{one['id']}")
            assert (told["filter"], told["missing"]) == (None, [field])
            refused = [
                await eve.get("/companies", params={"filter": of(one)}),
                await eve.get(f"/segments/{one['id']}/count"),
                await eve.get(f"/segments/{one['id']}/why?record_id={firm['id']}"),
            ]
            assert [reply.status_code for reply in refused] == [403, 403, 403]
        assert await got(eve, f"/companies/{firm['id']}/segments") == []
        [fields] = await got(eve, "/segments/fields")
        assert not {"city", "deals.largest_open"} & {one["name"] for one in fields["fields"]}
    finally:
        await given(api, people, "Eve", *had)
    narrowed = {**grants[0], "without": [], "condition": leaf("segment", "eq", segment["id"])}
    assert (await role(api, people.admin, name="By segment", grants=[narrowed])).status_code == 422


async def test_membership_follows_merging_deleting_and_erasure(api, people, settled):
    admin = api(people.admin)
    one, other = [await sent(admin, "/people", name=f"Twin {n} {uuid4()}") for n in range(2)]
    segment = await static(admin, "person")
    city = await dynamic(admin, leaf("city", "eq", "Кимры"), kind="person")
    await sent(admin, f"/segments/{segment['id']}/members", of={"ids": [other["id"]]})
    done = await merged(admin, "/people", one, other)
    await settled()
    assert await members(admin, segment, "/people") == {one["name"]}
    parted = await admin.post(f"/people/merges/{done['id']}/part")
    assert parted.is_success, parted.text
    await settled()
    assert await members(admin, segment, "/people") == {other["name"]}

    now = await got(admin, f"/people/{other['id']}")
    change = {"version": now["version"], "city": "Кимры"}
    assert (await admin.patch(f"/people/{other['id']}", json=change)).is_success
    await settled()
    assert await members(admin, city, "/people") == {other["name"]}
    gone = await admin.delete(f"/people/{other['id']}", params={"version": now["version"] + 1})
    assert gone.is_success, gone.text
    await settled()
    assert (
        await members(admin, segment, "/people") == await members(admin, city, "/people") == set()
    )
    assert (await admin.post(f"/people/{other['id']}/restore")).is_success
    await settled()
    assert (
        await members(admin, segment, "/people")
        == await members(admin, city, "/people")
        == {other["name"]}
    )


async def test_what_asks_how_long_ago_something_was_is_asked_every_day(
    api, people, settled, gausdo: Gausdo
):
    ann = api(people.ann)
    firm = await sent(ann, "/companies", name=f"Old {uuid4()}")
    old = await dynamic(
        ann, leaf("name", "eq", firm["name"]), leaf("created_at", "before_last_n_days", 30)
    )
    new = await dynamic(
        ann, leaf("name", "eq", firm["name"]), leaf("created_at", "last_n_days", 30)
    )
    await settled()
    assert (await members(ann, old), await members(ann, new)) == (set(), {firm["name"]})
    later = (
        "update customers.company set created_at = created_at - interval '40 days' where id = %s"
    )
    with closing(superuser(gausdo)) as db:
        db.execute(later, [firm["id"]])
    service = gausdo.services["customers"]
    await segment_members.fill(service)  # the same day
    assert (await members(ann, old), await members(ann, new)) == (set(), {firm["name"]})
    with closing(superuser(gausdo)) as db:
        db.execute("update customers.segment set day = day - 1")
    await asyncio.gather(*(segment_members.fill(service) for _ in range(2)))
    assert (await members(ann, old), await members(ann, new)) == ({firm["name"]}, set())


async def test_segments_of_everybody_are_configuration(api, people, settled):
    admin = api(people.admin)
    firm = await sent(admin, "/companies", name=f"Carried {uuid4()}", city="Белёв")
    shared = await dynamic(admin, leaf("city", "eq", "Белёв"), seen_by="all")
    own = await dynamic(admin, leaf("city", "eq", "Белёв"))
    await settled()
    told = {one["id"]: one for one in (await things(admin))["segments"]}
    assert shared["id"] in told
    assert own["id"] not in told
    entry = {**told[shared["id"]], "filter": leaf("city", "eq", "Кашира")}
    new = {**entry, "id": str(new_id()), "name": "Brought", "filter": leaf("city", "eq", "Белёв")}
    await brought(admin, archive({"segments": [entry, new]}))
    await settled()
    assert await members(admin, shared) == set()
    assert await members(admin, new) == {firm["name"]}
    bad = {**entry, "filter": leaf("document", "eq", "1")}
    refused = await preview(admin, archive({"segments": [bad]}))
    assert refused.status_code == 422, refused.text
