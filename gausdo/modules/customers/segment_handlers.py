"""How segments follow what happens to companies and people, and around them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.kernel.fields import CUSTOM
from gausdo.modules.activities.contract import (
    MeetingAdded,
    MeetingChanged,
    MeetingRemoved,
    MeetingRestored,
    NoteAdded,
    NoteRemoved,
    NoteRestored,
    TaskAdded,
    TaskChanged,
    TaskRemoved,
    TaskRestored,
)
from gausdo.modules.communications.contract import LetterSent
from gausdo.modules.customers import contract as told
from gausdo.modules.customers.added_contract import CustomerFieldChanged
from gausdo.modules.customers.around import Around, Told, keep
from gausdo.modules.customers.segment_members import fill_anew, look_at
from gausdo.modules.sales.contract import (
    DealChanged,
    DealMoved,
    DealOpened,
    DealRemoved,
    DealRestored,
)
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database, Tx

PORTION = 200
"""Deals that sales answers at once."""
COMPANY, PERSON = "company", "person"
_SIDES = {"company_id": COMPANY, "contact_id": PERSON}
_WRITTEN = frozenset({NoteAdded.name, TaskAdded.name, LetterSent.name})
"""What is something that happened at once, whatever timelines have of it by now."""
Records = dict[str, set[UUID]]


class Service(Protocol):
    @property
    def db(self) -> Database: ...
    @property
    def fields(self) -> CustomFields: ...
    @property
    def around(self) -> Around: ...


class Seen(NamedTuple):
    """What is told of the records of each kind, and when something was just written of them."""

    told: dict[str, Told]
    at: dict[UUID, datetime]


NOTHING = Seen({COMPANY: {}, PERSON: {}}, {})
"""Is told while no segment asks for it."""


async def _around_deals(service: Service, envelopes: list[Envelope]) -> Seen:
    if not await service.around.is_kept():
        return NOTHING
    found: Records = {COMPANY: set(), PERSON: set()}
    for kind, id in (one for envelope in envelopes for one in _with(envelope.body)):
        found[kind].add(id)
    return Seen(await _told(service, found), {})


def _with(body: dict[str, Any]) -> Iterator[tuple[str, UUID]]:
    """Whom a deal is with, and was with before."""
    changes = body.get("changes", {})
    for field, kind in _SIDES.items():
        for id in (body.get(field), *changes.get(field, ())):
            if id is not None:
                yield kind, UUID(id)


async def _around_activity(service: Service, envelopes: list[Envelope]) -> Seen:
    """Of whom it is told: the record itself, those of a deal, and the company of a person."""
    if not await service.around.is_kept():
        return NOTHING
    about: dict[tuple[str, UUID], datetime | None] = {}
    for envelope in envelopes:
        kind, id = envelope.body.get("about_kind"), envelope.body.get("about_id")
        if kind is not None and id is not None:
            written = envelope.at if envelope.name in _WRITTEN else None
            key = (kind, UUID(id))
            about[key] = max(filter(None, (about.get(key), written)), default=None)
    deals = [id for kind, id in about if kind == "deal"]
    found: Records = {of: {id for kind, id in about if kind == of} for of in (COMPANY, PERSON)}
    at: dict[UUID, datetime | None] = {id: when for (_, id), when in about.items()}
    for start in range(0, len(deals), PORTION):
        for deal in await service.around.sales().find_deals(SYSTEM, deals[start : start + PORTION]):
            for side, kind in ((deal.company, COMPANY), (deal.contact, PERSON)):
                if side is not None:
                    found[kind].add(side.id)
                    at[side.id] = max(
                        filter(None, (at.get(side.id), at.get(deal.id))), default=None
                    )
    found[COMPANY] |= {*await service.around.employers(found[PERSON])}
    return Seen(
        await _told(service, found), {id: when for id, when in at.items() if when is not None}
    )


async def _around_themselves(service: Service, envelopes: list[Envelope]) -> Seen:
    """Who was merged or parted has others' deals around them from now on."""
    if not await service.around.is_kept():
        return NOTHING
    crossed = {told.CompanyMerged.name, told.PersonMerged.name}
    crossed |= {told.CompanyParted.name, told.PersonParted.name}
    found: Records = {COMPANY: set(), PERSON: set()}
    for envelope in envelopes:
        if envelope.name in crossed:
            ids = (envelope.body.get("into_id"), envelope.body.get("from_id"))
            found[envelope.kind] |= {UUID(id) for id in ids if id} | {envelope.subject_id}
    return Seen(await _told(service, found), {})


async def _told(service: Service, found: Records) -> dict[str, Told]:
    return {
        kind: await service.around.told(await service.around.records(kind, ids)) if ids else {}
        for kind, ids in found.items()
    }


async def _follow(
    service: Service, envelopes: list[Envelope], tx: Tx, seen: Seen, beside: Records
) -> None:
    for kind, around in seen.told.items():
        await keep(tx, around, seen.at)
        if ids := {*around, *beside.get(kind, ())}:
            why = _reasons(envelopes)
            await look_at(service, tx, kind, ids, {id: why.get(id, why[None]) for id in ids})


def _reasons(envelopes: list[Envelope]) -> dict[UUID | None, Envelope]:
    """The event that tells of each record, and at None of any other. Of several it is one that is
    not quiet, from the longest chain, which therefore ends.
    """
    why: dict[UUID | None, Envelope] = {}
    for envelope in sorted(envelopes, key=_loudness):
        why[None] = why[envelope.subject_id] = envelope
        why |= dict.fromkeys((id for _, id in _with(envelope.body)), envelope)
        if (about := envelope.body.get("about_id")) is not None:
            why[UUID(about)] = envelope
    return why


def _loudness(envelope: Envelope) -> tuple[bool, int]:
    cause = envelope.cause
    return cause is None or not cause.quiet, cause.depth if cause else 0


async def follow_around(service: Service, envelopes: list[Envelope], seen: Seen, tx: Tx) -> None:
    await _follow(service, envelopes, tx, seen, {})


async def follow_own(service: Service, envelopes: list[Envelope], seen: Seen, tx: Tx) -> None:
    await _follow(service, envelopes, tx, seen, _touched(envelopes))


def _touched(envelopes: Iterable[Envelope]) -> Records:
    found: Records = {COMPANY: set(), PERSON: set()}
    for envelope in envelopes:
        found[envelope.kind].add(envelope.subject_id)
    return found


async def follow_fields(service: Service, envelopes: list[Envelope], _: None, tx: Tx) -> None:
    """What a field gives is another from now on, or it is there no more, or again."""
    changed = {(one.body["of"], one.subject_id) for one in envelopes}
    for kind in sorted({kind for kind, _ in changed}):
        for field in await service.fields.there(tx, kind):
            if (kind, field.id) in changed:
                await fill_anew(tx, kind, CUSTOM + field.key)


def follow_segments(on: Subscriptions) -> None:
    """Listen to whatever a condition of a segment may ask about."""
    on.batch(CustomerFieldChanged)(follow_fields)
    on.batch(
        told.CompanyAdded,
        told.CompanyChanged,
        told.CompanyMerged,
        told.CompanyParted,
        told.CompanyRemoved,
        told.CompanyRestored,
        told.PersonAdded,
        told.PersonChanged,
        told.PersonErased,
        told.PersonMerged,
        told.PersonParted,
        told.PersonRemoved,
        told.PersonRestored,
        told.PersonConsentGiven,
        told.PersonConsentWithdrawn,
        told.PersonConsentExpired,
        prepare=_around_themselves,
    )(follow_own)
    on.batch(DealOpened, DealChanged, DealMoved, DealRemoved, DealRestored, prepare=_around_deals)(
        follow_around
    )
    on.batch(
        TaskAdded,
        TaskChanged,
        TaskRemoved,
        TaskRestored,
        NoteAdded,
        NoteRemoved,
        NoteRestored,
        MeetingAdded,
        MeetingChanged,
        MeetingRemoved,
        MeetingRestored,
        LetterSent,
        prepare=_around_activity,
    )(follow_around)
