"""Companies as registers tell them: their numbers, how many work there, whom they belong to."""

import asyncio
import json

import pytest

from gausdo.kernel.values import new_id

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOLD = {
    "legal_name": "Общество с ограниченной ответственностью «Заречье»",
    "kpp": "7736 01 001",
    "ogrn": "1027700132195",
    "address": "119991, г. Москва, ул. Вавилова, д. 19, помещ. IV",
    "size": 120,
}
NORMAL = {**TOLD, "kpp": "773601001"}


async def added(client, name, **told):
    answer = await client.post("/companies", json={"name": name, **told})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def changed(client, company, **told):
    change = {"version": company["version"], **told}
    return await client.patch(f"/companies/{company['id']}", json=change)


async def narrowed(client, field, op, value=None):
    asked = {"field": field, "op": op} | ({} if value is None else {"value": value})
    answer = await client.get("/companies", params={"filter": json.dumps(asked)})
    assert answer.status_code == 200, answer.text
    return {company["name"] for company in answer.json()["items"]}


async def test_what_registers_tell_is_kept_found_and_in_the_history(api, people):
    client = api(people.ann)
    company = await added(client, "Заречье", **TOLD)
    assert {name: company[name] for name in NORMAL} == NORMAL
    for field, value in NORMAL.items():
        assert await narrowed(client, field, "eq", value) == {"Заречье"}, field
    assert await narrowed(client, "size", "between", [100, 120]) == {"Заречье"}
    for words in ("1027700132195", "вавилов", "ответственностью заречье"):
        found = await client.get("/companies", params={"q": words})
        assert [one["name"] for one in found.json()["items"]] == ["Заречье"], words
    answer = await changed(client, company, size=None, address="г. Тверь", kpp="")
    assert (answer.json()["size"], answer.json()["kpp"]) == (None, None)
    [last, first] = (await client.get(f"/companies/{company['id']}/history")).json()
    assert last["changes"] == {
        "size": [120, None],
        "address": [TOLD["address"], "г. Тверь"],
        "kpp": ["773601001", None],
    }
    assert first["changes"]["ogrn"] == [None, TOLD["ogrn"]]
    restored = await client.post(
        f"/companies/{company['id']}/history/restore",
        json={"entry_id": last["id"], "field": "size", "version": 2},
    )
    assert restored.json()["size"] == 120


async def test_a_company_belongs_to_one_that_its_reader_may_see(api, people):
    client = api(people.ann)
    group = await added(client, "Группа")
    part = await added(client, "Часть", parent_id=group["id"])
    assert part["parent"] == {"id": group["id"], "name": "Группа"}
    assert await narrowed(client, "parent_id", "eq", group["id"]) == {"Часть"}
    await changed(client, part, owner_id=str(people.eve.id))
    seen = (await api(people.eve).get(f"/companies/{part['id']}")).json()
    assert seen["parent"] == {"id": group["id"], "name": None}
    asked = {"query": f'{{ company(id: "{part["id"]}") {{ parent_id parent {{ name }} }} }}'}
    told = await api(people.eve).post("http://localhost/graphql", json=asked)
    assert told.json()["data"]["company"] == {"parent_id": group["id"], "parent": None}


async def test_a_company_that_is_not_ones_to_see_is_nobodys_parent(api, people):
    secret = await added(api(people.eve), "Тайная группа")
    mine = await added(api(people.ann), "Моя")
    for parent_id in (secret["id"], str(new_id())):
        refused = await changed(api(people.ann), mine, parent_id=parent_id)
        assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
        draft = {"name": "Ещё одна", "parent_id": parent_id}
        assert (await api(people.ann).post("/companies", json=draft)).status_code == 404
    assert (await api(people.ann).get(f"/companies/{mine['id']}")).json() == mine


async def test_companies_make_no_circle(api, people):
    client = api(people.ann)
    top = await added(client, "Верх")
    middle = await added(client, "Середина", parent_id=top["id"])
    bottom = await added(client, "Низ", parent_id=middle["id"])
    for below in (top, middle, bottom):
        refused = await changed(client, top, parent_id=below["id"])
        assert refused.status_code == 422
        [error] = refused.json()["errors"]
        assert (error["field"], error["code"]) == ("parent_id", "circle")
    assert (await changed(client, bottom, parent_id=top["id"])).status_code == 200


async def test_two_changes_at_once_close_no_circle(api, people):
    client = api(people.ann)
    one, other = await added(client, "Один"), await added(client, "Другой")
    answers = await asyncio.gather(
        changed(client, one, parent_id=other["id"]), changed(client, other, parent_id=one["id"])
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
