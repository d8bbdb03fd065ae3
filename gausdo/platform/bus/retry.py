"""Trying parked events again."""

from typing import Any

from sqlalchemy import delete, select, update

from gausdo.kernel.events import Envelope
from gausdo.kernel.values import now
from gausdo.platform.bus.inbox import Inbox
from gausdo.platform.bus.parked import after_failure
from gausdo.platform.bus.patience import is_outage
from gausdo.platform.db.tx import Tx


async def retry_parked(inbox: Inbox) -> int:
    """Try every parked event whose time has come, and those behind it when it works.

    Answers how many were applied. Raises what is_outage() knows.
    """
    applied = 0
    while (due := await _due(inbox)) is not None:
        applied += await _retry(inbox, *due)
    return applied


async def _due(inbox: Inbox) -> tuple[str, int, Envelope] | None:
    parked = inbox.db.schema.parked
    async with inbox.db.begin() as tx:
        row = (
            await tx.session.execute(
                select(parked.c.source, parked.c.pos, parked.c.envelope)
                .where(parked.c.consumer == inbox.consumer, parked.c.next_try_at <= now())
                .order_by(parked.c.next_try_at)
                .limit(1)
            )
        ).first()
    return None if row is None else (row.source, row.pos, Envelope.model_validate(row.envelope))


async def _retry(inbox: Inbox, source: str, pos: int, envelope: Envelope) -> int:
    try:
        prepared = await inbox.prepare([envelope])
        async with inbox.db.begin() as tx:
            if await _hold(inbox, tx, source, pos) is None:
                return 0  # another process was here
            await inbox.handle(tx, [envelope], prepared)
            await _unpark(inbox, tx, envelope)
    except Exception as error:
        if is_outage(error):
            raise
        async with inbox.db.begin() as tx:
            if (attempts := await _hold(inbox, tx, source, pos)) is not None:
                parked = inbox.db.schema.parked
                await tx.session.execute(
                    update(parked)
                    .where(*_is(inbox, source, pos))
                    .values(after_failure(error, attempts + 1, inbox.retry_after))
                )
        return 0
    return 1


async def _hold(inbox: Inbox, tx: Tx, source: str, pos: int) -> int | None:
    """Hold the cursor, so that nothing is parked behind meanwhile, and the event.

    Answers how often it was tried, None when it is not due (any more).
    """
    cursor, parked = inbox.db.schema.cursor, inbox.db.schema.parked
    await tx.session.execute(
        select(cursor.c.pos)
        .where(cursor.c.consumer == inbox.consumer, cursor.c.source == source)
        .with_for_update()
    )
    row = (
        await tx.session.execute(
            select(parked.c.attempts)
            .where(*_is(inbox, source, pos), parked.c.next_try_at <= now())
            .with_for_update()
        )
    ).first()
    return None if row is None else int(row.attempts)


async def _unpark(inbox: Inbox, tx: Tx, envelope: Envelope) -> None:
    """The event is applied; the next one of its record is due."""
    parked = inbox.db.schema.parked
    record = (
        parked.c.consumer == inbox.consumer,
        parked.c.source == envelope.source,
        parked.c.kind == envelope.kind,
        parked.c.subject_id == envelope.subject_id,
    )
    await tx.session.execute(delete(parked).where(*_is(inbox, envelope.source, envelope.pos)))
    following = select(parked.c.pos).where(*record).order_by(parked.c.pos).limit(1)
    await tx.session.execute(
        update(parked)
        .where(*record, parked.c.pos == following.scalar_subquery())
        .values(next_try_at=now())
    )


def _is(inbox: Inbox, source: str, pos: int) -> tuple[Any, ...]:
    parked = inbox.db.schema.parked
    return (
        parked.c.consumer == inbox.consumer,
        parked.c.source == source,
        parked.c.pos == pos,
    )
