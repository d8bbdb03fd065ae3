"""Two tiny modules on a real database: one that says what happens, one that listens."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Identity, create_engine, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.events import Envelope, Event, Subject
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.db import Database, Schema, Tx
from gausdo.platform.db.migrate import backbone, dsn_of, prepare
from gausdo.platform.worklist import Pending
from tests.servers import Servers, start_test_servers

said = Schema("said")
heard = Schema("heard")


class Counter(said.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "counter"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    value: Mapped[int]


class Applied(heard.Base):  # type: ignore[name-defined,misc]
    """What a handler wrote down, in the order in which it did."""

    __tablename__ = "applied"

    n: Mapped[int] = mapped_column(Identity(), primary_key=True)
    counter_id: Mapped[UUID]
    value: Mapped[int]
    late: Mapped[float]


class Letter(Pending, heard.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "letter"
    DONE = "sent"


class Trouble(heard.Base):  # type: ignore[name-defined,misc]
    """Records a handler cannot cope with."""

    __tablename__ = "trouble"

    id: Mapped[UUID] = mapped_column(primary_key=True)


class Counted(Event, name="said.counted.v1"):
    counter_id: UUID
    value: int
    at: float

    def subject(self) -> Subject:
        return Subject(kind="counter", id=self.counter_id)

    def subject_version(self) -> int:
        return self.value


class Unheard(Event, name="said.unheard.v1"):
    counter_id: UUID

    def subject(self) -> Subject:
        return Subject(kind="counter", id=self.counter_id)


class Described(Event, name="said.described.v1"):
    counter_id: UUID
    text: str

    def subject(self) -> Subject:
        return Subject(kind="counter", id=self.counter_id)


on = Subscriptions()


@on(Counted)
async def write_down(_: object, envelope: Envelope, tx: Tx) -> None:
    event = envelope.event()
    assert isinstance(event, Counted)
    if await tx.session.get(Trouble, event.counter_id):
        raise RuntimeError("cannot cope with this counter")
    tx.add(Applied(counter_id=event.counter_id, value=event.value, late=time.time() - event.at))


in_batches = Subscriptions()


@in_batches.batch(Counted)
async def write_all_down(_: object, envelopes: list[Envelope], __: object, tx: Tx) -> None:
    await tx.session.execute(
        Applied.__table__.insert(),
        [
            {
                "counter_id": e.subject_id,
                "value": e.version,
                "late": time.time() - e.body["at"],
            }
            for e in envelopes
        ],
    )


@dataclass(frozen=True)
class Trial:
    """A scratch database with both modules; `admin` is the superuser's DSN of it."""

    admin: str
    dsns: dict[str, str]

    def db(self, schema: Schema, size: int = 3) -> Database:
        return Database(self.dsns[schema.name], schema, size=size)


@asynccontextmanager
async def trial() -> AsyncIterator[Trial]:
    from tests.conftest import settings_for

    servers = start_test_servers()
    server = servers.postgres_dsn
    name = f"bus_{uuid4().hex[:12]}"
    jobs = settings_for(servers, name).passwords["jobs"]
    passwords = {"said": "said", "heard": "heard", "jobs": jobs}
    await asyncio.to_thread(_make, servers, name, passwords)
    try:
        yield Trial(
            dsn_of(server, database=name),
            {
                module: dsn_of(server, user=f"gausdo_{module}", password=secret, database=name)
                for module, secret in passwords.items()
            },
        )
    finally:
        with psycopg.connect(server, autocommit=True) as db:
            db.execute(f"drop database {name} with (force)")


def _make(servers: Servers, name: str, passwords: dict[str, str]) -> None:
    server = servers.postgres_dsn
    with servers.alone("roles"):
        prepare(server, name, passwords)
    engine = create_engine(
        dsn_of(server, database=name).replace("postgresql:", "postgresql+psycopg:")
    )
    for schema in (said, heard):
        with engine.begin() as connection:
            connection.execute(text(f"set role gausdo_{schema.name}_owner"))
            schema.metadata.create_all(connection)
            backbone(Operations(MigrationContext.configure(connection)), schema.name)
            connection.execute(text("reset role"))
    engine.dispose()


async def count(db: Database, counter_id: UUID, times: int = 1) -> None:
    """Each time one transaction that counts further and says so."""
    for _ in range(times):
        async with db.begin() as tx:
            value = (
                await tx.session.execute(
                    text(
                        "insert into said.counter values (:id, 1) on conflict (id) do update "
                        "set value = counter.value + 1 returning value"
                    ),
                    {"id": counter_id},
                )
            ).scalar_one()
            tx.publish(Counted(counter_id=counter_id, value=value, at=time.time()))


async def applied(db: Database) -> list[tuple[UUID, int]]:
    """(counter, value) in the order in which they were written down."""
    async with db.begin() as tx:
        rows = await tx.session.execute(
            text("select counter_id, value from heard.applied order by n")
        )
        return [(row.counter_id, row.value) for row in rows]


async def how_many(db: Database) -> int:
    async with db.begin() as tx:
        return int(
            (await tx.session.execute(text("select count(*) from heard.applied"))).scalar_one()
        )


def in_order(values: list[tuple[UUID, int]]) -> dict[UUID, int]:
    """The last value of each counter. Fails when one is lost, doubled or out of order."""
    last: dict[UUID, int] = {}
    for counter_id, value in values:
        assert value == last.get(counter_id, 0) + 1, (counter_id, value, last.get(counter_id))
        last[counter_id] = value
    return last
