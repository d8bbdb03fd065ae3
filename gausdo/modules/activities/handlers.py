"""What activities does when something happens elsewhere: it keeps names fresh."""

from typing import Any
from uuid import UUID

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.kernel.history import Happened
from gausdo.modules.activities.filling import keep
from gausdo.modules.activities.neighbours import Neighbours
from gausdo.modules.communications.contract import LetterSent
from gausdo.modules.customers.contract import (
    CompanyAdded,
    CompanyChanged,
    CompanyMerged,
    CompanyParted,
    CompanyRemoved,
    CompanyRestored,
    PersonAdded,
    PersonChanged,
    PersonConsentExpired,
    PersonConsentGiven,
    PersonConsentWithdrawn,
    PersonErased,
    PersonMerged,
    PersonParted,
    PersonRemoved,
    PersonRestored,
)
from gausdo.modules.identity.contract import UserChanged, UserJoined
from gausdo.modules.sales.contract import (
    DealChanged,
    DealMoved,
    DealOpened,
    DealRemoved,
    DealRestored,
)
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.db import Tx
from gausdo.platform.known import (
    follow_merges,
    forget_removed,
    known_record,
    known_records,
    known_users,
    remember,
)
from gausdo.platform.moving import remember_users

on = Subscriptions()

PORTION = 200
"""Deals that sales answers at once."""


def _ids(envelopes: list[Envelope]) -> list[UUID]:
    return list(dict.fromkeys(envelope.subject_id for envelope in envelopes))


async def _companies(near: Neighbours, envelopes: list[Envelope]) -> list[dict[str, Any]]:
    found = await near.customers.named_companies(SYSTEM, _ids(envelopes))
    return known_records("company", found)


async def _people(near: Neighbours, envelopes: list[Envelope]) -> list[dict[str, Any]]:
    return known_records("person", await near.customers.named_people(SYSTEM, _ids(envelopes)))


async def _deals(near: Neighbours, envelopes: list[Envelope]) -> list[dict[str, Any]]:
    ids = _ids(envelopes)
    return [
        known_record("deal", deal)
        for start in range(0, len(ids), PORTION)
        for deal in await near.sales.named_deals(SYSTEM, ids[start : start + PORTION])
    ]


async def _users(near: Neighbours, _: list[Envelope]) -> list[dict[str, Any]]:
    return known_users(await near.identity.users(SYSTEM))


on.batch(CompanyAdded, CompanyChanged, CompanyParted, CompanyRestored, prepare=_companies)(remember)
on.batch(PersonAdded, PersonChanged, PersonParted, PersonErased, PersonRestored, prepare=_people)(
    remember
)
on.batch(CompanyMerged, CompanyParted, PersonMerged, PersonParted)(follow_merges)
on.batch(DealOpened, DealChanged, DealRestored, prepare=_deals)(remember)
on.batch(CompanyRemoved, PersonRemoved, DealRemoved)(forget_removed)


async def _recount(_service: object, envelopes: list[Envelope], _prepared: object, tx: Tx) -> None:
    await keep(
        tx,
        [
            Happened(
                place=envelope.pos,
                id=envelope.event_id,
                kind=envelope.kind,
                record_id=envelope.subject_id,
                name=envelope.name,
                version=envelope.version,
                at=envelope.at,
                body=envelope.body,
            )
            for envelope in envelopes
        ],
    )


on.batch(
    CompanyAdded,
    CompanyChanged,
    CompanyMerged,
    CompanyParted,
    CompanyRemoved,
    CompanyRestored,
    PersonAdded,
    PersonChanged,
    PersonConsentExpired,
    PersonConsentGiven,
    PersonConsentWithdrawn,
    PersonErased,
    PersonMerged,
    PersonParted,
    PersonRemoved,
    PersonRestored,
    DealOpened,
    DealChanged,
    DealMoved,
    DealRemoved,
    DealRestored,
    LetterSent,
)(_recount)
on.batch(UserJoined, UserChanged, prepare=_users)(remember_users)
