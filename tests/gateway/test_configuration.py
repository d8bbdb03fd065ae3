"""The configuration leaves as files and comes in again, seen before it is done."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo, opened
from gausdo.gateway.identify import API
from gausdo.kernel.actor import Actor
from gausdo.kernel.values import new_id
from gausdo.modules.authentication.contract import Authentication, PolicyChange
from gausdo.modules.automation.contract import Automation, RuleDraft
from gausdo.modules.communications.contract import Communications, TemplateDraft
from gausdo.modules.federation.contract import Federation, ProviderDraft
from gausdo.modules.identity.contract import Identity, RoleDraft, TeamChange, UserDraft
from gausdo.modules.integrations.contract import ApiKeyDraft, Integrations, IpRulesChange
from gausdo.modules.sales.contract import DealDraft, PipelineDraft, Sales
from gausdo.platform.configuration import files
from gausdo.serve import serving
from gausdo.settings import Settings
from tests.conftest import ADMIN, PASSWORD, As, People, fresh
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADMINISTRATOR, HEAD = (f"01900000-0000-7000-8000-00000000000{n}" for n in (1, 2))
HERE = "127.0.0.1"
SECRETS = ["hunter2-hunter2"]
"""What must be in no file."""
Things = dict[str, list[dict[str, Any]]]
STAGES = [
    {"name": "Новая", "probability": 10},
    {"name": "Offer", "probability": 60, "tone": "amber"},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def furnished(gausdo: Gausdo, people: People) -> None:
    """A site with one thing of every kind, each of which names others."""
    identity, sales = gausdo.get(Identity), gausdo.get(Sales)
    admin = people.admin
    (north,) = [team for team in await identity.teams(admin) if team.name == "North"]
    lead = TeamChange(version=north.version, lead_id=people.head.id)
    await identity.change_team(admin, north.id, lead)
    pipeline = await sales.add_pipeline(
        admin, PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    )
    grants = [
        {"object": "sales.deal", "operation": "read", "reach": "team", "without": ["worth"]},
        {
            "object": "sales.deal",
            "operation": "read",
            "reach": "all",
            "condition": {"field": "owner_id", "op": "in", "value": [str(people.ann.id)]},
        },
    ]
    role = await identity.add_role(
        admin, RoleDraft.model_validate({"name": "Наблюдатель", "grants": grants})
    )
    body = "Здравствуйте, {{ contact.name }}!\n\nOur offer is below.\n"
    template = await gausdo.get(Communications).add_template(
        admin, TemplateDraft(name="Offer", subject="Our offer", body=body)
    )
    rule = {
        "name": "Follow up",
        "trigger": {"stage_id": pipeline.stages[1].id},
        "condition": {"field": "owner_id", "op": "eq", "value": str(people.ann.id)},
        "steps": [
            {"type": "send-letter", "template_id": template.id, "to": "contact"},
            {"type": "add-task", "title": "Call", "due_in_working_hours": "4"},
        ],
    }
    await gausdo.get(Automation).add_rule(admin, RuleDraft.model_validate(rule))
    authentication = gausdo.get(Authentication)
    policy = await authentication.policy(admin)
    change = PolicyChange(version=policy.version, roles=[role.id])
    await authentication.change_policy(admin, change)
    provider = {
        "kind": "oidc",
        "name": "Company",
        "issuer": "https://login.example.org",
        "client_id": "gausdo",
        "client_secret": "hunter2-hunter2",
        "domains": ["example.org"],
        "mapping": [{"group": "sales", "role_id": role.id, "team_id": north.id}],
    }
    await gausdo.get(Federation).add_provider(admin, ProviderDraft.model_validate(provider))
    integrations = gausdo.get(Integrations)
    rules = {"version": 1, "roles": [{"role_id": role.id, "networks": ["203.0.113.0/24"]}]}
    await integrations.change_ip_rules(admin, IpRulesChange.model_validate(rules), HERE)
    key = ApiKeyDraft(name="Shop", roles=[role.id], networks=["198.51.100.7"])
    SECRETS.append((await integrations.make_api_key(admin, key)).secret)


@pytest.fixture(scope="module")
def elsewhere(servers: Servers, template: str) -> Iterator[Settings]:
    with fresh(servers, template) as own:
        yield own


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def empty(elsewhere: Settings) -> AsyncIterator[Gausdo]:
    """Another site, where there is nobody but an administrator."""
    async with opened(elsewhere) as gausdo:
        await join(gausdo, "admin", "administrator")
        yield gausdo


async def join(gausdo: Gausdo, name: str, role: str) -> Actor:
    draft = UserDraft(name=name, email=f"{name}@example.org", password=PASSWORD, role=role)
    identity = gausdo.get(Identity)
    return await identity.actor((await identity.join(ADMIN, draft)).id)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def there(empty: Gausdo) -> AsyncIterator[httpx2.AsyncClient]:
    """The administrator of the other site."""
    (admin,) = await empty.get(Identity).users(ADMIN)
    told = {"auth_time": int(time.time())}
    token = empty.tokens.issue(str(admin.id), API, "at+jwt", 600, **told)
    async with (
        serving(empty, None) as app,
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app, client=("127.0.0.1", 1)),
            base_url="http://localhost/api/v1",
            headers={"authorization": f"Bearer {token}"},
        ) as client,
    ):
        yield client


async def exported(client: httpx2.AsyncClient) -> bytes:
    reply = await client.get("/configuration/export")
    assert reply.status_code == 200, reply.text
    return reply.content


async def things(client: httpx2.AsyncClient) -> Things:
    return files.read(files.unpacked(await exported(client)))


def archive(told: Things) -> bytes:
    return files.packed(files.written(told))


async def preview(
    client: httpx2.AsyncClient, content: bytes, removing: bool = False
) -> httpx2.Response:
    return await client.post(
        "/configuration/preview", content=content, params={"removing": removing}
    )


async def brought(
    client: httpx2.AsyncClient, content: bytes, removing: bool = False
) -> list[tuple[str, str, str]]:
    """Compared, then done; what was told of it: kind, name, action."""
    seen = await preview(client, content, removing)
    assert seen.status_code == 200, seen.text
    params = {"removing": removing, "fingerprint": seen.json()["fingerprint"]}
    reply = await client.post("/configuration/import", content=content, params=params)
    assert reply.status_code == 200, reply.text
    assert reply.json()["differences"] == seen.json()["differences"]
    return [(one["kind"], one["name"], one["action"]) for one in seen.json()["differences"]]


def named(told: Things, kind: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in told[kind] if one["name"] == name]
    return found


async def test_another_site_becomes_the_same(
    api: As, people: People, there: httpx2.AsyncClient, empty: Gausdo
) -> None:
    here = await exported(api(people.admin))
    assert here == await exported(api(people.admin))
    plain = b"".join(files.unpacked(here).values()).decode()
    assert [secret for secret in SECRETS if secret in plain] == []
    assert '"name": "Shop"' in plain
    assert '"203.0.113.0/24"' in plain
    refused = await preview(there, here)
    assert (refused.status_code, refused.json()["code"]) == (422, "configuration.bad")
    assert {one["field"] for one in refused.json()["errors"]} >= {
        "teams.json#/1/lead",
        "rules.json#/0/condition",
    }
    for name in ("head", "ann"):
        await join(empty, name, "manager")
    before = await exported(there)
    seen = (await preview(there, here)).json()
    assert {one["action"] for one in seen["differences"]} == {"add", "change", "leave"}
    assert await exported(there) == before
    done = await brought(there, here)
    assert ("rules", "Follow up", "add") in done
    assert ("api-keys", "Shop", "leave") in done
    assert await things(there) == {**await things(api(people.admin)), "api-keys": []}
    (left,) = (await preview(there, here, removing=True)).json()["differences"]
    assert (left["name"], left["reason"]["code"]) == ("Shop", "integrations.key-by-hand")
    assert (await there.get("/api-keys")).json() == []
    (rule,) = (await there.get("/rules")).json()
    assert rule["author_name"] == "admin"
    entries = (await there.get("/audit", params={"kind": "rule"})).json()
    assert entries["items"][0]["via"] == "import"


async def test_what_changed_is_shown_and_what_goes_is_chosen(
    api: As, people: People, gausdo: Gausdo
) -> None:
    client = api(people.admin)
    told = await things(client)
    before = archive(told)
    named(told, "teams", "South")["name"] = "Far South"
    named(told, "roles", "Наблюдатель")["grants"]["customers.person"] = {"read": "team"}
    (pipeline,) = told["pipelines"]
    first, offer, *closed = pipeline["stages"]
    added = {**first, "id": str(new_id()), "name": "Talks", "probability": 40}
    pipeline["stages"] = [{**offer, "probability": 70}, added, first, *closed]
    told["templates"][0]["body"].append("P.S.")
    seen = (await preview(client, archive(told))).json()["differences"]
    changes = {one["name"]: one["changes"] for one in seen}
    assert changes["Far South"] == {"name": ["South", "Far South"]}
    assert changes["Наблюдатель"] == {"grants.customers.person": [None, {"read": "team"}]}
    assert changes["Sales"]["stages.Offer.probability"] == [60, 70]
    assert changes["Sales"]["stages"][1][:2] == ["Offer", "Talks"]
    await brought(client, archive(told))
    assert await things(client) == told
    await brought(client, before)
    assert await exported(client) == before
    (entry, *_) = (await client.get("/audit", params={"kind": "pipeline"})).json()["items"]
    assert (entry["name"], entry["via"]) == ("sales.pipeline-changed.v1", "import")


async def test_what_is_left_out_goes_only_when_told_and_not_needed(
    api: As, people: People, gausdo: Gausdo
) -> None:
    client = api(people.admin)
    told = await things(client)
    before = archive(told)
    without = {kind: [] for kind in ("roles", "teams", "templates", "pipelines", "rules")}
    assert await brought(client, archive(without)) == []
    deal = DealDraft(title="Boat")
    await gausdo.get(Sales).open_deal(people.ann, deal)
    seen = (await preview(client, archive(without), removing=True)).json()["differences"]
    outcome = {one["name"]: (one["action"], (one["reason"] or {}).get("code")) for one in seen}
    assert outcome["Follow up"] == ("remove", None)
    assert outcome["Offer"] == ("remove", None)  # the rule that sends it goes, too
    assert outcome["Sales"][0] == "stay"
    assert outcome["Наблюдатель"] == ("stay", "configuration.needed")  # the policy names it
    assert outcome["Manager"] == ("stay", "identity.locked-role")
    assert outcome["North"] == ("stay", "configuration.needed")  # the provider names it
    assert outcome["South"] == ("stay", "identity.in-use")
    pipelines = [one["reason"]["code"] for one in seen if one["kind"] == "pipelines"]
    assert pipelines == ["sales.deals-there"]
    await brought(client, archive(without), removing=True)
    left = await things(client)
    assert (left["rules"], left["templates"]) == ([], [])
    assert len(left["pipelines"]) == 1
    await brought(client, before)
    assert await exported(client) == before


async def test_a_rule_about_people_travels_with_the_segment_it_names(
    api: As, people: People
) -> None:
    client = api(people.admin)
    told = await things(client)
    before = archive(told)
    segment = {
        "id": str(new_id()),
        "kind": "person",
        "name": "Vips",
        "filter": {"field": "tags", "op": "in", "value": ["vip"]},
    }
    mine = named(told, "rules", "Follow up")["condition"]
    rule = {
        "id": str(new_id()),
        "name": "Greet",
        "happens": "person-entered-segment",
        "segment_id": segment["id"],
        "condition": {"all": [mine, {"field": "segment", "op": "eq", "value": segment["id"]}]},
        "steps": [{"type": "add-task", "title": "Call", "due_in_working_hours": "4"}],
        "tags": {"type": "set-tags", "add": ["greeted"]},
    }
    assert "@" in mine["value"]
    coming = {**told, "segments": [*told["segments"], segment], "rules": [*told["rules"], rule]}
    done = await brought(client, archive(coming))
    assert {("segments", "Vips", "add"), ("rules", "Greet", "add")} <= {*done}
    kept = named(await things(client), "rules", "Greet")
    assert (kept["segment_id"], kept["condition"]) == (segment["id"], rule["condition"])
    await brought(client, before, removing=True)
    assert await exported(client) == before


async def test_keys_are_changed_and_neither_made_nor_ended(api: As, people: People) -> None:
    client = api(people.admin)
    told = await things(client)
    before = archive(told)
    (key,) = told["api-keys"]
    observer = named(told, "roles", "Наблюдатель")["id"]
    told["api-keys"] = [{**key, "name": "Till", "networks": ["10.0.0.0/8"], "limit": 60}]
    assert await brought(client, archive(told)) == [("api-keys", "Till", "change")]
    (listed,) = (await client.get("/api-keys")).json()
    assert (listed["name"], listed["networks"], listed["limit"]) == ("Till", ["10.0.0.0/8"], 60)
    await brought(client, before)
    wider = {**key, "name": "Wide", "roles": [observer, HEAD]}
    assert await brought(client, archive({**told, "api-keys": [wider]})) == [
        ("api-keys", "Wide", "leave")
    ]
    without = archive({"api-keys": [], "roles": [], "ip-rules": []})
    seen = (await preview(client, without, removing=True)).json()["differences"]
    outcome = {one["name"]: (one["action"], one["reason"]["code"]) for one in seen}
    assert outcome["Shop"] == ("stay", "integrations.key-by-hand")
    assert outcome["Наблюдатель"] == ("stay", "configuration.needed")
    assert outcome[told["ip-rules"][0]["id"]] == ("stay", "configuration.needed")
    assert await exported(client) == before


async def test_rules_for_addresses_shut_out_nobody_who_brings_them_in(
    api: As, people: People
) -> None:
    client = api(people.admin)
    told = await things(client)
    before = archive(told)
    (rules,) = told["ip-rules"]
    for wrong, code in (
        ({"networks": ["203.0.113.0/24"]}, "integrations.would-shut-out"),
        (
            {"roles": [{"role_id": ADMINISTRATOR, "networks": ["203.0.113.0/24"]}]},
            "integrations.would-shut-out",
        ),
        ({"roles": [{"role_id": str(new_id()), "networks": ["10.0.0.1"]}]}, "unknown"),
        ({"networks": ["somewhere"]}, "network"),
    ):
        reply = await preview(client, archive({"ip-rules": [{**rules, **wrong}]}))
        assert [one["code"] for one in reply.json()["errors"]] == [code]
    head = {"role_id": HEAD, "networks": ["203.0.113.0/24"]}
    shuffled = {**rules, "networks": ["127.0.0.0/8"], "roles": [head, *rules["roles"]]}
    assert (await client.get("/ip-rules")).json()["networks"] == []
    await brought(client, archive({"ip-rules": [shuffled]}))
    assert (await client.get("/ip-rules")).json()["networks"] == ["127.0.0.0/8"]
    assert (await api(people.head).get("/me")).status_code == 403
    backwards = {**shuffled, "roles": [*reversed(shuffled["roles"])]}
    seen = await preview(client, archive({"ip-rules": [backwards]}))
    assert seen.json()["differences"] == []
    await brought(client, before)
    assert (await api(people.head).get("/me")).status_code == 200


async def test_what_is_done_is_what_was_seen(api: As, people: People, gausdo: Gausdo) -> None:
    client = api(people.admin)
    told = await things(client)
    before = archive(told)
    named(told, "teams", "South")["name"] = "Far South"
    seen = (await preview(client, archive(told))).json()["fingerprint"]
    identity = gausdo.get(Identity)
    (south,) = [team for team in await identity.teams(people.admin) if team.name == "South"]
    change = TeamChange(version=south.version, name="Deep South")
    await identity.change_team(people.admin, south.id, change)
    reply = await client.post(
        "/configuration/import", content=archive(told), params={"fingerprint": seen}
    )
    assert (reply.status_code, reply.json()["code"]) == (409, "configuration.moved")
    assert named(await things(client), "teams", "Deep South")
    await brought(client, before)


async def test_what_is_called_the_same_is_the_same(api: As, people: People) -> None:
    """A file from a site that was set up by hand: other ids, the same names."""
    client = api(people.admin)
    text = json.dumps(await things(client))
    for kind, name in (("teams", "North"), ("templates", "Offer"), ("pipelines", "Sales")):
        text = text.replace(named(json.loads(text), kind, name)["id"], str(new_id()))
    for stage in json.loads(text)["pipelines"][0]["stages"]:
        text = text.replace(stage["id"], str(new_id()))
    assert (await preview(client, archive(json.loads(text)), removing=True)).json()[
        "differences"
    ] == []


async def test_nobody_brings_in_what_they_could_not_do(
    api: As, people: People, gausdo: Gausdo
) -> None:
    identity = gausdo.get(Identity)
    told = await things(api(people.admin))
    head = api(people.head)
    for method, path in (("GET", "export"), ("POST", "preview"), ("POST", "import")):
        params = {"fingerprint": "0" * 64} if path == "import" else {}
        reply = await head.request(method, f"/configuration/{path}", params=params)
        assert (reply.status_code, reply.json()["code"]) == (403, "forbidden"), path
    grants = [
        {"object": object, "operation": operation, "reach": "all"}
        for object, operations in {
            "administration.configuration": ("export", "import"),
            "identity.role": ("create", "edit"),
            "identity.user": ("read",),
            "sales.deal": ("read",),
            "customers.company": ("read",),
            "customers.person": ("read",),
            "customers.segment": ("read",),
            "automation.rule": ("read",),
            "communications.template": ("read",),
            "authentication.policy": ("read",),
            "federation.provider": ("read",),
            "integrations.key": ("read",),
            "administration.network": ("read",),
        }.items()
        for operation in operations
    ]
    role = await identity.add_role(
        ADMIN, RoleDraft.model_validate({"name": "Half", "grants": grants})
    )
    draft = UserDraft(name="Half", email="half@example.org", password=PASSWORD, roles=[role.id])
    half = api(await identity.actor((await identity.join(ADMIN, draft)).id))
    observer = named(told, "roles", "Наблюдатель")
    observer["grants"]["customers.person"] = {"erase": "all"}
    reply = await preview(half, archive({"roles": [observer]}))
    assert [one["code"] for one in reply.json()["errors"]] == ["identity.beyond-own-rights"]
    taken = {"id": ADMINISTRATOR, "name": "Taken", "grants": {}}
    reply = await preview(api(people.admin), archive({"roles": [taken]}))
    assert [one["code"] for one in reply.json()["errors"]] == ["identity.locked-role"]
    team = {**told["teams"][0], "name": "Mine"}
    reply = await preview(half, archive({"teams": [team]}))
    assert (reply.status_code, reply.json()["data"]["right"]) == (403, "identity.team.edit")
    rules = {**told["ip-rules"][0], "networks": [HERE]}
    reply = await preview(half, archive({"ip-rules": [rules]}))
    assert (reply.status_code, reply.json()["data"]["right"]) == (
        403,
        "administration.network.edit",
    )
    team["id"] = str(people.ann.id)
    reply = await preview(api(people.admin), archive({"teams": [team]}))
    assert [one["field"] for one in reply.json()["errors"]] == ["teams.json#/0/id"]
    now = await things(api(people.admin))
    assert named(now, "roles", "Half")
    assert "customers.person" not in named(now, "roles", "Наблюдатель")["grants"]
