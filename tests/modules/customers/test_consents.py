"""What people agree to: by purpose and channel, with its proof, added to and never changed."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from gausdo.app import Gausdo
from gausdo.modules.customers import consent_saying, purposes
from tests.conftest import superuser
from tests.gateway.test_configuration import archive, brought, preview, things
from tests.modules.customers.test_merging import got, merged, sent
from tests.modules.customers.test_segments import dynamic, leaf, members
from tests.modules.identity.test_roles import given, role, user_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADVERTISING = "01900000-0000-7000-8000-000000000101"
PERSONAL_DATA = "01900000-0000-7000-8000-000000000102"
BY_MAIL = f"{ADVERTISING}:email"


async def said(client, person, what="give", **told):
    told = {"purpose_id": ADVERTISING, "channels": ["email"], "source": "form", **told}
    return await client.post(f"/people/{person['id']}/consents/{what}", json=told)


async def standing(client, person):
    told = await got(client, f"/people/{person['id']}/consents")
    return {(one["purpose_id"], one["channel"]): one["standing"] for one in told["states"]}


async def those(client, op, *keys, q="", path="/people"):
    asked = {"all": [leaf("consents", op, [*keys]), leaf("name", "starts_with", q)]}
    page = await client.get(path, params={"filter": json.dumps(asked), "limit": 200})
    assert page.status_code == 200, page.text
    return {one["name"] for one in page.json()["items"]}


async def somebody(client, name="Somebody"):
    return await sent(client, "/people", name=f"{name} {uuid4()}")


async def test_a_consent_is_given_and_withdrawn_and_both_are_kept(api, people, settled):
    ann = api(people.ann)
    one = await somebody(ann)
    proof = {"proof_text": "Ticked the box", "proof_ip": "203.0.113.7"}
    proof["proof_link"] = "https://example.org/form/7"
    first = await said(ann, one, channels=["sms", "email"], **proof)
    assert first.status_code == 200, first.text
    both = {(ADVERTISING, "email"): "given", (ADVERTISING, "sms"): "given"}
    assert await standing(ann, one) == both
    again = await said(ann, one, "withdraw", channels=["sms"], source="call")
    assert again.status_code == 200, again.text
    assert await standing(ann, one) == both | {(ADVERTISING, "sms"): "withdrawn"}
    told = await got(ann, f"/people/{one['id']}/consents/history")
    withdrawn, given_ = told["items"]
    assert told["next"] is None
    assert (given_["given"], given_["channels"], given_["by_name"]) == (
        True, ["email", "sms"], "Ann",
    )  # fmt: skip
    assert {name: given_[name] for name in proof} == proof
    assert (withdrawn["given"], withdrawn["source"]) == (False, "call")

    # somebody's history tells it, and hides nothing of it
    history = await got(ann, f"/people/{one['id']}/history")
    assert [entry["name"].split(".")[1] for entry in history[:2]] == [
        "person-consent-withdrawn",
        "person-consent-given",
    ]
    assert history[0]["changes"]["consents"][1] == [BY_MAIL]
    await settled()
    timeline = await got(ann, f"/timeline?about_kind=person&about_id={one['id']}")
    assert [each["change"]["name"] for each in timeline["items"][:2]] == [
        "customers.person-consent-withdrawn.v1",
        "customers.person-consent-given.v1",
    ]

    # what they said before counts by when they said it
    early = (datetime.now(UTC) - timedelta(days=30)).isoformat()
    assert (await said(ann, one, channels=["sms"], at=early)).is_success
    assert (await standing(ann, one))[ADVERTISING, "sms"] == "withdrawn"


async def test_what_makes_no_sense_is_refused(api, people):
    ann = api(people.ann)
    one = await somebody(ann)
    day = datetime.now(UTC)
    refused = [
        ({"channels": []}, "channels", "channels-needed"),
        ({"channels": ["any"]}, "channels", "channels-needed"),
        ({"purpose_id": PERSONAL_DATA}, "channels", "no-channels"),
        ({"purpose_id": str(uuid4())}, "purpose_id", "unknown"),
        ({"at": (day + timedelta(hours=2)).isoformat()}, "at", "in-future"),
        ({"until": (day - timedelta(days=3)).date().isoformat()}, "until", "before-start"),
        ({"wording": 7}, "wording", "unknown"),
        ({"proof_ip": "300.1.1.1"}, "proof_ip", None),
        ({"proof_link": "javascript:alert(1)"}, "proof_link", None),
        ({"source": "telepathy"}, "source", None),
    ]
    for told, field, code in refused:
        reply = await said(ann, one, **told)
        assert reply.status_code == 422, (told, reply.text)
        [error] = reply.json()["errors"]
        assert error["field"].endswith(field)
        assert code is None or error["code"] == code
    assert await standing(ann, one) == {}
    assert (await got(ann, f"/people/{one['id']}"))["version"] == one["version"]


async def test_lists_and_segments_find_who_has_agreed(api, people, settled):
    ann, mark = api(people.ann), f"Found {uuid4()}"
    yes, no, over = [await sent(ann, "/people", name=f"{mark} {n}") for n in range(3)]
    segment = await dynamic(
        ann, leaf("consents", "in", [BY_MAIL]), leaf("name", "starts_with", mark), kind="person"
    )
    assert (await said(ann, yes)).is_success
    assert (await said(ann, no, "withdraw")).is_success
    assert await those(ann, "in", BY_MAIL, q=mark) == {yes["name"]}
    assert await those(ann, "not_in", BY_MAIL, q=mark) == {no["name"], over["name"]}
    assert await those(ann, "in", f"{ADVERTISING}:call", BY_MAIL, q=mark) == {yes["name"]}
    await settled()
    assert await members(ann, segment, "/people") == {yes["name"]}
    assert (await said(ann, yes, "withdraw")).is_success
    await settled()
    assert await members(ann, segment, "/people") == set()


async def test_a_consent_ends_with_its_last_day(api, people, settled, gausdo: Gausdo):
    ann, mark = api(people.ann), f"Ends {uuid4()}"
    one = await sent(ann, "/people", name=mark)
    today = datetime.now(UTC).date() + timedelta(days=1)  # whatever the zone
    assert (await said(ann, one, until=today.isoformat(), channels=["email", "call"])).is_success
    expire = gausdo.services["customers"].expire_consents
    await expire()
    assert await those(ann, "in", BY_MAIL, q=mark) == {mark}
    ago = "update customers.consent set until = until - 9, at = at - interval '20 days'"
    late = "update customers.person set consents_until = consents_until - 9"
    with closing(superuser(gausdo)) as db:
        db.execute(f"{ago} where person_id = %s", [one["id"]])
        db.execute(f"{late} where id = %s", [one["id"]])
    assert (await standing(ann, one))[ADVERTISING, "email"] == "expired"
    await expire()
    await expire()
    assert await those(ann, "in", BY_MAIL, q=mark) == set()
    [expired, *_] = await got(ann, f"/people/{one['id']}/history")
    assert expired["name"] == "customers.person-consent-expired.v1"
    assert sorted(expired["changes"]["consents"][0]) == [f"{ADVERTISING}:call", BY_MAIL]
    assert expired["changes"]["consents"][1] == []


async def test_wordings_are_kept_and_a_consent_points_to_its_own(api, people):
    admin, ann = api(people.admin), api(people.ann)
    name = f"Newsletter {uuid4()}"
    made = await sent(admin, "/consent-purposes", name=name, by_channel=False, text="Old words")
    assert (made["wording"], made["code"]) == (1, "")
    one = await somebody(ann)
    told = {"purpose_id": made["id"], "channels": []}
    assert (await said(ann, one, **told)).is_success
    change = {"version": 1, "text": "New words"}
    new = await admin.patch(f"/consent-purposes/{made['id']}", json=change)
    assert (new.json()["wording"], new.json()["version"]) == (2, 2)
    assert (await admin.patch(f"/consent-purposes/{made['id']}", json=change)).status_code == 409
    assert (await said(ann, await somebody(ann), **told, wording=1)).is_success
    [state] = (await got(ann, f"/people/{one['id']}/consents"))["states"]
    assert (state["wording"], state["channel"]) == (1, "any")
    kept = await got(ann, f"/consent-purposes/{made['id']}/wordings")
    assert [(each["number"], each["text"]) for each in kept] == [(2, "New words"), (1, "Old words")]

    # one that is archived is asked of nobody, and can still be withdrawn
    away = {"version": 2, "archived": True}
    assert (await admin.patch(f"/consent-purposes/{made['id']}", json=away)).is_success
    assert (await said(ann, one, **told)).json()["code"] == "customers.purpose-archived"
    assert (await said(ann, one, "withdraw", **told)).is_success
    twice = await admin.post("/consent-purposes", json={"name": name.upper()})
    assert twice.json()["errors"][0]["code"] == "name-taken"
    for refused in (
        await ann.post("/consent-purposes", json={"name": "Mine"}),
        await ann.patch(f"/consent-purposes/{ADVERTISING}", json={"version": 1, "name": "Mine"}),
    ):
        assert refused.status_code == 403


async def test_purposes_are_a_part_of_the_configuration(api, people):
    admin = api(people.admin)
    told = await things(admin)
    [advertising] = [one for one in told["consent_purposes"] if one["id"] == ADVERTISING]
    advertising["text"] = ["I agree", "to be told of news"]
    reply = await preview(admin, archive({"consent_purposes": [advertising]}))
    assert [one["kind"] for one in reply.json()["differences"]] == ["consent_purposes"], reply.text
    await brought(admin, archive({"consent_purposes": [advertising]}))
    [now] = [one for one in await got(admin, "/consent-purposes") if one["id"] == ADVERTISING]
    assert (now["text"], now["wording"], now["code"]) == (
        "I agree\nto be told of news", 1, "advertising",
    )  # fmt: skip


async def test_consents_follow_merging_parting_and_erasure(api, people, settled):
    admin, mark = api(people.admin), f"Twin {uuid4()}"
    one, other = [await sent(admin, "/people", name=f"{mark} {n}") for n in range(2)]
    assert (await said(admin, one, channels=["email", "sms"])).is_success
    assert (await said(admin, other, "withdraw")).is_success
    assert (await said(admin, other, channels=["call"], proof_text="By phone")).is_success
    done = await merged(admin, "/people", one, other)
    assert await standing(admin, one) == {
        (ADVERTISING, "email"): "withdrawn",
        (ADVERTISING, "sms"): "given",
        (ADVERTISING, "call"): "given",
    }
    assert await those(admin, "in", BY_MAIL, q=mark) == set()
    assert await those(admin, "in", f"{ADVERTISING}:call", q=mark) == {one["name"]}
    assert (await admin.post(f"/people/merges/{done['id']}/part")).is_success
    assert await those(admin, "in", BY_MAIL, q=mark) == {one["name"]}
    assert await those(admin, "in", f"{ADVERTISING}:call", q=mark) == {other["name"]}

    # deleted and back, with what they have said
    now = await got(admin, f"/people/{other['id']}")
    gone = await admin.delete(f"/people/{other['id']}", params={"version": now["version"]})
    assert gone.is_success, gone.text
    assert await those(admin, "in", f"{ADVERTISING}:call", q=mark) == set()
    assert (await admin.post(f"/people/{other['id']}/restore")).is_success
    assert (await standing(admin, other))[ADVERTISING, "call"] == "given"

    held = await got(admin, f"/people/{other['id']}/export")
    [consents] = [part for part in held if part["place"] == "customers.consent"]
    assert [part["proof_text"] for part in consents["records"]] == [None, "By phone"]
    assert (await admin.post(f"/people/{other['id']}/erasure")).is_success
    await settled()
    assert await standing(admin, other) == {}
    refused = await said(admin, other)
    assert (refused.status_code, refused.json()["code"]) == (409, "customers.erased")


async def test_who_may_not_see_or_change_consents_does_neither(api, people, settled):
    admin, eve = api(people.admin), api(people.eve)
    one = await somebody(eve, "Hers")
    had = [each["id"] for each in (await user_of(api, people, "Eve"))["roles"]]
    person = {"object": "customers.person", "reach": "all"}
    blind = [{**person, "operation": each, "without": ["consents"]} for each in ("read", "edit")]
    reading = [{**person, "operation": "read"}]
    roles = [
        (await role(api, people.admin, name=f"Consents {uuid4()}", grants=grants)).json()["id"]
        for grants in (blind, reading)
    ]
    assert (await said(admin, one)).is_success
    try:
        await given(api, people, "Eve", roles[0])
        refused = [
            await eve.get(f"/people/{one['id']}/consents"),
            await eve.get(f"/people/{one['id']}/consents/history"),
            await said(eve, one),
            await eve.get("/people", params={"filter": json.dumps(leaf("consents", "in", ["x"]))}),
        ]
        assert [reply.status_code for reply in refused] == [403] * 4
        assert "consents" in (await got(eve, f"/people/{one['id']}"))["hidden"]
        [entry, *_] = await got(eve, f"/people/{one['id']}/history")
        assert "consents" not in entry["changes"]
        await given(api, people, "Eve", roles[1])
        assert not (await got(eve, f"/people/{one['id']}/consents"))["editable"]
        assert (await said(eve, one)).status_code == 403
    finally:
        await given(api, people, "Eve", *had)
    theirs = await somebody(api(people.ann), "Of another team")
    for reply in (await eve.get(f"/people/{theirs['id']}/consents"), await said(eve, theirs)):
        assert reply.status_code == 404


async def test_there_are_limits(api, people, monkeypatch):
    admin, ann = api(people.admin), api(people.ann)
    one = await somebody(ann)
    monkeypatch.setattr(consent_saying, "MOST_ENTRIES", 2)
    replies = [await said(ann, one) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 422]
    assert replies[2].json()["errors"][0]["code"] == "too-many"
    there = len(await got(admin, "/consent-purposes"))
    monkeypatch.setattr(purposes, "MOST_PURPOSES", there + 1)
    names = [{"name": f"Purpose {uuid4()}"} for _ in range(2)]
    replies = [await admin.post("/consent-purposes", json=named) for named in names]
    assert [reply.status_code for reply in replies] == [201, 409]
    assert replies[1].json()["code"] == "customers.too-many-purposes"
