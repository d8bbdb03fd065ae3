"""Deals with a past, as events of sales and activities, and the reports in plain Python."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from gausdo.kernel.actor import Actor, Grant, Reach
from gausdo.kernel.events import Event
from gausdo.kernel.values import new_id
from gausdo.modules.activities.contract import NoteAdded, TaskAdded, TaskChanged, TaskState
from gausdo.modules.sales.contract import DealChanged, DealMoved, DealOpened, StageKind

MOSCOW = ZoneInfo("Europe/Moscow")
READS = ("reports.dashboard", "sales.deal", "activities.task", "activities.note")


def reader(reach: Reach, id: UUID | None = None, team: UUID | None = None) -> Actor:
    grants = tuple(
        Grant(object=name, operation="read", reach=Reach.ALL if name == READS[0] else reach)
        for name in READS
    )
    teams = frozenset({team} if team else ())
    return Actor(
        id=id or new_id(), team_id=team, teams=teams, grants=grants, time_zone="Europe/Moscow"
    )


@dataclass
class Stage:
    id: UUID
    kind: StageKind
    probability: int


def pipeline() -> list[Stage]:
    return [
        *(Stage(new_id(), StageKind.OPEN, share) for share in (10, 33, 67)),
        Stage(new_id(), StageKind.WON, 100),
        Stage(new_id(), StageKind.LOST, 0),
    ]


@dataclass
class Life:
    """One deal as it is now, and what has happened to it (time, event)."""

    deal: dict[str, object]
    told: list[tuple[datetime, Event]]


@dataclass
class Lives:
    """A seeded company: teams of owners, two pipelines, deals, tasks and notes of two years."""

    seed: int
    today: datetime = field(default_factory=lambda: datetime.now(UTC))
    deals: list[Life] = field(default_factory=list)
    tasks: list[Life] = field(default_factory=list)
    notes: list[Life] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.teams = [new_id(), new_id()]
        self.owners = {new_id(): self.teams[number % 2] for number in range(4)}
        self.pipelines = {new_id(): pipeline() for _ in range(2)}

    def live(self, deals: int) -> "Lives":
        for _ in range(deals):
            self.deals.append(self._deal())
        for _ in range(deals // 2):
            self._task()
            self._note()
        return self

    def join(self, more: "Lives") -> "Lives":
        """Those of `more` are among these from now on; answers `more`."""
        self.deals += more.deals
        self.tasks += more.tasks
        self.notes += more.notes
        return more

    def events(self) -> dict[str, list[tuple[datetime, Event]]]:
        """Source → what happened, in its order."""
        told = {
            "sales": [step for life in self.deals for step in life.told],
            "activities": [step for life in (*self.tasks, *self.notes) for step in life.told],
        }
        return {source: sorted(steps, key=lambda step: step[0]) for source, steps in told.items()}

    def _owner(self) -> tuple[UUID, UUID]:
        return self.dice.choice(list(self.owners.items()))

    def _deal(self) -> Life:
        dice, (owner, team) = self.dice, self._owner()
        pipeline_id = dice.choice(list(self.pipelines))
        stages = self.pipelines[pipeline_id]
        at = self.today - timedelta(days=dice.randint(1, 700), seconds=dice.randint(0, 86_400))
        worth = dice.random() < 0.9
        deal = {
            "deal_id": new_id(), "version": 1, "pipeline_id": pipeline_id,
            "stage_id": stages[0].id, "kind": stages[0].kind,
            "probability": stages[0].probability, "owner_id": owner, "team_id": team,
            "amount": Decimal(dice.randint(1, 10**9)) / 100 if worth else None,
            "currency": dice.choice(["RUB", "RUB", "EUR"]) if worth else None,
            "company_id": None, "contact_id": None,
            "expected_on": (self.today + timedelta(days=dice.randint(-90, 500))).date()
            if dice.random() < 0.8 else None,
            "created_at": at, "stage_since": at, "closed_at": None,
        }  # fmt: skip
        life = Life(deal, [(at, DealOpened(**deal))])
        for _ in range(dice.randint(0, 5)):
            at += timedelta(days=dice.randint(0, 60), seconds=dice.randint(1, 9999))
            if at > self.today:
                break
            if dice.random() < 0.25:
                self.hand_over(life, at)
            else:
                self.move(life, dice.choice(stages), at)
        return life

    def move(self, life: Life, stage: Stage, at: datetime) -> None:
        deal = life.deal
        if stage.id == deal["stage_id"]:
            return
        before = {
            "from_stage_id": deal["stage_id"], "from_kind": deal["kind"],
            "from_probability": deal["probability"],
            "seconds": int((at - deal["stage_since"]).total_seconds()),
        }  # fmt: skip
        deal |= {
            "version": deal["version"] + 1, "stage_id": stage.id, "kind": stage.kind,
            "probability": stage.probability, "stage_since": at,
            "closed_at": None if stage.kind is StageKind.OPEN else at,
        }  # fmt: skip
        life.told.append((at, DealMoved(**deal, **before)))

    def hand_over(self, life: Life, at: datetime) -> None:
        deal = life.deal
        before = {
            "previous_owner_id": deal["owner_id"], "previous_team_id": deal["team_id"],
            "changes": {"owner_id": (str(deal["owner_id"]), "…")},
        }  # fmt: skip
        owner, team = self._owner()
        deal |= {"version": deal["version"] + 1, "owner_id": owner, "team_id": team}
        life.told.append((at, DealChanged(**deal, **before)))

    def _task(self) -> None:
        dice, (owner, team) = self.dice, self._owner()
        at = self.today - timedelta(days=dice.randint(1, 500))
        task = {
            "task_id": new_id(), "version": 1, "state": TaskState.OPEN, "owner_id": owner,
            "team_id": team, "about_kind": "deal",
            "about_id": dice.choice(self.deals).deal["deal_id"], "due_at": at,
            "created_at": at, "done_at": None,
        }  # fmt: skip
        life = Life(task, [(at, TaskAdded(**task))])
        for state in dice.choice([[], [TaskState.DONE], [TaskState.DONE, TaskState.OPEN]]):
            at += timedelta(hours=1)
            before = {"previous_owner_id": task["owner_id"], "previous_team_id": task["team_id"]}
            owner, team = self._owner()
            task |= {
                "version": task["version"] + 1, "state": state, "owner_id": owner,
                "team_id": team, "done_at": at if state is TaskState.DONE else None,
            }  # fmt: skip
            life.told.append((at, TaskChanged(**task, **before, fields=("state", "owner_id"))))
        self.tasks.append(life)

    def _note(self) -> None:
        owner, team = self._owner()
        at = self.today - timedelta(days=self.dice.randint(1, 500))
        note = {
            "note_id": new_id(), "author_id": owner, "team_id": team, "about_kind": "deal",
            "about_id": self.dice.choice(self.deals).deal["deal_id"], "created_at": at,
        }  # fmt: skip
        self.notes.append(Life(note, [(at, NoteAdded(**note))]))


@dataclass
class Expected:
    """The dashboard of a reader, computed deal by deal: what ClickHouse has to agree with.

    `sees(owner, team)` says whose records count.
    """

    lives: Lives
    sees: Callable[[UUID, UUID], bool] = lambda _owner, _team: True
    currency: str = "RUB"
    months: int = 12
    pipeline_id: UUID | None = None
    owner_id: UUID | None = None

    def _month(self, step: int) -> date:
        day = self.lives.today.astimezone(MOSCOW).date()
        months = day.year * 12 + day.month - 1 + step
        return date(months // 12, months % 12 + 1, 1)

    @property
    def since(self) -> datetime:
        return datetime.combine(self._month(1 - self.months), time(), MOSCOW)

    def _visible(self, *, owner: bool = True) -> list[Life]:
        return [
            life
            for life in self.lives.deals
            if self.sees(life.deal["owner_id"], life.deal["team_id"])
            and self.pipeline_id in (None, life.deal["pipeline_id"])
            and (not owner or self.owner_id in (None, life.deal["owner_id"]))
        ]

    def _money(self) -> list[Life]:
        return [life for life in self._visible() if life.deal["currency"] in (None, self.currency)]

    def won(self) -> dict[date, tuple[int, Decimal, Decimal]]:
        bars = {
            self._month(step): (0, Decimal(0), Decimal(0)) for step in range(1 - self.months, 1)
        }
        for life in self._money():
            at = life.deal["closed_at"]
            if life.deal["kind"] is StageKind.WON and at >= self.since:
                month = at.astimezone(MOSCOW).date().replace(day=1)
                count, total, _ = bars[month]
                total += life.deal["amount"] or 0
                bars[month] = (count + 1, total, total)
        return bars

    def forecast(self) -> dict[date, tuple[int, Decimal, Decimal]]:
        bars = {self._month(step): (0, Decimal(0), Decimal(0)) for step in range(self.months)}
        for life in self._money():
            deal = life.deal
            if deal["kind"] is not StageKind.OPEN or deal["expected_on"] is None:
                continue
            month = max(deal["expected_on"].replace(day=1), self._month(0))
            if month in bars:
                count, total, weighted = bars[month]
                amount = deal["amount"] or Decimal(0)
                bars[month] = (
                    count + 1, total + amount, weighted + amount * deal["probability"] / 100
                )  # fmt: skip
        return {
            month: (count, total, weighted.quantize(Decimal("0.01")))
            for month, (count, total, weighted) in bars.items()
        }

    def funnel(self) -> dict[UUID, tuple[int, Decimal]]:
        bars: dict[UUID, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
        for life in self._money():
            entered = {
                event.stage_id
                for at, event in life.told
                if isinstance(event, DealOpened | DealMoved) and at >= self.since
            }
            for stage in entered:
                count, total = bars[stage]
                bars[stage] = (count + 1, total + (life.deal["amount"] or 0))
        return dict(bars)

    def activity(self) -> dict[UUID, Counter[str]]:
        bars: dict[UUID, Counter[str]] = defaultdict(Counter)
        visible = self._visible(owner=False)
        for life in visible:
            done = set()
            for at, event in life.told:
                if at < self.since or isinstance(event, DealChanged):
                    continue
                opened = isinstance(event, DealOpened)
                done.add((event.owner_id, "opened" if opened else "moved"))
                if event.kind is StageKind.WON and (opened or event.from_kind != StageKind.WON):
                    done.add((event.owner_id, "won"))
            for owner, measure in done:
                bars[owner][measure] += 1
        for owner, measure in self._about({life.deal["deal_id"] for life in visible}):
            bars[owner][measure] += 1
        if self.owner_id is not None:
            return {owner: bar for owner, bar in bars.items() if owner == self.owner_id}
        return dict(bars)

    def _about(self, deals: set[UUID]) -> Iterator[tuple[UUID, str]]:
        """Owner and measure of each task done and each note that counts."""
        for life in self.lives.tasks:
            task = life.deal
            if (
                task["state"] is TaskState.DONE
                and task["done_at"] >= self.since
                and self.sees(task["owner_id"], task["team_id"])
                and (self.pipeline_id is None or task["about_id"] in deals)
            ):
                yield task["owner_id"], "tasks_done"
        for life in self.lives.notes:
            note = life.deal
            seen = self.sees(note["author_id"], note["team_id"]) and note["about_id"] in deals
            if note["created_at"] >= self.since and seen:
                yield note["author_id"], "notes"
