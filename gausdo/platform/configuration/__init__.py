"""The configuration: what kinds of things there are, what differs, and files of them."""

from gausdo.platform.configuration.kind import At, Entry, Ids, Kind, Lines, first_version
from gausdo.platform.configuration.service import ConfiguredService, Kinds

__all__ = ["At", "ConfiguredService", "Entry", "Ids", "Kind", "Kinds", "Lines", "first_version"]
