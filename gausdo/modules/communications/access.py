"""Who may touch which template and letter. There is no other way to their rows."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.communications.contract import LETTERS, MAIL, TEMPLATES
from gausdo.modules.communications.tables import LetterRow, TemplateRow
from gausdo.platform.db import Tx
from gausdo.platform.rights import Guard, demand_reach, within

CREATE_TEMPLATE = TEMPLATES.right("create")
READ_TEMPLATE = TEMPLATES.right("read")
EDIT_TEMPLATE = TEMPLATES.right("edit")
READ_MAIL = MAIL.right("read")
EDIT_MAIL = MAIL.right("edit")
SEND = LETTERS.right("create")
READ = LETTERS.right("read")

_letter = LetterRow.__table__.c
GUARD = Guard(_letter.owner_id, _letter.team_id)


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
    return within(actor, READ, GUARD)


async def letter(tx: Tx, actor: Actor, id: UUID, right: Right) -> LetterRow:
    """One letter, locked. Raises NotFound, Forbidden when `right` does not reach it."""
    row = (
        await tx.session.scalars(
            select(LetterRow).where(LetterRow.id == id, visible(actor)).with_for_update()
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such letter, or it is not yours to see.")
    await demand_reach(tx, actor, right, row, GUARD)
    return row
