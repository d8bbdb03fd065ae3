"""What records have of the tasks about them, rolled up: one part of `ActivitiesService`."""

from typing import TYPE_CHECKING

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomType
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.rolling import Only, Over, Part, Rollable, Rolled, RollUp
from gausdo.modules.activities.contract import TaskState
from gausdo.modules.activities.tables import TaskRow
from gausdo.platform.db import Database
from gausdo.platform.rolling import LinkedRecords, Measured

_TABLE = TaskRow.__table__
_task = _TABLE.c
TASKS = LinkedRecords(
    _TABLE,
    under=dict.fromkeys(("company", "person", "deal"), _task.about_id),
    fields={
        name: Measured(CustomType.TIME, _task[name]) for name in ("due_at", "done_at", "created_at")
    },
    only={Only.OPEN: _task.state == TaskState.OPEN, Only.DONE: _task.state == TaskState.DONE},
)


class RollsTasks:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def rollable(self, actor: Actor, over: Over) -> list[Rollable]:
        demand_gausdo(actor)
        return TASKS.rollable() if over == Over.TASK else []

    async def rolled(
        self, actor: Actor, over: Over, under: str, parts: list[Part], asked: list[RollUp]
    ) -> list[Rolled]:
        demand_gausdo(actor)
        return await TASKS.rolled(self.db, under, parts, asked) if over == Over.TASK else []
