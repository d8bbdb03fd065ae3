"""Chance that needs no state: what falls to the record `i` can be told again by anybody.

So several processes make the data set at once, and one names a record that another has made.
"""

from datetime import UTC, datetime
from functools import lru_cache

_ALL = 2**64 - 1
DAY = 86_400_000
"""Milliseconds."""


def mix(i: int, what: int) -> int:
    """64 bits (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
    2014); `what` names the question.
    """
    x = (i * 0x9E3779B97F4A7C15 + what * 0xD1B54A32D192ED03 + 0x2545F4914F6CDD1D) & _ALL
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _ALL
    return x ^ (x >> 31)


def id_at(ms: int, i: int, what: int) -> str:
    """A UUIDv7 (RFC 9562) of that moment."""
    return id_of(ms, mix(i, what))


def id_of(ms: int, low: int) -> str:
    """A UUIDv7 of that moment with these 64 bits of chance."""
    clock = 0x8000 | (low >> 40) & 0x3FFF
    return (
        f"{ms >> 16:08x}-{ms & 0xFFFF:04x}-7{low >> 52 & 0xFFF:03x}-"
        f"{clock:04x}-{low & 0xFFFFFFFFFFFF:012x}"
    )


def told(ms: int) -> str:
    """A moment as events and COPY tell it."""
    clock = ms % DAY
    seconds = clock // 1000
    return (
        f"{_day(ms // DAY)}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        f".{clock % 1000:03}Z"
    )


@lru_cache(4096)
def _day(number: int) -> str:
    return datetime.fromtimestamp(number * DAY / 1000, UTC).date().isoformat()


def day(ms: int) -> str:
    return _day(ms // DAY)


@lru_cache(4096)
def month(number: int) -> str:
    """Of the day `number`, as partitions are named: `202611`."""
    return _day(number)[:7].replace("-", "")
