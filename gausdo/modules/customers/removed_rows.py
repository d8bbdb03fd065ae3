"""Companies and people that were taken away, as they are kept."""

from sqlalchemy import ColumnElement, Index, Text, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB, array

from gausdo.modules.customers.schema import schema
from gausdo.platform.removed import RemovedRow as Removed
from gausdo.platform.removed import indexes

_INN = "(\"row\" ->> 'inn')"
_REACHED = 'jsonb_path_query_array(beside, \'$."customers.reach"[*]."normal"\')'


class RemovedRow(Removed, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "removed"
    __table_args__ = (
        *indexes(),
        # Who is added once more is told of the one that was deleted.
        Index("ix_removed_inn", text(_INN)),
        Index("ix_removed_reached", text(_REACHED), postgresql_using="gin"),
    )


def has_inn(inn: str) -> ColumnElement[bool]:
    return literal_column(_INN, Text) == inn


def is_reached_by(emails: list[str]) -> ColumnElement[bool]:
    told: ColumnElement[bool] = literal_column(_REACHED, JSONB).has_any(array(emails, type_=Text))
    return told
