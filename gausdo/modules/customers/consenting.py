"""The use cases of consents: one part of `CustomersService`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, outerjoin, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden, NotFound, invalid
from gausdo.kernel.files import SentFile
from gausdo.kernel.values import now
from gausdo.modules.customers import access, consents, purposes
from gausdo.modules.customers.consent_files import ConsentFiles, proofs, take
from gausdo.modules.customers.consent_saying import demand_room
from gausdo.modules.customers.consent_tables import ConsentRow
from gausdo.modules.customers.consents_contract import (
    CHANNELS,
    PAGE,
    PURPOSES,
    Channel,
    Consent,
    ConsentEntry,
    ConsentHistory,
    ConsentPurpose,
    ConsentPurposeChange,
    ConsentPurposeDraft,
    ConsentWithdrawal,
    ConsentWording,
    PersonConsentGiven,
    PersonConsents,
    PersonConsentWithdrawn,
    PurposeArchived,
)
from gausdo.modules.customers.contract import Erased
from gausdo.modules.customers.doubles import MergeRow
from gausdo.modules.customers.tables import Customer, PersonRow
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database, Tx
from gausdo.platform.known import user_name
from gausdo.platform.rights import demand_reach

READ, EDIT = access.right(PersonRow, "read"), access.right(PersonRow, "edit")
CONFIGURE = PURPOSES.right("edit")
_SKEW = timedelta(minutes=1)
"""How far ahead of ours the clock of whoever tells us may be."""


class Consenting(ConsentFiles):
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...

    async def consent_purposes(self, actor: Actor) -> list[ConsentPurpose]:
        actor.demand(READ)
        async with self.db.begin(actor) as tx:
            return await purposes.every(tx)

    async def consent_wordings(self, actor: Actor, id: UUID) -> list[ConsentWording]:
        actor.demand(READ)
        async with self.db.begin(actor) as tx:
            return await purposes.wordings(tx, id)

    async def add_consent_purpose(
        self, actor: Actor, draft: ConsentPurposeDraft, key: str | None = None
    ) -> ConsentPurpose:
        actor.demand(CONFIGURE)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                tx.tell((await purposes.add(tx, actor, draft)).shown())
            return tx.answer(ConsentPurpose)

    async def change_consent_purpose(
        self, actor: Actor, id: UUID, change: ConsentPurposeChange, key: str | None = None
    ) -> ConsentPurpose:
        actor.demand(CONFIGURE)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await purposes.change(tx, actor, id, change.named(), change.version)
                tx.tell(row.shown())
            return tx.answer(ConsentPurpose)

    async def person_consents(self, actor: Actor, id: UUID) -> PersonConsents:
        async with self.db.begin(actor) as tx:
            return await self._standing(tx, actor, await _seen(tx, actor, id))

    async def person_consent_history(
        self, actor: Actor, id: UUID, after: UUID | None = None
    ) -> ConsentHistory:
        async with self.db.begin(actor) as tx:
            await _seen(tx, actor, id)
            by_name = user_name(tx.schema, ConsentRow.__table__.c.by_id).label("by_name")
            query = select(ConsentRow, by_name).where(consents.said_by(id))
            if after is not None:
                query = query.where(ConsentRow.id < after)
            rows = await tx.session.execute(query.order_by(ConsentRow.id.desc()).limit(PAGE + 1))
            found = [(row, name) for row, name in rows]
            files = await proofs(tx, [row.proof_file_id for row, _ in found if row.proof_file_id])
            told = [_entry(row, name, files) for row, name in found]
            return ConsentHistory(
                items=told[:PAGE], next=told[PAGE - 1].id if len(told) > PAGE else None
            )

    async def give_person_consent(
        self, actor: Actor, id: UUID, draft: Consent, key: str | None = None
    ) -> PersonConsents:
        return await self._record(actor, id, draft, key)

    async def withdraw_person_consent(
        self, actor: Actor, id: UUID, draft: ConsentWithdrawal, key: str | None = None
    ) -> PersonConsents:
        return await self._record(actor, id, draft, key)

    async def _record(
        self, actor: Actor, id: UUID, draft: ConsentWithdrawal, key: str | None
    ) -> PersonConsents:
        async with self.db.begin(actor, key, (id, type(draft).__name__, draft)) as tx:
            if not tx.told:
                row = await access.record(tx, actor, PersonRow, id, "edit", [consents.CONSENTS])
                if row.erased_at is not None:
                    raise Erased("This person was erased on their request. Add them anew.")
                await demand_room(tx, id)
                await self.say(tx, row, draft, actor.id)
                tx.tell(await self._standing(tx, actor, row))
            return tx.answer(PersonConsents)

    async def say(
        self, tx: Tx, row: PersonRow, draft: ConsentWithdrawal, by_id: UUID | None
    ) -> None:
        """Add what somebody has said. Raises Invalid, PurposeArchived."""
        given = isinstance(draft, Consent)
        try:
            purpose = await purposes.one(tx, draft.purpose_id)
        except NotFound as missing:
            raise invalid("purpose_id", "unknown", str(missing)) from None
        if given and purpose.archived:
            raise PurposeArchived("Nobody is asked to agree to this any more.")
        channels, at = _channels(purpose, draft.channels), draft.at or now()
        if at > now() + _SKEW:
            raise invalid("at", "in-future", "This is in the future.")
        until, wording = None, purpose.wording
        if isinstance(draft, Consent):
            until = draft.until
            wording = purpose.wording if draft.wording is None else draft.wording
            if until is not None and until < self._day_of(at):
                raise invalid("until", "before-start", "It would be over before it is given.")
            if not await purposes.has_wording(tx, purpose.id, wording):
                raise invalid("wording", "unknown", "There is no such wording.")
        if draft.proof_file_id is not None:
            await take(tx, by_id, draft.proof_file_id, row.id)
        tx.add(
            ConsentRow.record(
                person_id=row.id,
                purpose_id=purpose.id,
                given=given,
                channels=channels,
                at=at,
                until=until,
                wording=wording,
                source=draft.source,
                proof_text=draft.proof_text or None,
                proof_link=draft.proof_link,
                proof_ip=draft.proof_ip,
                proof_file_id=draft.proof_file_id,
                by_id=by_id,
            )
        )
        changes = await consents.settle(tx, row, self.today())
        row.touch()
        facts = row.added().model_dump() | {
            "purpose_id": purpose.id,
            "channels": channels,
            "source": draft.source,
        }
        happened = (
            PersonConsentGiven(**facts, until=until) if given else PersonConsentWithdrawn(**facts)
        )
        tx.publish(happened, changes=changes)

    async def seen_with_consents(self, tx: Tx, actor: Actor, id: UUID) -> PersonRow:
        return await _seen(tx, actor, id)

    async def settle_consents(self, tx: Tx, of: type[Customer], *ids: UUID) -> None:
        """Of whom others have become a part, or who are themselves again."""
        for id in ids if of is PersonRow else ():
            row = await tx.session.get_one(PersonRow, id)
            await consents.settle(tx, row, self.today())

    def today(self) -> date:
        return self._day_of(now())

    def _day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.fields.zone)).date()

    async def _standing(self, tx: Tx, actor: Actor, row: PersonRow) -> PersonConsents:
        editable = row.erased_at is None and await _may_record(tx, actor, row)
        states = await consents.states(tx, row.id, self.today())
        return PersonConsents(person_id=row.id, states=states, editable=editable)

    async def settle_withdrawn(self) -> None:
        """Of those who withdrew before it was kept beside them, a portion at a time."""
        more = True
        while more:
            async with self.db.begin() as tx:
                rows = (await tx.session.scalars(_unsettled())).all()
                for row in rows:
                    await consents.settle(tx, row, self.today())
                more = len(rows) == consents.PORTION

    async def expire_consents(self) -> None:
        """Those that were good until a day that is over, of a portion at a time."""
        more = True
        while more:
            async with self.db.begin() as tx:
                query = (
                    select(PersonRow)
                    .where(PersonRow.consents_until < self.today())
                    .order_by(PersonRow.consents_until, PersonRow.id)
                    .limit(consents.PORTION)
                    .with_for_update(skip_locked=True)
                )
                rows = (await tx.session.scalars(query)).all()
                await consents.expire(tx, rows, self.today())
                more = len(rows) == consents.PORTION


def _unsettled() -> Select[PersonRow]:
    """Some of them, locked."""
    said, merge = ConsentRow.__table__.c, MergeRow.__table__.c
    into = and_(merge.merged_id == said.person_id, merge.parted_at.is_(None))
    who = (
        select(func.coalesce(merge.canonical_id, said.person_id))
        .select_from(outerjoin(ConsentRow.__table__, MergeRow.__table__, into))
        .where(~said.given)
    )
    missing = PersonRow.consents_withdrawn.is_(None), PersonRow.erased_at.is_(None)
    query = select(PersonRow).where(PersonRow.id.in_(who), *missing).order_by(PersonRow.id)
    return query.limit(consents.PORTION).with_for_update(skip_locked=True)


async def _seen(tx: Tx, actor: Actor, id: UUID) -> PersonRow:
    """Raises NotFound, Forbidden when what they have agreed to is hidden."""
    row = await access.record(tx, actor, PersonRow, id)
    await demand_reach(tx, actor, READ, row, access.GUARDS[PersonRow], [consents.CONSENTS])
    return row


async def _may_record(tx: Tx, actor: Actor, row: PersonRow) -> bool:
    guard = access.GUARDS[PersonRow]
    try:
        await demand_reach(tx, actor, EDIT, row, guard, [consents.CONSENTS])
    except Forbidden:
        return False
    return True


def _channels(purpose: ConsentPurpose, told: Sequence[Channel]) -> list[Channel]:
    """In their order, each once. Raises Invalid."""
    if not purpose.by_channel:
        if set(told) - {Channel.ANY}:
            raise invalid("channels", "no-channels", "This purpose is not about a channel.")
        return [Channel.ANY]
    if not told or Channel.ANY in told:
        raise invalid("channels", "channels-needed", "Say by which channels.")
    return [one for one in CHANNELS if one in told]


def _entry(row: ConsentRow, by_name: str | None, files: Mapping[UUID, SentFile]) -> ConsentEntry:
    beside = {
        "by_name": by_name,
        "proof_file": row.proof_file_id and files.get(row.proof_file_id),
    }
    told = {name: getattr(row, name) for name in ConsentEntry.model_fields if name not in beside}
    return ConsentEntry(**told, **beside)
