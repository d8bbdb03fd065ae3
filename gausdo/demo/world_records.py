"""What the demo's world is made of: plain values, no storage."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gausdo.kernel.values import Money
from gausdo.modules.activities.contract import RecordKind
from gausdo.modules.customers.contract import Reachable
from gausdo.modules.sales.contract import StageKind


@dataclass(frozen=True, slots=True)
class Team:
    id: UUID
    name: str
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """`luck` is the share of deals won, `pace` the time a deal takes, 1 being usual."""

    id: UUID
    name: str
    email: str
    role: str
    team_id: UUID | None
    locale: str
    joined_at: datetime
    luck: float = 1.0
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Stage:
    """`days` is how long a deal usually stays."""

    id: UUID
    name: str
    kind: StageKind
    probability: int
    tone: str
    days: float


@dataclass(frozen=True, slots=True)
class Pipeline:
    id: UUID
    name: str
    created_at: datetime
    stages: tuple[Stage, ...]

    @property
    def open(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.kind is StageKind.OPEN)

    def closed(self, kind: StageKind) -> Stage:
        return next(stage for stage in self.stages if stage.kind is kind)


@dataclass(frozen=True, slots=True)
class Edit:
    """Somebody sets some fields of a record."""

    at: datetime
    by: Colleague
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Company:
    id: UUID
    name: str
    inn: str | None
    domain: str | None
    phones: list[Reachable]
    emails: list[Reachable]
    city: str
    industry: str
    about: str | None
    owner: Colleague
    created_at: datetime
    legal_name: str | None = None
    kpp: str | None = None
    ogrn: str | None = None
    address: str | None = None
    size: int | None = None
    parent_id: UUID | None = None
    tags: list[str] = field(default_factory=list)
    source: str | None = None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    name: str
    position: str | None
    company_id: UUID | None
    phones: list[Reachable]
    emails: list[Reachable]
    city: str | None
    about: str | None
    owner: Colleague
    created_at: datetime
    tags: list[str] = field(default_factory=list)
    source: str | None = None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A deal enters another stage."""

    at: datetime
    by: Colleague
    stage: Stage
    lost_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """As it was opened, in `stage`; what became of it is in `steps`, in their order.

    An `Edit` may name `worth`, `expected_on` and `owner` (a Colleague).
    """

    id: UUID
    title: str
    pipeline: Pipeline
    stage: Stage
    company_id: UUID | None
    contact_id: UUID | None
    worth: Money | None
    expected_on: date
    owner: Colleague
    about: str | None
    created_at: datetime
    steps: tuple[Move | Edit, ...]

    @property
    def now_in(self) -> Stage:
        moves = [step.stage for step in self.steps if isinstance(step, Move)]
        return moves[-1] if moves else self.stage

    @property
    def stage_since(self) -> datetime:
        moves = [step.at for step in self.steps if isinstance(step, Move)]
        return moves[-1] if moves else self.created_at

    def now(self, name: str) -> Any:
        """A field as the last edit has left it."""
        edits = [step.fields for step in self.steps if isinstance(step, Edit)]
        return next((e[name] for e in reversed(edits) if name in e), getattr(self, name))


@dataclass(frozen=True, slots=True)
class About:
    kind: RecordKind
    id: UUID


@dataclass(frozen=True, slots=True)
class Task:
    id: UUID
    title: str
    about: About | None
    owner: Colleague
    due_at: datetime | None
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    id: UUID
    about: About
    text: str
    author: Colleague
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """A company (or a person without one) and everything about it."""

    company: Company | None = None
    people: list[Person] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
