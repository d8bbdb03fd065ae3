"""What sales holds about a person: the deals whose contact they are, and their names in them."""

from contextlib import suppress

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from gausdo.kernel.custom_sealed import normal
from gausdo.kernel.persons import Done, Forgotten, Held, Traces
from gausdo.modules.sales.contact_tables import DealContactRow
from gausdo.modules.sales.file_tables import FileRow
from gausdo.modules.sales.quote_tables import QuoteFileRow, QuoteLetterRow, QuoteRow
from gausdo.modules.sales.tables import SEALED, DealRow
from gausdo.platform.crypto import Unreadable, Vault
from gausdo.platform.db import Database, Tx
from gausdo.platform.persons import (
    SHORTEST,
    Trail,
    anonymised,
    erased,
    forget_beside,
    unhurried,
)

_deal = DealRow.__table__.c
_quote = QuoteRow.__table__.c
_contact = DealContactRow.__table__.c
CONTACTS = Trail("sales.deal_contact", DealContactRow.__table__, told=("deal_id", "role"))
QUOTES = Trail(
    "sales.quote",
    QuoteRow.__table__,
    told=(
        *("id", "told", "sent_to", "sent_at", "opened_at", "answered_at", "answered_by"),
        *("answered_from", "reason"),
    ),
    texts=("told", "sent_to", "answered_by", "reason"),
    touched={"version": _quote.version + 1},
)
LETTERS = Trail(
    "sales.quote_letter",
    QuoteLetterRow.__table__,
    texts=("to", "to_name", "subject", "body", "error"),
)
DEALS = Trail(
    "sales.deal",
    DealRow.__table__,
    told=(
        *("id", "title", "amount", "currency", "about", "lost_reason", "custom"),
        *("created_at", "closed_at"),
    ),
    texts=("title", "about", "lost_reason"),
    custom="deal",
    touched={"version": _deal.version + 1, "changed_at": func.now()},
)


FILES = Trail(
    "sales.file", FileRow.__table__, ("id", "name", "size", "created_at"), texts=("name",)
)


def _linked(person: Traces) -> ColumnElement[bool]:
    of_contact: ColumnElement[bool] = _deal.contact_id == person.id
    return of_contact


def _concerned(person: Traces) -> ColumnElement[bool]:
    """Deals whose contact they are, the main one or another."""
    further = select(_contact.deal_id).where(_contact.person_id == person.id)
    return or_(_linked(person), _deal.id.in_(further))


def _filed(person: Traces) -> ColumnElement[bool]:
    """Files of deals whose contact they are: what they are called, for they are the deals' own."""
    deals = select(_deal.id).where(_concerned(person))
    of_deals: ColumnElement[bool] = FileRow.__table__.c.record_id.in_(deals)
    return of_deals


def _offered(person: Traces) -> ColumnElement[bool]:
    """Quotes of their deals, and those that name them."""
    own = select(_deal.id).where(_linked(person))
    return or_(_quote.deal_id.in_(own), QUOTES.naming(person))


async def _forget_quotes(tx: Tx, person: Traces) -> list[Forgotten]:
    """What was offered stays, without their name: its PDF is made anew when it is asked for. From
    where it was answered nobody needs to know any more.
    """
    from_them = QUOTES.naming(person)
    await tx.session.execute(
        update(QuoteRow)
        .where(from_them)
        .values(answered_from=None)
        .execution_options(synchronize_session=False)
    )
    changed = await QUOTES.anonymise(tx, _offered(person), person)
    files = delete(QuoteFileRow).where(QuoteFileRow.quote_id.in_(changed))
    await tx.session.execute(files)
    waiting = await LETTERS.erase(tx, LETTERS.naming(person))
    return [anonymised(QUOTES.place, changed), erased(LETTERS.place, waiting)]


async def held(db: Database, person: Traces) -> list[Held]:
    async with unhurried(db) as tx:
        rows = await DEALS.rows(tx, _concerned(person))
        further = await CONTACTS.rows(tx, _contact.person_id == person.id)
        quotes = await QUOTES.rows(tx, _offered(person))
        files = await FILES.rows(tx, _filed(person))
    return [
        Held(place=DEALS.place, records=rows, related=[row["id"] for row in rows]),
        Held(place=QUOTES.place, records=quotes),
        Held(place=CONTACTS.place, records=further),
        Held(place=FILES.place, records=files),
    ]


async def _forget_sealed(tx: Tx, vault: Vault, person: Traces) -> int:
    """What their deals keep encrypted is opened to see whether it names them, and goes then."""
    names = [normal(one) for one in (*person.texts, *person.words) if len(one) >= SHORTEST]
    sealed = select(SEALED.table.c.record_id)
    concerned = select(DealRow).where(_concerned(person), _deal.id.in_(sealed)).order_by(_deal.id)
    count = 0
    for row in await tx.session.scalars(concerned.with_for_update()):
        gone = []
        for key in await SEALED.stamps(tx, row.id):
            with suppress(Unreadable):
                value = normal(await SEALED.read(tx, vault, "deal", row.id, key) or "")
                gone += [key] if any(name in value for name in names) else []
        if gone:
            count += await SEALED.drop(tx, [row.id], gone)
            row.custom = {key: one for key, one in row.custom.items() if key not in gone}
            row.touch()
            tx.publish(row.changed({}, row.owner_id, row.team_id))
    await tx.session.flush()
    return count


async def forget(db: Database, vault: Vault, person: Traces) -> list[Forgotten]:
    """The contact stays what it was: a record that names nobody any more."""
    async with unhurried(db) as tx:
        sealed = await _forget_sealed(tx, vault, person)
        changed = await DEALS.anonymise(tx, _concerned(person), person)
        for row in await tx.session.scalars(select(DealRow).where(DealRow.id.in_(changed))):
            tx.publish(row.changed({}, row.owner_id, row.team_id))
        quoted = await _forget_quotes(tx, person)
        files = anonymised(FILES.place, await FILES.anonymise(tx, _filed(person), person))
        secret = Forgotten(place="sales.sealed_value", done=Done.ERASED, count=sealed)
        told = [anonymised(DEALS.place, changed), secret, *quoted, files]
        return [*told, *await forget_beside(tx, person)]
