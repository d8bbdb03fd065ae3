"""Whatever is asked, whoever asks: nothing comes to their eyes that their roles do not show.

Every route of the document and every kind of record is walked by people with roles made by chance;
what each may see is computed by plain Python. A route that is added tomorrow is walked as well, or
fails here until the walk knows how to ask it.
"""

import json
import os
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import httpx2
import pytest

from gausdo.app import Gausdo
from gausdo.kernel.errors import Forbidden
from tests.conftest import As, People
from tests.rights import graphs
from tests.rights.asking import required_fields
from tests.rights.orders import SORTS, acting, expected, lists, paged
from tests.rights.world import (
    FIELDS,
    KINDS,
    SOME,
    TAKEN_OUT,
    Person,
    World,
    board_of,
    chance_grants,
    dashboard_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEED = int(os.environ.get("RIGHTS_SEED", "1"))
NAMES = ("head", "ann", "bob", "eve")
DRAWS = 12
WALKING = ("head", "ann", "eve")
"""Of a team above, and of two below it."""
GRAPHQL = "http://localhost/graphql"
NOBODY = "01900000-0000-7000-8000-00000000dead"
ASKED_BY_TEXT = {
    *("legal_name", "inn", "kpp", "ogrn", "address", "domain", "industry"),
    *("position", "city", "source", "tags", "document"),
}
LISTS = {"deals": "deal", "companies": "company", "people": "person", "tasks": "task"}
COLUMNS = {
    *("legal_name", "inn", "kpp", "ogrn", "address", "domain", "industry"),
    *("position", "city", "source", "tags", "about", "expected_on"),
}
"""Of files, called as the fields are whose texts they tell."""
OPEN = {
    "demo_letters", "demo_letter", "demo_webhooks",  # not in this installation
    "me", "users", "standing", "teams", "roles", "catalogue",  # what colleagues know of each other
    "offer", "offer_file",  # who has the link of a quote may see it
    "calendar_file",  # who has its secret address may, too: see test_feeds
}  # fmt: skip
ASKED = {
    "why": [{"user_id": "{someone}"}],
    "list_notes": [{"about_kind": "deal", "about_id": "{deal}"}],
    "timeline": [
        {"about_kind": kind, "about_id": f"{{{kind}}}"} for kind in ("deal", "company", "person")
    ],
    "search": [{"q": "a"}, {"q": "example"}, {"q": "916"}],
    "calendar": [{"since": "2026-03-01T00:00:00Z", "until": "2026-03-31T00:00:00Z"}],
    "deal_groups": [{"by": by} for by in ("owner_id", "stage_id", "expected_on")],
    "deal_days": [{"by": "expected_on", "since": "2026-03-01", "until": "2026-04-10"}],
    "company_groups": [{"by": by} for by in ("owner_id", "industry", "tags")],
    "person_groups": [{"by": by} for by in ("team_id", "position", "source")],
    "task_groups": [{"by": by} for by in ("owner_id", "state", "due_at")],
    "deals_behind": [{"chart": "funnel", "stage_id": "{stage}"}],
    "changed_deals": [{"kind": kind, "since": "2020-01-01"} for kind in ("new", "won", "lost")],
}
"""What a route has to be told in its address."""


@pytest.mark.parametrize("name", WALKING)
async def test_nothing_is_told_that_is_not_shown(
    api: As, people: People, world: World, name: str
) -> None:
    """`RIGHTS_SEED` is another draw of roles."""
    chance = random.Random(f"{SEED} {name}")
    document = (await api(people.admin).get("/openapi.json")).json()
    await _share_by_chance(api, people, world, chance)
    who = await _with_roles(api, people, world, chance, name)
    client = api(getattr(people, name))
    answers = 0
    async for path, text in _answers(client, document, world, chance, who):
        _demand_nothing_foreign(world, who, text, f"{name}: GET {path}")
        answers += 1
    assert answers > 150  # it was a walk
    async for asked, text in _told_in_graphql(client, world, chance):
        _demand_nothing_foreign(world, who, text, f"{name}: {asked}")
    await _lists_are_whole(client, world, who)
    await _exports_are_whole(client, world, who)
    await _boards_are_exact(client, world, who)
    await _dashboards_are_exact(client, world, who)
    await _strangers_change_nothing(client, document, world, who)


async def test_pages_in_every_order_are_those_of_what_is_seen(
    gausdo: Gausdo, api: As, people: People, world: World
) -> None:
    """By roles of many draws, divided into parts or not: page by page, whole and in order."""
    chance = random.Random(SEED)
    await _share_by_chance(api, people, world, chance)
    who = await _with_roles(api, people, world, chance, "ann")
    every_team = sorted({one["team_id"] for one in world.records["deal"]})
    for _ in range(DRAWS):
        draw = replace(
            who,
            grants=[one for _ in range(2) for one in chance_grants(chance, world.conditions)],
            teams={one for one in every_team if chance.random() < SOME},
        )
        draw.tree = draw.teams | {chance.choice(every_team)}
        actor = acting(draw, people.ann)
        for kind, page in lists(gausdo).items():
            told = await page(people.admin, {"limit": 200})
            by_id = {one["id"]: one for one in json.loads(told)["items"]}
            for name, (field, _) in SORTS[kind].items():
                sort = chance.choice((name, f"-{name}"))
                try:
                    found = await paged(partial(page, actor), sort)
                except Forbidden:
                    readable = [one for one in draw.grants if _reads(one, kind)]
                    assert all(field in one["without"] for one in readable), (sort, draw)
                else:
                    assert found == expected(world, draw, kind, sort, by_id), (sort, draw)


def _reads(grant: dict[str, Any], kind: str) -> bool:
    return (grant["object"], grant["operation"]) == (KINDS[kind], "read")


def _demand_nothing_foreign(world: World, who: Person, text: str, where: str) -> None:
    may = world.tellable(who)
    told = {one for one in world.texts() if one in text} - may
    told = {one for one in told if not any(one in other and other in text for other in may)}
    assert not told, f"{where} tells {told}\n{who}\n{text[:3000]}"
    ids = {one for one in world.every_id() if one in text} - world.ids(who)
    assert not ids, f"{where} tells the ids {ids}\n{who}\n{text[:3000]}"


async def _answers(
    client: httpx2.AsyncClient,
    document: dict[str, Any],
    world: World,
    chance: random.Random,
    who: Person,
) -> AsyncIterator[tuple[str, str]]:
    for path, verbs in document["paths"].items():
        operation = verbs.get("get")
        if operation is None or operation["operationId"] in OPEN:
            continue
        for address, query in _addresses(path, operation, world, chance, who):
            reply = await client.get(address, params=query)
            assert reply.status_code < 500, f"{address} {query} {reply.text}"
            yield f"{address} {query}", _apart_from(reply.text, address, query)


async def _told_in_graphql(
    client: httpx2.AsyncClient, world: World, chance: random.Random
) -> AsyncIterator[tuple[str, str]]:
    """Every field of the schema with all that hangs on it."""
    for name, field in graphs.fields().items():
        required = graphs.required(field)
        for given in _given(name, required, world, chance):
            body = {"query": graphs.question(name, set(given)), "variables": given}
            reply = await client.post(GRAPHQL, json=body)
            assert reply.status_code == 200, f"{body} {reply.text}"
            yield f"{name} {given}", reply.text


def _given(
    name: str, required: set[str], world: World, chance: random.Random
) -> Iterator[dict[str, Any]]:
    if required == {"about_kind", "about_id"}:
        for one in chance.sample(world.records["deal"], 3):
            yield {"about_kind": "deal", "about_id": one["id"]}
    elif required == {"id", "record_id"}:
        for one in (chance.choice(world.records[kind]) for kind in ("company", "person")):
            yield {"id": one["id"], "record_id": one["id"]}
    elif required == {"id", "other_id"}:
        (kind,) = (kind for kind in world.records if f"_{kind}_" in name)
        for one in chance.sample(world.records[kind], 4):
            yield {"id": one["id"], "other_id": chance.choice(world.records[kind])["id"]}
    elif required:
        more = {"field": "sealed_word"} if "field" in required else {}
        required = required - {"field"}
        assert required == {"id"}, f"Tell the walk how to ask {name}: it needs {required}."
        named = [
            kind
            for kind in reversed(world.records)
            if name.startswith(kind) or name.endswith(f"_{kind}")
        ]
        kind = named[0] if named else "deal"  # the world has no such record: its id is none there
        for one in chance.sample(world.records[kind], 4):
            yield {"id": one["id"], **more}
    else:
        yield {}
    for query in _narrowings(name, world, chance):
        asked = json.loads(query["filter"]) if "filter" in query else None
        yield query if asked is None else {"filter": asked}


PARTS = {"field": "sealed_word", "entry_id": str(UUID(int=0))}
"""Of an address, beside the id; nobody in this world has said anything, so there is no entry."""


def _addresses(
    path: str, operation: dict[str, Any], world: World, chance: random.Random, who: Person
) -> Iterator[tuple[str, dict[str, str]]]:
    """A route with each id there is in it, of whatever kind; a list narrowed and sorted."""
    path = path.removeprefix("/api/v1")
    named = operation["operationId"]
    parameters = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
    required = {one["name"] for one in operation.get("parameters", ()) if one["required"]} - {"id"}
    for name in PARTS.keys() & required:
        path, required = path.replace(f"{{{name}}}", PARTS[name]), required - {name}
    if "{id}" in path:
        query = {"user_id": who.id} if "user_id" in required else {}
        others = {"user_id", "other_id", "record_id"}
        assert required <= others, f"Tell the walk how to ask {path}: it needs {required}."
        for kind, records in world.records.items():
            for other in required - {"user_id"}:
                query = {other: chance.choice(records)["id"]}
            for one in chance.sample(records, 5 if kind in named else 1):
                yield path.replace("{id}", one["id"]), query
        yield path.replace("{id}", world.records["deal"][0]["stage_id"]), query
    elif required:
        assert named in ASKED, f"Tell the walk how to ask {path}: it needs {required}."
        for query in ASKED[named]:
            for deal in chance.sample(world.records["deal"], 4):
                names = {kind: chance.choice(all)["id"] for kind, all in world.records.items()}
                names |= {"deal": deal["id"], "stage": deal["stage_id"], "someone": who.id}
                yield path, {name: value.format(**names) for name, value in query.items()}
    else:
        yield path, {}
    if {"filter", "sort", "q"} <= parameters and not required:
        yield from ((path, query) for query in _narrowings(path.strip("/"), world, chance))


def _narrowings(name: str, world: World, chance: random.Random) -> Iterator[dict[str, str]]:
    """By every text there is: what is found tells as much as what is shown."""
    kind = LISTS.get(name)
    if kind is None:
        return
    for one in chance.sample(world.records[kind], 2):
        for field, text in one["told"].items():
            yield {"q": text}
            if field in {"worth", "expected_on"}:
                asked = "amount" if field == "worth" else field
                yield {"filter": json.dumps({"field": asked, "op": "eq", "value": text})}
            elif field in ASKED_BY_TEXT:
                yield {"filter": json.dumps(_condition(field, text))}
        for link in ("company_id", "contact_id", "parent_id"):
            if one.get(link):
                yield {"filter": json.dumps({"field": link, "op": "eq", "value": one[link]})}
                if link != "parent_id":
                    yield {link: one[link]}
    for sort in ("amount", "-amount", "expected_on", "city", "-city", "created_at", "due_at"):
        yield {"sort": sort}


def _condition(field: str, text: str) -> dict[str, str]:
    return {"field": field, "op": "contains" if field == "tags" else "eq", "value": text}


def _apart_from(text: str, address: str, query: dict[str, str]) -> str:
    """The answer without what it was asked with, which a refusal may repeat."""
    return text.replace(address, "") if not query else text


async def _lists_are_whole(client: httpx2.AsyncClient, world: World, who: Person) -> None:
    """Exactly what is visible, with exactly what is shown; found by what is shown and no other."""
    for name, kind in LISTS.items():
        reply = await client.get(f"/{name}", params={"limit": 200})
        readable = any(
            (one["object"], one["operation"]) == (KINDS[kind], "read") for one in who.grants
        )
        if not readable:
            assert reply.status_code == 403, reply.text
            continue
        found = {one["id"]: one for one in reply.json()["items"]}
        assert set(found) == {one["id"] for one in world.visible(who, kind)}, (name, who)
        for one in world.visible(who, kind):
            hidden = set(FIELDS[kind]) - world.shown(who, kind, one)
            assert set(found[one["id"]]["hidden"]) == hidden, (name, one, who)
        await _found_by_what_is_shown(client, name, kind, world, who)


async def _exports_are_whole(client: httpx2.AsyncClient, world: World, who: Person) -> None:
    """What may be read and taken out both, with what neither right hides; no column for others."""
    for name, kind in LISTS.items():
        if kind not in TAKEN_OUT:
            continue
        reply = await client.get(f"/{name}/export", params={"format": "jsonl"})
        both = [
            (read, export)
            for read in who.grants
            for export in who.grants
            if (read["object"], read["operation"]) == (KINDS[kind], "read")
            if (export["object"], export["operation"]) == (KINDS[kind], "export")
        ]
        if not both:
            assert reply.status_code == 403, reply.text
            continue
        taken = {one["id"]: one for one in map(json.loads, reply.text.splitlines())}
        expected = set()
        for one in world.records[kind]:
            reads = world.holding(who, kind, "read", one)
            pairs = [(r, e) for r in reads for e in world.holding(who, kind, "export", one)]
            if not pairs:
                continue
            expected.add(one["id"])
            told = json.dumps(taken[one["id"]], ensure_ascii=False)
            for field, text in one["told"].items():
                shown = field not in FIELDS[kind] or any(
                    field not in {*r["without"], *e["without"]} for r, e in pairs
                )
                if field in COLUMNS:
                    assert (text in told) is shown, (field, one, who)
        assert taken.keys() == expected, (name, who)
        never = [
            field
            for field in COLUMNS & set(FIELDS[kind])
            if all(field in {*read["without"], *export["without"]} for read, export in both)
        ]
        assert not [field for field in never for one in taken.values() if field in one]


async def _found_by_what_is_shown(
    client: httpx2.AsyncClient, name: str, kind: str, world: World, who: Person
) -> None:
    asked = {*ASKED_BY_TEXT, "expected_on", "worth"}
    for one in world.records[kind][1::4]:
        seen = world.holding(who, kind, "read", one)
        for field in asked & one["told"].keys():
            as_asked = "amount" if field == "worth" else field
            condition = _condition(as_asked, one["told"][field])
            reply = await client.get(f"/{name}", params={"filter": json.dumps(condition)})
            found = one["id"] in reply.text if reply.is_success else False
            assert found is bool(seen and field in world.shown(who, kind, one)), (field, one, who)
        for field in FIELDS[kind] if seen else ():
            if field in one["told"] and field not in world.shown(who, kind, one):
                reply = await client.get(f"/{name}", params={"q": one["told"][field]})
                assert one["id"] not in reply.text, (field, one, who)


async def _boards_are_exact(client: httpx2.AsyncClient, world: World, who: Person) -> None:
    pipelines = await client.get("/pipelines")
    if not pipelines.is_success:
        return
    board = await client.get(f"/pipelines/{pipelines.json()[0]['id']}/board")
    for column in board.json()["columns"]:
        sums = {one["currency"]: Decimal(one["sum"]) for one in column["sums"]}
        assert (column["count"], sums) == board_of(world, who, column["stage_id"]), who


async def _dashboards_are_exact(client: httpx2.AsyncClient, world: World, who: Person) -> None:
    """Nothing is counted or summed that is not shown, and all that is; bar by bar, down to ids."""
    for currency in ("RUB", "USD"):
        asked = {"currency": currency, "months": 36}
        reply = await client.get("/reports/dashboard", params=asked)
        if not reply.is_success:
            assert reply.status_code == 403, reply.text
            return
        told, expected = reply.json(), dashboard_of(world, who, currency)
        shown = {
            chart: {
                one[bar]: (one["count"], Decimal(one["sum"])) for one in told[chart] if one["count"]
            }
            for chart, bar in (("funnel", "stage_id"), ("forecast", "month"))
        }
        activity = told["activity_by_owner"]
        for measure in ("opened", "notes"):
            shown[measure] = {one["owner_id"]: one[measure] for one in activity if one[measure]}
        assert shown == {name: expected[name] for name in shown}, (who, currency)
        assert told["currencies"] == sorted(expected["currencies"]), who
        for stage_id, (count, _) in expected["funnel"].items():
            drill = {**asked, "chart": "funnel", "stage_id": stage_id}
            behind = (await client.get("/reports/deals-behind", params=drill)).json()["ids"]
            assert len(behind) == count, who


async def _strangers_change_nothing(
    client: httpx2.AsyncClient, document: dict[str, Any], world: World, who: Person
) -> None:
    """Every route that changes a record, with a record that is not theirs to see."""
    bodies = {
        "version": 1, "stage_id": NOBODY, "with_id": NOBODY, "entry_id": NOBODY, "field": "city",
        "currency": "RUB", "lines": [], "contacts": [], "competitors": [],
        "purpose_id": NOBODY, "source": "form",
    }  # fmt: skip
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            if verb == "get" or "{id}" not in path:
                continue
            for kind in (one for one in world.records if one in operation["operationId"]):
                foreign = [
                    one for one in world.records[kind] if not world.holding(who, kind, "read", one)
                ]
                for one in foreign[:2]:
                    address = path.removeprefix("/api/v1").replace("{id}", one["id"])
                    address = address.replace("{with_id}", NOBODY)
                    taken = required_fields(document, operation)
                    body = {name: told for name, told in bodies.items() if name in taken}
                    sent = {"json": body} if taken else {}
                    asked = {one["name"] for one in operation.get("parameters", ())}
                    sent |= {"params": {"version": 1}} if "version" in asked else {}
                    reply = await client.request(verb.upper(), address, **sent)
                    assert reply.status_code in {403, 404}, (verb, address, reply.text)
                    _demand_nothing_foreign(
                        world, who, reply.text.replace(one["id"], ""), f"{verb} {address}"
                    )


async def _with_roles(
    api: As, people: People, world: World, chance: random.Random, name: str
) -> Person:
    """One or two new roles for somebody; every second one leads a team beside their own."""
    admin = api(people.admin)
    ids, grants = [], []
    for number in range(chance.choice((1, 2))):
        told = list(chance_grants(chance, world.conditions))
        made = await admin.post("/roles", json={"name": f"{name} {number}", "grants": told})
        assert made.status_code == 201, made.text
        ids.append(made.json()["id"])
        grants += told
    actor = getattr(people, name)
    users = {one["id"]: one for one in (await admin.get("/users")).json()}
    user = users[str(actor.id)]
    change = {"version": user["version"], "roles": ids}
    assert (await admin.patch(f"/users/{user['id']}", json=change)).is_success
    teams = (await admin.get("/teams")).json()
    led = chance.choice(teams)
    lead = chance.choice((user["id"], None))
    told = {"version": led["version"], "lead_id": lead}
    assert (await admin.patch(f"/teams/{led['id']}", json=told)).is_success
    teams = (await admin.get("/teams")).json()
    own = {one["id"] for one in teams if one["lead_id"] == user["id"]} | {user["team_id"]}
    tree, grown = set(own), True
    while grown:
        below = {one["id"] for one in teams if one["parent_id"] in tree} - tree
        tree |= below
        grown = bool(below)
    return Person(user["id"], name, user["team_id"], own, tree, grants)


async def _share_by_chance(api: As, people: People, world: World, chance: random.Random) -> None:
    admin = api(people.admin)
    teams = [one["id"] for one in (await admin.get("/teams")).json()]
    withs = [str(getattr(people, name).id) for name in NAMES] + teams
    for kind, path in (("deal", "deals"), ("company", "companies"), ("person", "people")):
        for one in chance.sample(world.records[kind], 2):
            with_id = chance.choice(withs)
            told = {"with_id": with_id, "level": chance.choice(("read", "edit"))}
            reply = await admin.post(f"/{path}/{one['id']}/shares", json=told)
            assert reply.is_success, reply.text
            one["shared"].add(with_id)
