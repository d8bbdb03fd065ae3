"""What sales does by itself, after the fact."""

from gausdo.modules.sales.tables import DealRow
from gausdo.platform.jobs import Jobs
from gausdo.platform.moving import follow_owners

jobs = Jobs("sales")

follow_owners(jobs, DealRow)
