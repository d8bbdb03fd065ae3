"""Many companies or people changed at once: told before, done with one's own rights, undone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor, Origin, Reach
from gausdo.kernel.mass import Selection
from gausdo.modules.customers.contract import COMPANIES, Customers
from gausdo.modules.customers.many import CompaniesEdit, CompanySet
from gausdo.platform import mass
from tests.conftest import As, People
from tests.modules.identity.test_roles import given, role, user_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

Settled = Callable[[], Awaitable[None]]
MOVES = ("version", "changed_at")


async def companies(api: As, actor: Actor, many: int, **told: Any) -> list[dict]:
    drafts = [{"name": f"Firm {uuid4()}", **told} for _ in range(many)]
    made = await asyncio.gather(*(api(actor).post("/companies", json=one) for one in drafts))
    assert all(reply.is_success for reply in made)
    return [reply.json() for reply in made]


async def now(api: As, people: People, records: list[dict]) -> list[dict]:
    """As an administrator sees them, without what every change moves."""
    query = {"ids": ",".join(one["id"] for one in records), "limit": 200}
    page = (await api(people.admin).get("/companies", params=query)).json()["items"]
    found = {one["id"]: one for one in page}
    told = [found[one["id"]] for one in records]
    return [{name: one[name] for name in one if name not in MOVES} for one in told]


def asked(records: list[dict], change: dict[str, Any] | None = None, **more: Any) -> dict:
    return {"of": {"ids": [one["id"] for one in records]}, "change": change or {}, **more}


async def done(
    api: As, actor: Actor, settled: Settled, edit: dict, kind: str = "companies"
) -> dict:
    """Begin it, and see it when it has ended."""
    reply = await api(actor).post(f"/{kind}/mass-edits", json=edit)
    assert reply.status_code == 201, reply.text
    return await ended(api, actor, settled, reply, kind)


async def ended(
    api: As, actor: Actor, settled: Settled, reply: httpx2.Response, kind: str = "companies"
) -> dict:
    assert reply.status_code == 201, reply.text
    await settled()
    return (await api(actor).get(f"/{kind}/mass-edits/{reply.json()['id']}")).json()


async def undone(api: As, actor: Actor, settled: Settled, edit: dict) -> dict:
    reply = await api(actor).post(f"/companies/mass-edits/{edit['id']}/undo")
    return await ended(api, actor, settled, reply)


@asynccontextmanager
async def instead(api: As, people: People, grants: list[dict]) -> AsyncIterator[None]:
    """Ann has no more than these, for a while."""
    made = await role(api, people.admin, name="Less", grants=grants)
    had = [one["id"] for one in (await user_of(api, people, "Ann"))["roles"]]
    assert (await given(api, people, "Ann", made.json()["id"])).is_success
    yield
    assert (await given(api, people, "Ann", *had)).is_success
    await api(people.admin).delete(f"/roles/{made.json()['id']}")


async def test_after_undo_all_is_as_it_was(
    api: As, people: People, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mass, "PORTION", 5)
    records = [
        *await companies(api, people.ann, 7, city="Omsk", tags=["old", "both"]),
        *await companies(api, people.eve, 7, source="Fair"),
    ]
    before = await now(api, people, records)
    edit = asked(
        records,
        {"owner_id": str(people.bob.id), "city": "Tver", "source": None},
        add_tags=["NEW", "both"],
        remove_tags=["Old"],
    )
    preview = (await api(people.head).post("/companies/mass-edits/preview", json=edit)).json()
    assert preview == {
        "found": 14, "more": False, "at_most": 5000,
        "changing": 14, "same": 0, "refused": 0, "unseen": 0,
    }  # fmt: skip
    told = await done(api, people.head, settled, edit)
    assert (told["state"], told["total"], told["done"], told["changed"]) == ("done", 14, 14, 14)
    after = await now(api, people, records)
    assert {one["owner_name"] for one in after} == {"Bob"}
    assert {one["team_id"] for one in after} == {str(people.bob.team_id)}
    assert {(one["city"], one["source"]) for one in after} == {("Tver", None)}
    assert [one["tags"] for one in (after[0], after[-1])] == [["both", "new"], ["new", "both"]]
    again = (await api(people.head).post("/companies/mass-edits/preview", json=edit)).json()
    assert (again["changing"], again["same"]) == (0, 14)
    for one in (records[0], records[-1]):
        newest = (await api(people.head).get(f"/companies/{one['id']}/history")).json()[0]
        assert (newest["mass_edit_id"], newest["via"]) == (told["id"], "mass")
        assert newest["actor_name"] == "Head"
    back = await undone(api, people.head, settled, told)
    assert (back["undoes"], back["changed"], back["left"], back["why"]) == (told["id"], 14, 0, [])
    assert await now(api, people, records) == before
    nothing = await api(people.head).post(f"/companies/mass-edits/{told['id']}/undo")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "mass-nothing-to-undo")
    redone = await undone(api, people.head, settled, back)
    assert redone["changed"] == 14
    assert await now(api, people, records) == after


async def test_what_others_have_changed_since_stays(
    api: As, people: People, settled: Settled
) -> None:
    records = await companies(api, people.ann, 3, city="Omsk", source="Fair")
    before = await now(api, people, records)
    change = {"city": "Tver", "source": "Radio"}
    told = await done(api, people.head, settled, asked(records, change))
    ann, (one, other, _) = api(people.ann), records
    for record, fields in ((one, {"city": "Perm"}), (other, {"city": "Perm", "source": "Web"})):
        for value in (dict.fromkeys(fields, "Else"), fields):  # there and back is changed, too
            version = (await ann.get(f"/companies/{record['id']}")).json()["version"]
            changed = await ann.patch(
                f"/companies/{record['id']}", json={"version": version, **value}
            )
            assert changed.is_success, changed.text
    back = await undone(api, people.head, settled, told)
    assert (back["changed"], back["left"], back["same"]) == (2, 1, 0)
    why = {left["record_id"]: (left["code"], left["fields"]) for left in back["why"]}
    assert why == {
        one["id"]: ("changed-since", ["city"]),
        other["id"]: ("changed-since", ["city", "source"]),
    }
    after = await now(api, people, records)
    assert after == [
        {**before[0], "city": "Perm"},
        {**before[1], "city": "Perm", "source": "Web"},
        before[2],
    ]


async def test_nobody_changes_what_they_may_not(api: As, people: People, settled: Settled) -> None:
    [mine] = await companies(api, people.ann, 1)
    [near] = await companies(api, people.bob, 1)
    [far] = await companies(api, people.eve, 1)
    grants = [
        {"object": "customers.company", "operation": "read", "reach": "team"},
        {"object": "customers.company", "operation": "edit", "reach": "own"},
    ]
    async with instead(api, people, grants):
        edit = asked([mine, near, far, {"id": str(uuid4())}], {"city": "Tver"})
        preview = (await api(people.ann).post("/companies/mass-edits/preview", json=edit)).json()
        assert [preview[name] for name in ("found", "changing", "refused", "unseen")] == [
            4,
            1,
            1,
            2,
        ]
        told = await done(api, people.ann, settled, edit)
        assert (told["changed"], told["left"]) == (1, 3)
        codes = {left["record_id"]: left["code"] for left in told["why"]}
        assert (codes[near["id"]], codes[far["id"]]) == ("forbidden", "not-found")
        cities = [one["city"] for one in await now(api, people, [mine, near, far])]
        assert cities == ["Tver", None, None]
        to_bob = asked([mine], {"owner_id": str(people.bob.id)})
        refused = await api(people.ann).post("/companies/mass-edits", json=to_bob)
        assert refused.status_code == 403
        assert refused.json()["data"]["right"] == "customers.company.assign"


async def test_a_hidden_field_is_not_set_and_not_asked_for(api: As, people: People) -> None:
    [record] = await companies(api, people.ann, 1, city="Omsk")
    grants = [
        {"object": "customers.company", "operation": "read", "reach": "all", "without": ["city"]},
        {"object": "customers.company", "operation": "edit", "reach": "all", "without": ["source"]},
    ]
    async with instead(api, people, grants):
        for field in ("city", "source"):
            for path in ("", "/preview"):
                reply = await api(people.ann).post(
                    f"/companies/mass-edits{path}", json=asked([record], {field: "Omsk"})
                )
                assert (reply.status_code, reply.json()["data"]["field"]) == (403, field)


async def test_a_program_does_no_more_than_its_key(
    gausdo: Gausdo, api: As, people: People, settled: Settled
) -> None:
    records = await companies(api, people.eve, 1) + await companies(api, people.head, 1)
    key = Origin(session=f"key:{uuid4()}")
    grants = (
        *COMPANIES.grants(Reach.ALL, "read"),
        *COMPANIES.grants(Reach.OWN, "edit"),
    )
    program = people.head.model_copy(update={"grants": grants, "origin": key})
    edit = CompaniesEdit(
        of=Selection(ids=tuple(one["id"] for one in records)), change=CompanySet(city="Tver")
    )
    customers = gausdo.get(Customers)
    begun = await customers.edit_companies(program, edit)
    await settled()
    told = await customers.companies_edit(people.head, begun.id)
    assert (told.changed, [left.code for left in told.why]) == (1, ["forbidden"])
    assert [one["city"] for one in await now(api, people, records)] == [None, "Tver"]


async def test_all_that_a_filter_finds_is_taken_up_to_a_number(
    api: As, people: People, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = await companies(api, people.ann, 4, industry="Mass found")
    monkeypatch.setattr(mass, "AT_MOST", 3)
    found = {"filter": {"field": "industry", "op": "eq", "value": "Mass found"}, "q": "firm"}
    edit = {"of": {"found": found}, "change": {"size": 7}}
    preview = (await api(people.head).post("/companies/mass-edits/preview", json=edit)).json()
    assert (preview["found"], preview["more"], preview["at_most"]) == (3, True, 3)
    told = await done(api, people.head, settled, edit)
    assert (told["total"], told["more"]) == (3, True)
    sizes = [one["size"] for one in await now(api, people, records)]
    assert sorted(map(str, sizes)) == ["7", "7", "7", "None"]


async def test_it_is_stopped_where_it_is_and_what_it_did_undone(
    api: As, people: People, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = await companies(api, people.ann, 40)
    before = await now(api, people, records)
    monkeypatch.setattr(mass, "PORTION", 1)
    head = api(people.head)
    begun = (await head.post("/companies/mass-edits", json=asked(records, {"city": "T"}))).json()
    running = await head.post(f"/companies/mass-edits/{begun['id']}/undo")
    assert (running.status_code, running.json()["code"]) == (409, "mass-running")
    stopped = (await head.post(f"/companies/mass-edits/{begun['id']}/stop")).json()
    assert stopped["state"] == "stopped"
    assert stopped["done"] < 40
    await settled()
    told = (await head.get(f"/companies/mass-edits/{begun['id']}")).json()
    assert told == stopped
    monkeypatch.undo()
    if told["undoable"]:
        back = await undone(api, people.head, settled, told)
        assert back["changed"] == told["changed"]
    assert await now(api, people, records) == before


async def test_it_is_its_makers_alone(api: As, people: People, settled: Settled) -> None:
    records = await companies(api, people.ann, 1)
    told = await done(api, people.ann, settled, asked(records, {"city": "Tver"}))
    for actor, kind in (
        (people.bob, "companies"),
        (people.admin, "companies"),
        (people.ann, "people"),
    ):
        client, path = api(actor), f"/{kind}/mass-edits/{told['id']}"
        assert (await client.get(path)).status_code == 404
        assert (await client.post(f"{path}/stop")).status_code == 404
        assert (await client.post(f"{path}/undo")).status_code == 404


async def test_people_are_changed_in_the_same_way(
    api: As, people: People, settled: Settled
) -> None:
    ann = api(people.ann)
    [employer] = await companies(api, people.ann, 1)
    made = [(await ann.post("/people", json={"name": f"One {n}"})).json() for n in range(2)]
    edit = asked(made, {"company_id": employer["id"]}, add_tags=["guest"])
    told = await done(api, people.ann, settled, edit, "people")
    assert told["changed"] == 2
    seen = [(await ann.get(f"/people/{one['id']}")).json() for one in made]
    assert [(one["company"]["id"], one["tags"]) for one in seen] == [
        (employer["id"], ["guest"])
    ] * 2
    reply = await ann.post(f"/people/mass-edits/{told['id']}/undo")
    assert (await ended(api, people.ann, settled, reply, "people"))["changed"] == 2
    seen = [(await ann.get(f"/people/{one['id']}")).json() for one in made]
    assert [(one["company"], one["tags"]) for one in seen] == [(None, [])] * 2


@pytest.mark.parametrize(
    ("told", "field", "code"),
    [
        ({"of": {}}, "of", "mass-selection"),
        ({"of": {"ids": [str(uuid4())], "found": {}}}, "of", "mass-selection"),
        ({"of": {"ids": []}}, "of.ids", "mass-nothing"),
        ({"change": {}}, "change", "mass-nothing"),
        ({"change": {"owner_id": None}}, "change.owner_id", "missing"),
        ({"change": {"owner_id": str(uuid4())}}, "owner_id", "unknown-user"),
        ({"change": {"name": "All alike"}}, "change.name", "extra_forbidden"),
        ({"change": {"size": -1}}, "change.size", "greater_than_equal"),
        ({"add_tags": ["VIP"], "remove_tags": ["vip"]}, "remove_tags", "mass-both"),
        ({"of": {"found": {"filter": {"field": "x", "op": "eq", "value": 1}}}},
         "filter.field", "unknown-field"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["", "/preview"])
async def test_what_makes_no_sense_is_refused(
    api: As, people: People, told: dict, field: str, code: str, path: str
) -> None:
    edit = {"of": {"ids": [str(uuid4())]}, "change": {"city": "Tver"}, **told}
    reply = await api(people.ann).post(f"/companies/mass-edits{path}", json=edit)
    assert reply.status_code == 422, reply.text
    error = reply.json()["errors"][0]
    assert (error["field"], error["code"]) == (field, code)
