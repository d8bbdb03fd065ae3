"""What one can do with the further contacts of a deal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, literal_column, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.modules.customers.contract import Customers
from gausdo.modules.sales import access, queries
from gausdo.modules.sales.contact_tables import DealContactRow
from gausdo.modules.sales.contacts_contract import (
    ContactDraft,
    DealContact,
    DealContacts,
    DealContactsDraft,
)
from gausdo.modules.sales.items import CONTACT, contacts
from gausdo.modules.sales.tables import DealRow, schema
from gausdo.platform.custom_links import NO_RECORD
from gausdo.platform.db import Database, Tx
from gausdo.platform.history import apart
from gausdo.platform.known import known_records, meant

_contact = DealContactRow.__table__
_PERSON: ColumnElement[Any] = literal_column("'person'")


class ContactRead(DealContact):
    """With the deal's main contact beside it."""

    main: UUID | None


class Contacts:
    """The part of `SalesService` that knows who else has to do with a deal."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def customers(self) -> Customers: ...

    async def set_deal_contacts(
        self, actor: Actor, id: UUID, draft: DealContactsDraft, key: str | None = None
    ) -> DealContacts:
        ids = [one.person_id for one in draft.contacts]
        found = await self.customers.named_people(actor, ids) if ids else []
        async with self.db.begin(actor, key, (id, draft)) as tx:
            if not tx.told:
                row = await access.deal(tx, actor, id, access.EDIT, [CONTACT])
                await tx.fresh(row, draft.version, queries.deal(actor, id))
                await tx.remember_known(known_records("person", found))
                before = await _contacts_of(tx, actor, id)
                # Who stays was somebody's to see who added them.
                named = {one.id for one in found} | {one.person.id for one in before}
                main = await tx.session.scalar(
                    select(meant(schema, _PERSON, DealRow.contact_id.expression)).where(
                        DealRow.id == id
                    )
                )
                _demand_each_once(draft.contacts, named, main)
                await _write(tx, id, draft.contacts)
                told = await _contacts_of(tx, actor, id)
                if told != before:
                    row.touch()
                    both = {"contacts": (_words(before), _words(told))}
                    happened = row.changed({}, row.owner_id, row.team_id)
                    tx.publish(happened, **apart(both, frozenset(both)))
                tx.tell(DealContacts(deal_id=id, version=row.version, contacts=told, hidden=False))
            return tx.answer(DealContacts)


def each_once(read: Iterable[ContactRead]) -> list[DealContact]:
    """Two that became one person are told once, in the place and role of the first; the main
    contact not at all.
    """
    told: dict[UUID, DealContact] = {}
    for one in read:
        if one.person.id != one.main:
            told.setdefault(one.person.id, DealContact(person=one.person, role=one.role))
    return [*told.values()]


async def _contacts_of(tx: Tx, actor: Actor, id: UUID) -> list[DealContact]:
    read = await tx.session.scalars(contacts(actor, id))
    return each_once(ContactRead.model_validate_json(one) for one in read)


def _demand_each_once(drafts: list[ContactDraft], named: set[UUID], main: UUID | None) -> None:
    """Raises Invalid for who is not to be seen, told twice, or the main contact."""
    seen: set[UUID] = set()
    for place, one in enumerate(drafts):
        field = f"contacts.{place}.person_id"
        if one.person_id == main:
            raise invalid(field, "main-contact", "This person is the main contact already.")
        if one.person_id in seen:
            raise invalid(field, "twice", "This person is in the list already.")
        if one.person_id not in named:
            raise invalid(field, "not-found", NO_RECORD)
        seen.add(one.person_id)


async def _write(tx: Tx, id: UUID, drafts: list[ContactDraft]) -> None:
    await tx.session.execute(delete(_contact).where(_contact.c.deal_id == id))
    rows = [
        {"deal_id": id, "position": place, **one.model_dump()} for place, one in enumerate(drafts)
    ]
    if rows:
        await tx.session.execute(insert(_contact), rows)


def _words(told: list[DealContact]) -> list[dict[str, Any]] | None:
    """As the history keeps them: names are looked up by whoever reads it."""
    return [{"person_id": str(one.person.id), "role": one.role} for one in told] or None
