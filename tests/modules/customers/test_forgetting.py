"""A person is told all that is held about them, and forgotten everywhere, on their request."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from nats.aio.client import Client
from nats.js.errors import BadRequestError, NotFoundError
from psycopg import sql
from pydantic import SecretStr

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor, Origin
from gausdo.kernel.custom import CustomFieldDraft
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.persons import ERASED, HoldsPeople, Traces
from gausdo.modules.activities.contract import About, Activities, NoteDraft, TaskDraft
from gausdo.modules.communications.contract import Communications, LetterDraft, TemplateDraft
from gausdo.modules.customers.contract import Customers, PersonChange, PersonDraft
from gausdo.modules.integrations import persons as integrations
from gausdo.modules.integrations.contract import HookDraft, Integrations
from gausdo.modules.sales.contract import DealDraft, PipelineAdded, PipelineDraft, Sales
from gausdo.platform.module import holders
from tests.conftest import ADMIN, As, People, superuser

pytestmark = pytest.mark.asyncio(loop_scope="session")

CANARY = "zqxcanary"
NAME, BEFORE = "Яна Zqxcanary", "Яна Zqxcanaryeva"
EMAIL = "yana@zqxcanary.example"
STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]

Settled = Callable[[], Awaitable[None]]


@dataclass
class World:
    """Somebody of whom everything there is tells, and a colleague's customer beside them."""

    person: UUID
    deal: UUID
    other: UUID


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(gausdo: Gausdo, people: People, settled: Settled) -> World:
    ann = people.ann
    customers, sales = gausdo.get(Customers), gausdo.get(Sales)
    for key, type in (("note", "text"), ("size", "number")):
        field = CustomFieldDraft.model_validate({"name": key, "key": key, "type": type})
        await sales.add_deal_field(ADMIN, field)
        await customers.add_person_field(ADMIN, field)
    draft = PersonDraft(
        custom={"note": CANARY},
        name=BEFORE,
        position=f"Директор {CANARY}",
        emails=[EMAIL],
        phones=["+7 916 555-44-33"],
        links=[f"t.me/{CANARY}"],
        city=f"Город {CANARY}",
        tags=[f"метка {CANARY}"],
        source=f"От {CANARY}",
        about=f"Знает {CANARY}",
        document=SecretStr("ZQXCANARY 77"),
    )
    person = await customers.add_person(ann, draft, "yana-added-once")
    change = PersonChange(version=1, name=NAME)
    await customers.change_person(ann, person.id, change, "yana-changed-once")
    other = await customers.add_person(ann, PersonDraft(name="Яна Иванова"))
    pipeline = await sales.add_pipeline(
        ADMIN, PipelineDraft.model_validate({"name": "Продажи", "stages": STAGES})
    )
    deal = await sales.open_deal(
        ann,
        DealDraft(
            title=f"Договор, {NAME}", pipeline_id=pipeline.id, contact_id=person.id,
            about=f"Писать на {EMAIL}, Яне", custom={"note": f"Ждёт {NAME}", "size": "12"},
        ),
        "a-deal-with-yana",
    )  # fmt: skip
    await sales.open_deal(ann, DealDraft(title="Яна и другие", pipeline_id=pipeline.id))
    activities = gausdo.get(Activities)
    for kind, id in (("person", person.id), ("deal", deal.id)):
        about = About(kind=kind, id=id)
        note = NoteDraft(about=about, text=f"{NAME} просила звонить, {EMAIL}")
        await activities.add_note(people.head, note, f"a-note-about-the-{kind}")
        await activities.add_task(
            ann, TaskDraft(title=f"Позвонить: {NAME}", about=about, description=EMAIL)
        )
    letters = gausdo.get(Communications)
    template = await letters.add_template(
        people.admin,
        TemplateDraft(
            name="Привет", subject="{{ who }}", body="{{ who }}", html=False, locale="ru"
        ),
    )
    for to, who in ((EMAIL, "Привет"), ("ann@example.org", f"Заявка: {NAME}")):
        await letters.send(
            people.head,
            LetterDraft(template_id=template.id, to=to, to_name=who, values={"who": who}),
        )
    hook = HookDraft(url="https://localhost/", event="x", body={"who": NAME, "n": [EMAIL]})
    await gausdo.get(Integrations).call(people.head, hook, "a-call-about-yana")
    themselves = Actor(id=person.id, origin=Origin(address=CANARY, session="token"))
    async with gausdo.databases["sales"].begin(themselves) as tx:
        tx.publish(PipelineAdded(pipeline_id=pipeline.id))
    await settled()
    with superuser(gausdo) as admin:
        admin.execute(
            "insert into sales.parked (consumer, source, pos, kind, subject_id, envelope, error) "
            "values ('sales', 'customers', 999999, 'person', %s, '{}', %s)",
            [other.id, f"ValueError: {EMAIL} is odd"],
        )
    return World(person.id, deal.id, other.id)


async def places(gausdo: Gausdo) -> set[str]:
    """Every column of every table that has the canary in it."""
    return await asyncio.to_thread(_places, gausdo)


def _places(gausdo: Gausdo) -> set[str]:
    columns: dict[tuple[str, str], list[tuple[str, sql.Composed]]] = {}
    with superuser(gausdo) as admin:
        found = admin.execute(
            "select n.nspname, c.relname, a.attname, format_type(a.atttypid, null) "
            "from pg_attribute a join pg_class c on c.oid = a.attrelid "
            "join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname !~ '^pg_|information_schema' and c.relkind in ('r', 'p') "
            "and not c.relispartition and a.attnum > 0 and not a.attisdropped"
        ).fetchall()
        for schema, table, column, kind in found:
            if not re.match(r"text|char|jsonb?|bytea|tsvector", kind):
                continue
            value = sql.SQL("encode({}, 'escape')" if kind == "bytea" else "{}::text")
            told = value.format(sql.Identifier(column))
            columns.setdefault((schema, table), []).append((column, told))
        assert len([one for told in columns.values() for one in told]) > 150
        having = set()
        for (schema, table), told in columns.items():
            asked = sql.SQL(", ").join(
                sql.SQL("bool_or({} ilike {})").format(value, f"%{CANARY}%") for _, value in told
            )
            query = sql.SQL("select {} from {}").format(asked, sql.Identifier(schema, table))
            row = admin.execute(query).fetchone() or ()
            pairs = zip(told, row, strict=True)
            having |= {f"{schema}.{table}.{column}" for (column, _), here in pairs if here}
        return having


async def beyond(gausdo: Gausdo, nats: Client) -> int:
    """How many messages and analytical rows there are; none of them has the canary."""
    count = 0
    js = nats.jetstream()
    for stream in await js.streams_info():
        name = stream.config.name or ""
        for seq in range(stream.state.first_seq, stream.state.last_seq + 1):
            try:
                message = await js.get_msg(name, seq)
            except (NotFoundError, BadRequestError):  # an empty stream begins at none
                continue
            assert CANARY.encode() not in (message.data or b"").lower(), message
            count += 1
    columns = await gausdo.analytics.ask(
        "select table, name from system.columns where database = currentDatabase() "
        "and type like '%String%'",
        {},
    )
    for one in columns:
        named = f"{one['name']} ilike '%{CANARY}%'"
        told = await gausdo.analytics.ask(f"select 1 from {one['table']} where {named}", {})
        assert told == [], one
        count += 1
    return count


async def test_a_person_is_told_everything(
    api: As, people: People, gausdo: Gausdo, world: World
) -> None:
    path = f"/people/{world.person}/export"
    told = await api(people.admin).get(path)
    assert told.status_code == 200, told.text
    held = {one["place"]: one["records"] for one in told.json()}
    assert held["customers.person"][0]["document"] == "ZQXCANARY 77"
    assert [deal["id"] for deal in held["sales.deal"]] == [str(world.deal)]
    assert len(held["activities.note"]) == len(held["activities.task"]) == 1
    assert [letter["to"] for letter in held["communications.letter"]] == [EMAIL]
    assert BEFORE in json.dumps(held["customers.personal"], ensure_ascii=False)
    refused = await api(people.head).get(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_who_may_not_erases_nobody(
    api: As, people: People, gausdo: Gausdo, world: World
) -> None:
    path = f"/people/{world.person}/erasure"
    for actor in (people.ann, people.head):
        assert (await api(actor).post(path)).status_code == 403
        assert (await api(actor).get(path)).status_code == 403
    missing = f"/people/{world.deal}/erasure"
    assert (await api(people.admin).post(missing)).status_code == 404
    assert (await api(people.admin).get(path)).status_code == 404
    asked = Traces(id=world.person, texts=(NAME,))
    found = holders(gausdo.contracts)
    assert {*found} >= {"sales", "activities", "communications", "integrations", "automation"}
    for holder in found.values():
        await refuse(holder, people.admin, asked)


async def refuse(holder: HoldsPeople, actor: Actor, asked: Traces) -> None:
    with pytest.raises(Forbidden):
        await holder.held_about(actor, asked)
    with pytest.raises(Forbidden):
        await holder.forget_person(actor, asked)


async def test_a_person_is_forgotten_everywhere_also_when_it_was_killed_half_way(
    api: As,
    people: People,
    gausdo: Gausdo,
    nats: Client,
    world: World,
    settled: Settled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = await places(gausdo)
    assert {
        "customers.person.name", "customers.person.search", "customers.reach.normal",
        "customers.person.custom", "sales.deal.custom",
        "customers.answer.answer", "sales.deal.title", "sales.deal.search", "sales.known.label",
        "activities.note.text", "activities.task.title", "activities.known.label",
        "communications.letter.to", "communications.letter.body", "integrations.delivery.body",
        "sales.parked.error", "sales.personal.changes", "customers.personal.changes",
        "sales.history.address",
    } <= before  # fmt: skip
    path = f"/people/{world.person}/erasure"
    killed = asyncio.Event()

    async def dies(*_: Any) -> None:
        killed.set()
        raise RuntimeError("killed")

    with monkeypatch.context() as half_way:
        half_way.setattr(integrations, "forget", dies)
        asked = await api(people.admin).post(path)
        assert (asked.status_code, asked.json()["done_at"]) == (202, None), asked.text
        await asyncio.wait_for(killed.wait(), 30)
    assert "customers.person.name" in await places(gausdo)
    forgetting = gausdo.services["customers"].forgetting
    await asyncio.gather(forgetting.forget(world.person), forgetting.forget(world.person))
    await settled()
    assert await places(gausdo) == set()
    assert await beyond(gausdo, nats) > 20
    told = (await api(people.admin).get(path)).json()
    assert told["done_at"] is not None
    found = {(one["place"], one["done"]) for one in told["found"]}
    assert {
        ("customers.person", "anonymised"), ("customers.data_key", "erased"),
        ("sales.deal", "anonymised"), ("activities.note", "erased"),
        ("communications.letter", "anonymised"), ("backups", "kept"),
    } <= found  # fmt: skip
    again = await api(people.admin).post(path)
    assert again.json() == told


async def test_what_is_left_names_nobody_and_others_stay(
    api: As, people: People, gausdo: Gausdo, world: World
) -> None:
    left = (await api(people.ann).get(f"/people/{world.person}")).json()
    assert (left["name"], left["emails"], left["document"]) == (ERASED, [], False)
    assert left["custom"] == {}
    assert left["erased_at"] is not None
    assert left["editable"] is False
    change = {"version": left["version"], "name": "Опять Яна"}
    refused = await api(people.ann).patch(f"/people/{world.person}", json=change)
    assert (refused.status_code, refused.json()["code"]) == (409, "customers.erased")
    deal = (await api(people.ann).get(f"/deals/{world.deal}")).json()
    assert deal["title"] == f"Договор, {ERASED}"
    assert deal["contact"] == {"id": str(world.person), "name": ERASED}
    assert deal["about"] == f"Писать на {ERASED}, Яне"
    assert deal["custom"] == {"note": f"Ждёт {ERASED}", "size": "12"}
    history = (await api(people.ann).get(f"/people/{world.person}/history")).json()
    assert history[0]["name"] == "customers.person-erased.v1"
    assert history[0]["actor_id"] == str(people.admin.id)
    deals = (await api(people.ann).get("/deals")).json()["items"]
    assert "Яна и другие" in {one["title"] for one in deals}
    other = (await api(people.ann).get(f"/people/{world.other}")).json()
    assert other["name"] == "Яна Иванова"
    with superuser(gausdo) as admin:
        letters = admin.execute('select state, "to" from communications.letter').fetchall()
        key = "select wrapped, destroyed_at is null from customers.data_key where subject_id = %s"
        keys = admin.execute(key, [world.person]).fetchall()
    assert ("failed", "") in letters
    assert keys == [(None, False)]
    anew = await api(people.ann).post("/people", json={"name": "Яна Новая", "emails": [EMAIL]})
    assert anew.status_code == 201
