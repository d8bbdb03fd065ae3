"""Purposes of consents as files: see `kernel/configuration.py`. None is removed by them: somebody
may have agreed to it.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.configuration import ThingNeeded
from gausdo.kernel.errors import invalid
from gausdo.kernel.values import Line, LongLine
from gausdo.modules.customers import access, purposes
from gausdo.modules.customers.consent_tables import PurposeRow
from gausdo.modules.customers.consents_contract import PURPOSES, ConsentPurposeDraft
from gausdo.modules.customers.tables import PersonRow
from gausdo.platform.configuration import At, Entry, Kind, Lines
from gausdo.platform.db import Tx


class PurposeEntry(Entry):
    name: Line
    about: LongLine | None = None
    by_channel: bool = False
    text: Lines = ""
    archived: bool = False


class ConsentPurposes(Kind[PurposeEntry]):
    """Those Gausdo comes with among them."""

    name = "consent_purposes"
    entry = PurposeEntry
    guarded = PURPOSES
    reading = access.right(PersonRow, "read")
    adding = "edit"

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[PurposeEntry]:
        if lock:
            await tx.session.scalars(select(PurposeRow).with_for_update())
        known = sorted(await purposes.every(tx), key=lambda one: one.id)
        return [PurposeEntry.model_validate(one, from_attributes=True) for one in known]

    async def add(self, at: At, wanted: PurposeEntry) -> None:
        told = wanted.model_dump(include=set(ConsentPurposeDraft.model_fields))
        await purposes.add(at.tx, at.actor, ConsentPurposeDraft(**told), wanted.id)
        if wanted.archived:
            await at.tx.session.flush()
            await purposes.change(at.tx, at.actor, wanted.id, {"archived": True})

    async def change(self, at: At, wanted: PurposeEntry, fields: Mapping[str, Any]) -> None:
        if "by_channel" in fields:
            raise invalid("by_channel", "by-channel", "Consents were given as it is: it stays.")
        told = {name: getattr(wanted, name) for name in fields}
        await purposes.change(at.tx, at.actor, wanted.id, told)

    async def remove(self, at: At, id: UUID) -> None:  # noqa: ARG002 - whichever it is
        raise ThingNeeded("A purpose is not removed: archive it.")
