"""The number of an identity document: told to who may see it, found by all of it, shown nowhere."""

import json
import secrets
from typing import Any
from uuid import UUID

import httpx2
import pytest
from pydantic import SecretStr

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden
from gausdo.modules.customers.contract import Customers, PersonDraft
from gausdo.modules.customers.fields import DOCUMENT
from gausdo.platform.crypto import Ring, Vault, rotation
from tests.conftest import As, People, superuser

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER = "45 09 № 123456"


async def added(api: As, actor: Actor, **told: Any) -> dict[str, Any]:
    answer = await api(actor).post("/people", json={"name": "Анна Котова", **told})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def number(api: As, actor: Actor, id: str) -> httpx2.Response:
    return await api(actor).get(f"/people/{id}/document")


async def found(api: As, actor: Actor, op: str, value: Any = None) -> list[str]:
    asked = {"field": "document", "op": op} | ({} if value is None else {"value": value})
    answer = await api(actor).get("/people", params={"filter": json.dumps(asked)})
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_a_number_is_kept_changed_and_removed(api: As, people: People) -> None:
    person = await added(api, people.ann, document=f" {NUMBER} ")
    path = f"/people/{person['id']}"
    assert person["document"] is True
    assert (await number(api, people.bob, person["id"])).json() == {"number": NUMBER}
    same = await api(people.ann).patch(path, json={"version": 1, "document": NUMBER})
    assert same.json()["version"] == 1
    for version, told in ((1, "II-АН 7788"), (2, None)):
        changed = await api(people.ann).patch(path, json={"version": version, "document": told})
        assert (changed.json()["document"], changed.json()["version"]) == (bool(told), version + 1)
        assert (await number(api, people.ann, person["id"])).json() == {"number": told}
    history = (await api(people.ann).get(f"{path}/history")).json()
    told = [entry["changes"].get("document") for entry in history]
    assert told == [[True, False], [True, True], [False, True]]


async def test_it_is_told_to_who_may_see_the_person_and_the_field(
    api: As, people: People, gausdo: Gausdo
) -> None:
    person = await added(api, people.ann, document=NUMBER)
    assert (await number(api, people.eve, person["id"])).status_code == 404
    narrow = [
        grant.model_copy(update={"without": frozenset({"document"})})
        if grant.operation == "read"
        else grant
        for grant in people.bob.grants
    ]
    bob = people.bob.model_copy(update={"grants": tuple(narrow)})
    with pytest.raises(Forbidden):
        await gausdo.get(Customers).person_document(bob, UUID(person["id"]))


@pytest.mark.parametrize("told", ["-- № --", "1a", "4509\u202e123456", "<b>4509</b>", "1" * 51])
async def test_what_is_no_number_is_refused(api: As, people: People, told: str) -> None:
    refused = await api(people.ann).post("/people", json={"name": "Пётр", "document": told})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["document"]
    trace = refused.json()["trace_id"]  # its digits may be the same
    assert told not in refused.text.replace(trace, "")


async def test_a_person_is_found_by_the_whole_number_only(api: As, people: People) -> None:
    mine = (await added(api, people.ann, document="77 АБ 900100"))["id"]
    other = (await added(api, people.ann, document="77 АБ 900101"))["id"]
    without = (await added(api, people.ann))["id"]
    assert await found(api, people.bob, "eq", "77аб-900100") == [mine]
    assert await found(api, people.eve, "eq", "77аб-900100") == []
    assert sorted(await found(api, people.ann, "in", ["77АБ900100", "77 АБ 900101"])) == sorted(
        [mine, other]
    )
    assert mine not in await found(api, people.ann, "ne", "77 АБ 900100")
    assert {other, without} <= set(await found(api, people.ann, "ne", "77 АБ 900100"))
    assert without in await found(api, people.ann, "is_empty")
    assert without not in await found(api, people.ann, "is_not_empty")
    deep = {"all": [{"not": {"field": "document", "op": "ne", "value": "77АБ900101"}}]}
    answer = await api(people.ann).get("/people", params={"filter": json.dumps(deep)})
    assert [one["id"] for one in answer.json()["items"]] == [other]
    for q in ("900100", "77"):
        searched = await api(people.ann).get("/people", params={"q": q})
        assert searched.json()["items"] == []


@pytest.mark.parametrize(
    ("op", "value"),
    [("contains", "9001"), ("starts_with", "77"), ("gt", "77"), ("eq", 77), ("eq", "--")],
)
async def test_part_of_a_number_cannot_be_asked_for(
    api: As, people: People, op: str, value: Any
) -> None:
    asked = json.dumps({"field": "document", "op": op, "value": value})
    refused = await api(people.ann).get("/people", params={"filter": asked})
    assert refused.status_code == 422, refused.text


async def test_the_number_is_nowhere_in_plain(api: As, people: People, gausdo: Gausdo) -> None:
    canary = "ZX 4417 990211"
    headers = {"idempotency-key": "a-person-with-a-document"}
    told = {"name": "Канарейкина Яна", "document": canary}
    first = await api(people.ann).post("/people", json=told, headers=headers)
    again = await api(people.ann).post("/people", json=told, headers=headers)
    other = {**told, "document": "AB 1234"}  # of which no digest is kept to tell it apart
    again_with_another = await api(people.ann).post("/people", json=other, headers=headers)
    assert again.json() == again_with_another.json() == first.json()
    rows = [(1, PersonDraft(name="Импорт", document=SecretStr(canary)))]
    [row] = await gausdo.get(Customers).import_people(people.head, rows, "with-documents")
    assert (await number(api, people.head, str(row.id))).json() == {"number": canary}
    with superuser(gausdo) as admin:
        for table, text in texts(admin):
            query = f"select 1 from {table} where {text} ~* '4417.?990211' limit 1"
            assert admin.execute(query.encode()).fetchone() is None, (table, text)


def texts(admin: Any) -> list[tuple[str, str]]:
    """Every column that may hold a text, as a text."""
    found = admin.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns "
        "where table_schema in ('customers', 'jobs', 'sales', 'activities', 'integrations') "
        "and data_type in ('text', 'jsonb', 'ARRAY', 'bytea', 'tsvector', 'character varying')"
    ).fetchall()
    assert len(found) > 100
    return [
        (
            f'{schema}."{table}"',
            f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text',
        )
        for schema, table, column, kind in found
    ]


async def test_numbers_are_found_on_after_a_rotation(
    api: As, people: People, gausdo: Gausdo
) -> None:
    person = await added(api, people.ann, document="ROT 778899")
    key = secrets.token_bytes(32)
    ring = Ring({"new": key, **{one.name: one._key for one in gausdo.ring}})
    db = gausdo.databases["customers"]
    vault = Vault(db.schema, ring)
    done = await rotation.rotate(db, vault, [DOCUMENT])
    assert done.reindexed > 0
    assert set(await rotation.used(db, vault, [DOCUMENT])) == {ring.first.id}
    assert (await rotation.rotate(db, vault, [DOCUMENT])) == rotation.Rotated()
    alone = Vault(db.schema, Ring({"new": key}))
    async with db.begin() as tx:
        row = await tx.session.get(DOCUMENT.row, UUID(person["id"]))
        assert await DOCUMENT.read(tx, alone, row) == "ROT 778899"
        assert row.document_index == alone.index(DOCUMENT.place, "ROT778899")
    back = Ring({one.name: one._key for one in (*gausdo.ring, ring.first)})
    await rotation.rotate(db, Vault(db.schema, back), [DOCUMENT])
    assert await found(api, people.ann, "eq", "rot778899") == [person["id"]]
