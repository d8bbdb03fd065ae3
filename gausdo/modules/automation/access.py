"""Who may touch which rule and run; rules belong to all who may read them."""

from uuid import UUID

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.automation.contract import RULES, RUNS
from gausdo.modules.automation.tables import EffectRow, RuleRow
from gausdo.platform.db import Tx

CREATE = RULES.right("create")
READ = RULES.right("read")
EDIT = RULES.right("edit")
READ_RUNS = RUNS.right("read")
RUN_AGAIN = RUNS.right("edit")


async def rule(tx: Tx, actor: Actor, id: UUID, right: Right = READ) -> RuleRow:
    """One rule, locked when it is to be changed. Raises NotFound, Forbidden."""
    actor.demand(READ)
    row = await tx.session.get(RuleRow, id, with_for_update=right != READ or None)
    if row is None:
        raise NotFound("There is no such rule.")
    actor.demand(right)
    return row


async def effect(tx: Tx, actor: Actor, id: UUID) -> EffectRow:
    """One effect, locked, to be run again. Raises NotFound, Forbidden."""
    actor.demand(READ_RUNS)
    row = await tx.session.get(EffectRow, id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such effect.")
    actor.demand(RUN_AGAIN)
    return row
