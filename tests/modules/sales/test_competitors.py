"""Whom a deal is sold against: named with it, remembered, and who won it instead."""

import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.modules.sales import competitors
from gausdo.modules.sales.competitors_contract import CompetitorTold, DealCompetitorsDraft
from gausdo.modules.sales.contract import Deal, PipelineDraft, Sales
from tests.conftest import ADMIN, As, People
from tests.modules.sales.test_deals import STAGES, opened

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def lost(gausdo: Gausdo) -> str:
    """The stage of what is lost."""
    draft = PipelineDraft.model_validate({"name": "Rivals", "stages": STAGES})
    told = await gausdo.get(Sales).add_pipeline(ADMIN, draft)
    return str(next(one.id for one in told.stages if one.kind == "lost"))


async def pipeline_of(stage: str, client: httpx2.AsyncClient) -> dict[str, Any]:
    told: list[dict[str, Any]] = (await client.get("/pipelines")).json()
    return next(one for one in told if stage in {own["id"] for own in one["stages"]})


async def one(client: httpx2.AsyncClient, lost: str) -> Deal:
    return await opened(client, pipeline_id=(await pipeline_of(lost, client))["id"])


async def put(
    client: httpx2.AsyncClient, deal: Deal, version: int, *told: str, won: str | None = None
) -> httpx2.Response:
    named = [{"name": name, "won": name == won} for name in told]
    body = {"version": version, "competitors": named}
    return await client.put(f"/deals/{deal.id}/competitors", json=body)


async def told(client: httpx2.AsyncClient, deal: Deal) -> list[tuple[str, bool]]:
    reply = await client.get(f"/deals/{deal.id}/competitors")
    assert reply.status_code == 200, reply.text
    return [(one["name"], one["won"]) for one in reply.json()["competitors"]]


async def lose(
    client: httpx2.AsyncClient, deal: Deal, stage: str, version: int, **more: str
) -> httpx2.Response:
    body = {"version": version, "stage_id": stage, "lost_reason": "Price", **more}
    return await client.post(f"/deals/{deal.id}/move", json=body)


async def test_competitors_are_named_with_a_deal_and_remembered(
    api: As, people: People, lost: str
) -> None:
    ann, bob = api(people.ann), api(people.bob)
    deal, other = await one(ann, lost), await one(bob, lost)
    reply = await put(ann, deal, 1, "Северная ёлка", "Acme")
    assert (reply.status_code, reply.json()["version"]) == (200, 2), reply.text
    assert await told(ann, deal) == [("Северная ёлка", False), ("Acme", False)]
    assert (await put(ann, deal, 2, "Северная ёлка", "Acme")).json()["version"] == 2
    assert (await put(bob, other, 1, "северная  елка")).status_code == 200
    assert await told(bob, other) == [("Северная ёлка", False)]
    known = {one["name"]: one["id"] for one in (await bob.get("/competitors")).json()}
    assert {"Северная ёлка", "Acme"} <= known.keys()
    found = await ann.get("/deals", params={"competitor_id": known["Acme"]})
    assert [one["id"] for one in found.json()["items"]] == [str(deal.id)]
    against = {"field": "competitor_id", "op": "eq", "value": known["Acme"]}
    for one_of in (against, {**against, "op": "in", "value": [known["Acme"], str(uuid4())]}):
        told_so = await ann.get("/deals", params={"filter": json.dumps({"all": [one_of]})})
        assert [one["id"] for one in told_so.json()["items"]] == [str(deal.id)]
    view = {"kind": "deal", "name": "Against Acme", "filter": {"all": [against]}}
    kept = await ann.post("/views", json=view)
    assert kept.json()["filter"] == view["filter"], kept.text
    for wrong in ({**against, "op": "is_empty", "value": None}, {**against, "value": "Acme"}):
        asked = {"filter": json.dumps({"all": [wrong]})}
        assert (await ann.get("/deals", params=asked)).status_code == 422, wrong
    read = {"object": "sales.deal", "operation": "read", "reach": "all"}
    narrowed = {"name": "Against Acme", "grants": [{**read, "condition": against}]}
    assert (await api(people.admin).post("/roles", json=narrowed)).status_code == 422
    [latest, *_] = (await ann.get(f"/deals/{deal.id}/history")).json()
    assert latest["changes"] == {"competitors": [None, ["Северная ёлка", "Acme"]]}
    assert (await put(ann, deal, 1)).json()["code"] == "stale"
    for stranger in (await api(people.eve).get(f"/deals/{deal.id}/competitors"),
                     await put(api(people.eve), deal, 2, "Evil")):  # fmt: skip
        assert stranger.status_code == 404


async def test_what_is_wrong_is_refused_and_nothing_changes(
    api: As, people: People, lost: str
) -> None:
    ann = api(people.ann)
    deal = await one(ann, lost)
    for names, won, code in (
        (["Acme", " ACME "], None, "twice"),
        (["Acme"], "Acme", "not-lost"),
        ([""], None, "short"),
        ([f"Rival {n}" for n in range(21)], None, "too_long"),
    ):
        reply = await put(ann, deal, 1, *names, won=won)
        assert reply.status_code == 422, reply.text
        assert code in reply.text, reply.text
    there = (await pipeline_of(lost, ann))["stages"][1]["id"]
    early = await lose(ann, deal, there, 1, lost_to="Acme")
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "not-lost")
    assert await told(ann, deal) == []
    assert (await ann.get(f"/deals/{deal.id}")).json()["version"] == 1


async def test_a_deal_is_lost_to_a_competitor_until_it_is_opened_again(
    api: As, people: People, lost: str
) -> None:
    admin = api(people.admin)
    deal = await one(admin, lost)
    assert (await put(admin, deal, 1, "Acme")).status_code == 200
    reply = await lose(admin, deal, lost, 2, lost_to="Новый игрок")
    assert reply.status_code == 200, reply.text
    assert await told(admin, deal) == [("Acme", False), ("Новый игрок", True)]
    [latest, *_] = (await admin.get(f"/deals/{deal.id}/history")).json()
    assert latest["changes"]["lost_to"] == [None, "Новый игрок"]
    assert latest["changes"]["lost_reason"] == [None, "Price"]
    assert (await put(admin, deal, 3, "Acme", "Новый игрок", won="Acme")).status_code == 200
    assert await told(admin, deal) == [("Acme", True), ("Новый игрок", False)]
    back = (await pipeline_of(lost, admin))["stages"][0]["id"]
    assert (await lose(admin, deal, back, 4)).status_code == 200
    assert await told(admin, deal) == [("Acme", False), ("Новый игрок", False)]
    assert (await lose(admin, deal, lost, 5)).status_code == 200
    assert await told(admin, deal) == [("Acme", False), ("Новый игрок", False)]
    assert (await put(admin, deal, 6, "Acme", "Новый игрок", won="Acme")).status_code == 200
    gone = await admin.delete(f"/deals/{deal.id}", params={"version": 7})
    assert gone.status_code == 200, gone.text
    assert (await admin.post(f"/deals/{deal.id}/restore")).status_code == 200
    assert await told(admin, deal) == [("Acme", True), ("Новый игрок", False)]


async def test_who_hides_the_reason_hides_the_winner_and_keeps_them(
    api: As, people: People, gausdo: Gausdo, lost: str
) -> None:
    head, sales = api(people.head), gausdo.get(Sales)
    deal = await one(head, lost)
    assert (await lose(head, deal, lost, 1, lost_to="Acme")).status_code == 200
    grants = tuple(
        grant.model_copy(update={"without": frozenset({"lost_reason"})})
        if grant.object == "sales.deal"
        else grant
        for grant in people.head.grants
    )
    blind = people.head.model_copy(update={"grants": grants})
    seen = await sales.deal_competitors(blind, deal.id)
    assert [(one.name, one.won) for one in seen.competitors] == [("Acme", False)]
    assert b"lost_to" not in await sales.deal_history(blind, deal.id)
    more = [CompetitorTold(name="Acme"), CompetitorTold(name="Third")]
    draft = DealCompetitorsDraft(version=2, competitors=more)
    await sales.set_deal_competitors(blind, deal.id, draft)
    assert await told(head, deal) == [("Acme", True), ("Third", False)]


async def test_who_configures_renames_and_retires_a_competitor(
    api: As, people: People, lost: str
) -> None:
    ann, admin = api(people.ann), api(people.admin)
    deal = await one(ann, lost)
    assert (await put(ann, deal, 1, "Mistpyed", "Taken")).status_code == 200
    known = {one["name"]: one for one in (await ann.get("/competitors")).json()}
    path = f"/competitors/{known['Mistpyed']['id']}"
    assert (await ann.patch(path, json={"version": 1, "name": "Mine"})).status_code == 403
    taken = await admin.patch(path, json={"version": 1, "name": "taken"})
    assert (taken.status_code, taken.json()["errors"][0]["code"]) == (422, "name-taken")
    done = await admin.patch(path, json={"version": 1, "name": "Mistyped", "retired": True})
    assert (done.status_code, done.json()["version"]) == (200, 2), done.text
    assert (await admin.patch(path, json={"version": 1})).status_code == 409
    assert (await admin.patch(f"/competitors/{uuid4()}", json={"version": 1})).status_code == 404
    assert await told(ann, deal) == [("Mistyped", False), ("Taken", False)]
    assert (await ann.get("/competitors")).json()[-1]["name"] == "Mistyped"


async def test_no_more_names_are_remembered_than_can_be_offered(
    api: As, people: People, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = api(people.ann)
    deal = await one(ann, lost)
    assert (await put(ann, deal, 1, "Known already")).status_code == 200
    count = len((await ann.get("/competitors")).json())
    monkeypatch.setattr(competitors, "MOST_NAMES", count)
    refused = await put(ann, deal, 2, "Known already", "One too many")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "too-many")
    assert await told(ann, deal) == [("Known already", False)]
