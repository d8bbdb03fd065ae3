"""What a module tells the analytical store: tables whose rows are made from its events.

A row is declared once, as columns that say where in an event they come from, and made in two
ways with one result: in Python from an event that has just arrived (`Dataset.row`), and by
PostgreSQL from the module's whole history (`Dataset.history`).
No personal data: ids, numbers, dates, categories.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gausdo.kernel.events import Event
from gausdo.kernel.fields import Fields


class Kind(StrEnum):
    FACTS = "facts"  # a row per event, for ever
    STATE = "state"  # a row per record: the one of its highest version


TIME = "DateTime64(6, 'UTC')"
WORD = "LowCardinality(String)"
"""Types of ClickHouse that most columns have: an instant, one of a few words."""

_TOLD = frozenset(
    {"event_id", "name", "kind", "subject_id", "version", "at", "actor_id", "via", "body"}
)


@dataclass(frozen=True)
class Column:
    """`type` is ClickHouse's; `path` leads through the event: `at`, `body.stage_id`,
    `body.changes.amount.0`. What an event does not have becomes NULL, or the type's default.
    """

    name: str
    type: str
    path: str

    def __post_init__(self) -> None:
        if self.steps[0] not in _TOLD:
            raise ValueError(f"“{self.path}” leads nowhere: an event tells {sorted(_TOLD)}.")

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))

    def value(self, told: Mapping[str, Any]) -> Any:
        """The value in an event in JSON's terms."""
        found: Any = told
        for step in self.steps:
            if isinstance(found, list):
                found = found[int(step)] if int(step) < len(found) else None
            elif isinstance(found, dict):
                found = found.get(step)
            else:
                return None
        return found

    @property
    def sql(self) -> str:
        """The same in PostgreSQL, as text, of a row of the history."""
        first, *rest = self.steps
        for number, step in enumerate(rest, 1):
            arrow = "->>" if number == len(rest) else "->"
            first += arrow + (step if step.isdigit() else f"'{step}'")
        return first


@dataclass(frozen=True)
class Dataset:
    """A table of the analytical store, filled from `events` of one module.

    `order_by`: the sorting key, ClickHouse expressions over the columns. For facts it ends with
    `event_id`, so that an event told twice counts once; for state it is the record, whose row of
    the highest `version` holds. `ends`: events after which a record is gone (state only).
    `fields`: what a condition of a right may ask of the record, by the names of the columns.
    """

    name: str
    kind: Kind
    columns: tuple[Column, ...]
    events: tuple[type[Event], ...]
    order_by: tuple[str, ...]
    ends: tuple[type[Event], ...] = ()
    fields: Fields | None = None

    def __post_init__(self) -> None:
        key = "event_id" if self.kind is Kind.FACTS else "version"
        if key not in {column.name for column in self.columns}:
            raise ValueError(f"The dataset “{self.name}” needs a column “{key}”.")
        if len({event.name.partition(".")[0] for event in self.events}) != 1:
            raise ValueError(f"The dataset “{self.name}” takes events of exactly one module.")

    @property
    def source(self) -> str:
        """The module whose events these are."""
        return self.events[0].name.partition(".")[0]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(event.name for event in self.events)

    def row(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """The row of one event, as it travels: an `Envelope` in JSON's terms."""
        row = {column.name: column.value(told) for column in self.columns}
        if self.kind is Kind.STATE:
            row["deleted"] = int(any(told["name"] == event.name for event in self.ends))
        return row

    def history(self) -> str:
        """SQL of the rows, their fields in the order of `fields_told`, over the whole history."""
        told = [column.sql for column in self.columns]
        last = order = ""
        if self.kind is Kind.STATE:
            ends = ", ".join(f"'{event.name}'" for event in self.ends) or "null"
            told.append(f"coalesce(name in ({ends}), false)::int")
            last, order = "distinct on (subject_id) ", " order by subject_id, version desc"
        names = ", ".join(f"'{name}'" for name in sorted(self.names))
        return (
            f"select {', '.join(told)} from "  # noqa: S608 - names from our code
            f"(select {last}* from {self.source}.history where name in ({names}){order}) told"
        )

    @property
    def fields_told(self) -> list[str]:
        """The names of a row's fields."""
        state = ["deleted"] if self.kind is Kind.STATE else []
        return [column.name for column in self.columns] + state

    def ddl(self, table: str, engine: str = "") -> str:
        """`create table`; `engine` is the prefix of the engine: nothing, or `Replicated`.

        A plain MergeTree does not drop repeated batches unless it is told how many to remember.
        """
        columns, arguments = ", ".join(self._columns()), ""
        if self.kind is Kind.STATE:
            arguments = "version, deleted"
        return (
            f"create table if not exists {table} ({columns}) "
            f"engine = {engine}ReplacingMergeTree({arguments}) "
            f"order by ({', '.join(self.order_by)}) "
            "settings non_replicated_deduplication_window = 1000"
        )

    def added(self, table: str, known: Collection[str]) -> str | None:
        """`alter table` that adds what an older table lacks; None when it has all columns."""
        lacking = [
            f"add column if not exists {column}"
            for column in self._columns()
            if column.partition(" ")[0] not in known
        ]
        return f"alter table {table} {', '.join(lacking)}" if lacking else None

    def _columns(self) -> list[str]:
        state = ["deleted UInt8"] if self.kind is Kind.STATE else []
        return [f"{column.name} {column.type}" for column in self.columns] + state
