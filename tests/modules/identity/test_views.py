"""Views of lists: who has them, who changes them, what they may ask."""

import httpx2
import pytest

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.modules.identity.contract import Identity, TeamChange
from tests.conftest import ADMIN, As, People, superuser
from tests.modules.identity.test_roles import given, role

pytestmark = pytest.mark.asyncio(loop_scope="session")

LARGE = {"field": "amount", "op": "gte", "value": "1000000.00"}
OPEN = {"field": "kind", "op": "eq", "value": "open"}


async def added(api: As, actor: Actor, **told: object) -> httpx2.Response:
    return await api(actor).post("/views", json={"kind": "deal", "name": "Large", **told})


async def made(api: As, actor: Actor, **told: object) -> dict:
    reply = await added(api, actor, **told)
    assert reply.status_code == 201, reply.text
    return reply.json()


async def names(api: As, actor: Actor) -> list[str]:
    return [one["name"] for one in (await api(actor).get("/views")).json()]


async def changed(api: As, actor: Actor, view: dict, **told: object) -> httpx2.Response:
    body = {"version": view["version"], **told}
    return await api(actor).patch(f"/views/{view['id']}", json=body)


async def test_a_view_is_kept_as_it_was_asked(api: As, people: People) -> None:
    told = {
        "layout": "board",
        "filter": {"all": [LARGE, {"not": OPEN}]},
        "q": "laptop",
        "columns": ["title", "owner"],
        "sort": "-amount",
        "grouped_by": "stage_id",
        "dated_by": "expected_on",
    }
    view = await made(api, people.ann, name="As asked", **told)
    same = (await api(people.ann).get(f"/views/{view['id']}")).json()
    assert same == view
    assert {name: same[name] for name in told} == told
    assert (same["seen_by"], same["editable"], same["missing"]) == ("me", True, [])
    bare = await changed(api, people.ann, view, filter=None, sort=None, name="Renamed")
    assert [bare.json()[name] for name in ("filter", "sort", "name")] == [None, None, "Renamed"]
    assert bare.json()["columns"] == ["title", "owner"]  # what is not named stays
    stale = await changed(api, people.ann, view, name="Too late")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert (await api(people.ann).delete(f"/views/{view['id']}")).status_code == 204
    assert (await api(people.ann).get(f"/views/{view['id']}")).status_code == 404


async def test_graphql_tells_the_same(api: As, people: People) -> None:
    view = await made(api, people.bob, name="In GraphQL", filter={"all": [LARGE]})
    question = "query($id: UUID!) { view(id: $id) { name kind filter columns seen_by missing } }"
    body = {"query": question, "variables": {"id": view["id"]}}
    told = (await api(people.bob).post("http://localhost/graphql", json=body)).json()
    assert told["data"]["view"] == {name: view[name] for name in told["data"]["view"]}
    hidden = (await api(people.ann).post("http://localhost/graphql", json=body)).json()
    assert hidden["errors"][0]["extensions"]["code"] == "not-found"


async def test_ones_own_is_nobody_elses(api: As, people: People) -> None:
    view = await made(api, people.ann, name="Ann's own")
    for other in (people.bob, people.head, people.admin):
        assert "Ann's own" not in await names(api, other)
        assert (await api(other).get(f"/views/{view['id']}")).status_code == 404
        assert (await changed(api, other, view, name="Mine")).status_code == 404
        assert (await api(other).delete(f"/views/{view['id']}")).status_code == 404
        assert (await api(other).post(f"/views/{view['id']}/default")).status_code == 404
    assert "Ann's own" in await names(api, people.ann)


async def test_a_teams_is_seen_by_its_people_and_changed_by_its_maker_and_lead(
    gausdo: Gausdo, api: As, people: People
) -> None:
    north = str(people.ann.team_id)
    view = await made(api, people.ann, name="North's", seen_by="team", team_id=north)
    assert "North's" in await names(api, people.bob)
    assert "North's" not in await names(api, people.eve)
    assert (await api(people.bob).get(f"/views/{view['id']}")).json()["editable"] is False
    assert (await changed(api, people.bob, view, name="Bob's")).status_code == 403
    assert (await api(people.bob).delete(f"/views/{view['id']}")).status_code == 403
    foreign = await added(api, people.eve, seen_by="team", team_id=north)
    assert foreign.json()["errors"][0]["field"] == "team_id"
    assert (await added(api, people.ann, seen_by="team")).status_code == 422
    identity = gausdo.get(Identity)
    (team,) = (one for one in await identity.teams(ADMIN) if str(one.id) == north)
    led = await identity.change_team(
        ADMIN, team.id, TeamChange(version=team.version, lead_id=people.bob.id)
    )
    reply = await changed(api, people.bob, view, name="Led")
    assert reply.json()["name"] == "Led"
    await identity.change_team(ADMIN, team.id, TeamChange(version=led.version, lead_id=None))
    back = await changed(api, people.ann, reply.json(), seen_by="me")
    assert (back.json()["seen_by"], back.json()["team_id"]) == ("me", None)
    assert "Led" not in await names(api, people.bob)


async def test_everybodys_takes_a_right_of_its_own(api: As, people: People) -> None:
    refused = await added(api, people.head, seen_by="all")
    assert (refused.status_code, refused.json()["data"]) == (
        403,
        {"right": "identity.view.share"},
    )
    view = await made(api, people.admin, name="For all", seen_by="all")
    assert "For all" in await names(api, people.eve)
    assert (await changed(api, people.eve, view, name="Hers")).status_code == 403
    own = await made(api, people.eve, name="Copy")
    assert (await changed(api, people.eve, own, seen_by="all")).status_code == 403
    assert (await api(people.eve).get(f"/views/{own['id']}")).json()["seen_by"] == "me"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"filter": {"field": "nose", "op": "eq", "value": "x"}}, "filter.field"),
        ({"filter": {"all": [{"field": "title", "op": "gte", "value": "x"}]}}, "filter.all.0.op"),
        ({"filter": {"field": "amount", "op": "gte", "value": "much"}}, "filter.value"),
        ({"filter": {"field": "title"}}, "filter.op"),
        ({"kind": "person", "filter": {"field": "document", "op": "eq", "value": "4" * 40}},
         "filter"),
        ({"kind": "company", "layout": "board"}, "layout"),
        ({"columns": ["title; drop"]}, "columns.0"),
        ({"sort": "--title"}, "sort"),
        ({"name": " "}, "name"),
        ({"q": "x" * 201}, "q"),
    ],
)  # fmt: skip
async def test_what_no_list_could_be_asked_is_not_kept(
    api: As, people: People, told: dict, field: str
) -> None:
    before = await names(api, people.admin)
    refused = await added(api, people.admin, **told)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == field
    assert await names(api, people.admin) == before


async def test_a_field_that_was_hidden_since_is_told_and_not_asked(api: As, people: People) -> None:
    view = await made(api, people.eve, name="Large ones", filter={"all": [LARGE, OPEN]})
    largest = await made(api, people.eve, name="Largest first", sort="-amount")
    assert largest["missing"] == []
    read = {"object": "sales.deal", "operation": "read", "reach": "all", "without": ["worth"]}
    less = await role(api, people.admin, name="Without sums", grants=[read])
    assert (await given(api, people, "Eve", less.json()["id"])).status_code == 200
    eve = api(people.eve)
    for one in (view, largest):
        assert (await eve.get(f"/views/{one['id']}")).json()["missing"] == ["amount"]
    again = await changed(api, people.eve, view, filter={"all": [LARGE]})
    assert (again.status_code, again.json()["data"]["field"]) == (403, "amount")
    assert (await changed(api, people.eve, view, name="Still mine")).status_code == 200
    nothing = await role(api, people.admin, name="Nothing", grants=[])
    assert (await given(api, people, "Eve", nothing.json()["id"])).status_code == 200
    assert (await eve.get("/views")).json() == []
    assert (await eve.get(f"/views/{view['id']}")).status_code == 404


async def test_a_list_opens_with_the_view_one_has_chosen(api: As, people: People) -> None:
    view = await made(api, people.admin, name="First", seen_by="all")
    other = await made(api, people.bob, name="Second")
    bob = api(people.bob)
    for chosen in (view, other):
        reply = await bob.post(f"/views/{chosen['id']}/default")
        assert reply.json()["is_default"] is True
    defaults = [one["name"] for one in (await bob.get("/views")).json() if one["is_default"]]
    assert defaults == ["Second"]
    assert (await bob.delete(f"/views/{view['id']}/default")).json()["is_default"] is False
    assert (await bob.get(f"/views/{other['id']}")).json()["is_default"] is True
    assert (await bob.delete(f"/views/{other['id']}/default")).json()["is_default"] is False
    await bob.post(f"/views/{other['id']}/default")
    assert (await bob.delete(f"/views/{other['id']}")).status_code == 204


async def test_the_views_of_a_team_that_goes_stay_with_their_makers(
    api: As, people: People
) -> None:
    admin = api(people.admin)
    team = (
        await admin.post("/teams", json={"name": "Gone", "lead_id": str(people.head.id)})
    ).json()
    view = await made(api, people.head, name="Kept", seen_by="team", team_id=team["id"])
    assert (await admin.delete(f"/teams/{team['id']}")).status_code == 204
    kept = (await api(people.head).get(f"/views/{view['id']}")).json()
    assert (kept["seen_by"], kept["team_id"], kept["editable"]) == ("me", None, True)


async def test_what_a_view_asks_is_kept_where_it_can_be_forgotten(
    gausdo: Gausdo, api: As, people: People
) -> None:
    secret = {"field": "title", "op": "contains", "value": "Ivan Petrov"}
    view = await made(api, people.ann, name="Of Ivan Petrov", filter=secret)
    with superuser(gausdo) as db:
        found = db.execute(
            "select h.changes::text, p.changes::text from identity.history h "
            "join identity.personal p using (event_id) where h.subject_id = %s",
            (view["id"],),
        ).fetchall()
    ((told, personal),) = found
    assert "Ivan" not in told
    assert "Of Ivan Petrov" in personal


async def test_nobody_keeps_more_views_than_are_of_use(api: As, people: People) -> None:
    for number in range(100):
        reply = await added(api, people.head, name=f"View {number}")
        if reply.status_code == 409:
            break
    full = await added(api, people.head, name="One more")
    assert (full.status_code, full.json()["code"]) == (409, "identity.too-many-views")
    assert full.json()["data"] == {"at_most": 100}
