"""Passwords that people change, forget and get by a letter; and what is refused as one."""

import re
import time
from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.demo.sink import Sink
from gausdo.kernel.credentials import InvitationDraft
from gausdo.kernel.errors import Invalid
from gausdo.kernel.values import new_id
from gausdo.modules.authentication.contract import Authentication
from gausdo.modules.authentication.jobs import deliver
from gausdo.modules.identity.contract import Identity, User, UserChange, UserDraft
from gausdo.modules.identity.strength import demand_strong
from tests.browsers import Browser, code_of
from tests.conftest import ADMIN, PASSWORD, superuser
from tests.gateway.test_live import tab
from tests.modules.authentication.conftest import At, Joined
from tests.post_office import settings, sink

__all__ = ["settings", "sink"]

pytestmark = pytest.mark.asyncio(loop_scope="session")
OVER = (404, "authentication.link-over")
WRONG = (401, "identity.wrong-credentials")
NEW = "another passphrase of mine"

Post = Callable[[str], Awaitable[list[dict[str, str]]]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def post(gausdo: Gausdo, sink: Sink, joined: Joined) -> Post:
    """`post(email)`: what that person has got by now, the newest first."""
    await joined("administrator")  # there is always one

    async def delivered(email: str) -> list[dict[str, str]]:
        await deliver(gausdo.services["authentication"])
        found = [one for one in sink.letters.listed() if email in one["to"]]
        return [letter for one in found if (letter := sink.letters.letter(one["id"]))]

    return delivered


def token_in(letter: dict[str, str]) -> str:
    found = re.search(r"https://crm\.example\.org/password#(\S+)", letter["text"])
    assert found, letter["text"]
    return found[1]


async def forgotten(browser: Browser, email: str) -> tuple[int, str]:
    return code_of(await browser.ask("POST", "/session/reset", {"email": email}))


async def set_by(browser: Browser, token: str, password: str = NEW) -> tuple[int, str]:
    told = {"token": token, "password": password}
    return code_of(await browser.ask("POST", "/session/password", told))


async def test_a_forgotten_password_is_set_by_a_letter_once(
    at: At, joined: Joined, post: Post
) -> None:
    user = await joined()
    async with at() as browser, at() as thief:
        await thief.sign_in(user.email)
        assert await forgotten(browser, user.email.upper()) == (202, "")
        (letter,) = await post(user.email)
        assert letter["subject"] == "A new password for Gausdo"
        token = token_in(letter)
        state = await browser.ask("POST", "/session/link", {"token": token})
        assert state.json() == {"purpose": "reset", "name": user.name, "email": user.email}
        weak = await browser.ask(
            "POST", "/session/password", {"token": token, "password": "Password2026!"}
        )
        assert weak.json()["errors"][0]["code"] == "common-password"
        assert (await thief.ask("GET", "/me")).status_code == 200
        assert await set_by(browser, token) == (200, "")
        assert await set_by(browser, token) == OVER
        assert (await thief.ask("GET", "/me")).status_code == 401
        assert code_of(await browser.sign_in(user.email)) == WRONG
        assert (await browser.sign_in(user.email, NEW)).status_code == 200
        assert "was changed" in (await post(user.email))[0]["subject"]


async def test_no_letter_of_an_account_tells_more_than_its_newest(
    at: At, joined: Joined, post: Post, gausdo: Gausdo
) -> None:
    """Another letter, another address, half an hour, a password that was changed: it is over."""
    user = await joined()

    async def asked(browser: Browser) -> str:
        assert await forgotten(browser, user.email) == (202, "")
        return token_in((await post(user.email))[0])

    async with at() as browser:
        first = await asked(browser)
        second = await asked(browser)
        assert await set_by(browser, first) == OVER
        with superuser(gausdo) as db:
            db.execute(
                "update authentication.link set until = now() where person_id = %s", [user.id]
            )
        assert await set_by(browser, second) == OVER
        third = await asked(browser)
        change = UserChange(version=user.version, email=f"moved-{user.email}")
        moved = await gausdo.get(Identity).change_user(ADMIN, user.id, change)
        assert await set_by(browser, third) == OVER
        assert code_of(await browser.ask("POST", "/session/link", {"token": third})) == OVER
        back = UserChange(version=moved.version, email=user.email)
        await gausdo.get(Identity).change_user(ADMIN, user.id, back)
        await browser.sign_in(user.email)
        told = {"current": PASSWORD, "password": NEW}
        assert (await browser.ask("POST", "/me/password", told)).status_code == 204
        assert await set_by(browser, third) == OVER
        assert await set_by(browser, "A" * 43) == OVER


async def test_a_new_password_does_not_stand_in_for_the_second_factor(
    at: At, joined: Joined, post: Post
) -> None:
    user = await joined("administrator")
    async with at() as owner, at() as thief:
        await owner.sign_in(user.email)
        await owner.enrol()
        await forgotten(thief, user.email)
        letters = await post(user.email)
        assert {one["subject"] for one in letters} == {
            "A new password for Gausdo", "A second factor was added to your account",
        }  # fmt: skip
        token = next(token_in(one) for one in letters if "password" in one["subject"])
        assert await set_by(thief, token) == (200, "")
        refused = await thief.sign_in(user.email, NEW)
        assert code_of(refused) == (403, "authentication.factor-needed")
        assert refused.json()["data"] == {"need": "factor"}


async def test_nobody_learns_whether_an_address_is_known(
    at: At, joined: Joined, post: Post, gausdo: Gausdo, sink: Sink
) -> None:
    """What is done at once is the same for each; who it is is looked up when the letter leaves."""
    user, left = await joined(), await joined()
    change = UserChange(version=left.version, active=False)
    await gausdo.get(Identity).change_user(ADMIN, left.id, change)
    never = UserDraft(name="By a provider", email=f"{new_id()}@example.org", role="manager")
    never_had_one = await gausdo.get(Identity).join(ADMIN, never)
    await post(user.email)
    addresses = [
        user.email,
        left.email,
        never_had_one.email,
        f"{new_id()}@example.org",
        "no address at all",
    ]
    async with at() as browser:
        replies = [await browser.ask("POST", "/session/reset", {"email": one}) for one in addresses]
    told = {(reply.status_code, reply.content, len(reply.headers)) for reply in replies}
    assert [status for status, _, _ in told] == [202]
    with superuser(gausdo) as db:
        (waiting,) = db.execute("select count(*) from authentication.mail").fetchone() or (0,)
    assert waiting == len(addresses)
    before = len(sink.letters.listed())
    assert len(await post(user.email)) == 1
    assert len(sink.letters.listed()) == before + 1
    with superuser(gausdo) as db:
        assert db.execute("select email from authentication.mail").fetchall() == []


async def test_letters_are_asked_for_a_few_times_only(
    at: At, joined: Joined, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gausdo.modules.authentication.tries.LETTERS_OF_ADDRESS", 6)
    user, other = await joined(), await joined()
    async with at() as browser, at() as owner:
        for _ in range(5):
            assert await forgotten(browser, user.email) == (202, "")
        assert len(await post(user.email)) == 3
        assert await forgotten(browser, other.email) == (202, "")
        assert await forgotten(browser, other.email) == (429, "identity.too-many-tries")
        # who has got too many still enters, and another visitor still asks
        assert (await owner.sign_in(user.email)).status_code == 200
        assert await forgotten(owner, other.email) == (202, "")


async def test_nothing_of_a_link_is_kept(
    at: At, joined: Joined, post: Post, gausdo: Gausdo
) -> None:
    user = await joined()
    async with at() as browser:
        await forgotten(browser, user.email)
        token = token_in((await post(user.email))[0])
    with superuser(gausdo) as db:
        rows = db.execute(
            "select t::text from authentication.link t union all"
            " select t::text from authentication.mail t union all"
            " select t::text from authentication.outbox t union all"
            " select t::text from communications.letter t union all"
            " select t::text from jobs.procrastinate_jobs t"
        ).fetchall()
    assert rows
    assert not any(token in row for (row,) in rows)


async def test_who_changes_the_password_ends_all_others(
    at: At, joined: Joined, post: Post, web: ASGIApp, gausdo: Gausdo
) -> None:
    user = await joined()
    async with at() as browser, at() as thief:
        await browser.sign_in(user.email)
        await thief.sign_in(user.email)
        wrong = {"current": "not this one", "password": NEW}
        assert code_of(await browser.ask("POST", "/me/password", wrong)) == WRONG
        own = {"current": PASSWORD, "password": f"{user.email.partition('@')[0]}!!!"}
        refused = await browser.ask("POST", "/me/password", own)
        assert refused.json()["errors"][0] | {"message": ""} == {
            "field": "password", "code": "own-word", "message": "",
        }  # fmt: skip
        short = await browser.ask(
            "POST", "/me/password", {"current": PASSWORD, "password": "k7!pq"}
        )
        assert short.json()["errors"][0]["code"] == "too_short"
        async with tab(web, gausdo, None, cookie=f"__Host-gausdo={thief.token}") as opened:
            assert (await opened.heard.get())["type"] == "websocket.accept"
            told = {"current": PASSWORD, "password": NEW}
            assert (await browser.ask("POST", "/me/password", told)).status_code == 204
            assert (await opened.next())["code"] == 4401
        assert (await thief.ask("GET", "/me")).status_code == 401
        assert (await browser.ask("GET", "/me")).status_code == 200
        letters = await post(user.email)
        assert [one["subject"] for one in letters] == ["Your password for Gausdo was changed"]
        with superuser(gausdo) as db:
            found = db.execute(
                "select actor_id from identity.history where subject_id = %s"
                " and name = 'identity.password-changed.v1'",
                [user.id],
            ).fetchall()
        assert found == [(user.id,)]


async def test_the_old_password_is_not_guessed_in_a_stolen_session(at: At, joined: Joined) -> None:
    user = await joined()
    async with at() as thief:
        await thief.sign_in(user.email)
        thief.cookies = {name: one for name, one in thief.cookies.items() if "device" not in name}
        told = {"current": "a guess of mine", "password": NEW}
        replies = [code_of(await thief.ask("POST", "/me/password", told)) for _ in range(6)]
        assert replies == [WRONG] * 5 + [(429, "identity.too-many-tries")]


async def test_who_is_switched_off_is_out_at_once(
    at: At, joined: Joined, web: ASGIApp, gausdo: Gausdo, post: Post
) -> None:
    user = await joined()
    async with at() as browser:
        await browser.sign_in(user.email)
        bearer = (await browser.ask("POST", "/session/token")).json()["token"]
        await forgotten(browser, user.email)
        token = token_in((await post(user.email))[0])
        async with tab(web, gausdo, None, cookie=f"__Host-gausdo={browser.token}") as opened:
            assert (await opened.heard.get())["type"] == "websocket.accept"
            change = UserChange(version=user.version, active=False)
            off = await gausdo.get(Identity).change_user(ADMIN, user.id, change)
            assert (await opened.next())["code"] == 4401
        assert await gausdo.get(Authentication).sessions(ADMIN, user.id) == []
        assert await set_by(browser, token) == OVER
        # who is let in again signs in again: what was stolen meanwhile stays dead
        await gausdo.get(Identity).change_user(
            ADMIN, user.id, UserChange(version=off.version, active=True)
        )
        assert (await browser.ask("GET", "/me")).status_code == 401
        browser.cookies.clear()
        reply = await browser.ask("GET", "/me", authorization=f"Bearer {bearer}")
        assert reply.status_code == 401


async def invited(gausdo: Gausdo, joined: Joined, **told: str) -> tuple[User, User]:
    """An administrator, and whom they have invited."""
    inviting = await joined("administrator")
    actor = await gausdo.get(Identity).actor(inviting.id)
    manager = next(one for one in await gausdo.get(Identity).roles(ADMIN) if one.code == "manager")
    draft = InvitationDraft(
        name="Нина", email=f"nina-{new_id()}@example.org", roles=[manager.id], **told
    )
    told_of = await gausdo.get(Authentication).invite(actor, draft)
    (user,) = await gausdo.get(Identity).find_users(ADMIN, [told_of.user_id])
    return inviting, user


async def test_somebody_is_invited_and_comes(
    at: At, joined: Joined, post: Post, gausdo: Gausdo
) -> None:
    inviting, user = await invited(gausdo, joined)
    authentication = gausdo.get(Authentication)
    async with at() as browser:
        (letter,) = await post(user.email)
        assert letter["subject"] == "Вас пригласили в Gausdo"
        assert "Здравствуйте, Нина!" in letter["text"]
        nobody = "nobody's password, so that an unknown name takes as long as a known one"
        for guess in ("", " ", nobody):
            assert (await browser.sign_in(user.email, guess)).status_code == 401
        waiting = [one.user_id for one in await authentication.invitations(ADMIN)]
        assert user.id in waiting
        assert await set_by(browser, token_in(letter)) == (200, "")
        assert (await browser.sign_in(user.email, NEW)).json()["user"]["name"] == "Нина"
        assert user.id not in [one.user_id for one in await authentication.invitations(ADMIN)]
        async with at() as helper:
            await helper.sign_in(inviting.email)
            await helper.enrol()
            gone = await helper.ask("POST", f"/users/{user.id}/invitation")
            assert code_of(gone) == (404, "not-found")


async def test_an_invitation_is_sent_again_or_withdrawn(
    at: At, joined: Joined, post: Post, gausdo: Gausdo
) -> None:
    inviting, user = await invited(gausdo, joined, locale="en")
    stranger = await joined()
    async with at() as helper, at() as browser, at() as somebody:
        await helper.sign_in(inviting.email)
        await helper.enrol()
        await somebody.sign_in(stranger.email)
        first = token_in((await post(user.email))[0])
        there = f"/users/{user.id}/invitation"
        for method, path in (
            ("POST", there), ("DELETE", there), ("GET", "/invitations"), ("POST", "/invitations"),
        ):  # fmt: skip
            body = {} if path == "/invitations" and method == "POST" else None
            refused = await somebody.ask(method, path, body)
            assert refused.status_code in {403, 422}, (method, path, refused.text)
        again = await helper.ask("POST", there)
        assert again.json()["user_id"] == str(user.id), again.text
        second = token_in((await post(user.email))[0])
        assert await set_by(browser, first) == OVER
        listed = (await helper.ask("GET", "/invitations")).json()
        assert str(user.id) in [one["user_id"] for one in listed]
        assert (await helper.ask("DELETE", there)).status_code == 204
        assert await set_by(browser, second) == OVER
        assert (await browser.sign_in(user.email, NEW)).status_code == 401
        (off,) = await gausdo.get(Identity).find_users(ADMIN, [user.id])
        assert not off.active
        assert code_of(await helper.ask("DELETE", there)) == (404, "not-found")


async def test_a_withdrawn_invitation_does_not_leave_any_more(
    joined: Joined, post: Post, gausdo: Gausdo
) -> None:
    inviting, user = await invited(gausdo, joined)
    actor = await gausdo.get(Identity).actor(inviting.id)
    await gausdo.get(Authentication).withdraw_invitation(actor, user.id)
    assert await post(user.email) == []


WEAK = [
    "пароль2026", "Гаусдо2026!", "gfhjkm2026", "P@ssw0rd", "12345678", "aaaaaaaa", "qwertyuiop",
    "Petrova2026", "anna-petrova1", "зфыыцщкв",
]  # fmt: skip


@pytest.mark.parametrize("password", WEAK)
async def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        demand_strong(password, ["Anna Petrova", "anna.petrova@example.org"])
    assert refused.value.errors[0].code in {"common-password", "own-word"}


@pytest.mark.parametrize(
    "password",
    [
        "d0lph1n!" * 9,
        "p@55w0rd" * 16,
        PASSWORD,
        "правильная лошадь батарейка",
        "пароль-48210937465",
    ],
)
async def test_what_is_long_is_taken_whole_and_looked_at_quickly(password: str) -> None:
    began = time.thread_time()
    demand_strong(password, ["Anna Petrova"])
    assert time.thread_time() - began < 0.05
