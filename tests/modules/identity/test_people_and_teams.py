"""People and teams change: who may, and what follows."""

from collections.abc import Awaitable, Callable

import pytest

from gausdo.app import Gausdo
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import PipelineDraft, Sales
from tests.conftest import ADMIN, As, People
from tests.modules.identity.test_roles import given, user_of

STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_somebody_is_renamed_and_let_in_no_more(api: As, people: People) -> None:
    admin, eve = api(people.admin), api(people.eve)
    user = await user_of(api, people, "Eve")
    path = f"/users/{user['id']}"
    taken = await admin.patch(path, json={"version": user["version"], "email": "ANN@example.org"})
    assert taken.json()["code"] == "identity.email-taken"
    renamed = await admin.patch(path, json={"version": user["version"], "name": "Eva"})
    assert (renamed.json()["name"], renamed.json()["version"]) == ("Eva", user["version"] + 1)
    stale = await admin.patch(path, json={"version": user["version"], "name": "Ewa"})
    assert stale.json()["data"]["current"]["name"] == "Eva"
    out = await admin.patch(path, json={"version": user["version"] + 1, "active": False})
    assert out.json()["active"] is False
    gone = await eve.get("/me")
    assert (gone.status_code, gone.json()["code"]) == (401, "signed-out")
    back = {"version": user["version"] + 2, "active": True, "name": "Eve"}
    assert (await admin.patch(path, json=back)).status_code == 200
    assert (await eve.get("/me")).status_code == 200
    absent = await admin.patch(f"/users/{people.admin.team_id or user['team_id']}", json=back)
    assert absent.status_code == 404


async def test_an_installation_keeps_an_administrator(api: As, people: People) -> None:
    admin = api(people.admin)
    roles = {one["code"]: one["id"] for one in (await admin.get("/roles")).json()}
    user = await user_of(api, people, "Admin")
    for change in ({"active": False}, {"roles": [roles["manager"]]}):
        told = {"version": user["version"], **change}
        refused = await admin.patch(f"/users/{user['id']}", json=told)
        assert refused.json()["code"] == "identity.last-administrator"
    assert (await given(api, people, "Head", roles["administrator"])).status_code == 200
    step_down = {"version": user["version"], "roles": [roles["administrator"], roles["head"]]}
    assert (await admin.patch(f"/users/{user['id']}", json=step_down)).status_code == 200
    assert (await given(api, people, "Head", roles["head"])).status_code == 200


async def test_whoever_leads_a_team_has_its_reach(api: As, people: People, gausdo: Gausdo) -> None:
    admin, bob = api(people.admin), api(people.bob)
    deal = (await api(people.eve).post("/companies", json={"name": "Southern"})).json()
    assert (await bob.get(f"/companies/{deal['id']}")).status_code == 404
    teams = {one["name"]: one for one in (await admin.get("/teams")).json()}
    south = teams["South"]
    led = await admin.patch(
        f"/teams/{south['id']}", json={"version": south["version"], "lead_id": str(people.bob.id)}
    )
    assert led.json()["lead_id"] == str(people.bob.id)
    assert (await bob.get(f"/companies/{deal['id']}")).status_code == 200
    actor = await gausdo.get(Identity).actor(people.bob.id)
    assert actor.team_id == people.bob.team_id
    assert actor.teams == {people.bob.team_id, people.eve.team_id}
    no_more = {"version": south["version"] + 1, "lead_id": None}
    assert (await admin.patch(f"/teams/{south['id']}", json=no_more)).status_code == 200
    assert (await bob.get(f"/companies/{deal['id']}")).status_code == 404


async def test_records_follow_their_owner_to_another_team(
    api: As, people: People, gausdo: Gausdo, settled: Callable[[], Awaitable[None]]
) -> None:
    made = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    await gausdo.get(Sales).add_pipeline(ADMIN, made)
    ann, bob, eve = api(people.ann), api(people.bob), api(people.eve)
    records = []
    for path, draft in (
        ("companies", {"name": "Moved"}),
        ("people", {"name": "Moved"}),
        ("deals", {"title": "Moved"}),
        ("tasks", {"title": "Moved"}),
    ):
        told = await ann.post(f"/{path}", json=draft)
        assert told.status_code == 201, told.text
        records.append(f"/{path}/{told.json()['id']}")
    user = await user_of(api, people, "Ann")
    moved = {"version": user["version"], "team_id": str(people.eve.team_id)}
    assert (await api(people.admin).patch(f"/users/{user['id']}", json=moved)).is_success
    await settled()
    for path in records:
        assert (await bob.get(path)).status_code == 404, path
        told = await eve.get(path)
        assert (told.json()["team_id"], told.json()["version"]) == (str(people.eve.team_id), 2)
    history = (await eve.get(f"{records[2]}/history")).json()
    north, south = str(people.ann.team_id), str(people.eve.team_id)
    assert history[0]["changes"] == {"team_id": [north, south]}
    back = {"version": user["version"] + 1, "team_id": north}
    assert (await api(people.admin).patch(f"/users/{user['id']}", json=back)).is_success
    await settled()
    assert (await bob.get(records[0])).status_code == 200


async def test_teams_make_no_circle_and_are_removed_when_empty(api: As, people: People) -> None:
    admin = api(people.admin)
    teams = {one["name"]: one for one in (await admin.get("/teams")).json()}
    sales, north = teams["Sales"], teams["North"]
    circle = await admin.patch(
        f"/teams/{sales['id']}", json={"version": sales["version"], "parent_id": north["id"]}
    )
    assert circle.json()["errors"][0]["code"] == "circle"
    for id, data in (
        (north["id"], {"people": ["Ann", "Bob"]}),
        (sales["id"], {"people": ["Head"]}),
    ):
        refused = await admin.delete(f"/teams/{id}")
        assert (refused.json()["code"], refused.json()["data"]) == ("identity.in-use", data)
    above = (await admin.post("/teams", json={"name": "Above"})).json()
    below = (await admin.post("/teams", json={"name": "Below", "parent_id": above["id"]})).json()
    assert (await admin.delete(f"/teams/{above['id']}")).json()["data"] == {"teams": ["Below"]}
    for team in (below, above):
        assert (await admin.delete(f"/teams/{team['id']}")).status_code == 204


async def test_who_does_not_see_all_moves_no_teams_and_nobody_between_them(
    api: As, people: People
) -> None:
    """The tree is what reach is measured by: moving it would widen what one sees."""
    admin = api(people.admin)
    operations = {"team": ("create", "edit"), "user": ("create", "edit", "read")}
    made = await admin.post(
        "/roles",
        json={
            "name": "Clerk",
            "grants": [
                {"object": f"identity.{object}", "operation": one, "reach": "all"}
                for object, names in operations.items()
                for one in names
            ],
        },
    )
    bob = await user_of(api, people, "Bob")
    had = [one["id"] for one in bob["roles"]]
    assert (await given(api, people, "Bob", made.json()["id"])).status_code == 200
    client = api(people.bob)
    teams = {one["name"]: one for one in (await client.get("/teams")).json()}
    south, north = teams["South"], teams["North"]
    for change in ({"parent_id": north["id"]}, {"lead_id": str(people.bob.id)}):
        told = {"version": south["version"], **change}
        refused = await client.patch(f"/teams/{south['id']}", json=told)
        assert refused.json()["code"] == "identity.beyond-own-rights", change
    user = await user_of(api, people, "Bob")
    move = {"version": user["version"], "team_id": south["id"]}
    refused = await client.patch(f"/users/{user['id']}", json=move)
    assert refused.json()["code"] == "identity.beyond-own-rights"
    renamed = {"version": south["version"], "name": "South!"}
    assert (await client.patch(f"/teams/{south['id']}", json=renamed)).status_code == 200
    assert (await given(api, people, "Bob", *had)).status_code == 200
