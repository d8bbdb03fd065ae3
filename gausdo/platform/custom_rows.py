"""Definitions of fields that were added, as their table has them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from gausdo.kernel.custom import CustomField, CustomType

_AS = {
    CustomType.LINK: CustomType.PERSON,
    CustomType.FILE: CustomType.CHOICES,
    CustomType.SEALED: CustomType.BOOL,
}
"""What a field is written as that the release before does not know: it goes on with it as with
another of the same values.
"""


def row_of(field: CustomField, told: Mapping[str, Any]) -> dict[str, Any]:
    """`told` of the field in JSON, as a row of `custom_field`."""
    return {
        **told,
        "type": _AS.get(field.type, field.type),
        "files": field.type is CustomType.FILE,
        "sealed": field.type is CustomType.SEALED,
    }


def field_of(row: Mapping[str, Any] | RowMapping) -> CustomField:
    """A row of `custom_field`."""
    known = {
        CustomType.LINK: row["links_to"],
        CustomType.FILE: row["files"],
        CustomType.SEALED: row["sealed"],
    }
    type = next((one for one, so in known.items() if so), row["type"])
    return CustomField.model_validate({**row, "type": type})
