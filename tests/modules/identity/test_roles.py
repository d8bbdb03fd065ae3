"""Roles that people write: what they may hold, who may give them, and when they hold."""

import asyncio

import httpx2
import pytest

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.modules.identity.contract import Identity
from gausdo.modules.identity.roles import check, shipped
from tests.conftest import As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")

READ_ALL = {"object": "customers.company", "operation": "read", "reach": "all"}


async def role(api: As, actor: Actor, **told: object) -> httpx2.Response:
    return await api(actor).post("/roles", json={"name": "Made", **told})


async def user_of(api: As, people: People, name: str) -> dict:
    users = (await api(people.admin).get("/users")).json()
    return next(one for one in users if one["name"] == name)


async def given(api: As, people: People, name: str, *roles: str) -> httpx2.Response:
    user = await user_of(api, people, name)
    change = {"version": user["version"], "roles": list(roles)}
    return await api(people.admin).patch(f"/users/{user['id']}", json=change)


async def test_a_role_is_written_given_changed_and_removed(api: As, people: People) -> None:
    admin = api(people.admin)
    made = await role(api, people.admin, name="Auditor", about="Reads.", grants=[READ_ALL])
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["name"], told["code"], told["locked"]) == ("Auditor", "", False)
    before = await user_of(api, people, "Eve")
    had = [one["id"] for one in before["roles"]]
    reply = await given(api, people, "Eve", *had, told["id"])
    assert [one["name"] for one in reply.json()["roles"]] == ["Manager", "Auditor"]
    assert (await admin.delete(f"/roles/{told['id']}")).json()["data"] == {"people": ["Eve"]}
    company = (await api(people.ann).post("/companies", json={"name": "Northern"})).json()
    eve = api(people.eve)
    assert (await eve.get(f"/companies/{company['id']}")).status_code == 200
    narrowed = await admin.patch(f"/roles/{told['id']}", json={"version": 1, "grants": []})
    assert narrowed.json()["version"] == 2
    assert (await eve.get(f"/companies/{company['id']}")).status_code == 404
    assert (await given(api, people, "Eve", *had)).status_code == 200
    assert (await admin.delete(f"/roles/{told['id']}")).status_code == 204
    assert (await admin.delete(f"/roles/{told['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("grant", "field", "code"),
    [
        ({"object": "sales.deal", "operation": "fly", "reach": "all"}, "grants.0", "unknown-right"),
        ({"object": "moon", "operation": "read", "reach": "all"}, "grants.0", "unknown-right"),
        (READ_ALL | {"without": ["name"]}, "grants.0.without", "unknown-field"),
        (
            {"object": "automation.rule", "operation": "read", "reach": "own"},
            "grants.0.reach",
            "all-or-nothing",
        ),
        (
            READ_ALL | {"condition": {"field": "nose", "op": "eq", "value": "x"}},
            "grants.0.condition.field",
            "unknown-field",
        ),
        (
            {
                "object": "reports.dashboard",
                "operation": "read",
                "reach": "all",
                "condition": {"field": "name", "op": "eq", "value": "x"},
            },
            "grants.0.condition",
            "unsupported",
        ),
    ],
)
async def test_what_no_role_can_hold_is_refused(
    api: As, people: People, grant: dict, field: str, code: str
) -> None:
    refused = await role(api, people.admin, grants=[grant])
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)


async def test_a_role_that_gausdo_came_with_can_be_changed_but_not_removed(
    api: As, people: People
) -> None:
    admin = api(people.admin)
    roles = {one["code"]: one for one in (await admin.get("/roles")).json()}
    assert roles["administrator"]["locked"]
    refused = await admin.patch(
        f"/roles/{roles['administrator']['id']}", json={"version": 1, "grants": []}
    )
    assert refused.json()["code"] == "identity.locked-role"
    head = roles["head"]
    changed = await admin.patch(f"/roles/{head['id']}", json={"version": 1, "name": "Chief"})
    assert (changed.json()["name"], changed.json()["code"]) == ("Chief", "head")
    assert changed.json()["grants"] == head["grants"]
    assert (await admin.delete(f"/roles/{head['id']}")).json()["code"] == "identity.locked-role"
    stale = await admin.patch(f"/roles/{head['id']}", json={"version": 1, "name": "Boss"})
    assert stale.json()["data"]["changes"] == {"name": ["Head of sales", "Chief"]}


async def test_what_no_role_lets_be_written_is_told(
    api: As, people: People, gausdo: Gausdo
) -> None:
    """A field is withheld as long as every role withholds it."""
    few = READ_ALL | {"operation": "edit", "without": ["inn", "about"]}
    more = READ_ALL | {"operation": "edit", "reach": "own", "without": ["about"]}
    roles = [
        (await role(api, people.admin, name=name, grants=[grant])).json()["id"]
        for name, grant in (("Few", few), ("More", more))
    ]
    for ids, withheld in ((roles[:1], ["about", "inn"]), (roles, ["about"])):
        assert (await given(api, people, "Head", *ids)).status_code == 200
        told = (await api(people.head).get("/me")).json()["withheld"]
        assert told == {"customers.company.edit": withheld}


async def test_nobody_grants_what_they_do_not_have(api: As, people: People, gausdo: Gausdo) -> None:
    """Not by a role they write, not by a role they give, not to an account that may do more."""
    clerk = await role(
        api,
        people.admin,
        name="Clerk",
        grants=[
            {"object": "identity.role", "operation": "create", "reach": "all"},
            {"object": "identity.user", "operation": "create", "reach": "all"},
            {"object": "identity.user", "operation": "edit", "reach": "all"},
            {"object": "identity.user", "operation": "read", "reach": "all"},
            {"object": "customers.company", "operation": "read", "reach": "tree"},
        ],
    )
    bob = await user_of(api, people, "Bob")
    had = [one["id"] for one in bob["roles"]]
    assert (await given(api, people, "Bob", clerk.json()["id"])).status_code == 200
    client = api(people.bob)
    wide = await role(api, people.bob, grants=[READ_ALL])
    assert wide.json()["code"] == "identity.beyond-own-rights"
    assert wide.json()["data"] == {"right": "customers.company.read"}
    narrow = await role(api, people.bob, grants=[READ_ALL | {"reach": "tree"}])
    assert narrow.status_code == 201
    users = {one["name"]: one for one in (await client.get("/users")).json()}
    roles = {one["code"]: one["id"] for one in (await client.get("/roles")).json()}
    for who, change in (
        ("Bob", {"roles": [roles["administrator"]]}),
        ("Eve", {"roles": [roles["administrator"]]}),
        ("Admin", {"email": "mine@example.org"}),
        ("Admin", {"active": False}),
    ):
        told = {"version": users[who]["version"], **change}
        refused = await client.patch(f"/users/{users[who]['id']}", json=told)
        assert refused.json()["code"] == "identity.beyond-own-rights", (who, change)
    for draft in ({"role": "administrator"}, {"roles": [roles["head"]]}):
        new = {"name": "New", "email": "new@example.org", "password": "a long word here"}
        refused = await client.post("/users", json=new | draft)
        assert refused.json()["code"] == "identity.beyond-own-rights"
    assert (await given(api, people, "Bob", *had)).status_code == 200
    actor = await gausdo.get(Identity).actor(people.bob.id)
    assert actor.grants == people.bob.grants


async def test_a_change_of_rights_holds_at_once(api: As, people: People) -> None:
    """In the process that changed it, and in every other: they look at the same epoch."""
    ann, admin = api(people.ann), api(people.admin)
    roles = {one["code"]: one["id"] for one in (await admin.get("/roles")).json()}
    assert (await ann.get("/deals")).status_code == 200
    nothing = await role(api, people.admin, name="Nothing", grants=[])
    assert (await given(api, people, "Ann", nothing.json()["id"])).status_code == 200
    answers = await asyncio.gather(*(ann.get(f"/{one}") for one in ("deals", "people", "tasks")))
    assert [one.status_code for one in answers] == [403, 403, 403]
    assert (await given(api, people, "Ann", roles["manager"])).status_code == 200
    assert (await ann.get("/deals")).status_code == 200


async def test_every_role_gausdo_came_with_can_be_saved_as_it_is() -> None:
    for role in shipped().values():
        check(role.grants)
