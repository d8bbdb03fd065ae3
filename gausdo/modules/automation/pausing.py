"""Rules that can no longer do what they say are off until somebody takes them over."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from gausdo.modules.automation.fields import segments_of
from gausdo.modules.automation.tables import ASKS_IN_VAIN, RuleRow
from gausdo.platform.db import Tx

IN_VAIN = "It asks of what is not there any more. Change that, and switch it on again."


def pause(tx: Tx, row: RuleRow, because: str, code: str) -> None:
    if row.paused_because is None:
        row.pause(because, code)
        tx.publish(row.saved(), changes={"paused_because": (None, because)})


async def without_segments(tx: Tx, gone: Iterable[UUID]) -> None:
    """These segments are there no more: whoever asks for one waits in vain."""
    missing = {*gone}
    rows = await tx.session.scalars(select(RuleRow).order_by(RuleRow.id).with_for_update())
    for row in rows:
        if not missing.isdisjoint(segments_of(row.about, row.asks, row.segment_id)):
            pause(tx, row, IN_VAIN, ASKS_IN_VAIN)
