"""What tasks, notes, meetings and letters tell of records: a part of the contract."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Time, Value


class ActivityAround(Value):
    """Around one company or person, its deals included: when something was last written, planned,
    sent or held; how many tasks are open, and when the first of them is due.
    """

    id: UUID
    last_at: Time | None
    open_tasks: int
    task_due_at: Time | None


class TellsOfActivity(Protocol):
    async def activity_around(self, actor: Actor, ids: list[UUID]) -> list[ActivityAround]:
        """Of those of these (≤ 1000) records that have any; asked by Gausdo alone."""
        ...

    async def knows_what_was(self, actor: Actor) -> bool:
        """Whether timelines are filled with what happened before they were kept, so that
        `activity_around` tells of it; asked by Gausdo alone.
        """
        ...
