"""The life of a deal: stages and how long it stays, changes of mind, tasks and notes on the way."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from gausdo.demo import names_deals as says
from gausdo.demo.world_dice import Dice
from gausdo.demo.world_records import (
    About,
    Colleague,
    Company,
    Deal,
    Edit,
    Move,
    Note,
    Person,
    Pipeline,
    Stage,
    Task,
)
from gausdo.demo.world_staff import Staff
from gausdo.demo.world_time import DAY, ZONE, at_work, on, workday
from gausdo.kernel.values import Money
from gausdo.modules.sales.contract import StageKind

MINUTE = timedelta(minutes=1)
CENT = Decimal("0.01")

# median and spread of a log-normal sum, per pipeline
_WORTH = {"Продажи": (320_000, 0.95), "Продление": (180_000, 0.6), "Partners": (900_000, 0.8)}
RATES = {"RUB": 1, "EUR": 95, "USD": 85, "CNY": 12}
"""Roubles, as they were some day; only the size of sums depends on it."""
_WON = {"Продажи": 0.36, "Продление": 0.72, "Partners": 0.42}


class Deals:
    """Deals up to `until`; what is planned stands after it."""

    def __init__(self, dice: Dice, staff: Staff, today: date, until: datetime) -> None:
        self._dice, self._staff, self._today, self._until = dice, staff, today, until

    def deal(
        self,
        pipeline: Pipeline,
        at: datetime,
        owner: Colleague,
        company: Company | None,
        contact: Person | None,
        currency: str,
    ) -> Deal:
        dice = self._dice
        worth = self._worth(pipeline, currency)
        known = dice.chance(0.9)
        usual = sum(stage.days for stage in pipeline.open) * owner.pace
        expected = workday(at.date() + DAY * round(usual * 1.3 * dice.around(1, 0.3) + 5))
        return Deal(
            id=dice.id_at(at),
            title=self._title(pipeline, company, contact),
            pipeline=pipeline,
            stage=pipeline.stages[0],
            company_id=company.id if company else None,
            contact_id=contact.id if contact else None,
            worth=worth if known else None,
            expected_on=expected,
            owner=owner,
            about=dice.choice(says.ABOUT) if dice.chance(0.2) and _russian(pipeline) else None,
            created_at=at,
            steps=self._steps(pipeline, at, owner, worth, expected, known=known),
        )

    def _title(self, pipeline: Pipeline, company: Company | None, contact: Person | None) -> str:
        dice = self._dice
        if pipeline.name == "Partners":
            return dice.choice(says.PARTNERSHIPS)
        if pipeline.name == "Продление":
            return dice.choice(says.RENEWED)
        aim = f"{dice.choice(says.AIMS)}: {dice.choice(says.GOODS)}"
        return aim if company or not contact else f"{aim} ({contact.name})"

    def _worth(self, pipeline: Pipeline, currency: str) -> Money:
        median, spread = _WORTH[pipeline.name]
        return _rounded(self._dice.around(median / RATES[currency], spread), currency)

    def _steps(
        self,
        pipeline: Pipeline,
        at: datetime,
        owner: Colleague,
        worth: Money,
        expected: date,
        *,
        known: bool,
    ) -> tuple[Move | Edit, ...]:
        steps: list[Move | Edit] = []
        previous, late = pipeline.stages[0], self._late(expected)
        for stage, lost_reason in self._path(pipeline, at, owner):
            leaves = self._leaves(at, previous, owner)
            while max(late, at) + MINUTE < min(leaves, self._until):
                at = max(late, at) + MINUTE
                expected = workday(at.date() + DAY * self._dice.randint(15, 60))
                steps.append(Edit(at, owner, {"expected_on": expected}))
                late = self._late(expected)
            if leaves >= self._until:
                break
            steps.append(Move(leaves, owner, stage, lost_reason))
            if stage.kind is not StageKind.OPEN:
                break
            at, previous = leaves, stage
            soon = at_work(at + timedelta(minutes=self._dice.randint(5, 90)), self._dice)
            if soon >= self._until:
                break
            if not known or (stage is pipeline.open[-2] and self._dice.chance(0.3)):
                if known:
                    worth = self._cheaper(worth)
                known = True
                steps.append(Edit(soon, owner, {"worth": worth}))
                at = soon
            elif self._dice.chance(0.02):
                owner, head = self._dice.choice(self._staff.teammates(owner)), self._staff.head
                steps.append(Edit(soon, head, {"owner": owner}))
                at = soon
        return tuple(steps)

    def _path(
        self, pipeline: Pipeline, at: datetime, owner: Colleague
    ) -> list[tuple[Stage, str | None]]:
        """The stages it would enter, given time."""
        dice, stages = self._dice, list(pipeline.open[1:])
        if dice.chance(0.12):
            stages.remove(dice.choice(stages))
        entered: list[tuple[Stage, str | None]] = [(stage, None) for stage in stages]
        years = (at - self._until).days / 365
        if dice.chance(min(0.9, _WON[pipeline.name] * owner.luck * (1.05 + 0.05 * years))):
            return [*entered, (pipeline.closed(StageKind.WON), None)]
        passed = dice.choices(range(len(stages) + 1), [3, 4, 2, 1][: len(stages) + 1])[0]
        reasons = lost_reasons(pipeline)
        lost = (
            pipeline.closed(StageKind.LOST),
            dice.choices(reasons, range(len(reasons), 0, -1))[0],
        )
        return [*entered[:passed], lost]

    def _leaves(self, at: datetime, stage: Stage, owner: Colleague) -> datetime:
        days = self._dice.around(stage.days, 0.8) * owner.pace
        if self._dice.chance(0.08):
            days *= 4  # forgotten for a while
        return at_work(at + timedelta(days=days, minutes=10), self._dice)

    def _late(self, expected: date) -> datetime:
        """When a date that has passed is put off: some days later."""
        return on(workday(expected + DAY * (1 + self._dice.randrange(4))), self._dice)

    def _cheaper(self, worth: Money) -> Money:
        return _rounded(int(worth.amount) * self._dice.uniform(0.84, 0.97), worth.currency)

    def tasks(self, deal: Deal, mean: float) -> list[Task]:
        """Done ones, `mean` per deal; an open deal has a next one, or has been left without."""
        dice = self._dice
        owner: Colleague = deal.now("owner")
        going = deal.now_in.kind is StageKind.OPEN
        until = self._until if going else deal.stage_since
        about = About("deal", deal.id)
        made = []
        for _ in range(dice.count(mean)):
            at = at_work(deal.created_at + (until - deal.created_at) * dice.random(), dice)
            due = on(workday(at.date() + DAY * dice.randint(1, 6)), dice)
            done = at_work(due + timedelta(hours=dice.gauss(-3, 14)), dice)
            if at < done < self._until:
                made.append(self._task(deal, owner, about, at, due, done))
        if going and dice.chance(0.8):
            since = max(deal.stage_since, self._until - timedelta(days=9))
            at = since + (self._until - since) * dice.random()
            made.append(self._task(deal, owner, about, at, self.due(at), None))
        return made

    def due(self, at: datetime) -> datetime:
        """When an open task that was set at `at` is due: late, today or later."""
        dice = self._dice
        late = (self._today - at.astimezone(ZONE).date()).days
        if late > 0 and dice.chance(0.2):
            due = on(self._today - DAY * dice.randint(1, late), dice)
            if due > at:
                return due
        if dice.chance(0.2):
            return on(self._today, dice)
        return on(workday(self._today + DAY * dice.randint(1, 21)), dice)

    def _task(
        self,
        deal: Deal,
        owner: Colleague,
        about: About,
        at: datetime,
        due: datetime,
        done: datetime | None,
    ) -> Task:
        title = self._dice.choice(says.TASKS if _russian(deal.pipeline) else says.ENGLISH_TASKS)
        return Task(self._dice.id_at(at), title, about, owner, due, at, done)

    def notes(self, deal: Deal, mean: float) -> list[Note]:
        dice = self._dice
        until = deal.stage_since if deal.now_in.kind is not StageKind.OPEN else self._until
        texts = says.NOTES if _russian(deal.pipeline) else says.ENGLISH_NOTES
        made = []
        for _ in range(dice.count(mean)):
            at = at_work(deal.created_at + (until - deal.created_at) * dice.random(), dice)
            about = About("deal", deal.id)
            if deal.company_id and dice.chance(0.2):
                about = About("company", deal.company_id)
            elif deal.contact_id and dice.chance(0.12):
                about = About("person", deal.contact_id)
            if at < self._until:
                author = deal.now("owner")
                made.append(Note(dice.id_at(at), about, dice.choice(texts), author, at))
        return made


def lost_reasons(pipeline: Pipeline) -> Sequence[str]:
    return says.LOST if _russian(pipeline) else says.ENGLISH_LOST


def _russian(pipeline: Pipeline) -> bool:
    return pipeline.name != "Partners"


def _rounded(sum_: float, currency: str) -> Money:
    whole = 1000 if currency == "RUB" else 100
    return Money(
        amount=Decimal(max(1, round(sum_ / whole)) * whole).quantize(CENT), currency=currency
    )
