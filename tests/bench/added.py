"""Fifty fields that an installation has added to its deals, and what a deal holds in them.

A deal has a value in every fourth of them, and in each of those that have an index.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.chance import DAY, day, id_at, mix, told

FIELD = 11
"""What names the question, as in `world.py`."""
COUNT = 50
INDEXED = ("number_0", "date_2", "text_4")
TYPES = ("number", "choice", "date", "money", "text", "bool", "choices", "time")
OPTIONS = 8
_SAID = ("по телефону", "на выставке", "по рекомендации", "из рассылки", "с сайта", "от партнёра")


@dataclass(frozen=True)
class Added:
    key: str
    type: str
    number: int

    @property
    def indexed(self) -> bool:
        return self.key in INDEXED

    @property
    def options(self) -> list[dict[str, Any]]:
        if self.type not in {"choice", "choices"}:
            return []
        return [
            {"key": f"option_{n}", "name": f"Вариант {n + 1}", "archived": False}
            for n in range(OPTIONS)
        ]

    def id(self, since: int) -> str:
        return id_at(since - DAY, self.number, FIELD)

    def value(self, chance: int, until: int) -> object:
        """In the form in which the product keeps it: `gausdo/kernel/custom.py`."""
        return _VALUES[self.type](chance, until)


def _choices(chance: int, until: int) -> object:
    return [f"option_{n}" for n in range(OPTIONS) if chance >> n & 1] or ["option_0"]


def _time(chance: int, until: int) -> object:
    seconds = (until - chance % (1000 * DAY)) // 1000
    return told(seconds * 1000).replace(".000Z", "Z")


_VALUES: dict[str, Callable[[int, int], object]] = {
    "number": lambda chance, _: str(chance % 100_000),
    "money": lambda chance, _: {"amount": f"{chance % 1_000_000}.00", "currency": "RUB"},
    "date": lambda chance, until: day(until - chance % 1000 * DAY),
    "time": _time,
    "choice": lambda chance, _: f"option_{chance % OPTIONS}",
    "choices": _choices,
    "bool": lambda chance, _: bool(chance & 1),
    "text": lambda chance, _: f"{_SAID[chance % len(_SAID)]}, {chance // 8 % 10_000}",
}
FIELDS = [Added(f"{TYPES[n % len(TYPES)]}_{n}", TYPES[n % len(TYPES)], n) for n in range(COUNT)]


def values(i: int, until: int) -> dict[str, object]:
    """What the deal `i` holds, by the keys of the fields."""
    chances = ((one, mix(i, FIELD * 100 + one.number)) for one in FIELDS)
    return {
        one.key: one.value(chance >> 8, until)
        for one, chance in chances
        if one.indexed or chance % 4 == 0
    }
