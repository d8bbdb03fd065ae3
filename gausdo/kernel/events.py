"""Facts in the past tense."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Cause
from gausdo.kernel.values import Value


class Subject(Value):
    """The record a fact is about."""

    kind: str
    id: UUID


class Event(Value):
    """A fact. `name` is its wire name and never changes; a new shape is a `.v2` beside it.

    `before` and `after` hold what changed, `seen` who may know of it: owner and team, before and
    after, so that a live update can be filtered without reading the record.
    Events carry ids and values that are not personal; who needs more fetches it.
    """

    name: ClassVar[str]
    catalogue: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls, *, name: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = name
        Event.catalogue[name] = cls

    def subject(self) -> Subject:
        raise NotImplementedError(f"{type(self).__name__} must say what it is about")

    def subject_version(self) -> int:
        return 1

    def seen_by(self) -> "Seen":
        """Whose reach the record is in; nobody's but `all` by default."""
        return Seen()


class Seen(Value):
    owners: frozenset[UUID] = frozenset()
    teams: frozenset[UUID] = frozenset()


class Envelope(Value):
    """An event as it travels: what happened, and everything around it.

    `pos` is its dense place in its source module's line.
    """

    source: str
    pos: int
    event_id: UUID
    name: str
    kind: str
    subject_id: UUID
    version: int
    at: datetime
    actor_id: UUID | None
    via: str
    cause: Cause | None = None
    seen: Seen = Field(default_factory=Seen)
    trace: str | None = None
    body: dict[str, Any]

    def event(self) -> Event:
        """The typed event. Raises KeyError when this release does not know the name."""
        return Event.catalogue[self.name].model_validate(self.body)

    def leads_to(self, rule_id: UUID | None = None) -> Cause:
        depth = self.cause.depth + 1 if self.cause else 1
        return Cause(event_id=self.event_id, depth=depth, rule_id=rule_id)

    def goes_on(self) -> Cause:
        """Of what is another side of the same happening: a rule that made it made that as well, and
        of what is quiet no rule hears of the other either.
        """
        if self.cause is None:
            return self.leads_to()
        told = {"quiet": self.cause.quiet}
        return self.leads_to(self.cause.rule_id).model_copy(update=told)
