"""Whoever changes the history past Gausdo, as the superuser of the database may, is found."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from nats.aio.client import Client
from psycopg.errors import InsufficientPrivilege, RaiseException

from gausdo.app import Gausdo
from gausdo.doctor.seals import in_words
from gausdo.modules.customers.contract import PersonDraft
from gausdo.platform.audit import sealer
from gausdo.platform.audit.chain import key_of
from gausdo.platform.audit.heads import Heads
from gausdo.platform.audit.sealer import BEFORE, Sealer
from gausdo.platform.audit.verify import Trouble, Verifier
from tests.conftest import As, People, superuser
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass
class Chain:
    """The customers' history: people, each added and then changed, and sealed in lots of four."""

    gausdo: Gausdo
    heads: Heads
    people: list[UUID]

    async def seal(self) -> None:
        await self.sealer().seal()

    def sealer(self) -> Sealer:
        async def always() -> bool:
            return True

        db = self.gausdo.databases["customers"]
        return Sealer(db, key_of(self.gausdo.settings), self.heads, always)

    async def newest(self) -> list[Trouble]:
        return await self._verifier().newest(await self.heads.of("customers"))

    async def whole(self) -> list[Trouble]:
        head = await self.heads.of("customers")
        return [trouble async for trouble in self._verifier().whole(head)]

    def _verifier(self) -> Verifier:
        return Verifier(self.gausdo.databases["customers"], key_of(self.gausdo.settings))

    def ask(self, statement: str, *args: Any) -> list[tuple[Any, ...]]:
        with superuser(self.gausdo) as db:
            return db.execute(statement.encode(), args or None).fetchall()

    def do(self, statement: str, *args: Any) -> None:
        with superuser(self.gausdo) as db:
            db.execute(statement.encode(), args or None)

    @contextmanager
    def tampered(self, *statements: str) -> Iterator[None]:
        """As the superuser, and put back afterwards as it was."""
        tables = ("history", "personal", "seal", "outbox", "line")
        with superuser(self.gausdo) as db:
            for table in tables:
                db.execute(f"create table public.kept_{table} as table customers.{table}".encode())
            try:
                for statement in statements:
                    assert db.execute(statement.encode()).rowcount != 0, statement
                yield
            finally:
                for table in tables:
                    db.execute(f"delete from customers.{table}".encode())
                    db.execute(
                        f"insert into customers.{table} overriding system value "
                        f"select * from public.kept_{table}".encode()
                    )
                    db.execute(f"drop table public.kept_{table}".encode())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chain(
    gausdo: Gausdo,
    people: People,
    api: As,
    nats: Client,
    settled: Callable[[], Awaitable[None]],
) -> AsyncIterator[Chain]:
    ann = api(people.ann)
    made = []
    for name in ("Ada", "Bea", "Cyd", "Dan", "Eli", "Fay"):
        reply = await ann.post("/people", json=PersonDraft(name=name).model_dump(mode="json"))
        person = reply.json()
        made.append(UUID(person["id"]))
        change = {"name": f"{name} Field", "city": "Kazan", "version": 1}
        reply = await ann.patch(f"/people/{person['id']}", json=change)
        assert reply.status_code == 200, reply.text
    await settled()
    chain = Chain(gausdo, Heads(nats, gausdo.settings.database), made)
    lot, sealer.LOT = sealer.LOT, 4

    async def begun() -> bool:
        await chain.seal()
        return chain.ask("select older from customers.seal order by n desc limit 1") == [(None,)]

    await eventually(begun, 60, "nobody writes any more who did then, anywhere on the server")
    yield chain
    sealer.LOT = lot


def told(troubles: list[Trouble]) -> list[tuple[str, int | None, UUID | None]]:
    return [(one.code, one.pos, one.record) for one in troubles]


async def test_what_nobody_touched_holds(chain: Chain) -> None:
    assert await chain.newest() == []
    assert await chain.whole() == []
    sealed = chain.ask("select sum(cardinality(ids)), max(to_pos) from customers.seal")
    assert sealed == chain.ask("select count(*), max(pos) from customers.outbox")
    assert sealed[0][0] >= 2 * len(chain.people)


NTH = "(select id from customers.history where subject_id = '{}' and version = {})"
WAYS = {
    "altered": "update customers.history set changes = changes || '{{\"city\": [null, \"Omsk\"]}}' "
    "where id = {nth}",
    "altered-who": "update customers.history set actor_id = '{other}' where id = {nth}",
    "altered-when": "update customers.history set at = at - interval '1 second' where id = {nth}",
    "deleted": "delete from customers.history where id = {nth}",
    "address-altered": "update customers.history set address = '8.8.8.8' where id = {nth}",
    "personal-altered": "update customers.personal set changes = "
    "'{{\"name\": [\"Ada\", \"Eva\"]}}' where event_id = "
    "(select event_id from customers.history where id = {nth})",
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
async def test_a_changed_entry_is_found_and_named(chain: Chain, way: str) -> None:
    record = chain.people[0]
    nth = NTH.format(record, 2)
    ((pos,),) = chain.ask(
        "select pos from customers.outbox where subject_id = %s and version = 2", record
    )
    code = {"altered-who": "altered", "altered-when": "altered"}.get(way, way)
    with chain.tampered(WAYS[way].format(nth=nth, other=chain.people[1])):
        found = told(await chain.whole())
    assert found[0][1:] == (pos, record)
    assert found[0][0] == code or (way == "altered-when" and found[0][0] == "deleted")
    assert await chain.whole() == []


async def test_the_newest_are_looked_at_each_time(chain: Chain) -> None:
    nth = NTH.format(chain.people[-1], 2)
    with chain.tampered(f"update customers.history set via = 'rule' where id = {nth}"):
        (trouble,) = await chain.newest()
    assert (trouble.code, trouble.module, trouble.record, trouble.kind) == (
        "altered", "customers", chain.people[-1], "person",
    )  # fmt: skip
    assert in_words(trouble).startswith(f"an entry was altered (person {chain.people[-1]}, event ")


GONE = (
    "delete from customers.history where event_id in "
    "(select event_id from customers.outbox where pos {})"
)
COPY = (
    "insert into customers.history {over} (id, event_id, name, kind, subject_id, version, at, "
    "actor_id, via, seen, body, changes) {value} select {id}, gen_random_uuid(), name, kind, "
    "subject_id, version, {at}, actor_id, via, seen, body, changes from customers.history "
    "where id = {nth}"
)


@pytest.mark.parametrize("id", ["(select max(id) + 1 from customers.history)", "-5", "id"])
async def test_an_entry_that_was_put_in_is_found(chain: Chain, id: str) -> None:
    copy = COPY.format(
        over="", value="overriding system value", id=id, at="at - interval '1 hour'",
        nth=NTH.format(chain.people[2], 1),
    )  # fmt: skip
    with chain.tampered(copy):
        found = await chain.whole()
        newest = await chain.newest()
    assert [one.code for one in found] == ["inserted"]
    if "max" in id:
        assert [(one.code, one.record) for one in newest] == [("inserted", chain.people[2])]


async def test_an_altered_seal_is_found(chain: Chain) -> None:
    forged = "update customers.seal set at = at - interval '1 day' where n = 1"
    with chain.tampered(forged):
        assert [(one.code, one.seal) for one in await chain.whole()] == [("seal", 1)]
    with chain.tampered("delete from customers.seal where n = 1"):
        assert ("seal", 1) in [(one.code, one.seal) for one in await chain.whole()]


async def test_nobody_seals_anew_what_they_altered(chain: Chain) -> None:
    """With the database alone: hashes can be computed, signatures cannot."""
    nth = NTH.format(chain.people[0], 1)
    with chain.tampered(
        f"update customers.history set via = 'rule' where id = {nth}",
        "delete from customers.seal",
    ):
        forger = Sealer(chain.gausdo.databases["customers"], b"a guess", None, _always)
        await forger.seal()
        codes = {one.code for one in await chain.whole()}
    assert codes == {"seal", "tail"}


async def _always() -> bool:
    return True


async def test_an_end_that_was_cut_off_is_found(chain: Chain, caplog: Any) -> None:
    ((n, to_pos, last),) = chain.ask(
        "select n, from_pos - 1, (select max(n) from customers.seal) from customers.seal "
        "where kind = 'events' order by n desc limit 1"
    )
    cut = (
        GONE.format(f"> {to_pos}"),
        f"delete from customers.outbox where pos > {to_pos}",
        f"update customers.line set pos = {to_pos}",
        f"delete from customers.seal where n >= {n}",
    )
    with chain.tampered(*cut):
        assert [(one.code, one.seal) for one in await chain.newest()] == [("tail", last)]
        await chain.sealer().seal()  # which does not tell another end over the one that was told
        assert [one.code for one in await chain.newest()] == ["tail"]
        assert await chain.sealer().acknowledge()  # it is an older backup, somebody says
        assert await chain.whole() == []
        ((note,),) = chain.ask("select note from customers.seal order by n desc limit 1")
        assert note["n"] == last
    assert [one.code for one in await chain.whole()] == ["tail"]
    assert await chain.sealer().acknowledge()
    assert await chain.whole() == []
    assert not await chain.sealer().acknowledge()


async def test_what_is_erased_is_no_alarm(chain: Chain, people: People) -> None:
    erased = chain.people[3]
    with psycopg.connect(chain.gausdo.settings.module_dsn("customers"), autocommit=True) as role:
        gone = role.execute("delete from customers.personal where subject_id = %s", [erased])
        assert gone.rowcount == 2
        assert await chain.whole() == []
        (forgotten,) = role.execute(
            "select customers.forget_addresses(%s)", [people.ann.id]
        ).fetchone()
    assert forgotten == 2 * len(chain.people)
    assert await chain.whole() == []
    with chain.tampered(
        "insert into customers.personal (event_id, subject_id, changes) select event_id, "
        f'subject_id, \'{{"name": [null, "Eva"]}}\' from customers.history where id = '
        f"{NTH.format(erased, 1)}"
    ):
        assert [(one.code, one.record) for one in await chain.whole()] == [
            ("personal-altered", erased)
        ]


async def test_the_role_of_the_module_only_adds(chain: Chain) -> None:
    with psycopg.connect(chain.gausdo.settings.module_dsn("customers"), autocommit=True) as role:
        role.execute("select customers.make_partitions('2033-01-01', '2033-01-01')")
        for table in ("history", "history_default", "history_203301", "seal"):
            column = "note" if table == "seal" else "via"
            for statement in (
                f"update customers.{table} set {column} = null",
                f"delete from customers.{table}",
                f"truncate customers.{table}",
            ):
                with pytest.raises(InsufficientPrivilege):
                    role.execute(statement.encode())
        with pytest.raises(RaiseException):
            role.execute("select customers.empty_history()")


async def test_what_was_there_before_is_sealed_by_its_ids(chain: Chain) -> None:
    """As after an upgrade: no seals yet, and an outbox that knows the last of it only."""
    ((half,),) = chain.ask("select max(pos) / 2 from customers.outbox")
    with chain.tampered(
        "delete from customers.seal",
        f"delete from customers.outbox where pos <= {half}",
        "update customers.personal set salt = null",
    ):
        breath, sealer.BREATH = sealer.BREATH, 0.0

        async def kinds() -> list[str]:
            await chain.seal()
            return [kind for (kind,) in chain.ask("select kind from customers.seal order by n")]

        async def sealed() -> bool:
            return (await kinds())[-1] == "before"

        await eventually(sealed, 30, "nobody writes any more who did then, anywhere on the server")
        sealer.BREATH = breath
        assert (await kinds())[0] == "begun"
        assert "events" in await kinds()
        assert [one.code for one in await chain.whole()] == ["tail"]  # it was another chain
        assert chain.ask("select from customers.personal where salt is null") == []
        every = "select count(*), count(distinct id) from customers.seal, unnest(ids) id"
        ((entries,),) = chain.ask("select count(*) from customers.history")
        assert chain.ask(every) == [(entries, entries)]
        nth = NTH.format(chain.people[0], 1)
        chain.do(f"update customers.history set via = 'rule' where id = {nth}")
        assert ("altered", None, chain.people[0]) in told(await chain.whole())


async def test_a_lot_of_before_is_compared_with_the_seals_once(chain: Chain) -> None:
    """However many partitions it comes from: each would hold all sealed ids in memory."""
    with chain.tampered(
        "update customers.history set at = at - interval '20 years' "
        "where id = (select min(id) from customers.history)"
    ):
        query = "explain (analyze, format json) " + BEFORE.replace("{schema}", "customers")
        (([plan],),) = chain.ask(query, 0, 2**31, 2**31)
        looked = [node["Actual Loops"] for node in nodes(plan["Plan"], "seal")]
        assert looked == [1]
        assert sum(node["Actual Rows"] > 0 for node in nodes(plan["Plan"], "history")) > 1


def nodes(plan: dict[str, Any], table: str) -> Iterator[dict[str, Any]]:
    """What a plan reads of a table, or of its partitions."""
    if plan.get("Relation Name", "").split("_")[0] == table:
        yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child, table)


async def test_what_vanished_before_it_was_sealed_is_told(chain: Chain) -> None:
    ((n, from_pos),) = chain.ask(
        "select n, from_pos from customers.seal where kind = 'events' order by n desc limit 1"
    )
    with chain.tampered(
        f"delete from customers.seal where n >= {n}",
        GONE.format(f"= {from_pos}"),
    ):
        await chain.seal()
        assert ("lost", from_pos) in [one[:2] for one in told(await chain.whole())]
