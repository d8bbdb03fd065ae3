"""Sealed values: they open where they were sealed, for whoever has the keys, and nowhere else."""

import asyncio
import secrets
from collections.abc import Callable
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import SecretStr
from typer.testing import CliRunner

from gausdo.app import Gausdo
from gausdo.cli import app
from gausdo.keys import listed, rotated
from gausdo.platform.crypto import Ring, Unreadable, Vault, rotation
from gausdo.platform.db import Database, Tx
from gausdo.settings import Settings
from tests.conftest import superuser
from tests.processes import told

pytestmark = pytest.mark.asyncio

PLACE = ("secret", "sealed")
TEXT = "4509 123456, выдан ОВД «Тверской»"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def db(gausdo: Gausdo) -> Database:
    return gausdo.databases["integrations"]


@pytest.fixture(scope="module")
def vault(gausdo: Gausdo, db: Database) -> Vault:
    return Vault(db.schema, gausdo.ring)


@pytest.fixture(autouse=True)
def no_keys(gausdo: Gausdo) -> None:
    with superuser(gausdo) as admin:
        admin.execute("delete from integrations.data_key")


def with_keys(db: Database, **keys: bytes) -> Vault:
    return Vault(db.schema, Ring(keys))


async def test_a_value_opens_in_its_own_place_only(db: Database, vault: Vault) -> None:
    async with db.begin() as tx:
        sealed = await vault.seal(tx, PLACE, "a", TEXT)
        again = await vault.seal(tx, PLACE, "a", TEXT)
        assert await vault.open(tx, PLACE, "a", sealed) == TEXT
        assert sealed != again
        assert TEXT.encode() not in sealed
        for place, row in ((PLACE, "b"), (("secret", "other"), "a"), (("other", "sealed"), "a")):
            with pytest.raises(Unreadable):
                await vault.open(tx, place, row, sealed)


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "another version": lambda sealed: bytes([sealed[0] + 1]) + sealed[1:],
    "another key": lambda sealed: sealed[:1] + uuid4().bytes + sealed[17:],
    "another nonce": lambda sealed: sealed[:17] + bytes(12) + sealed[29:],
    "another text": lambda sealed: sealed[:29] + bytes([sealed[29] ^ 1]) + sealed[30:],
    "another tag": lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
    "cut": lambda sealed: sealed[:-1],
    "cut to its head": lambda sealed: sealed[:20],
    "nothing": lambda _: b"",
    "longer": lambda sealed: sealed + b"\0",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_an_altered_value_does_not_open(
    db: Database, vault: Vault, change: Callable[[bytes], bytes]
) -> None:
    async with db.begin() as tx:
        sealed = await vault.seal(tx, PLACE, "a", TEXT)
        with pytest.raises(Unreadable):
            await vault.open(tx, PLACE, "a", change(sealed))


async def test_data_keys_do_not_change_places(gausdo: Gausdo, db: Database, vault: Vault) -> None:
    ann, bob = uuid4(), uuid4()
    async with db.begin() as tx:
        sealed = await vault.seal(tx, PLACE, "a", TEXT, ann)
        await vault.seal(tx, PLACE, "b", TEXT, bob)
    with superuser(gausdo) as admin:
        keys = admin.execute("select id, wrapped from integrations.data_key").fetchall()
        for (id, _), (_, wrapped) in zip(keys, reversed(keys), strict=True):
            admin.execute(
                "update integrations.data_key set wrapped = %s where id = %s", [wrapped, id]
            )
    async with db.begin() as tx:
        with pytest.raises(Unreadable):
            await vault.open(tx, PLACE, "a", sealed)
        with pytest.raises(Unreadable):
            await vault.seal(tx, PLACE, "a", TEXT, ann)


async def test_a_key_made_in_a_transaction_that_failed_seals_nothing_later(
    db: Database, vault: Vault
) -> None:
    async def fail(tx: Tx) -> None:
        await vault.open(tx, PLACE, "a", await vault.seal(tx, PLACE, "a", TEXT))
        raise LookupError

    with pytest.raises(LookupError):
        async with db.begin() as tx:
            await fail(tx)
    async with db.begin() as tx:
        sealed = await vault.seal(tx, PLACE, "a", TEXT)
    async with db.begin() as tx:
        assert await Vault(db.schema, vault.ring).open(tx, PLACE, "a", sealed) == TEXT


async def test_those_who_seal_at_once_share_a_key(db: Database, vault: Vault) -> None:
    ann = uuid4()

    async def seal() -> bytes:
        async with db.begin() as tx:
            return await vault.seal(tx, PLACE, "a", TEXT, ann)

    sealed = await asyncio.gather(*(seal() for _ in range(8)))
    async with db.begin() as tx:
        assert {await vault.open(tx, PLACE, "a", one) for one in sealed} == {TEXT}
    assert sum((await rotation.used(db, vault)).values()) == 1


async def test_a_destroyed_key_opens_and_seals_nothing_any_more(db: Database, vault: Vault) -> None:
    ann, bob, nobody = uuid4(), uuid4(), uuid4()
    async with db.begin() as tx:
        anns = await vault.seal(tx, PLACE, "a", TEXT, ann)
        bobs = await vault.seal(tx, PLACE, "b", TEXT, bob)
        assert await vault.open(tx, PLACE, "a", anns) == TEXT
    for subject in (ann, ann, nobody):
        async with db.begin() as tx:
            await vault.destroy(tx, subject)
    async with db.begin() as tx:
        with pytest.raises(Unreadable, match="destroyed"):
            await vault.open(tx, PLACE, "a", anns)
        for subject in (ann, nobody):
            with pytest.raises(Unreadable, match="destroyed"):
                await vault.seal(tx, PLACE, "a", TEXT, subject)
        assert await vault.open(tx, PLACE, "b", bobs) == TEXT


async def test_equal_values_are_found_without_being_shown(db: Database, vault: Vault) -> None:
    index = vault.index(PLACE, "4509123456")
    assert index == vault.index(PLACE, "4509123456")
    assert index != vault.index(PLACE, "4509123457")
    assert index != vault.index(("secret", "other"), "4509123456")
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    before, after = with_keys(db, old=old), with_keys(db, new=new, old=old)
    assert before.index(PLACE, "1") in after.indexes(PLACE, "1")
    assert after.index(PLACE, "1") not in before.indexes(PLACE, "1")


async def test_a_rotation_moves_every_key_while_people_work(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "PORTION", 2)
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    before, during, after = with_keys(db, old=old), with_keys(db, new=new, old=old), with_keys(
        db, new=new
    )  # fmt: skip
    people = [uuid4() for _ in range(7)]
    async with db.begin() as tx:
        sealed = {one: await before.seal(tx, PLACE, "a", TEXT, one) for one in people}

    async def erase() -> None:
        async with db.begin() as tx:
            await during.destroy(tx, people[3])

    first, *_ = await asyncio.gather(rotation.rotate(db, during), erase())
    assert first.unreadable == 0
    assert (await rotation.rotate(db, during)).rewrapped == 0
    assert set(await rotation.used(db, during)) == {during.ring.first.id}
    async with db.begin() as tx:
        for one in people:
            if one == people[3]:
                with pytest.raises(Unreadable, match="destroyed"):
                    await after.open(tx, PLACE, "a", sealed[one])
            else:
                assert await after.open(tx, PLACE, "a", sealed[one]) == TEXT


async def test_a_rotation_that_was_killed_goes_on(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "PORTION", 2)
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    before, during = with_keys(db, old=old), with_keys(db, new=new, old=old)
    people = [uuid4() for _ in range(5)]
    async with db.begin() as tx:
        sealed = {one: await before.seal(tx, PLACE, "a", TEXT, one) for one in people}
    wrapped, calls = during.wrapped, 0

    def dies(*args: object) -> bytes:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        return wrapped(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(during, "wrapped", dies)
    with pytest.raises(KeyboardInterrupt):
        await rotation.rotate(db, during)
    assert len(await rotation.used(db, during)) == 2
    async with db.begin() as tx:
        assert await during.open(tx, PLACE, "a", sealed[people[0]]) == TEXT
    monkeypatch.setattr(during, "wrapped", wrapped)
    assert (await rotation.rotate(db, during)).rewrapped == 3
    async with db.begin() as tx:
        opened = [await during.open(tx, PLACE, "a", one) for one in sealed.values()]
    assert opened == [TEXT] * 5


async def test_a_missing_key_is_named_and_nothing_is_lost(
    gausdo: Gausdo, db: Database, vault: Vault
) -> None:
    gone = with_keys(db, gone=secrets.token_bytes(32))
    async with db.begin() as tx:
        sealed = await gone.seal(tx, PLACE, "a", TEXT)
        with pytest.raises(Unreadable, match=gone.ring.first.id):
            await vault.open(tx, PLACE, "a", sealed)
    assert (await rotated(gausdo.settings))["integrations"] == rotation.Rotated(unreadable=1)
    missing = [key for key in await listed(gausdo.settings) if key.name is None]
    assert [(key.id, key.needed) for key in missing] == [(gone.ring.first.id, 1)]
    async with db.begin() as tx:
        assert await gone.open(tx, PLACE, "a", sealed) == TEXT


async def test_an_operator_sees_keys_and_rotates_them(
    gausdo: Gausdo, db: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with db.begin() as tx:
        await vault.seal(tx, PLACE, "a", TEXT)
    ring = '{"2026-12": "' + "A" * 43 + '="}'
    for name, value in told(gausdo.settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GAUSDO_KEY_RING", ring)

    def run(what: str) -> str:
        outcome = CliRunner().invoke(app, ["keys", what])
        assert outcome.exit_code == 0, outcome.output
        return outcome.output

    said = [await asyncio.to_thread(run, what) for what in ("list", "rotate", "list")]
    assert "2026-12: 0 keys and indexes" in said[0]
    assert "secret: 1 keys and indexes" in said[0]
    assert "integrations: 1 data keys wrapped" in said[1]
    assert "2026-12: 1 keys and indexes" in said[2]


@pytest.mark.parametrize("key", ["short", "!" * 44, "A" * 42 + "==", ""])
async def test_a_key_that_is_none_is_refused_without_being_shown(gausdo: Gausdo, key: str) -> None:
    settings = gausdo.settings.model_dump() | {"key_ring": {"mine": SecretStr(key)}}
    with pytest.raises(ValueError, match="mine") as refused:
        Settings(**settings)
    assert not key or key not in str(refused.value.errors()[0]["msg"])  # type: ignore[attr-defined]
