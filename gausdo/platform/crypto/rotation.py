"""Moving everything to the ring's first key, while the system runs: `gausdo keys rotate`.

Data keys are wrapped anew and blind indexes made anew; what was sealed stays as it is. Each portion
is a transaction of its own, so that a rotation that was killed goes on where it was.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update

from gausdo.platform.crypto.fields import Sealed
from gausdo.platform.crypto.vault import Unreadable, Vault
from gausdo.platform.db import Database, Tx

PORTION = 100


@dataclass
class Rotated:
    """How many data keys were wrapped anew, how many could not be, how many indexes were made."""

    rewrapped: int = 0
    reindexed: int = 0
    unreadable: int = 0


async def rotate(db: Database, vault: Vault, sealed: Sequence[Sealed] = ()) -> Rotated:
    """Wrap every data key of a module by the ring's first key, and index its `sealed` by it.

    A key whose outer key is not in the ring, or that was altered, is left as it is and counted.
    """
    done = Rotated()
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with db.begin() as tx:
            after = await _portion(tx, vault, done, after)
    for field in sealed:
        count = PORTION
        while count == PORTION:
            async with db.begin() as tx:
                count = await field.reindex(tx, vault, PORTION)
            done.reindexed += count
    return done


async def _portion(tx: Tx, vault: Vault, done: Rotated, after: UUID) -> UUID | None:
    """The id of the last key looked at. A key that is being destroyed is waited for."""
    keys, first = vault.keys.c, vault.ring.first
    old = await tx.session.execute(
        select(keys.id, keys.wrapped, keys.wrapped_by)
        .where(keys.wrapped_by != first.id, keys.id > after)
        .order_by(keys.id)
        .limit(PORTION)
        .with_for_update()
    )
    last = None
    for last, wrapped, by in old:
        try:
            again = vault.wrapped(last, vault.unwrapped(last, wrapped, by))
        except Unreadable:
            done.unreadable += 1
            continue
        await tx.session.execute(
            update(vault.keys).where(keys.id == last).values(wrapped=again, wrapped_by=first.id)
        )
        done.rewrapped += 1
    return last


async def used(db: Database, vault: Vault, sealed: Sequence[Sealed] = ()) -> Counter[str]:
    """How many data keys and blind indexes of a module need each outer key, by its id."""
    by = vault.keys.c.wrapped_by
    queries = [select(by, func.count()).where(by.is_not(None)).group_by(by)]
    for field in sealed:
        made_by = func.left(field.index, len(vault.ring.first.id))
        indexed = field.index.is_not(None)
        queries.append(select(made_by, func.count()).where(indexed).group_by(made_by))
    found: Counter[str] = Counter()
    async with db.begin() as tx:
        for query in queries:
            found.update({str(id): count for id, count in await tx.session.execute(query)})
    return found
