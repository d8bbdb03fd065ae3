"""All that a deal's page shows, at once: the same that is told of each part of it."""

from typing import Any

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.modules.sales.contract import Deal, Pipeline, PipelineDraft, Sales
from tests.conftest import ADMIN, As, People
from tests.modules.sales.test_contacts import person
from tests.modules.sales.test_deals import STAGES, opened
from tests.modules.sales.test_quotes import a_deal, made

pytestmark = pytest.mark.asyncio(loop_scope="session")

PARTS = ("contacts", "competitors", "lines", "quotes", "stages")


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo: Gausdo) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Records", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


async def record(client: httpx2.AsyncClient, deal: Deal) -> dict[str, Any]:
    reply = await client.get(f"/deals/{deal.id}/record")
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def one_by_one(client: httpx2.AsyncClient, deal: Deal) -> dict[str, Any]:
    told = {part: (await client.get(f"/deals/{deal.id}/{part}")).json() for part in PARTS}
    return {"deal": (await client.get(f"/deals/{deal.id}")).json(), **told}


async def test_a_record_tells_what_is_told_of_each_part(
    api: As, people: People, pipeline: Pipeline
) -> None:
    ann = api(people.ann)
    bare = await opened(ann)
    told = await record(ann, bare)
    assert told == await one_by_one(ann, bare)
    assert [len(told[part]) for part in ("quotes", "stages")] == [0, 1]
    assert (told["lines"]["lines"], told["contacts"]["contacts"]) == ([], [])

    main, boss = [await person(ann, name) for name in ("Main", "Boss")]
    deal = await a_deal(ann, contact_id=main)
    await made(ann, deal)

    async def sent(method: str, path: str, **body: Any) -> None:
        version = (await ann.get(f"/deals/{deal.id}")).json()["version"]
        reply = await ann.request(
            method, f"/deals/{deal.id}/{path}", json={"version": version, **body}
        )
        assert reply.status_code == 200, reply.text

    await sent("PUT", "contacts", contacts=[{"person_id": boss, "role": "decides"}])
    await sent("PUT", "competitors", competitors=[{"name": "Acme"}, {"name": "Zenith"}])
    await sent("POST", "move", stage_id=str(pipeline.stages[1].id))
    told = await record(ann, deal)
    assert told == await one_by_one(ann, deal)
    assert [one["name"] for one in told["competitors"]["competitors"]] == ["Acme", "Zenith"]
    assert [one["person"]["name"] for one in told["contacts"]["contacts"]] == ["Boss"]
    assert [len(told[part]) for part in ("quotes", "stages")] == [1, 2]
    assert len(told["lines"]["lines"]) == 2


async def test_a_record_hides_what_its_parts_hide(api: As, people: People, gausdo: Gausdo) -> None:
    ann, sales = api(people.ann), gausdo.get(Sales)
    boss = await person(ann, "Boss")
    deal = await a_deal(ann)
    version = (await ann.get(f"/deals/{deal.id}")).json()["version"]
    contacts = {"version": version, "contacts": [{"person_id": boss, "role": "decides"}]}
    assert (await ann.put(f"/deals/{deal.id}/contacts", json=contacts)).status_code == 200
    grants = tuple(
        grant.model_copy(update={"without": frozenset({"contact_id", "worth"})})
        if grant.object == "sales.deal"
        else grant
        for grant in people.ann.grants
    )
    blind = people.ann.model_copy(update={"grants": grants})
    told = await sales.deal_record(blind, deal.id)
    assert (told.contacts.hidden, told.contacts.contacts) == (True, [])
    assert (told.lines.hidden, told.lines.payable) == (True, None)
    assert (await api(people.eve).get(f"/deals/{deal.id}/record")).status_code == 404
