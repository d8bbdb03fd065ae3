"""Who may touch which template and letter. There is no other way to their rows."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.communications.tables import LetterRow, TemplateRow
from gausdo.platform.db import Tx
from gausdo.platform.rights import demand_reach, within

CREATE_TEMPLATE = Right("communications.template", "create")
READ_TEMPLATE = Right("communications.template", "read")
EDIT_TEMPLATE = Right("communications.template", "edit")
SEND = Right("communications.letter", "create")
READ = Right("communications.letter", "read")


async def template(tx: Tx, actor: Actor, id: UUID, right: Right = READ_TEMPLATE) -> TemplateRow:
    """One template, locked when it is to be changed; templates belong to all who may read them.

    Raises NotFound, Forbidden.
    """
    actor.demand(READ_TEMPLATE)
    row = await tx.session.get(TemplateRow, id, with_for_update=right != READ_TEMPLATE or None)
    if row is None:
        raise NotFound("There is no such template.")
    actor.demand(right)
    return row


def visible(actor: Actor) -> ColumnElement[bool]:
    """The letters the actor may read. Raises Forbidden when none could ever be."""
    actor.demand(READ)
    letter = LetterRow.__table__.c
    return within(actor, READ, letter.owner_id, letter.team_id)


async def letter(tx: Tx, actor: Actor, id: UUID, right: Right) -> LetterRow:
    """One letter, locked. Raises NotFound, Forbidden when `right` does not reach it."""
    row = (
        await tx.session.scalars(
            select(LetterRow).where(LetterRow.id == id, visible(actor)).with_for_update()
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such letter, or it is not yours to see.")
    demand_reach(actor, right, row)
    return row
