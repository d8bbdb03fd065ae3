"""How an installation is set up, as things that can be written down, compared and brought in.

A *kind* is a list of things (`teams`), each with an `id` that is its own everywhere, for ever.
A module that has any offers them by `Configured`; its `configuration.py` says which kinds.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict, FieldError, Problem, Reason
from gausdo.kernel.values import Draft, Value

Things = dict[str, list[dict[str, Any]]]
"""Kind → its things as JSON has them, in their order."""


class Action(StrEnum):
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    STAY = "stay"  # it was to be removed, and cannot be: `reason` says why
    LEAVE = "leave"  # it was to be added or changed, and cannot be by files: `reason` says why


class Difference(Value):
    """What happens to one thing; `changes` are its fields, before and after."""

    kind: str
    id: UUID
    name: str
    action: Action
    changes: dict[str, tuple[Any, Any]]
    reason: Reason | None = None


class Asked(Draft):
    """What some kinds are to become; others stay as they are.

    `coming` are the ids of all that is wanted, of any module; `needed` those that something names
    which stays. With `removing`, what is not wanted goes unless it is needed.
    """

    wanted: Things
    removing: bool = False
    coming: frozenset[UUID] = frozenset()
    needed: frozenset[UUID] = frozenset()


class Planned(Value):
    """`staying` are the things that are not wanted and stay all the same."""

    differences: list[Difference]
    staying: list[dict[str, Any]] = Field(default_factory=list)


class BadConfiguration(Problem, code="configuration.bad", status=422):
    """`errors` say in which file and place: `teams.json#/2/parent_id`."""

    @classmethod
    def of(cls, errors: Iterable[FieldError]) -> "BadConfiguration":
        told = list(errors)
        words = "; ".join(f"{one.field}: {one.message}" for one in told[:5])
        return cls(f"Nothing was changed. {words}", errors=told[:TOLD])


TOLD = 50
"""Errors of one refusal."""


class ConfigurationMoved(Conflict, code="configuration.moved", status=409):
    """It is not what was looked at any more."""


class ConfigurationStopped(Conflict, code="configuration.stopped", status=409):
    """A module could not take what it had said it would. `data`: `done`, the modules before it."""


class ThingNeeded(Conflict, code="configuration.needed", status=409):
    """Something that stays names it."""


class LeftAsItIs(Conflict, code="configuration.left", status=409):
    """Files cannot do this to a thing, which stays as it is; all else is done."""


class Configured(Protocol):
    """A module with kinds of things of its own."""

    async def dump_configuration(self, actor: Actor) -> Things:
        """All its kinds as they are, in a stable order. Raises Forbidden."""
        ...

    async def plan_configuration(self, actor: Actor, asked: Asked) -> Planned:
        """What would happen, tried and taken back. Raises BadConfiguration, Forbidden."""
        ...

    async def apply_configuration(
        self, actor: Actor, asked: Asked, seen: list[Difference]
    ) -> Planned:
        """All of it in one transaction, if it is what was `seen`.

        Raises ConfigurationMoved, BadConfiguration, Forbidden.
        """
        ...


def place(kind: str, *path: object) -> str:
    """Where in the files something is: `teams.json#/2/parent_id`."""
    return "/".join((f"{kind}.json#", *map(str, path)))


def ids_of(told: Any) -> Iterator[UUID]:
    """The ids of things, and of things within things."""
    match told:
        case {"id": str(text), **rest}:
            if (id := _id(text)) is not None:
                yield id
            yield from ids_of(rest)
        case dict():
            for inner in told.values():
                yield from ids_of(inner)
        case list() | tuple():
            for inner in told:
                yield from ids_of(inner)


def named_in(told: Any) -> Iterator[UUID]:
    """The ids by which things name others."""
    match told:
        case str():
            if (id := _id(told)) is not None:
                yield id
        case dict():
            for name, inner in told.items():
                if name != "id":
                    yield from named_in(inner)
        case list() | tuple():
            for inner in told:
                yield from named_in(inner)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
