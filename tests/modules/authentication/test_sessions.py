"""Sessions: seen, ended, exchanged when rights change, and asked for a new proof."""

import asyncio
import hashlib
import time
from uuid import UUID

import pytest
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.gateway.identify import COOKIE
from gausdo.platform.epochs import Epochs
from gausdo.platform.sessions import ABSOLUTE, IDLE, Opening, Sessions
from tests.browsers import Browser, code_of
from tests.conftest import PASSWORD, superuser
from tests.gateway.test_live import tab
from tests.modules.authentication.conftest import At, Joined

pytestmark = pytest.mark.asyncio(loop_scope="session")
STEP_UP = (403, "authentication.step-up-needed")


async def aged(gausdo: Gausdo, browser: Browser, seconds: int) -> None:
    """The last proof of a browser's session was given so long ago."""
    visit = await Sessions(gausdo.cache).touch(browser.token)
    assert visit is not None
    assert visit.session is not None
    at = int(time.time()) - seconds
    await gausdo.cache.redis.hset(f"session:{visit.session.id}", "proved", str(at))


async def test_one_sees_ones_sessions_and_ends_them(at: At, joined: Joined) -> None:
    user = await joined()
    async with at("10.70.0.1") as here, at("10.70.0.2") as there, at("10.70.0.3") as third:
        for browser in (there, third, here):
            assert (await browser.sign_in(user.email)).status_code == 200
        told = (await here.ask("GET", "/me/sessions")).json()
        assert {one["address"] for one in told["sessions"]} == {f"10.70.0.{n}" for n in (1, 2, 3)}
        mine = next(one for one in told["sessions"] if one["id"] == told["current"])
        assert (mine["address"], mine["level"], mine["agent"]) == (
            "10.70.0.1", "password", "Browser of tests",
        )  # fmt: skip
        other = next(one["id"] for one in told["sessions"] if one["address"] == "10.70.0.2")
        assert (await here.ask("DELETE", f"/me/sessions/{other}")).status_code == 204
        assert (await here.ask("DELETE", f"/me/sessions/{other}")).status_code == 404
        assert (await there.ask("GET", "/me")).status_code == 401
        assert (await third.ask("GET", "/me")).status_code == 200
        assert (await here.ask("DELETE", "/me/sessions")).json() == {"count": 1}
        assert (await third.ask("GET", "/me")).status_code == 401
        assert (await here.ask("GET", "/me")).status_code == 200


async def test_an_administrator_ends_the_sessions_of_anybody_and_nobody_else_does(
    at: At, joined: Joined
) -> None:
    admin, user, colleague = await joined("administrator"), await joined(), await joined()
    async with at() as ruling, at() as ended, at() as other:
        await ruling.sign_in(admin.email)
        await ruling.enrol()
        await ended.sign_in(user.email)
        await other.sign_in(colleague.email)
        place = f"/users/{user.id}/sessions"
        assert (await other.ask("GET", place)).status_code == 403
        assert (await other.ask("DELETE", place)).status_code == 403
        (found,) = (await ruling.ask("GET", place)).json()
        assert (await other.ask("DELETE", f"/me/sessions/{found['id']}")).status_code == 404
        assert (await ended.ask("GET", "/me")).status_code == 200
        assert (await ruling.ask("DELETE", f"{place}/{found['id']}")).status_code == 204
        assert (await ended.ask("GET", "/me")).status_code == 401
        assert (await ruling.ask("DELETE", place)).json() == {"count": 0}


async def test_an_ended_session_closes_its_sockets_within_two_seconds(
    at: At, joined: Joined, web: ASGIApp, gausdo: Gausdo
) -> None:
    user = await joined()
    async with at() as browser, at() as elsewhere:
        await browser.sign_in(user.email)
        await elsewhere.sign_in(user.email)
        cookie = f"{COOKIE}={browser.token}"
        async with (
            tab(web, gausdo, None, cookie=cookie) as opened,
            tab(web, gausdo, None, cookie=f"{COOKIE}={elsewhere.token}") as kept,
        ):
            for one in (opened, kept):
                assert (await one.heard.get())["type"] == "websocket.accept"
            began = time.monotonic()
            assert (await elsewhere.ask("DELETE", "/me/sessions")).json() == {"count": 1}
            assert (await opened.next())["code"] == 4401
            assert time.monotonic() - began < 2
            assert kept.heard.empty()


async def test_a_token_ends_with_the_session_it_was_made_by(at: At, joined: Joined) -> None:
    user = await joined()
    async with at() as browser, at() as script:
        await browser.sign_in(user.email)
        token = (await browser.ask("POST", "/session/token")).json()["token"]
        bearer = {"authorization": f"Bearer {token}"}
        assert (await script.ask("GET", "/me", **bearer)).status_code == 200
        await browser.ask("DELETE", "/session")
        assert (await script.ask("GET", "/me", **bearer)).status_code == 401


async def test_rights_that_change_exchange_the_token_and_other_tabs_go_on(
    at: At, joined: Joined, gausdo: Gausdo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("gateway.identify", "platform.sessions"):
        monkeypatch.setattr(f"gausdo.{place}.ALIAS", 1)
    user = await joined()
    async with at() as browser, at() as other_tab:
        await browser.sign_in(user.email)
        old = browser.token
        other_tab.cookies = dict(browser.cookies)
        await Epochs(gausdo.cache).bump(UUID(str(user.id)))
        replies = await asyncio.gather(*(browser.ask("GET", "/me") for _ in range(5)))
        assert {reply.status_code for reply in replies} == {200}
        assert sum("set-cookie" in reply.headers for reply in replies) == 1
        assert browser.token != old
        assert (await other_tab.ask("GET", "/me")).status_code == 200
        assert other_tab.token == old
        await asyncio.sleep(1.2)
        still = await other_tab.ask("GET", "/me")
        assert still.status_code == 200, "the answer with the new token may never have come"
        again = await browser.ask("GET", "/me")
        assert (again.status_code, "set-cookie" in again.headers) == (200, False)
        await asyncio.sleep(1.2)
        assert (await other_tab.ask("GET", "/me")).status_code == 401
        assert (await browser.ask("GET", "/me")).status_code == 200


async def test_who_is_closed_out_is_out_at_the_next_request(
    at: At, joined: Joined, web: ASGIApp, gausdo: Gausdo
) -> None:
    user = await joined()
    async with at() as browser:
        await browser.sign_in(user.email)
        async with tab(web, gausdo, None, cookie=f"{COOKIE}={browser.token}") as opened:
            assert (await opened.heard.get())["type"] == "websocket.accept"
            with superuser(gausdo) as db:
                db.execute('update identity."user" set active = false where id = %s', [user.id])
            await Epochs(gausdo.cache).bump(user.id)
            assert code_of(await browser.ask("GET", "/me")) == (401, "signed-out")
            assert (await opened.next())["code"] == 4401
        with superuser(gausdo) as db:
            db.execute('update identity."user" set active = true where id = %s', [user.id])
        await Epochs(gausdo.cache).bump(user.id)
        assert (await browser.ask("GET", "/me")).status_code == 401, "it does not come back"


async def test_what_is_dangerous_asks_for_a_new_proof(
    at: At, joined: Joined, gausdo: Gausdo
) -> None:
    user = await joined("administrator")
    async with at() as browser:
        await browser.sign_in(user.email)
        await browser.enrol()
        dangerous = (
            ("PATCH", "/sign-in-policy", {"version": 1, "everybody": False}),
            ("POST", "/me/recovery-codes", {}),
            ("POST", "/me/factors/totp", {}),
            ("DELETE", f"/me/factors/{user.id}", None),
            ("DELETE", f"/users/{user.id}/factors", None),
            ("DELETE", "/me/sessions", None),
        )
        await aged(gausdo, browser, 301)
        for method, path, body in dangerous:
            assert code_of(await browser.ask(method, path, body)) == STEP_UP, path
        assert (await browser.ask("GET", "/me/factors")).status_code == 200
        weak = await browser.prove(password=PASSWORD)
        assert code_of(weak) == (403, "forbidden")
        before = browser.token
        assert (await browser.prove_by_code()).status_code == 200
        assert (await browser.ask("POST", "/me/recovery-codes", {})).status_code == 200
        browser.cookies[COOKIE] = before  # another tab, or who has it from there
        assert (await browser.ask("GET", "/me")).status_code == 200
        assert code_of(await browser.ask("POST", "/me/recovery-codes", {})) == STEP_UP


async def test_without_a_factor_the_password_is_the_proof(
    at: At, joined: Joined, gausdo: Gausdo
) -> None:
    user = await joined()
    async with at() as browser:
        await browser.sign_in(user.email)
        await aged(gausdo, browser, 301)
        assert code_of(await browser.ask("POST", "/me/factors/totp")) == STEP_UP
        assert (await browser.ask("GET", "/session")).json()["ways"] == ["password"]
        assert code_of(await browser.prove(password="wrong"))[0] == 401
        assert code_of(await browser.prove(password=PASSWORD, code="123456"))[0] == 422
        assert (await browser.prove(password=PASSWORD)).status_code == 200
        assert (await browser.ask("POST", "/me/factors/totp")).status_code == 200


async def test_a_token_is_as_fresh_as_the_session_it_was_made_by(
    at: At, joined: Joined, gausdo: Gausdo
) -> None:
    user = await joined()
    async with at() as browser, at() as script:
        await browser.sign_in(user.email)
        for seconds, refused in ((0, False), (301, True)):
            await aged(gausdo, browser, seconds)
            token = (await browser.ask("POST", "/session/token")).json()["token"]
            bearer = {"authorization": f"Bearer {token}"}
            reply = await script.ask("DELETE", f"/me/factors/{user.id}", **bearer)
            assert (code_of(reply) == STEP_UP) is refused


async def test_a_session_ends_by_itself_unused_or_old(gausdo: Gausdo, joined: Joined) -> None:
    user, sessions, valkey = await joined(), Sessions(gausdo.cache), gausdo.cache.redis
    token = await sessions.open(user.id)
    visit = await sessions.touch(token)
    assert visit is not None
    assert visit.session is not None
    place = f"session:{visit.session.id}"
    keys = [place, f"token:{hashlib.sha256(token.encode()).hexdigest()}"]
    assert {IDLE, ABSOLUTE} == {8 * 3600, 7 * 24 * 3600}  # as docs/security.md says
    assert all([IDLE - 60 < await valkey.ttl(key) <= IDLE for key in keys])
    await valkey.hset(place, "until", int(time.time()) + 100)
    assert await sessions.touch(token) is not None
    assert all([await valkey.ttl(key) <= 100 for key in keys])  # use does not make it older
    await valkey.hset(place, "until", int(time.time()))
    assert await sessions.touch(token) is None
    assert not await valkey.exists(*keys)


async def test_one_person_has_so_many_sessions_and_the_oldest_gives_way(
    gausdo: Gausdo, joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gausdo.platform.sessions.OF_ONE", 3)
    user, sessions = await joined(), Sessions(gausdo.cache)
    tokens = [await sessions.open(user.id, Opening(agent=str(n))) for n in range(4)]
    assert {one.agent for one in await sessions.of(user.id)} == {"1", "2", "3"}
    assert [await sessions.touch(token) is None for token in tokens] == [True, *[False] * 3]
