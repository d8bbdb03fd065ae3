"""Automation: rules, their runs, and the effects of each run."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Protocol, Self
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints, model_validator

from gausdo.kernel.actor import Actor
from gausdo.kernel.becoming import AsksOfFields
from gausdo.kernel.conditions import Condition
from gausdo.kernel.configuration import Configured
from gausdo.kernel.custom import Values
from gausdo.kernel.errors import Conflict
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.persons import HoldsPeople
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Json, Line, Text, Time, Value
from gausdo.modules.automation.notices_contract import NoticesChanged, TellsPeople

__all__ = ["NoticesChanged"]
"""What has a file of its own and is of the contract all the same."""

RULES = guarded("automation.rule", "create", "read", "edit")
RUNS = guarded("automation.run", "read", "edit")  # of any deal: whoever looks after automation


class DealEntersStage(Draft):
    """Fires when a deal is opened in the stage or moved to it."""

    type: Literal["deal-enters-stage"] = "deal-enters-stage"
    stage_id: UUID


class QuoteStep(StrEnum):
    """What may happen to a quote of any deal, so that a rule fires."""

    SENT = "sent"
    OPENED = "opened"  # by the customer, for the first time
    ACCEPTED = "accepted"
    DECLINED = "declined"


class RuleAbout(StrEnum):
    """What a rule is about: it asks of such a record, and acts on it."""

    DEAL = "deal"
    COMPANY = "company"
    PERSON = "person"


class Happening(StrEnum):
    """What else may happen to a deal, or to a company or a person, so that a rule fires."""

    DEAL_OPENED = "deal-opened"  # in whatever stage
    DEAL_CHANGED = "deal-changed"
    DEAL_GIVEN = "deal-given"  # to another person
    DEAL_WON = "deal-won"
    DEAL_LOST = "deal-lost"
    DEAL_LATE = "deal-late"  # longer in its stage than the stage lets it stay
    DEAL_FORGOTTEN = "deal-forgotten"
    TASK_DONE = "task-done"  # of a deal
    TASK_LATE = "task-late"
    MEETING_PLANNED = "meeting-planned"
    MEETING_DONE = "meeting-done"
    COMPANY_ADDED = "company-added"
    COMPANY_CHANGED = "company-changed"
    COMPANY_GIVEN = "company-given"  # to another person
    COMPANY_ENTERED = "company-entered-segment"
    COMPANY_LEFT = "company-left-segment"
    PERSON_ADDED = "person-added"
    PERSON_CHANGED = "person-changed"
    PERSON_GIVEN = "person-given"
    PERSON_ENTERED = "person-entered-segment"
    PERSON_LEFT = "person-left-segment"
    CONSENT_GIVEN = "consent-given"
    CONSENT_WITHDRAWN = "consent-withdrawn"

    @property
    def about(self) -> RuleAbout:
        if self.startswith("company-"):
            return RuleAbout.COMPANY
        return RuleAbout.PERSON if self.startswith(("person-", "consent-")) else RuleAbout.DEAL


CHANGES = frozenset({Happening.DEAL_CHANGED, Happening.COMPANY_CHANGED, Happening.PERSON_CHANGED})
"""What may be watched for some fields."""
CROSSINGS = frozenset(
    {
        *(Happening.COMPANY_ENTERED, Happening.COMPANY_LEFT),
        *(Happening.PERSON_ENTERED, Happening.PERSON_LEFT),
    }
)
"""What is of one segment."""
CONSENTS = frozenset({Happening.CONSENT_GIVEN, Happening.CONSENT_WITHDRAWN})


Watched = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,63}$")]

ANY_STAGE = UUID(int=0)
"""The stage of a rule that fires for something else: the release before, which knows nothing of it,
never sees a deal enter it.
"""

NO_DEAL = UUID(int=0)
"""The deal of a run for a company or a person."""


class SendLetter(Draft):
    """`contact`: of the deal; the person or the company itself, where the rule is about those."""

    type: Literal["send-letter"] = "send-letter"
    template_id: UUID
    to: Literal["contact", "owner"]


class AddTask(Draft):
    type: Literal["add-task"] = "add-task"
    title: Line
    due_in_working_hours: Annotated[Decimal, Field(gt=0, le=2000)]
    description: Text | None = None


class CallWebhook(Draft):
    type: Literal["call-webhook"] = "call-webhook"
    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=2000)]


class Assignment(StrEnum):
    PERSON = "person"
    IN_TURN = "in-turn"
    BY_LOAD = "by-load"  # whoever has the fewest open deals


class Assign(Draft):
    """Give the record to one of these people, or of a team; of those at work, unless told
    otherwise. By load only deals are given.

    While nobody is, it goes to `otherwise_id`, or waits until somebody is.
    """

    type: Literal["assign"] = "assign"
    how: Assignment
    people: list[UUID] = Field(default_factory=list, max_length=200)
    team_id: UUID | None = None
    at_work_only: StrictBool = True
    otherwise_id: UUID | None = None


class SetFields(Draft):
    """Give fields that were added these values, by their keys; null empties one."""

    type: Literal["set-fields"] = "set-fields"
    custom: Annotated[Values, Field(min_length=1, max_length=50)]


Tags = Annotated[list[Annotated[Line, Field(max_length=50)]], Field(max_length=20)]


class SetTags(Draft):
    """Put these tags on a company or a person, and take those off."""

    type: Literal["set-tags"] = "set-tags"
    add: Tags = Field(default_factory=list)
    remove: Tags = Field(default_factory=list)

    @model_validator(mode="after")
    def _of_some(self) -> Self:
        if not self.add and not self.remove:
            raise ValueError("puts on no tag, and takes none off")
        return self


Step = Annotated[SendLetter | AddTask | CallWebhook, Field(discriminator="type")]
Doing = Annotated[
    SendLetter | AddTask | CallWebhook | SetFields | SetTags | Assign, Field(discriminator="type")
]
"""A step, fields or tags that are set or the record given away: what is carried out."""


class RuleDraft(Draft):
    """`condition` is over the deal's fields: amount, currency, pipeline_id, owner_id, …, and those
    that were added (`custom.<key>`), as they are when the rule fires; `segment_id` asks whose
    company or contacts are in a segment. Where `happens` is of a company or a person it is over
    what their lists are asked for, `segment` among it. With `watches` it counts only that one of
    these fields is changed. `segment_id` is the one that is entered or left; `purpose_id` what is
    agreed to, any unless told.
    """

    name: Line
    trigger: DealEntersStage | None = None  # this, `quote` or `happens`
    quote: QuoteStep | None = None
    happens: Happening | None = None
    watches: list[Watched] = Field(default_factory=list, max_length=20)
    segment_id: UUID | None = None
    purpose_id: UUID | None = None
    condition: Condition | None = None
    steps: list[Step] = Field(max_length=20)
    sets: SetFields | None = None
    tags: SetTags | None = None  # of companies and people
    give: Assign | None = None
    enabled: StrictBool = True


class RuleChange(Change):
    """With one of `trigger`, `quote` and `happens` it fires no longer for what it did."""

    name: Line | None = None
    trigger: DealEntersStage | None = None
    quote: QuoteStep | None = None
    happens: Happening | None = None
    watches: list[Watched] | None = Field(None, max_length=20)
    segment_id: UUID | None = None
    purpose_id: UUID | None = None
    condition: Condition | None = None
    steps: list[Step] | None = Field(None, max_length=20)
    sets: SetFields | None = None
    tags: SetTags | None = None
    give: Assign | None = None
    enabled: StrictBool | None = None

    def triggers(self) -> list[DealEntersStage | QuoteStep | Happening]:
        """Those that are told."""
        return [one for one in (self.trigger, self.quote, self.happens) if one is not None]


class Rule(Value):
    id: UUID
    name: str
    trigger: DealEntersStage  # of `ANY_STAGE` where it fires for something else
    quote: QuoteStep | None  # beside the trigger: the release before knows no other
    happens: Happening | None
    watches: list[str]
    segment_id: UUID | None
    purpose_id: UUID | None
    condition: Condition | None
    steps: list[Step]
    sets: SetFields | None  # beside the steps, as `tags` and `give` are
    tags: SetTags | None
    give: Assign | None  # beside the steps: the release before knows no such step
    enabled: bool
    paused_because: str | None  # set when it can no longer do what it says
    paused_code: str | None  # why by code, where there is one
    author_id: UUID
    author_name: str | None
    runs: int
    last_run_at: Time | None
    created_at: Time
    version: int


class EffectState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"  # given up after the last try; “run again” tries anew


class Effect(Value):
    id: UUID
    step: int
    type: str
    state: EffectState
    attempts: int
    error: str | None
    error_code: str | None  # why by code, where there is one
    result_id: UUID | None  # the letter, task or delivery it made
    done_at: Time | None


class Run(Value):
    """What a rule did about one event; `refused` says why it did nothing."""

    id: UUID
    rule_id: UUID
    rule_name: str
    about: RuleAbout
    record_id: UUID
    deal_id: UUID  # `NO_DEAL` where it is about another record
    event_id: UUID
    at: Time
    refused: str | None
    effects: list[Effect]


class RunQuery(ListQuery):
    rule_id: UUID | None = None
    state: EffectState | None = None


class RuleRan(Event, name="automation.rule-ran.v1"):
    rule_id: UUID
    deal_id: UUID  # `NO_DEAL` where it is about another record
    run_id: UUID
    record_id: UUID | None = None  # of which it is then

    def subject(self) -> Subject:
        return Subject(kind="rule", id=self.rule_id)


class RuleSaved(Event, name="automation.rule-saved.v1"):
    rule_id: UUID
    version: int
    enabled: bool

    def subject(self) -> Subject:
        return Subject(kind="rule", id=self.rule_id)

    def subject_version(self) -> int:
        return self.version


class RuleRemoved(Event, name="automation.rule-removed.v1"):
    rule_id: UUID

    def subject(self) -> Subject:
        return Subject(kind="rule", id=self.rule_id)


class RuleHasRun(Conflict, code="automation.rule-has-run", status=409):
    """What it did is told by it, so it stays; it can be switched off."""


class Automation(TellsPeople, HoldsPeople, Configured, AsksOfFields, Protocol):
    async def rules(self, actor: Actor) -> list[Rule]:
        """All rules, the newest first."""
        ...

    async def rule(self, actor: Actor, id: UUID) -> Rule:
        """Raises NotFound."""
        ...

    async def add_rule(self, actor: Actor, draft: RuleDraft, key: str | None = None) -> Rule:
        """Raises Invalid when the condition names an unknown field, or when the stage, the
        template or the receiver of a step is none.
        """
        ...

    async def change_rule(
        self, actor: Actor, id: UUID, change: RuleChange, key: str | None = None
    ) -> Rule:
        """Who changes what a rule does, or switches it on, becomes its author: it acts with
        that person's rights from then on.
        """
        ...

    async def list_runs(self, actor: Actor, query: RunQuery) -> Json:
        """`Listed[Run]`, newest first."""
        ...

    async def run_again(self, actor: Actor, effect_id: UUID, key: str | None = None) -> Effect:
        """A step that was given up, once more with all its tries. Raises NotFound, Conflict."""
        ...
