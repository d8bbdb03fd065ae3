"""Deals as files: the part of `Brings` that gives them out."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.custom import CustomField
from gausdo.kernel.exporting import (
    CellType,
    ExportColumn,
    ExportKind,
    ExportPage,
    Offered,
    as_listed,
    column,
    exporting,
    shown,
)
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Json, Locale
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales import access, queries
from gausdo.modules.sales.contract import DEALS, DealQuery, Pipeline
from gausdo.modules.sales.editing import DEAL
from gausdo.modules.sales.sealing import Q
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database
from gausdo.platform.json_sql import Columns
from gausdo.platform.search import closest

_KINDS: Mapping[Locale, Mapping[str, str]] = {
    "en": {"open": "Open", "won": "Won", "lost": "Lost"},
    "ru": {"open": "Открыта", "won": "Выиграна", "lost": "Проиграна"},
}


def _offered(pipelines: list[Pipeline], locale: Locale) -> tuple[Offered, ...]:
    named = {str(one.id): one.name for one in pipelines}
    stages = {str(stage.id): stage.name for one in pipelines for stage in one.stages}
    return (
        column("title", "Title", "Название"),
        column("company", "Company", "Компания", field="company_id"),
        column("contact", "Contact", "Контакт", field="contact_id"),
        column("pipeline", "Pipeline", "Воронка", path=("pipeline_id",), names=named),
        column("stage", "Stage", "Этап", path=("stage_id",), names=stages),
        column("kind", "State", "Состояние", names=_KINDS[locale]),
        column(
            "amount", "Sum", "Сумма", CellType.MONEY, path=("worth", "amount"), field="worth"
        ),
        column("currency", "Currency", "Валюта", path=("worth", "currency"), field="worth"),
        column("probability", "Probability", "Вероятность", CellType.WHOLE),
        column("expected_on", "Expected on", "Ожидается", CellType.DATE, field="expected_on"),
        column("next_task_at", "Next step", "Следующий шаг", CellType.TIME),
        column("lost_reason", "Reason for the loss", "Причина проигрыша", field="lost_reason"),
        column("about", "Comment", "Комментарий", field="about"),
        column("owner", "Owner", "Ответственный"),
        column("stage_since", "In the stage since", "На этапе с", CellType.TIME),
        column("created_at", "Created", "Создано", CellType.TIME),
        column("changed_at", "Changed", "Изменено", CellType.TIME),
        column("closed_at", "Closed", "Закрыто", CellType.TIME),
        column("id", "ID", "ID"),
    )  # fmt: skip


class Gives:
    if TYPE_CHECKING:

        @property
        def fields(self) -> CustomFields: ...
        @property
        def identity(self) -> Identity: ...
        @property
        def db(self) -> Database: ...
        async def pipelines(self, actor: Actor) -> list[Pipeline]: ...
        async def asked_by(self, actor: Actor, query: ListQuery) -> tuple[CustomField, ...]: ...
        def asking_sealed(self, query: Q, fields: Sequence[CustomField]) -> Q: ...

    async def export_columns(
        self,
        actor: Actor,
        kind: ExportKind,  # noqa: ARG002 - of deals alone
        locale: Locale,
    ) -> list[ExportColumn]:
        hidden = exporting(actor, DEALS).never(access.READ)
        offered = _offered(await self.pipelines(actor), locale)
        fields = await self.fields.of(DEAL)
        colleagues = {str(user.id): user.name for user in await self.identity.users(SYSTEM)}
        return shown(offered, fields, hidden, locale, colleagues)

    async def export_page(
        self,
        actor: Actor,
        kind: ExportKind,  # noqa: ARG002 - of deals alone
        page: ExportPage,
    ) -> Json:
        who, only = exporting(actor, DEALS), Columns(frozenset(page.only))
        query = DealQuery.model_construct(**dict(as_listed(page)))
        fields = await self.asked_by(who, query)
        asked = self.asking_sealed(query, fields)
        read = partial(queries.deals, who, asked, fields, only=only)
        return await closest(self.db, query.q, read)
