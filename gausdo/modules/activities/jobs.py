"""What activities does by itself, after the fact."""

from gausdo.modules.activities.tables import TaskRow
from gausdo.platform.jobs import Jobs
from gausdo.platform.moving import follow_owners

jobs = Jobs("activities")

follow_owners(jobs, TaskRow)
