"""Segments of companies and people: a part of the contract."""

from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Condition
from gausdo.kernel.errors import Conflict
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.lists import Askable
from gausdo.kernel.mass import Selection
from gausdo.kernel.operators import Op
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Line, LongLine, Time, Value
from gausdo.kernel.views import SeenBy

SEGMENTS = guarded("customers.segment", "read", "edit", "share")
"""To see and use segments; to make them and to change one's own; to share them with everybody."""

AT_MOST = 200
"""Segments of an installation: each dynamic one is asked whenever a record changes."""
MEMBERS_TOLD = 1000
"""Members that other modules are told at once."""
COUNTED = 1000
"""Members are counted up to so many."""


class SegmentKind(StrEnum):
    """Whose members are what."""

    COMPANY = "company"
    PERSON = "person"


class SegmentHow(StrEnum):
    STATIC = "static"  # put in and taken out by hand
    DYNAMIC = "dynamic"  # whoever fulfils the condition


class SegmentDraft(Draft):
    """`filter` is the condition of a dynamic one; `team_id` says whose it is when a team sees
    it.
    """

    kind: SegmentKind
    how: SegmentHow
    name: Line
    about: LongLine | None = None
    filter: Condition | None = None
    seen_by: SeenBy = SeenBy.ME
    team_id: UUID | None = None


class SegmentChange(Change):
    name: Line | None = None
    about: LongLine | None = None
    filter: Condition | None = None
    seen_by: SeenBy | None = None
    team_id: UUID | None = None


class SegmentFilling(Value):
    """How many of all records have been looked at since its condition changed."""

    done: int
    records: int


class Segment(Value):
    """A segment as one reader has it. `missing` are fields its condition asks of that are hidden
    from the reader: they are not told the condition, nor who fulfils it. `broken`: the condition
    asks of what is there no more; members stay as they are. `filling`: not all of its members are
    found yet.
    """

    id: UUID
    kind: SegmentKind
    how: SegmentHow
    name: str
    about: str | None
    filter: Condition | None
    seen_by: SeenBy
    team_id: UUID | None
    owner_id: UUID
    owner_name: str | None
    missing: tuple[str, ...]
    broken: bool
    filling: SegmentFilling | None
    editable: bool
    version: int


class SegmentMembers(Draft):
    """Records that are put into a static segment or taken out of it."""

    of: Selection


class SegmentMoved(Value):
    """What became of them: `moved` are in (or out) now, `same` were already, `unseen` are not
    there for you; `more`: there were others than so many at once.
    """

    moved: int
    same: int
    unseen: int
    more: bool


class SegmentCount(Value):
    """Of the members you may see; `more` than are counted."""

    count: int
    more: bool


class Membership(Value):
    segment_id: UUID
    name: str
    how: SegmentHow
    since: Time
    removable: bool  # whether the reader may take the record out


class WhyStep(Value):
    """One node of the condition, in its order, `depth` deep: a group (`all`, `any`, `not`) of the
    deeper ones that follow it, or a question to a field with the record's own value.
    """

    depth: int
    group: str | None
    field: str | None
    op: Op | None
    value: Any
    own: Any
    holds: bool


class SegmentWhy(Value):
    """Why a record is in a segment, or is not. `by_id` has put it in by hand."""

    segment_id: UUID
    record_id: UUID
    how: SegmentHow
    member: bool
    since: Time | None
    by_id: UUID | None
    by_name: str | None
    steps: tuple[WhyStep, ...]


class SegmentChanged(Event, name="customers.segment-changed.v1"):
    """Made, changed, or gone; what it asks is in the history."""

    segment_id: UUID
    kind: SegmentKind
    how: SegmentHow
    gone: bool
    version: int

    def subject(self) -> Subject:
        return Subject(kind="segment", id=self.segment_id)

    def subject_version(self) -> int:
        return self.version


class _Crossed(Event, name="customers.segment-crossed"):
    segment_id: UUID
    kind: SegmentKind
    record_id: UUID

    def subject(self) -> Subject:
        return Subject(kind="segment-member", id=self.record_id)


class SegmentEntered(_Crossed, name="customers.segment-entered.v1"):
    """A record is in a segment now; who was in it from its beginning has not entered it."""


class SegmentLeft(_Crossed, name="customers.segment-left.v1"):
    """A record is in a segment no more."""


class SegmentFilled(Event, name="customers.segment-filled.v1"):
    """All members of a new condition are found, none of whom has entered it or left."""

    segment_id: UUID
    kind: SegmentKind

    def subject(self) -> Subject:
        return Subject(kind="segment-filling", id=self.segment_id)


class TooManySegments(Conflict, code="customers.too-many-segments", status=409):
    """`data`: `at_most`."""


class NotByHand(Conflict, code="customers.segment-not-by-hand", status=409):
    """Members of a dynamic segment are found by its condition."""


class InSegment(Value):
    segment_id: UUID
    record_id: UUID


class TellsOfSegments(Protocol):
    """For modules whose records are asked for by the segments of their companies and people."""

    async def demand_segments(self, actor: Actor, ids: list[UUID], at: str = "filter") -> None:
        """Raise Invalid, of the field `at`, when the actor does not see one of them, Forbidden
        when who is in it would tell them what is hidden from them.
        """
        ...

    async def segment_kinds(self, actor: Actor) -> dict[UUID, SegmentKind]:
        """All there are; asked by Gausdo alone, as the rest."""
        ...

    async def segment_page(self, actor: Actor, id: UUID, after: UUID | None) -> list[UUID] | None:
        """The next `MEMBERS_TOLD` members of a segment by their ids, fewer are the last; None when
        there is no such segment.
        """
        ...

    async def in_segments(self, actor: Actor, ids: list[UUID]) -> list[InSegment]:
        """Of which segments these records are members."""
        ...


class Segments(TellsOfSegments, Protocol):
    async def segments(self, actor: Actor) -> list[Segment]:
        """Those the actor sees, by name; of the kinds of records they may read."""
        ...

    async def segment(self, actor: Actor, id: UUID) -> Segment:
        """Raises NotFound, also when it is not the actor's to see."""
        ...

    async def segment_fields(self, actor: Actor) -> list[Askable]:
        """What conditions of segments may ask, of each kind: its fields, those that were added,
        its deals and what happens around it.
        """
        ...

    async def add_segment(
        self, actor: Actor, draft: SegmentDraft, key: str | None = None
    ) -> Segment:
        """Raises Forbidden, Invalid for what cannot be asked, TooManySegments."""
        ...

    async def change_segment(
        self, actor: Actor, id: UUID, change: SegmentChange, key: str | None = None
    ) -> Segment:
        """Raises NotFound, Forbidden, Stale, Invalid."""
        ...

    async def remove_segment(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        """Its records stay. Raises NotFound, Forbidden."""
        ...

    async def segment_count(self, actor: Actor, id: UUID) -> SegmentCount:
        """Raises NotFound, Forbidden."""
        ...

    async def put_into_segment(
        self, actor: Actor, id: UUID, members: SegmentMembers, key: str | None = None
    ) -> SegmentMoved:
        """Raises NotFound, Forbidden, NotByHand, Invalid."""
        ...

    async def take_out_of_segment(
        self, actor: Actor, id: UUID, members: SegmentMembers, key: str | None = None
    ) -> SegmentMoved:
        """As `put_into_segment`."""
        ...

    async def company_segments(self, actor: Actor, id: UUID) -> list[Membership]:
        """Those the actor sees and a company is in, by name. Raises NotFound."""
        ...

    async def person_segments(self, actor: Actor, id: UUID) -> list[Membership]:
        """As `company_segments`."""
        ...

    async def why_segment(self, actor: Actor, id: UUID, record_id: UUID) -> SegmentWhy:
        """Raises NotFound for a segment or a record that is not the actor's to see, Forbidden
        when the condition asks of what is hidden from them.
        """
        ...
