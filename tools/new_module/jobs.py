"""What gizmos does by itself, after the fact."""

from gausdo.modules.gizmos.tables import GizmoRow
from gausdo.platform.jobs import Jobs
from gausdo.platform.moving import follow_owners

jobs = Jobs("gizmos")

follow_owners(jobs, GizmoRow)
