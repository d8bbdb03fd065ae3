"""Fields that were added and are kept encrypted: told to who may see them, one at a time, found by
all of the value, and in plain nowhere.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import text as sql

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.pages import ListQuery
from gausdo.modules.customers.contract import CompanyDraft, Customers, PeopleQuery, PersonDraft
from gausdo.modules.customers.schema import SEALED
from gausdo.modules.sales.contract import DealDraft, DealQuery, Sales
from gausdo.modules.sales.tables import SEALED as OF_DEALS
from gausdo.platform.crypto import Ring, Vault, rotation
from tests.conftest import As, People, Settled, superuser
from tests.modules.customers.test_documents import texts
from tests.modules.customers.test_merging import got, merged, sent, told
from tests.modules.integrations.test_file_imports import changed, counts, done, uploaded
from tests.modules.integrations.test_undoing_imports import undone

pytestmark = pytest.mark.asyncio(loop_scope="session")

KINDS = {"company": "companies", "person": "people", "deal": "deals"}
QUERIES = {"company": ListQuery, "person": PeopleQuery, "deal": DealQuery}
KEY = "sealed_passport"
NAME = f"custom.{KEY}"
STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]
Beginning = Mapping[str, dict[str, Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def first(api: As, people: People) -> Beginning:
    """What a new record of each kind is told beside its sealed value."""
    admin = api(people.admin)
    pipeline = await sent(admin, "/pipelines", name="Sealed", stages=STAGES)
    for kind in KINDS:
        field = await sent(admin, f"/{kind}-fields", name="Passport", type="sealed", help="As is")
        assert (field["key"], field["type"]) == (KEY, "sealed")
    where = {"pipeline_id": pipeline["id"], "stage_id": pipeline["stages"][0]["id"]}
    return {
        "company": {"name": "ООО «Сейф»"},
        "person": {"name": "Анна Сейфова"},
        "deal": {"title": "Сейф", **where},
    }


async def added(
    api: As, actor: Actor, first: Beginning, kind: str, value: str | None = None, **more: Any
) -> dict[str, Any]:
    custom = {} if value is None else {"custom": {KEY: value}}
    return dict(await sent(api(actor), f"/{KINDS[kind]}", **first[kind], **custom, **more))


async def shown(api: As, actor: Actor, kind: str, id: str) -> Any:
    return (await got(api(actor), f"/{KINDS[kind]}/{id}/sealed/{KEY}"))["value"]


async def found(api: As, actor: Actor, kind: str, op: str, value: Any = None) -> list[str]:
    asked = {"field": NAME, "op": op} | ({} if value is None else {"value": value})
    answer = await api(actor).get(f"/{KINDS[kind]}", params={"filter": json.dumps(asked)})
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_value_is_kept_shown_changed_and_emptied(
    api: As, people: People, first: Beginning, settled: Settled, kind: str
) -> None:
    client = api(people.ann)
    record = await added(api, people.ann, first, kind, " 4509 123456 ")
    path = f"/{KINDS[kind]}/{record['id']}"
    assert record["custom"] == {KEY: True}
    assert await shown(api, people.bob, kind, record["id"]) == "4509 123456"
    version = 1
    for value, after in (("4509 123456", 1), (True, 1), ("II-АН 7", 2), (None, 3)):
        change = {"version": version, "custom": {KEY: value}}
        version = (await client.patch(path, json=change)).json()["version"]
        assert version == after, value
    assert await shown(api, people.ann, kind, record["id"]) is None
    history = await got(client, f"{path}/history")
    assert [one["changes"].get(NAME) for one in history] == [
        [True, None],
        [True, True],
        [None, True],
    ]
    nothing = await client.patch(path, json={"version": 3, "custom": {KEY: True}})
    long = await client.patch(path, json={"version": 3, "custom": {KEY: "x" * 2001}})
    codes = [one.json()["errors"][0]["code"] for one in (nothing, long)]
    assert codes == ["sealed-nothing", "sealed-text"]
    await settled()
    audit = await got(api(people.admin), f"/audit?record={record['id']}&limit=100")
    looked = [one for one in audit["items"] if one["name"].endswith(f"{kind}-value-shown.v1")]
    assert [(one["actor_id"], one["changes"]) for one in looked] == [
        (str(people.bob.id), {"field": [None, NAME]})
    ]


@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_found_by_the_whole_value_only(
    api: As, people: People, first: Beginning, kind: str
) -> None:
    mine = (await added(api, people.ann, first, kind, "АБ 900100"))["id"]
    other = (await added(api, people.ann, first, kind, "АБ 900101"))["id"]
    without = (await added(api, people.ann, first, kind))["id"]
    assert await found(api, people.bob, kind, "eq", " аб  900100") == [mine]
    assert await found(api, people.eve, kind, "eq", "АБ 900100") == []
    assert {*await found(api, people.ann, kind, "in", ["АБ 900100", "АБ 900101"])} == {mine, other}
    rest = {*await found(api, people.ann, kind, "ne", "АБ 900100")}
    assert {other, without} <= rest
    assert mine not in rest
    assert without in await found(api, people.ann, kind, "is_empty")
    assert mine not in await found(api, people.ann, kind, "is_empty")
    assert {mine, other} <= {*await found(api, people.ann, kind, "is_not_empty")}
    for op, value in (("contains", "900"), ("starts_with", "АБ"), ("gt", "А"), ("eq", 7)):
        asked = json.dumps({"field": NAME, "op": op, "value": value})
        refused = await api(people.ann).get(f"/{KINDS[kind]}", params={"filter": asked})
        assert refused.status_code == 422, op
    for q in ("900100", "АБ"):
        assert (await got(api(people.ann), f"/{KINDS[kind]}?q={q}"))["items"] == []
    by = await api(people.ann).get(f"/{KINDS[kind]}", params={"sort": NAME})
    assert by.status_code == 422


async def test_from_whom_a_role_hides_it_it_is_hidden(
    api: As, people: People, first: Beginning, gausdo: Gausdo
) -> None:
    customers, sales = gausdo.get(Customers), gausdo.get(Sales)
    for kind in KINDS:
        id = UUID((await added(api, people.ann, first, kind, f"hidden {kind}"))["id"])
        narrow = [
            one.model_copy(update={"without": frozenset({NAME})})
            if one.operation in ("read", "edit")
            else one
            for one in people.bob.grants
        ]
        bob = people.bob.model_copy(update={"grants": tuple(narrow)})
        tell = {
            "company": customers.company_sealed,
            "person": customers.person_sealed,
            "deal": sales.deal_sealed,
        }[kind]
        see = {"company": customers.company, "person": customers.person, "deal": sales.deal}[kind]
        record = await see(bob, id)
        assert (record.custom, NAME in record.hidden) == ({}, True)
        with pytest.raises(Forbidden):
            await tell(bob, id, KEY)
        query = json.dumps({"field": NAME, "op": "eq", "value": f"hidden {kind}"})
        lists = {
            "company": customers.list_companies,
            "person": customers.list_people,
            "deal": sales.list_deals,
        }
        with pytest.raises(Forbidden):
            await lists[kind](bob, QUERIES[kind](filter=query))
    assert (await api(people.eve).get(f"/deals/{id}/sealed/{KEY}")).status_code == 404
    assert (await api(people.ann).get(f"/deals/{id}/sealed/sealed_none")).status_code == 404


async def test_the_value_is_nowhere_in_plain(
    api: As, people: People, first: Beginning, gausdo: Gausdo, settled: Settled
) -> None:
    canary = "ZX 8802 committal"
    drafts = {"company": CompanyDraft, "person": PersonDraft, "deal": DealDraft}
    customers, sales = gausdo.get(Customers), gausdo.get(Sales)
    brings = {
        "company": customers.import_companies,
        "person": customers.import_people,
        "deal": sales.import_deals,
    }
    for kind, plural in KINDS.items():
        headers = {"idempotency-key": f"a-sealed-{kind}"}
        draft = {**first[kind], "custom": {KEY: canary}}
        made = await api(people.ann).post(f"/{plural}", json=draft, headers=headers)
        again = await api(people.ann).post(f"/{plural}", json=draft, headers=headers)
        assert again.json() == made.json()
        told_again = {"version": 1, "custom": {KEY: f"{canary}!"}}
        await api(people.ann).patch(f"/{plural}/{made.json()['id']}", json=told_again)
        rows = [(1, drafts[kind].model_validate(draft))]
        [row] = await brings[kind](people.head, rows, f"with-sealed-{kind}")  # type: ignore[operator]
        assert await shown(api, people.head, kind, str(row.id)) == canary
        listed = await got(api(people.ann), f"/{plural}")
        assert canary not in json.dumps(listed)
        asked = {"name": "S", "kind": kind, "filter": {"field": NAME, "op": "eq", "value": canary}}
        view = await api(people.ann).post("/views", json=asked)
        assert [one["code"] for one in view.json()["errors"]] == ["field-not-here"]
        if kind != "deal":
            how = {**asked, "how": "dynamic"}
            segment = await api(people.head).post("/segments", json=how)
            assert segment.status_code == 422, segment.text
        export = json.dumps(asked["filter"])
        taken = await api(people.admin).get(f"/{plural}/export", params={"filter": export})
        assert taken.status_code == 200, taken.text
        assert canary not in taken.text
    await settled()
    with superuser(gausdo) as admin:
        for table, text in [*texts(admin), *texts_of_identity(admin)]:
            query = f"select 1 from {table} where {text} ~* '8802.?committal' limit 1"
            assert admin.execute(query.encode()).fetchone() is None, (table, text)


def texts_of_identity(admin: Any) -> list[tuple[str, str]]:
    columns = admin.execute(
        "select table_schema, table_name, column_name from information_schema.columns "
        "where table_schema in ('identity', 'automation', 'reports', 'communications') "
        "and data_type in ('text', 'jsonb', 'ARRAY')"
    ).fetchall()
    return [(f'{schema}."{table}"', f'"{column}"::text') for schema, table, column in columns]


async def test_a_file_brings_values_in_and_keeps_none(
    api: As, people: People, first: Beginning, gausdo: Gausdo, settled: Settled
) -> None:
    head, canary = api(people.head), "QW 7703 envelope"
    names = ["ООО «Из файла»", "ООО «Было пусто»", "ООО «Было другое»"]
    for name, value in ((names[1], None), (names[2], "before")):
        await added(api, people.head, {"company": {"name": name}}, "company", value)
    file = "name,Passport\n" + "".join(f"{name},{canary}\n" for name in names)
    upload = await uploaded(head, "companies", file)
    assert [one["field"] for one in upload["columns"]] == ["name", NAME]
    assert canary not in json.dumps(upload)
    tried = await changed(head, upload, policy="both", by="name")
    ran = await done(head, settled, tried, "run")
    assert counts(ran) == ("done", 1, 2, 0, 0)
    ids = [(await called(head, name))["id"] for name in names]
    assert {await shown(api, people.head, "company", id) for id in ids} == {canary}
    with superuser(gausdo) as admin:
        for table, text in texts(admin):
            query = f"select 1 from {table} where {text} ~* '7703.?envelope' limit 1"
            assert admin.execute(query.encode()).fetchone() is None, (table, text)
    assert await undone(head, settled, ran["id"]) == ("done", 1, 1, 1)
    assert await shown(api, people.head, "company", ids[1]) is None
    assert await shown(api, people.head, "company", ids[2]) == canary


async def called(client: httpx2.AsyncClient, name: str) -> dict[str, Any]:
    asked = json.dumps({"field": "name", "op": "eq", "value": name})
    [one] = (await client.get("/companies", params={"filter": asked})).json()["items"]
    return dict(one)


async def test_values_are_found_on_after_a_rotation(
    api: As, people: People, first: Beginning, gausdo: Gausdo
) -> None:
    key = secrets.token_bytes(32)
    ring = Ring({"new": key, **{one.name: one._key for one in gausdo.ring}})
    back = Ring({one.name: one._key for one in (*gausdo.ring, ring.first)})
    for kind, values in (("company", SEALED), ("person", SEALED), ("deal", OF_DEALS)):
        record = await added(api, people.ann, first, kind, "ROT 778899")
        db = gausdo.databases[values.schema.name]
        vault = Vault(db.schema, ring)
        assert (await rotation.rotate(db, vault, [values])).reindexed > 0
        assert set(await rotation.used(db, vault, [values])) == {ring.first.id}
        assert (await rotation.rotate(db, vault, [values])) == rotation.Rotated()
        alone = Vault(db.schema, Ring({"new": key}))
        async with db.begin() as tx:
            assert await values.read(tx, alone, kind, UUID(record["id"]), KEY) == "ROT 778899"
        await rotation.rotate(db, Vault(db.schema, back), [values])
        assert await found(api, people.ann, kind, "eq", "rot 778899") == [record["id"]]


@pytest.mark.parametrize("kind", ["company", "person"])
async def test_it_follows_a_merge_and_comes_back_from_it(
    api: As, people: People, first: Beginning, kind: str
) -> None:
    client, base = api(people.ann), f"/{KINDS[kind]}"
    for value, change in (("4510 000001", None), ("4510 000002", "4510 000003")):
        one = await added(api, people.ann, first, kind)
        other = await added(api, people.ann, first, kind, value)
        before = [await got(client, f"{base}/{each['id']}") for each in (one, other)]
        merge = await merged(client, base, one, other)
        assert await shown(api, people.ann, kind, one["id"]) == value
        assert await found(api, people.ann, kind, "eq", value) == [one["id"]]
        if change is not None:
            now = await got(client, f"{base}/{one['id']}")
            told_since = {"version": now["version"], "custom": {KEY: change}}
            assert (await client.patch(f"{base}/{one['id']}", json=told_since)).status_code == 200
        parted = await sent(client, f"{base}/merges/{merge['id']}/part")
        after = [await got(client, f"{base}/{each['id']}") for each in (one, other)]
        assert await shown(api, people.ann, kind, other["id"]) == value
        assert await shown(api, people.ann, kind, one["id"]) == change
        if change is None:
            assert [told(each) for each in after] == [told(each) for each in before]
            assert await found(api, people.ann, kind, "eq", value) == [other["id"]]
        else:
            assert [each["field"] for each in parted["changed"]] == [NAME]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_deleted_comes_back_with_it(
    api: As, people: People, first: Beginning, gausdo: Gausdo, kind: str
) -> None:
    client, base = api(people.head), f"/{KINDS[kind]}"
    record = await added(api, people.head, first, kind, "back again")
    path = f"{base}/{record['id']}"
    assert (await client.delete(path, params={"version": 1})).status_code == 200
    assert await found(api, people.head, kind, "eq", "back again") == []
    await sent(client, f"{path}/restore")
    assert await shown(api, people.head, kind, record["id"]) == "back again"
    assert await found(api, people.head, kind, "eq", "back again") == [record["id"]]


async def test_forgetting_a_person_destroys_it(
    api: As, people: People, first: Beginning, gausdo: Gausdo, settled: Settled
) -> None:
    person = await added(api, people.ann, first, "person", "4511 777777")
    id = UUID(person["id"])
    db = gausdo.databases["customers"]
    vault = Vault(db.schema, gausdo.ring)
    theirs = [
        await added(api, people.ann, first, "deal", value, contact_id=person["id"])
        for value in ("Для Анны: АННА  СЕЙФОВА, дом 7", "Дом 7, код 12")
    ]
    own = await got(api(people.admin), f"/people/{id}/export")
    assert "4511 777777" in json.dumps(own, ensure_ascii=False)
    async with db.begin() as tx:
        assert await SEALED.read(tx, vault, "person", id, KEY) == "4511 777777"
    await sent(api(people.admin), f"/people/{id}/erasure")
    await settled()
    assert await shown(api, people.ann, "person", str(id)) is None
    assert await found(api, people.ann, "person", "eq", "4511 777777") == []
    left = [await shown(api, people.ann, "deal", deal["id"]) for deal in theirs]
    assert left == [None, "Дом 7, код 12"]
    assert (await got(api(people.ann), f"/deals/{theirs[0]['id']}"))["custom"] == {}
    async with db.begin() as tx:
        assert await SEALED.stamps(tx, id) == {}
        query = "select wrapped from customers.data_key where subject_id = :id"
        assert (await tx.session.execute(sql(query), {"id": id})).one() == (None,)


@pytest.mark.parametrize("kind", KINDS)
async def test_what_such_a_field_cannot_be_is_refused(
    api: As, people: People, first: Beginning, kind: str
) -> None:
    admin, path = api(people.admin), f"/{kind}-fields"
    field = {"name": "Secret", "type": "sealed"}
    for more, code in (
        ({"unique": True}, "sealed"),
        ({"indexed": True}, "sealed"),
        ({"default": "x"}, "type"),
        ({"default": True}, "sealed"),
        ({"key": "passport"}, "sealed-key"),
        ({"type": "text", "key": "sealed_text"}, "sealed-key"),
    ):
        refused = await admin.post(path, json={**field, **more})
        assert [one["code"] for one in refused.json()["errors"]] == [code], more
    plain = await sent(admin, path, name="Sealed letters", type="text")
    assert plain["key"] == "field_sealed_letters"
    known = {one["key"]: one["id"] for one in await got(admin, path)}
    for id, type in ((known[KEY], "text"), (plain["id"], "sealed")):
        change = {"version": 1, "type": type}
        refused = await admin.post(f"{path}/{id}/become", json=change)
        assert [one["code"] for one in refused.json()["errors"]] == ["sealed"], type
    tried = await sent(admin, f"{path}/formula", formula=NAME)
    assert (tried["code"], tried["type"]) == ("formula-sealed", None)
    record = await added(api, people.ann, first, kind)
    edit = {"of": {"ids": [record["id"]]}, "change": {"custom": {KEY: "x"}}}
    many = await api(people.ann).post(f"/{KINDS[kind]}/mass-edits", json=edit)
    assert [one["code"] for one in many.json()["errors"]] == ["sealed-alone"]
