"""Signing in by a certified OpenID Connect provider."""

import asyncio
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.kernel.actor import Grant, Reach
from gausdo.modules.federation.tables import ProviderRow
from gausdo.modules.identity.contract import Identity, RoleDraft, UserDraft
from tests.browsers import Browser as ByPassword
from tests.conftest import PASSWORD, As, People
from tests.modules.federation.conftest import DRAFT, FIELD, OURS, Provider, connected, parameters

pytestmark = pytest.mark.asyncio(loop_scope="session")
ADMINISTRATOR, HEAD, MANAGER = (f"01900000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(api: As, people: People, idp: Provider) -> dict[str, Any]:
    """Lets everybody of example.org in."""
    return await connected(
        api, people.admin, idp, creates_people=True, role_id=MANAGER, trusts_second_factor=True
    )


async def test_a_colleague_is_known_by_the_verified_address(
    company: dict[str, Any], people: People, browsers: Any
) -> None:
    browser = browsers()
    reply = await browser.sign_in(company["id"], "ann", back="/deals/7?tab=notes")
    assert (reply.status_code, reply.headers["location"]) == (303, "/deals/7?tab=notes")
    me = await browser.me()
    assert me is not None
    assert me["id"] == str(people.ann.id)


async def test_who_is_unknown_joins_once(
    company: dict[str, Any], api: As, people: People, idp: Provider, browsers: Any
) -> None:
    idp.tell("zoe", name="Zoe Z.")
    first, second = browsers(), browsers()
    await asyncio.gather(*(one.sign_in(company["id"], "zoe") for one in (first, second)))
    assert await first.me() == await second.me()
    joined = [
        user for user in (await api(people.admin).get("/users")).json() if user["name"] == "Zoe Z."
    ]
    assert [(user["email"], user["role"]) for user in joined] == [("zoe@example.org", "manager")]


async def test_who_was_linked_stays_so_when_the_address_changes(
    company: dict[str, Any], idp: Provider, browsers: Any
) -> None:
    browser = browsers()
    await browser.sign_in(company["id"], "yan")
    before = await browser.me()
    idp.tell("yan", email="bob@example.org")
    again = browsers()
    await again.sign_in(company["id"], "yan")
    assert await again.me() == before


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ann@example.org", "email_verified": False},
        {"email": "ann@example.com"},
        {"email": "ann@example.org.evil.example"},
        {"email": None},
        {"email": "ann@ехample.org"},
    ],
    ids=["unverified", "another domain", "a domain behind", "none", "letters that look alike"],
)
async def test_an_address_that_is_not_vouched_for_opens_nothing(
    company: dict[str, Any], idp: Provider, browsers: Any, claims: dict[str, Any]
) -> None:
    browser = browsers()
    idp.tell("mallory", **claims)
    reply = await browser.sign_in(company["id"], "mallory")
    assert reply.status_code == 403
    assert "refused=federation.foreign-email" in reply.text
    assert await browser.me() is None


async def test_a_provider_that_says_nothing_of_it_is_believed_where_told_so(
    api: As, people: People, idp: Provider, browsers: Any
) -> None:
    entra = await connected(api, people.admin, idp, name="Entra", believes_email=True)
    idp.tell("b0b", email=None, email_verified=None, upn="bob@example.org")
    browser = browsers()
    await browser.sign_in(entra["id"], "b0b")
    assert await browser.me() is None  # `email_verified: null` is said, and is no yes
    strict = browsers()
    idp.tell("mallory", email="bob@example.org", email_verified=False)
    assert (await strict.sign_in(entra["id"], "mallory")).status_code == 403


async def test_nobody_joins_where_that_is_not_wanted(
    api: As, people: People, idp: Provider, browsers: Any
) -> None:
    closed = await connected(api, people.admin, idp, name="Closed")
    browser = browsers()
    reply = await browser.sign_in(closed["id"], "nobody")
    assert (reply.status_code, "federation.no-account" in reply.text) == (403, True)


async def test_groups_decide_the_role_and_team(
    api: As, people: People, idp: Provider, browsers: Any
) -> None:
    team = str(people.ann.team_id)
    mapping = [{"group": "sales-heads", "role_id": HEAD, "team_id": team}]
    mapped = await connected(
        api, people.admin, idp, name="Mapped", creates_people=True, mapping=mapping
    )
    idp.tell("hanna", groups=["everyone", "sales-heads"])
    idp.tell("nikita", groups=["everyone"])
    browser, other = browsers(), browsers()
    await browser.sign_in(mapped["id"], "hanna")
    me = await browser.me()
    assert me is not None
    assert (me["role"], me["team_id"]) == ("head", team)
    reply = await other.sign_in(mapped["id"], "nikita")
    assert (reply.status_code, "federation.no-role" in reply.text) == (403, True)


async def test_what_the_provider_ends_is_ended_here_once(
    company: dict[str, Any], idp: Provider, browsers: Any, api: As
) -> None:
    browser, other = browsers(), browsers()
    await browser.sign_in(company["id"], "ann")
    await other.sign_in(company["id"], "ann")
    page = await browser.theirs.get(f"{idp.issuer}/session/end")
    fields = {**dict(FIELD.findall(page.text)), "logout": "yes"}
    await browser.theirs.post(f"{idp.issuer}/session/end/confirm", data=fields)
    told = [
        parse_qs(one["body"])["logout_token"][0]
        for one in idp.logouts()
        if one["url"] == company["ours"]["logout_uri"]
    ]
    assert told
    path = company["ours"]["logout_uri"].removeprefix(f"{OURS}/api/v1")
    stranger = api(None)
    assert await browser.me() is not None
    reply = await stranger.post(path, data={"logout_token": told[-1]})
    assert reply.status_code == 200, reply.text
    assert await browser.me() is None
    assert await other.me() is not None
    again = await stranger.post(path, data={"logout_token": told[-1]})
    assert (again.status_code, again.json()["code"]) == (400, "federation.not-believed")


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ({"amr": ["pwd", "otp"]}, "factor"),
        ({"amr": ["pwd", "mfa"]}, "factor"),
        ({"acr": "phr"}, "factor"),
        ({"amr": ["pwd"]}, "password"),
        ({"amr": ["otp"]}, "password"),  # a code alone is one factor
        ({"acr": "1"}, "password"),
        ({}, "password"),
    ],
)
async def test_a_second_factor_asked_for_there_counts_where_it_is_trusted(
    company: dict[str, Any], idp: Provider, browsers: Any, told: dict[str, Any], level: str
) -> None:
    """Administrators always need one; who has proved one over there is asked for no other."""
    idp.tell("admin", **told)
    browser = browsers()
    reply = await browser.sign_in(company["id"], "admin", back="/deals?q=a")
    there = "/deals?q=a" if level == "factor" else "/sign-in?next=/deals%3Fq%3Da"
    assert (reply.status_code, reply.headers["location"]) == (303, there)
    state = await browser.state()
    assert (state["level"], state["provider_id"]) == (level, company["id"])
    assert state["need"] == ("" if level == "factor" else "enrolment")
    assert (await browser.me() is not None) == (level == "factor")
    idp.tell("dora", **told)
    other = browsers()
    await other.sign_in(company["id"], "dora")
    assert (await other.state())["need"] == ""
    assert await other.me() is not None


async def test_a_second_factor_asked_for_elsewhere_counts_for_nothing_unless_trusted(
    api: As, people: People, idp: Provider, browsers: Any
) -> None:
    made = await api(people.admin).post("/providers", json={**DRAFT, "issuer": idp.issuer})
    assert made.json()["trusts_second_factor"] is False
    wary = await connected(api, people.admin, idp, name="Wary")
    idp.tell("admin", amr=["pwd", "mfa"], acr="phr")
    browser = browsers()
    await browser.sign_in(wary["id"], "admin")
    state = await browser.state()
    assert (state["level"], state["need"]) == ("password", "enrolment")
    assert await browser.me() is None


async def test_before_what_is_dangerous_it_is_proved_anew_at_the_provider(
    company: dict[str, Any], browsers: Any
) -> None:
    """How long ago the person did so over there is what counts, not when they came here."""
    browser = browsers()
    await browser.sign_in(company["id"], "greta")
    reply = await browser.ask("/api/v1/me/sessions", "DELETE")
    assert (reply.status_code, reply.json()["code"]) == (403, "authentication.step-up-needed")
    url = await browser.begin(company["id"], "/settings", anew="true")
    assert parameters(url)["max_age"] == "0"
    page = await browser.theirs.get(url, follow_redirects=True)
    assert dict(FIELD.findall(page.text)).get("prompt") == "login"  # though signed in there
    reply = await browser.ask(await browser.enter(url, "greta"))
    assert reply.headers["location"] == "/settings"
    assert (await browser.ask("/api/v1/me/sessions", "DELETE")).status_code == 200


async def test_who_signs_out_is_signed_out_at_the_provider(
    company: dict[str, Any], idp: Provider, browsers: Any
) -> None:
    browser = browsers()
    await browser.sign_in(company["id"], "rita")
    left = await browser.ask("/api/v1/session", "DELETE")
    assert left.status_code == 200, left.text
    assert await browser.me() is None
    there = left.json()["leave"]
    assert there.startswith(f"{idp.issuer}/session/end?")
    told = parameters(there)
    assert told["client_id"] == company["client_id"]
    assert told["id_token_hint"].count(".") == 2
    back = await browser.enter(there, "", logout="yes")
    assert back == company["ours"]["signed_out_uri"] == f"{OURS}/sign-in"
    page = await browser.theirs.get(await browser.begin(company["id"]), follow_redirects=True)
    assert dict(FIELD.findall(page.text)).get("prompt") == "login"


async def test_who_did_not_come_by_a_provider_leaves_for_nowhere(
    company: dict[str, Any], api: As, people: People, web: ASGIApp, idp: Provider, browsers: Any
) -> None:
    async with ByPassword(web) as browser:
        await browser.sign_in("bob@example.org")
        assert (await browser.ask("DELETE", "/session")).json() == {"leave": None}
        assert (await browser.ask("DELETE", "/session")).json() == {"leave": None}
    gone = await connected(api, people.admin, idp, name="Gone")
    late = browsers()
    await late.sign_in(gone["id"], "bob")
    assert (await api(people.admin).delete(f"/providers/{gone['id']}")).status_code == 204
    assert (await late.ask("/api/v1/session", "DELETE")).json() == {"leave": None}
    assert await late.me() is None


async def test_a_provider_that_is_switched_off_is_not_there(
    api: As, people: People, idp: Provider, browsers: Any
) -> None:
    off = await connected(api, people.admin, idp, name="Off", enabled=False)
    stranger = api(None)
    offered = (await stranger.get("/federation")).json()
    assert "Company" in {one["name"] for one in offered}
    assert "Off" not in {one["name"] for one in offered}
    for id in (off["id"], str(uuid4())):
        assert (await stranger.get(f"/federation/{id}/start")).status_code == 404


async def test_a_look_at_a_provider_says_what_is_wrong(
    api: As, people: People, idp: Provider, company: dict[str, Any]
) -> None:
    admin = api(people.admin)

    async def found(**told: Any) -> dict[str, str]:
        other = await connected(api, people.admin, idp, name="Look")
        change = {"version": other["version"], **told}
        await admin.patch(f"/providers/{other['id']}", json=change)
        reply = await admin.get(f"/providers/{other['id']}/findings")
        return {one["code"]: one["level"] for one in reply.json()}

    good = await found()
    assert set(good.values()) == {"good"}
    assert {"discovery", "keys", "client", "clock"} <= good.keys()
    assert (await found(client_secret="wrong"))["client-refused"] == "wrong"
    assert (await found(issuer=f"{idp.issuer}/other"))["unreachable"] == "wrong"
    mallory = {one["code"] for one in (
        await admin.get(f"/providers/{company['id']}/findings")).json()}  # fmt: skip
    assert "discovery" in mallory


async def test_only_administrators_see_providers(
    company: dict[str, Any], api: As, people: People
) -> None:
    for who in (people.ann, people.head):
        for path in ("/providers", f"/providers/{company['id']}"):
            assert (await api(who).get(path)).status_code == 403
    shown = (await api(people.admin).get(f"/providers/{company['id']}")).json()
    assert shown["has_secret"] is True
    assert "client_secret" not in shown


async def test_a_secret_is_sealed_where_it_lies(company: dict[str, Any], gausdo: Gausdo) -> None:
    service = gausdo.services["federation"]
    async with service.db.begin() as tx:
        row = await tx.session.get_one(ProviderRow, company["id"])
        secret = await service.vault.open(tx, row.SEALED, row.id, row.client_secret)
    assert len(secret) > 20
    assert secret.encode() not in row.client_secret


async def test_a_closed_account_does_not_get_in(
    company: dict[str, Any], api: As, people: People, idp: Provider, browsers: Any
) -> None:
    first = browsers()
    await first.sign_in(company["id"], "cleo")
    me = await first.me()
    assert me is not None
    closed = {"version": me["version"], "active": False}
    await api(people.admin).patch(f"/users/{me['id']}", json=closed)
    assert await first.me() is None
    again = browsers()
    reply = await again.sign_in(company["id"], "cleo")
    assert (reply.status_code, "federation.account-closed" in reply.text) == (403, True)
    assert await again.me() is None


async def test_a_group_that_is_lost_takes_its_role_along(
    api: As, people: People, idp: Provider, browsers: Any
) -> None:
    mapping = [{"group": "heads", "role_id": HEAD, "team_id": None}]
    moved = await connected(
        api,
        people.admin,
        idp,
        name="Moved",
        creates_people=True,
        role_id=MANAGER,
        mapping=mapping,
    )
    told = []
    for groups in (["heads"], []):
        idp.tell("mira", groups=groups)
        browser = browsers()
        await browser.sign_in(moved["id"], "mira")
        me = await browser.me()
        assert me is not None
        told.append([role["id"] for role in me["roles"]])
    assert told == [[HEAD], [MANAGER]]


async def test_a_mapping_gives_no_more_than_its_author_could(
    gausdo: Gausdo, api: As, people: People, idp: Provider, browsers: Any
) -> None:
    """When it is written, and at every sign-in with what the author has by then."""
    admin, identity = api(people.admin), gausdo.get(Identity)
    own = [
        Grant(object=object, operation=operation, reach=Reach.ALL)
        for object in ("federation.provider", "identity.user")
        for operation in ("create", "read", "edit")
    ]
    role = await identity.add_role(people.admin, RoleDraft(name="Sign-in", grants=tuple(own)))
    keeper = await identity.join(
        people.admin,
        UserDraft(
            name="K", email="k@example.org", password=PASSWORD, roles=[role.id, UUID(MANAGER)]
        ),
    )
    actor = await identity.actor(keeper.id)
    beyond = {**DRAFT, "issuer": idp.issuer, "role_id": ADMINISTRATOR}
    reply = await api(actor).post("/providers", json=beyond)
    assert (reply.status_code, reply.json()["code"]) == (403, "identity.beyond-own-rights")
    named = {"group": "x", "role_id": ADMINISTRATOR, "team_id": None}
    reply = await api(actor).post(
        "/providers", json={**beyond, "role_id": None, "mapping": [named]}
    )
    assert (reply.status_code, reply.json()["code"]) == (403, "identity.beyond-own-rights")
    within = await connected(api, actor, idp, name="K", creates_people=True, role_id=MANAGER)
    browser = browsers()
    assert (await browser.sign_in(within["id"], "ida")).status_code == 303
    change = {"version": keeper.version, "roles": [MANAGER]}
    assert (await admin.patch(f"/users/{keeper.id}", json=change)).status_code == 200
    late = browsers()
    reply = await late.sign_in(within["id"], "ilya")
    assert (reply.status_code, "federation.author-gone" in reply.text) == (403, True)
