"""Files of fields that were added to companies and people, as they are stored."""

from gausdo.modules.customers.schema import schema
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
HELD_BESIDE = """
    (r.id is not null or d.id is not null) and exists (
        select from customers.merge m
        where m.canonical_id = f.record_id and m.parted_at is null
            and strpos(m.merged::text, f.id::text) > 0
    )
    or exists (select from customers.consent c where c.proof_file_id = f.id)
    or coalesce(strpos(d.beside::text, f.id::text), 0) > 0
"""
"""What a record was that is a part of another holds its files as well: it may come back. So does
what somebody has said, also while they are deleted.
"""
