"""When to try again: soon, then ever later, and not for ever."""

import random
from datetime import datetime, timedelta

from gausdo.kernel.values import now

TRIES = 8
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)


def later(failures: int) -> datetime:
    """The time of the next try after so many: 5 s, 20 s, 80 s … 6 h from now.

    Up to a fifth earlier, so that those who failed together do not come again together.
    """
    wait: timedelta = min(FIRST_WAIT * 4 ** (failures - 1), LONGEST_WAIT)
    return now() + wait * random.uniform(0.8, 1)  # noqa: S311 - spreads the load
