"""Data keys: what values are sealed with. They lie in the module's schema, wrapped.

A module that seals has the table `data_key`: one key of its own, and one for each person whose
values are to be erased by destroying it.
"""

from uuid import UUID

from sqlalchemy import CheckConstraint, Column, LargeBinary, Table, Text, Uuid, func

from gausdo.platform.db.schema import TIME, Schema

MODULE = UUID(int=0)
"""The subject of the key that is nobody's own."""


def data_keys(schema: Schema) -> Table:
    """In `tables.py` of a module that seals; its migration makes the table.

    `wrapped_by` is the id of a ring's key. Of a key that was destroyed the row stays, so that none
    is made again for the same subject.
    """
    return Table(
        "data_key",
        schema.metadata,
        Column("id", Uuid, primary_key=True),
        Column("subject_id", Uuid, nullable=False, unique=True),
        Column("wrapped", LargeBinary),
        Column("wrapped_by", Text),
        Column("made_at", TIME, nullable=False, server_default=func.now()),
        Column("destroyed_at", TIME),
        CheckConstraint("(wrapped is null) = (destroyed_at is not null)", "destroyed"),
        CheckConstraint("(wrapped is null) = (wrapped_by is null)", "wrapped"),
    )


def table_of(schema: Schema) -> Table | None:
    """The module's data keys, when it seals anything."""
    return schema.metadata.tables.get(f"{schema.name}.data_key")
