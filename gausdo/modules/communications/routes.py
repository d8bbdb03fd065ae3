"""Communications over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from gausdo.kernel.pages import Listed, ListQuery
from gausdo.kernel.values import Json
from gausdo.modules.communications.contract import (
    Communications,
    Letter,
    MailServer,
    MailServerChange,
    MailTrial,
    MailTried,
    Template,
    TemplateChange,
    TemplateDraft,
)
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def routes(communications: Communications) -> Routes:
    api = Routes("communications")

    @api.get("/templates", right="communications.template.read")
    async def templates(actor: CurrentActor) -> list[Template]:
        return await communications.templates(actor)

    @api.post("/templates", status=201, right="communications.template.create")
    async def add_template(
        draft: TemplateDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Template:
        return await communications.add_template(actor, draft, key)

    @api.patch("/templates/{id}", right="communications.template.edit")
    async def change_template(
        id: UUID, change: TemplateChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Template:
        return await communications.change_template(actor, id, change, key)

    @api.hot("/letters", answer=Listed[Letter], right="communications.letter.read")
    async def list_letters(actor: CurrentActor, query: Annotated[ListQuery, Query()]) -> Json:
        return await communications.list_letters(actor, query)

    @api.post("/letters/{id}/send-again", right="communications.letter.edit")
    async def send_again(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> Letter:
        return await communications.send_again(actor, id, key)

    _mail(api, communications)
    return api


def _mail(api: Routes, communications: Communications) -> None:
    @api.get("/mail-server", right="communications.mail.read")
    async def mail_server(actor: CurrentActor) -> MailServer:
        return await communications.mail_server(actor)

    @api.patch("/mail-server", right="communications.mail.edit", step_up=True)
    async def change_mail_server(
        change: MailServerChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MailServer:
        return await communications.change_mail_server(actor, change, key)

    @api.delete("/mail-server", right="communications.mail.edit", step_up=True)
    async def reset_mail_server(actor: CurrentActor, key: IdempotencyKey = None) -> MailServer:
        """The environment's again."""
        return await communications.reset_mail_server(actor, key)

    @api.post("/mail-server/trial", right="communications.mail.edit", step_up=True)
    async def try_mail_server(trial: MailTrial, actor: CurrentActor) -> MailTried:
        """A letter, sent now."""
        return await communications.try_mail_server(actor, trial)
