"""Whose a record is: the owner and the team stamped with it."""

from collections.abc import Iterable
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.platform.db import Tx

Owner: TypeAlias = tuple[UUID, UUID | None]
"""A person, and the team that is stamped with them."""


async def new_owner(tx: Tx, actor: Actor, asked: UUID | None) -> Owner:
    """The owner a record shall have. Raises as `new_owners`."""
    return (await new_owners(tx, actor, [asked]))[asked]


async def new_owners(
    tx: Tx, actor: Actor, asked: Iterable[UUID | None]
) -> dict[UUID | None, Owner]:
    """The owners records shall have, by what is asked: the actor unless told otherwise.

    Raises Invalid when nobody known to this module has one of the ids.
    """
    told = set(asked)
    found: dict[UUID | None, Owner] = dict.fromkeys(
        told & {None, actor.id}, (actor.id, actor.team_id)
    )
    others = told - found.keys()
    if others:
        known = tx.schema.known.c
        rows = await tx.session.execute(
            select(known.id, known.team_id).where(known.kind == "user", known.id.in_(others))
        )
        found |= {id: (id, team_id) for id, team_id in rows}
    if len(found) < len(told):
        raise invalid("owner_id", "unknown-user", "Nobody here has this id.")
    return found
