"""For whoever runs the installation: its jobs, and whether everything is well."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated

from fastapi import Query

from gausdo.gateway.witness import Witness
from gausdo.kernel.administration import HEALTH, JOBS
from gausdo.kernel.values import Draft, Time, Value, now
from gausdo.platform.http import CurrentActor, Routes
from gausdo.platform.jobs_shown import Job, JobState, jobs_of, run_again, stop

READ, EDIT = JOBS.right("read"), JOBS.right("edit")


class JobQuery(Draft):
    state: JobState | None = None


class Looked(Value):
    """One thing that was looked at: how it is, and what to do about it."""

    what: str
    told: str
    well: bool
    advice: str | None


class Health(Value):
    at: Time
    well: bool
    found: list[Looked]


def routes(jobs_dsn: str, look: Callable[[str], AsyncIterator[Looked]], witness: Witness) -> Routes:
    """`look` is told the locale to speak in."""
    api = Routes("administration")

    @api.get("/jobs", right="administration.jobs.read")
    async def jobs(actor: CurrentActor, query: Annotated[JobQuery, Query()]) -> list[Job]:
        """What waits, runs or has failed for good; at most 200."""
        actor.demand(READ)
        return await jobs_of(jobs_dsn, query.state)

    @api.post("/jobs/{id}/run-again", status=204, right="administration.jobs.edit")
    async def run_job_again(id: int, actor: CurrentActor) -> None:
        """Have a failed job run at once."""
        actor.demand(EDIT)
        await run_again(jobs_dsn, id, partial(witness.tended, actor, stopped=False))

    @api.post("/jobs/{id}/stop", status=204, right="administration.jobs.edit")
    async def stop_job(id: int, actor: CurrentActor) -> None:
        """Take back a job that waits, or ask a running one to end."""
        actor.demand(EDIT)
        await stop(jobs_dsn, id, partial(witness.tended, actor, stopped=True))

    @api.get("/system-health", right="administration.health.read")
    async def system_health(actor: CurrentActor) -> Health:
        """What `gausdo doctor` finds of servers, queues and the audit; takes some seconds."""
        actor.demand(HEALTH.right("read"))
        found = [finding async for finding in look(actor.locale)]
        return Health(at=now(), well=all(one.well for one in found), found=found)

    return api
