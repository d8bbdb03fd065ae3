"""Which sessions began at a provider: it can end them, and they end there, too."""

import asyncio
from contextlib import suppress
from uuid import UUID

from gausdo.gateway.door import Door
from gausdo.kernel.errors import NotFound, Problem
from gausdo.modules.federation.contract import Arrival, Departure, Federation
from gausdo.platform.cache import Cache, told_kindly
from gausdo.platform.sessions import ABSOLUTE, Session, Sessions

PROVIDER, ID_TOKEN = "provider", "id_token"
"""What a session keeps of where it began."""
LONGEST = 4096
"""Characters of an ID token that go along in an address."""
PATIENCE = 3.0
"""Seconds that whoever signs out waits for the provider."""


def facts_of(arrival: Arrival) -> dict[str, str]:
    facts = {PROVIDER: str(arrival.provider_id)}
    if arrival.id_token and len(arrival.id_token) <= LONGEST:
        facts[ID_TOKEN] = arrival.id_token
    return facts


class FederatedSessions:
    """Sets of people with their sessions, by the provider's session and by its subject."""

    def __init__(self, cache: Cache, federation: Federation, door: Door) -> None:
        self._cache = cache
        self._federation = federation
        self._door = door

    async def provider_of(self, session: Session) -> UUID | None:
        """Where it began."""
        told = (await self._facts(session)).get(PROVIDER)
        return UUID(told) if told else None

    async def farewell(self, session: Session) -> str | None:
        """Where the browser goes to be signed out at the provider, too; None where nowhere."""
        facts = await self._facts(session)
        if PROVIDER not in facts:
            return None
        with suppress(TimeoutError, Problem):
            async with asyncio.timeout(PATIENCE):
                return await self._federation.farewell(UUID(facts[PROVIDER]), facts.get(ID_TOKEN))
        return None

    async def _facts(self, session: Session) -> dict[str, str]:
        found = await Sessions(self._cache).of(session.user_id)
        return next((one.facts for one in found if one.id == session.id), {})

    async def remember(self, session: Session, arrival: Arrival) -> None:
        async with told_kindly(), self._cache.redis.pipeline(transaction=True) as pipe:
            for place in _places(arrival):
                pipe.sadd(place, f"{session.user_id} {session.id}")
                pipe.expire(place, ABSOLUTE)
            await pipe.execute()

    async def end(self, departure: Departure) -> None:
        """The sessions of one session over there, or all of a person when none is named.

        Where both are told, those that are of both: a provider may number its sessions anew for
        each person (SAML 2.0 Core, 2.7.2).
        """
        places = _places(departure)
        async with told_kindly():
            found = await self._cache.redis.sinter(places)
            async with self._cache.redis.pipeline(transaction=True) as pipe:
                for place in places if found else ():
                    pipe.srem(place, *found)
                await pipe.execute()
        for one in found:
            told = one if isinstance(one, str) else one.decode()
            await self._end(*map(UUID, told.split()))

    async def _end(self, user_id: UUID, session_id: UUID) -> None:
        """In the person's name, by the provider, as the history tells."""
        try:
            person = await self._door.identity.actor(user_id)
        except NotFound:  # whose account is closed
            await Sessions(self._cache).end(user_id, only=session_id)
            return
        by_provider = person.model_copy(update={"via": "federation"})
        await self._door.authentication.end_sessions(by_provider, user_id, session_id)


def _places(of: Arrival | Departure) -> list[str]:
    named = (("session", of.session), ("subject", of.subject))
    return [f"federated:{of.provider_id}:{kind}:{name}" for kind, name in named if name]
