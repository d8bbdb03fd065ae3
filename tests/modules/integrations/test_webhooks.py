"""Webhooks: signed, at least once with one id, slow receivers apart from the others."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update
from standardwebhooks import Webhook

from gausdo.app import Gausdo
from gausdo.demo.sink import Sink
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import new_id, now
from gausdo.modules.integrations.contract import (
    Delivery,
    ForbiddenAddress,
    HookDraft,
    Integrations,
)
from gausdo.modules.integrations.jobs import deliver, seal
from gausdo.modules.integrations.service import IntegrationsService
from gausdo.modules.integrations.tables import DeliveryRow
from gausdo.platform.backoff import TRIES
from gausdo.platform.crypto import Unreadable
from tests.conftest import As, People, superuser
from tests.modules.integrations.conftest import Receiver
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio
Settled = Callable[[], Awaitable[None]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hooks(gausdo: Gausdo, people: People) -> Integrations:
    return gausdo.get(Integrations)


async def queue(
    gausdo: Gausdo, people: People, url: str, count: int = 1, **columns: Any
) -> list[DeliveryRow]:
    """Calls as `call` queues them, without waking the worker."""
    service: IntegrationsService = gausdo.services["integrations"]
    async with service.db.begin(people.admin) as tx:
        rows = [
            DeliveryRow.queue(HookDraft(url=url, event="test", body={"n": n}), people.admin)
            for n in range(count)
        ]
        for row in rows:
            for name, value in columns.items():
                setattr(row, name, value)
        tx.add(*rows)
    return rows


async def state_of(hooks: Integrations, people: People, id: object) -> dict[str, Any]:
    told = json.loads(await hooks.list_deliveries(people.admin, ListQuery(ids=str(id))))
    found: dict[str, Any] = told["items"][0]
    return found


def got(receiver: Receiver, *rows: DeliveryRow) -> list[str]:
    """The ids of these calls, as often as they came; earlier tests' may still be coming too."""
    ids = {str(row.id) for row in rows}
    return [told["webhook-id"] for told, _ in receiver.got if told["webhook-id"] in ids]


async def again(service: IntegrationsService, id: object) -> None:
    async with service.db.begin() as tx:
        await tx.session.execute(
            update(DeliveryRow).where(DeliveryRow.id == id).values(due_at=now())
        )
    await deliver(service)


async def test_a_call_arrives_signed_and_once(
    hooks: Integrations, people: People, sink: Sink, settled: Settled
) -> None:
    sink.trust(await hooks.signing_secret(people.admin))
    key = f"key-{new_id()}"
    draft = HookDraft(
        url=f"http://127.0.0.1:{sink.http}/x", event="deal.won", body={"type": "deal.won", "n": 1}
    )
    told = await asyncio.gather(*(hooks.call(people.head, draft, key) for _ in range(3)))
    assert len({delivery.id for delivery in told}) == 1
    await settled()
    delivery: Delivery = told[0]
    after = await state_of(hooks, people, delivery.id)
    assert (after["state"], after["status"], after["attempts"]) == ("delivered", 204, 1)
    assert after["delivered_at"] is not None
    (call,) = [one for one in sink.calls.listed() if one["id"] == str(delivery.id)]
    assert (call["verified"], call["times"]) == (True, 1)
    assert call["body"] == {"type": "deal.won", "n": 1}


async def test_the_secret_is_made_once_and_shown_to_those_who_may(
    hooks: Integrations, people: People, api: As
) -> None:
    told = await asyncio.gather(*(hooks.signing_secret(people.admin) for _ in range(5)))
    assert len(set(told)) == 1
    Webhook(told[0])
    shown = await api(people.admin).get("/webhooks/secret")
    assert shown.json() == {"secret": told[0]}
    with pytest.raises(Forbidden):
        await hooks.signing_secret(people.ann)
    assert (await api(people.ann).get("/webhooks/secret")).status_code == 403


async def test_a_receiver_that_fails_is_asked_again_with_the_same_id(
    hooks: Integrations, gausdo: Gausdo, people: People, receiver: Receiver
) -> None:
    service, receiver.status = gausdo.services["integrations"], 503
    (row,) = await queue(gausdo, people, receiver.url)
    await deliver(service)
    told = await state_of(hooks, people, row.id)
    assert (told["state"], told["status"], told["attempts"]) == ("waiting", 503, 1)
    assert told["error"] == "The receiver answered 503."
    receiver.status = 202
    await again(service, row.id)
    told = await state_of(hooks, people, row.id)
    assert (told["state"], told["status"], told["error"]) == ("delivered", 202, None)
    assert got(receiver, row) == [str(row.id)] * 2
    webhook = Webhook(await service.secret())
    for headers, body in receiver.got:
        assert "n" in webhook.verify(body, headers)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, ("delivered", 200)), (500, ("waiting", 500)), (410, ("failed", 410))],
)
async def test_an_address_is_tried(
    hooks: Integrations, gausdo: Gausdo, people: People, api: As, receiver: Receiver,
    settled: Settled, status: int, outcome: tuple[str, int],
) -> None:  # fmt: skip
    receiver.status = status
    asked = await api(people.admin).post("/webhooks/trial", json={"url": receiver.url})
    assert (asked.status_code, asked.json()["state"]) == (201, "waiting"), asked.text
    await settled()
    query = {"ids": asked.json()["id"]}
    (told,) = (await api(people.admin).get("/deliveries", params=query)).json()["items"]
    assert (told["state"], told["status"], told["attempts"]) == (*outcome, 1)
    ((headers, body),) = receiver.got
    webhook = Webhook(await hooks.signing_secret(people.admin))
    assert webhook.verify(body, headers) == {"type": "gausdo.test"}
    assert headers["webhook-id"] == told["id"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/in", "https://10.0.0.1/", "not an address"])
async def test_an_address_that_may_not_be_called_is_not_tried(
    people: People, api: As, url: str
) -> None:
    refused = await api(people.admin).post("/webhooks/trial", json={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, "integrations.forbidden-address")
    refused = await api(people.ann).post("/webhooks/trial", json={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 429, 500])
async def test_whatever_is_no_success_is_tried_again(
    hooks: Integrations, gausdo: Gausdo, people: People, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    (row,) = await queue(gausdo, people, receiver.url)
    await deliver(gausdo.services["integrations"])
    told = await state_of(hooks, people, row.id)
    assert (told["state"], told["status"]) == ("waiting", status)
    assert got(receiver, row) == [str(row.id)]


async def test_a_receiver_that_is_gone_is_left_alone(
    hooks: Integrations, gausdo: Gausdo, people: People, api: As, settled: Settled,
    receiver: Receiver,
) -> None:  # fmt: skip
    receiver.status = 410
    (row,) = await queue(gausdo, people, receiver.url)
    await deliver(gausdo.services["integrations"])
    told = await state_of(hooks, people, row.id)
    assert (told["state"], told["status"], told["attempts"]) == ("failed", 410, 1)
    place = f"/deliveries/{row.id}/deliver-again"
    assert (await api(people.ann).post(place)).status_code == 403
    receiver.status = 200
    asked = await api(people.admin).post(place)
    assert asked.json()["state"] == "waiting"
    await settled()
    assert (await state_of(hooks, people, row.id))["state"] == "delivered"
    refused = await api(people.admin).post(place)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_a_call_given_up_arrives_once_when_several_run_it_again(
    hooks: Integrations, gausdo: Gausdo, people: People, api: As, settled: Settled,
    receiver: Receiver,
) -> None:  # fmt: skip
    service, receiver.status = gausdo.services["integrations"], 500
    (row,) = await queue(gausdo, people, receiver.url, attempts=TRIES - 1)
    await deliver(service)
    assert (await state_of(hooks, people, row.id))["state"] == "failed"
    receiver.reset()
    place = f"/deliveries/{row.id}/deliver-again"
    asked = await asyncio.gather(*(api(people.admin).post(place) for _ in range(8)))
    assert sorted(one.status_code for one in asked) == [200] + [409] * 7
    await settled()
    await deliver(service)
    told = await state_of(hooks, people, row.id)
    assert (told["state"], told["status"], told["attempts"]) == ("delivered", 200, 1)
    assert got(receiver, row) == [str(row.id)]
    [(headers, body)] = [one for one in receiver.got if one[0]["webhook-id"] == str(row.id)]
    assert Webhook(await service.secret()).verify(body, headers) == {"n": 0}


async def test_a_slow_receiver_does_not_delay_the_others(
    gausdo: Gausdo, people: People, receiver: Receiver, other: Receiver
) -> None:
    receiver.late = 1.5
    slow = await queue(gausdo, people, receiver.url, 12)
    quick = await queue(gausdo, people, other.url, 20)
    job = asyncio.create_task(deliver(gausdo.services["integrations"]))
    await eventually(lambda: len(got(other, *quick)) == 20)
    assert len(got(receiver, *slow)) < 12  # most of the slow one's calls are still to come
    await job
    await eventually(lambda: len(got(receiver, *slow)) == 12)


async def test_a_kill_repeats_a_call_once_its_lease_has_run_out(
    hooks: Integrations, gausdo: Gausdo, people: People, receiver: Receiver
) -> None:
    service, receiver.late = gausdo.services["integrations"], 5.0
    job = None
    while job is None or job.done():  # unless the worker beside us was first
        (row,) = await queue(gausdo, people, receiver.url)
        job = asyncio.create_task(deliver(service))
        await eventually(lambda row=row: bool(got(receiver, row)))
        await asyncio.wait({job}, timeout=0.5)
    job.cancel()  # as SIGKILL would: after the call, before it is recorded
    await asyncio.gather(job, return_exceptions=True)
    receiver.late = 0.0
    await deliver(service)
    assert len(got(receiver, row)) == 1  # somebody may still be at it
    async with service.db.begin() as tx:
        await tx.session.execute(
            update(DeliveryRow).where(DeliveryRow.id == row.id).values(leased_until=now())
        )
    await deliver(service)  # or the worker beside us, whoever comes first
    await eventually(lambda: len(got(receiver, row)) > 1)
    assert got(receiver, row) == [str(row.id)] * 2

    async def delivered() -> bool:
        return bool((await state_of(hooks, people, row.id))["state"] == "delivered")

    await eventually(delivered)
    assert got(receiver, row) == [str(row.id)] * 2


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/",
        "http://example.com/",
        "https://user:pw@example.com/",
        "https://example.com:22/",
        "file:///etc/passwd",
    ],
)
async def test_an_address_inside_is_refused_at_once(
    hooks: Integrations, people: People, url: str
) -> None:
    with pytest.raises(ForbiddenAddress):
        await hooks.call(people.admin, HookDraft(url=url, event="x"))
    with pytest.raises(ForbiddenAddress):
        await hooks.check_address(people.admin, url)


async def test_a_name_that_leads_inside_is_found_out_at_the_call(
    hooks: Integrations, gausdo: Gausdo, people: People
) -> None:
    (row,) = await queue(gausdo, people, "https://localhost/")
    await deliver(gausdo.services["integrations"])
    told = await state_of(hooks, people, row.id)
    assert (told["state"], told["status"]) == ("failed", None)
    assert told["error"] == "This address may not be called."


async def test_who_may_not_call_calls_nothing(hooks: Integrations, people: People) -> None:
    with pytest.raises(Forbidden):
        await hooks.call(people.ann, HookDraft(url="https://example.com/", event="x"))
    with pytest.raises(Forbidden):
        await hooks.list_deliveries(people.ann, ListQuery())


async def test_a_secret_of_the_release_before_is_read_on_and_sealed(
    hooks: Integrations, gausdo: Gausdo, people: People
) -> None:
    told = await hooks.signing_secret(people.admin)
    kept = "select secret, encode(sealed, 'escape') from integrations.secret"
    with superuser(gausdo) as admin:
        [(plain, sealed)] = admin.execute(kept).fetchall()
        assert plain is None
        assert told not in sealed
        admin.execute("update integrations.secret set secret = %s, sealed = null", [told])
    assert await hooks.signing_secret(people.admin) == told
    for _ in range(2):
        await seal(gausdo.services["integrations"])
    assert await hooks.signing_secret(people.admin) == told
    with superuser(gausdo) as admin:
        assert admin.execute(
            "select secret, sealed is not null from integrations.secret"
        ).fetchall() == [(None, True)]
        admin.execute("update integrations.secret set sealed = '\\x00'")
        with pytest.raises(Unreadable):
            await hooks.signing_secret(people.admin)
        admin.execute("delete from integrations.secret")
