"""What automation hears of: what fires rules, and what people are told of."""

from typing import Protocol

from gausdo.kernel.events import Envelope
from gausdo.modules.activities.contract import (
    MeetingAdded,
    MeetingChanged,
    TaskAdded,
    TaskChanged,
    TaskRemoved,
    TaskRestored,
)
from gausdo.modules.automation.customer_firing import Listening, fire_for_customers
from gausdo.modules.automation.customer_matching import HEARD
from gausdo.modules.automation.firing import Zoned, fire
from gausdo.modules.automation.notices import tell
from gausdo.modules.automation.pausing import without_segments
from gausdo.modules.automation.reminding import follow_tasks
from gausdo.modules.automation.telling import TELLING, news_of
from gausdo.modules.customers.contract import SegmentChanged
from gausdo.modules.sales.contract import (
    DealChanged,
    DealMoved,
    DealOpened,
    QuoteAccepted,
    QuoteDeclined,
    QuoteOpened,
    QuoteSent,
)
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.db import Tx

on = Subscriptions()


@on.batch(
    *(DealOpened, DealMoved, DealChanged, QuoteSent, QuoteOpened, QuoteAccepted, QuoteDeclined),
    *(TaskChanged, MeetingAdded, MeetingChanged),
)
async def fire_rules(service: Zoned, envelopes: list[Envelope], _: None, tx: Tx) -> None:
    await fire(service, envelopes, tx)


class Heeding(Zoned, Protocol):
    @property
    def listening(self) -> Listening: ...


@on.batch(*HEARD)
async def fire_customer_rules(service: Heeding, envelopes: list[Envelope], _: None, tx: Tx) -> None:
    await fire_for_customers(service, service.listening, envelopes, tx)


@on.batch(SegmentChanged)
async def let_go_of_segments(_: object, envelopes: list[Envelope], __: None, tx: Tx) -> None:
    gone = [one.subject_id for one in envelopes if one.body["gone"]]
    if gone:
        await without_segments(tx, gone)


@on.batch(*TELLING)
async def tell_people(_: object, envelopes: list[Envelope], __: None, tx: Tx) -> None:
    await tell(tx, [news for envelope in envelopes for news in news_of(envelope)])


on.batch(TaskAdded, TaskChanged, TaskRemoved, TaskRestored)(follow_tasks)
