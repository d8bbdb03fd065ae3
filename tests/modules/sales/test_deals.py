"""Deals through the API: opened, moved, changed, seen by those who may."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.pages import Listed
from gausdo.modules.customers.contract import CompanyDraft, Customers
from gausdo.modules.sales.contract import Board, Deal, Pipeline, PipelineDraft, Sales
from tests.conftest import ADMIN, As, People, superuser

pytestmark = pytest.mark.asyncio(loop_scope="session")

STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Talks", "probability": 50, "tone": "blue"},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pipeline(gausdo: Gausdo) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


async def opened(client: httpx2.AsyncClient, **draft: object) -> Deal:
    reply = await client.post("/deals", json={"title": "Boat", **draft})
    assert reply.status_code == 201, reply.text
    return Deal.model_validate(reply.json())


async def test_a_manager_opens_a_deal_for_a_company(
    api: As, people: People, pipeline: Pipeline, gausdo: Gausdo
) -> None:
    company = await gausdo.get(Customers).add_company(people.ann, CompanyDraft(name="Rose Ltd"))
    deal = await opened(
        api(people.ann),
        company_id=str(company.id),
        worth={"amount": "1500.50", "currency": "EUR"},
        expected_on="2027-01-31",
    )
    assert deal.stage_id == pipeline.stages[0].id
    assert (deal.company.name, deal.owner.name) == ("Rose Ltd", "Ann")
    assert (str(deal.worth.amount), deal.worth.currency) == ("1500.50", "EUR")
    assert not deal.next_task


async def test_a_deal_moves_and_its_history_says_so(
    api: As, people: People, pipeline: Pipeline
) -> None:
    client = api(people.ann)
    deal = await opened(client)
    talks = pipeline.stages[1].id
    reply = await client.post(f"/deals/{deal.id}/move", json={"version": 1, "stage_id": str(talks)})
    assert (reply.status_code, reply.json()["stage_id"]) == (200, str(talks))
    history = (await client.get(f"/deals/{deal.id}/history")).json()
    assert [entry["name"] for entry in history] == ["sales.deal-moved.v1", "sales.deal-opened.v1"]
    assert history[0]["changes"]["stage_id"] == [str(pipeline.stages[0].id), str(talks)]
    assert history[0]["actor_name"] == "Ann"


async def test_a_history_is_read_on_to_its_beginning(
    api: As, people: People, pipeline: Pipeline, gausdo: Gausdo
) -> None:
    """However long it is, and over many months."""
    client, deal = api(people.ann), await opened(api(people.ann))
    with superuser(gausdo) as db:
        db.execute("select sales.make_partitions(current_date - 700, current_date)")
        db.execute(LONG_AGO, {"id": deal.id, "entries": 700})
    place = f"/deals/{deal.id}/history"
    whole = [entry async for entry in read_on(client, place, limit="200")]
    assert [entry["version"] for entry in whole] == [*range(700, 0, -1)]
    assert [entry["next"] is None for entry in whole[-2:]] == [False, True]
    assert whole[-1]["changes"] == {"title": [None, "Boat"]}
    first = (await client.get(place)).json()
    assert first == whole[:500]
    assert (await client.get(place, params={"after": first[-1]["next"]})).json() == whole[500:]
    assert [entry async for entry in read_on(client, place, limit="60")] == whole
    stranger = await api(people.eve).get(place, params={"after": first[-1]["next"]})
    assert stranger.status_code == 404
    for wrong in (
        {"limit": "0"}, {"limit": "501"}, {"after": ""}, {"after": "x"}, {"after": "-1"},
        {"after": str(2**63)},
    ):  # fmt: skip
        assert (await client.get(place, params=wrong)).status_code == 422, wrong


LONG_AGO = """
    insert into sales.history
        (event_id, name, kind, subject_id, version, at, via, seen, body, changes)
    select gen_random_uuid(), 'sales.deal-changed.v1', 'deal', %(id)s, version,
        now() - interval '1 day' * (1 + %(entries)s - version), 'screen', '{}', '{}',
        jsonb_build_object('about', jsonb_build_array(version - 1, version))
    from generate_series(2, %(entries)s) version
"""


async def read_on(
    client: httpx2.AsyncClient, place: str, **query: str
) -> AsyncIterator[dict[str, Any]]:
    """All entries, page by page."""
    after: dict[str, str] = {}
    while True:
        page = (await client.get(place, params=query | after)).json()
        for entry in page:
            yield entry
        if page[-1]["next"] is None:
            return
        after = {"after": page[-1]["next"]}


async def test_a_lost_deal_says_why(api: As, people: People, pipeline: Pipeline) -> None:
    client = api(people.ann)
    deal = await opened(client)
    lost = {"version": 1, "stage_id": str(pipeline.stages[3].id)}
    refused = await client.post(f"/deals/{deal.id}/move", json=lost)
    assert (refused.status_code, refused.json()["code"]) == (422, "sales.lost-reason-needed")
    reply = await client.post(f"/deals/{deal.id}/move", json={**lost, "lost_reason": "Price"})
    assert (reply.json()["kind"], reply.json()["lost_reason"]) == ("lost", "Price")


async def test_a_stale_change_shows_what_has_changed(
    api: As, people: People, pipeline: Pipeline
) -> None:
    client = api(people.ann)
    deal = await opened(client)
    await client.patch(f"/deals/{deal.id}", json={"version": 1, "title": "Ship"})
    reply = await client.patch(f"/deals/{deal.id}", json={"version": 1, "title": "Raft"})
    assert (reply.status_code, reply.json()["code"]) == (409, "stale")
    assert reply.json()["data"]["changes"] == {"title": ["Boat", "Ship"]}
    assert reply.json()["data"]["current"]["title"] == "Ship"
    assert reply.json()["data"]["by"] == str(people.ann.id)


async def test_one_of_many_at_once_wins(api: As, people: People, pipeline: Pipeline) -> None:
    client = api(people.ann)
    deal = await opened(client)
    change = {"version": 1, "stage_id": str(pipeline.stages[1].id)}
    replies = await asyncio.gather(
        *(client.post(f"/deals/{deal.id}/move", json=change) for _ in range(8))
    )
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 7


async def test_the_same_key_opens_one_deal(api: As, people: People, pipeline: Pipeline) -> None:
    client = api(people.bob)
    key = {"Idempotency-Key": str(uuid4())}
    body = {"title": "Once"}
    replies = await asyncio.gather(
        *(client.post("/deals", json=body, headers=key) for _ in range(5))
    )
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["id"] for reply in replies}) == 1
    other = await client.post("/deals", json={"title": "Twice"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    found = (await client.get("/deals", params={"q": "once"})).json()["items"]
    assert len(found) == 1


async def test_a_strangers_deal_is_not_there(api: As, people: People, pipeline: Pipeline) -> None:
    deal = await opened(api(people.ann))
    stranger = api(people.eve)
    absent = await stranger.get(f"/deals/{uuid4()}")
    for reply in (
        await stranger.get(f"/deals/{deal.id}"),
        await stranger.get(f"/deals/{deal.id}/history"),
        await stranger.patch(f"/deals/{deal.id}", json={"version": 1, "title": "Mine"}),
    ):
        assert reply.status_code == 404
        assert reply.json()["detail"] == absent.json()["detail"]
    listed = (await stranger.get("/deals", params={"ids": str(deal.id)})).json()
    assert listed["items"] == []


async def test_a_colleague_sees_but_does_not_change(
    api: As, people: People, pipeline: Pipeline
) -> None:
    deal = await opened(api(people.ann))
    colleague = api(people.bob)
    assert (await colleague.get(f"/deals/{deal.id}")).status_code == 200
    refused = await colleague.patch(f"/deals/{deal.id}", json={"version": 1, "title": "Mine"})
    assert (refused.status_code, refused.json()["data"]) == (403, {"right": "sales.deal.edit"})


async def test_the_head_reassigns_and_the_team_goes_along(
    api: As, people: People, pipeline: Pipeline
) -> None:
    deal = await opened(api(people.ann))
    reply = await api(people.head).patch(
        f"/deals/{deal.id}", json={"version": 1, "owner_id": str(people.eve.id)}
    )
    assert (reply.status_code, reply.json()["team_id"]) == (200, str(people.eve.team_id))
    assert (await api(people.bob).get(f"/deals/{deal.id}")).status_code == 404
    assert (await api(people.eve).get(f"/deals/{deal.id}")).status_code == 200


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({}, "title"),
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "x", "worth": {"amount": "1.001", "currency": "EUR"}}, "worth.amount"),
        ({"title": "x", "worth": {"amount": "1", "currency": "eur"}}, "worth.currency"),
        ({"title": "x", "worth": {"amount": "NaN", "currency": "EUR"}}, "worth.amount"),
        ({"title": "x", "worth": {"amount": "-1", "currency": "EUR"}}, "worth.amount"),
        ({"title": "\u200b"}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"title": "x", "company_id": "7"}, "company_id"),
        ({"title": "x", "colour": "red"}, "colour"),
        ({"title": "x", "owner_id": str(uuid4())}, "owner_id"),
    ],
)
async def test_a_bad_field_is_named(
    api: As, people: People, pipeline: Pipeline, draft: dict[str, object], field: str
) -> None:
    reply = await api(people.ann).post("/deals", json=draft)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert [error["field"] for error in reply.json()["errors"]] == [field]


async def test_a_change_is_held_to_the_same_rules(
    api: As, people: People, pipeline: Pipeline
) -> None:
    client = api(people.ann)
    deal = await opened(client, worth={"amount": "5", "currency": "EUR"})
    for change, field in (
        ({"version": 1, "worth": {"amount": "-5", "currency": "EUR"}}, "worth.amount"),
        ({"version": 10**30, "title": "x"}, "version"),
        ({"version": 2**63, "title": "x"}, "version"),
    ):
        reply = await client.patch(f"/deals/{deal.id}", json=change)
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, field)
    broken = await client.post(
        "/deals", content=b'{"title"', headers={"content-type": "application/json"}
    )
    assert (broken.status_code, broken.json()["errors"][0]["field"]) == (422, "body")
    for due in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        reply = await client.post("/tasks", json={"title": "x", "due_at": due})
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "due_at")


async def test_what_is_no_word_finds_nothing(api: As, people: People, pipeline: Pipeline) -> None:
    client = api(people.ann)
    await opened(client)
    for path in ("/deals", "/companies", "/people", "/tasks"):
        for q in ("!", "😀", "%"):
            assert (await client.get(path, params={"q": q})).json()["items"] == [], (path, q)


async def test_text_that_is_none_is_refused_at_the_edge(api: As, people: People) -> None:
    client = api(people.ann)
    for title in (b'"a\\u0000b"', b'"\\ud800"', b'"\xff"', b'"a\x00b"'):
        reply = await client.post(
            "/deals",
            content=b'{"title": ' + title + b"}",
            headers={"content-type": "application/json"},
        )
        assert reply.status_code in {400, 422}, title
        if b"\\u" in title:
            assert [error["field"] for error in reply.json()["errors"]] == ["title"]
    whole = await client.post(
        "/deals",
        content=b'{"title": "\\ud83d\\ude80"}',
        headers={"content-type": "application/json"},
    )
    assert whole.status_code == 201


async def test_a_deal_is_found_by_its_words_within_ones_rights(
    api: As, people: People, pipeline: Pipeline, gausdo: Gausdo
) -> None:
    for owner in (people.ann, people.ann, people.eve):
        deal = await opened(api(owner), title="Поставка ёмкостей, насосов-дозаторов O'Hara")
        if owner is people.ann:
            elsewhere = deal.id
    async with gausdo.databases["sales"].connection() as connection:
        moved = "update sales.deal set team_id = %s where id = %s"
        await connection.execute(moved, [people.eve.team_id, elsewhere])
    for q in ("емк", "Ёмкость насос", "o'hara", "насосов-доз", "дозатор поставки"):
        for actor, owners in (
            (people.ann, ["Ann", "Ann"]),
            (people.bob, ["Ann"]),
            (people.eve, ["Ann", "Eve"]),
            (people.head, ["Ann", "Ann", "Eve"]),
            (people.admin, ["Ann", "Ann", "Eve"]),
        ):
            told = await api(actor).get("/deals", params={"q": q})
            found = Listed[Deal].model_validate_json(told.content).items
            assert sorted(deal.owner.name for deal in found) == owners, q
            line = f"/pipelines/{pipeline.id}/board"
            board = Board.model_validate_json((await api(actor).get(line, params={"q": q})).content)
            assert board.columns[0].count == len(owners), q


async def test_pages_go_on_where_they_ended(api: As, people: People, pipeline: Pipeline) -> None:
    client = api(people.eve)
    for number in range(7):
        await opened(client, title=f"Page {number}", worth={"amount": number, "currency": "RUB"})
    for sort in ("amount", "-amount", "title", "-created_at", "expected_on"):
        seen: list[str] = []
        after: dict[str, str] = {}
        while True:
            reply = await client.get(
                "/deals", params={"q": "page", "sort": sort, "limit": 3, **after}
            )
            page = Listed[Deal].model_validate_json(reply.content)
            seen += [deal.title for deal in page.items]
            if page.next is None:
                break
            after = {"after": page.next}
        whole = (await client.get("/deals", params={"q": "page", "sort": sort})).json()["items"]
        assert seen == [deal["title"] for deal in whole]
        assert len(seen) == 7


async def test_bad_queries_are_named(api: As, people: People, pipeline: Pipeline) -> None:
    client = api(people.ann)
    for params, field in (
        ({"sort": "password"}, "sort"),
        ({"after": "AAAA"}, "after"),
        ({"after": "WyJ4IiwieSJd"}, "after"),
        ({"limit": 5000}, "limit"),
        ({"filter": "{"}, "filter"),
        ({"filter": '{"field":"secret","op":"eq","value":1}'}, "filter.field"),
        ({"ids": "1,2"}, "ids"),
        ({"colour": "red"}, "colour"),
    ):
        reply = await client.get("/deals", params=params)
        assert reply.status_code == 422, (params, reply.text)
        assert reply.json()["errors"][0]["field"].startswith(field.partition(".")[0]), reply.text


async def test_the_board_has_exact_numbers(
    api: As, people: People, gausdo: Gausdo, settled: Callable[[], Awaitable[None]]
) -> None:
    draft = PipelineDraft.model_validate({"name": "Board", "stages": STAGES})
    board_line = await gausdo.get(Sales).add_pipeline(ADMIN, draft)
    for client, title, amount, currency, stage in (
        (api(people.ann), "Roof", "100.10", "RUB", 0),
        (api(people.ann), "Wall", "200.20", "RUB", 0),
        (api(people.bob), "Roof", "50", "EUR", 0),
        (api(people.eve), "Roof", "999", "RUB", 0),
        (api(people.ann), "Roof", "10", "RUB", 1),
    ):
        await opened(
            client,
            title=title,
            pipeline_id=str(board_line.id),
            stage_id=str(board_line.stages[stage].id),
            worth={"amount": amount, "currency": currency},
        )
    reply = await api(people.ann).get(f"/pipelines/{board_line.id}/board", params={"limit": 2})
    board = Board.model_validate_json(reply.content)
    assert [column.count for column in board.columns] == [3, 1, 0, 0]
    sums = {one.currency: (str(one.sum), str(one.weighted)) for one in board.columns[0].sums}
    assert sums == {"RUB": ("300.30", "30.03"), "EUR": ("50.00", "5.00")}
    assert len(board.columns[0].deals) == 2
    lanes = (await api(people.ann).get(f"/pipelines/{board_line.id}/lanes")).json()
    ann, bob = str(people.ann.id), str(people.bob.id)
    assert [(lane["owner_id"], lane["count"]) for lane in lanes] == [(ann, 3), (bob, 1)]
    assert lanes[0]["sums"] == [{"amount": "310.30", "currency": "RUB"}]
    for params, told in (
        ({"q": "roof"}, {ann: [2, "110.10"], bob: [1, "50.00"]}),
        ({"owner_id": bob}, {bob: [1, "50.00"]}),
        ({"q": "wall", "owner_id": bob}, {}),
    ):
        lanes = (
            await api(people.ann).get(f"/pipelines/{board_line.id}/lanes", params=params)
        ).json()
        found = {one["owner_id"]: [one["count"], one["sums"][0]["amount"]] for one in lanes}
        assert found == told, params
    more = await api(people.ann).get(
        "/deals",
        params={
            "stage_id": str(board_line.stages[0].id),
            "sort": "-stage_since",
            "after": board.columns[0].next,
        },
    )
    assert len(more.json()["items"]) == 1
    absent = await api(people.ann).get(f"/pipelines/{uuid4()}/board")
    assert absent.status_code == 404


async def test_nobody_gets_in_without_signing_in(api: As) -> None:
    for path in ("/deals", "/pipelines", "/me"):
        reply = await api(None).get(path)
        assert (reply.status_code, reply.json()["code"]) == (401, "signed-out")
