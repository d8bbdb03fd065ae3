"""What customers does by itself, after the fact."""

from uuid import UUID

from gausdo.modules.customers import pairs
from gausdo.modules.customers.around import ask_once
from gausdo.modules.customers.segment_members import fill
from gausdo.modules.customers.service import CustomersService
from gausdo.modules.customers.tables import CompanyRow, PersonRow
from gausdo.platform.custom_computing import computing_jobs
from gausdo.platform.custom_files import file_jobs
from gausdo.platform.custom_rolling import rolling_jobs
from gausdo.platform.custom_turning import becoming_jobs
from gausdo.platform.jobs import Jobs
from gausdo.platform.mass import mass_jobs
from gausdo.platform.moving import follow_owners
from gausdo.platform.removed import removed_jobs
from gausdo.platform.words import words_jobs

jobs = Jobs("customers")

follow_owners(jobs, CompanyRow, PersonRow)
mass_jobs(jobs)
computing_jobs(jobs)
becoming_jobs(jobs)
rolling_jobs(jobs)
removed_jobs(jobs)
file_jobs(jobs)
words_jobs(jobs, "company", "person")


@jobs.task("forget")
async def forget(service: CustomersService, person_id: str) -> None:
    """A person, on request; what was killed half-way goes on."""
    await service.forgetting.forget(UUID(person_id))


@jobs.every("* * * * *", "fill_segments")
async def fill_segments(service: CustomersService) -> None:
    """Whose condition is new, or asks how long ago something was; nothing when all are found."""
    await ask_once(service)
    await fill(service)


@jobs.every("5 * * * *", "expire_consents")
async def expire_consents(service: CustomersService) -> None:
    """Those whose last day is over; days begin at other hours elsewhere."""
    await service.expire_consents()
    await service.settle_withdrawn()


@jobs.task("look")
async def look(service: CustomersService) -> None:
    """Whom the records may be twice that have come or changed."""
    await pairs.look(service.db)
