"""What some of the demo's people have said when they were met: agreed, or refused."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from gausdo.demo.world_records import Person
from gausdo.kernel.values import new_id
from gausdo.modules.customers.consent_tables import ConsentRow
from gausdo.modules.customers.consents import CONSENTS, key_of
from gausdo.modules.customers.consents_contract import (
    Channel,
    ConsentSource,
    PersonConsentGiven,
    PersonConsentWithdrawn,
)
from gausdo.modules.customers.purposes import SHIPPED
from gausdo.modules.customers.tables import PersonRow

ADVERTISING, PERSONAL_DATA, _ = SHIPPED
_ANYTHING, _BY_MAIL = (Channel.ANY,), (Channel.EMAIL,)
_TEXT = (Channel.EMAIL, Channel.SMS)


class Said(NamedTuple):
    entry: ConsentRow
    event: PersonConsentGiven | PersonConsentWithdrawn
    changes: dict[str, tuple[Any, Any]]


def said_by(person: Person, row: PersonRow) -> Iterator[Said]:
    """By some number of theirs, so that others of the world stay as they are."""
    match person.id.int % 12:
        case 0 | 1:
            yield _said(row, PERSONAL_DATA, _ANYTHING, ConsentSource.FORM)
            yield _said(row, ADVERTISING, _BY_MAIL, ConsentSource.FORM)
        case 2:
            yield _said(row, PERSONAL_DATA, _ANYTHING, ConsentSource.PAPER)
            yield _said(row, ADVERTISING, _TEXT, ConsentSource.PERSON)
        case 3:
            yield _said(row, ADVERTISING, (Channel.CALL,), ConsentSource.CALL, given=False)


def _said(
    row: PersonRow,
    purpose_id: UUID,
    channels: tuple[Channel, ...],
    source: ConsentSource,
    *,
    given: bool = True,
) -> Said:
    at = row.changed_at = row.changed_at + timedelta(seconds=1)
    entry = ConsentRow(
        id=new_id(),
        person_id=row.id,
        purpose_id=purpose_id,
        given=given,
        channels=[*channels],
        at=at,
        until=None,
        wording=0,
        source=source,
        proof_text=None,
        proof_link=None,
        proof_ip=None,
        proof_file_id=None,
        recorded_at=at,
        by_id=row.owner_id,
    )
    changes: dict[str, tuple[Any, Any]] = {}
    if given:
        before = row.consents or []
        row.consents = sorted([*before, *(key_of(purpose_id, one) for one in channels)])
        changes = {CONSENTS: (before, row.consents)}
    else:
        row.consents_withdrawn = sorted(key_of(purpose_id, one) for one in channels)
    row.version += 1
    facts = row.added().model_dump() | {
        "purpose_id": purpose_id,
        "channels": channels,
        "source": source,
    }
    if given:
        return Said(entry, PersonConsentGiven(**facts, until=None), changes)
    return Said(entry, PersonConsentWithdrawn(**facts), changes)
