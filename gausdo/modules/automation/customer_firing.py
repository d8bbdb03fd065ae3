"""Rules of companies and people that are fired: as those of deals are, and written with them.

Their events tell little more than which record it is, so it is read as it is when they arrive; and
only where a rule waits for what happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.errors import Invalid
from gausdo.kernel.events import Envelope
from gausdo.kernel.values import now
from gausdo.modules.automation.contract import RuleAbout
from gausdo.modules.automation.customer_matching import (
    CustomerNow,
    happened,
    is_awaited,
    record_of,
)
from gausdo.modules.automation.firing import PORTION, Found, Zoned, write
from gausdo.modules.automation.pausing import IN_VAIN, pause
from gausdo.modules.automation.tables import ASKS_IN_VAIN, RuleRow
from gausdo.modules.customers.contract import Customers, SegmentKind
from gausdo.platform.db import Tx

CLOCKS = timedelta(seconds=1)
"""How far the clocks of two machines may be apart."""
log = structlog.get_logger("gausdo.automation")
_ON = RuleRow.enabled, RuleRow.paused_because.is_(None)


@dataclass
class Listening:
    """What rules of companies and people wait for, as it was read last: what happened earlier needs
    no look of its own, for whoever has made a rule since means what happens from then on.
    """

    what: frozenset[str] = frozenset()
    read_at: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    async def hears(self, tx: Tx, envelopes: Sequence[Envelope]) -> bool:
        if max(envelope.at for envelope in envelopes) + CLOCKS > self.read_at:
            at = now()
            query = select(RuleRow.customer_happens).distinct()
            told = query.where(*_ON, RuleRow.customer_happens.is_not(None))
            self.what = frozenset(await tx.session.scalars(told))
            self.read_at = at
        return any(not self.what.isdisjoint(happened(one)) for one in envelopes)


async def fire_for_customers(
    service: Zoned, listening: Listening, envelopes: Sequence[Envelope], tx: Tx
) -> None:
    heard = [one for one in envelopes if not (one.cause and one.cause.quiet)]
    if not heard or not await listening.hears(tx, heard):
        return
    what = {what for envelope in heard for what in happened(envelope)}
    query = select(RuleRow).where(*_ON, RuleRow.customer_happens.in_(what))
    rules = (await tx.session.scalars(query)).all()
    pairs = [(rule, one) for one in heard for rule in rules if is_awaited(rule, one)]
    if not pairs:
        return
    customers = service.hands.customers
    records = await _records(customers, pairs)
    fitting = {rule.id: await _fitting(tx, customers, rule, pairs) for rule in rules}
    found: Found = {}
    for rule, envelope in pairs:
        record = records.get(record_of(envelope))
        ids = fitting[rule.id]
        if record is not None and (ids is None or record.record_id in ids):
            found[envelope.event_id, rule.id] = (rule, envelope, record)
    if found:
        await write(tx, found)


Pairs = Sequence[tuple[RuleRow, Envelope]]


async def _records(customers: Customers, pairs: Pairs) -> Mapping[UUID, CustomerNow]:
    """Those that are there."""
    ids: dict[RuleAbout, dict[UUID, None]] = {RuleAbout.COMPANY: {}, RuleAbout.PERSON: {}}
    for rule, envelope in pairs:
        ids[rule.about][record_of(envelope)] = None
    found: dict[UUID, CustomerNow] = {}
    for about, of in ids.items():
        every = [*of]
        for start in range(0, len(every), PORTION):
            portion = every[start : start + PORTION]
            for one in await _find(customers, about, portion):
                found[one.record_id] = one
    return found


async def _find(customers: Customers, about: RuleAbout, ids: list[UUID]) -> list[CustomerNow]:
    if about is RuleAbout.COMPANY:
        companies = await customers.find_companies(SYSTEM, ids)
        return [CustomerNow.of(about, one) for one in companies]
    people = await customers.find_people(SYSTEM, ids)
    return [CustomerNow.of(about, one) for one in people if one.erased_at is None]


async def _fitting(
    tx: Tx, customers: Customers, rule: RuleRow, pairs: Pairs
) -> frozenset[UUID] | None:
    """Those of its records that fulfil its condition; None: it has none. A rule that asks of what
    is not there any more fires for nothing, and is off until somebody has seen to it.
    """
    if rule.asks is None:
        return None
    ids = dict.fromkeys(record_of(envelope) for other, envelope in pairs if other is rule)
    if not ids:
        return frozenset()
    try:
        return frozenset(
            await customers.fulfilling(SYSTEM, SegmentKind(rule.about), [*ids], rule.asks)
        )
    except Invalid as error:
        log.warning("rule_asks_in_vain", rule_id=str(rule.id), error=error.detail)
        pause(tx, rule, IN_VAIN, ASKS_IN_VAIN)
        return frozenset()
