"""Charts over the datasets of sales and activities, each read under the rights of its reader.

A chart is a SELECT of pairs: the bar, and a deal in it. The bars are its totals and a drill-through
its rows, so that the two cannot differ. Everything starts from `deals`: the deals the actor may
read as they are now, so a fact counts for whom its deal is visible to.
"""

# ruff: noqa: S608 - the text of a query comes from this file alone, every value is a parameter

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import invalid
from gausdo.kernel.pages import place_of
from gausdo.kernel.values import now
from gausdo.modules.activities.contract import TaskRemoved, TaskState
from gausdo.modules.reports.contract import Chart, DashboardQuery, DrillQuery
from gausdo.modules.sales.contract import DealMoved, DealOpened, StageKind
from gausdo.platform.facts import Dataset
from gausdo.platform.rights_clickhouse import reach, showing

DEALS = Right("sales.deal", "read")
TASKS = Right("activities.task", "read")
NOTES = Right("activities.note", "read")

_TIME = "DateTime64(6, 'UTC')"
_MONEY = "currency in ('', {currency:String})"
_STEP = f"name in ('{DealOpened.name}', '{DealMoved.name}') and at >= {{since:{_TIME}}}"

_CHARTS: dict[Chart, str] = {
    "won-by-month": f"""
        select toString(toStartOfMonth(assumeNotNull(closed_at), {{zone:String}})) as bar,
            deal_id, created_at, amount, 100 as probability
        from deals
        where kind = '{StageKind.WON}' and {_MONEY}
            and closed_at >= {{since:{_TIME}}} and closed_at < {{until:{_TIME}}}""",
    "funnel": f"""
        select toString(entered) as bar, deal_id, created_at, amount, 100 as probability
        from (
            select distinct stage_id as entered, deal_id from deal_facts where {_STEP}
        ) as steps inner join deals using (deal_id)
        where {_MONEY}""",
    "forecast": f"""
        select toString(toStartOfMonth(greatest(assumeNotNull(expected_on), {{today:Date32}})))
            as bar, deal_id, created_at, amount, probability
        from deals
        where kind = '{StageKind.OPEN}' and {_MONEY}
            and expected_on is not null and expected_on < {{ahead:Date32}}""",
    "activity-by-owner": f"""
        select toString(doer) as bar, deal_id, created_at, opened, moved, won
        from (
            select owner_id as doer, deal_id,
                max(name = '{DealOpened.name}') as opened,
                max(name = '{DealMoved.name}') as moved,
                max(kind = '{StageKind.WON}' and from_kind != '{StageKind.WON}') as won
            from deal_facts
            where {_STEP} and {{mine}}
            group by doer, deal_id
        ) as steps inner join deals using (deal_id)""",
}


_HIDEABLE = {
    "worth": (("amount", "null"), ("currency", "''")),
    "expected_on": (("expected_on", "null"),),
}
"""Guarded field → the columns it is in, and what stands there for whom it is hidden from."""


@dataclass(frozen=True)
class Months:
    """Whole months of the actor's time zone: `back` up to the current one, `ahead` from it."""

    back: list[date]
    ahead: list[date]
    today: date
    zone: str

    @classmethod
    def of(cls, actor: Actor, count: int) -> "Months":
        today = now().astimezone(ZoneInfo(actor.time_zone)).date()
        return cls(
            [_month(today, step) for step in range(1 - count, 1)],
            [_month(today, step) for step in range(count)],
            today,
            actor.time_zone,
        )

    def parameters(self) -> dict[str, str]:
        return {
            "zone": self.zone,
            "since": _utc(self.back[0], self.zone),
            "until": _utc(_month(self.today, 1), self.zone),
            "today": self.today.isoformat(),
            "ahead": _month(self.ahead[-1], 1).isoformat(),
        }


@dataclass(frozen=True)
class Question:
    """ClickHouse SQL and the values it names."""

    sql: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """What one actor asks: every question it makes holds the actor's rights and the filters."""

    actor: Actor
    query: DashboardQuery
    months: Months
    deals: Dataset
    shared: list[UUID] = field(default_factory=list)

    def bars(self, chart: Chart) -> Question:
        """Per bar: count, sum and weighted sum of its deals, or an owner's measures."""
        totals = "count() as count, " + (
            "sum(opened) as opened, sum(moved) as moved, sum(won) as won"
            if chart == "activity-by-owner"
            else "ifNull(sum(toDecimal128(amount, 2)), 0) as sum, "
            "ifNull(sum(toDecimal128(amount, 2) * probability), 0) as weight"
        )
        return self._over(chart, f"select bar, {totals} from chart group by bar order by bar")

    def behind(self, drill: DrillQuery) -> Question:
        """The deals of one bar, newest first; one more than asked for tells of a next page."""
        clauses = ["bar = {bar:String}"]
        told: dict[str, Any] = {"bar": _bar(drill)}
        if drill.measure is not None:
            if drill.chart != "activity-by-owner":
                raise invalid("measure", "value", "Only an owner's bar has measures.")
            clauses.append(f"{drill.measure} = 1")
        if drill.after is not None:
            told["created_at"], told["deal_id"] = _after(drill.after)
            clauses.append(f"(created_at, deal_id) < ({{created_at:{_TIME}}}, {{deal_id:UUID}})")
        return self._over(
            drill.chart,
            f"select deal_id, created_at from chart where {' and '.join(clauses)} "
            f"order by created_at desc, deal_id desc limit {drill.limit + 1}",
            told,
        )

    def currencies(self) -> Question:
        deals, told = self._deals(of_owner=False)
        return Question(
            f"select distinct currency from ({deals}) where currency != '' order by currency", told
        )

    def tasks_done(self) -> Question:
        """Tasks done in the period by who has them now; as the latest fact of each tells."""
        may, told = reach(self.actor, TASKS)
        return self._of_owners(
            "task_id",
            f"""(
                select task_id, now.1 as owner_id, now.2 as team_id, now.3 as state,
                    now.4 as done_at, now.5 as about_kind, now.6 as about_id, now.7 as fact
                from (
                    select task_id, argMax(
                        (owner_id, team_id, state, done_at, about_kind, about_id, name), version
                    ) as now
                    from task_facts where at >= {{since:{_TIME}}} group by task_id
                )
            )""",
            f"{may} and state = '{TaskState.DONE}' and fact != '{TaskRemoved.name}' "
            f"and done_at >= {{since:{_TIME}}}",
            told,
        )

    def notes(self) -> Question:
        """Notes written in the period by the people whose tasks the actor may see as well, on
        deals that the actor may see: a role may read every note of a record it can open.
        """
        may, told = reach(self.actor, NOTES)
        too, more = reach(self.actor, TASKS, prefix="t")
        seen = "(about_kind != 'deal' or about_id in (select deal_id from deals))"
        where = f"{may} and {too} and {seen} and at >= {{since:{_TIME}}}"
        return self._of_owners("note_id", "note_facts", where, told | more)

    def _of_owners(self, record: str, source: str, where: str, told: dict[str, Any]) -> Question:
        scope, parameters = self._deals(of_owner=False)
        if self.query.pipeline_id is not None:
            where += " and about_kind = 'deal' and about_id in (select deal_id from deals)"
        mine, owner = self._mine()
        return Question(
            f"with deals as ({scope}) "
            f"select owner_id as bar, uniqExact({record}) as count from {source} "
            f"where {where} and {mine} group by bar",
            {**parameters, **told, **owner, **self.months.parameters()},
        )

    def _over(self, chart: Chart, select: str, told: dict[str, Any] | None = None) -> Question:
        activity = chart == "activity-by-owner"
        scope, parameters = self._deals(of_owner=not activity)
        mine, owner = self._mine() if activity else ("true", {})
        rows = _CHARTS[chart].replace("{mine}", mine)
        return Question(
            f"with deals as ({scope}), chart as ({rows}) {select}",
            {
                **parameters,
                **owner,
                **self.months.parameters(),
                "currency": self.query.currency,
                **(told or {}),
            },
        )

    def _mine(self) -> tuple[str, dict[str, str]]:
        """An owner's facts: those of what was theirs when it happened."""
        if self.query.owner_id is None:
            return "true", {}
        return "owner_id = {owner:UUID}", {"owner": str(self.query.owner_id)}

    def _deals(self, *, of_owner: bool) -> tuple[str, dict[str, Any]]:
        may, told = reach(self.actor, DEALS, self.deals, shared=self.shared)
        clauses = [may]
        if self.query.pipeline_id is not None:
            clauses.append("pipeline_id = {pipeline:UUID}")
            told["pipeline"] = str(self.query.pipeline_id)
        if of_owner:
            mine, owner = self._mine()
            clauses.append(mine)
            told |= owner
        replaced = []
        for guarded, hides in _HIDEABLE.items():
            seen, more = showing(self.actor, DEALS, guarded, self.deals, self.shared)
            told |= more
            if seen != "true":
                replaced += [f"if({seen}, {name}, {empty}) as {name}" for name, empty in hides]
        columns = f"* replace ({', '.join(replaced)})" if replaced else "*"
        return f"select {columns} from deal_state final where {' and '.join(clauses)}", told


def _bar(drill: DrillQuery) -> str:
    name: str
    bar: UUID | date | None
    match drill.chart:
        case "funnel":
            name, bar = "stage_id", drill.stage_id
        case "activity-by-owner":
            name, bar = "bar_owner_id", drill.bar_owner_id
        case _:
            name, bar = "month", drill.month and drill.month.replace(day=1)
    if bar is None:
        raise invalid(name, "missing", "Say which bar of the chart you mean.")
    return str(bar)


def _after(told: str) -> tuple[str, str]:
    """Time and id a page ended with. Raises Invalid when they are none."""
    at, deal_id = place_of(told, 2)
    try:
        return (
            datetime.fromisoformat(at).strftime("%Y-%m-%d %H:%M:%S.%f"),
            str(UUID(deal_id)),
        )
    except (TypeError, ValueError, AttributeError):
        raise invalid("after", "cursor", "This is not the `next` of a page of this list.") from None


def _month(day: date, step: int) -> date:
    """The first day of the month `step` months away."""
    months = day.year * 12 + day.month - 1 + step
    return date(months // 12, months % 12 + 1, 1)


def _utc(day: date, zone: str) -> str:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
