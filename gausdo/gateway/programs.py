"""Programs that come with an API key, kept from one request to the next.

A key is looked up again once the rights of whoever made it have another epoch: so revoking it, or
changing a role, holds at the next request in every process.
"""

import hashlib
import time
from dataclasses import dataclass
from uuid import UUID

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.errors import Unknown
from gausdo.kernel.values import now
from gausdo.modules.integrations.contract import Integrations, Program
from gausdo.platform.actors import FRESH, MANY


@dataclass(frozen=True)
class Kept:
    program: Program
    epoch: str
    until: float


class Programs:
    """Those a process has met, by the hash of their secret or by the key's id."""

    def __init__(self, integrations: Integrations | None) -> None:
        self._integrations = integrations
        self._kept: dict[str | UUID, Kept] = {}

    def known(self, secret: str | UUID) -> Program | None:
        """As it was when it was met last: enough to know whose epoch to ask for."""
        kept = self._kept.get(_name(secret))
        return kept.program if kept else None

    async def as_it_is(self, secret: str | UUID, address: str) -> Program:
        """As it is now. Raises Unknown, also where nobody here can be asked."""
        if self._integrations is None:
            raise Unknown("There are no keys here.")
        if isinstance(secret, UUID):
            return await self._integrations.program_of(SYSTEM, secret)
        return await self._integrations.program(SYSTEM, secret, address)

    async def of(self, secret: str | UUID, epoch: str, address: str) -> Program:
        """As of this epoch. Raises Unknown."""
        name = _name(secret)
        kept = self._kept.get(name)
        if kept is None or kept.epoch != epoch or kept.until < time.monotonic():
            self._kept.pop(name, None)
            program = await self.as_it_is(secret, address)
            if len(self._kept) >= MANY:
                self._kept.clear()
            kept = self._kept[name] = Kept(program, epoch, time.monotonic() + FRESH)
        if kept.program.expires_at <= now():
            raise Unknown("This key has come to its end.")
        return kept.program


def _name(secret: str | UUID) -> str | UUID:
    return secret if isinstance(secret, UUID) else hashlib.sha256(secret.encode()).hexdigest()
