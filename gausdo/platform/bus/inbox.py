"""Applying events: effects and cursor in one transaction, so that each is applied once."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import any_, bindparam, exists, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.kernel.values import now
from gausdo.platform.bus.parked import after_failure
from gausdo.platform.bus.patience import is_outage
from gausdo.platform.bus.subscriptions import Subscription, Subscriptions
from gausdo.platform.db.database import Database
from gausdo.platform.db.tx import Tx


class Place(NamedTuple):
    """How far a source has been read: its position, and where the stream holds it."""

    pos: int
    seq: int


class OvertakenError(ConnectionError):
    """Another process has moved this cursor."""


class Inbox:
    """One consumer's way to apply events: in order, whole batches at once when all goes well."""

    def __init__(
        self,
        consumer: str,
        db: Database,
        subscriptions: Subscriptions,
        service: object,
        *,
        retry_after: float,
    ) -> None:
        self.consumer = consumer
        self.db = db
        self.retry_after = retry_after
        self._service = service
        self._wanted: dict[str, tuple[Subscription, ...]] = {
            name: tuple(s for s in subscriptions if name in s.names)
            for name in {name for s in subscriptions for name in s.names}
        }

    def wants(self, name: str) -> bool:
        return name in self._wanted

    async def prepare(self, envelopes: Sequence[Envelope]) -> dict[Subscription, Any]:
        """What handlers want to have before the transaction."""
        prepared: dict[Subscription, Any] = {}
        for subscription in dict.fromkeys(s for e in envelopes for s in self._wanted[e.name]):
            if subscription.prepare is not None:
                mine = [e for e in envelopes if e.name in subscription.names]
                prepared[subscription] = await subscription.prepare(self._service, mine)
        return prepared

    async def handle(
        self, tx: Tx, envelopes: Iterable[Envelope], prepared: dict[Subscription, Any]
    ) -> None:
        """Hand events to their handlers in order, neighbours that want the same ones together."""
        for wanted, run in groupby(envelopes, key=lambda e: self._wanted.get(e.name, ())):
            together = list(run)
            for subscription in wanted:
                tx.actor = SYSTEM
                await subscription.batch(self._service, together, prepared.get(subscription), tx)
                await tx.session.flush()

    async def apply(
        self, source: str, before: Place, events: Sequence[tuple[Place, Envelope]]
    ) -> Place:
        """Apply events that follow `before`; answers where the cursor is now.

        When a handler fails, the halves are tried by themselves until the one event is found
        that cannot be applied; it is parked. Raises OvertakenError, and what is_outage() knows.
        """
        try:
            await self._together(source, before, events)
        except Exception as error:
            if is_outage(error):
                raise
            if len(events) == 1:
                await self._park(source, before, events[0], error)
            else:
                middle = len(events) // 2
                between = await self.apply(source, before, events[:middle])
                return await self.apply(source, between, events[middle:])
        return events[-1][0]

    async def _together(
        self, source: str, before: Place, events: Sequence[tuple[Place, Envelope]]
    ) -> None:
        prepared = await self.prepare([envelope for _, envelope in events])
        async with self.db.begin() as tx:
            parked = await self.move(tx, source, before, events[-1][0])
            waiting = await self._waiting(tx, source, events) if parked else set()
            fresh = [e for _, e in events if (e.kind, e.subject_id) not in waiting]
            for _, envelope in events:
                if (envelope.kind, envelope.subject_id) in waiting:
                    await self._keep(tx, envelope)
            await self.handle(tx, fresh, prepared)

    async def _park(
        self, source: str, before: Place, event: tuple[Place, Envelope], error: Exception
    ) -> None:
        place, envelope = event
        async with self.db.begin() as tx:
            await self.move(tx, source, before, place)
            await self._keep(tx, envelope, error)

    async def move(self, tx: Tx, source: str, before: Place, after: Place) -> bool:
        """Move the cursor, and hold it until the transaction ends; answers whether events of this
        source are parked, which only who holds the cursor does. Raises OvertakenError.
        """
        cursor, parked = self.db.schema.cursor, self.db.schema.parked
        some = exists().where(parked.c.consumer == self.consumer, parked.c.source == source)
        moved = await tx.session.execute(
            update(cursor)
            .where(
                cursor.c.consumer == self.consumer,
                cursor.c.source == source,
                cursor.c.pos == before.pos,
            )
            .values(pos=after.pos, seq=after.seq, at=now())
            .returning(some)
        )
        found = moved.scalar()
        if found is None:
            raise OvertakenError(f"another process reads {source} for {self.consumer}")
        return bool(found)

    async def _waiting(
        self, tx: Tx, source: str, events: Sequence[tuple[Place, Envelope]]
    ) -> set[tuple[str, UUID]]:
        """The records among these that have parked events."""
        parked = self.db.schema.parked
        found = await tx.session.execute(
            select(parked.c.kind, parked.c.subject_id)
            .distinct()
            .where(
                parked.c.consumer == self.consumer,
                parked.c.source == source,
                parked.c.subject_id
                == any_(
                    bindparam(
                        "subjects",
                        [envelope.subject_id for _, envelope in events],
                        ARRAY(parked.c.subject_id.type),
                    )
                ),
            )
        )
        return {(kind, subject_id) for kind, subject_id in found}

    async def _keep(self, tx: Tx, envelope: Envelope, error: Exception | None = None) -> None:
        """Park an event: with the error that it met, or behind one of the same record."""
        await tx.session.execute(
            insert(self.db.schema.parked).values(
                consumer=self.consumer,
                source=envelope.source,
                pos=envelope.pos,
                kind=envelope.kind,
                subject_id=envelope.subject_id,
                envelope=envelope.model_dump(mode="json"),
                **({} if error is None else after_failure(error, 1, self.retry_after)),
            )
        )
