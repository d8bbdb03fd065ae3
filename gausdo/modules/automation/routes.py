"""Automation over HTTP: rules and their runs, and one's own notices."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from gausdo.kernel.pages import Listed
from gausdo.kernel.values import Json
from gausdo.modules.automation.contract import (
    Automation,
    Effect,
    Rule,
    RuleChange,
    RuleDraft,
    Run,
    RunQuery,
)
from gausdo.modules.automation.notices_contract import (
    Notice,
    NoticeMarks,
    NoticeQuery,
    NoticeWishes,
    NoticeWishesDraft,
    Unread,
)
from gausdo.platform.http import OWN, CurrentActor, IdempotencyKey, Routes


def routes(automation: Automation) -> Routes:
    api = Routes("automation")

    @api.get("/rules", right="automation.rule.read")
    async def rules(actor: CurrentActor) -> list[Rule]:
        return await automation.rules(actor)

    @api.post("/rules", status=201, right="automation.rule.create")
    async def add_rule(draft: RuleDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Rule:
        return await automation.add_rule(actor, draft, key)

    @api.get("/rules/{id}", right="automation.rule.read")
    async def rule(id: UUID, actor: CurrentActor) -> Rule:
        return await automation.rule(actor, id)

    @api.patch("/rules/{id}", right="automation.rule.edit")
    async def change_rule(
        id: UUID, change: RuleChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Rule:
        return await automation.change_rule(actor, id, change, key)

    @api.hot("/rule-runs", answer=Listed[Run], right="automation.run.read")
    async def list_runs(actor: CurrentActor, query: Annotated[RunQuery, Query()]) -> Json:
        return await automation.list_runs(actor, query)

    @api.post("/effects/{id}/run-again", right="automation.run.edit")
    async def run_again(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> Effect:
        return await automation.run_again(actor, id, key)

    _notices(api, automation)
    return api


def _notices(api: Routes, automation: Automation) -> None:
    @api.get("/notices", right=OWN)
    async def list_notices(
        actor: CurrentActor, query: Annotated[NoticeQuery, Query()]
    ) -> Listed[Notice]:
        """One's own, the newest first; a record is named while one may see it."""
        return await automation.list_notices(actor, query)

    @api.get("/notices/unread", right=OWN)
    async def unread_notices(actor: CurrentActor) -> Unread:
        return await automation.unread_notices(actor)

    @api.post("/notices/mark", right=OWN)
    async def mark_notices(
        marks: NoticeMarks, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Unread:
        return await automation.mark_notices(actor, marks, key)

    @api.get("/notices/wishes", right=OWN)
    async def notice_wishes(actor: CurrentActor) -> NoticeWishes:
        return await automation.notice_wishes(actor)

    @api.patch("/notices/wishes", right=OWN)
    async def change_notice_wishes(
        draft: NoticeWishesDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> NoticeWishes:
        """What is not named stays."""
        return await automation.change_notice_wishes(actor, draft, key)
