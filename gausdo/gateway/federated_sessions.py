"""Which sessions began at a provider, so that it can end them."""

from gausdo.gateway.sessions import ABSOLUTE, session_key
from gausdo.modules.federation.contract import Arrival, Departure
from gausdo.platform.cache import Cache, told_kindly


class FederatedSessions:
    """Sets of keys of sessions, by the provider's session and by its subject."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def remember(self, token: str, arrival: Arrival) -> None:
        async with told_kindly(), self._cache.redis.pipeline(transaction=True) as pipe:
            for place in _places(arrival):
                pipe.sadd(place, session_key(token))
                pipe.expire(place, ABSOLUTE)
            await pipe.execute()

    async def end(self, departure: Departure) -> None:
        """The sessions of one session over there, or all of a person when none is named."""
        place = _places(departure)[0]
        async with told_kindly():
            keys = await self._cache.redis.smembers(place)
            await self._cache.redis.delete(place, *keys)


def _places(of: Arrival | Departure) -> list[str]:
    named = (("session", of.session), ("subject", of.subject))
    return [f"federated:{of.provider_id}:{kind}:{name}" for kind, name in named if name]
