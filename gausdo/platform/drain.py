"""Working off a worklist: many rows at once, each for itself, none lost and none twice at a time.

Receivers differ in speed, so rows are taken up as others end, and of one lane (one receiver) only
a few are under way at once: who waits for a slow receiver does not keep the others waiting.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import structlog
from opentelemetry.trace import Span
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from gausdo.kernel.errors import Problem
from gausdo.platform.db import Database, Tx
from gausdo.platform.telemetry import traces
from gausdo.platform.worklist import FAILED, WAITING, Pending, lease, next_due

R = TypeVar("R", bound=Pending)
O = TypeVar("O")  # noqa: E741 - the outcome

STEP = 5
"""Rows leased at a time, so that the lanes are looked at again before the next."""
TOGETHER = 50
"""Rows leased at a time where several are worked on at once."""
GRACE = 30.0
"""Seconds a lease outlives the time a row may take."""
SERVER_ERROR = 500

_UNDER_WAY: set[UUID] = set()
"""Rows this process works on: also when a clock that jumped says that their leases ran out."""

log = structlog.get_logger("worklist")


class Hopeless(Exception):
    """It will not succeed however often it is tried; the message says why.

    `columns` are set on the row beside the message, as for `NotNow`.
    """

    def __init__(self, message: str, **columns: Any) -> None:
        super().__init__(message)
        self.columns = columns


class NotNow(Hopeless):
    """It may succeed later; the message says what is in the way."""


@dataclass(frozen=True)
class Work(Generic[R, O]):
    """How rows of `kind` are worked on.

    `do` works on one outside of any transaction, for `seconds` at most; `done` records what came
    of it, beside the row's own state, and is not called when it failed. `task` is the job that
    calls `drain`: it is enqueued again for what is due later. `together` works on several at once
    as far as that goes well, and answers what came of those; the others are left to `do`. `failed`
    is called with one that was given up, in the transaction that says so.
    """

    kind: type[R]
    task: str
    do: Callable[[R], Awaitable[O]]
    done: Callable[[Tx, R, O], Awaitable[None]]
    seconds: float = 30.0
    at_once: int = 20
    lane: InstrumentedAttribute[Any] | None = None
    lane_width: int = 4
    together: Callable[[Sequence[R]], Awaitable[Mapping[UUID, O]]] | None = None
    failed: Callable[[Tx, R], Awaitable[None]] | None = None


async def drain(db: Database, work: Work[R, O]) -> None:
    """Until nothing is due. What is due later is worked on at its time by the same job."""
    running: dict[asyncio.Task[None], Hashable] = {}
    try:
        await _run(db, work, running)
    finally:
        for task in running:  # the database is gone: their leases run out
            task.cancel()
    async with db.begin() as tx:
        if (at := await next_due(tx, work.kind)) is not None:
            await tx.enqueue(work.task, at=at, once=True)


async def _run(db: Database, work: Work[R, O], running: dict[asyncio.Task[None], Hashable]) -> None:
    at_once = asyncio.Semaphore(work.at_once)
    while True:
        rows = await _take(db, work, Counter(running.values()), work.at_once - len(running))
        left = rows
        if work.together is not None and len(rows) > 1:
            left = await _work_together(db, work, work.together, rows)
        for row in left:
            task = asyncio.create_task(_work_on(db, work, row, at_once))
            running[task] = getattr(row, work.lane.key) if work.lane is not None else task
        if rows:
            continue
        if not running:
            return
        ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            del running[task]
            task.result()


async def _take(db: Database, work: Work[R, O], lanes: Counter[Hashable], free: int) -> list[R]:
    if free <= 0:
        return []
    narrow = [work.kind.id.not_in(_UNDER_WAY)] if _UNDER_WAY else []
    if work.lane is not None:
        full = [lane for lane, count in lanes.items() if count >= work.lane_width]
        narrow += [work.lane.not_in(full)] if full else []
    async with db.begin() as tx:
        count = min(free, STEP) if work.together is None else TOGETHER
        return [*await lease(tx, work.kind, count, work.seconds + GRACE, *narrow)]


async def _work_together(
    db: Database,
    work: Work[R, O],
    together: Callable[[Sequence[R]], Awaitable[Mapping[UUID, O]]],
    rows: list[R],
) -> list[R]:
    """Work on several rows at once; answers those that are left."""
    table, ids = work.kind.__tablename__, {row.id for row in rows}  # type: ignore[attr-defined]
    _UNDER_WAY.update(ids)
    try:
        with traces.following_many(f"{db.schema.name}:", [(table, row.trace) for row in rows]):
            async with asyncio.timeout(work.seconds):
                outcomes = await together(rows)
            async with db.begin() as tx:
                query = select(work.kind).where(work.kind.id.in_(outcomes)).order_by(work.kind.id)
                for held in await tx.session.scalars(query.with_for_update()):
                    if held.state == WAITING:
                        held.succeed()
                        await work.done(tx, held, outcomes[held.id])
    except Exception:
        log.exception("work together failed; each is done by itself", kind=work.kind.__name__)
        return rows
    finally:
        _UNDER_WAY.difference_update(ids)
    return [row for row in rows if row.id not in outcomes]


async def _work_on(db: Database, work: Work[R, O], row: R, at_once: asyncio.Semaphore) -> None:
    """In the trace of what asked for the row."""
    if row.id in _UNDER_WAY:
        return  # taken twice within a moment
    what = f"{db.schema.name}: {row.__tablename__}"  # type: ignore[attr-defined]  # a table's
    _UNDER_WAY.add(row.id)
    try:
        async with at_once:
            with traces.following(row.trace, what, told={"gausdo.id": str(row.id)}) as span:
                await _carry_out(db, work, row, span)
    finally:
        _UNDER_WAY.remove(row.id)


async def _carry_out(db: Database, work: Work[R, O], row: R, span: Span) -> None:
    outcome, error, code, final, columns = None, None, None, False, {}
    try:
        async with asyncio.timeout(work.seconds):
            outcome = await work.do(row)
    except Hopeless as refusal:
        error, final = str(refusal), not isinstance(refusal, NotNow)
        columns = refusal.columns
    except Problem as refusal:
        error, code, final = refusal.detail, refusal.code, is_final(refusal)
    except TimeoutError:
        error, code = "It took too long.", "timed-out"
    except Exception:
        log.exception("a piece of work failed", kind=work.kind.__name__, id=str(row.id))
        error, code = "Something went wrong on our side.", "broken"
    if error is not None:
        traces.failed(span, error)
    async with db.begin() as tx:
        held = await tx.session.get(work.kind, row.id, with_for_update=True)
        if held is None or held.state != WAITING:
            return  # the lease ran out, and somebody else has brought it to an end
        if error is None:
            held.succeed()
            await work.done(tx, held, outcome)  # type: ignore[arg-type]  # there is one now
        elif held.leased_until == row.leased_until:
            held.fail(error, code, final=final)
            await _failed(tx, work, held, columns)


async def _failed(tx: Tx, work: Work[R, O], held: R, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(held, name, value)
    if held.state == FAILED and work.failed is not None:
        await work.failed(tx, held)


def is_final(problem: Problem) -> bool:
    """A refusal stands; that somebody is busy or away passes."""
    return problem.status < SERVER_ERROR and problem.code != "too-many-requests"
