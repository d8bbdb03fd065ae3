"""What sales does by itself, after the fact."""

from uuid import UUID

from gausdo.modules.sales.quote_letters import send_letters
from gausdo.modules.sales.segment_members import copy
from gausdo.modules.sales.service import SalesService
from gausdo.modules.sales.stages import FOLLOW, follow
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.custom_computing import computing_jobs
from gausdo.platform.custom_files import file_jobs
from gausdo.platform.custom_rolling import rolling_jobs
from gausdo.platform.custom_turning import becoming_jobs
from gausdo.platform.jobs import Jobs
from gausdo.platform.mass import mass_jobs
from gausdo.platform.moving import follow_owners
from gausdo.platform.removed import removed_jobs
from gausdo.platform.words import words_jobs

jobs = Jobs("sales")

follow_owners(jobs, DealRow)
mass_jobs(jobs)
computing_jobs(jobs)
becoming_jobs(jobs)
rolling_jobs(jobs)
removed_jobs(jobs)
file_jobs(jobs)
words_jobs(jobs, "deal")


@jobs.every("41 * * * *", "rates")
async def rates(service: SalesService) -> None:
    """Once a day; while nobody answers, or what is read is none, again every hour."""
    await service.fetch_daily()


@jobs.every("17 * * * *", "states")
async def states(service: SalesService) -> None:
    """Of deals that were there before their states were kept, and have not changed since."""
    await service.keep_states()


@jobs.every("* * * * *", "copy_segments")
async def copy_segments(service: SalesService) -> None:
    """Members of segments that are new here, or were found anew; nothing when all are known."""
    await copy(service)


@jobs.task("send-quotes")
async def send_quotes(service: SalesService) -> None:
    await send_letters(service)


@jobs.every("* * * * *", "sweep")
async def sweep(service: SalesService) -> None:
    """What a killed process had leased, and whatever nobody was woken for."""
    await send_letters(service)


@jobs.every("7 * * * *", "chances")
async def chances(service: SalesService) -> None:
    """Once a day, in its first hour here."""
    await service.keep_chances()


@jobs.task(FOLLOW)
async def follow_stages(service: SalesService, pipeline_id: str) -> None:
    """Deals have the probability of the stage they are in, also when that is changed."""
    while await follow(service.db, UUID(pipeline_id)):
        pass
