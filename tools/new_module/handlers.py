"""What this module learns of its neighbours: who works here, to stamp owners and their teams."""

from typing import Any, Protocol

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.modules.identity.contract import Identity, UserChanged, UserJoined
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.known import known_users
from gausdo.platform.moving import remember_users

on = Subscriptions()


class Neighbours(Protocol):
    @property
    def identity(self) -> Identity: ...


async def _users(service: Neighbours, _: list[Envelope]) -> list[dict[str, Any]]:
    return known_users(await service.identity.users(SYSTEM))


on.batch(UserJoined, UserChanged, prepare=_users)(remember_users)
