"""Passkeys: added, used as a second factor and as a whole sign-in, and refused when forged."""

import asyncio
from typing import Any

import httpx2
import pytest

from gausdo.app import Gausdo
from gausdo.modules.authentication.challenges import Challenges
from gausdo.modules.identity.contract import Identity, UserChange
from tests.browsers import Browser, code_of
from tests.conftest import ADMIN
from tests.modules.authentication.conftest import At, Joined
from tests.modules.authentication.test_sessions import STEP_UP, aged
from tests.passkeys import PRESENT, Passkey, b64

pytestmark = pytest.mark.asyncio(loop_scope="session")
WRONG = (401, "authentication.wrong-passkey")
NEEDED = (403, "authentication.factor-needed")


async def added(browser: Browser, name: str = "Laptop") -> Passkey:
    """A passkey of whoever is signed in."""
    passkey = Passkey()
    reply = await add(browser, passkey, name)
    assert reply.status_code == 200, reply.text
    return passkey


async def add(browser: Browser, passkey: Passkey, name: str = "Laptop") -> httpx2.Response:
    start = await browser.ask("POST", "/me/factors/passkeys/start")
    assert start.status_code == 200, start.text
    return await browser.ask("POST", "/me/factors/passkeys", passkey.made(start.json(), name))


async def asked(browser: Browser) -> dict[str, Any]:
    """A question of the sign-in page."""
    reply = await browser.ask("POST", "/session/passkey/question")
    assert reply.status_code == 200, reply.text
    question: dict[str, Any] = reply.json()
    return question


async def entered(browser: Browser, proof: dict[str, Any]) -> tuple[int, str]:
    return code_of(await browser.ask("POST", "/session/passkey", proof))


async def test_a_passkey_is_the_first_factor_and_then_the_second_step(
    at: At, joined: Joined
) -> None:
    user = await joined("administrator")
    async with at() as first, at() as second:
        assert code_of(await first.sign_in(user.email)) == NEEDED
        passkey = Passkey()
        told = (await add(first, passkey, "My laptop")).json()
        assert (told["factor"]["name"], told["factor"]["kind"]) == ("My laptop", "passkey")
        assert len(told["recovery_codes"]) == 10
        assert (await first.ask("GET", "/users")).status_code == 200
        await second.sign_in(user.email)
        assert (await second.ask("GET", "/session")).json()["ways"] == ["passkey", "recovery_code"]
        question = (await second.ask("POST", "/session/proof/question")).json()
        assert question["known"] == [b64(passkey.id)]
        assert question["rp_id"] == "localhost"
        # after a password, that it is there is enough: many keys have no PIN
        proof = {"passkey": passkey.signed(question, flags=PRESENT)}
        done = await second.ask("POST", "/session/proof", proof)
        assert done.json()["user"]["email"] == user.email, done.text
        assert (await second.ask("GET", "/users")).status_code == 200


async def test_a_passkey_alone_is_a_whole_sign_in(at: At, joined: Joined) -> None:
    user = await joined("administrator")
    async with at() as owner, at() as other:
        await owner.sign_in(user.email)
        passkey = await added(owner)
        question = await asked(other)
        assert question["known"] == []
        reply = await other.ask("POST", "/session/passkey", passkey.signed(question))
        assert reply.json()["user"]["email"] == user.email, reply.text
        assert (await other.ask("GET", "/users")).status_code == 200
        state = (await other.ask("GET", "/session")).json()
        assert (state["level"], state["need"]) == ("factor", "")
        here = (await other.ask("GET", "/me/sessions")).json()
        way = {one["way"] for one in here["sessions"] if one["id"] == here["current"]}
        assert way == {"passkey"}


async def test_one_has_several_renames_them_and_takes_them_away(at: At, joined: Joined) -> None:
    user, stranger = await joined(), await joined()
    async with at() as browser, at() as somebody:
        await browser.sign_in(user.email)
        await somebody.sign_in(stranger.email)
        await added(browser, "Laptop")
        await added(browser, "Key")
        factors = (await browser.ask("GET", "/me/factors")).json()["factors"]
        assert [one["name"] for one in factors] == ["Laptop", "Key"]
        there = f"/me/factors/{factors[1]['id']}"
        told = (await browser.ask("PATCH", there, {"name": "Blue key"})).json()
        assert [one["name"] for one in told["factors"]] == ["Laptop", "Blue key"]
        assert (await somebody.ask("PATCH", there, {"name": "Mine"})).status_code == 404
        assert (await somebody.ask("DELETE", there)).status_code == 404
        left = (await browser.ask("DELETE", there)).json()
        assert [one["name"] for one in left["factors"]] == ["Laptop"]


async def test_a_passkey_is_the_new_proof_of_what_is_dangerous(
    at: At, joined: Joined, gausdo: Gausdo
) -> None:
    user = await joined()
    async with at() as browser:
        await browser.sign_in(user.email)
        passkey = await added(browser)
        await aged(gausdo, browser, 301)
        assert code_of(await browser.ask("POST", "/me/recovery-codes")) == STEP_UP
        assert code_of(await browser.ask("POST", "/me/factors/passkeys/start")) == STEP_UP
        question = (await browser.ask("POST", "/session/proof/question")).json()
        await browser.ask("POST", "/session/proof", {"passkey": passkey.signed(question)})
        assert (await browser.ask("POST", "/me/recovery-codes")).status_code == 200


async def test_an_answer_counts_once(at: At, joined: Joined) -> None:
    user = await joined()
    async with at() as owner, at() as other:
        await owner.sign_in(user.email)
        passkey = await added(owner)
        proof = passkey.signed(await asked(other))
        tries = await asyncio.gather(*(entered(other, proof) for _ in range(4)))
        assert sorted(tries) == [(200, ""), WRONG, WRONG, WRONG]


async def test_what_is_forged_or_meant_for_elsewhere_is_refused(at: At, joined: Joined) -> None:
    user, stranger = await joined(), await joined()
    async with at() as owner, at() as somebody, at() as other:
        await owner.sign_in(user.email)
        passkey = await added(owner)
        await somebody.sign_in(stranger.email)
        theirs = await added(somebody)

        async def tried(**lie: Any) -> tuple[int, str]:
            return await entered(other, passkey.signed(await asked(other), **lie))

        assert await tried(origin="https://evil.example") == WRONG
        assert await tried(origin="http://localhost:8001") == WRONG
        assert await tried(rp="evil.example") == WRONG
        assert await tried(handle=theirs.handle) == WRONG
        assert await tried(flags=PRESENT) == WRONG  # nobody has shown a finger or told a PIN
        assert await tried(flags=0) == WRONG
        assert await tried(kind="create") == WRONG
        nobody = passkey.signed(await asked(other))
        assert await entered(other, {**nobody, "user_handle": None}) == WRONG
        # signed by another key, for the owner's credential
        forged = Passkey(id=passkey.id, handle=passkey.handle, count=100)
        assert await entered(other, forged.signed(await asked(other))) == WRONG
        unknown = Passkey(handle=passkey.handle)
        assert await entered(other, unknown.signed(await asked(other))) == WRONG
        assert await tried() == (200, "")


async def test_a_challenge_is_of_one_purpose_one_browser_and_one_session(
    at: At, joined: Joined
) -> None:
    user = await joined()
    async with at() as owner, at() as other, at() as third:
        await owner.sign_in(user.email)
        passkey = await added(owner)
        start = (await owner.ask("POST", "/me/factors/passkeys/start")).json()
        own = (await owner.ask("POST", "/session/proof/question")).json()
        assert await entered(other, passkey.signed(start)) == WRONG
        proof = {"passkey": passkey.signed(start)}
        assert code_of(await owner.ask("POST", "/session/proof", proof)) == WRONG
        assert await entered(other, passkey.signed(own)) == WRONG
        assert await entered(other, passkey.signed({"challenge": "AAAA"})) == WRONG
        question = await asked(third)
        assert await entered(other, passkey.signed(question)) == WRONG
        await other.sign_in(user.email)
        proof = {"passkey": passkey.signed(own)}
        assert code_of(await other.ask("POST", "/session/proof", proof)) == WRONG
        made = Passkey().made(await asked(owner))
        assert code_of(await owner.ask("POST", "/me/factors/passkeys", made)) == WRONG
        for lie in ({"origin": "https://evil.example"}, {"rp": "evil.example"}):
            start = (await owner.ask("POST", "/me/factors/passkeys/start")).json()
            made = Passkey().made(start, **lie)
            assert code_of(await owner.ask("POST", "/me/factors/passkeys", made)) == WRONG


async def test_a_challenge_is_over_after_five_minutes(gausdo: Gausdo) -> None:
    challenges = Challenges(gausdo.cache)
    challenge = await challenges.ask("test", "browser")
    (key,) = [key async for key in gausdo.cache.redis.scan_iter("challenge:test:*")]
    assert 0 < await gausdo.cache.redis.ttl(key) <= 300
    assert not await challenges.take("proof", "browser", challenge)
    assert await challenges.take("test", "browser", challenge)
    assert not await challenges.take("test", "browser", challenge)


async def test_a_copied_passkey_lets_nobody_in_any_more(
    at: At, joined: Joined, gausdo: Gausdo
) -> None:
    """An older counter: the copy is behind the passkey, or the passkey behind its copy."""
    user = await joined()
    async with at() as owner, at() as thief:
        await owner.sign_in(user.email)
        passkey = await added(owner)
        passkey.count = 7
        assert await entered(owner, passkey.signed(await asked(owner))) == (200, "")
        copy = Passkey(passkey.id, passkey.key, passkey.handle, count=3)
        assert await entered(thief, copy.signed(await asked(thief))) == WRONG
        assert (await owner.ask("GET", "/me")).status_code == 401
        assert await entered(owner, passkey.signed(await asked(owner))) == WRONG
    async with gausdo.databases["authentication"].connection() as connection:
        found = await connection.execute(
            "select body ->> 'reason' from authentication.history where subject_id = %s"
            " and name = 'authentication.factor-removed.v1'",
            [user.id],
        )
        assert await found.fetchall() == [("copied",)]


async def test_anothers_credential_is_not_taken(at: At, joined: Joined) -> None:
    user, stranger = await joined(), await joined()
    async with at() as owner, at() as thief:
        await owner.sign_in(user.email)
        passkey = await added(owner)
        await thief.sign_in(stranger.email)
        refused = await add(thief, Passkey(id=passkey.id))
        assert code_of(refused) == (409, "authentication.passkey-known")
        assert (await thief.ask("GET", "/me/factors")).json()["factors"] == []
        # and what is a stranger's proves nothing in another's session
        theirs = await added(thief)
        question = (await owner.ask("POST", "/session/proof/question")).json()
        proof = {"passkey": theirs.signed(question, handle=passkey.handle)}
        assert code_of(await owner.ask("POST", "/session/proof", proof)) == WRONG


async def test_a_session_that_waited_cannot_add_the_first_passkey_any_more(
    at: At, joined: Joined
) -> None:
    user = await joined("administrator")
    async with at() as owner, at() as thief:
        await thief.sign_in(user.email)
        start = (await thief.ask("POST", "/me/factors/passkeys/start")).json()
        await owner.sign_in(user.email)
        await added(owner)
        made = Passkey().made(start)
        assert code_of(await thief.ask("POST", "/me/factors/passkeys", made)) == NEEDED


async def test_who_is_switched_off_does_not_enter_by_a_passkey(
    at: At, joined: Joined, gausdo: Gausdo
) -> None:
    user = await joined()
    async with at() as owner, at() as foreign:
        await owner.sign_in(user.email)
        passkey = await added(owner)
        question = await asked(foreign)
        stranger = await foreign.ask(
            "POST", "/session/passkey/question", **{"sec-fetch-site": "cross-site"}
        )
        assert code_of(stranger) == (403, "forbidden")
        change = UserChange(version=user.version, active=False)
        await gausdo.get(Identity).change_user(ADMIN, user.id, change)
        assert await entered(foreign, passkey.signed(question)) == WRONG
