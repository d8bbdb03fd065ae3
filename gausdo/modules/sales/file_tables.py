"""Files of fields that were added to deals, as they are stored."""

from gausdo.modules.sales.tables import schema
from gausdo.platform.custom_files import FieldFile, field_file_indexes
from gausdo.platform.files import Content, Portion, Store


class FileRow(FieldFile, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "file"
    __table_args__ = field_file_indexes()


class ContentRow(Content, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "file_content"


class PortionRow(Portion, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "file_portion"


STORE = Store(FileRow, ContentRow, PortionRow)
