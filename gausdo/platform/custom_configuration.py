"""Fields that were added, as files: see `kernel/configuration.py`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Right
from gausdo.kernel.configuration import LeftAsItIs
from gausdo.kernel.custom import CustomField, CustomFieldDraft, CustomType, Key
from gausdo.kernel.errors import invalid
from gausdo.kernel.rights import Guarded
from gausdo.platform.configuration import At, Entry, Kind, first_version
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Tx

LAST = 10_000


class FieldEntry(CustomFieldDraft, Entry):
    """Its key and type stay for ever, since records have values of it."""

    key: Key
    position: Annotated[int, Field(strict=True, ge=0, le=LAST)]
    archived: bool = False


class AddedFields(Kind[FieldEntry]):
    """Of one kind of record, in a file of its own: `deal-fields`."""

    entry = FieldEntry
    adding = "edit"

    def __init__(self, fields: CustomFields, of: str, guarded: Guarded, reading: Right) -> None:
        self.fields, self.of = fields, of
        self.name, self.guarded, self.reading = f"{of}-fields", guarded, reading  # type: ignore[misc]

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[FieldEntry]:
        fields = await self.fields.there(tx, self.of, lock=lock)
        return [FieldEntry.model_validate(_told(field)) for field in fields]

    async def add(self, at: At, wanted: FieldEntry) -> None:
        version = await first_version(at.tx, wanted.id)
        made = self._made(wanted, version)
        await self.fields.bring(at.tx, made, None)

    def _made(self, wanted: FieldEntry, version: int) -> CustomField:
        told = wanted.model_dump() | {"type": wanted.type or CustomType.TEXT}
        kept = {"uses": (), "computing": None, "becoming": None, "came_of": None}
        return CustomField.model_validate({**kept, **told, "of": self.of, "version": version})

    async def change(self, at: At, wanted: FieldEntry, fields: Mapping[str, Any]) -> None:
        if stays := sorted({"key", "type"} & fields.keys()):
            raise invalid(stays[0], "kind", "Records have values of it: it stays.")
        [before] = [one for one in await self.fields.there(at.tx, self.of) if one.id == wanted.id]
        made = self._made(wanted, before.version + 1).model_copy(update={"came_of": before.came_of})
        await self.fields.bring(at.tx, made, before)

    async def remove(self, at: At, id: UUID) -> None:  # noqa: ARG002 - none goes
        raise LeftAsItIs("A field is put away, and not removed: records have values of it.")


def _told(field: CustomField) -> dict[str, Any]:
    return field.model_dump(mode="json", exclude=_OURS)


_OURS = {"of", "version", "uses", "computing", "becoming", "came_of"}
