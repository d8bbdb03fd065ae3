"""Pipelines, their stages and what these ask of a deal; `contract` hands it on."""

from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Json, Line, Money, Value

PIPELINES = guarded("sales.pipeline", "edit")


class StageKind(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


Tone = Annotated[str, StringConstraints(pattern="^(neutral|blue|violet|teal|amber|red)$")]
_NEEDS = r"^(worth|company_id|contact_id|expected_on|about|next_task|custom\.[a-z][a-z0-9_]{0,39})$"
Need = Annotated[str, StringConstraints(pattern=_NEEDS)]
"""What a stage may ask a deal to have before it comes in."""


class StageRules(Draft):
    """What a stage asks of deals.

    `needs`: what a deal has when it comes in. `leads_to`: the stages one goes on to from here, None
    for any of the pipeline. `hours`: working hours a deal may stay. `rots_after`: days without a
    change after which it is forgotten.
    """

    needs: Annotated[list[Need], Field(max_length=10)] = Field(default_factory=list)
    leads_to: Annotated[list[UUID], Field(max_length=30)] | None = None
    hours: int | None = Field(None, strict=True, ge=1, le=2000)
    rots_after: int | None = Field(None, strict=True, ge=1, le=365)


class StageDraft(StageRules):
    """An `id` that the pipeline does not have yet names a new stage within what is told."""

    id: UUID | None = None
    name: Line
    kind: StageKind = StageKind.OPEN
    probability: int = Field(strict=True, ge=0, le=100)
    tone: Tone = "neutral"


class PipelineRules(Draft):
    """`lost_reasons` are offered when a deal is lost; one says why where `reason_needed`."""

    lost_reasons: Annotated[list[Line], Field(max_length=50)] = Field(default_factory=list)
    reason_needed: bool = True
    archived: bool = False


Stages = Annotated[list[StageDraft], Field(min_length=3, max_length=30)]


class PipelineDraft(PipelineRules):
    """Stages in their order; at least one open, exactly one won and one lost."""

    name: Line
    stages: Stages


class PipelineChange(Change):
    """`stages`: all of them, in their order."""

    name: Line | None = None
    lost_reasons: Annotated[list[Line], Field(max_length=50)] | None = None
    reason_needed: bool | None = None
    archived: bool | None = None
    stages: Stages | None = None


class PipelineOrder(Draft):
    """All pipelines, in the order they are offered."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)]


class Stage(Value):
    id: UUID
    name: str
    position: int
    kind: StageKind
    probability: int
    tone: str
    needs: list[str]
    leads_to: list[UUID] | None
    hours: int | None
    rots_after: int | None


class Pipeline(Value):
    id: UUID
    name: str
    position: int
    stages: tuple[Stage, ...]
    lost_reasons: list[str]
    reason_needed: bool
    archived: bool
    version: int


class LanesQuery(Draft):
    """The part of a board that is asked for; `segment_id`: the company or a contact is in it."""

    owner_id: UUID | None = None
    segment_id: UUID | None = None
    q: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] | None = None


EVERY_LANE = LanesQuery()


class Lane(Value):
    """Open deals of one owner in a pipeline; `sums` by currency."""

    owner_id: UUID
    count: int
    sums: list[Money]


class PipelineAdded(Event, name="sales.pipeline-added.v1"):
    pipeline_id: UUID

    def subject(self) -> Subject:
        return Subject(kind="pipeline", id=self.pipeline_id)


class PipelineChanged(Event, name="sales.pipeline-changed.v1"):
    """Its name, place or stages; or it is gone."""

    pipeline_id: UUID
    gone: bool

    def subject(self) -> Subject:
        return Subject(kind="pipeline", id=self.pipeline_id)


class UnknownStage(Conflict, code="sales.unknown-stage", status=422): ...


class DealsThere(Conflict, code="sales.deals-there", status=409):
    """A stage or a pipeline with deals in it stays, and stays of its kind."""


class LostReasonNeeded(Conflict, code="sales.lost-reason-needed", status=422): ...


class StageNeeds(Conflict, code="sales.stage-needs", status=422):
    """The deal has not what the stage asks for. `data`: `stage`, and `needs`, a list of names."""

    def __init__(self, stage: str, needs: list[str]) -> None:
        told = ", ".join(needs)
        super().__init__(f"“{stage}” asks for: {told}.", data={"stage": stage, "needs": needs})


class NoWayThere(Conflict, code="sales.no-way-there", status=422):
    """One does not go from this stage to that one. `data`: `stage`, and `to`, where one may go."""

    def __init__(self, stage: str, to: list[str]) -> None:
        told = ", ".join(to) or "nowhere"
        super().__init__(f"From “{stage}” a deal goes to: {told}.", data={"stage": stage, "to": to})


class PipelineArchived(Conflict, code="sales.pipeline-archived", status=409):
    """An archived pipeline takes no deals and lets none go on."""


class LastPipeline(Conflict, code="sales.last-pipeline", status=409):
    """One pipeline stays in use."""


class KeepsPipelines(Protocol):
    async def pipelines(self, actor: Actor) -> list[Pipeline]:
        """All pipelines in their order, each with its stages in theirs; the archived ones last."""
        ...

    async def lanes(self, actor: Actor, pipeline_id: UUID, query: LanesQuery = EVERY_LANE) -> Json:
        """`list[Lane]` of the board: the 200 owners who have most open deals there.

        Raises Invalid for a segment one does not see, Forbidden where it is hidden whom deals are
        with.
        """
        ...

    async def add_pipeline(
        self, actor: Actor, draft: PipelineDraft, key: str | None = None
    ) -> Pipeline:
        """Raises Forbidden, Invalid without one won and one lost stage and an open one."""
        ...

    async def change_pipeline(
        self, actor: Actor, id: UUID, change: PipelineChange, key: str | None = None
    ) -> Pipeline:
        """Raises Forbidden, NotFound, Stale, Invalid, DealsThere, LastPipeline."""
        ...

    async def order_pipelines(
        self, actor: Actor, order: PipelineOrder, key: str | None = None
    ) -> list[Pipeline]:
        """Raises Forbidden, Invalid unless each is told once."""
        ...

    async def remove_pipeline(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        """One that never had deals. Raises Forbidden, NotFound, DealsThere, LastPipeline."""
        ...
