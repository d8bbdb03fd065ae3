"""Tasks and meetings that are deleted and come back; `contract` hands it on."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.deleted import BroughtBack, DeletedQuery, DeletedRecord
from gausdo.kernel.values import Json, Time
from gausdo.modules.activities.meetings_contract import Scope


class DeletesActivities(Protocol):
    async def delete_task(
        self, actor: Actor, id: UUID, version: int, key: str | None = None
    ) -> DeletedRecord:
        """Raises NotFound, Forbidden, Stale."""
        ...

    async def bring_task_back(self, actor: Actor, id: UUID, key: str | None = None) -> BroughtBack:
        """As it was. Raises NotFound, Forbidden."""
        ...

    async def deleted_tasks(self, actor: Actor, query: DeletedQuery) -> Json:
        """`Listed[DeletedRecord]` of those the actor could read, the latest first."""
        ...

    async def delete_meeting(
        self,
        actor: Actor,
        id: UUID,
        version: int,
        scope: Scope = Scope.ALL,
        occurrence: Time | None = None,
        key: str | None = None,
    ) -> DeletedRecord:
        """Of a series one time, or what follows from one on, is deleted as a meeting of its own.

        Raises NotFound, Forbidden, Stale, Invalid for an occurrence that is none.
        """
        ...

    async def bring_meeting_back(
        self, actor: Actor, id: UUID, key: str | None = None
    ) -> BroughtBack:
        """As it was; what was a time of a series is a meeting of its own. Raises as for tasks."""
        ...

    async def deleted_meetings(self, actor: Actor, query: DeletedQuery) -> Json:
        """`Listed[DeletedRecord]` of those the actor could read, the latest first."""
        ...
