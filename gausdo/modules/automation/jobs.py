"""Effects of rules, carried out."""

from collections.abc import Sequence
from uuid import UUID

from gausdo.kernel.values import new_id, now
from gausdo.modules.automation.acting import AuthorGone
from gausdo.modules.automation.notice_letters import write_letters
from gausdo.modules.automation.notices import forget_old, tell
from gausdo.modules.automation.notices_contract import NoticeKind
from gausdo.modules.automation.reminding import look_for_forgotten, remind_of_tasks
from gausdo.modules.automation.service import AutomationService
from gausdo.modules.automation.tables import ACT, EffectRow
from gausdo.modules.automation.telling import News
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

    work = Work(
        EffectRow, ACT, carry_out, _done, at_once=AT_ONCE, together=together, failed=_failed
    )
    await drain(service.db, work)


@jobs.every("* * * * *", "sweep")
async def sweep(service: AutomationService) -> None:
    """What a killed process had leased, and whatever nobody was woken for."""
    await act(service)


@jobs.task("write")
async def write(service: AutomationService) -> None:
    await write_letters(service)


@jobs.every("* * * * *", "write-waiting")
async def write_waiting(service: AutomationService) -> None:
    """Letters a killed process had leased, and those nobody was woken for."""
    await write_letters(service)


@jobs.every("* * * * *", "remind")
async def remind(service: AutomationService) -> None:
    await remind_of_tasks(service)


@jobs.every("7 * * * *", "look-after-deals")
async def look_after_deals(service: AutomationService) -> None:
    await look_for_forgotten(service)


@jobs.every("37 3 * * *", "forget-notices")
async def forget_notices(service: AutomationService) -> None:
    async with service.db.begin() as tx:
        await forget_old(tx)


async def _done(_: Tx, effect: EffectRow, result_id: UUID | None) -> None:
    effect.done(result_id)


async def _failed(tx: Tx, effect: EffectRow) -> None:
    """Whoever answers for the rule is told of what was given up."""
    await tell(
        tx,
        [
            News(
                event_id=new_id(),
                person_id=effect.author_id,
                kind=NoticeKind.RULE_FAILED,
                about="rule",
                record_id=effect.rule_id,
                topic_id=effect.rule_id,
                actor_id=None,
                at=now(),
            )
        ],
    )
