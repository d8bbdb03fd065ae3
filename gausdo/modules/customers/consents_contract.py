"""What people have agreed to: purposes, consents and their proof; a part of the contract."""

from datetime import date
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import AfterValidator, Field, StrictBool, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.files import KeepsProofs, SentFile
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Line, LongLine, Text, Time, Value
from gausdo.modules.customers.events import PersonAdded

PURPOSES = guarded("customers.purpose", "edit")
"""What people are asked to agree to; recording what somebody has agreed to is to change them."""

MOST_PURPOSES = 100
MOST_ENTRIES = 1000
"""Of one person, withdrawals among them."""
PAGE = 50


class Channel(StrEnum):
    EMAIL = "email"
    CALL = "call"
    SMS = "sms"
    MESSENGER = "messenger"
    POST = "post"
    ANY = "any"  # of a purpose that is not about how one is reached


CHANNELS = tuple(one for one in Channel if one is not Channel.ANY)


class ConsentSource(StrEnum):
    """How the person has said so."""

    FORM = "form"
    LETTER = "letter"
    CALL = "call"
    PAPER = "paper"
    PERSON = "person"  # face to face
    MESSENGER = "messenger"
    IMPORT = "import"
    API = "api"


Wording = Annotated[Text, StringConstraints(strip_whitespace=True)]
Link = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)]


def _address(told: str) -> str:
    try:
        return str(ip_address(told))
    except ValueError:
        raise ValueError("This is no IP address.") from None


Address = Annotated[str, StringConstraints(max_length=45), AfterValidator(_address)]


class ConsentPurpose(Value):
    """`code` says which of those Gausdo comes with it is, as long as it is called so. `wording` is
    the number of its present `text`, 0 while nobody has written one. Of one that is not
    `by_channel` there is one consent for all of it. `archived`: nobody is asked any more.
    """

    id: UUID
    code: str
    name: str
    about: str | None
    by_channel: bool
    text: str
    wording: int
    archived: bool
    version: int


class ConsentPurposeDraft(Draft):
    name: Line
    about: LongLine | None = None
    by_channel: StrictBool = False
    text: Wording = ""


class ConsentPurposeChange(Change):
    """Another text is a wording of its own: whoever has agreed to the one before has not agreed
    to it.
    """

    name: Line | None = None
    about: LongLine | None = None
    text: Wording | None = None
    archived: StrictBool | None = None


class ConsentWording(Value):
    number: int
    text: str
    at: Time
    by_name: str | None


class ConsentWithdrawal(Draft):
    """`channels`: none of a purpose that is not by channel. `at`: when they said so, now unless
    told; never in the future.
    """

    purpose_id: UUID
    channels: Annotated[list[Channel], Field(max_length=len(CHANNELS))] = Field(
        default_factory=list
    )
    at: Time | None = None
    source: ConsentSource
    proof_text: Annotated[Text | None, Field(max_length=4000)] = None
    proof_link: Link | None = None
    proof_ip: Address | None = None  # where a form was sent from
    proof_file_id: UUID | None = None  # sent within a day


class Consent(ConsentWithdrawal):
    """`until`: the last day it is good for. `wording`: what was agreed to, the present one unless
    told.
    """

    until: date | None = None
    wording: Annotated[int | None, Field(strict=True, ge=0, le=2**31 - 1)] = None


class ConsentStanding(StrEnum):
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ConsentState(Value):
    """Where somebody stands by the latest they have said; of what is not here nothing is known."""

    purpose_id: UUID
    channel: Channel
    standing: ConsentStanding
    since: Time
    until: date | None
    wording: int
    source: ConsentSource
    entry_id: UUID


class PersonConsents(Value):
    person_id: UUID
    states: list[ConsentState]
    editable: bool


class ConsentEntry(Value):
    """That somebody has given a consent, or has withdrawn it (or refused one). It is never changed:
    what was recorded wrongly is answered by another. `person_id` may be somebody who became a part
    of this person.
    """

    id: UUID
    person_id: UUID
    purpose_id: UUID
    given: bool
    channels: list[Channel]
    at: Time
    until: date | None
    wording: int
    source: ConsentSource
    proof_text: str | None
    proof_link: str | None
    proof_ip: str | None
    proof_file: SentFile | None
    recorded_at: Time
    by_id: UUID | None
    by_name: str | None


class ConsentHistory(Value):
    """The latest recorded first; `next` is None on the last page."""

    items: list[ConsentEntry]
    next: UUID | None


class PurposeChanged(Event, name="customers.purpose-changed.v1"):
    """Added, changed, archived or used again."""

    purpose_id: UUID
    version: int

    def subject(self) -> Subject:
        return Subject(kind="purpose", id=self.purpose_id)

    def subject_version(self) -> int:
        return self.version


class _Consented(PersonAdded, name="customers.person-consented"):
    purpose_id: UUID
    channels: tuple[Channel, ...]


class PersonConsentGiven(_Consented, name="customers.person-consent-given.v1"):
    """`until`: the last day it is good for."""

    until: date | None
    source: ConsentSource


class PersonConsentWithdrawn(_Consented, name="customers.person-consent-withdrawn.v1"):
    source: ConsentSource


class PersonConsentExpired(_Consented, name="customers.person-consent-expired.v1"):
    """The last day that it was good for is over."""


class PurposeArchived(Conflict, code="customers.purpose-archived", status=409):
    """Nobody is asked to agree to it any more."""


class TooManyPurposes(Conflict, code="customers.too-many-purposes", status=409):
    """`data`: `at_most`."""


class Consents(KeepsProofs, Protocol):
    async def consent_purposes(self, actor: Actor) -> list[ConsentPurpose]:
        """All of them, the archived ones last. Raises Forbidden."""
        ...

    async def consent_wordings(self, actor: Actor, id: UUID) -> list[ConsentWording]:
        """Every text of a purpose, the latest first. Raises NotFound, Forbidden."""
        ...

    async def add_consent_purpose(
        self, actor: Actor, draft: ConsentPurposeDraft, key: str | None = None
    ) -> ConsentPurpose:
        """Raises Forbidden, Invalid (another is called so), TooManyPurposes."""
        ...

    async def change_consent_purpose(
        self, actor: Actor, id: UUID, change: ConsentPurposeChange, key: str | None = None
    ) -> ConsentPurpose:
        """Raises NotFound, Forbidden, Stale, Invalid (another is called so)."""
        ...

    async def person_consents(self, actor: Actor, id: UUID) -> PersonConsents:
        """Where somebody stands now. Raises NotFound, Forbidden when it is hidden."""
        ...

    async def person_consent_history(
        self, actor: Actor, id: UUID, after: UUID | None = None
    ) -> ConsentHistory:
        """As `person_consents`."""
        ...

    async def give_person_consent(
        self, actor: Actor, id: UUID, draft: Consent, key: str | None = None
    ) -> PersonConsents:
        """Record that somebody agrees. Raises NotFound, Forbidden, Erased, PurposeArchived,
        Invalid.
        """
        ...

    async def withdraw_person_consent(
        self, actor: Actor, id: UUID, draft: ConsentWithdrawal, key: str | None = None
    ) -> PersonConsents:
        """Record that somebody agrees no more, or has refused. Raises NotFound, Forbidden, Erased,
        Invalid.
        """
        ...
