"""Rules as files: see `kernel/configuration.py`. Whoever brings one in answers for what it does."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictBool
from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Condition, Fields
from gausdo.kernel.values import Line
from gausdo.modules.automation import access
from gausdo.modules.automation.acting import Hands
from gausdo.modules.automation.contract import (
    RULES,
    Assign,
    DealEntersStage,
    Happening,
    QuoteStep,
    RuleAbout,
    RuleChange,
    RuleDraft,
    RuleHasRun,
    RuleRemoved,
    SetFields,
    SetTags,
    Step,
    Watched,
)
from gausdo.modules.automation.fields import DEAL, OWNED
from gausdo.modules.automation.possible import demand_rule
from gausdo.modules.automation.tables import RuleRow, RunRow
from gausdo.platform.configuration import At, Entry, Kind, first_version
from gausdo.platform.configuration.people import Emails, by_email, by_id
from gausdo.platform.db import Tx


class RuleEntry(Entry):
    name: Line
    enabled: StrictBool = True
    trigger: DealEntersStage | None = None
    quote: QuoteStep | None = None
    happens: Happening | None = None
    watches: list[Watched] = Field(default_factory=list, max_length=20)
    segment_id: UUID | None = None
    purpose_id: UUID | None = None
    condition: Condition | None = None
    steps: Annotated[list[Step], Field(max_length=20)]
    sets: SetFields | None = None
    tags: SetTags | None = None
    give: Assign | None = None


class Rules(Kind[RuleEntry]):
    name = "rules"
    entry = RuleEntry
    guarded = RULES
    reading = access.READ

    def __init__(self, hands: Hands, emails: Emails) -> None:
        self._hands, self._emails = hands, emails

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[RuleEntry]:
        query = select(RuleRow).order_by(RuleRow.id)
        rows = await tx.session.scalars(query.with_for_update() if lock else query)
        return [self._entry(row) for row in rows]

    async def look(self, actor: Actor, wanted: RuleEntry, coming: frozenset[UUID]) -> None:
        rule = self._draft(wanted)
        await demand_rule(self._hands, actor, rule, coming)

    async def add(self, at: At, wanted: RuleEntry) -> None:
        version = await first_version(at.tx, wanted.id)
        row = RuleRow.write(self._draft(wanted), at.actor.id, wanted.id, version)
        at.tx.add(row)
        at.tx.publish(row.saved())

    async def change(self, at: At, wanted: RuleEntry, fields: Mapping[str, Any]) -> None:
        row = await at.tx.session.get_one(RuleRow, wanted.id)
        named = dict(fields)
        if "condition" in named:
            named["condition"] = self._condition(wanted)
        changes = row.change(RuleChange(version=row.version, **named), at.actor)
        at.tx.publish(row.saved(), changes=changes)

    async def remove(self, at: At, id: UUID) -> None:
        row = await at.tx.session.get_one(RuleRow, id)
        ran = await at.tx.session.scalar(select(RunRow.id).where(RunRow.rule_id == id).limit(1))
        if ran is not None:
            raise RuleHasRun("This rule has run, so it stays. Switch it off instead.")
        at.tx.publish(RuleRemoved(rule_id=id), changes={"name": (row.name, None)})
        await at.tx.session.delete(row)

    def _entry(self, row: RuleRow) -> RuleEntry:
        shown = row.shown()
        return RuleEntry(
            id=shown.id,
            name=shown.name,
            enabled=shown.enabled,
            trigger=None if shown.quote or shown.happens else shown.trigger,
            quote=shown.quote,
            happens=shown.happens,
            watches=shown.watches,
            segment_id=shown.segment_id,
            purpose_id=shown.purpose_id,
            condition=by_email(shown.condition, _people_in(shown.happens), self._emails),
            steps=shown.steps,
            sets=shown.sets,
            tags=shown.tags,
            give=shown.give,
        )

    def _draft(self, wanted: RuleEntry) -> RuleDraft:
        told = {name: getattr(wanted, name) for name in RuleDraft.model_fields}
        return RuleDraft(**told | {"condition": self._condition(wanted)})

    def _condition(self, wanted: RuleEntry) -> Condition | None:
        return by_id(wanted.condition, _people_in(wanted.happens), self._emails, "condition")


def _people_in(happens: Happening | None) -> Fields:
    """The fields of its records that hold people."""
    return DEAL if happens is None or happens.about is RuleAbout.DEAL else OWNED
