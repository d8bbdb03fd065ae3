"""Two records become one, field by field, and two again as if nothing had been."""

import json
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from gausdo.kernel.persons import ERASED
from tests.modules.customers.test_duplicates import added

pytestmark = pytest.mark.asyncio(loop_scope="session")

TURN = count(10)

MOVING = {"version", "changed_at"}
"""What goes on with every change, forth and back."""


async def got(client, path) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def sent(client, path, **told) -> Any:
    answer = await client.post(path, json=told)
    assert answer.status_code < 300, answer.text
    return answer.json()


async def merged(client, base, one, other, *take):
    """As they are now."""
    mine, theirs = [await got(client, f"{base}/{each['id']}") for each in (one, other)]
    told = {"version": mine["version"], "other_version": theirs["version"], "take": [*take]}
    return await sent(client, f"{base}/{one['id']}/merge", other_id=other["id"], **told)


def told(record):
    return {name: value for name, value in record.items() if name not in MOVING}


@pytest_asyncio.fixture(loop_scope="session")
async def two(api, people):
    """Two companies that are one, with people, deals, tasks and notes of their own."""
    client, n = api(people.ann), next(TURN)
    first = {"name": "ООО «Верба»", "phones": [f"+7 495 0{n}-10-01"], "tags": ["vip", "опт"]}
    second = {
        "name": "Verba Ltd",
        "phones": [f"+7 495 0{n}-10-02", f"8 495 0{n} 10 01 доб. 5"],
        "emails": [f"info@verba{n}.example"],
        "links": [f"t.me/verba{n}"],
        "tags": ["опт", "юг"],
        "city": "Сочи",
        "domain": f"verba{n}.example",
        "about": "Пришли с выставки",
    }
    return client, *[await added(api, people.ann, "/companies", **one) for one in (first, second)]


async def about(client, company, pipeline):
    """Who and what belongs to a company."""
    where = {"pipeline_id": pipeline["id"], "stage_id": pipeline["stages"][0]["id"]}
    named = {"kind": "company", "id": company["id"]}
    return [
        await sent(client, "/people", name=f"Пётр из {company['name']}", company_id=company["id"]),
        await sent(
            client, "/deals", title=f"Для {company['name']}", company_id=company["id"], **where
        ),
        await sent(client, "/tasks", title=f"Позвонить в {company['name']}", about=named),
        await sent(client, "/notes", text=f"О {company['name']}", about=named),
    ]


async def belongs(client, id):
    """The ids of what is told of a company, by kind."""
    about = f"about_kind=company&about_id={id}"
    paths = (f"/people?company_id={id}", f"/deals?company_id={id}", f"/tasks?{about}")
    pages = [await got(client, path) for path in (*paths, f"/notes?{about}")]
    return [{one["id"] for one in page["items"]} for page in pages]


async def test_what_belonged_to_the_other_follows_and_comes_back(two, api, people, settled):
    client, one, other = two
    head = api(people.admin)
    pipeline = await sent(head, "/pipelines", **PIPELINE)
    mine, theirs = [await about(client, company, pipeline) for company in (one, other)]
    child = await sent(client, "/companies", name="Верба-Юг", parent_id=other["id"])
    await settled()
    before = {each["id"]: await belongs(client, each["id"]) for each in (one, other)}
    was = [await got(client, f"/companies/{each['id']}") for each in (one, other)]

    done = await merged(client, "/companies", one, other)
    await settled()
    both = [{first["id"], second["id"]} for first, second in zip(mine, theirs, strict=True)]
    assert await belongs(client, one["id"]) == both
    deal = await got(client, f"/deals/{theirs[1]['id']}")
    assert deal["company"] == {"id": one["id"], "name": one["name"]}
    task = await got(client, f"/tasks/{theirs[2]['id']}")
    assert task["about"] == {"kind": "company", "id": one["id"], "name": one["name"]}
    assert (await got(client, f"/companies/{child['id']}"))["parent"]["id"] == one["id"]
    gone = await client.get(f"/companies/{other['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "customers.merged")
    assert gone.json()["data"] == {"into": one["id"]}
    assert (await api(people.eve).get(f"/companies/{other['id']}")).json()["code"] == "not-found"
    assert len(await got(client, f"/companies/{other['id']}/history")) == 2
    assert (await api(people.eve).get(f"/companies/{other['id']}/history")).status_code == 404

    parted = await sent(client, f"/companies/merges/{done['id']}/part")
    assert (parted["changed"], parted["stayed"]) == ([], 0)
    await settled()
    assert {each["id"]: await belongs(client, each["id"]) for each in (one, other)} == before
    now = [await got(client, f"/companies/{each['id']}") for each in (one, other)]
    assert list(map(told, now)) == list(map(told, was))
    assert now[1]["changed_at"] == was[1]["changed_at"]
    assert (await got(client, f"/deals/{theirs[1]['id']}"))["company"]["name"] == other["name"]
    assert (await got(client, f"/companies/{child['id']}"))["parent"]["id"] == other["id"]
    found = await got(client, "/companies?q=Verba")
    assert other["id"] in {each["id"] for each in found["items"]}


PIPELINE = {
    "name": "Слияния",
    "stages": [
        {"name": "Новая", "kind": "open", "probability": 10},
        {"name": "Победа", "kind": "won", "probability": 100},
        {"name": "Отказ", "kind": "lost", "probability": 0},
    ],
}


async def test_fields_are_chosen_and_lists_united(two):
    client, one, other = two
    preview = await got(client, f"/companies/{one['id']}/merge-preview?other_id={other['id']}")
    assert preview["phones"] == [*other_phones(one), *other_phones(other)]
    assert preview["tags"] == ["vip", "опт", "юг"]
    choices = {each["field"]: each for each in preview["choices"]}
    assert choices["city"] == {"field": "city", "mine": None, "other": "Сочи", "take": True}
    assert choices["name"]["take"] is False
    assert "owner_id" not in choices
    await merged(client, "/companies", one, other, "name")
    now = await got(client, f"/companies/{one['id']}")
    assert (now["name"], now["city"], now["domain"]) == ("Verba Ltd", "Сочи", other["domain"])
    assert [each["typed"] for each in now["phones"]] == preview["phones"]
    assert now["emails"] == other["emails"]
    assert now["links"] == other["links"] != []
    assert now["tags"] == preview["tags"]


def other_phones(record):
    return [each["typed"] for each in record["phones"]]


async def test_what_was_changed_since_stays_and_is_told(two):
    client, one, other = two
    done = await merged(client, "/companies", one, other)
    now = await got(client, f"/companies/{one['id']}")
    phones = [*other_phones(now), "+7 495 000-10-09"]
    change = {"version": now["version"], "city": "Адлер", "phones": phones}
    assert (await client.patch(f"/companies/{one['id']}", json=change)).status_code == 200
    [shown] = await got(client, f"/companies/{one['id']}/merges")
    assert {each["field"]: each["now"] for each in shown["changed"]}["city"] == "Адлер"
    parted = await sent(client, f"/companies/merges/{done['id']}/part")
    assert parted["changed"] == shown["changed"]
    left = await got(client, f"/companies/{one['id']}")
    assert (left["city"], left["domain"], left["emails"]) == ("Адлер", None, [])
    assert left["links"] == []
    assert (await got(client, f"/companies/{other['id']}"))["links"] == other["links"]
    assert other_phones(left) == [*other_phones(one), "+7 495 000-10-09"]
    assert other_phones(await got(client, f"/companies/{other['id']}")) == other_phones(other)
    assert await got(client, f"/companies/{one['id']}/merges") == []


async def test_a_third_goes_on_with_both_and_comes_back_in_turn(two):
    client, one, other = two
    third = await sent(client, "/companies", name="Верба Плюс")
    first = await merged(client, "/companies", one, other)
    second = await merged(client, "/companies", third, one)
    into = (await client.get(f"/companies/{other['id']}")).json()["data"]["into"]
    assert into == third["id"]
    early = await client.post(f"/companies/merges/{first['id']}/part")
    assert (early.status_code, early.json()["code"]) == (409, "customers.entangled")
    await sent(client, f"/companies/merges/{second['id']}/part")
    into = (await client.get(f"/companies/{other['id']}")).json()["data"]["into"]
    assert into == one["id"]
    await sent(client, f"/companies/merges/{first['id']}/part")
    assert told(await got(client, f"/companies/{other['id']}")) == told(other)
    again = await client.post(f"/companies/merges/{first['id']}/part")
    assert again.status_code == 404


async def test_people_keep_their_documents(api, people):
    client = api(people.ann)
    one = await sent(client, "/people", name="Инга Рябова", emails=["inga@riabova.example"])
    other = await sent(client, "/people", name="Рябова Инга", document="45 09 123456")
    done = await merged(client, "/people", one, other)
    path = f"/people/{one['id']}/document"
    assert (await got(client, path))["number"] == "45 09 123456"
    await sent(client, f"/people/merges/{done['id']}/part")
    assert (await got(client, path))["number"] is None
    assert (await got(client, f"/people/{other['id']}/document"))["number"] == "45 09 123456"


async def test_who_may_not_merge_both_merges_nothing(two, api, people):
    client, one, other = two
    strange = await added(api, people.bob, "/companies", name="Чужая верба")
    asked = {"version": 1, "other_version": 1}
    for actor, id, other_id, status in (
        (people.eve, one["id"], other["id"], 404),
        (people.bob, one["id"], strange["id"], 403),
        (people.ann, one["id"], strange["id"], 403),
        (people.ann, one["id"], one["id"], 422),
    ):
        path = f"/companies/{id}/merge"
        answer = await api(actor).post(path, json={**asked, "other_id": other_id})
        assert answer.status_code == status, answer.text
    stale = {**asked, "other_id": other["id"], "other_version": 7}
    answer = await client.post(f"/companies/{one['id']}/merge", json=stale)
    assert answer.json()["code"] == "stale"
    unknown = {**asked, "other_id": other["id"], "take": ["words"]}
    answer = await client.post(f"/companies/{one['id']}/merge", json=unknown)
    assert answer.json()["errors"][0]["field"] == "take"
    done = await merged(client, "/companies", one, other)
    path = f"/companies/merges/{done['id']}/part"
    assert (await api(people.eve).post(path)).status_code == 404
    assert (await api(people.bob).post(path)).status_code == 403
    assert (await client.post(f"/people/merges/{done['id']}/part")).status_code == 404


async def test_no_company_comes_to_stand_below_itself(two):
    client, one, other = two
    between = await sent(client, "/companies", name="Между", parent_id=other["id"])
    change = {"version": 1, "parent_id": between["id"]}
    assert (await client.patch(f"/companies/{one['id']}", json=change)).status_code == 200
    asked = {"version": 2, "other_version": 1, "other_id": other["id"]}
    answer = await client.post(f"/companies/{one['id']}/merge", json=asked)
    assert answer.json()["errors"][0]["code"] == "circle"


async def test_once_asked_twice_is_once(two):
    client, one, other = two
    asked = {"version": 1, "other_version": 1, "other_id": other["id"]}
    key = {"Idempotency-Key": f"merge-{one['id']}"}
    path = f"/companies/{one['id']}/merge"
    first, second = [await client.post(path, json=asked, headers=key) for _ in range(2)]
    assert first.json() == second.json()
    assert first.status_code == 200


async def test_a_person_is_forgotten_with_what_became_a_part_of_them(api, people, settled):
    client, admin = api(people.ann), api(people.admin)
    one = await sent(client, "/people", name="Зоя Яснопольская", emails=["zoya@yasno.example"])
    other = await sent(client, "/people", name="Яснопольская З.", phones=["+7 917 111-22-33"])
    note = {"kind": "person", "id": other["id"]}
    await sent(client, "/notes", text="Зоя Яснопольская любит чай", about=note)
    done = await merged(client, "/people", one, other)
    held = json.dumps(await got(admin, f"/people/{one['id']}/export"), ensure_ascii=False)
    assert "79171112233" in held
    assert "любит чай" in held
    await sent(admin, f"/people/{one['id']}/erasure")
    await settled()
    assert (await got(admin, f"/people/{one['id']}/erasure"))["done_at"]
    history = json.dumps(await got(admin, f"/people/{other['id']}/history"), ensure_ascii=False)
    assert "Яснопольская" not in history
    [left] = await got(admin, f"/people/{one['id']}/merges")
    assert left["name"] == ERASED
    answer = await admin.post(f"/people/merges/{done['id']}/part")
    assert (answer.status_code, answer.json()["code"]) == (409, "customers.erased")
