"""Companies and people that were taken away, as they are kept."""

from gausdo.modules.customers.schema import schema
from gausdo.platform.removed import RemovedRow as Removed


class RemovedRow(Removed, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "removed"
