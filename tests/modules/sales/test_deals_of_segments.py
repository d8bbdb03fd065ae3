"""Deals by a segment of their company or of a contact: found, kept up, and never against rights."""

import json
from contextlib import closing
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from gausdo.modules.sales import segment_members
from tests.conftest import superuser
from tests.modules.customers.test_merging import PIPELINE, got, merged, sent
from tests.modules.customers.test_segments import dynamic, leaf, static
from tests.modules.identity.test_roles import given, role, user_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pipeline(api, people):
    return await sent(api(people.admin), "/pipelines", **PIPELINE | {"name": "Of segments"})


def asked(segment, op="eq"):
    value = segment["id"] if op in {"eq", "ne"} else [segment["id"]]
    return {"filter": json.dumps(leaf("segment_id", op, value))}


async def titles(client, **params):
    page = await client.get("/deals", params={"limit": 200, **params})
    assert page.status_code == 200, page.text
    return {one["title"] for one in page.json()["items"]}


async def of(client, segment):
    """Told in the same way by the question of its own and by a filter."""
    found = await titles(client, segment_id=segment["id"])
    assert (
        found
        == await titles(client, **asked(segment))
        == await titles(client, **asked(segment, "in"))
    )
    return found


async def deal(client, pipeline, title, **told):
    where = {"pipeline_id": pipeline["id"], "stage_id": pipeline["stages"][0]["id"]}
    return await sent(client, "/deals", title=title, **where, **told)


async def put(client, segment, *ids, way="members"):
    reply = await client.post(f"/segments/{segment['id']}/{way}", json={"of": {"ids": [*ids]}})
    assert reply.is_success, reply.text


async def test_a_list_a_board_a_view_a_file_and_an_edit_ask_for_the_deals_of_a_segment(
    api, people, pipeline, settled
):
    ann = api(people.ann)
    firm, empty = [await sent(ann, "/companies", name=f"Firm {uuid4()}") for _ in range(2)]
    main, beside = [await sent(ann, "/people", name=f"Contact {n}") for n in range(2)]
    await deal(ann, pipeline, "By company", company_id=firm["id"])
    await deal(ann, pipeline, "By contact", contact_id=main["id"])
    further = await deal(ann, pipeline, "By another contact", company_id=empty["id"])
    contacts = [{"person_id": beside["id"], "role": "pays"}]
    told = {"version": further["version"], "contacts": contacts}
    assert (await ann.put(f"/deals/{further['id']}/contacts", json=told)).is_success
    firms, buyers = await static(ann), await static(ann, "person")
    await put(ann, firms, firm["id"])
    await put(ann, buyers, main["id"], beside["id"])
    await settled()
    assert await of(ann, firms) == {"By company"}
    assert await of(ann, buyers) == {"By contact", "By another contact"}
    assert "By company" in await titles(ann, **asked(buyers, "ne"))

    board = await got(ann, f"/pipelines/{pipeline['id']}/board?segment_id={buyers['id']}")
    column = board["columns"][0]
    shown = {one["title"] for one in column["deals"]}
    assert (column["count"], shown) == (2, {"By contact", "By another contact"})
    lanes = await got(ann, f"/pipelines/{pipeline['id']}/lanes?segment_id={buyers['id']}")
    assert [(one["owner_id"], one["count"]) for one in lanes] == [(str(people.ann.id), 2)]
    groups = await got(ann, f"/deals/groups?by=pipeline_id&segment_id={firms['id']}")
    assert [one["count"] for one in groups["items"]] == [1]
    within = {"by": "created_at", "since": "2020-01-01", "until": "2020-01-31"}
    days = await ann.get("/deals/days", params={**within, "segment_id": firms["id"]})
    assert days.status_code == 200, days.text
    parts = {"all": [leaf("segment_id", "eq", buyers["id"])]}
    view = await sent(ann, "/views", kind="deal", name="Of buyers", filter=parts)
    assert view["filter"] == parts
    edit = {"of": {"found": {"filter": parts}}, "change": {"expected_on": "2027-03-01"}}
    assert (await sent(ann, "/deals/mass-edits/preview", **edit))["changing"] == 2
    file = await api(people.admin).get("/deals/export", params={"format": "csv", **asked(firms)})
    assert file.status_code == 422, "a segment of Ann's own is nobody else's to ask by"

    # Bob sees neither the segment nor, by it, anything
    for params in ({"segment_id": firms["id"]}, asked(firms)):
        assert (await api(people.bob).get("/deals", params=params)).status_code == 422
        days = await api(people.bob).get("/deals/days", params={**within, **params})
        assert days.status_code == 422
    for what in ("board", "lanes"):
        path = f"/pipelines/{pipeline['id']}/{what}"
        refused = await api(people.bob).get(path, params={"segment_id": firms["id"]})
        assert refused.status_code == 422, what

    await put(ann, buyers, main["id"], way="members/remove")
    await settled()
    assert await of(ann, buyers) == {"By another contact"}
    assert (await ann.delete(f"/segments/{firms['id']}")).is_success
    await settled()
    assert (await ann.get("/deals", params=asked(firms))).status_code == 422


async def test_who_fulfils_a_condition_comes_and_goes_with_their_deals(
    gausdo, api, people, pipeline, settled, monkeypatch
):
    admin = api(people.admin)
    monkeypatch.setattr(segment_members, "MEMBERS_TOLD", 2)
    monkeypatch.setattr("gausdo.modules.customers.segment_telling.MEMBERS_TOLD", 2)
    firms = [await sent(admin, "/companies", name=f"F{n}", city="Елец") for n in range(5)]
    for number, firm in enumerate(firms):
        await deal(admin, pipeline, f"D{number}", company_id=firm["id"])
    segment = await dynamic(admin, leaf("city", "eq", "Елец"), seen_by="all")
    await settled()
    every = {f"D{number}" for number in range(5)}
    assert await of(admin, segment) == every
    file = await admin.get("/deals/export", params={"format": "jsonl", **asked(segment)})
    assert {json.loads(line)["title"] for line in file.text.splitlines()} == every

    moved = {"version": firms[0]["version"], "city": "Орёл"}
    assert (await admin.patch(f"/companies/{firms[0]['id']}", json=moved)).is_success
    await settled()
    assert await of(admin, segment) == every - {"D0"}
    back = {"version": firms[0]["version"] + 1, "city": "Елец"}
    assert (await admin.patch(f"/companies/{firms[0]['id']}", json=back)).is_success
    await settled()
    assert await of(admin, segment) == every
    change = {"version": segment["version"], "filter": leaf("name", "in", ["F1", "F3"])}
    assert (await admin.patch(f"/segments/{segment['id']}", json=change)).is_success
    await settled()
    assert await of(admin, segment) == {"D1", "D3"}

    # what was there before sales kept any is asked for; what is wrong is mended by it
    with closing(superuser(gausdo)) as db:
        db.execute("delete from sales.segment")
    assert await of(admin, segment) == set()
    await segment_members.copy(gausdo.services["sales"])
    assert await of(admin, segment) == {"D1", "D3"}

    # two companies that are one
    both = await merged(admin, "/companies", firms[1], firms[0])
    await settled()
    assert await of(admin, segment) == {"D0", "D1", "D3"}
    assert (await admin.post(f"/companies/merges/{both['id']}/part")).is_success
    await settled()
    assert await of(admin, segment) == {"D1", "D3"}
    by_hand = await static(admin)
    await put(admin, by_hand, firms[2]["id"])
    await merged(admin, "/companies", firms[4], firms[2])
    await settled()
    assert await of(admin, by_hand) == {"D2", "D4"}
    await put(admin, by_hand, firms[4]["id"], way="members/remove")
    await settled()
    assert await of(admin, by_hand) == set()


async def test_nobody_finds_by_what_is_hidden_from_them(api, people, pipeline, settled):
    admin, ann, eve = api(people.admin), api(people.ann), api(people.eve)
    firm, hers = [
        await sent(client, "/companies", name=f"Of whom {uuid4()}", city="Ржев")
        for client in (ann, eve)
    ]
    await deal(eve, pipeline, "Hers", company_id=hers["id"])
    given_away = await deal(ann, pipeline, "With Ann's firm", company_id=firm["id"])
    change = {"version": given_away["version"], "owner_id": str(people.eve.id)}
    assert (await admin.patch(f"/deals/{given_away['id']}", json=change)).is_success
    segment = await dynamic(admin, leaf("city", "eq", "Ржев"), seen_by="all")
    await settled()
    assert await of(admin, segment) == {"Hers", "With Ann's firm"}
    # the name of Ann's firm is not shown to Eve, nor that it is of Rzhev
    assert "With Ann's firm" in await titles(eve)
    assert await of(eve, segment) == {"Hers"}

    had = [one["id"] for one in (await user_of(api, people, "Eve"))["roles"]]
    every = [
        {"object": object, "operation": "read", "reach": "all"}
        for object in ("customers.company", "customers.segment")
    ]
    read = {"object": "sales.deal", "operation": "read"}
    blind = {**read, "reach": "all", "without": ["company_id"]}
    roles = [
        (await role(api, people.admin, name=f"Sees {n}", grants=[*every, *grants])).json()["id"]
        for n, grants in enumerate(([blind], [blind, {**read, "reach": "own"}]))
    ]
    try:
        await given(api, people, "Eve", roles[0])
        board = f"/pipelines/{pipeline['id']}"
        for path in ("/deals", f"{board}/board", f"{board}/lanes"):
            refused = await eve.get(path, params={"segment_id": segment["id"]})
            assert refused.status_code == 403, path
        assert (await eve.get("/deals", params=asked(segment))).status_code == 403
        # of her own she sees whom they are with, and finds no others
        await given(api, people, "Eve", roles[1])
        other = await deal(ann, pipeline, "Of Ann", company_id=firm["id"])
        await settled()
        assert await of(eve, segment) == {"Hers", "With Ann's firm"}
        assert other["title"] in await titles(eve)
        await given(api, people, "Eve", had[0])
        narrowed = {**read, "reach": "all", "condition": leaf("segment_id", "eq", segment["id"])}
        refused = await role(api, people.admin, name="By segment", grants=[narrowed])
        assert refused.status_code == 422
    finally:
        await given(api, people, "Eve", *had)


async def test_who_is_erased_is_in_no_segment_here_either(gausdo, api, people, pipeline, settled):
    admin = api(people.admin)
    person = await sent(admin, "/people", name=f"Erased {uuid4()}")
    await deal(admin, pipeline, "Stays", contact_id=person["id"])
    segment = await static(admin, "person")
    await put(admin, segment, person["id"])
    await settled()
    assert await of(admin, segment) == {"Stays"}
    asked_for = await admin.post(f"/people/{person['id']}/erasure")
    assert asked_for.status_code == 202, asked_for.text
    await settled()
    assert await of(admin, segment) == set()
    with closing(superuser(gausdo)) as db:
        assert _rows(db, person["id"]) == 0


def _rows(db: psycopg.Connection, id: str) -> int:
    asks = "select count(*) from sales.segment_member where record_id = %s"
    [count] = db.execute(asks, [id]).fetchone()
    return count
