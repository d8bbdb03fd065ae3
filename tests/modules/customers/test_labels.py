"""Tags and sources of companies and people: written in one way, found by, offered again."""

import json

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")

KINDS = pytest.mark.parametrize("place", ["/companies", "/people"])


async def added(client, place, name, **told):
    answer = await client.post(place, json={"name": name, **told})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def narrowed(client, place, field, op, value):
    asked = {"field": field, "op": op, "value": value}
    answer = await client.get(place, params={"filter": json.dumps(asked)})
    assert answer.status_code == 200, answer.text
    return {record["name"] for record in answer.json()["items"]}


@KINDS
async def test_a_tag_is_written_in_one_way_and_found_by(api, people, place):
    client = api(people.ann)
    one = await added(client, place, "Метка Один", tags=[" VIP ", "vip", "Ключевой  клиент"])
    await added(client, place, "Метка Два", tags=["ключевой клиент"], source="Выставка")
    assert (one["tags"], one["source"]) == (["vip", "ключевой клиент"], None)
    both = {"Метка Один", "Метка Два"}
    assert await narrowed(client, place, "tags", "contains", "ключевой клиент") == both
    assert await narrowed(client, place, "tags", "in", ["vip", "чужой"]) == {"Метка Один"}
    for op, asked in (("contains", "VIP"), ("in", ["чужой", " Vip "])):  # as anybody types it
        assert await narrowed(client, place, "tags", op, asked) == {"Метка Один"}
    assert "Метка Один" not in await narrowed(client, place, "tags", "not_in", ["VIP"])
    assert await narrowed(client, place, "source", "eq", "Выставка") == {"Метка Два"}
    found = await client.get(place, params={"q": "метка ключевой"})
    assert {record["name"] for record in found.json()["items"]} == both


@KINDS
async def test_tags_are_changed_and_tell_their_history(api, people, place):
    client = api(people.ann)
    record = await added(client, place, "Меняет метки", tags=["было"], source="Сайт")
    path = f"{place}/{record['id']}"
    same = await client.patch(path, json={"version": 1, "tags": ["Было"]})
    assert same.json() == record
    changed = await client.patch(path, json={"version": 1, "tags": ["стало", "новое"]})
    assert changed.json()["tags"] == ["стало", "новое"]
    [entry, _] = (await client.get(f"{path}/history")).json()
    assert entry["changes"] == {"tags": [["было"], ["стало", "новое"]]}
    restored = await client.post(
        f"{path}/history/restore",
        json={"entry_id": entry["id"], "field": "tags", "version": 2},
    )
    assert restored.json()["tags"] == ["было"]
    emptied = await client.patch(path, json={"version": 3, "tags": None, "source": None})
    assert (emptied.json()["tags"], emptied.json()["source"]) == ([], None)


@KINDS
@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"tags": [f"метка {n}" for n in range(21)]}, "tags"),
        ({"tags": ["да", "x" * 51]}, "tags.1"),
        ({"tags": [" "]}, "tags.0"),
        ({"tags": ["a\x07b"]}, "tags.0"),
        ({"source": "x" * 201}, "source"),
    ],
)
async def test_a_malformed_tag_or_source_is_refused(api, people, place, told, field):
    answer = await api(people.ann).post(place, json={"name": "Не выйдет", **told})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@KINDS
async def test_what_is_in_use_is_offered_to_those_who_see_it(api, people, place):
    for number in range(2):
        await added(
            api(people.eve), place, f"Чужая {number}", tags=["тайна"], source="Тайный источник"
        )
    await added(api(people.ann), place, "Своя", tags=["редкая", "частая"], source="Радио")
    await added(api(people.ann), place, "Своя тоже", tags=["частая"])
    offered = (await api(people.bob).get(f"{place}/labels")).json()
    assert offered["tags"].index("частая") < offered["tags"].index("редкая")
    assert "Радио" in offered["sources"]
    assert "тайна" not in offered["tags"]
    assert "Тайный источник" not in offered["sources"]
    eves = (await api(people.eve).get(f"{place}/labels")).json()
    assert (eves["tags"][0], eves["sources"][0]) == ("тайна", "Тайный источник")
