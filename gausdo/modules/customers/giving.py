"""Companies and people as files: the part of `Brings` that gives them out."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from pydantic_core import from_json, to_json

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
from gausdo.modules.customers import access, purposes, queries
from gausdo.modules.customers.consent_words import ConsentWords
from gausdo.modules.customers.consents import CONSENTS
from gausdo.modules.customers.sealing import Q
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.modules.identity.contract import Identity
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database
from gausdo.platform.json_sql import Columns
from gausdo.platform.search import closest

_WAYS = (
    *(
        column(name, en, ru, CellType.LIST, path=("ways", name), field=name)
        for name, en, ru in (
            ("phones", "Phones", "Телефоны"),
            ("emails", "E-mail", "Эл. почта"),
            ("links", "Links", "Мессенджеры"),
        )
    ),
    column("city", "City", "Город", field="city"),
)
_LAST = (
    column("tags", "Tags", "Теги", CellType.LIST, field="tags"),
    column("source", "Source", "Источник", field="source"),
    column("about", "Comment", "Комментарий", field="about"),
    column("owner", "Owner", "Ответственный", path=("owner_name",)),
    column("created_at", "Created", "Создано", CellType.TIME),
    column("changed_at", "Changed", "Изменено", CellType.TIME),
    column("id", "ID", "ID"),
)
OFFERED: Mapping[type[Customer], tuple[Offered, ...]] = {
    CompanyRow: (
        column("name", "Name", "Название"),
        column("legal_name", "Legal name", "Полное название", field="legal_name"),
        column("inn", "INN", "ИНН", field="inn"),
        column("kpp", "KPP", "КПП", field="kpp"),
        column("ogrn", "OGRN", "ОГРН", field="ogrn"),
        column("address", "Legal address", "Юридический адрес", field="address"),
        column("size", "Employees", "Сотрудников", CellType.WHOLE, field="size"),
        column("parent", "Parent company", "Головная компания", field="parent_id"),
        column("domain", "Website", "Сайт", field="domain"),
        *_WAYS,
        column("industry", "Industry", "Отрасль", field="industry"),
        *_LAST,
    ),
    PersonRow: (
        column("name", "Name", "ФИО"),
        column("position", "Position", "Должность", field="position"),
        column("company", "Company", "Компания", field="company_id"),
        *_WAYS,
        column("consents", "Consents", "Согласия", CellType.LIST, field=CONSENTS),
        *_LAST,
    ),
}  # fmt: skip
"""What files say of them; titles are those by which a file that is brought in is understood."""
_SAID = b'"purpose_id"'
"""Is in the JSON of a page on which somebody has said something, and in no text of one."""
_OF: Mapping[ExportKind, type[Customer]] = {"companies": CompanyRow, "people": PersonRow}


class Gives:
    if TYPE_CHECKING:

        @property
        def fields(self) -> CustomFields: ...
        @property
        def identity(self) -> Identity: ...
        @property
        def db(self) -> Database: ...
        async def asked_by(
            self, actor: Actor, of: type[Customer], query: ListQuery
        ) -> tuple[CustomField, ...]: ...
        def asking_sealed(
            self, of: type[Customer], query: Q, fields: Sequence[CustomField]
        ) -> Q: ...

    async def export_columns(
        self, actor: Actor, kind: ExportKind, locale: Locale
    ) -> list[ExportColumn]:
        of = _OF[kind]
        hidden = exporting(actor, access.GUARDED[of]).never(access.right(of, "read"))
        fields = await self.fields.of(of.kind)
        colleagues = {str(user.id): user.name for user in await self.identity.users(SYSTEM)}
        return shown(OFFERED[of], fields, hidden, locale, colleagues)

    async def export_page(self, actor: Actor, kind: ExportKind, page: ExportPage) -> Json:
        of = _OF[kind]
        who, only = exporting(actor, access.GUARDED[of]), Columns(frozenset(page.only))
        query = as_listed(page)
        fields = await self.asked_by(who, of, query)
        asked = self.asking_sealed(of, query, fields)
        read = partial(queries.exported, who, of, asked, only, fields)
        told = await closest(self.db, query.q, read, numbers=True)
        said = CONSENTS in page.only and told.find(_SAID) >= 0
        return await self._in_words(actor, told) if said else told

    async def _in_words(self, actor: Actor, told: Json) -> Json:
        """The page with what people have said as cells have it, in the reader's language."""
        async with self.db.begin(actor) as tx:
            words = ConsentWords.of(await purposes.every(tx), self.fields.zone)
        page = from_json(told)
        page["columns"][CONSENTS] = [
            [words.written(one, actor.locale) for one in said] for said in page["columns"][CONSENTS]
        ]
        return Json(to_json(page))
