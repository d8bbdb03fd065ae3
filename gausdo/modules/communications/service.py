"""What one can do with templates and letters."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict, Unavailable
from gausdo.kernel.history import Happened
from gausdo.kernel.orders import Order
from gausdo.kernel.pages import MAX_PAGE, ListQuery
from gausdo.kernel.persons import Forgotten, Held, Traces, demand_gausdo
from gausdo.kernel.values import Json, now
from gausdo.modules.communications import access, persons, queries
from gausdo.modules.communications.configuration import Templates
from gausdo.modules.communications.contract import (
    Letter,
    LetterDraft,
    LetterSent,
    LetterState,
    Note,
    NotTaken,
    Template,
    TemplateChange,
    TemplateDraft,
    TemplateSaved,
)
from gausdo.modules.communications.mail import Mailing
from gausdo.modules.communications.post import Envelope, Post, address, one_line
from gausdo.modules.communications.tables import AttachmentRow, LetterRow, TemplateRow
from gausdo.platform.configuration import ConfiguredService, Kinds
from gausdo.platform.db import Tx
from gausdo.platform.drain import Hopeless, NotNow
from gausdo.platform.history import happened

DELIVER = "communications.deliver"
"""The job that takes letters to the mail server."""
_LETTERS = TypeAdapter(list[Letter])


@dataclass(frozen=True)
class CommunicationsService(Mailing, ConfiguredService):
    async def templates(self, actor: Actor) -> list[Template]:
        actor.demand(access.READ_TEMPLATE)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(TemplateRow).order_by(TemplateRow.name))
            return [row.shown() for row in rows]

    async def add_template(
        self, actor: Actor, draft: TemplateDraft, key: str | None = None
    ) -> Template:
        actor.demand(access.CREATE_TEMPLATE)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = TemplateRow.write(draft)
                tx.add(row)
                tx.publish(TemplateSaved(template_id=row.id, version=row.version))
                tx.tell(row.shown())
            return tx.answer(Template)

    async def change_template(
        self, actor: Actor, id: UUID, change: TemplateChange, key: str | None = None
    ) -> Template:
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await access.template(tx, actor, id, access.EDIT_TEMPLATE)
                await tx.fresh(row, change.version)
                if changes := row.change(change):
                    saved = TemplateSaved(template_id=row.id, version=row.version)
                    tx.publish(saved, changes=changes)
                tx.tell(row.shown())
            return tx.answer(Template)

    async def kinds(self, actor: Actor) -> Kinds:  # noqa: ARG002 - it asks no neighbours
        return [Templates()]

    async def send(self, actor: Actor, draft: LetterDraft, key: str | None = None) -> Letter:
        actor.demand(access.SEND)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = await _written(tx, actor, draft)
                await tx.enqueue(DELIVER, once=True)
                tx.tell(row.shown())
            return tx.answer(Letter)

    async def send_all(self, actor: Actor, orders: list[Order[LetterDraft]]) -> list[UUID]:
        actor.demand(access.SEND)
        async with self.db.begin(actor) as tx:
            for order in await tx.new(orders):
                row = await _written(tx, actor, order.draft, order.trace)
                tx.tell(row.shown(), order.key)
            await tx.enqueue(DELIVER, once=True)
            return tx.ids(orders)

    async def post(self, actor: Actor, note: Note) -> None:
        demand_gausdo(actor)
        envelope = Envelope(
            id=note.id,
            to=address("to", note.to),
            to_name=note.to_name,
            subject=one_line("subject", note.subject),
            body=note.body,
            html=False,
            written_at=now(),
            page=note.page,
        )
        try:
            async with Post(*await self.leaving()) as post:
                await post.send(envelope)
        except NotNow as refusal:
            raise Unavailable(str(refusal)) from refusal
        except Hopeless as refusal:
            raise NotTaken(str(refusal)) from refusal

    async def list_letters(self, actor: Actor, query: ListQuery) -> Json:
        return await self.db.one(queries.letters(actor, query))

    async def find_letters(self, actor: Actor, ids: list[UUID]) -> list[Letter]:
        if not actor.may(access.READ):
            return []
        read = queries.letters_by_id(actor, ids[:MAX_PAGE])
        return _LETTERS.validate_json(await self.db.one(read))

    async def happened(self, actor: Actor, after: int = 0) -> list[Happened]:
        demand_gausdo(actor)
        return await happened(self.db, (LetterSent.name,), after)

    async def send_again(self, actor: Actor, id: UUID, key: str | None = None) -> Letter:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                row = await access.letter(tx, actor, id, access.SEND)
                if row.state != LetterState.FAILED:
                    raise Conflict(f"The letter is {row.state}; only a failed one is sent again.")
                row.retry()
                await tx.enqueue(DELIVER, once=True)
                tx.tell(row.shown())
            return tx.answer(Letter)

    async def held_about(self, actor: Actor, person: Traces) -> list[Held]:
        demand_gausdo(actor)
        return await persons.held(self.db, person)

    async def forget_person(self, actor: Actor, person: Traces) -> list[Forgotten]:
        demand_gausdo(actor)
        return await persons.forget(self.db, person)


async def _written(tx: Tx, actor: Actor, draft: LetterDraft, trace: str | None = None) -> LetterRow:
    """Raises NotFound (the template), BadTemplate, Invalid."""
    template = None
    if draft.template_id is not None:
        template = await access.template(tx, actor, draft.template_id)
    row = LetterRow.write(draft, template, actor, trace)
    tx.add(row)
    if draft.attachments:
        await tx.session.flush()  # its files name it
        tx.add(*AttachmentRow.of(row.id, draft.attachments))
    return row
