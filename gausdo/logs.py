"""What the parts of an installation under `gausdo up` have written: merged, narrowed, followed."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from pydantic_core import from_json

LEVELS = ("debug", "info", "warning", "error", "critical")
GLANCE = 0.3
"""Seconds between looks for more."""
_SAID = frozenset({"timestamp", "level", "event", "service", "exception", "span_id"})


@dataclass(frozen=True)
class Line:
    """A line of a part's log. `told` is what a line of ours says; servers write plain text.

    `at` is ISO 8601 in UTC; of a plain line that of the line before it.
    """

    part: str
    text: str
    at: str = ""
    told: dict[str, Any] | None = None

    def shown(self) -> str:
        """For a person: time, part, level, what happened, and the rest as key=value."""
        if self.told is None:
            return f"{'':<12} {self.part:<10} {self.text}"
        rest = " ".join(f"{key}={value}" for key, value in self.told.items() if key not in _SAID)
        level, event = str(self.told.get("level", "")), self.told.get("event", "")
        first = f"{self.at[11:23]:<12} {self.part:<10} {level.upper():<8} {event}  {rest}".rstrip()
        exception = self.told.get("exception")
        return f"{first}\n{exception}" if exception else first


@dataclass(frozen=True)
class Wanted:
    """Which lines: of these parts (all when none is named), from `level` on, of a trace.

    `trace` is a trace id or its beginning. Plain lines have neither level nor trace.
    """

    parts: Sequence[str] = ()
    level: str | None = None
    trace: str | None = None

    def takes(self, line: Line) -> bool:
        if self.parts and line.part not in self.parts:
            return False
        if self.level is None and self.trace is None:
            return True
        told = line.told or {}
        high = LEVELS.index(self.level) if self.level else 0
        level = str(told.get("level", ""))
        return (
            level in LEVELS[high:]
            and str(told.get("trace_id", "")).startswith(self.trace or "")
            and (self.trace is None or "trace_id" in told)
        )


def read(folder: Path, wanted: Wanted, last: int, *, follow: bool = False) -> Iterator[Line]:
    """The `last` lines that are wanted, in the order of time; then, to `follow`, what comes.

    Raises LookupError when there are no logs, or none of such a part.
    """
    logs = {file.stem: _Log(file) for file in sorted(folder.glob("*.log"))}
    if not logs:
        raise LookupError(f"There are no logs in {folder}. Is this the data of a `gausdo up`?")
    for part in wanted.parts:
        if part not in logs:
            raise LookupError(f"There is no part “{part}”. There are: {', '.join(logs)}.")
    here = [line for log in logs.values() for line in log.more() if wanted.takes(line)]
    yield from sorted(here, key=attrgetter("at"))[-last:]
    while follow:
        time.sleep(GLANCE)
        for log in logs.values():
            yield from filter(wanted.takes, log.more())


class _Log:
    """A growing file, and the older one beside it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._part = file.stem
        self._place = 0
        self._at = ""
        self._older: Path | None = file.with_name(f"{file.name}.1")

    def more(self) -> Iterator[Line]:
        """Whole lines since the last time. One that was turned over begins anew."""
        if self._older is not None and self._older.exists():
            yield from map(self._line, self._older.read_text(errors="replace").splitlines())
        self._older = None
        with self._file.open("rb") as file:
            if file.seek(0, 2) < self._place:
                self._place = 0
            file.seek(self._place)
            whole, _, _ = file.read().rpartition(b"\n")
        if whole:
            self._place += len(whole) + 1
            yield from map(self._line, whole.decode(errors="replace").splitlines())

    def _line(self, text: str) -> Line:
        told = None
        if text.startswith("{"):
            try:
                told = from_json(text)
            except ValueError:
                told = None
        if isinstance(told, dict) and "timestamp" in told:
            self._at = str(told["timestamp"])
            return Line(self._part, text, self._at, told)
        return Line(self._part, text, self._at)
