"""Who may touch which company and person. There is no other way to their rows."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, and_, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.conditions import Fields
from gausdo.kernel.errors import NotFound
from gausdo.kernel.rights import Guarded
from gausdo.modules.customers.contract import COMPANIES, PEOPLE
from gausdo.modules.customers.fields import COMPANY, HIDES, PERSON, columns_of
from gausdo.modules.customers.tables import SHARE, CompanyRow, Customer, PersonRow
from gausdo.platform.custom_unique import Kept
from gausdo.platform.db import Read, Tx
from gausdo.platform.narrow import same
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import Guard, asked_by, demand_reach, told_within, within

R = TypeVar("R", bound=Customer)


def guard(fields: Fields, table: FromClause) -> Guard:
    """Companies or people, of their table or an alias of it."""
    return Guard(
        owner=table.c.owner_id,
        team=table.c.team_id,
        id=table.c.id,
        fields=fields,
        columns=columns_of(fields, table),
        hides=HIDES,
        shares=SHARE,
    )


FIELDS: Mapping[type[Customer], Fields] = {CompanyRow: COMPANY, PersonRow: PERSON}
GUARDS: Mapping[type[Customer], Guard] = {
    of: guard(fields, of.__table__) for of, fields in FIELDS.items()
}
GUARDED: Mapping[type[Customer], Guarded] = {CompanyRow: COMPANIES, PersonRow: PEOPLE}


def right(of: type[Customer], operation: str) -> Right:
    """Raises KeyError for an operation that is none of theirs."""
    return GUARDED[of].right(operation)


KEPT = {of.kind: Kept(of.__table__.c, "name", GUARDS[of], right(of, "read")) for of in FIELDS}


def visible(actor: Actor, of: type[Customer]) -> ColumnElement[bool]:
    """The records the actor may read. Raises Forbidden when none could ever be."""
    read = right(of, "read")
    actor.demand(read)
    return within(actor, read, GUARDS[of])


def editable(actor: Actor, of: type[Customer]) -> ColumnElement[Any]:
    """Of a record that is read: whether the actor may change it."""
    may = told_within(actor, right(of, "edit"), GUARDS[of])
    return and_(may, PersonRow.erased_at.is_(None)) if of is PersonRow else may


async def record(
    tx: Tx,
    actor: Actor,
    of: type[R],
    id: UUID,
    operation: str = "read",
    writing: Iterable[str] = (),
) -> R:
    """One record, locked when it is to be changed.

    Raises NotFound when the actor may not read it, Forbidden when the right to `operation` does
    not reach it or does not let a field of `writing` be written.
    """
    reading = operation == "read"
    row: R | None = await tx.row(_row(actor, of, id, for_update=not reading))
    if row is None:
        raise missing(of)
    if not reading:
        await demand_reach(tx, actor, right(of, operation), row, GUARDS[of], writing)
    return row


async def sees(tx: Tx, actor: Actor, of: type[Customer], id: UUID) -> bool:
    """Whether a record is there that the actor may read."""
    query = select(of.__table__.c.id).where(of.__table__.c.id == id, visible(actor, of))
    return (await tx.session.scalar(query)) is not None


def _row(actor: Actor, of: type[Customer], id: UUID, *, for_update: bool) -> Read:
    asked = asked_by(actor, "row", of.kind, for_update)
    asked.add(id=id)

    def statement() -> Select[Any]:
        query = select(of).where(same(of.__table__.c.id, "id", id), visible(actor, of))
        return query.with_for_update() if for_update else query

    return asked.read(statement)


async def owner(
    tx: Tx, actor: Actor, of: type[Customer], asked: UUID | None
) -> tuple[UUID, UUID | None]:
    """The owner of a new record and the owner's team: the actor, or whom the actor gives it to.

    Raises Invalid when nobody has the id `asked`, Forbidden without the right to assign.
    """
    owner_id, team_id = await new_owner(tx, actor, asked)
    if owner_id != actor.id:
        actor.demand(right(of, "assign"))
    return owner_id, team_id


def missing(of: type[Customer]) -> NotFound:
    return NotFound(f"There is no such {of.kind}, or it is not yours to see.")
