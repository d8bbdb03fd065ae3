"""Calendars that people keep elsewhere and read here, by CalDAV; `contract` hands it on."""

from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Draft, Line, Secret, Time, Value

MOST_ACCOUNTS = 5
"""Of one person."""
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=500)]
Password = Annotated[Secret, Field(min_length=1, max_length=200)]


class OutsideAccountDraft(Draft):
    """`url` is the server's address, `password` one made for Gausdo alone where there are such."""

    url: Address
    user: Line
    password: Password


class OutsideAccountChange(Draft):
    password: Password


class OutsideCalendarChange(Draft):
    """`chosen`: it is read; `busy`: colleagues see when one is busy by it, and nothing else."""

    chosen: StrictBool | None = None
    busy: StrictBool | None = None


class OutsideState(StrEnum):
    LOOKING = "looking"  # for the first time
    READ = "read"
    WAITING = "waiting"  # it failed, and is tried again by itself
    STOPPED = "stopped"  # until its person does something


class OutsideCalendar(Value):
    id: UUID
    name: str
    color: str | None
    chosen: bool
    busy: bool


class OutsideAccount(Value):
    """`problem` says by its code why it was not read the last time, `said` in words."""

    id: UUID
    host: str
    user: str
    state: OutsideState
    problem: str | None
    said: str | None
    read_at: Time | None
    calendars: list[OutsideCalendar]


class OutsideTime(Value):
    """A time that somebody has in a calendar elsewhere. What it is only they are told."""

    id: UUID
    person_id: UUID
    begins_at: Time
    ends_at: Time
    all_day: bool
    busy: bool
    title: str | None
    place: str | None
    calendar: str | None


class ReadsOutside(Protocol):
    """What `Activities` does with calendars of elsewhere; all of it is about the actor's own."""

    async def outside_accounts(self, actor: Actor) -> list[OutsideAccount]:
        """The first one first."""
        ...

    async def connect_calendar(
        self, actor: Actor, draft: OutsideAccountDraft, key: str | None = None
    ) -> OutsideAccount:
        """Its calendars are looked for at once, by a job. Raises Invalid, Conflict for one more."""
        ...

    async def change_outside_account(
        self, actor: Actor, id: UUID, change: OutsideAccountChange, key: str | None = None
    ) -> OutsideAccount:
        """It is read with the new password at once. Raises NotFound."""
        ...

    async def read_outside(self, actor: Actor, id: UUID, key: str | None = None) -> OutsideAccount:
        """Now, and not when it is due. Raises NotFound."""
        ...

    async def disconnect_calendar(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        """Nothing of it is left here. Raises NotFound."""
        ...

    async def change_outside_calendar(
        self, actor: Actor, id: UUID, change: OutsideCalendarChange, key: str | None = None
    ) -> OutsideAccount:
        """The account it belongs to. Raises NotFound."""
        ...
