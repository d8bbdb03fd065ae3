"""Further contacts of a deal: who decides, who pays, and who may know of them."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from pydantic import TypeAdapter

from gausdo.app import Gausdo
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.history import EntryPlace, HistoryEntry
from gausdo.modules.sales.contacts_contract import DealContactsDraft
from gausdo.modules.sales.contract import Deal, DealQuery, PipelineDraft, Sales
from tests.conftest import ADMIN, As, People, Settled
from tests.modules.sales.test_deals import STAGES, opened

HISTORY = TypeAdapter(list[HistoryEntry])

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo: Gausdo) -> None:
    draft = PipelineDraft.model_validate({"name": "Talks", "stages": STAGES})
    await gausdo.get(Sales).add_pipeline(ADMIN, draft)


async def person(client: httpx2.AsyncClient, name: str) -> str:
    reply = await client.post("/people", json={"name": name})
    assert reply.status_code == 201, reply.text
    return str(reply.json()["id"])


async def put(
    client: httpx2.AsyncClient, deal: Deal, version: int, *contacts: tuple[str, str]
) -> httpx2.Response:
    told = [{"person_id": id, "role": role} for id, role in contacts]
    body = {"version": version, "contacts": told}
    return await client.put(f"/deals/{deal.id}/contacts", json=body)


async def told(client: httpx2.AsyncClient, deal: Deal) -> list[tuple[Any, Any]]:
    reply = await client.get(f"/deals/{deal.id}/contacts")
    assert reply.status_code == 200, reply.text
    return [(one["person"]["name"], one["role"]) for one in reply.json()["contacts"]]


async def test_a_deal_has_several_contacts_each_with_a_role(api: As, people: People) -> None:
    ann = api(people.ann)
    main, boss, clerk = [await person(ann, name) for name in ("Main", "Boss", "Clerk")]
    deal = await opened(ann, contact_id=main)
    reply = await put(ann, deal, 1, (boss, "decides"), (clerk, "pays"))
    assert (reply.status_code, reply.json()["version"]) == (200, 2), reply.text
    assert await told(ann, deal) == [("Boss", "decides"), ("Clerk", "pays")]
    same = await put(ann, deal, 2, (boss, "decides"), (clerk, "pays"))
    assert same.json()["version"] == 2
    assert (await put(ann, deal, 2, (clerk, "uses"))).json()["version"] == 3
    assert await told(ann, deal) == [("Clerk", "uses")]
    [latest, first, _] = (await ann.get(f"/deals/{deal.id}/history")).json()
    assert latest["changes"]["contacts"][1] == [{"person_id": clerk, "role": "uses"}]
    assert first["changes"]["contacts"][0] is None
    refused = await put(ann, deal, 2)
    assert (refused.status_code, refused.json()["code"]) == (409, "stale")
    assert (await api(people.eve).get(f"/deals/{deal.id}/contacts")).status_code == 404


async def test_who_is_no_further_contact_is_refused_and_nothing_changes(
    api: As, people: People
) -> None:
    ann = api(people.ann)
    main, other = await person(ann, "Main"), await person(ann, "Other")
    foreign = await person(api(people.eve), "Foreign")
    deal = await opened(ann, contact_id=main)
    for contacts, code in (
        ([(main, "uses")], "main-contact"),
        ([(other, "uses"), (other, "pays")], "twice"),
        ([(foreign, "uses")], "not-found"),
        ([(str(deal.id), "uses")], "not-found"),
        ([(other, "sings")], "enum"),
        ([(other, "uses")] * 21, "too_long"),
    ):
        reply = await put(ann, deal, 1, *contacts)
        assert reply.status_code == 422, reply.text
        assert code in reply.text, reply.text
    assert await told(ann, deal) == []
    assert (await ann.get(f"/deals/{deal.id}")).json()["version"] == 1


async def test_a_name_is_told_to_those_who_may_see_the_person(
    api: As, people: People, settled: Settled
) -> None:
    """Who may not, may leave the person where it is all the same."""
    ann, eve, admin = api(people.ann), api(people.eve), api(people.admin)
    foreign = await person(eve, "Foreign")
    deal = await opened(ann)
    assert (await put(admin, deal, 1, (foreign, "decides"))).status_code == 200
    await settled()
    assert await told(admin, deal) == [("Foreign", "decides")]
    assert await told(ann, deal) == [(None, "decides")]
    mine = await person(ann, "Mine")
    kept = await put(ann, deal, 2, (foreign, "pays"), (mine, "uses"))
    assert kept.status_code == 200, kept.text
    assert await told(ann, deal) == [(None, "pays"), ("Mine", "uses")]


async def test_merged_people_are_one_contact(api: As, people: People, settled: Settled) -> None:
    ann, admin = api(people.ann), api(people.admin)
    main, stays, goes = [await person(ann, name) for name in ("Main", "Stays", "Goes")]
    deal, other = await opened(ann, contact_id=main), await opened(ann, contact_id=goes)
    assert (await put(ann, deal, 1, (goes, "decides"), (stays, "pays"))).status_code == 200
    assert (await put(ann, other, 1, (stays, "uses"))).status_code == 200
    draft = {"other_id": goes, "version": 1, "other_version": 1, "take": []}
    merged = await admin.post(f"/people/{stays}/merge", json=draft)
    assert merged.status_code in {200, 201}, merged.text
    await settled()
    assert await told(ann, deal) == [("Stays", "decides")]
    assert await told(ann, other) == []
    assert (await put(ann, deal, 2, (stays, "influences"))).status_code == 200
    assert await told(ann, deal) == [("Stays", "influences")]


async def test_a_deal_that_was_deleted_comes_back_with_its_contacts(
    api: As, people: People
) -> None:
    admin = api(people.admin)
    boss, clerk = await person(admin, "Boss"), await person(admin, "Clerk")
    deal = await opened(admin)
    assert (await put(admin, deal, 1, (clerk, "pays"), (boss, "decides"))).status_code == 200
    gone = await admin.delete(f"/deals/{deal.id}", params={"version": 2})
    assert gone.status_code == 200, gone.text
    assert (await admin.get(f"/deals/{deal.id}/contacts")).status_code == 404
    back = await admin.post(f"/deals/{deal.id}/restore")
    assert back.status_code == 200, back.text
    assert await told(admin, deal) == [("Clerk", "pays"), ("Boss", "decides")]


async def test_what_is_held_about_a_person_tells_of_deals_they_have_to_do_with(
    api: As, people: People, gausdo: Gausdo
) -> None:
    ann = api(people.ann)
    boss = await person(ann, "Boss")
    deal = await opened(ann, title="For the boss")
    assert (await put(ann, deal, 1, (boss, "decides"))).status_code == 200
    reply = await api(people.admin).get(f"/people/{boss}/export")
    assert reply.status_code == 200, reply.text
    assert "For the boss" in reply.text
    assert "sales.deal_contact" in reply.text


async def test_deals_are_found_by_whoever_has_to_do_with_them(
    api: As, people: People, settled: Settled
) -> None:
    ann, admin = api(people.ann), api(people.admin)
    stays, goes = await person(ann, "Both"), await person(ann, "Goes")
    main, further = await opened(ann, contact_id=stays), await opened(ann)
    assert (await put(ann, further, 1, (goes, "pays"))).status_code == 200

    async def found(id: str) -> set[str]:
        reply = await ann.get("/deals", params={"person_id": id, "sort": "-created_at"})
        assert reply.status_code == 200, reply.text
        return {one["id"] for one in reply.json()["items"]}

    assert await found(goes) == {str(further.id)}
    draft = {"other_id": goes, "version": 1, "other_version": 1, "take": []}
    assert (await admin.post(f"/people/{stays}/merge", json=draft)).is_success
    await settled()
    assert await found(stays) == {str(main.id), str(further.id)}


async def test_who_hides_the_contact_hides_all_contacts(
    api: As, people: People, gausdo: Gausdo
) -> None:
    ann, sales = api(people.ann), gausdo.get(Sales)
    boss = await person(ann, "Boss")
    deal = await opened(ann)
    assert (await put(ann, deal, 1, (boss, "decides"))).status_code == 200
    grants = tuple(
        grant.model_copy(update={"without": frozenset({"contact_id"})})
        if grant.object == "sales.deal"
        else grant
        for grant in people.ann.grants
    )
    blind = people.ann.model_copy(update={"grants": grants})
    hidden = await sales.deal_contacts(blind, deal.id)
    assert (hidden.hidden, hidden.contacts) == (True, [])
    assert boss in (await ann.get(f"/deals/{deal.id}/history")).text
    assert boss.encode() not in await sales.deal_history(blind, deal.id)
    told = HISTORY.validate_json(await sales.deal_history(people.ann, deal.id))
    places = [EntryPlace(record_id=deal.id, version=one.version, at=one.at) for one in told]
    seen, unseen = [
        "".join(one.model_dump_json() for one in await sales.entries_at(who, "deal", places))
        for who in (people.ann, blind)
    ]
    assert boss in seen
    assert boss not in unseen
    with pytest.raises(Forbidden):
        await sales.set_deal_contacts(blind, deal.id, DealContactsDraft(version=2, contacts=[]))
    with pytest.raises(Forbidden):
        await sales.list_deals(blind, DealQuery(person_id=UUID(boss)))
