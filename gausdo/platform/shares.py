"""Records shared with a person or a team: the use cases over a module's table `share`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import any_, bindparam, delete, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.kernel.events import Event
from gausdo.kernel.rights import Guarded
from gausdo.kernel.shares import Share, ShareDraft, ShareLevel
from gausdo.kernel.values import now
from gausdo.platform.db import Database, Tx
from gausdo.platform.rights import Guard, demand_reach, with_ids

MOST = 1000
"""Records shared with one person that a report counts in, the latest of them."""


class Identity(Protocol):
    """What is needed of the module that knows people and teams."""

    async def tell_shared(self, actor: Actor, object: str, with_id: UUID) -> bool: ...


@dataclass(frozen=True)
class Sharing:
    """Of the records of one kind.

    `find(tx, actor, id, right)` is the module's way to a row; `told(id, with_id, with_team, level)`
    the event that says what was done.
    """

    db: Database
    identity: Identity
    of: Guarded
    guard: Guard
    find: Callable[[Tx, Actor, UUID, Right], Awaitable[Any]]
    told: Callable[[UUID, UUID, bool, ShareLevel | None], Event]

    async def shares(self, actor: Actor, id: UUID) -> list[Share]:
        """With whom it is shared, the first first. Raises NotFound."""
        async with self.db.begin(actor) as tx:
            await self.find(tx, actor, id, self.of.right("read"))
            return await self._shares(tx, id)

    async def share(
        self, actor: Actor, id: UUID, draft: ShareDraft, key: str | None
    ) -> list[Share]:
        """Raises NotFound, Forbidden, Invalid when there is no such person or team.

        Whom it is shared with looks again before it is there to be seen, and after.
        """
        async with self.db.begin(actor) as tx:
            await self.find(tx, actor, id, self.of.right("share"))
        with_team = await self.identity.tell_shared(actor, self.of.object, draft.with_id)
        async with self.db.begin(actor, key, (id, draft)) as tx:
            if not tx.told:
                row = await self.find(tx, actor, id, self.of.right("share"))
                if draft.level is ShareLevel.EDIT:
                    await demand_reach(tx, actor, self.of.right("edit"), row, self.guard)
                await self._put(tx, actor, id, draft, with_team)
                tx.publish(self.told(id, draft.with_id, with_team, draft.level))
                tx.tell(await self._shares(tx, id))
            shares = tx.answer(list[Share])
        await self.identity.tell_shared(actor, self.of.object, draft.with_id)
        return shares

    async def unshare(self, actor: Actor, id: UUID, with_id: UUID, key: str | None) -> list[Share]:
        """Raises NotFound, also when it was not shared with them; Forbidden."""
        async with self.db.begin(actor, key, (id, with_id)) as tx:
            if not tx.told:
                await self.find(tx, actor, id, self.of.right("share"))
                with_team = await self._take(tx, id, with_id)
                tx.publish(self.told(id, with_id, with_team, None))
                tx.tell(await self._shares(tx, id))
            shares = tx.answer(list[Share])
        await self.identity.tell_shared(actor, self.of.object, with_id)
        return shares

    async def shared(self, actor: Actor) -> list[UUID]:
        """What is shared with the actor or a team of theirs, the latest `MOST`."""
        if self.of.object not in actor.shared:
            return []
        share = self.db.schema.share.c
        query = (
            select(share.record_id)
            .where(
                share.object == self.of.object,
                share.with_id == any_(bindparam("actor_with", with_ids(actor), ARRAY(Uuid))),
            )
            .order_by(share.at.desc())
            .limit(MOST)
        )
        async with self.db.begin(actor) as tx:
            return list(dict.fromkeys(await tx.session.scalars(query)))

    async def _shares(self, tx: Tx, id: UUID) -> list[Share]:
        share = tx.schema.share
        rows = await tx.session.execute(
            select(share)
            .where(share.c.object == self.of.object, share.c.record_id == id)
            .order_by(share.c.at, share.c.with_id)
        )
        return [Share.model_validate(row) for row in rows.mappings()]

    async def _put(
        self, tx: Tx, actor: Actor, id: UUID, draft: ShareDraft, with_team: bool
    ) -> None:
        told = insert(tx.schema.share).values(
            object=self.of.object,
            record_id=id,
            with_id=draft.with_id,
            with_team=with_team,
            level=draft.level,
            by_id=actor.id,
            at=now(),
        )
        again = {name: told.excluded[name] for name in ("level", "by_id", "at")}
        await tx.session.execute(
            told.on_conflict_do_update(
                index_elements=["object", "record_id", "with_id"], set_=again
            )
        )

    async def _take(self, tx: Tx, id: UUID, with_id: UUID) -> bool:
        """Whether it was shared with a team."""
        share = tx.schema.share.c
        gone = await tx.session.execute(
            delete(tx.schema.share)
            .where(share.object == self.of.object, share.record_id == id, share.with_id == with_id)
            .returning(share.with_team)
        )
        if (team := gone.scalar_one_or_none()) is None:
            raise NotFound("It is not shared with them.")
        return bool(team)
