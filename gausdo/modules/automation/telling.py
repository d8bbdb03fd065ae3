"""What an event is news of, and to whom."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from gausdo.kernel.events import Envelope, Event
from gausdo.kernel.imports import ImportState
from gausdo.modules.activities.contract import (
    PeopleMentioned,
    ReminderDue,
    TaskAdded,
    TaskChanged,
)
from gausdo.modules.automation.notices_contract import NoticeAbout, NoticeKind
from gausdo.modules.customers.contract import (
    CompanyAdded,
    CompanyChanged,
    PersonAdded,
    PersonChanged,
)
from gausdo.modules.integrations.contract import ImportChanged
from gausdo.modules.sales.contract import (
    DealChanged,
    DealMoved,
    DealOpened,
    QuoteAccepted,
    QuoteDeclined,
    QuoteOpened,
    StageKind,
)


class News(NamedTuple):
    """One happening, for one person. `record_id` is None where a topic is of many records."""

    event_id: UUID
    person_id: UUID
    kind: NoticeKind
    about: NoticeAbout
    record_id: UUID | None
    topic_id: UUID
    actor_id: UUID | None
    at: datetime
    when_at: datetime | None = None  # when what it reminds of is due, or begins


_MOVED = {
    StageKind.OPEN: NoticeKind.DEAL_MOVED,
    StageKind.WON: NoticeKind.DEAL_WON,
    StageKind.LOST: NoticeKind.DEAL_LOST,
}
_OVER = frozenset({ImportState.DONE, ImportState.FAILED, ImportState.STOPPED})


class To(NamedTuple):
    """Who is told what; `record_id` where it is of another record than the event."""

    kind: NoticeKind
    about: NoticeAbout
    person_id: UUID
    record_id: UUID | None = None
    when_at: datetime | None = None


Telling = Callable[[Mapping[str, Any]], Iterator[To]]


def _assigned(about: NoticeAbout) -> Telling:
    """A record that somebody has now and did not have before."""

    def told(body: Mapping[str, Any]) -> Iterator[To]:
        if body["owner_id"] != body.get("previous_owner_id"):
            yield To(NoticeKind.ASSIGNED, about, UUID(body["owner_id"]))

    return told


def _reassigned(about: NoticeAbout) -> Telling:
    """The same of a change, which tells no owner before where there was no other."""

    def told(body: Mapping[str, Any]) -> Iterator[To]:
        before = body.get("previous_owner_id")
        if before is not None and body["owner_id"] != before:
            yield To(NoticeKind.ASSIGNED, about, UUID(body["owner_id"]))

    return told


def _moved(body: Mapping[str, Any]) -> Iterator[To]:
    if body["stage_id"] != body["from_stage_id"]:
        yield To(_MOVED[StageKind(body["kind"])], "deal", UUID(body["owner_id"]))


def _of_quote(kind: NoticeKind) -> Telling:
    """Whose deal it is of."""

    def told(body: Mapping[str, Any]) -> Iterator[To]:
        yield To(kind, "deal", UUID(body["owner_id"]), UUID(body["deal_id"]))

    return told


def _import_over(body: Mapping[str, Any]) -> Iterator[To]:
    if body["state"] in _OVER:
        yield To(NoticeKind.IMPORT_ENDED, "import", UUID(body["owner_id"]))


def _meeting_soon(body: Mapping[str, Any]) -> Iterator[To]:
    person_id, meeting_id = UUID(body["person_id"]), UUID(body["meeting_id"])
    begins_at = datetime.fromisoformat(body["begins_at"])
    yield To(NoticeKind.MEETING_SOON, "meeting", person_id, meeting_id, begins_at)


def _mentioned(body: Mapping[str, Any]) -> Iterator[To]:
    for person_id in body["person_ids"]:
        yield To(NoticeKind.MENTIONED, body["about_kind"], UUID(person_id))


TELLING: Mapping[type[Event], Telling] = {
    DealOpened: _assigned("deal"),
    DealChanged: _reassigned("deal"),
    DealMoved: _moved,
    QuoteOpened: _of_quote(NoticeKind.QUOTE_OPENED),
    QuoteAccepted: _of_quote(NoticeKind.QUOTE_ACCEPTED),
    QuoteDeclined: _of_quote(NoticeKind.QUOTE_DECLINED),
    TaskAdded: _assigned("task"),
    TaskChanged: _reassigned("task"),
    CompanyAdded: _assigned("company"),
    CompanyChanged: _reassigned("company"),
    PersonAdded: _assigned("person"),
    PersonChanged: _reassigned("person"),
    ImportChanged: _import_over,
    ReminderDue: _meeting_soon,
    PeopleMentioned: _mentioned,
}
"""Another kind of news is one more line here, and an event that says whom it is for."""
_BY_NAME = {event.name: telling for event, telling in TELLING.items()}
_OF_ITS_END = frozenset({ImportChanged.name})
"""What one waits for oneself is news, though one has begun it."""


def news_of(envelope: Envelope) -> Iterator[News]:
    """Nothing of what one does oneself; of a rule in one's name one is told."""
    for kind, about, person_id, of, when_at in _BY_NAME[envelope.name](envelope.body):
        own = envelope.actor_id == person_id and envelope.via != "rule"
        if own and envelope.name not in _OF_ITS_END:
            continue
        cause = envelope.cause
        many = cause and (cause.mass_edit_id or cause.import_id)
        record_id = of or envelope.subject_id
        yield News(
            event_id=envelope.event_id,
            person_id=person_id,
            kind=kind,
            about=about,
            record_id=None if many else record_id,
            topic_id=many or record_id,
            actor_id=None if own else envelope.actor_id,
            at=envelope.at,
            when_at=when_at,
        )


def key_of(*parts: object) -> UUID:
    """In the place of an event's id, for what no event tells: the same of the same."""
    said = hashlib.sha256(" ".join(map(str, parts)).encode()).digest()
    return UUID(bytes=said[:16])
