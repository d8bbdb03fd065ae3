"""Events that a handler could not apply, and those of the same record that wait behind them.

Only the first of a record is tried again, by its consumer; when it works the next one's turn has
come. `next_try_at` says when; a first one without it has been given up until somebody says
"run again".
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, select, update

from gausdo.kernel.values import Value, now
from gausdo.platform.db.database import Database
from gausdo.platform.db.tx import Tx

TRIES = 5
LONGEST_ERROR = 2000


class Parked(Value):
    """The first parked event of a record, and how many wait behind it."""

    consumer: str
    source: str
    pos: int
    name: str
    kind: str
    subject_id: UUID
    error: str
    attempts: int
    next_try_at: datetime | None
    parked_at: datetime
    behind: int


def after_failure(error: Exception, attempts: int, retry_after: float) -> dict[str, Any]:
    """What is written on a parked event after its `attempts`-th failure."""
    wait = timedelta(seconds=retry_after * 4 ** (attempts - 1) * random.uniform(0.8, 1))  # noqa: S311
    return {
        "error": f"{type(error).__name__}: {error}"[:LONGEST_ERROR],
        "attempts": attempts,
        "next_try_at": now() + wait if attempts < TRIES else None,
    }


async def parked_of(db: Database, limit: int = 100) -> Sequence[Parked]:
    """A module's parked records, the oldest first."""
    parked = db.schema.parked
    other = parked.alias()
    behind = (
        select(func.count())
        .select_from(other)
        .where(_same_record(other, parked), other.c.pos > parked.c.pos)
        .scalar_subquery()
    )
    async with db.begin() as tx:
        rows = await tx.session.execute(
            select(parked, parked.c.envelope["name"].astext.label("name"), behind.label("behind"))
            .where(parked.c.error.is_not(None))
            .order_by(parked.c.parked_at, parked.c.source, parked.c.pos)
            .limit(limit)
        )
        return [Parked.model_validate(row._mapping) for row in rows]  # noqa: SLF001 - its public name


async def run_again(tx: Tx, kind: str, subject_id: UUID) -> int:
    """Have the parked events of a record tried again at once, in order.

    Answers how many consumers of this module had given up or were waiting with it.
    """
    parked = tx.schema.parked
    earlier = parked.alias()
    done = await tx.session.execute(
        update(parked)
        .where(
            parked.c.kind == kind,
            parked.c.subject_id == subject_id,
            ~exists().where(_same_record(earlier, parked), earlier.c.pos < parked.c.pos),
        )
        .values(attempts=0, next_try_at=now())
        .returning(parked.c.pos)
    )
    return len(done.all())


def _same_record(one: Any, other: Any) -> Any:
    return and_(
        one.c.consumer == other.c.consumer,
        one.c.source == other.c.source,
        one.c.kind == other.c.kind,
        one.c.subject_id == other.c.subject_id,
    )
