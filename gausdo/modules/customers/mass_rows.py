"""The mass edits of companies and people, as they are kept."""

from gausdo.modules.customers.tables import schema
from gausdo.platform.mass_tables import MassEditRow, MassItemRow


class MassRow(MassEditRow, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "mass_edit"


class ItemRow(MassItemRow, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "mass_item"
