"""The rights epoch of a person: bumped before a change of a grant answers."""

from uuid import UUID

from gausdo.platform.cache import Cache, told_kindly


class Epochs:
    """`epoch` is everybody's, `epoch:<id>` one person's; an actor is cached by both."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def of(self, id: UUID) -> str:
        async with told_kindly():
            everybody, person = await self._cache.redis.mget("epoch", f"epoch:{id}")
        return f"{int(everybody or 0)}.{int(person or 0)}"

    async def bump(self, id: UUID | None = None) -> None:
        """One person's rights have changed, or everybody's."""
        async with told_kindly():
            await self._cache.redis.incr(f"epoch:{id}" if id else "epoch")
