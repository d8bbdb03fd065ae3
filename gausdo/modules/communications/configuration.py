"""Templates of letters as files: see `kernel/configuration.py`."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from gausdo.modules.communications import access
from gausdo.modules.communications.contract import (
    TEMPLATES,
    TemplateChange,
    TemplateDraft,
    TemplateRemoved,
    TemplateSaved,
)
from gausdo.modules.communications.tables import TemplateRow
from gausdo.platform.configuration import At, Entry, Kind, Lines, first_version
from gausdo.platform.db import Tx


class TemplateEntry(TemplateDraft, Entry):
    body: Lines


class Templates(Kind[TemplateEntry]):
    name = "templates"
    entry = TemplateEntry
    guarded = TEMPLATES
    reading = access.READ_TEMPLATE

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[TemplateEntry]:
        query = select(TemplateRow).order_by(TemplateRow.id)
        rows = await tx.session.scalars(query.with_for_update() if lock else query)
        names = TemplateEntry.model_fields
        return [TemplateEntry(**{name: getattr(row, name) for name in names}) for row in rows]

    async def add(self, at: At, wanted: TemplateEntry) -> None:
        draft = TemplateDraft(**_fields(wanted))
        version = await first_version(at.tx, wanted.id)
        row = TemplateRow.write(draft, wanted.id, version)
        at.tx.add(row)
        at.tx.publish(TemplateSaved(template_id=row.id, version=row.version))

    async def change(self, at: At, wanted: TemplateEntry, fields: Mapping[str, Any]) -> None:
        row = await at.tx.session.get_one(TemplateRow, wanted.id)
        changes = row.change(TemplateChange(version=row.version, **fields))
        at.tx.publish(TemplateSaved(template_id=row.id, version=row.version), changes=changes)

    async def remove(self, at: At, id: UUID) -> None:
        row = await at.tx.session.get_one(TemplateRow, id)
        at.tx.publish(TemplateRemoved(template_id=id), changes={"name": (row.name, None)})
        await at.tx.session.delete(row)


def _fields(wanted: TemplateEntry) -> Mapping[str, Any]:
    return {name: getattr(wanted, name) for name in TemplateDraft.model_fields}
