"""Tasks and meetings that were deleted, as they are kept."""

from gausdo.modules.activities.meeting_tables import MeetingRow
from gausdo.modules.activities.tables import TaskRow, schema
from gausdo.platform.removed import Removal, indexes
from gausdo.platform.removed import RemovedRow as Removed

TASK, MEETING = "task", "meeting"
OF_TASKS = Removal(TASK, TaskRow.__table__, "title")
OF_MEETINGS = Removal(MEETING, MeetingRow.__table__, "title")


class RemovedRow(Removed, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "removed"
    __table_args__ = indexes()
