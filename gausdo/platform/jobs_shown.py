"""Jobs as whoever runs the installation sees them: waiting, running, failed for good."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection, OperationalError
from psycopg.errors import UniqueViolation
from psycopg.rows import dict_row

from gausdo.kernel.errors import Conflict, NotFound, Unavailable
from gausdo.kernel.values import Time, Value

MANY = 200
"""Jobs of one answer."""


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


class Job(Value):
    """`due_at` is None for one that may run at once; `since` is when it came into its state."""

    id: int
    module: str
    task: str
    state: JobState
    attempts: int
    due_at: Time | None
    since: Time | None
    args: dict[str, Any]


@dataclass(frozen=True)
class JobNamed:
    """Which job somebody does something with."""

    id: int
    module: str
    task: str


Tell = Callable[[JobNamed], Awaitable[None]]
"""Write down what is done, before it is done for good: nothing is done when that fails."""


class JobNotLikeThis(Conflict, code="jobs.not-like-this", status=409):
    """It is in another state by now, or the same job waits already."""


_SHOWN = """
    select j.id, j.queue_name as module, j.task_name as task,
        case j.status when 'todo' then 'waiting' when 'doing' then 'running' else 'failed' end
            as state,
        j.attempts, j.scheduled_at as due_at, j.args,
        (select max(e.at) from jobs.procrastinate_events e where e.job_id = j.id) as since
    from jobs.procrastinate_jobs j
    where j.status = any(%s::jobs.procrastinate_job_status[])
    order by j.status desc, j.id desc limit %s
"""
_STATE = """
    select id, status::text as status, queue_name as module, task_name as task
    from jobs.procrastinate_jobs where id = %s
"""
_AGAIN = "select jobs.procrastinate_retry_job_v2(%s, now(), null, null, null)"
_STOP = "select jobs.procrastinate_cancel_job_v1(%s, true, false) as id"
_OF = {JobState.WAITING: "todo", JobState.RUNNING: "doing", JobState.FAILED: "failed"}


async def jobs_of(dsn: str, state: JobState | None) -> list[Job]:
    """The newest of each state, failed ones first."""
    states = [_OF[state]] if state else list(_OF.values())
    async with _asking(dsn) as connection:
        rows = await (await connection.execute(_SHOWN.encode(), [states, MANY])).fetchall()
    return [Job.model_validate(row) for row in rows]


async def run_again(dsn: str, id: int, tell: Tell) -> None:
    """Have a job that has failed for good run at once. Raises NotFound, JobNotLikeThis."""
    async with _asking(dsn) as connection, connection.transaction():
        job = await _demand(connection, id, "failed")
        try:
            await connection.execute(_AGAIN.encode(), [id])
        except UniqueViolation:
            raise JobNotLikeThis("The same job waits already.") from None
        await tell(job)


async def stop(dsn: str, id: int, tell: Tell) -> None:
    """Take back one that waits; ask one that runs to end. Raises NotFound, JobNotLikeThis."""
    async with _asking(dsn) as connection, connection.transaction():
        job = await _demand(connection, id, "todo", "doing")
        await connection.execute(_STOP.encode(), [id])
        await tell(job)


async def _demand(connection: AsyncConnection[dict[str, Any]], id: int, *states: str) -> JobNamed:
    found = await (await connection.execute(_STATE.encode(), [id])).fetchone()
    if found is None:
        raise NotFound("There is no such job, or it is done.")
    if found["status"] not in states:
        raise JobNotLikeThis("This job is in another state by now. Look again.")
    return JobNamed(found["id"], found["module"], found["task"])


@asynccontextmanager
async def _asking(dsn: str) -> AsyncIterator[AsyncConnection[dict[str, Any]]]:
    """A connection of its own for one question: few ask, and seldom."""
    try:
        connection = await AsyncConnection.connect(
            dsn,
            row_factory=dict_row,
            autocommit=True,
            connect_timeout=5,
            application_name="gausdo jobs shown",
            options="-c search_path=jobs -c statement_timeout=5s",
        )
    except OperationalError as error:
        raise Unavailable("The database does not answer. Try again in a moment.") from error
    async with connection:
        yield connection
