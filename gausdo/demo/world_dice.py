"""Chance in the demo's world: seeded, so that it falls alike each time."""

import math
from datetime import datetime
from random import Random
from uuid import UUID


class Dice(Random):
    def chance(self, part: float) -> bool:
        """True in this part of cases, 0 to 1."""
        return self.random() < part

    def around(self, median: float, spread: float) -> float:
        """Log-normal: half above the median, `spread` is the deviation of the logarithm."""
        return median * self.lognormvariate(0, spread)

    def count(self, mean: float) -> int:
        """Poisson's; Knuth, TAOCP, volume 2, 3.4.1."""
        limit, count, product = math.exp(-mean), 0, self.random()
        while product > limit:
            count += 1
            product *= self.random()
        return count

    def id_at(self, at: datetime) -> UUID:
        """A UUIDv7 (RFC 9562) of that moment."""
        low = self.getrandbits(74)
        millis = int(at.timestamp() * 1000)
        return UUID(
            int=millis << 80 | 7 << 76 | (low >> 62) << 64 | 2 << 62 | low & ((1 << 62) - 1)
        )


class Share:
    """Deals `total` out to so many holders: to some much, to many little, and all of it."""

    def __init__(self, total: int, holders: int, dice: Dice) -> None:
        self._left, self._holders, self._dice = total, holders, dice

    def next(self) -> int:
        mean = self._left / self._holders
        self._holders -= 1
        count = self._left
        if self._holders:
            count = min(count, round(self._dice.expovariate(1 / mean)) if mean else 0)
        self._left -= count
        return count
