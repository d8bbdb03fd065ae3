"""Lists as files over HTTP."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import ExitStack, aclosing
from enum import StrEnum
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import StringConstraints
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gausdo.gateway.exports.cells import Table
from gausdo.gateway.exports.csv_file import CsvFile
from gausdo.gateway.exports.json_lines import JsonLines
from gausdo.gateway.exports.taking import Places, parts
from gausdo.gateway.exports.xlsx_file import XlsxFile
from gausdo.gateway.witness import Witness
from gausdo.kernel.actor import Actor
from gausdo.kernel.custom_sealed import hidden_values
from gausdo.kernel.errors import invalid
from gausdo.kernel.exporting import (
    ExportColumn,
    ExportKind,
    ExportPage,
    GivesTables,
    GivesWork,
    WorkKind,
)
from gausdo.kernel.pages import Filter, Sort, Words
from gausdo.kernel.values import Draft, Json, Locale, now
from gausdo.platform.http import CurrentActor, Routes


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Separator(StrEnum):
    COMMA = "comma"
    SEMICOLON = "semicolon"  # with commas in numbers


MEDIA = (
    "text/csv; charset=utf-8",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/x-ndjson",
    "application/vnd.apache.parquet",
)


class ExportQuery(Draft):
    """A list as it is asked for, whole, and how the file is to be.

    `columns` are names in their order, separated by commas, all there are when none are told;
    `language` is that of the titles. `separator` and `mark` (a byte order mark, by which some
    spreadsheets know UTF-8) are of CSV alone.
    """

    format: Format = Format.CSV
    columns: Annotated[str, StringConstraints(max_length=4000)] | None = None
    language: Locale = "en"
    separator: Separator = Separator.COMMA
    mark: bool = True
    q: Words | None = None
    filter: Filter | None = None
    sort: Sort | None = None

    def asked(self) -> dict[str, str]:
        """For the audit, without what was asked of values that are kept encrypted."""
        told = self.model_dump(mode="json", exclude_none=True, exclude={"format"})
        if self.filter:
            told["filter"] = hidden_values(self.filter)
        return {name: str(value) for name, value in told.items() if name in self.model_fields_set}


class Given(NamedTuple):
    """A list that leaves, by whoever has it."""

    kind: str
    columns: Callable[[Actor, Locale], Awaitable[list[ExportColumn]]]
    page: Callable[[Actor, ExportPage], Awaitable[Json]]


def _records(of: GivesTables, kind: ExportKind) -> Given:
    return Given(
        kind,
        lambda actor, locale: of.export_columns(actor, kind, locale),
        lambda actor, page: of.export_page(actor, kind, page),
    )


def _work(of: GivesWork, kind: WorkKind) -> Given:
    return Given(
        kind,
        lambda actor, locale: of.export_columns(actor, kind, locale),
        lambda actor, page: of.export_page(actor, kind, page),
    )


def routes(
    customers: GivesTables, sales: GivesTables, activities: GivesWork, witness: Witness
) -> Routes:
    """Each is declared before the records of its kind: `export` is no id."""
    api, places = Routes("exports"), Places()

    @api.get("/companies/export", right="customers.company.export", media=MEDIA, step_up=True)
    async def export_companies(
        actor: CurrentActor, query: Annotated[ExportQuery, Query()]
    ) -> StreamingResponse:
        """The companies of a list as a file, in its order; that they were taken out is in the
        audit.
        """
        return await _taken(actor, query, _records(customers, "companies"), witness, places)

    @api.get("/people/export", right="customers.person.export", media=MEDIA, step_up=True)
    async def export_people(
        actor: CurrentActor, query: Annotated[ExportQuery, Query()]
    ) -> StreamingResponse:
        """As `export_companies`."""
        return await _taken(actor, query, _records(customers, "people"), witness, places)

    @api.get("/deals/export", right="sales.deal.export", media=MEDIA, step_up=True)
    async def export_deals(
        actor: CurrentActor, query: Annotated[ExportQuery, Query()]
    ) -> StreamingResponse:
        """As `export_companies`."""
        return await _taken(actor, query, _records(sales, "deals"), witness, places)

    @api.get("/tasks/export", right="activities.task.export", media=MEDIA, step_up=True)
    async def export_tasks(
        actor: CurrentActor, query: Annotated[ExportQuery, Query()]
    ) -> StreamingResponse:
        """As `export_companies`."""
        return await _taken(actor, query, _work(activities, "tasks"), witness, places)

    @api.get("/meetings/export", right="activities.meeting.export", media=MEDIA, step_up=True)
    async def export_meetings(
        actor: CurrentActor, query: Annotated[ExportQuery, Query()]
    ) -> StreamingResponse:
        """As `export_companies`; a series is one row, with its first time."""
        return await _taken(actor, query, _work(activities, "meetings"), witness, places)

    return api


async def _taken(
    actor: Actor,
    query: ExportQuery,
    given: Given,
    witness: Witness,
    places: Places,
) -> StreamingResponse:
    """What is refused is refused before the first byte, and before anybody has seen it leave."""
    offered = await given.columns(actor, query.language)
    columns = _chosen(offered, query.columns)
    table = _table(actor, query, columns)
    asked = ExportPage(
        only=tuple({one.path[0] for one in columns}), q=query.q, filter=query.filter,
        sort=query.sort,
    )  # fmt: skip

    reader = actor.model_copy(update={"locale": query.language})  # whose words cells are in

    async def page(after: str | None) -> Json:
        return await given.page(reader, asked.model_copy(update={"after": after}))

    with ExitStack() as place:
        place.enter_context(places.place())
        first = await page(None)
        await witness.exported(actor, given.kind, query.format, query.asked())
        name = f"{given.kind}-{now():%Y-%m-%d}.{query.format}"
        return _Download(parts(page, table, first), place.pop_all(), table.media, name)


class _Download(StreamingResponse):
    """A file that is sent while it is made. However that ends, nothing of it goes on."""

    def __init__(
        self, parts: AsyncGenerator[bytes, None], place: ExitStack, media: str, name: str
    ) -> None:
        headers = {
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        }
        super().__init__(parts, media_type=media, headers=headers)
        self._parts, self._place = parts, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._parts):
            with self._place:
                await super().__call__(scope, receive, send)


def _chosen(offered: list[ExportColumn], told: str | None) -> list[ExportColumn]:
    """Raises Invalid for a column there is not, or not for this reader."""
    if told is None:
        return offered
    known: Mapping[str, ExportColumn] = {one.name: one for one in offered}
    names = dict.fromkeys(name for name in told.split(",") if name)
    if strange := [name for name in names if name not in known]:
        raise invalid("columns", "unknown", f"There is no column “{strange[0]}” to export.")
    if not names:
        raise invalid("columns", "missing", "Name at least one column.")
    return [known[name] for name in names]


def _table(actor: Actor, query: ExportQuery, columns: list[ExportColumn]) -> Table:
    zone = ZoneInfo(actor.time_zone)
    match query.format:
        case Format.CSV:
            mark = ";" if query.separator is Separator.SEMICOLON else ","
            return CsvFile(columns, zone, query.language, mark, marked=query.mark)
        case Format.XLSX:
            return XlsxFile(columns, zone)
        case Format.JSONL:
            return JsonLines(columns)
        case Format.PARQUET:
            # It takes a while to load, and few ask for it.
            from gausdo.gateway.exports.parquet_file import ParquetFile  # noqa: PLC0415

            return ParquetFile(columns)
