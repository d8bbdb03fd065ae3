"""Why somebody may, or may not, do something with one record: role by role, grant by grant."""

from typing import Literal
from uuid import UUID

from gausdo.kernel.actor import Reach
from gausdo.kernel.conditions import Condition
from gausdo.kernel.values import Value

Via = Literal["all", "own", "team", "tree", "share"]
"""How a grant comes to a record: it reaches all, or the person's own, their team's, that of a team
below, or it was shared with them or a team of theirs.
"""


class Because(Value):
    """One grant of one role. It holds when it comes to the record (`via`), and its condition does.

    `condition_holds` is None without one.
    """

    role_id: UUID
    role: str
    reach: Reach
    via: Via | None
    condition: Condition | None
    condition_holds: bool | None
    holds: bool


class Verdict(Value):
    """`without`: fields that no grant that holds gives. `because` is empty when no role has it."""

    operation: str
    allowed: bool
    because: tuple[Because, ...]
    without: tuple[str, ...]


class Why(Value):
    """Somebody who is not `active` may do nothing, whatever their roles grant."""

    user_id: UUID
    name: str
    active: bool
    operations: tuple[Verdict, ...]
