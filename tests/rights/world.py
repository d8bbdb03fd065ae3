"""A world in which every value says whose it is; what each may see of it, in plain Python."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

WIDTHS = ("own", "team", "tree", "all")
KINDS = {
    "deal": "sales.deal",
    "company": "customers.company",
    "person": "customers.person",
    "task": "activities.task",
}
FIELDS = {
    "view": (),
    "edit": (),
    "deal": ("worth", "company_id", "contact_id", "expected_on", "about"),
    "company": (
        *("legal_name", "inn", "kpp", "ogrn", "address", "size", "parent_id"),
        *("domain", "phones", "emails", "links", "city", "industry", "tags", "source", "about"),
    ),
    "person": (
        *("position", "document", "company_id", "phones", "emails", "links", "city"),
        *("tags", "source", "about"),
    ),
    "task": ("description",),
}
"""What can be hidden."""

TAKEN_OUT = ("deal", "company", "person")
"""Whose lists can be exported."""
BESIDE = (
    "activities.note.read",
    "reports.dashboard.read",
    "identity.user.read",
    "communications.letter.read",
    "integrations.webhook.read",
)
SOME = 0.4
"""The share of grants that have a condition, and of roles that lack one of `BESIDE`."""

Record = dict[str, Any]
Condition = tuple[dict[str, Any], Callable[[Record], bool]]


@dataclass
class Person:
    """Somebody who works here; `teams`: their own and those they lead, `tree`: with those below."""

    id: str
    name: str
    team: str | None
    teams: set[str]
    tree: set[str]
    grants: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class World:
    """Records by kind; each has `id`, `owner_id`, `team_id`, `told` (field → text nobody else has)
    and `shared` (ids of people and teams).
    """

    records: dict[str, list[Record]]
    conditions: Mapping[str, list[Condition]]

    def visible(self, who: Person, kind: str) -> list[Record]:
        return [one for one in self.records[kind] if self.holding(who, kind, "read", one)]

    def holding(self, who: Person, kind: str, operation: str, one: Record) -> list[dict[str, Any]]:
        """The grants that reach the record; a view, and a mass edit, are their maker's."""
        if kind in {"view", "edit"}:
            return [{"without": []}] if one["owner_id"] == who.id else []
        return [
            grant
            for grant in who.grants
            if grant["object"] == KINDS[kind]
            and grant["operation"] == operation
            and self.reaches(who, grant, one)
            and self._fulfils(kind, grant, one)
        ]

    def reaches(self, who: Person, grant: dict[str, Any], one: Record) -> bool:
        if grant["reach"] == "all" or one["owner_id"] == who.id:
            return True
        if one["shared"] & {who.id, *who.teams}:
            return True
        teams = {"own": set(), "team": who.teams, "tree": who.tree}[grant["reach"]]
        return one["team_id"] in teams

    def _fulfils(self, kind: str, grant: dict[str, Any], one: Record) -> bool:
        asked = grant.get("condition")
        if asked is None:
            return True
        return next(holds for told, holds in self.conditions[kind] if told == asked)(one)

    def shown(self, who: Person, kind: str, one: Record) -> set[str]:
        """Those of the fields that can be hidden which are not."""
        holding = self.holding(who, kind, "read", one)
        return {
            name for name in FIELDS[kind] if any(name not in grant["without"] for grant in holding)
        }

    def tellable(self, who: Person) -> set[str]:
        """Every telling text that may come to somebody's eyes."""
        return {
            text
            for kind, records in self.records.items()
            for one in records
            if self.holding(who, kind, "read", one)
            for name, text in one["told"].items()
            if name not in FIELDS[kind] or name in self.shown(who, kind, one)
        }

    def ids(self, who: Person) -> set[str]:
        """Ids that may come to somebody's eyes: of records, and those their fields name."""
        found: set[str] = set()
        for kind, records in self.records.items():
            for one in records:
                if self.holding(who, kind, "read", one):
                    found |= {one["id"]}
                    found |= {
                        one[name]
                        for name in ("company_id", "contact_id", "about_id", "parent_id")
                        if one.get(name)
                        and (name not in FIELDS[kind] or name in self.shown(who, kind, one))
                    }
        return found

    def texts(self) -> set[str]:
        return {
            text
            for records in self.records.values()
            for one in records
            for text in one["told"].values()
        }

    def every_id(self) -> set[str]:
        return {one["id"] for records in self.records.values() for one in records}


def chance_grants(
    chance: random.Random, conditions: Mapping[str, list[Condition]]
) -> Iterator[dict[str, Any]]:
    """One role's: of every kind none, one or two grants to read, some to change, some without."""
    for kind, object in KINDS.items():
        many = chance.choice((0, 1, 2, 2, 2))
        for operation in chance.choices(("read", "edit", "assign"), (6, 2, 1), k=many):
            hiding = chance.random() > SOME
            without = [one for one in FIELDS[kind] if hiding and chance.random() < SOME]
            asked = chance.choice(conditions[kind])[0] if chance.random() < SOME else None
            yield {
                "object": object,
                "operation": operation,
                "reach": chance.choice(WIDTHS),
                "condition": asked,
                "without": sorted(without),
            }
    for kind in TAKEN_OUT:
        if chance.random() > SOME:
            yield {
                "object": KINDS[kind],
                "operation": "export",
                "reach": chance.choice(WIDTHS),
                "condition": chance.choice(conditions[kind])[0] if chance.random() < SOME else None,
                "without": [one for one in FIELDS[kind] if chance.random() < SOME / 2],
            }
    for right in BESIDE:
        if chance.random() > SOME:
            object, _, operation = right.rpartition(".")
            yield {"object": object, "operation": operation, "reach": "all", "without": []}


def board_of(world: World, who: Person, stage_id: str) -> tuple[int, dict[str, Decimal]]:
    """Count and sums of a column as they shall be."""
    seen = [one for one in world.visible(who, "deal") if one["stage_id"] == stage_id]
    sums: dict[str, Decimal] = {}
    for one in seen:
        if "worth" in world.shown(who, "deal", one):
            sums[one["currency"]] = sums.get(one["currency"], Decimal()) + one["amount"]
    return len(seen), sums


def dashboard_of(world: World, who: Person, currency: str) -> dict[str, Any]:
    """Bars of the charts of open deals, as they shall be; none where there is nothing to count."""
    told: dict[str, Any] = {"funnel": {}, "forecast": {}, "opened": {}, "notes": {}}
    seen = world.visible(who, "deal")
    for one in seen:
        count(told["opened"], one["owner_id"])
        if writes_notes_for(world, who, one):
            count(told["notes"], one["owner_id"])
        shown = world.shown(who, "deal", one)
        if "worth" not in shown or one["currency"] == currency:
            worth = one["amount"] if "worth" in shown else Decimal()
            add(told["funnel"], one["stage_id"], worth)
            if "expected_on" in shown:
                add(told["forecast"], f"{one['told']['expected_on'][:7]}-01", worth)
    worthy = [one for one in seen if "worth" in world.shown(who, "deal", one)]
    return told | {"currencies": {one["currency"] for one in worthy}}


def writes_notes_for(world: World, who: Person, deal: Record) -> bool:
    """Whether the note that its owner wrote on a deal counts: who sees their tasks sees it."""
    reading = [one for one in who.grants if one["operation"] == "read" and not one.get("condition")]
    by_owner = {**deal, "shared": set()}
    return all(
        any(one["object"] == object and world.reaches(who, one, by_owner) for one in reading)
        for object in ("activities.task", "activities.note")
    )


def count(bars: dict[str, int], bar: str) -> None:
    bars[bar] = bars.get(bar, 0) + 1


def add(bars: dict[str, tuple[int, Decimal]], bar: str, worth: Decimal) -> None:
    many, total = bars.get(bar, (0, Decimal()))
    bars[bar] = many + 1, total + worth
