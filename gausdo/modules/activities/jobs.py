"""What activities does by itself, after the fact."""

from gausdo.modules.activities.files import forget_loose
from gausdo.modules.activities.filling import Service as FilledFrom
from gausdo.modules.activities.filling import fill
from gausdo.modules.activities.meeting_tables import MeetingRow
from gausdo.modules.activities.notes import forget_removed
from gausdo.modules.activities.outside_reading import Reads, read_accounts
from gausdo.modules.activities.reminding import Service, forget_told, tell_due
from gausdo.modules.activities.tables import TaskRow
from gausdo.platform.jobs import Jobs
from gausdo.platform.mass import mass_jobs
from gausdo.platform.moving import follow_owners
from gausdo.platform.removed import removed_jobs
from gausdo.platform.words import words_jobs

jobs = Jobs("activities")

follow_owners(jobs, TaskRow, MeetingRow)
words_jobs(jobs, "task")
removed_jobs(jobs)
mass_jobs(jobs)


@jobs.every("* * * * *", "remind")
async def remind(service: Service) -> None:
    """What is due, and what was due while nobody was there to tell it."""
    while await tell_due(service.db):
        pass
    await forget_told(service.db)


@jobs.every("* * * * *", "fill-timelines")
async def fill_timelines(service: FilledFrom) -> None:
    """With what happened before they were kept; nothing when they are full."""
    await fill(service)


@jobs.task("read_outside")
async def read_outside(service: Reads) -> None:
    """Calendars of elsewhere that are due. Read twice, they are as if read once."""
    await read_accounts(service)


@jobs.every("*/5 * * * *", "read-outside")
async def read_waiting(service: Reads) -> None:
    """What a killed process had leased, and whatever nobody was woken for."""
    await read_accounts(service)


@jobs.every("17 * * * *", "forget-notes")
async def forget_notes(service: Service) -> None:
    await forget_removed(service.db)
    await forget_loose(service.db)
