"""What filters may ask: told by the server, as far as one may see it, and taken by the lists."""

import json

import pytest

from gausdo.kernel.actor import Actor
from tests.conftest import As, People
from tests.modules.identity.test_roles import given, role

pytestmark = pytest.mark.asyncio(loop_scope="session")

LISTS = {
    "sales.deal": "/deals",
    "customers.company": "/companies",
    "customers.person": "/people",
    "activities.task": "/tasks",
    "activities.meeting": "/meetings",
}
ID = "01900000-0000-7000-8000-00000000dead"
VALUES = {
    "text": "Moscow",
    "bool": True,
    "number": 5,
    "money": "1500.00",
    "date": "2026-03-01",
    "time": "2026-03-01",
    "id": ID,
    "person": ID,
}
ONE = {"eq", "ne", "gt", "gte", "lt", "lte", "contains", "starts_with"}
SEVERAL = {"in": 1, "not_in": 1, "between": 2}


async def fields_of(api: As, actor: Actor) -> dict[str, dict[str, dict]]:
    told = (await api(actor).get("/fields")).json()
    return {one["object"]: {field["name"]: field for field in one["fields"]} for one in told}


def value(field: dict, op: str) -> dict:
    one = field["options"][0] if field["options"] else VALUES.get(field["type"], "RUB")
    if op in ONE:
        return {"value": one}
    if op in SEVERAL:
        return {"value": [one] * SEVERAL[op]}
    return {"value": 7} if op.endswith("_n_days") else {}


async def test_whatever_is_offered_is_taken_by_the_list(api: As, people: People) -> None:
    told = await fields_of(api, people.ann)
    assert set(told) == set(LISTS)
    assert told["sales.deal"]["kind"]["options"] == ["open", "won", "lost"]
    ann = api(people.ann)
    segments = {}
    for kind in ("company", "person"):
        made = await ann.post("/segments", json={"kind": kind, "how": "static", "name": "Any"})
        segments[f"customers.{kind}"] = made.json()["id"]
    for object, path in LISTS.items():
        for field in told[object].values():
            if field["links_to"] == "segment":  # which has to be there, and be one's own to see
                field["options"] = [segments.get(object, segments["customers.company"])]
            leaves = [
                {"field": field["name"], "op": op, **value(field, op)} for op in field["operators"]
            ]
            reply = await ann.get(path, params={"filter": json.dumps({"any": leaves})})
            assert reply.status_code == 200, (field, reply.text)


async def test_what_is_sealed_is_not_offered(api: As, people: People) -> None:
    assert "document" not in (await fields_of(api, people.admin))["customers.person"]


async def test_what_one_may_not_see_is_not_offered(api: As, people: People) -> None:
    read = {"object": "sales.deal", "operation": "read", "reach": "all", "without": ["worth"]}
    made = await role(api, people.admin, name="Without sums", grants=[read])
    assert (await given(api, people, "Eve", made.json()["id"])).status_code == 200
    told = await fields_of(api, people.eve)
    assert set(told) == {"sales.deal"}  # no other kind is theirs to read
    assert "title" in told["sales.deal"]
    assert not {"amount", "currency"} & set(told["sales.deal"])
    asked = {"field": "amount", "op": "gte", "value": "1.00"}
    refused = await api(people.eve).get("/deals", params={"filter": json.dumps(asked)})
    assert refused.status_code == 403
