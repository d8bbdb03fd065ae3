"""Fields that an installation adds to its companies and people: as those of deals."""

import asyncio
import json
from typing import Any

import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.actor import Grant, Reach
from gausdo.kernel.custom import CustomFieldDraft
from gausdo.kernel.errors import Forbidden, Invalid
from gausdo.modules.customers.contract import CompanyDraft, Customers, PeopleQuery, PersonDraft
from gausdo.modules.customers.tables import schema
from gausdo.platform.custom_indexes import build_asked
from gausdo.settings import Settings
from tests.conftest import ADMIN, As, People, superuser_dsn

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLURALS = {"company": "companies", "person": "people"}
FIELDS: list[dict[str, Any]] = [
    {"name": "Fleet", "key": "fleet", "type": "number", "indexed": True},
    {"name": "Nickname", "key": "nickname", "type": "text", "indexed": True},
    {"name": "Since", "key": "since", "type": "date", "indexed": True, "default": "2026-01-01"},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def fields(api: As, people: People) -> None:
    for kind in PLURALS:
        for draft in FIELDS:
            reply = await api(people.admin).post(f"/{kind}-fields", json=draft)
            assert reply.status_code == 201, reply.text


@pytest.mark.parametrize("kind", PLURALS)
async def test_they_are_kept_changed_listed_and_told(api: As, people: People, kind: str) -> None:
    client, plural = api(people.ann), PLURALS[kind]
    made = []
    for number in (7, 30, 200):
        draft = {"name": f"{kind} {number}", "custom": {"fleet": number, "nickname": "Ё" * 3000}}
        reply = await client.post(f"/{plural}", json=draft)
        assert reply.status_code == 201, reply.text
        made.append(reply.json())
    assert made[0]["custom"] == {"fleet": "7", "nickname": "Ё" * 3000, "since": "2026-01-01"}
    path = f"/{plural}/{made[0]['id']}"
    changed = await client.patch(path, json={"version": 1, "custom": {"fleet": "1000"}})
    assert changed.json()["custom"]["fleet"] == "1000"
    [entry, *_] = (await client.get(f"{path}/history")).json()
    assert entry["changes"] == {"custom.fleet": ["7", "1000"]}
    restoration = {"entry_id": entry["id"], "field": "custom.fleet", "version": 2}
    restored = await client.post(f"{path}/history/restore", json=restoration)
    assert restored.json()["custom"]["fleet"] == "7"
    wrong = await client.patch(path, json={"version": 3, "custom": {"fleet": "many"}})
    assert [one["field"] for one in wrong.json()["errors"]] == ["custom.fleet"]
    asked = json.dumps({"field": "custom.fleet", "op": "gt", "value": "8"})
    listed = await client.get(f"/{plural}", params={"filter": asked, "sort": "-custom.fleet"})
    assert [one["name"] for one in listed.json()["items"]] == [f"{kind} 200", f"{kind} 30"]
    known = {one["object"]: one["fields"] for one in (await client.get("/fields")).json()}
    assert "custom.fleet" in {one["name"] for one in known[f"customers.{kind}"]}


async def test_a_field_of_companies_is_none_of_people(api: As, people: People) -> None:
    admin = api(people.admin)
    [field, *_] = (await admin.get("/company-fields")).json()
    path = f"/person-fields/{field['id']}"
    assert (await admin.patch(path, json={"version": 1, "name": "X"})).status_code == 404
    pipelines = {"name": "Stage", "type": "text", "pipeline_ids": [field["id"]]}
    refused = await admin.post("/company-fields", json=pipelines)
    assert [one["field"] for one in refused.json()["errors"]] == ["pipeline_ids"]
    assert (await api(people.ann).post("/company-fields", json=FIELDS[0])).status_code == 403


async def test_what_a_role_hides_is_hidden_here_too(gausdo: Gausdo, people: People) -> None:
    customers = gausdo.get(Customers)
    draft = {"name": "Ivan", "custom": {"fleet": "5", "nickname": "Vanya"}}
    person = await customers.add_person(people.ann, PersonDraft.model_validate(draft))
    hidden = Grant(
        object="customers.person",
        operation="read",
        reach=Reach.OWN,
        without=frozenset({"custom.nickname"}),
    )
    actor = people.ann.model_copy(update={"grants": (hidden,)})
    told = await customers.person(actor, person.id)
    assert told.custom == {"fleet": "5", "since": "2026-01-01"}
    history = await customers.person_history(actor, person.id)
    assert b"Vanya" not in bytes(history)
    assert b"custom.fleet" in bytes(history)
    with pytest.raises(Forbidden):
        await customers.list_people(actor, PeopleQuery(sort="custom.nickname"))


async def test_a_row_of_an_import_is_refused_by_itself(gausdo: Gausdo, people: People) -> None:
    drafts = [
        (1, CompanyDraft.model_validate({"name": "Good", "custom": {"fleet": "1"}})),
        (2, CompanyDraft.model_validate({"name": "Bad", "custom": {"fleet": "one"}})),
    ]
    good, bad = sorted(
        await gausdo.get(Customers).import_companies(people.admin, drafts),
        key=lambda row: row.line,
    )
    assert good.id is not None
    assert bad.field == "custom.fleet"


async def test_indexes_of_both_are_built(gausdo: Gausdo, settings: Settings) -> None:
    built = await asyncio.to_thread(build_asked, superuser_dsn(settings), schema)
    assert {name for name in built if name.startswith("cf_person_")} == {
        "cf_person_fleet_order",
        "cf_person_nickname",
        "cf_person_nickname_order",
        "cf_person_since_order",
    }
    assert {"ct_person_fleet", "co_person_nickname", "co_company_fleet"} <= {*built}
    bad = CustomFieldDraft.model_validate({"name": "X", "type": "number", "default": "much"})
    with pytest.raises(Invalid):
        await gausdo.get(Customers).add_company_field(ADMIN, bad)
