"""What an event tells of a company or a person that a rule may wait for, and of which record."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from gausdo.kernel.events import Envelope
from gausdo.kernel.values import Value
from gausdo.modules.automation.contract import CONSENTS, CROSSINGS, Happening, RuleAbout
from gausdo.modules.automation.tables import RuleRow
from gausdo.modules.customers.contract import (
    Company,
    CompanyAdded,
    CompanyChanged,
    Person,
    PersonAdded,
    PersonChanged,
    PersonConsentGiven,
    PersonConsentWithdrawn,
    SegmentEntered,
    SegmentLeft,
)

HEARD = (
    *(CompanyAdded, CompanyChanged, PersonAdded, PersonChanged),
    *(PersonConsentGiven, PersonConsentWithdrawn, SegmentEntered, SegmentLeft),
)
_PLAIN: Mapping[str, Happening] = {
    CompanyAdded.name: Happening.COMPANY_ADDED,
    CompanyChanged.name: Happening.COMPANY_CHANGED,
    PersonAdded.name: Happening.PERSON_ADDED,
    PersonChanged.name: Happening.PERSON_CHANGED,
    PersonConsentGiven.name: Happening.CONSENT_GIVEN,
    PersonConsentWithdrawn.name: Happening.CONSENT_WITHDRAWN,
}
_GIVEN: Mapping[str, Happening] = {
    CompanyChanged.name: Happening.COMPANY_GIVEN,
    PersonChanged.name: Happening.PERSON_GIVEN,
}
_CROSSED: Mapping[str, Mapping[str, Happening]] = {
    SegmentEntered.name: {
        RuleAbout.COMPANY: Happening.COMPANY_ENTERED,
        RuleAbout.PERSON: Happening.PERSON_ENTERED,
    },
    SegmentLeft.name: {
        RuleAbout.COMPANY: Happening.COMPANY_LEFT,
        RuleAbout.PERSON: Happening.PERSON_LEFT,
    },
}


class CustomerNow(Value):
    """A company or a person as it is when the event arrives, which tells little of it."""

    about: RuleAbout
    record_id: UUID
    version: int
    owner_id: UUID
    team_id: UUID | None
    company_id: UUID | None  # where a person works
    created_at: datetime

    @classmethod
    def of(cls, about: RuleAbout, record: Company | Person) -> Self:
        company = record.company if isinstance(record, Person) else None
        return cls(
            about=about,
            record_id=record.id,
            version=record.version,
            owner_id=record.owner_id,
            team_id=record.team_id,
            company_id=company.id if company else None,
            created_at=record.created_at,
        )


def happened(envelope: Envelope) -> frozenset[Happening]:
    return frozenset(_happened(envelope))


def _happened(envelope: Envelope) -> Iterator[Happening]:
    name, body = envelope.name, envelope.body
    if name in _CROSSED:
        yield _CROSSED[name][body["kind"]]
        return
    yield _PLAIN[name]
    if name in _GIVEN and body["previous_owner_id"] not in (None, body["owner_id"]):
        yield _GIVEN[name]


def record_of(envelope: Envelope) -> UUID:
    id = envelope.body.get("record_id")
    return UUID(id) if id else envelope.subject_id


def is_awaited(rule: RuleRow, envelope: Envelope) -> bool:
    """Whether it is what the rule waits for; not what it did itself."""
    cause, what = envelope.cause, rule.happening
    if what not in happened(envelope) or (cause is not None and cause.rule_id == rule.id):
        return False
    body = envelope.body
    if what in CROSSINGS:
        return bool(body["segment_id"] == str(rule.segment_id))
    if what in CONSENTS:
        return rule.purpose_id is None or bool(body["purpose_id"] == str(rule.purpose_id))
    return not rule.watches or not set(body["fields"]).isdisjoint(rule.watches)


def told_of(envelope: Envelope) -> dict[str, Any]:
    """What a webhook is told beside the record."""
    names = ("segment_id", "purpose_id", "channels", "fields")
    return {name: envelope.body[name] for name in names if name in envelope.body}
