"""The mass edits of tasks, as they are kept."""

from gausdo.modules.activities.tables import schema
from gausdo.platform.mass_tables import MassEditRow, MassItemRow


class MassRow(MassEditRow, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "mass_edit"


class ItemRow(MassItemRow, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "mass_item"
