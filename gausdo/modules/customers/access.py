"""Who may touch which company and person. There is no other way to their rows."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.conditions import Fields
from gausdo.kernel.errors import Forbidden, NotFound
from gausdo.modules.customers.fields import (
    COMPANY,
    COMPANY_COLUMNS,
    PERSON,
    PERSON_COLUMNS,
    Columns,
)
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.platform.db import Read, Tx
from gausdo.platform.narrow import same
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import asked_by, demand_reach, told_within, within

R = TypeVar("R", bound=Customer)

FIELDS: Mapping[type[Customer], Fields] = {CompanyRow: COMPANY, PersonRow: PERSON}
COLUMNS: Mapping[type[Customer], Columns] = {
    CompanyRow: COMPANY_COLUMNS,
    PersonRow: PERSON_COLUMNS,
}


def right(of: type[Customer], operation: str) -> Right:
    """`customers.company` and `customers.person`: create, read, edit, assign, import."""
    return Right(f"customers.{of.kind}", operation)


def visible(actor: Actor, of: type[Customer]) -> ColumnElement[bool]:
    """The records the actor may read. Raises Forbidden when none could ever be."""
    read = right(of, "read")
    actor.demand(read)
    columns = COLUMNS[of]
    return within(actor, read, columns["owner_id"], columns["team_id"], FIELDS[of], columns)


def editable(actor: Actor, of: type[Customer]) -> ColumnElement[Any]:
    """Of a record that is read: whether the actor may change it."""
    columns = COLUMNS[of]
    owner, team = columns["owner_id"], columns["team_id"]
    return told_within(actor, right(of, "edit"), owner, team, FIELDS[of], columns)


async def record(tx: Tx, actor: Actor, of: type[R], id: UUID, operation: str = "read") -> R:
    """One record, locked when it is to be changed.

    Raises NotFound when the actor may not read it, Forbidden when the right to `operation` does
    not reach it.
    """
    reading = operation == "read"
    row: R | None = await tx.row(_row(actor, of, id, for_update=not reading))
    if row is None:
        raise missing(of)
    if not reading:
        demand_reach(actor, right(of, operation), row, FIELDS[of])
    return row


def _row(actor: Actor, of: type[Customer], id: UUID, *, for_update: bool) -> Read:
    asked = asked_by(actor, "row", of.kind, for_update)
    asked.add(id=id)

    def statement() -> Select[Any]:
        query = select(of).where(same(of.__table__.c.id, "id", id), visible(actor, of))
        return query.with_for_update() if for_update else query

    return asked.read(statement)


def demand_field(actor: Actor, of: type[Customer], field: str) -> None:
    """Raise Forbidden when no role shows this field to the actor."""
    read = right(of, "read")
    if all(grant.fields is not None and field not in grant.fields for grant in actor.granted(read)):
        raise Forbidden(
            f"The field “{field}” is not yours to see.", data={"right": str(read), "field": field}
        )


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
