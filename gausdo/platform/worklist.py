"""Outgoing work kept as rows: letters, webhook calls, effects of rules.

A row is leased, worked on outside of any transaction, and its outcome recorded. A kill at any
point leaves the lease to run out; then the work is done again, so it carries its row's id as an
idempotency key to whoever receives it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Text, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.values import now
from gausdo.platform.backoff import TRIES, later
from gausdo.platform.db.schema import TIME, Schema
from gausdo.platform.db.tx import Tx
from gausdo.platform.telemetry import traces

WAITING, FAILED = "waiting", "failed"


class Pending:
    """Columns and verbs of a row that is work to be done. `DONE` is the row's own word for it."""

    DONE: ClassVar[str] = "done"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(Text, default=WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(TIME, default=now)
    leased_until: Mapped[datetime | None] = mapped_column(TIME)
    error: Mapped[str | None] = mapped_column(Text)
    trace: Mapped[str | None] = mapped_column(Text, default=traces.current)
    """The traceparent of what asked for it."""

    def succeed(self) -> None:
        self.state, self.leased_until, self.error = self.DONE, None, None
        self.attempts += 1

    def fail(self, error: str, code: str | None = None, *, final: bool = False) -> None:  # noqa: ARG002 - for a row that keeps it
        """Try again after 5 s, 20 s, 80 s … 6 h; after the last try, or a `final` one, give up."""
        self.attempts += 1
        self.leased_until, self.error = None, error
        if final or self.attempts >= TRIES:
            self.state = FAILED
        else:
            self.due_at = later(self.attempts)

    def retry(self) -> None:
        """Run again, at once and with all its tries."""
        self.state, self.attempts, self.due_at = WAITING, 0, now()
        self.leased_until, self.error = None, None


R = TypeVar("R", bound=Pending)


async def lease(
    tx: Tx, kind: type[R], limit: int, seconds: float, *narrow: ColumnElement[bool]
) -> Sequence[R]:
    """Take what is due and nobody works on, the oldest first, for `seconds`.

    By the clock of the database: those of two machines may differ by more than a lease.
    """
    moment = select(func.clock_timestamp()).scalar_subquery()
    found = await tx.session.execute(
        select(kind, moment)
        .where(
            kind.state == WAITING,
            kind.due_at <= moment,
            or_(kind.leased_until.is_(None), kind.leased_until <= moment),
            *narrow,
        )
        .order_by(kind.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = []
    for row, at in found:
        row.leased_until = at + timedelta(seconds=seconds)
        rows.append(row)
    return rows


async def next_due(tx: Tx, kind: type[R]) -> datetime | None:
    """When the next row is due, or its lease runs out; None when nothing waits."""
    found = select(func.min(func.greatest(kind.due_at, kind.leased_until)))
    at: datetime | None = await tx.session.scalar(found.where(kind.state == WAITING))
    return at


def worklists(schema: Schema) -> list[type[Any]]:
    """The worklists among a module's tables."""
    return [
        kind
        for mapper in schema.Base.registry.mappers
        if issubclass(kind := mapper.class_, Pending)
    ]
