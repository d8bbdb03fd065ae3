"""What customers does by itself, after the fact."""

from gausdo.modules.customers.tables import CompanyRow, PersonRow
from gausdo.platform.jobs import Jobs
from gausdo.platform.moving import follow_owners

jobs = Jobs("customers")

follow_owners(jobs, CompanyRow, PersonRow)
