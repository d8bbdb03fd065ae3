"""Many at once on real sockets: each change once, every loser told, nothing lost or doubled."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import select

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.modules.identity.contract import Identity, UserDraft
from gausdo.modules.sales.contract import Pipeline, PipelineDraft, Sales
from tests.conftest import ADMIN, PASSWORD, People, superuser
from tests.hostile.conftest import Site
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
Settled = Callable[[], Awaitable[None]]
STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Talks", "probability": 50},
    {"name": "Offer", "probability": 70},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]
CROWD, DEALS, DRAGS = 50, 4, 4
FILE = 510
"""Rows: more than are brought in one transaction."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pipeline(gausdo: Gausdo) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def crowd(gausdo: Gausdo, people: People, settled: Settled) -> list[Actor]:
    """Fifty people who may change every deal."""
    identity = gausdo.get(Identity)
    found = []
    for number in range(CROWD):
        draft = UserDraft(
            name=f"One {number}",
            email=f"one-{number}@example.org",
            password=PASSWORD,
            role="administrator",
        )
        found.append(await identity.actor((await identity.join(ADMIN, draft)).id))
    await settled()
    return found


async def patiently(
    ask: Callable[[], Awaitable[httpx2.Response]], seconds: float = 90
) -> httpx2.Response:
    """As a page does: what is answered 503 is asked again after the time it says."""
    deadline = asyncio.get_running_loop().time() + seconds
    while (reply := await ask()).status_code == 503:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(int(reply.headers["retry-after"]))
    return reply


async def dragged(
    browser: httpx2.AsyncClient, deal: dict[str, Any], stages: list[str], number: int
) -> list[tuple[int, int]]:
    """What one person made of a deal: (version seen, version made) of each drag that held."""
    made, seen = [], deal
    for turn in range(DRAGS):
        elsewhere = [stage for stage in stages if stage != seen["stage_id"]]
        stage = elsewhere[(number + turn) % len(elsewhere)]
        move = {"version": seen["version"], "stage_id": stage}
        reply = await patiently(lambda m=move: browser.post(f"/deals/{deal['id']}/move", json=m))
        told = reply.json()
        if reply.status_code == 200:
            made.append((seen["version"], told["version"]))
            seen = told
        else:
            assert (reply.status_code, told["code"]) == (409, "stale"), reply.text
            assert told["data"]["current"]["version"] > seen["version"]
            assert "stage_id" in told["data"]["changes"]
            seen = told["data"]["current"]
    return made


async def test_fifty_people_drag_the_same_deals_at_once(
    site: Site, gausdo: Gausdo, crowd: list[Actor], pipeline: Pipeline, settled: Settled
) -> None:
    browsers = [await site.browser(one) for one in crowd]
    first = browsers[0]
    deals = [(await first.post("/deals", json={"title": f"D{n}"})).json() for n in range(DEALS)]
    stages = [str(stage.id) for stage in pipeline.stages if stage.kind == "open"]
    drags = [
        asyncio.create_task(dragged(browser, deals[number % DEALS], stages, number))
        for number, browser in enumerate(browsers)
    ]
    made = await asyncio.gather(*drags)
    for place, deal in enumerate(deals):
        held = sorted(pair for one in made[place::DEALS] for pair in one)
        last = (await first.get(f"/deals/{deal['id']}")).json()
        # Each version was made from the one before, by one person.
        assert held == [(version - 1, version) for version in range(2, last["version"] + 1)]
        # Whoever was refused has seen another's drag hold, so there were as many as one tried.
        assert len(held) >= DRAGS
        history = (await first.get(f"/deals/{deal['id']}/history")).json()
        assert [one["version"] for one in history] == list(range(last["version"], 0, -1))
        assert history[0]["changes"]["stage_id"][1] == last["stage_id"]
        for later, earlier in pairwise(history[:-1]):
            assert later["changes"]["stage_id"][0] == earlier["changes"]["stage_id"][1]
    await settled()
    board = (await first.get(f"/pipelines/{pipeline.id}/board")).json()
    assert sum(column["count"] for column in board["columns"]) == DEALS
    for browser in browsers:
        await browser.aclose()


async def test_twenty_send_the_same_creation_at_once_and_get_one_answer(
    site: Site, people: People, pipeline: Pipeline
) -> None:
    async with site.client(people.ann) as client:

        def send() -> Awaitable[httpx2.Response]:
            key = {"idempotency-key": "one-order-only"}
            return client.post("/deals", json={"title": "Only one"}, headers=key)

        replies = await asyncio.gather(*(patiently(send) for _ in range(20)))
        assert {reply.status_code for reply in replies} == {201}
        assert len({reply.content for reply in replies}) == 1
        found = (await client.get("/deals", params={"q": "Only one"})).json()["items"]
    assert len(found) == 1


async def test_twenty_add_the_same_person_at_once_and_one_does(site: Site, people: People) -> None:
    async with site.client(people.ann) as client:
        person = {"name": "Ada", "emails": ["ada@example.org"]}
        replies = await asyncio.gather(
            *(patiently(lambda: client.post("/people", json=person)) for _ in range(20))
        )
        assert sorted(reply.status_code for reply in replies) == [201] + [409] * 19
        refused = {reply.json()["code"] for reply in replies if reply.status_code == 409}
        assert refused == {"customers.duplicate"}


async def test_twenty_bring_the_same_file_at_once_and_each_row_comes_once(
    site: Site, people: People
) -> None:
    rows = [f"Guest {n},guest-{n}@example.org" for n in range(50)]
    file = "\n".join(("name,email", *rows)).encode()
    async with site.client(people.admin) as client:

        def bring() -> Awaitable[httpx2.Response]:
            return client.post(
                "/imports/people", content=file, headers={"content-type": "text/csv"}
            )

        replies = await asyncio.gather(*(patiently(bring) for _ in range(20)))
        assert {reply.status_code for reply in replies} == {200}
        reports = [reply.json() for reply in replies]
        assert sum(report["created"] for report in reports) == 50
        assert all(report["created"] + len(report["refused"]) == 50 for report in reports)
        found = await client.get("/people", params={"q": "Guest", "limit": 200})
    assert len(found.json()["items"]) == 50


async def test_four_files_at_once_come_whole_and_others_work_meanwhile(
    site: Site, gausdo: Gausdo, people: People, pipeline: Pipeline
) -> None:
    bringers = (people.admin, people.head) * 2
    files = [
        "\n".join(("name,city", *(f"Crowd {file}-{row},Perm" for row in range(FILE)))).encode()
        for file in range(len(bringers))
    ]
    async with AsyncExitStack() as clients:
        brings = []
        for bringer, file in zip(bringers, files, strict=True):
            client = await clients.enter_async_context(site.client(bringer))
            kind = {"content-type": "text/csv"}
            ask = client.post("/imports/companies", content=file, headers=kind)
            brings.append(asyncio.create_task(ask))
        other = await clients.enter_async_context(site.client(people.bob))
        meanwhile = []
        while not all(task.done() for task in brings):
            meanwhile.append(await other.post("/deals", json={"title": f"M{len(meanwhile)}"}))
            meanwhile.append(await other.get("/deals", params={"limit": 5}))
    assert {(task.result().status_code, task.result().json()["created"]) for task in brings} == {
        (200, FILE)
    }
    assert len(meanwhile) >= 4
    assert {reply.status_code for reply in meanwhile} == {200, 201}
    with superuser(gausdo) as db:
        names = (
            "select count(*), count(distinct name) from customers.company where name ~ '^Crowd '"
        )
        assert db.execute(names).fetchone() == (FILE * 4, FILE * 4)


async def test_three_hundred_requests_at_once_are_answered_or_clearly_refused(
    site: Site, gausdo: Gausdo, crowd: list[Actor], pipeline: Pipeline
) -> None:
    """With a key each: what was refused is asked again, and is done once."""
    async with AsyncExitStack() as clients:
        browsers = [await clients.enter_async_context(site.client(one)) for one in crowd]

        def change(number: int) -> Awaitable[httpx2.Response]:
            browser = browsers[number % CROWD]
            key = {"idempotency-key": f"at-once-{number}"}
            return browser.post("/deals", json={"title": f"At once {number}"}, headers=key)

        def look(number: int) -> Awaitable[httpx2.Response]:
            paths = ("/deals", f"/pipelines/{pipeline.id}/board", "/deals?q=once")
            return browsers[number % CROWD].get(paths[number % len(paths)])

        begun = asyncio.get_running_loop().time()
        asked = [one(number) for number in range(150) for one in (change, look)]
        replies = await asyncio.gather(*asked)
        assert asyncio.get_running_loop().time() - begun < 60
        refused = [reply for reply in replies if not reply.is_success]
        assert len(refused) < len(replies)
        assert {reply.status_code for reply in refused} <= {503}
        assert all(int(reply.headers["retry-after"]) > 0 for reply in refused)
        once_more = [number for number in range(150) if not replies[2 * number].is_success]
        again = await asyncio.gather(*(patiently(lambda n=n: change(n)) for n in once_more))
    assert {reply.status_code for reply in again} <= {201}
    with superuser(gausdo) as db:
        titles = "select count(*), count(distinct title) from sales.deal where title ~ '^At once '"
        assert db.execute(titles).fetchone() == (150, 150)


async def test_a_poison_event_lets_the_others_pass_and_is_run_again_in_order(
    site: Site, gausdo: Gausdo, people: People, settled: Settled, pipeline: Pipeline
) -> None:
    await settled(150)  # whom two thousand records that have just come in may be twice is looked at
    async with site.client(people.admin) as admin, site.client(people.ann) as ann:
        with superuser(gausdo) as db:
            db.execute("alter table activities.known add constraint p check (label <> 'Poison')")
        sick = (await admin.post("/companies", json={"name": "Poison"})).json()
        # a handler reads the name as it is then
        waiting = await eventually(lambda: parked_of(admin), 110)
        change = {"version": 1, "name": "Cured"}
        assert (await admin.patch(f"/companies/{sick['id']}", json=change)).status_code == 200
        well = (await admin.post("/companies", json={"name": "Well"})).json()
        assert await eventually(lambda: known(gausdo, well["id"]), 110) == "Well"
        (parked,) = waiting
        told = (parked["consumer"], parked["kind"], parked["subject_id"])
        assert told == ("activities", "company", sick["id"])
        assert "known" in parked["error"]
        record = {"kind": "company", "subject_id": sick["id"]}
        assert (await ann.get("/parked-events")).status_code == 403
        assert (await ann.post("/parked-events/run-again", json=record)).status_code == 403
        with superuser(gausdo) as db:
            db.execute("alter table activities.known drop constraint p")
        again = await admin.post("/parked-events/run-again", json=record)
        assert again.json() == {"consumers": 1}, again.text
        await eventually(lambda: nothing_parked(admin), 110)
        assert await known(gausdo, sick["id"]) == "Cured"
        nothing = await admin.post("/parked-events/run-again", json=record)
        assert (nothing.status_code, nothing.json()["code"]) == (404, "not-found")


async def known(gausdo: Gausdo, id: str) -> str | None:
    """What activities call a record of somebody else's."""
    db = gausdo.databases["activities"]
    label = select(db.schema.known.c.label).where(db.schema.known.c.id == UUID(id))
    async with db.begin() as tx:
        found: str | None = await tx.session.scalar(label)
        return found


async def parked_of(admin: httpx2.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await admin.get("/parked-events")).json()
    return found


async def nothing_parked(admin: httpx2.AsyncClient) -> bool:
    return not await parked_of(admin)
