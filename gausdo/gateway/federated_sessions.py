"""Which sessions began at a provider, so that it can end them."""

from uuid import UUID

from gausdo.modules.federation.contract import Arrival, Departure
from gausdo.platform.cache import Cache, told_kindly
from gausdo.platform.sessions import ABSOLUTE, Session, Sessions


class FederatedSessions:
    """Sets of people with their sessions, by the provider's session and by its subject."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def remember(self, session: Session, arrival: Arrival) -> None:
        async with told_kindly(), self._cache.redis.pipeline(transaction=True) as pipe:
            for place in _places(arrival):
                pipe.sadd(place, f"{session.user_id} {session.id}")
                pipe.expire(place, ABSOLUTE)
            await pipe.execute()

    async def end(self, departure: Departure) -> None:
        """The sessions of one session over there, or all of a person when none is named."""
        place = _places(departure)[0]
        async with told_kindly():
            found = await self._cache.redis.smembers(place)
            await self._cache.redis.delete(place)
        for one in found:
            told = one if isinstance(one, str) else one.decode()
            user_id, session_id = map(UUID, told.split())
            await Sessions(self._cache).end(user_id, only=session_id)


def _places(of: Arrival | Departure) -> list[str]:
    named = (("session", of.session), ("subject", of.subject))
    return [f"federated:{of.provider_id}:{kind}:{name}" for kind, name in named if name]
