"""What a condition may ask of a company and of a person: filters, saved views, rights."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause

from gausdo.kernel.conditions import Field, Fields, FieldType, Target
from gausdo.kernel.fields import LINKS_TO_CONSENT, LINKS_TO_SEGMENT
from gausdo.kernel.rights import may_ask
from gausdo.modules.customers.contract import COMPANIES, PEOPLE
from gausdo.modules.customers.segment_tables import members_of
from gausdo.modules.customers.tables import PersonRow
from gausdo.modules.customers.ways import document
from gausdo.platform.conditions_sql import Meant
from gausdo.platform.crypto import SealedField

SEGMENT = "segment"
"""By what a list is asked for the members of a segment."""

_COMMON = (
    Field(name="name", type=FieldType.TEXT),
    Field(name="city", type=FieldType.TEXT),
    Field(name="tags", type=FieldType.CHOICES, folded=True),
    Field(name="source", type=FieldType.TEXT),
    Field(name="owner_id", type=FieldType.PERSON),
    Field(name="team_id", type=FieldType.ID),
    Field(name="created_at", type=FieldType.TIME),
    Field(name="changed_at", type=FieldType.TIME),
    Field(
        name=SEGMENT, type=FieldType.ID, targets=frozenset({Target.SQL}), links_to=LINKS_TO_SEGMENT
    ),
)

COMPANY = Fields(
    "company",
    *_COMMON,
    Field(name="legal_name", type=FieldType.TEXT),
    Field(name="inn", type=FieldType.TEXT),
    Field(name="kpp", type=FieldType.TEXT),
    Field(name="ogrn", type=FieldType.TEXT),
    Field(name="address", type=FieldType.TEXT),
    Field(name="size", type=FieldType.NUMBER),
    Field(name="parent_id", type=FieldType.ID),
    Field(name="domain", type=FieldType.TEXT),
    Field(name="industry", type=FieldType.TEXT),
)

PERSON = Fields(
    "person",
    *_COMMON,
    Field(name="position", type=FieldType.TEXT),
    Field(name="document", type=FieldType.SEALED, targets=frozenset({Target.SQL})),
    Field(name="company_id", type=FieldType.ID),
    Field(name="consents", type=FieldType.CHOICES, links_to=LINKS_TO_CONSENT),
    Field(name="consents_withdrawn", type=FieldType.CHOICES, links_to=LINKS_TO_CONSENT),
)


DOCUMENT = SealedField("document", PersonRow, document)

Columns: TypeAlias = Mapping[str, ColumnElement[Any]]


def columns_of(fields: Fields, table: FromClause) -> Columns:
    """The columns of a table (or of an alias of it) by the fields' names; of a sealed one its
    blind index.
    """
    kept = {
        field.name: table.c[f"{field.name}_index" if field.type is FieldType.SEALED else field.name]
        for field in fields
        if field.name != SEGMENT
    }
    return {**kept, SEGMENT: Meant(table.c.id, members_of)}


HIDES: Mapping[str, str] = {"consents_withdrawn": "consents"}
"""What may be asked → the field that hides it."""

may_ask(COMPANIES, COMPANY)
may_ask(PEOPLE, PERSON, HIDES)
