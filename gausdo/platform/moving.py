"""Records follow their owners to another team: their own changes, told by events of their own."""

from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.platform.db import Database, Tx
from gausdo.platform.history import Changes
from gausdo.platform.jobs import Jobs

PORTION = 200
"""Records of one transaction."""
TASK = "follow_owner"


class Service(Protocol):
    @property
    def db(self) -> Database: ...


def follow_owners(jobs: Jobs, *kinds: type[Any]) -> None:
    """Declare the job that moves the records of these kinds (rows of `Owned` that `touch` and tell
    what has `changed`) after their owner.
    """

    @jobs.task(TASK)
    async def follow_owner(service: Service, user_id: str) -> None:
        for kind in kinds:
            while await _moved(service.db, kind, UUID(user_id)):
                pass


async def remember_users(
    _service: object, _envelopes: list[Envelope], known: list[dict[str, Any]], tx: Tx
) -> None:
    """Keep who works here; whoever has another team now has their records follow."""
    table = tx.schema.known.c
    rows = await tx.session.execute(select(table.id, table.team_id).where(table.kind == "user"))
    before = {row.id: row.team_id for row in rows}
    await tx.remember_known(known)
    for user in known:
        if before.get(user["id"], user["team_id"]) != user["team_id"]:
            await tx.enqueue(f"{tx.schema.name}.{TASK}", once=True, user_id=str(user["id"]))


async def _moved(db: Database, kind: type[Any], user_id: UUID) -> bool:
    """Move some of somebody's records; false when there are none left behind."""
    async with db.begin(SYSTEM) as tx:
        known = tx.schema.known.c
        team = select(known.team_id).where(known.kind == "user", known.id == user_id)
        team_id = (await tx.session.execute(team)).scalar_one_or_none()
        behind = (
            select(kind)
            .where(kind.owner_id == user_id, kind.team_id.is_distinct_from(team_id))
            .order_by(kind.id)
            .limit(PORTION)
            .with_for_update()
        )
        rows = (await tx.session.scalars(behind)).all()
        for row in rows:
            before = row.team_id
            row.team_id = team_id
            row.touch()
            changes: Changes = {"team_id": (before, team_id)}
            tx.publish(row.changed(changes, user_id, before), changes=changes)
    return bool(rows)
