"""Jobs and the state of the system, for whoever runs the installation."""

from collections.abc import Awaitable, Callable

import httpx2
import pytest
from pydantic import SecretStr

from gausdo.app import Gausdo
from gausdo.doctor import Finding, _discreet, backlog
from gausdo.doctor.words import verbatim
from tests.conftest import As, People, superuser

pytestmark = pytest.mark.asyncio(loop_scope="session")


def made(gausdo: Gausdo, status: str, once: str | None = None) -> int:
    with superuser(gausdo) as db:
        db.execute("set search_path = jobs")
        (id,) = db.execute(
            "insert into jobs.procrastinate_jobs (queue_name, task_name, status, queueing_lock, "
            "scheduled_at) values ('nobody', 'nobody.rests', %s, %s, now() + interval '1 day') "
            "returning id",
            [status, once],
        ).fetchone()
    return id


async def state(client: httpx2.AsyncClient, id: int) -> str | None:
    reply = await client.get("/jobs")
    assert reply.status_code == 200, reply.text
    return next((job["state"] for job in reply.json() if job["id"] == id), None)


async def test_jobs_are_shown_stopped_and_run_again(
    api: As, people: People, gausdo: Gausdo
) -> None:
    admin = api(people.admin)
    waiting, failed, double = (
        made(gausdo, "todo", "rest"), made(gausdo, "failed"), made(gausdo, "failed", "rest"),
    )  # fmt: skip
    (first, *_) = (await admin.get("/jobs", params={"state": "failed"})).json()
    assert (first["id"], first["module"], first["task"]) == (double, "nobody", "nobody.rests")
    assert (await admin.post(f"/jobs/{failed}/run-again")).status_code == 204
    assert await state(admin, failed) == "waiting"
    reply = await admin.post(f"/jobs/{double}/run-again")
    assert (reply.status_code, reply.json()["code"]) == (409, "jobs.not-like-this")
    reply = await admin.post(f"/jobs/{waiting}/run-again")
    assert reply.json()["code"] == "jobs.not-like-this"
    assert (await admin.post(f"/jobs/{waiting}/stop")).status_code == 204
    assert await state(admin, waiting) is None
    assert (await admin.post("/jobs/999999999/stop")).status_code == 404
    told = [
        (entry["details"]["job"], entry["details"]["stopped"], entry["actor_id"])
        for entry in (await admin.get("/audit", params={"kind": "job"})).json()["items"]
    ]
    who = str(people.admin.id)
    assert told == [
        (waiting, True, who),
        (failed, False, who),
    ]
    reply = await api(people.head).get("/jobs")
    assert (reply.status_code, reply.json()["data"]["right"]) == (403, "administration.jobs.read")


async def test_the_health_of_the_system_is_told_without_secrets(
    api: As, people: People, gausdo: Gausdo, settled: Callable[[], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(backlog, "AGAIN", 0.05)
    reply = await api(people.admin).get("/system-health")
    assert reply.status_code == 200, reply.text
    told = {one["what"]: one for one in reply.json()["found"]}
    assert (told["PostgreSQL"]["well"], told["audit"]["well"]) == (True, True)
    reply = await api(people.head).get("/system-health")
    assert reply.status_code == 403
    settings = gausdo.settings.model_copy(
        update={"nats_url": SecretStr("nats://me:s3cret@nowhere:1")}
    )
    said = _discreet(Finding("NATS", verbatim("cannot reach nats://me:s3cret@nowhere:1")), settings)
    assert said.told == "cannot reach nats://me:…@nowhere:1"


async def test_the_health_of_the_system_is_told_in_the_language_of_who_asks(
    api: As, people: People, gausdo: Gausdo, settled: Callable[[], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(backlog, "AGAIN", 0.05)
    admin = api(people.admin)
    assert (await admin.patch("/me", json={"locale": "ru"})).is_success
    with superuser(gausdo) as db:
        db.execute(
            "insert into automation.parked"
            " (consumer, source, pos, kind, subject_id, envelope, error) values"
            " ('automation', 'sales', 1, 'deal', gen_random_uuid(),"
            " '{\"name\": \"sales.deal-moved.v1\"}', 'ValueError: no {stage}')"
        )
    reply = await admin.get("/system-health")
    with superuser(gausdo) as db:
        db.execute("delete from automation.parked")
    await admin.patch("/me", json={"locale": "en"})
    told = {one["what"]: one for one in reply.json()["found"]}
    parked = told["отложенные события automation"]
    assert parked["told"] == (
        "не удалось применить: 1; первое: sales.deal-moved.v1 – ValueError: no {stage}"
    )
    assert parked["advice"].startswith("Устраните причину")
    assert told["часы"]["told"] == "часы PostgreSQL идут как наши"
