"""A deal with all that its page shows of it: what most deals have is one read."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound
from gausdo.kernel.values import Value
from gausdo.modules.sales import competitors, record_queries
from gausdo.modules.sales.competitors_contract import DealCompetitor, DealCompetitors
from gausdo.modules.sales.contacts import ContactRead, each_once
from gausdo.modules.sales.contacts_contract import DealContacts
from gausdo.modules.sales.forecast_contract import StageStay
from gausdo.modules.sales.items import CONTACT
from gausdo.modules.sales.lines import no_lines
from gausdo.modules.sales.lines_contract import DealLines
from gausdo.modules.sales.quotes_contract import Quote
from gausdo.modules.sales.record_contract import Deal, DealRecord
from gausdo.platform.db import Database


class DealRead(Value):
    """As PostgreSQL tells it; whether there are lines and quotes."""

    deal: Deal
    contacts: list[ContactRead]
    competitors: list[DealCompetitor]
    stages: list[StageStay]
    lines: bool
    quotes: bool


class Records:
    """The part of `SalesService` that tells what stands beside a deal."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        async def gone(self, actor: Actor, id: UUID) -> NotFound: ...
        async def deal_lines(self, actor: Actor, id: UUID) -> DealLines: ...
        async def deal_quotes(self, actor: Actor, id: UUID) -> list[Quote]: ...

    async def deal_contacts(self, actor: Actor, id: UUID) -> DealContacts:
        return _contacts(await self._record(actor, id))

    async def deal_competitors(self, actor: Actor, id: UUID) -> DealCompetitors:
        read = await self._record(actor, id)
        return competitors.shown(read.deal, read.competitors)

    async def deal_stages(self, actor: Actor, id: UUID) -> list[StageStay]:
        return _stays((await self._record(actor, id)).stages)

    async def deal_record(self, actor: Actor, id: UUID) -> DealRecord:
        read = await self._record(actor, id)
        deal = read.deal
        return DealRecord(
            deal=deal,
            contacts=_contacts(read),
            competitors=competitors.shown(deal, read.competitors),
            lines=await self.deal_lines(actor, id) if read.lines else no_lines(id, deal.version),
            quotes=await self.deal_quotes(actor, id) if read.quotes else [],
            stages=_stays(read.stages),
        )

    async def _record(self, actor: Actor, id: UUID) -> DealRead:
        found = await self.db.json(record_queries.record(actor, id))
        if found is None:
            raise await self.gone(actor, id)
        return DealRead.model_validate_json(found)


def _contacts(read: DealRead) -> DealContacts:
    deal = read.deal
    hidden = CONTACT in deal.hidden
    told = [] if hidden else each_once(read.contacts)
    return DealContacts(deal_id=deal.id, version=deal.version, contacts=told, hidden=hidden)


def _stays(read: Iterable[StageStay]) -> list[StageStay]:
    """What is kept of a deal has more states than stages."""
    stays: list[StageStay] = []
    for one in read:
        last = stays[-1] if stays else None
        if last and (last.stage_id, last.left) == (one.stage_id, one.entered):
            stays[-1] = last.model_copy(update={"left": one.left})
        else:
            stays.append(one)
    return stays
