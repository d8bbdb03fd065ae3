"""What waits, for how long, and whether it grows; what was given up, and why."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from nats.aio.client import Client
from psycopg import AsyncConnection
from sqlalchemy import func, select

from gausdo.app import Gausdo
from gausdo.doctor.finding import Finding, wrong
from gausdo.doctor.reach import first_line
from gausdo.doctor.words import Words, words
from gausdo.kernel.values import now
from gausdo.platform.bus.lag import consumer_lag, outbox_of, parked_count, published
from gausdo.platform.bus.parked import parked_of
from gausdo.platform.bus.stream import connect
from gausdo.platform.db import Database
from gausdo.platform.worklist import FAILED, WAITING, worklists

AGAIN = 1.5
"""Seconds between two looks at what waits, to see whether it grows."""
OLD = timedelta(seconds=30)
MANY = 1000
SILENT = timedelta(seconds=60)
STALE = timedelta(minutes=2)
ABOVE = words("Mend what is said above, then run `gausdo doctor` again.")
WORKER = words("Start `gausdo work`; if it runs, it hangs: restart it and keep its log.")
FULL = words(
    "Its disk is or was full, most likely: its log and its `/healthz` say so. Make room, then "
    "start it anew: before, it takes nothing. All events are kept, and sent in order. If NATS is "
    "well, the worker hangs: restart it."
)

_WORKER = "select max(last_heartbeat) from jobs.procrastinate_workers"
_JOBS = """
    select count(*) filter (where status = 'failed'),
        min(coalesce(scheduled_at, now())) filter (where status = 'todo')
    from jobs.procrastinate_jobs
"""


class Line(NamedTuple):
    """`oldest` is since when the first one waits, where that is known.

    `end` is where the stream ends, while there are events that only it has to take.
    """

    waiting: int
    oldest: datetime | None = None
    end: int | None = None


NOTHING = Line(0)


async def look(gausdo: Gausdo, *, nats: bool) -> AsyncIterator[Finding]:
    try:
        yield await _worker(gausdo)
        async for finding in _jobs(gausdo):
            yield finding
        for name, db in gausdo.databases.items():
            if (parked := await _parked(name, db)) is not None:
                yield parked
            async for finding in _given_up(db):
                yield finding
        yield await _reports(gausdo)
        if nats:
            bus = await connect(gausdo.settings.nats_url.get_secret_value(), "gausdo doctor")
            try:
                async for finding in _lags(gausdo, bus):
                    yield finding
            finally:
                await bus.close()  # else it would try to come back for ever
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        yield wrong(words("tables"), first_line(error), ABOVE)


async def _asked(gausdo: Gausdo, query: str) -> tuple[Any, ...]:
    dsn = gausdo.settings.module_dsn("jobs")
    async with await AsyncConnection.connect(dsn, connect_timeout=5) as connection:
        row = await (await connection.execute(query.encode())).fetchone()
    return tuple(row or ())


async def _worker(gausdo: Gausdo) -> Finding:
    (at,) = await _asked(gausdo, _WORKER)
    if at is None:
        return wrong("worker", words("none runs: letters, rules and reports wait"), WORKER)
    age = _long(now() - at)
    if now() - at > SILENT:
        told = words("none has given a sign of life for {age}", age=age)
        return wrong("worker", told, WORKER)
    return Finding("worker", words("gave a sign of life {age} ago", age=age))


async def _jobs(gausdo: Gausdo) -> AsyncIterator[Finding]:
    failed, due = await _asked(gausdo, _JOBS)
    if failed:
        yield wrong(
            words("jobs"), words("{failed} failed for good", failed=failed),
            words("`gausdo logs --part worker --level error` has the error of each."),
        )  # fmt: skip
    late = now() - due if due else timedelta()
    if late > STALE:
        yield wrong(words("jobs"), words("one has been due for {age}", age=_long(late)), WORKER)


async def _parked(name: str, db: Database) -> Finding | None:
    first = await parked_of(db, limit=1)
    count = await parked_count(db)
    if not count:
        return None
    error = (
        words("; the first: {event} – {error}", event=first[0].name, error=first[0].error)
        if first else ""
    )  # fmt: skip
    return wrong(
        words("parked events of {name}", name=name),
        words("{count} could not be applied{error}", count=count, error=error),
        words("Mend the cause, then run them again in administration; the rest goes on meanwhile."),
    )  # fmt: skip


async def _given_up(db: Database) -> AsyncIterator[Finding]:
    """Dead letters of each kind, with the latest error."""
    for kind in worklists(db.schema):
        async with db.begin() as tx:
            failed = await tx.session.scalar(
                select(func.count()).select_from(kind).where(kind.state == FAILED)
            )
            error = await tx.session.scalar(
                select(kind.error).where(kind.state == FAILED).order_by(kind.due_at.desc()).limit(1)
            )
            tried = await tx.session.scalar(
                select(kind.error)
                .where(kind.state == WAITING, kind.attempts > 1)
                .order_by(kind.due_at.desc())
                .limit(1)
            )
        kinds = words(re.sub("ys$", "ies", f"{kind.__tablename__}s"))
        what = words("{kinds} of {name}", kinds=kinds, name=db.schema.name)
        if failed:
            yield wrong(
                what,
                words("{failed} given up; the latest: {error}", failed=failed, error=str(error)),
                words("Mend the cause, then choose “run again” in administration."),
            )  # fmt: skip
        elif tried:
            yield wrong(
                what, words("some are tried again and again; the latest: {error}", error=tried),
                words("They go on by themselves once the receiver answers."),
            )  # fmt: skip


async def _reports(gausdo: Gausdo) -> Finding:
    fresh = await gausdo.services["reports"].freshness() if "reports" in gausdo.services else {}
    if not fresh:
        return Finding(words("reports"), words("nothing has been loaded yet"))
    source, at = min(fresh.items(), key=lambda each: each[1])
    age = _long(now() - at)
    if now() - at > STALE:
        return wrong(
            words("reports"), words("they show {source} as of {age} ago", source=source, age=age),
            words("Does ClickHouse answer, and does a worker run? They catch up by themselves."),
        )  # fmt: skip
    return Finding(words("reports"), words("as of {age} ago", age=age))


async def _lags(gausdo: Gausdo, bus: Client) -> AsyncIterator[Finding]:
    before = await _backlog(gausdo, bus)
    await asyncio.sleep(AGAIN)
    after = await _backlog(gausdo, bus)
    for what, line in after.items():
        was = before.get(what, NOTHING)
        age = now() - line.oldest if line.oldest else timedelta()
        since = words(", the oldest for {age}", age=_long(age)) if line.oldest else ""
        if age > OLD and line.end is not None and line.end == was.end:
            told = words(
                "it answers, but takes no more events of {name}: {waiting} wait{since}",
                name=what.values["name"], waiting=line.waiting, since=since,
            )  # fmt: skip
            yield wrong("NATS", told, FULL)
        elif line.waiting >= MANY or (line.waiting and age > OLD):
            way = (words("grows") if line.waiting > was.waiting else
                   words("shrinks") if line.waiting < was.waiting else
                   words("stands still"))  # fmt: skip
            yield wrong(
                what,
                words("{waiting} wait{since}; the line {way}",
                      waiting=line.waiting, since=since, way=way),
                words("It passes by itself.") if line.waiting < was.waiting else WORKER,
            )  # fmt: skip
    total = sum(line.waiting for line in after.values())
    yield Finding(words("events"), words("{total} on their way", total=total))


async def _backlog(gausdo: Gausdo, bus: Client) -> dict[Words, Line]:
    """What waits → how much of it."""
    found: dict[Words, Line] = {}
    for name, db in gausdo.databases.items():
        end = await published(bus, name)
        out = await outbox_of(db, end)
        found[words("events of {name} to be published", name=name)] = Line(
            out.unplaced + out.unpublished, out.oldest, end if out.unpublished else None
        )
        for (consumer, source), behind in (await consumer_lag(db, bus)).items():
            what = words(
                "events of {source} to be read by {consumer}", source=source, consumer=consumer
            )
            found[what] = Line(behind)
    return found


def _long(time: timedelta) -> Words:
    seconds = max(0, int(time.total_seconds()))
    if seconds >= 2 * 86400:
        return words("{count} days", count=seconds // 86400)
    if seconds >= 2 * 3600:
        return words("{count} hours", count=seconds // 3600)
    if seconds >= 2 * 60:
        return words("{count} minutes", count=seconds // 60)
    return words("{count} s", count=seconds)
