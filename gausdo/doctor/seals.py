"""Whether somebody has laid hands on the histories: the newest seals each time, all when asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nats.aio.client import Client
from sqlalchemy import func, select

from gausdo.app import Gausdo, opened
from gausdo.doctor.backlog import ABOVE, STALE, WORKER
from gausdo.doctor.finding import Finding, wrong
from gausdo.doctor.reach import first_line
from gausdo.doctor.words import Words, joined, verbatim, words
from gausdo.kernel.values import now
from gausdo.platform.audit.chain import key_of
from gausdo.platform.audit.heads import Heads
from gausdo.platform.audit.sealer import Sealer
from gausdo.platform.audit.verify import WORDS, Looked, Trouble, Verifier
from gausdo.platform.bus.stream import connect
from gausdo.platform.db import Database
from gausdo.settings import Settings

SHOWN = 5
"""Troubles of a module that are told one by one."""
TAMPERED = words(
    "Somebody has changed the database past Gausdo, or it was damaged. `gausdo audit verify` "
    "looks at everything; keep the database and its logs as they are until you know."
)
GOES_ON = words("goes on from what was restored")
OLDER = words(
    "If you have restored an older backup, say so: `gausdo audit restored`. If not, the end of "
    "the history was cut off."
)


async def look(gausdo: Gausdo, *, nats: bool) -> AsyncIterator[Finding]:
    """A finding of each module whose chain does not hold, or one for all that do."""
    entries, well = 0, True
    try:
        async with heads_of(gausdo, nats=nats) as heads:
            for name, db in gausdo.databases.items():
                verifier = Verifier(db, key_of(gausdo.settings))
                head = await heads.of(name) if heads else None
                troubles = await verifier.newest(head)
                entries += verifier.looked.entries
                for finding in _told(name, troubles):
                    well = False
                    yield finding
                if (late := await _late(name, db, verifier.looked)) is not None:
                    well = False
                    yield late
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        yield wrong(words("audit"), first_line(error), ABOVE)
        return
    if well:
        told = words("the newest {entries} entries are as they were sealed", entries=entries)
        yield Finding(words("audit"), told)


async def verified(settings: Settings) -> AsyncIterator[tuple[str, Looked, Trouble | None]]:
    """Each trouble of the whole history as it is found, and None at the end of a module."""
    async with opened(settings) as gausdo, heads_of(gausdo) as heads:
        for name, db in gausdo.databases.items():
            verifier = Verifier(db, key_of(settings))
            head = await heads.of(name) if heads else None
            async for trouble in verifier.whole(head):
                yield name, verifier.looked, trouble
            yield name, verifier.looked, None


async def acknowledge(settings: Settings) -> list[str]:
    """Go on from databases that are older than the ends that were told; answers whose they are."""
    async with opened(settings) as gausdo, heads_of(gausdo) as heads:

        async def always() -> bool:
            return True

        return [
            name
            for name, db in gausdo.databases.items()
            if await Sealer(db, key_of(settings), heads, always).acknowledge()
        ]


@asynccontextmanager
async def heads_of(gausdo: Gausdo, *, nats: bool = True) -> AsyncIterator[Heads | None]:
    """The ends of the chains as they were told outside; None without NATS."""
    bus: Client | None = None
    if nats:
        bus = await connect(gausdo.settings.nats_url.get_secret_value(), "gausdo audit")
    try:
        yield Heads(bus, gausdo.settings.database) if bus else None
    finally:
        if bus is not None:
            await bus.close()


def _told(name: str, troubles: list[Trouble]) -> list[Finding]:
    what = words("audit of {name}", name=name)
    found = [
        wrong(what, in_words(one), OLDER if one.code == "tail" else TAMPERED)
        for one in troubles[:SHOWN]
    ]
    if (more := len(troubles) - SHOWN) > 0:
        found.append(wrong(what, words("and {more} more", more=more), TAMPERED))
    return found


def sealed(looked: Looked) -> Words:
    return words(
        "{entries} entries under {seals} seals", entries=looked.entries, seals=looked.seals
    )


def in_words(trouble: Trouble) -> Words:
    where = (
        verbatim(f"{trouble.kind} {trouble.record}") if trouble.kind else None,
        words("event {pos}", pos=trouble.pos) if trouble.pos is not None else None,
        words("seal {seal}", seal=trouble.seal) if trouble.seal is not None else None,
    )
    told = joined(", ", (part for part in where if part))
    return words("{what} ({where})", what=words(WORDS[trouble.code]), where=told)


async def _late(name: str, db: Database, looked: Looked) -> Finding | None:
    """What waits for its seal although somebody should make it."""
    outbox = db.schema.outbox.c
    async with db.begin() as tx:
        oldest = await tx.session.scalar(
            select(func.min(outbox.at)).where(outbox.pos > looked.to_pos)
        )
    if not looked.begun or oldest is None or now() - oldest < STALE:
        return None
    return wrong(
        words("audit of {name}", name=name), words("entries wait to be sealed for minutes"), WORKER
    )
