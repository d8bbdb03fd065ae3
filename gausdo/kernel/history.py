"""What happened to a record, as its page shows it."""

from typing import Annotated, Any, Protocol, TypeVar
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationError

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import Conflict
from gausdo.kernel.values import Change, Draft, Time, Value

C = TypeVar("C", bound=Change)
READ_AUDIT = Right("administration.audit", "read")

ENTRIES = 500
"""Entries of one answer at most."""


Entries = Annotated[int, Field(ge=1, le=ENTRIES)]
After = Annotated[str, StringConstraints(max_length=1000)]


class HistoryQuery(Draft):
    """From the newest entry on, or from the `next` of an entry, which says what came before it."""

    limit: Entries = ENTRIES
    after: After | None = None


class HistoryEntry(Value):
    """One change. `changes` is field → [before, after]; `via` says how it came about.

    `next` is None on the record's first entry only: nothing came before it. `rule_id` is the rule
    it was done by, `mass_edit_id` the mass edit it was part of. Those who may read the audit are
    told `address`, where it was done from, and `key_id`, the API key of the program that did it.
    """

    id: UUID
    name: str
    at: Time
    version: int
    actor_id: UUID | None
    actor_name: str | None
    via: str
    rule_id: UUID | None
    mass_edit_id: UUID | None
    key_id: UUID | None
    address: str | None
    changes: dict[str, tuple[Any, Any]]
    next: str | None


class EntryPlace(Value):
    """Where in a history an entry lies; `at` is when it happened."""

    record_id: UUID
    version: int
    at: Time


class Happened(Value):
    """That something happened to a record, and with which others it is linked since then.

    `place` is where to go on from.
    """

    place: int
    id: UUID
    kind: str
    record_id: UUID
    name: str
    version: int
    at: Time
    body: dict[str, Any]


HAPPENED = 200
"""Happenings that are told at once."""


class Happens(Protocol):
    """What a module does whose events are kept in timelines elsewhere."""

    async def happened(self, actor: Actor, after: int = 0) -> list[Happened]:
        """The next of all that happened here, from the first on; asked by Gausdo alone."""
        ...


class Tells(Happens, Protocol):
    """The same of one whose records have histories."""

    async def entries_at(
        self, actor: Actor, kind: str, places: list[EntryPlace]
    ) -> list[HistoryEntry]:
        """Those of them (≤ 200) that the actor may read, in no order."""
        ...


class Restoration(Draft):
    """The value a field had before an entry of the record's history; `version` as of a change."""

    entry_id: UUID
    field: Annotated[str, StringConstraints(pattern=r"^(custom\.)?[a-z0-9_]{1,60}$")]
    version: int = Field(strict=True, ge=1, le=2**53)

    def changed(self, of: type[C], value: Any) -> C:
        """The ordinary change that sets the value. Raises NothingEarlier when there can be none."""
        group, _, key = self.field.rpartition(".")
        named = group or key
        if named == "version" or named not in of.model_fields:
            raise NothingEarlier("This field cannot be given a value by itself.")
        told = {key: value} if group else value
        try:
            return of.model_validate({named: told, "version": self.version})
        except ValidationError as error:
            raise NothingEarlier("The earlier value is not one that the field may have.") from error


class NothingEarlier(Conflict, code="history.nothing-earlier", status=422):
    """The entry has no value of the field that could be brought back."""


class Erased(Conflict, code="history.erased", status=410):
    """The value was erased, as its person asked."""
