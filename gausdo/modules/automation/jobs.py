"""Effects of rules, carried out."""

from collections.abc import Sequence
from uuid import UUID

from gausdo.modules.automation.acting import AuthorGone
from gausdo.modules.automation.service import AutomationService
from gausdo.modules.automation.tables import ACT, EffectRow
from gausdo.platform.db import Tx
from gausdo.platform.drain import Work, drain
from gausdo.platform.jobs import Jobs

jobs = Jobs("automation")

AT_ONCE = 3
"""Effects under way in a process: more would not be done sooner, only hold up its events."""


@jobs.task("act")
async def act(service: AutomationService) -> None:
    """A step that is done twice is done as if once: its key goes with it."""

    async def carry_out(effect: EffectRow) -> UUID | None:
        try:
            return await service.hands.act(effect, service.rule_name)
        except AuthorGone as gone:
            await service.pause(effect.rule_id, str(gone))
            raise

    async def together(effects: Sequence[EffectRow]) -> dict[UUID, UUID | None]:
        return await service.hands.act_together(effects, service.rule_name)

    work = Work(EffectRow, ACT, carry_out, _done, at_once=AT_ONCE, together=together)
    await drain(service.db, work)


@jobs.every("* * * * *", "sweep")
async def sweep(service: AutomationService) -> None:
    """What a killed process had leased, and whatever nobody was woken for."""
    await act(service)


async def _done(_: Tx, effect: EffectRow, result_id: UUID | None) -> None:
    effect.done(result_id)
