"""Lists as files: which columns a list has, and its records page by page, as far as one may take
them out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, CustomType
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.pages import TAKEN, ListQuery
from gausdo.kernel.rights import Guarded
from gausdo.kernel.values import Json, Locale, Value

ExportKind = Literal["companies", "people", "deals"]
WorkKind = Literal["tasks", "meetings"]


class CellType(StrEnum):
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"  # exact, as text
    MONEY = "money"  # the same with two places
    DATE = "date"
    TIME = "time"
    BOOL = "bool"
    LIST = "list"  # of texts


class ExportColumn(Value):
    """`title` is for people, `name` for programs.

    `path` leads to the value in the JSON of a record; where that is a list of records, `each` is
    what is told of one. `names` has what ids and keys are called.
    """

    name: str
    title: str
    type: CellType = CellType.TEXT
    path: tuple[str, ...]
    each: str | None = None
    names: dict[str, str] | None = None


class ExportPage(ListQuery):
    """As any list is asked for, with more on a page; of a record no more is told than `only`, the
    first keys of columns' paths.
    """

    only: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")], ...]
    limit: Annotated[int, Field(ge=1, le=TAKEN)] = TAKEN


class Columned(Value):
    """One page of a list that is taken out: of each column the values of all its records, which
    costs all who make and read it less than their JSON record by record.
    """

    found: int
    next: str | None
    columns: dict[str, list[Any]]


def as_listed(page: ExportPage) -> ListQuery:
    """The page as the list itself is asked for it."""
    return ListQuery.model_construct(
        **{name: getattr(page, name) for name in ListQuery.model_fields}
    )


class GivesTables(Protocol):
    """The part of a contract whose lists can be taken out as files."""

    async def export_columns(
        self, actor: Actor, kind: ExportKind, locale: Locale
    ) -> list[ExportColumn]:
        """Those there are and the actor may take out. Raises Forbidden."""
        ...

    async def export_page(self, actor: Actor, kind: ExportKind, page: ExportPage) -> Json:
        """`Columned`: what the actor may read and export both, without the fields that either right
        hides. Raises Forbidden, Invalid.
        """
        ...


class GivesWork(Protocol):
    """The same of what is to be done."""

    async def export_columns(
        self, actor: Actor, kind: WorkKind, locale: Locale
    ) -> list[ExportColumn]:
        """As `GivesTables.export_columns`."""
        ...

    async def export_page(self, actor: Actor, kind: WorkKind, page: ExportPage) -> Json:
        """As `GivesTables.export_page`."""
        ...


def exporting(actor: Actor, of: Guarded) -> Actor:
    """The same person, who sees no more records of a kind, and no more of them, than they may take
    out. What is shared with them counts as theirs. Raises Forbidden.
    """
    read, export = of.right("read"), of.right("export")
    actor.demand(read)
    actor.demand(export)
    seen = [*actor.granted(read)]
    both = (own.meet(one) for own in seen for one in actor.granted(export))
    others = (grant for grant in actor.grants if grant not in seen)
    return actor.model_copy(update={"grants": (*others, *dict.fromkeys(both))})


@dataclass(frozen=True)
class Offered:
    """A column that a module's records have: its titles in the languages people read, and the
    field that rights know it by, where they can hide it.
    """

    name: str
    titles: Mapping[Locale, str]
    type: CellType = CellType.TEXT
    path: tuple[str, ...] = ()
    each: str | None = None
    field: str | None = None
    names: Mapping[str, str] | None = None

    def told(self, locale: Locale) -> ExportColumn:
        return ExportColumn(
            name=self.name,
            title=self.titles[locale],
            type=self.type,
            path=self.path or (self.name,),
            each=self.each,
            names=None if self.names is None else dict(self.names),
        )


def column(name: str, en: str, ru: str, type: CellType = CellType.TEXT, **told: Any) -> Offered:
    """`told`: what else there is to say, as `Offered` has it."""
    return Offered(name, {"en": en, "ru": ru}, type, **told)


def shown(
    offered: Iterable[Offered],
    fields: Iterable[CustomField],
    hidden: frozenset[str],
    locale: Locale,
    colleagues: Mapping[str, str],
) -> list[ExportColumn]:
    """The columns of a list, those of fields that an installation has added after the others, and
    none that is hidden from the reader.
    """  # fmt: skip
    columns = [one.told(locale) for one in offered if one.field not in hidden]
    for field in fields:
        if field.type is CustomType.SEALED:
            continue  # nothing of it leaves in a file
        if not field.archived and CUSTOM + field.key not in hidden:
            columns += _added(field, locale, colleagues)
    return columns


def _added(
    field: CustomField, locale: Locale, colleagues: Mapping[str, str]
) -> Iterator[ExportColumn]:
    """A sum has its currency in a column beside it."""
    name, path = CUSTOM + field.key, ("custom", field.key)
    if field.type is CustomType.MONEY:
        title = f"{field.name}, {_CURRENCY[locale]}"
        path_of = (*path, "amount"), (*path, "currency")
        yield ExportColumn(name=name, title=field.name, type=CellType.MONEY, path=path_of[0])
        yield ExportColumn(name=f"{name}.currency", title=title, path=path_of[1])
        return
    names = {one.key: one.name for one in field.options} or None
    yield ExportColumn(
        name=name,
        title=field.name,
        type=_CELLS.get(field.type, CellType.TEXT),
        path=path,
        each="name" if field.type is CustomType.FILE else None,
        names=dict(colleagues) if field.type is CustomType.PERSON else names,
    )


_CURRENCY: Mapping[Locale, str] = {"en": "currency", "ru": "валюта"}
_CELLS: Mapping[CustomType, CellType] = {
    CustomType.NUMBER: CellType.NUMBER,
    CustomType.DATE: CellType.DATE,
    CustomType.TIME: CellType.TIME,
    CustomType.BOOL: CellType.BOOL,
    CustomType.CHOICES: CellType.LIST,
    CustomType.FILE: CellType.LIST,
}
