"""What one can do with calendars that are kept elsewhere: a part of the service."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import delete, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict, NotFound, invalid
from gausdo.kernel.values import new_id, now
from gausdo.modules.activities import outside_queries
from gausdo.modules.activities.calendar_contract import CalendarQuery
from gausdo.modules.activities.outside_contract import (
    MOST_ACCOUNTS,
    OutsideAccount,
    OutsideAccountChange,
    OutsideAccountDraft,
    OutsideCalendarChange,
    OutsideTime,
)
from gausdo.modules.activities.outside_tables import (
    READ,
    OutsideAccountRow,
    OutsideCalendarRow,
    OutsideObjectRow,
)
from gausdo.platform.crypto import Vault
from gausdo.platform.db import Database, Tx
from gausdo.platform.outbound import Blocked, Outbound
from gausdo.platform.worklist import WAITING

NO_ACCOUNT = "There is no such account, or it is another person's."
_TIMES = TypeAdapter(list[OutsideTime])


class Outside:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def vault(self) -> Vault: ...
        @property
        def outbound(self) -> Outbound: ...

    async def outside_accounts(self, actor: Actor) -> list[OutsideAccount]:
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(
                select(OutsideAccountRow)
                .where(OutsideAccountRow.person_id == actor.id)
                .order_by(OutsideAccountRow.created_at, OutsideAccountRow.id)
            )
            return [await _shown(tx, row) for row in rows.all()]

    async def connect_calendar(
        self, actor: Actor, draft: OutsideAccountDraft, key: str | None = None
    ) -> OutsideAccount:
        try:
            self.outbound.check(draft.url)
        except Blocked as refusal:
            raise invalid("url", "blocked", str(refusal)) from refusal
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                own = OutsideAccountRow.person_id == actor.id
                known = select(OutsideAccountRow.id).where(own).limit(MOST_ACCOUNTS)
                if len((await tx.session.scalars(known)).all()) >= MOST_ACCOUNTS:
                    raise Conflict(f"At most {MOST_ACCOUNTS} accounts are connected.")
                id, at = new_id(), now()
                secret = draft.password.get_secret_value()
                row = OutsideAccountRow(
                    id=id,
                    person_id=actor.id,
                    url=draft.url,
                    user=draft.user,
                    password=await self.vault.seal(tx, OutsideAccountRow.PASSWORD, id, secret),
                    problem=None,
                    read_at=None,
                    created_at=at,
                    state=WAITING,
                    attempts=0,
                    due_at=at,
                )
                tx.add(row)
                await tx.session.flush()
                await tx.enqueue(READ, once=True)
                tx.tell(row.shown([]))
            return tx.answer(OutsideAccount)

    async def change_outside_account(
        self, actor: Actor, id: UUID, change: OutsideAccountChange, key: str | None = None
    ) -> OutsideAccount:
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await _own(tx, actor, id)
                secret = change.password.get_secret_value()
                row.password = await self.vault.seal(tx, OutsideAccountRow.PASSWORD, id, secret)
                await _read_now(tx, row)
                tx.tell(await _shown(tx, row))
            return tx.answer(OutsideAccount)

    async def read_outside(self, actor: Actor, id: UUID, key: str | None = None) -> OutsideAccount:
        async with self.db.begin(actor, key, (id, "read")) as tx:
            if not tx.told:
                row = await _own(tx, actor, id)
                await _read_now(tx, row)
                tx.tell(await _shown(tx, row))
            return tx.answer(OutsideAccount)

    async def disconnect_calendar(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        async with self.db.begin(actor, key, (id, "disconnect")) as tx:
            if not tx.told:
                await tx.session.delete(await _own(tx, actor, id))
                tx.tell(None)

    async def change_outside_calendar(
        self, actor: Actor, id: UUID, change: OutsideCalendarChange, key: str | None = None
    ) -> OutsideAccount:
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                found = await tx.session.get(OutsideCalendarRow, id)
                account = await _own(tx, actor, found.account_id if found else id)
                row = await tx.session.get_one(OutsideCalendarRow, id, with_for_update=True)
                if change.busy is not None:
                    row.busy = change.busy
                if change.chosen is not None and change.chosen != row.chosen:
                    row.chosen, row.mark, row.read_at = change.chosen, None, None
                    if row.chosen:
                        await _read_now(tx, account)
                    else:
                        of_it = OutsideObjectRow.calendar_id == id
                        await tx.session.execute(delete(OutsideObjectRow).where(of_it))
                tx.tell(await _shown(tx, account))
            return tx.answer(OutsideAccount)

    async def outside_times(
        self, actor: Actor, query: CalendarQuery, who: Sequence[UUID]
    ) -> list[OutsideTime]:
        """Those of the window; of others' no more than that they are busy."""
        read = outside_queries.window(actor, query.since, query.until, who)
        return _TIMES.validate_json(await self.db.one(read))


async def _own(tx: Tx, actor: Actor, id: UUID) -> OutsideAccountRow:
    """An account of the actor's, locked. Raises NotFound."""
    row = await tx.session.get(OutsideAccountRow, id, with_for_update=True)
    if row is None or row.person_id != actor.id:
        raise NotFound(NO_ACCOUNT)
    return row


async def _read_now(tx: Tx, row: OutsideAccountRow) -> None:
    row.read_now()
    await tx.enqueue(READ, once=True)


async def _shown(tx: Tx, row: OutsideAccountRow) -> OutsideAccount:
    await tx.session.flush()
    query = select(OutsideCalendarRow).where(OutsideCalendarRow.account_id == row.id)
    every = await tx.session.scalars(query.order_by(OutsideCalendarRow.name, OutsideCalendarRow.id))
    return row.shown([*every])
