"""What whoever runs an installation may do with it as a whole, beside the records of modules."""

from gausdo.kernel.rights import guarded

AUDIT = guarded("administration.audit", "read", "export")
JOBS = guarded("administration.jobs", "read", "edit")
HEALTH = guarded("administration.health", "read")
CONFIGURATION = guarded("administration.configuration", "export", "import")
PARKED = guarded("events.parked", "read", "edit")
"""Events of any module that could not be applied."""
