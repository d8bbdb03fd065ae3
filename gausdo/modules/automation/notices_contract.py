"""What people are told of: notices, and how each wants to be told."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.pages import PAGE, Limit, Listed
from gausdo.kernel.values import Clock, Draft, Time, Value

UNREAD_SHOWN = 99
"""So many unread notices are counted; of more it is said that there are more."""

NoticeAbout = Literal["deal", "task", "meeting", "company", "person", "import", "rule"]


class NoticeKind(StrEnum):
    ASSIGNED = "assigned"
    MENTIONED = "mentioned"
    TASK_DUE = "task-due"  # a little before it is
    TASK_LATE = "task-late"
    MEETING_SOON = "meeting-soon"  # as long before as one has asked for
    DEAL_MOVED = "deal-moved"  # one's own deal, by somebody else
    DEAL_WON = "deal-won"
    DEAL_LOST = "deal-lost"
    DEAL_LATE = "deal-late"  # longer in its stage than the stage lets it stay
    DEAL_FORGOTTEN = "deal-forgotten"
    QUOTE_OPENED = "quote-opened"  # of one's own deal, by the customer
    QUOTE_ACCEPTED = "quote-accepted"
    QUOTE_DECLINED = "quote-declined"
    IMPORT_ENDED = "import-ended"
    RULE_FAILED = "rule-failed"


class ByLetter(StrEnum):
    NEVER = "never"
    AT_ONCE = "at-once"
    DAILY = "daily"  # with others, at an hour of one's own


class NoticeWay(Draft):
    """How one is told of a kind of happening: on screen, by letter, both or not at all."""

    shown: StrictBool
    letter: ByLetter


class NoticeWishes(Value):
    """Hours are those of one's own time zone; from `quiet_from` to `quiet_until` letters wait."""

    ways: dict[NoticeKind, NoticeWay]
    daily_at: Clock
    quiet_from: Clock | None
    quiet_until: Clock | None


class NoticeWishesDraft(Draft):
    """What is not named stays."""

    ways: dict[NoticeKind, NoticeWay] | None = None
    daily_at: Clock | None = None
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None


class NoticeRecord(Value):
    """The record it is about, while its reader may see it."""

    id: UUID
    name: str | None


class NoticeActor(Value):
    id: UUID
    name: str | None


class Notice(Value):
    """`count` happenings of one kind around one record, the latest `at`.

    `many`: around as many records at once, by a mass edit or an import, and none of them is named.
    """

    id: UUID
    kind: NoticeKind
    about: NoticeAbout
    record: NoticeRecord | None
    many: bool
    count: int
    actor: NoticeActor | None  # who did it; None where nobody did
    at: Time
    read: bool


class NoticeQuery(Draft):
    """The newest first; `after` is the `next` of the page before."""

    limit: Limit = PAGE
    after: Annotated[str, StringConstraints(max_length=1000)] | None = None
    unread: bool = False
    kind: NoticeKind | None = None


class Unread(Value):
    count: int
    more: bool  # than are counted


class NoticeMarks(Draft):
    """These notices are read or not; without `ids` all that came until `until`."""

    ids: list[UUID] | None = Field(None, min_length=1, max_length=200)
    until: Time | None = None
    read: StrictBool = True


class NoticesChanged(Event, name="automation.notices-changed.v1"):
    """There is something new for somebody: told to their open tabs, of no record."""

    person_id: UUID

    def subject(self) -> Subject:
        return Subject(kind="notices", id=self.person_id)

    def seen_by(self) -> Seen:
        return Seen(owners=frozenset({self.person_id}))


class TellsPeople(Protocol):
    """What `Automation` does with notices; all of it is about the actor's own."""

    async def list_notices(self, actor: Actor, query: NoticeQuery) -> Listed[Notice]:
        """The newest first. Raises Invalid for a cursor that is none."""
        ...

    async def unread_notices(self, actor: Actor) -> Unread:
        """How many, as far as they are counted."""
        ...

    async def mark_notices(
        self, actor: Actor, marks: NoticeMarks, key: str | None = None
    ) -> Unread:
        """What is not the actor's own stays as it is."""
        ...

    async def notice_wishes(self, actor: Actor) -> NoticeWishes:
        """The same for everybody until they say otherwise: on screen, and nothing by letter."""
        ...

    async def change_notice_wishes(
        self, actor: Actor, draft: NoticeWishesDraft, key: str | None = None
    ) -> NoticeWishes:
        """They hold from the next happening on, hours for letters that wait as well.

        Raises Invalid for a quiet time with one end.
        """
        ...


_ON_SCREEN = NoticeWay(shown=True, letter=ByLetter.NEVER)
DEFAULT_WAYS: Mapping[NoticeKind, NoticeWay] = dict.fromkeys(NoticeKind, _ON_SCREEN)
"""Nobody gets letters they have not asked for."""
