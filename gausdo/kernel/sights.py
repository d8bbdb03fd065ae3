"""What is seen at the entrance and is no change of a record: refusals, rejected tokens, exports,
what somebody did with jobs.
"""

from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor, Origin
from gausdo.kernel.values import Draft, Time


class Seen(Draft):
    """What somebody tried that is no change, as a gateway has seen it: so often since `at`."""

    at: Time
    times: int = Field(1, ge=1)
    origin: Origin | None = None


class Refusal(Seen):
    """Somebody asked for what they may not; `right` names what they lack, where it is known."""

    type: Literal["refusal"] = "refusal"
    person_id: UUID
    right: str | None = None
    method: str
    path: str  # of the route, without its parameters
    record_id: UUID | None = None


class RejectedToken(Seen):
    """A bearer token that is forged, stale, or made for something else."""

    type: Literal["token"] = "token"


class Export(Seen):
    """Somebody took many records out at once."""

    type: Literal["export"] = "export"
    person_id: UUID
    what: str
    format: str
    asked: dict[str, str]  # what narrowed it


class JobSight(Seen):
    """Somebody had a background job run again, or stopped it."""

    person_id: UUID
    stopped: bool
    job: int
    module: str
    task: str


Sight = Annotated[Refusal | RejectedToken | Export, Field(discriminator="type")]


class TurnedAway(Seen):
    """Somebody came from an address from where they are not let in; nobody known without an id."""

    person_id: UUID | None


class BearsWitness(Protocol):
    """The part of `identity` that keeps what was seen."""

    async def witness(self, actor: Actor, sights: list[Sight]) -> None:
        """Keep in the history what no use case does; told by Gausdo itself. Raises Forbidden."""
        ...

    async def tended(self, actor: Actor, sight: JobSight) -> None:
        """As `witness`, of what somebody does with a job."""
        ...
