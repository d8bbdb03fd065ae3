"""Every record says whether its reader may change it, wherever it is read; and that is kept."""

import httpx2
import pytest

from gausdo.app import Gausdo
from gausdo.modules.sales.contract import PipelineDraft, Sales
from tests.conftest import ADMIN, As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")

STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]
RECORDS = [
    ("deals", {"title": "Boat"}),
    ("companies", {"name": "Rose Ltd"}),
    ("people", {"name": "Rose"}),
    ("tasks", {"title": "Ring"}),
]


@pytest.mark.parametrize(("kind", "draft"), RECORDS)
async def test_a_record_says_whether_its_reader_may_change_it(
    api: As, people: People, gausdo: Gausdo, kind: str, draft: dict[str, str]
) -> None:
    if not await gausdo.get(Sales).pipelines(ADMIN):
        made = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
        await gausdo.get(Sales).add_pipeline(ADMIN, made)
    added = await api(people.ann).post(f"/{kind}", json=draft)
    assert added.status_code == 201, added.text
    record = added.json()
    assert record["editable"] is True
    for reader, may in ((people.ann, True), (people.bob, False), (people.head, True)):
        client = api(reader)
        assert await _told(client, kind, record["id"]) == {may}
        change = {"version": record["version"], "title" if "title" in draft else "name": "New"}
        reply = await client.patch(f"/{kind}/{record['id']}", json=change)
        assert (reply.status_code == 200) is may, reply.text
        record = reply.json() if may else record


async def test_a_card_on_the_board_says_it_too(api: As, people: People, gausdo: Gausdo) -> None:
    made = PipelineDraft.model_validate({"name": "Board", "stages": STAGES})
    pipeline = await gausdo.get(Sales).add_pipeline(ADMIN, made)
    draft = {"title": "Boat", "pipeline_id": str(pipeline.id)}
    assert (await api(people.ann).post("/deals", json=draft)).status_code == 201
    for reader, may in ((people.ann, True), (people.bob, False)):
        board = (await api(reader).get(f"/pipelines/{pipeline.id}/board")).json()
        cards = [card for column in board["columns"] for card in column["deals"]]
        assert [card["editable"] for card in cards] == [may]


async def _told(client: httpx2.AsyncClient, kind: str, id: str) -> set[bool]:
    """What a list, and the record's own page where it has one, say of `id`."""
    listed = (await client.get(f"/{kind}", params={"ids": id})).json()["items"]
    told = {item["editable"] for item in listed}
    one = await client.get(f"/{kind}/{id}")
    if one.status_code == 200:
        told.add(one.json()["editable"])
    return told
