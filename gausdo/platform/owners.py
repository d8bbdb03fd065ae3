"""Whose a record is: the owner and the team stamped with it."""

from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.platform.db import Tx


async def new_owner(tx: Tx, actor: Actor, asked: UUID | None) -> tuple[UUID, UUID | None]:
    """The owner a record shall have, and that person's team: the actor unless told otherwise.

    Raises Invalid when nobody known to this module has the id `asked`.
    """
    if asked is None or asked == actor.id:
        return actor.id, actor.team_id
    known = tx.schema.known.c
    found = (
        await tx.session.execute(
            select(known.team_id).where(known.kind == "user", known.id == asked)
        )
    ).first()
    if found is None:
        raise invalid("owner_id", "unknown-user", "Nobody here has this id.")
    return asked, found.team_id
