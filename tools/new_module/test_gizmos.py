"""Gizmos through the API: added, listed, changed, seen by those who may."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.conftest import As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def added(client: httpx2.AsyncClient, **draft: Any) -> dict[str, Any]:
    reply = await client.post("/gizmos", json={"title": "First", **draft})
    assert reply.status_code == 201, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def test_what_was_added_is_there(api: As, people: People) -> None:
    client = api(people.ann)
    told = await added(client, title="Roses", about="Red ones")
    assert (told["title"], told["owner_id"], told["version"]) == ("Roses", str(people.ann.id), 1)
    assert (await client.get(f"/gizmos/{told['id']}")).json() == told
    found = (await client.get("/gizmos", params={"q": "rose"})).json()["items"]
    assert [one["id"] for one in found] == [told["id"]]


async def test_the_same_key_adds_one(api: As, people: People) -> None:
    client = api(people.bob)
    key = {"Idempotency-Key": str(uuid4())}
    replies = [await client.post("/gizmos", json={"title": "Once"}, headers=key) for _ in range(2)]
    assert {reply.status_code for reply in replies} == {201}
    assert replies[0].json() == replies[1].json()


async def test_a_stale_change_shows_what_has_changed(api: As, people: People) -> None:
    client = api(people.ann)
    place = f"/gizmos/{(await added(client))['id']}"
    changed = await client.patch(place, json={"version": 1, "title": "Second"})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    stale = await client.patch(place, json={"version": 1, "title": "Third"})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["data"]["changes"] == {"title": ["First", "Second"]}


async def test_a_strangers_record_is_not_there(api: As, people: People) -> None:
    place = f"/gizmos/{(await added(api(people.ann)))['id']}"
    stranger, colleague = api(people.eve), api(people.bob)
    change = {"version": 1, "title": "Mine"}
    assert (await stranger.get(place)).status_code == 404
    assert (await stranger.patch(place, json=change)).status_code == 404
    assert (await colleague.get(place)).status_code == 200
    assert (await colleague.patch(place, json=change)).status_code == 403


async def test_the_head_gives_it_away_and_the_team_goes_along(api: As, people: People) -> None:
    place = f"/gizmos/{(await added(api(people.ann)))['id']}"
    given = {"version": 1, "owner_id": str(people.eve.id)}
    reply = await api(people.head).patch(place, json=given)
    assert (reply.status_code, reply.json()["team_id"]) == (200, str(people.eve.team_id))
    assert (await api(people.ann).get(place)).status_code == 404


async def test_pages_go_on_where_they_ended(api: As, people: People) -> None:
    client = api(people.eve)
    for number in range(5):
        await added(client, title=f"Page {number}")
    for sort in ("title", "-title", "created_at", "-created_at"):
        asked = {"q": "page", "sort": sort, "limit": "2"}
        seen: list[str] = []
        page: dict[str, Any] = {"next": None}
        while not seen or page["next"]:
            after = {"after": page["next"]} if seen else {}
            page = (await client.get("/gizmos", params={**asked, **after})).json()
            seen += [one["title"] for one in page["items"]]
        assert sorted(seen) == [f"Page {number}" for number in range(5)]
        assert seen == sorted(seen, reverse=sort.startswith("-"))
