"""Views of lists that people keep: what is asked, how it is laid out, who has them."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.conditions import Condition
from gausdo.kernel.errors import Conflict
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Line, Value

VIEWS = guarded("identity.view", "share")
"""To share a view with everybody, and to change the views that everybody has."""
SHARE = VIEWS.right("share")

AT_MOST = 100
"""Views of one person, of one team, of everybody."""


class ViewKind(StrEnum):
    """Whose list it is of."""

    COMPANY = "company"
    PERSON = "person"
    DEAL = "deal"
    TASK = "task"


OBJECTS = {
    ViewKind.COMPANY: "customers.company",
    ViewKind.PERSON: "customers.person",
    ViewKind.DEAL: "sales.deal",
    ViewKind.TASK: "activities.task",
}
"""As rights call them."""


class ViewLayout(StrEnum):
    TABLE = "table"
    BOARD = "board"  # of deals
    CALENDAR = "calendar"  # of deals


class SeenBy(StrEnum):
    ME = "me"
    TEAM = "team"
    ALL = "all"


ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,62}$")]
Sort = Annotated[str, StringConstraints(pattern=r"^-?[a-z][a-z0-9_.]{0,62}$")]
Words = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Columns = Annotated[tuple[ColumnName, ...], Field(max_length=60)]


class ViewDraft(Draft):
    """`columns` in their order, those of the list itself when there are none; `team_id` says whose
    it is when a team sees it; `grouped_by`: a field, as groups of lists are asked for by it;
    `dated_by`: the field whose days a calendar shows.
    """

    kind: ViewKind
    name: Line
    layout: ViewLayout = ViewLayout.TABLE
    filter: Condition | None = None
    q: Words = ""
    columns: Columns = ()
    sort: Sort | None = None
    grouped_by: ColumnName | None = None
    dated_by: ColumnName | None = None
    seen_by: SeenBy = SeenBy.ME
    team_id: UUID | None = None


class ViewChange(Change):
    name: Line | None = None
    layout: ViewLayout | None = None
    filter: Condition | None = None
    q: Words | None = None
    columns: Columns | None = None
    sort: Sort | None = None
    grouped_by: ColumnName | None = None
    dated_by: ColumnName | None = None
    seen_by: SeenBy | None = None
    team_id: UUID | None = None


class View(Value):
    """A view as one reader has it: `missing` are fields it asks, sorts or groups by that are
    not theirs to see, or gone; `is_default`: their list opens with it.
    """

    id: UUID
    kind: ViewKind
    name: str
    layout: ViewLayout
    filter: Condition | None
    q: str
    columns: tuple[str, ...]
    sort: str | None
    grouped_by: str | None
    dated_by: str | None
    seen_by: SeenBy
    team_id: UUID | None
    owner_id: UUID
    missing: tuple[str, ...]
    is_default: bool
    editable: bool
    version: int


class ViewChanged(Event, name="identity.view-changed.v1"):
    """Made, changed, seen by others, or gone; what it asks is in the history."""

    view_id: UUID
    owner_id: UUID
    gone: bool
    version: int

    def subject(self) -> Subject:
        return Subject(kind="view", id=self.view_id)

    def subject_version(self) -> int:
        return self.version


class TooManyViews(Conflict, code="identity.too-many-views", status=409):
    """`data`: `at_most`."""
