"""What customers learns of its neighbours: who works here, to show and to stamp owners, what is
linked to its records, to be rolled up there, and what makes others the members of segments.
"""

from collections.abc import Mapping
from typing import Any, Protocol, cast
from uuid import UUID

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.kernel.rolling import Over
from gausdo.modules.activities.contract import (
    TaskAdded,
    TaskChanged,
    TaskRemoved,
    TaskRestored,
)
from gausdo.modules.customers.contract import (
    CompanyMerged,
    CompanyParted,
    CompanyRestored,
    PersonAdded,
    PersonChanged,
    PersonMerged,
    PersonParted,
    PersonRemoved,
    PersonRestored,
)
from gausdo.modules.customers.segment_handlers import follow_segments
from gausdo.modules.identity.contract import Identity, UserChanged, UserJoined
from gausdo.modules.sales.contract import (
    DealChanged,
    DealMoved,
    DealOpened,
    DealRemoved,
    DealRestored,
)
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_rolling import roll
from gausdo.platform.db import Tx
from gausdo.platform.known import known_users
from gausdo.platform.moving import remember_users

on = Subscriptions()


class Neighbours(Protocol):
    @property
    def identity(self) -> Identity: ...
    @property
    def fields(self) -> CustomFields: ...


async def _users(service: Neighbours, _: list[Envelope]) -> list[dict[str, Any]]:
    return known_users(await service.identity.users(SYSTEM))


on.batch(UserJoined, UserChanged, prepare=_users)(remember_users)


@on.batch(DealOpened, DealChanged, DealMoved, DealRemoved, DealRestored)
async def roll_deals_up(service: Neighbours, envelopes: list[Envelope], _: None, tx: Tx) -> None:
    """A deal that has another company now is none of the company before any more."""
    companies: set[UUID | None] = set()
    people: set[UUID | None] = set()
    for envelope in envelopes:
        deal = cast(DealOpened | DealChanged | DealMoved, envelope.event())
        before = deal.changes if isinstance(deal, DealChanged) else {}
        companies |= {deal.company_id, _before(before, "company_id")}
        people |= {deal.contact_id, _before(before, "contact_id")}
    await roll(tx, service.fields, "company", companies, Over.DEAL)
    await roll(tx, service.fields, "person", people, Over.DEAL)


def _before(changes: Mapping[str, tuple[Any, Any]], name: str) -> UUID | None:
    id = changes.get(name, (None,))[0]
    return None if id is None else UUID(str(id))


@on.batch(PersonAdded, PersonChanged, PersonMerged, PersonParted, PersonRemoved, PersonRestored)
async def roll_people_up(service: Neighbours, envelopes: list[Envelope], _: None, tx: Tx) -> None:
    companies: set[UUID | None] = set()
    for envelope in envelopes:
        person = cast(PersonAdded, envelope.event())
        companies.add(person.company_id)
        if isinstance(person, PersonChanged):
            companies.add(person.previous_company_id)
    await roll(tx, service.fields, "company", companies, Over.PERSON)


@on.batch(TaskAdded, TaskChanged, TaskRemoved, TaskRestored)
async def roll_tasks_up(service: Neighbours, envelopes: list[Envelope], _: None, tx: Tx) -> None:
    tasks = [cast(TaskAdded, envelope.event()) for envelope in envelopes]
    for kind in ("company", "person"):
        ids = {task.about_id for task in tasks if task.about_kind == kind}
        await roll(tx, service.fields, kind, ids, Over.TASK)


@on.batch(CompanyMerged, CompanyParted, CompanyRestored, PersonMerged, PersonParted, PersonRestored)
async def roll_up_anew(service: Neighbours, envelopes: list[Envelope], _: None, tx: Tx) -> None:
    """What is linked to a record is linked to what stands for it."""
    for kind in ("company", "person"):
        ids: set[UUID | None] = set()
        for envelope in envelopes:
            if envelope.kind == kind:
                event = envelope.event()
                ids.add(envelope.subject_id)
                if isinstance(event, CompanyMerged | PersonMerged):
                    ids.add(event.into_id)
                elif isinstance(event, CompanyParted | PersonParted):
                    ids.add(event.from_id)
        await roll(tx, service.fields, kind, ids)


follow_segments(on)
