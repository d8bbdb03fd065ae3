"""What automation hears of: what fires rules, and what people are told of."""

from gausdo.kernel.events import Envelope
from gausdo.modules.activities.contract import (
    MeetingAdded,
    MeetingChanged,
    TaskAdded,
    TaskChanged,
    TaskRemoved,
    TaskRestored,
)
from gausdo.modules.automation.firing import Zoned, fire
from gausdo.modules.automation.notices import tell
from gausdo.modules.automation.reminding import follow_tasks
from gausdo.modules.automation.telling import TELLING, news_of
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


@on.batch(*TELLING)
async def tell_people(_: object, envelopes: list[Envelope], __: None, tx: Tx) -> None:
    await tell(tx, [news for envelope in envelopes for news in news_of(envelope)])


on.batch(TaskAdded, TaskChanged, TaskRemoved, TaskRestored)(follow_tasks)
