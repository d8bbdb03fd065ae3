"""What people are asked to agree to: those Gausdo comes with, and those people have written.

A purpose Gausdo comes with is stored once it is changed, as a role is. None is ever removed:
somebody may have agreed to it.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.values import new_id
from gausdo.modules.customers.consent_tables import PurposeRow, WordingRow, key_of
from gausdo.modules.customers.consents_contract import (
    MOST_PURPOSES,
    ConsentPurpose,
    ConsentPurposeDraft,
    ConsentWording,
    TooManyPurposes,
)
from gausdo.platform.db import Tx
from gausdo.platform.known import user_name


def _shipped(number: int, code: str, name: str, *, by_channel: bool) -> ConsentPurpose:
    return ConsentPurpose(
        id=UUID(f"01900000-0000-7000-8000-{number:012d}"),
        code=code,
        name=name,
        about=None,
        by_channel=by_channel,
        text="",
        wording=0,
        archived=False,
        version=1,
    )


SHIPPED: Mapping[UUID, ConsentPurpose] = {
    one.id: one
    for one in (
        _shipped(101, "advertising", "Advertising", by_channel=True),
        _shipped(102, "personal-data", "Processing of personal data", by_channel=False),
        _shipped(103, "service", "Service messages", by_channel=True),
    )
}
"""Advertising needs consent beforehand, by whatever channel (38-FZ, article 18); the processing of
personal data needs one of its own (152-FZ, article 9). The texts are the company's to write.
"""
EMPTIED = frozenset({"about"})
"""What a change takes away by naming nothing."""


async def every(tx: Tx) -> list[ConsentPurpose]:
    """The archived ones last, else in the order they were made in."""
    rows = await tx.session.scalars(select(PurposeRow))
    known = {**SHIPPED, **{row.id: row.shown() for row in rows}}
    return sorted(known.values(), key=lambda one: (one.archived, one.id))


async def one(tx: Tx, id: UUID) -> ConsentPurpose:
    """Raises NotFound."""
    row = await tx.session.get(PurposeRow, id)
    found = row.shown() if row is not None else SHIPPED.get(id)
    if found is None:
        raise missing()
    return found


def missing() -> NotFound:
    return NotFound("There is no such purpose.")


async def wordings(tx: Tx, id: UUID) -> list[ConsentWording]:
    """The latest first. Raises NotFound."""
    await one(tx, id)
    by_name = user_name(tx.schema, WordingRow.__table__.c.by_id).label("by_name")
    query = select(WordingRow, by_name).where(WordingRow.purpose_id == id)
    found = await tx.session.execute(query.order_by(WordingRow.number.desc()))
    return [
        ConsentWording(number=row.number, text=row.text, at=row.at, by_name=name)
        for row, name in found
    ]


async def has_wording(tx: Tx, id: UUID, number: int) -> bool:
    return number == 0 or await tx.session.get(WordingRow, (id, number)) is not None


async def add(
    tx: Tx, actor: Actor, draft: ConsentPurposeDraft, id: UUID | None = None
) -> PurposeRow:
    """Raises Invalid when another is called so, TooManyPurposes."""
    known = await every(tx)
    if len(known) >= MOST_PURPOSES:
        told = f"There are {MOST_PURPOSES} purposes already."
        raise TooManyPurposes(told, data={"at_most": MOST_PURPOSES})
    _demand_free(known, draft.name)
    row = PurposeRow(
        id=id or new_id(),
        code="",
        wording=1 if draft.text else 0,
        archived=False,
        version=1,
        **draft.model_dump(),
    )
    tx.add(row)
    if draft.text:
        tx.add(WordingRow.of(row, actor.id))
    beginnings = {name: (None, value) for name, value in draft if value not in (None, "")}
    tx.publish(row.changed(), changes=beginnings)
    return row


async def change(
    tx: Tx, actor: Actor, id: UUID, wanted: Mapping[str, Any], version: int | None = None
) -> PurposeRow:
    """`version`: from which it is changed, whichever it is unless told. Raises NotFound, Stale,
    Invalid when another is called so.
    """
    row = await tx.session.get(PurposeRow, id, with_for_update=True)
    if row is None:
        if id not in SHIPPED:
            raise missing()
        row = PurposeRow.keep(SHIPPED[id])
        tx.add(row)
        await tx.session.flush()
    if version is not None:
        await tx.fresh(row, version)
    told = {name: value for name, value in wanted.items() if value is not None or name in EMPTIED}
    if "name" in told:
        _demand_free([one for one in await every(tx) if one.id != id], told["name"])
    if changes := row.change(told):
        if "text" in changes:
            tx.add(WordingRow.of(row, actor.id))
        tx.publish(row.changed(), changes=changes)
    return row


def _demand_free(known: Sequence[ConsentPurpose], name: str) -> None:
    if key_of(name) in {key_of(one.name) for one in known}:
        raise invalid("name", "name-taken", "Another purpose is called so.")
