"""Loading the demo: once, by one, whole in the end whatever happens meanwhile."""

import asyncio
import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from pydantic import SecretStr

from gausdo.app import opened
from gausdo.demo.load import MARK, load
from gausdo.demo.load_logins import LOGINS
from gausdo.demo.world import World
from gausdo.demo.world_records import Account
from gausdo.modules.authentication.contract import Authentication, Proof, Visitor
from gausdo.modules.identity.contract import Identity
from gausdo.settings import Settings
from tests.browsers import Authenticator
from tests.demo.conftest import SMALL, TODAY, everything, rows

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(demo: Settings) -> list[str]:
    """What a load of a small demo says."""
    return [line async for line in load(demo, World(TODAY, scale=SMALL))]


async def test_it_says_what_it_has_loaded(told: list[str], demo: Settings) -> None:
    assert "rows" in told[0]
    assert told[-1] == "Two templates, a rule, rates of currencies and goals are set up."
    assert all(told)


async def test_loading_again_changes_nothing(told: list[str], demo: Settings) -> None:
    logins = (demo.data / LOGINS).read_bytes()
    before = await everything(demo)
    assert len(before) > 40
    assert [line async for line in load(demo)] == ["The demo data is here already."]
    assert await everything(demo) == before
    assert (demo.data / LOGINS).read_bytes() == logins


async def test_everybody_can_sign_in_with_the_password_of_the_file(
    told: list[str], demo: Settings
) -> None:
    file = demo.data / LOGINS
    assert file.stat().st_mode & 0o777 == 0o600
    logins = json.loads(file.read_bytes())
    assert Counter(login["role"] for login in logins) == {
        "Administrator": 1,
        "Head of sales": 1,
        "Manager": 6,
    }
    assert len({login["password"] for login in logins}) == len(logins)
    async with opened(demo) as gausdo:
        authentication = gausdo.get(Authentication)
        for login in logins:
            visitor = Visitor(address="127.0.0.1", agent="", device=None)
            password = SecretStr(login["password"])
            entered = await authentication.enter(login["email"], password, visitor)
            actor = await gausdo.get(Identity).actor(entered.user_id)
            assert actor.name == login["name"]
            standing = await authentication.standing(actor)
            assert standing.need == ("factor" if "totp" in login else "")
            if "totp" in login:
                proof = Proof(code=Authenticator(login["totp"]).code())
                assert await authentication.prove(actor, proof, visitor) == "totp"
                for code in login["recovery_codes"].split():
                    proof = Proof(recovery_code=code)
                    assert await authentication.prove(actor, proof, visitor) == "recovery_code"
            assert login["password"] not in str(told)


async def test_where_people_work_already_nothing_is_loaded(
    fresh: Callable[[], Settings],
) -> None:
    settings = fresh()
    async with opened(settings) as gausdo:
        db = gausdo.databases["identity"]
        async with db.connection() as connection:
            await connection.execute(
                b'insert into identity."user" values (gen_random_uuid(), %s, %s, %s, %s, null, '
                b"true, %s, %s, now(), now(), 1)",
                ["Кто-то", "someone@example.org", "-", "administrator", "ru", "Europe/Moscow"],
            )
        before = await everything(settings)
        assert [line async for line in load(settings)] == [
            "People work here already, so no demo data is loaded."
        ]
        assert await everything(settings) == before
    assert not (settings.data / LOGINS).exists()


async def test_only_one_loads(fresh: Callable[[], Settings]) -> None:
    settings = fresh()
    world = World(TODAY, scale=SMALL)

    async def lines() -> list[str]:
        return [line async for line in load(settings, world)]

    first, second = await asyncio.gather(lines(), lines())
    assert {first[-1], second[-1]} == {
        "Two templates, a rule, rates of currencies and goals are set up.",
        "The demo data is being loaded by somebody else.",
    }


def load_here(settings: Settings, until: str) -> None:
    """In a process of its own, which stops for good once the load has got so far."""
    import gausdo.demo.load as module

    async def run() -> None:
        lines = 0
        async for _ in load(settings, World(TODAY, scale=SMALL)):
            lines += 1
            if until == f"line {lines}":
                os.kill(os.getpid(), signal.SIGKILL)

    if until == "copy":
        original = module.Records.add
        added = 0

        def add(self: Any, account: Account) -> None:
            nonlocal added
            added += 1
            if added == 15:
                os.kill(os.getpid(), signal.SIGKILL)
            original(self, account)

        module.PORTION = 5
        module.Records.add = add  # type: ignore[method-assign]
    asyncio.run(run())


@pytest.mark.parametrize("moment", ["copy", "line 1", "line 3"])
async def test_a_load_that_was_killed_is_finished_by_the_next(
    fresh: Callable[[], Settings], moment: str
) -> None:
    """In the middle of a copy; when all but the people are there; before the rule is."""
    settings = fresh()
    process = multiprocessing.get_context("spawn").Process(
        target=load_here, args=(settings, moment)
    )
    process.start()
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode == -signal.SIGKILL
    logins = (settings.data / LOGINS).read_bytes()
    deadline = time.monotonic() + 10
    while (last := [line async for line in load(settings, World(TODAY, scale=SMALL))])[-1] != (
        "Two templates, a rule, rates of currencies and goals are set up."
    ):
        assert last[-1].startswith("The demo data is being loaded"), "the lock of the dead one"
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    assert (settings.data / LOGINS).read_bytes() == logins
    for table, count in (
        ("customers.company", SMALL.companies),
        ("customers.person", SMALL.people),
        ("sales.deal", SMALL.deals),
        ('identity."user"', 8),
        ("automation.rule", 1),
        ("communications.template", 2),
    ):
        assert await rows(settings, f"select count(*) from {table}") == [(count,)]
    ((mark,),) = await rows(settings, f"select value from identity.setting where name = '{MARK}'")
    assert mark["complete"]
    assert mark["administrator"] == str(UUID(mark["administrator"]))
