"""A second factor: asked for, added, proved; what a session without it may do."""

import asyncio
import math

import pytest
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.kernel.values import new_id
from gausdo.modules.authentication import recovery
from gausdo.modules.identity.contract import User
from tests.browsers import Authenticator, code_of
from tests.gateway.test_live import tab
from tests.modules.authentication.conftest import At, Joined

pytestmark = pytest.mark.asyncio(loop_scope="session")
NEEDED = (403, "authentication.factor-needed")


async def test_an_administrator_adds_a_factor_before_anything_else(at: At, joined: Joined) -> None:
    user = await joined("administrator")
    async with at() as browser:
        reply = await browser.sign_in(user.email)
        assert code_of(reply) == NEEDED
        assert reply.json()["data"] == {"need": "enrolment"}
        state = (await browser.ask("GET", "/session")).json()
        assert (state["need"], state["ways"], state["email"]) == ("enrolment", [], user.email)
        half = browser.token
        enrolled = await browser.enrol("My phone")
        assert (enrolled["factor"]["name"], len(enrolled["recovery_codes"])) == ("My phone", 10)
        assert browser.token != half
        assert (await browser.ask("GET", "/me")).json()["user"]["email"] == user.email
        browser.cookies = {**browser.cookies, "__Host-gausdo": half}
        assert (await browser.ask("GET", "/me")).status_code == 401


async def test_next_time_the_factor_is_asked_for(at: At, joined: Joined) -> None:
    user = await joined("administrator")
    async with at() as first, at() as second:
        await first.sign_in(user.email)
        await first.enrol()
        reply = await second.sign_in(user.email)
        assert (code_of(reply), reply.json()["data"]) == (NEEDED, {"need": "factor"})
        state = (await second.ask("GET", "/session")).json()
        assert state["ways"] == ["totp", "recovery_code"]
        second.authenticator = first.authenticator
        before = second.token
        told = await second.prove_by_code()
        assert told.json()["user"]["email"] == user.email, told.text
        assert second.token != before
        assert (await second.ask("GET", "/users")).status_code == 200


async def test_a_half_session_may_do_nothing_but_prove_itself(
    at: At, joined: Joined, web: ASGIApp, gausdo: Gausdo
) -> None:
    user = await joined("administrator")
    async with at() as owner, at() as thief:
        await owner.sign_in(user.email)
        await owner.enrol()
        await thief.sign_in(user.email)
        for method, path in (
            ("GET", "/me"), ("PATCH", "/me"), ("GET", "/deals"), ("GET", "/users"),
            ("POST", "/session/token"), ("GET", "/me/factors"), ("GET", "/me/sessions"),
            ("DELETE", f"/me/factors/{user.id}"), ("POST", "/me/recovery-codes"),
            ("POST", "/me/factors/totp"), ("POST", f"/me/factors/totp/{user.id}"),
            ("PATCH", "/sign-in-policy"), ("POST", "/imports/companies"),
        ):  # fmt: skip
            body = {"code": "123456", "name": "Mine"} if "/totp/" in path else {}
            reply = await thief.ask(method, path, None if method == "GET" else body)
            assert code_of(reply) == NEEDED, (method, path, reply.text)
        reply = await thief.ask("POST", "http://localhost/graphql", {"query": "{ me { locale } }"})
        assert code_of(reply) == NEEDED
        async with tab(web, gausdo, None, cookie=f"__Host-gausdo={thief.token}") as opened:
            assert (await opened.next())["code"] == 4401


async def test_a_session_that_waited_cannot_add_the_first_factor_any_more(
    at: At, joined: Joined
) -> None:
    """The password was stolen before its owner had a factor, and is used after that."""
    user = await joined("administrator")
    async with at() as owner, at() as thief:
        await thief.sign_in(user.email)
        begun = (await thief.ask("POST", "/me/factors/totp")).json()
        await owner.sign_in(user.email)
        await owner.enrol()
        code = Authenticator(begun["secret"]).code()
        reply = await thief.ask(
            "POST", f"/me/factors/totp/{begun['id']}", {"code": code, "name": "Mine"}
        )
        assert code_of(reply) == NEEDED
        assert (await thief.ask("GET", "/me")).status_code == 403


async def test_a_code_counts_once(at: At, joined: Joined) -> None:
    user = await joined("administrator")
    async with at() as owner:
        await owner.sign_in(user.email)
        await owner.enrol()
        assert owner.authenticator is not None
        code = owner.authenticator.code()
        replies = await asyncio.gather(*(_entered(at, user, code=code) for _ in range(5)))
        assert sorted(replies) == [(200, "")] + [(401, "authentication.wrong-factor")] * 4


async def _entered(at: At, user: User, **proof: str) -> tuple[int, str]:
    async with at() as browser:
        await browser.sign_in(user.email)
        return code_of(await browser.prove(**proof))


async def test_an_older_step_and_other_digits_are_refused(at: At, joined: Joined) -> None:
    user, other = await joined("administrator"), await joined("administrator")
    async with at() as owner, at() as somebody:
        await owner.sign_in(user.email)
        await owner.enrol()
        await somebody.sign_in(other.email)
        await somebody.enrol()
        assert owner.authenticator is not None
        assert somebody.authenticator is not None
        older, newer = owner.authenticator.code(), owner.authenticator.code()
        wide = "".join(chr(ord(digit) - ord("0") + 0xFF10) for digit in newer)
        assert await _entered(at, user, code=wide) == (422, "invalid")
        assert await _entered(at, user, code=newer) == (200, "")
        assert (await _entered(at, user, code=older))[0] == 401
        assert (await _entered(at, user, code=somebody.authenticator.code()))[0] == 401


async def test_five_wrong_codes_lock_across_sessions(at: At, joined: Joined) -> None:
    user = await joined("administrator")
    async with at() as owner, at() as elsewhere:
        await owner.sign_in(user.email)
        await owner.enrol()
        assert owner.authenticator is not None
        for _ in range(5):
            assert (await _entered(at, user, code="000000"))[0] == 401
        await elsewhere.sign_in(user.email)
        elsewhere.authenticator = owner.authenticator
        locked = await elsewhere.prove_by_code()
        assert code_of(locked) == (429, "identity.too-many-tries")
        # the browser by which the owner has signed in before still enters
        assert code_of(await owner.sign_in(user.email)) == NEEDED
        assert (await owner.prove_by_code()).status_code == 200


async def test_a_recovery_code_counts_once_however_it_is_typed(at: At, joined: Joined) -> None:
    user = await joined("administrator")
    async with at() as owner:
        await owner.sign_in(user.email)
        codes = (await owner.enrol())["recovery_codes"]
        typed = codes[0].lower().replace("-", " ")
        assert await _entered(at, user, recovery_code=typed) == (200, "")
        assert (await _entered(at, user, recovery_code=codes[0]))[0] == 401
        assert (await owner.ask("GET", "/me/factors")).json()["recovery_codes"] == 9
        renewed = await owner.ask("POST", "/me/recovery-codes")
        assert len(renewed.json()["recovery_codes"]) == 10
        assert (await _entered(at, user, recovery_code=codes[1]))[0] == 401


async def test_recovery_codes_are_too_many_to_be_tried() -> None:
    """Of 112 bits or more, so that a quick hash may keep them (OWASP ASVS 5.0, 6.5.2)."""
    codes = {code for _ in range(20) for code in recovery.new_codes()}
    assert len(codes) == 200
    letters = {letter for code in codes for letter in code} - {"-"}
    shortest = min(len(code.replace("-", "")) for code in codes)
    assert shortest * math.log2(len(letters)) >= 112


async def test_the_last_factor_stays_where_one_is_needed(at: At, joined: Joined) -> None:
    user = await joined("administrator")
    async with at() as owner:
        await owner.sign_in(user.email)
        factor = (await owner.enrol())["factor"]
        refused = await owner.ask("DELETE", f"/me/factors/{factor['id']}")
        assert code_of(refused) == (409, "authentication.last-factor")
        await owner.enrol("Another")
        left = await owner.ask("DELETE", f"/me/factors/{factor['id']}")
        assert [one["name"] for one in left.json()["factors"]] == ["Another"]


async def test_who_need_not_may_add_one_and_take_it_away(at: At, joined: Joined) -> None:
    user = await joined()
    async with at() as browser, at() as other:
        assert (await browser.sign_in(user.email)).status_code == 200
        assert (await other.sign_in(user.email)).status_code == 200
        factor = (await browser.enrol())["factor"]
        assert (await browser.ask("GET", "/me")).status_code == 200
        # what was signed in by the password alone is asked for it at its next request
        assert code_of(await other.ask("GET", "/me")) == NEEDED
        gone = await browser.ask("DELETE", f"/me/factors/{factor['id']}")
        assert gone.json() == {"factors": [], "recovery_codes": 0, "required": False}
        assert (await other.ask("GET", "/me")).status_code == 200


async def test_the_policy_asks_more_people(at: At, joined: Joined) -> None:
    admin, manager, head = await joined("administrator"), await joined(), await joined("head")
    async with at() as ruling, at() as asked, at() as spared:
        await ruling.sign_in(admin.email)
        await ruling.enrol()
        await asked.sign_in(manager.email)
        await spared.sign_in(head.email)
        policy = (await ruling.ask("GET", "/sign-in-policy")).json()
        assert policy == {"everybody": False, "roles": [], "version": 1}
        managers = [str(role.id) for role in manager.roles]
        king = {"version": 1, "roles": [str(new_id())]}
        unknown = await ruling.ask("PATCH", "/sign-in-policy", king)
        assert code_of(unknown) == (422, "invalid")
        changed = await ruling.ask("PATCH", "/sign-in-policy", {"version": 1, "roles": managers})
        assert changed.json()["roles"] == managers
        stale = await ruling.ask("PATCH", "/sign-in-policy", {"version": 1, "everybody": True})
        assert code_of(stale) == (409, "stale")
        assert code_of(await asked.ask("GET", "/me")) == NEEDED
        assert (await spared.ask("GET", "/me")).status_code == 200
        forbidden = await spared.ask("PATCH", "/sign-in-policy", {"version": 2, "roles": []})
        assert code_of(forbidden) == (403, "forbidden")
        back = await ruling.ask("PATCH", "/sign-in-policy", {"version": 2, "roles": []})
        assert back.status_code == 200
        assert (await asked.ask("GET", "/me")).status_code == 200


async def test_who_has_lost_everything_begins_anew(at: At, joined: Joined) -> None:
    admin, user = await joined("administrator"), await joined("administrator")
    async with at() as helper, at() as lost:
        await helper.sign_in(admin.email)
        await helper.enrol()
        await lost.sign_in(user.email)
        await lost.enrol()
        assert (await helper.ask("DELETE", f"/users/{user.id}/factors")).status_code == 204
        assert (await lost.ask("GET", "/me")).status_code == 401
        reply = await lost.sign_in(user.email)
        assert reply.json()["data"] == {"need": "enrolment"}
        stranger = await helper.ask("DELETE", f"/users/{new_id()}/factors")
        assert code_of(stranger) == (404, "not-found")


async def test_what_happens_is_in_the_history_without_codes(
    at: At, joined: Joined, gausdo: Gausdo
) -> None:
    user = await joined("administrator")
    async with at() as owner:
        await owner.sign_in(user.email, "wrong")
        await owner.sign_in(user.email)
        codes = (await owner.enrol())["recovery_codes"]
        await owner.ask("DELETE", "/session")
        await owner.sign_in(user.email)
        await owner.prove(recovery_code=codes[0])
    async with gausdo.databases["authentication"].connection() as connection:
        rows = await (
            await connection.execute(
                "select name, body::text from authentication.history where subject_id = %s"
                " order by id",
                [user.id],
            )
        ).fetchall()
    assert [name.removeprefix("authentication.") for name, _ in rows] == [
        "sign-in-refused.v1", "factor-added.v1", "signed-in.v1", "recovery-code-used.v1",
        "signed-in.v1",
    ]  # fmt: skip
    assert not any(codes[0] in body or user.email in body for _, body in rows)
