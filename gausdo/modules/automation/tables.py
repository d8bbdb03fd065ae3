"""What automation stores. Nobody outside this module reads these tables."""

from datetime import datetime
from typing import Any, Self, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.actor import Actor, Cause
from gausdo.kernel.conditions import Condition, asked_fields
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.orders import Order
from gausdo.kernel.values import new_id, now
from gausdo.modules.automation.contract import (
    ANY_STAGE,
    Assign,
    DealEntersStage,
    Doing,
    Effect,
    EffectState,
    Happening,
    QuoteStep,
    Rule,
    RuleAbout,
    RuleChange,
    RuleDraft,
    RuleSaved,
    SetFields,
    SetTags,
    Step,
)
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.history import Changes
from gausdo.platform.worklist import WAITING, Pending

schema = Schema("automation")
D = TypeVar("D")
ACT = "automation.act"
"""The job that carries effects out."""


_CONDITION = TypeAdapter[Condition | None](Condition | None)
_STEPS = TypeAdapter[list[Step]](list[Step])
_SETS = TypeAdapter[SetFields | None](SetFields | None)
_TAGS = TypeAdapter[SetTags | None](SetTags | None)
_GIVE = TypeAdapter[Assign | None](Assign | None)
STEP = TypeAdapter[Doing](Doing)
TRIGGERS = ("trigger", "quote", "happens")
DOES = frozenset(
    {
        *TRIGGERS,
        *("watches", "segment_id", "purpose_id", "condition", "steps", "sets", "tags", "give"),
    }
)
"""What a rule does: who changes it answers for it."""
CAN_GO = frozenset({"purpose_id", "condition", "sets", "tags", "give"})
AUTHOR_GONE = "automation.author-gone"
ASKS_IN_VAIN = "automation.asks-in-vain"
"""Why a rule was switched off: it asks of what is not there any more."""


class RuleRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "rule"
    __table_args__ = (
        Index(
            "ix_rule_listening",
            "stage_id",
            postgresql_where=text("enabled and paused_because is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    stage_id: Mapped[UUID]  # sales.stage, by id only
    quote: Mapped[str | None]  # what happens to one, instead of a stage
    happens: Mapped[str | None]  # the same of what else happens
    watches: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    customer_happens: Mapped[str | None]  # of companies and people: the release before knows none
    segment_id: Mapped[UUID | None]  # customers.segment, which is entered or left
    purpose_id: Mapped[UUID | None]  # what is agreed to
    condition: Mapped[dict[str, Any] | None]
    steps: Mapped[list[dict[str, Any]]]
    sets: Mapped[dict[str, Any] | None]
    tags: Mapped[dict[str, Any] | None]
    give: Mapped[dict[str, Any] | None]
    enabled: Mapped[bool]
    paused_because: Mapped[str | None]
    paused_code: Mapped[str | None]
    author_id: Mapped[UUID]
    runs: Mapped[int] = mapped_column(default=0)
    last_run_at: Mapped[datetime | None] = mapped_column(TIME)
    created_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int]

    @classmethod
    def write(
        cls, draft: RuleDraft, author_id: UUID, id: UUID | None = None, version: int = 1
    ) -> Self:
        """Under a new id, or one it has elsewhere."""
        return cls(
            id=id or new_id(),
            name=draft.name,
            stage_id=draft.trigger.stage_id if draft.trigger else ANY_STAGE,
            quote=draft.quote,
            **_happening(draft.happens),
            watches=draft.watches,
            segment_id=draft.segment_id,
            purpose_id=draft.purpose_id,
            condition=_CONDITION.dump_python(draft.condition, mode="json"),
            steps=_STEPS.dump_python(draft.steps, mode="json"),
            sets=_SETS.dump_python(draft.sets, mode="json"),
            tags=_TAGS.dump_python(draft.tags, mode="json"),
            give=_GIVE.dump_python(draft.give, mode="json"),
            enabled=draft.enabled,
            author_id=author_id,
            runs=0,
            created_at=now(),
            version=version,
        )

    def change(self, change: RuleChange, actor: Actor) -> Changes:
        before, changes = self.shown(), {}
        named = change.named()
        for name in sorted(named, key=lambda name: name not in TRIGGERS):  # they begin it anew
            value = named[name]
            if getattr(self.shown(), name) == value or (value is None and name not in CAN_GO):
                continue
            changes[name] = (_plain(name, getattr(before, name)), _plain(name, value))
            if name == "trigger":
                self._fires_for(stage_id=value.stage_id)
            elif name in TRIGGERS:
                self._fires_for(**{name: value})
            else:
                setattr(self, name, _plain(name, value))
        if DOES & changes.keys() or changes.get("enabled") == (False, True):
            self.author_id, self.paused_because, self.paused_code = actor.id, None, None
        if changes:
            self.version += 1
        return changes

    def _fires_for(
        self,
        stage_id: UUID = ANY_STAGE,
        quote: str | None = None,
        happens: Happening | None = None,
    ) -> None:
        self.stage_id, self.quote = stage_id, quote
        for name, value in _happening(happens).items():
            setattr(self, name, value)
        self.watches, self.segment_id, self.purpose_id = [], None, None

    @property
    def happening(self) -> Happening | None:
        told = self.happens or self.customer_happens
        return Happening(told) if told else None

    @property
    def about(self) -> RuleAbout:
        return self.happening.about if self.happening else RuleAbout.DEAL

    @property
    def asks(self) -> Condition | None:
        return _CONDITION.validate_python(self.condition)

    def asked(self) -> set[str]:
        """The names of the fields it asks of, of those it watches, and of those it sets."""
        condition = self.asks
        sets = _SETS.validate_python(self.sets)
        return {
            *(asked_fields(condition) if condition is not None else ()),
            *self.watches,
            *(CUSTOM + key for key in (sets.custom if sets is not None else ())),
        }

    def pause(self, because: str, code: str) -> None:
        self.paused_because, self.paused_code = because, code
        self.version += 1

    def saved(self) -> RuleSaved:
        runs = self.enabled and self.paused_because is None
        return RuleSaved(rule_id=self.id, version=self.version, enabled=runs)

    def shown(self, author_name: str | None = None) -> Rule:
        return Rule(
            id=self.id,
            name=self.name,
            trigger=DealEntersStage(stage_id=self.stage_id),
            quote=QuoteStep(self.quote) if self.quote else None,
            happens=self.happening,
            watches=self.watches,
            segment_id=self.segment_id,
            purpose_id=self.purpose_id,
            condition=self.asks,
            steps=_STEPS.validate_python(self.steps),
            sets=_SETS.validate_python(self.sets),
            tags=_TAGS.validate_python(self.tags),
            give=_GIVE.validate_python(self.give),
            enabled=self.enabled,
            paused_because=self.paused_because,
            paused_code=self.paused_code,
            author_id=self.author_id,
            author_name=author_name,
            runs=self.runs,
            last_run_at=self.last_run_at,
            created_at=self.created_at,
            version=self.version,
        )


def _happening(told: Happening | None) -> dict[str, str | None]:
    """What happens, as it is stored: the release before reads what it knows alone."""
    own = told is None or told.about is RuleAbout.DEAL
    return {"happens": told if own else None, "customer_happens": None if own else told}


def _plain(name: str, value: Any) -> Any:
    """A field of a rule as JSON."""
    if name == "condition":
        return _CONDITION.dump_python(value, mode="json")
    if name == "steps":
        return _STEPS.dump_python(value, mode="json")
    told = isinstance(value, DealEntersStage | SetFields | SetTags | Assign)
    return value.model_dump(mode="json") if told else value


class RunRow(schema.Base):  # type: ignore[name-defined,misc]
    """That a rule fired for an event; at most once for each pair of them."""

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("event_id", "rule_id"),
        Index("ix_run_at_id", "at", "id"),
        Index("ix_run_rule_at", "rule_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("automation.rule.id"))
    deal_id: Mapped[UUID] = mapped_column(index=True)  # sales.deal, by id only
    about: Mapped[str | None]  # what else it is about, with `record_id`
    record_id: Mapped[UUID | None]
    event_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(TIME)
    refused: Mapped[str | None]


class EffectRow(Pending, schema.Base):  # type: ignore[name-defined,misc]
    """One step of a run, as the rule had it then, done in its author's name."""

    __tablename__ = "effect"
    __table_args__ = (
        UniqueConstraint("event_id", "rule_id", "step"),
        Index(
            "ix_effect_chosen",
            *("chosen_id", "done_at"),
            postgresql_where=text("chosen_id is not null"),
        ),
        Index("ix_effect_due", "due_at", postgresql_where=text(f"state = '{WAITING}'")),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("automation.run.id"), index=True)
    rule_id: Mapped[UUID]
    event_id: Mapped[UUID]
    step: Mapped[int] = mapped_column(SmallInteger)
    type: Mapped[str]
    params: Mapped[dict[str, Any]]  # the step
    deal: Mapped[dict[str, Any]]  # what the event told of the deal, or of the record
    author_id: Mapped[UUID]
    cause: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(TIME)
    error_code: Mapped[str | None]
    chosen_id: Mapped[UUID | None]  # whose turn it was, once that is settled
    result_id: Mapped[UUID | None]
    done_at: Mapped[datetime | None] = mapped_column(TIME)

    @property
    def key(self) -> str:
        """What the effect is known by to whoever carries it out: it never happens twice."""
        return f"{self.event_id}:{self.rule_id}:{self.step}"

    @property
    def why(self) -> Cause:
        return Cause.model_validate(self.cause)

    def order(self, draft: D) -> Order[D]:
        """What it asks of whoever carries it out."""
        return Order[D](draft=draft, key=self.key, cause=self.why, trace=self.trace)

    def fail(self, error: str, code: str | None = None, *, final: bool = False) -> None:
        super().fail(error, code, final=final)
        self.error_code = code

    def done(self, result_id: UUID | None) -> None:
        self.result_id, self.done_at = result_id, now()

    def shown(self) -> Effect:
        return Effect(
            id=self.id,
            step=self.step,
            type=self.type,
            state=EffectState(self.state),
            attempts=self.attempts,
            error=self.error,
            error_code=self.error and self.error_code,
            result_id=self.result_id,
            done_at=self.done_at,
        )


class TurnRow(schema.Base):  # type: ignore[name-defined,misc]
    """Whose turn it was last, of those a rule gives deals to."""

    __tablename__ = "turn"

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("automation.rule.id"), primary_key=True)
    last_id: Mapped[UUID | None]
