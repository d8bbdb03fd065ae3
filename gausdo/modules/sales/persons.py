"""What sales holds about a person: the deals whose contact they are, and their names in them."""

from sqlalchemy import ColumnElement, func, select

from gausdo.kernel.persons import Forgotten, Held, Traces
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Database
from gausdo.platform.persons import Trail, anonymised, forget_beside, unhurried

_deal = DealRow.__table__.c
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


def _linked(person: Traces) -> ColumnElement[bool]:
    of_contact: ColumnElement[bool] = _deal.contact_id == person.id
    return of_contact


async def held(db: Database, person: Traces) -> list[Held]:
    async with unhurried(db) as tx:
        rows = await DEALS.rows(tx, _linked(person))
    return [Held(place=DEALS.place, records=rows, related=[row["id"] for row in rows])]


async def forget(db: Database, person: Traces) -> list[Forgotten]:
    """The contact stays what it was: a record that names nobody any more."""
    async with unhurried(db) as tx:
        changed = await DEALS.anonymise(tx, _linked(person), person)
        for row in await tx.session.scalars(select(DealRow).where(DealRow.id.in_(changed))):
            tx.publish(row.changed({}, row.owner_id, row.team_id))
        return [anonymised(DEALS.place, changed), *await forget_beside(tx, person)]
