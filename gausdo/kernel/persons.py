"""What is held about a person, module by module: told on request, and forgotten on request."""

from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.values import Time, Value

ERASED = "—"
"""What stands where the name of an erased person, or a text about one, was."""


class Traces(Value):
    """What a person is known by, to look for what is held about them; it is never stored.

    `texts` are names, e-mails, phones and numbers, as typed and as compared; `words` are names that
    others have as well, and are looked for near the person only; `records` are records that have
    to do with the person, such as the deals whose contact they are.
    """

    id: UUID
    texts: tuple[str, ...]
    words: tuple[str, ...] = ()
    records: tuple[UUID, ...] = ()


class Done(StrEnum):
    """What became of something that was found."""

    ERASED = "erased"
    ANONYMISED = "anonymised"
    KEPT = "kept"


class Held(Value):
    """What a module holds about a person in one place, such as `sales.deal`.

    `records` are told whole to a person who asks; `related` are the ids among them by which other
    modules know more.
    """

    place: str
    records: list[dict[str, Any]]
    related: list[UUID] = Field(default_factory=list)


class Forgotten(Value):
    """What was done in one place, and to how many records; none, where it always stays so."""

    place: str
    done: Done
    count: int = 0


class Erasure(Value):
    """That a person is forgotten on request: by whom it was asked, and what was done where."""

    person_id: UUID
    asked_by: UUID
    asked_at: Time
    done_at: Time | None
    found: list[Forgotten]


class HoldsPeople(Protocol):
    """A module that holds something about the people customers keeps. Only Gausdo itself asks."""

    async def held_about(self, actor: Actor, person: Traces) -> list[Held]:
        """What there is to tell, by place. Raises Forbidden for anybody but Gausdo itself."""
        ...

    async def forget_person(self, actor: Actor, person: Traces) -> list[Forgotten]:
        """Erase it, or take out of it what names the person; twice is as if once.

        Raises Forbidden for anybody but Gausdo itself.
        """
        ...


class OwnData(Protocol):
    """A person's data on their own request, of all modules."""

    async def export_person(self, actor: Actor, id: UUID) -> list[Held]:
        """What all modules hold about a person, by place. Raises NotFound, Forbidden."""
        ...

    async def erase_person(self, actor: Actor, id: UUID, key: str | None = None) -> Erasure:
        """Ask for it; a job does it, all modules over. Raises NotFound, Forbidden."""
        ...

    async def erasure(self, actor: Actor, id: UUID) -> Erasure:
        """How far it is. Raises NotFound, also when nobody has asked for it, Forbidden."""
        ...


def demand_gausdo(actor: Actor) -> None:
    """Raise Forbidden unless Gausdo itself asks, on behalf of somebody whose right was checked."""
    if actor.id != SYSTEM.id:
        raise Forbidden("Only Gausdo itself asks this.")
