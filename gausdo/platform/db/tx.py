"""An open transaction: the session, the facts to announce, the jobs to run if it commits."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, Protocol, TypeVar
from uuid import UUID

from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.rows import tuple_row
from pydantic import BaseModel, TypeAdapter
from pydantic_core import from_json, to_json, to_jsonable_python
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from gausdo.kernel.actor import SYSTEM, Actor, Origin
from gausdo.kernel.errors import KeyReused, Stale
from gausdo.kernel.events import Envelope, Event
from gausdo.kernel.orders import Order
from gausdo.kernel.values import HIDDEN, Json, new_id, now
from gausdo.platform.db import copying, tx_sql
from gausdo.platform.db.read import Read
from gausdo.platform.db.schema import Schema
from gausdo.platform.db.statements import statement
from gausdo.platform.telemetry import traces

A = TypeVar("A")
D = TypeVar("D")
_ANYTHING = TypeAdapter[Any](Any)

BLOCK = 50
"""Rows that are copied at once."""
LARGEST = 900_000
"""Bytes of one event's body; NATS carries 1 MiB, and one it refused would hold up the others."""


class Statements(Protocol):
    """What a database keeps of reads: see `Database`."""

    def prepared(self, read: Read) -> tuple[str, list[Any]]: ...

    def kept(self, read: Read) -> Select[Any]: ...


class Versioned(Protocol):
    """A row that can say what it is now."""

    id: Any
    version: Any


class Tx:
    """One use case's transaction. Made by `Database.begin`."""

    def __init__(
        self, session: AsyncSession, schema: Schema, actor: Actor | None, statements: Statements
    ) -> None:
        self.session = session
        self._statements = statements
        self.schema = schema
        self.actor = actor
        self.told: bool = False
        self._answer: Any = None
        self._key: str | None = None
        self._claimant: UUID | None = None
        self._answers: dict[str, Any] = {}
        self._earlier: dict[str, Any] = {}
        self._followed: str | None = None
        self._events: list[bytes] = []  # as JSON at once: a file has thousands of them
        self._jobs: list[dict[str, Any]] = []
        self._driver: AsyncConnection[Any] | None = None

    def add(self, *rows: object) -> None:
        self.session.add_all(rows)

    def follow(self, envelope: Envelope) -> None:
        """What is published from here on happens because of this event."""
        self.actor = SYSTEM.because(envelope.leads_to(), via="system")
        self._followed = envelope.trace

    def go_on(self, envelope: Envelope) -> None:
        """What is published from here on is another side of what this event tells."""
        self.actor = SYSTEM.because(envelope.goes_on(), via="system")
        self._followed = envelope.trace

    def because(self, actor: Actor, order: Order[Any]) -> None:
        """What is published from here on is what `actor` makes of this order."""
        self.actor = actor.because(order.cause)
        self._followed = order.trace

    def publish(
        self,
        event: Event,
        *,
        changes: Mapping[str, tuple[Any, Any]] | None = None,
        personal: Mapping[str, tuple[Any, Any]] | None = None,
        at: datetime | None = None,
        origin: Origin | None = None,
    ) -> None:
        """Announce a fact if the transaction commits, and keep it in the history.

        `changes` (field → before, after) is what the record's page shows; `personal` the same
        for values that name a person: they stay in the module and can be erased. `origin` is the
        actor's unless told.
        """
        subject = event.subject()
        actor = self.actor
        origin = origin or (actor.origin if actor else None)
        told = {
            "event_id": new_id(),
            "name": event.name,
            "kind": subject.kind,
            "subject_id": subject.id,
            "version": event.subject_version(),
            "at": at or now(),
            "actor_id": actor and actor.id,
            "via": actor.via if actor else "system",
            "cause": actor and actor.cause,
            "seen": event.seen_by(),
            "trace": traces.current(self._followed),
            "body": event,
            "changes": plain(changes),
            "personal": plain(personal) or None,
            "address": origin and origin.address,
            "session": origin and origin.session,
        }
        self._events.append(to_json(told))

    async def enqueue(
        self,
        task: str,
        *,
        at: datetime | None = None,
        once: bool = False,
        **args: Any,
    ) -> None:
        """Run a job after the commit, not before `at`.

        `once`: not again when the same job, with the same arguments, is already waiting.
        """
        said = json.dumps(to_jsonable_python(args), sort_keys=True).encode()
        same = f"{task} {hashlib.sha256(said).hexdigest()}" if args else task
        self._jobs.append(
            {
                "task": task,
                "args": from_json(said),
                "at": at and at.isoformat(),
                "once": same if once else None,
            }
        )

    async def json(self, read: Read) -> Json | None:
        """As `Database.json`, within this transaction and after what it has written so far."""
        await self.session.flush()
        row = await (await self._sent(*self._statements.prepared(read))).fetchone()
        return None if row is None or row[0] is None else Json(row[0])

    async def row(self, read: Read) -> Any:
        """The one row of the session that is read; None when none is selected."""
        found = await self.session.scalars(self._statements.kept(read), dict(read.values))
        return found.one_or_none()

    async def _sent(self, sql: str, params: list[Any]) -> AsyncRawCursor[Any]:
        """Sent to the driver as it is, past the session."""
        driver = await self._connection()
        with statement(self.schema.name, sql):
            return await AsyncRawCursor(driver, row_factory=tuple_row).execute(sql, params)

    async def _connection(self) -> AsyncConnection[Any]:
        if self._driver is None:
            connection = await (await self.session.connection()).get_raw_connection()
            self._driver = connection.driver_connection
        assert self._driver is not None
        return self._driver

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add many rows to a table of the schema at once, after what was written so far.

        They go in blocks: PostgreSQL takes one in while the next is made, and between two of them
        whoever else is at work in this process has a turn.
        """
        await self.session.flush()
        names = ", ".join(columns)
        sql = f"copy {self.schema.name}.{table} ({names}) from stdin"
        driver = await self._connection()
        with statement(self.schema.name, sql):
            async with driver.cursor() as cursor, cursor.copy(sql) as copy:
                left = iter(rows)
                while block := copying.block(islice(left, BLOCK)):
                    await copy.write(block)
                    await asyncio.sleep(0)

    async def fresh(
        self, row: Versioned, version: int, current: Read | Callable[[], BaseModel] | None = None
    ) -> None:
        """Raise Stale, showing what has changed since, unless `row` is still at `version`.

        `current` tells the record as its page shows it, where that is more than `row.shown()`.
        """
        if row.version == version:
            return
        history = self.schema.history
        personal = self.schema.personal
        since = await self.session.execute(
            select(history.c.changes, personal.c.changes, history.c.actor_id)
            .outerjoin(personal, personal.c.event_id == history.c.event_id)
            .where(history.c.subject_id == row.id, history.c.version > version)
            .order_by(history.c.version)
        )
        changes: dict[str, list[Any]] = {}
        by: UUID | None = None
        for told, private, actor_id in since:
            by = actor_id
            for field, (before, after) in {**told, **(private or {})}.items():
                changes.setdefault(field, [before, after])[1] = after
        if isinstance(current, Read):
            now = from_json(await self.json(current) or b"{}")
        else:
            now = (current or row.shown)().model_dump(mode="json")  # type: ignore[attr-defined]
        hidden = now.get("hidden", ())
        raise Stale(
            "Somebody has changed this meanwhile. Look at what changed and save again.",
            data={
                "current": now,
                "changes": {name: both for name, both in changes.items() if name not in hidden},
                "by": by,
            },
        )

    def tell(self, answer: object, key: str | None = None) -> None:
        """Keep the answer for the idempotency key of this transaction, or for a claimed one."""
        self._answer = to_jsonable_python(answer)
        if (under := key or self._key) is not None:
            self._answers[under] = self._answer

    def answer(self, kind: type[A]) -> A:
        """The answer of this transaction, or of the first one with the same key."""
        answer: A = _adapter(kind).validate_python(self._answer)
        return answer

    async def remember_known(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Upsert other modules' records: kind, id, label, owner_id, team_id, version.

        An older version never overwrites a newer one.
        """
        if not records:
            return
        await self._sent(tx_sql.know(self.schema.name), [to_json(records).decode()])

    async def remember(self, key: str, asked: object) -> None:
        """Claim the idempotency key of this transaction.

        Raises KeyReused when it was used for something else.
        """
        told = await self._claim({key: asked})
        if told:
            self.told, self._answer = True, told[key]
        else:
            self._key = key

    async def new(self, orders: Sequence[Order[D]]) -> list[Order[D]]:
        """Those that have made nothing before; their keys are claimed. Raises KeyReused.

        What each of them makes is told under its key.
        """
        self._earlier = await self._claim({order.key: order.draft for order in orders})
        return [order for order in orders if order.key not in self._earlier]

    def ids(self, orders: Sequence[Order[D]]) -> list[UUID]:
        """The `id` of what each order has made, now or before."""
        answers = self._earlier | self._answers
        return [UUID(answers[order.key]["id"]) for order in orders]

    async def _claim(self, asked: Mapping[str, object]) -> dict[str, Any]:
        """Claim keys; answers what those were answered that had been used before."""
        prints = {key: _fingerprint(what) for key, what in sorted(asked.items())}
        self._claimant = self.actor.id if self.actor else None
        claimed = await self._sent(
            tx_sql.claim(self.schema.name), [self._claimant, list(prints), list(prints.values())]
        )
        new = {key for (key,) in await claimed.fetchall()}
        self._answers |= dict.fromkeys(new)
        used = [key for key in prints if key not in new]
        if not used:
            return {}
        told = {}
        found = await self._sent(tx_sql.answered(self.schema.name), [self._claimant, used])
        for key, first, answer in await found.fetchall():
            if bytes(first) != prints[key]:
                raise KeyReused(
                    "This Idempotency-Key was used for another request. Use a new one.",
                )
            told[key] = answer
        return told

    async def finish(self) -> None:
        """Write what is left to write; the caller commits.

        Jobs come last, in an order: those that wait only once are held until the commit.
        """
        await self.session.flush()
        if self._events or self._answers:
            for event in self._events:
                if len(event) > LARGEST:
                    _refuse_large(event)
            events = b",".join(self._events).decode()
            answers = [{"key": key, "answer": told} for key, told in self._answers.items()]
            await self._sent(
                tx_sql.finish(self.schema.name),
                [f"[{events}]", self._claimant, to_json(answers).decode()],
            )
        if self._jobs:
            jobs = sorted(self._jobs, key=lambda job: job["once"] or "")
            await self._sent(tx_sql.ENQUEUE, [to_json(jobs).decode()])


def _refuse_large(told: bytes) -> None:
    event = from_json(told)
    if (size := len(to_json(event["body"]))) > LARGEST:
        raise ValueError(
            f"The event {event['name']} has {size} bytes, more than an event may have: "
            "let it carry an id, and let who needs the rest fetch it."
        )


def _fingerprint(asked: object) -> bytes:
    plain = _ANYTHING.dump_python(asked, mode="json", exclude_unset=True, context=HIDDEN)
    body = json.dumps(plain, sort_keys=True).encode()
    return hashlib.sha256(type(asked).__name__.encode() + body).digest()


_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def plain(changes: Mapping[str, tuple[Any, Any]] | None) -> dict[str, Any]:
    """Before and after as JSON would have them."""
    return {
        field: [side if type(side) in _AS_IT_IS else _plain(side) for side in pair]
        for field, pair in (changes or {}).items()
    }


_AS_IT_IS = frozenset({type(None), str, bool, int, list, dict})
"""Nearly every value is one of these: looked up rather than asked one after the other."""


def _plain(side: Any) -> Any:
    if isinstance(side, BaseModel):
        return side.model_dump(mode="json")
    return side if isinstance(side, int | list | dict) else str(side)
