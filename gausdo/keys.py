"""The keys of sealed fields: which there are, what needs them, and moving to a new one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gausdo.app import Gausdo, opened
from gausdo.platform.crypto import Vault, rotation
from gausdo.platform.crypto.keys import table_of
from gausdo.platform.db import Database
from gausdo.platform.module import Module
from gausdo.settings import Settings


@dataclass(frozen=True)
class Key:
    """A key by its id; without a name it is needed and not among the settings."""

    id: str
    name: str | None
    first: bool
    needed: int
    kid: str | None = None

    def __str__(self) -> str:
        if self.name is None:
            return f"{self.id}  missing: {self.needed} keys and indexes are of no use without it"
        use = "used for all that is new" if self.first else "opens what is older"
        told = f"{self.id}  {self.name}: {self.needed} keys and indexes need it; {use}"
        return f"{told}; {'signs' if self.first else 'checks'} tokens as {self.kid}"


async def listed(settings: Settings) -> list[Key]:
    """Those of the ring, the first of them first, then those that are missing."""
    async with opened(settings) as gausdo:
        needed: Counter[str] = Counter()
        for module, db, vault in _vaults(gausdo):
            needed.update(await rotation.used(db, vault, module.sealed))
        ring = gausdo.ring
        kids = [one["kid"] for one in gausdo.tokens.published()]
        found = [
            Key(key.id, key.name, key is ring.first, needed.pop(key.id, 0), kid)
            for key, kid in zip(ring, kids, strict=True)
        ]
        return [*found, *(Key(id, None, False, count) for id, count in sorted(needed.items()))]


async def rotated(settings: Settings) -> dict[str, rotation.Rotated]:
    """What was done in each module that seals."""
    async with opened(settings) as gausdo:
        return {
            module.name: await rotation.rotate(db, vault, module.sealed)
            for module, db, vault in _vaults(gausdo)
        }


def _vaults(gausdo: Gausdo) -> Iterator[tuple[Module, Database, Vault]]:
    for module in gausdo.near:
        if table_of(module.schema) is not None:
            yield module, gausdo.databases[module.name], Vault(module.schema, gausdo.ring)
