"""A file's rows on their way to the modules they are for: read, checked, sent in batches.

Every row is answered: created, or refused with its line, its column and the reason.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

import pydantic

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Reason, invalid
from gausdo.kernel.values import Money
from gausdo.modules.customers.contract import CompanyDraft, Customers, PersonDraft
from gausdo.modules.integrations import csv_table, spellings
from gausdo.modules.integrations.contract import ImportKind, ImportReport, Refused
from gausdo.modules.sales.contract import DealDraft, Pipeline, Sales, Stage, StageKind

BATCH = 500
LISTS = frozenset({"phones", "emails", "tags"})

MORE_CELLS = Reason(code="cells", message="The row has more cells than the header.")

NO_PARENT = Reason(
    field="parent",
    code="not-found",
    message="There is no company of this name, or it is not yours to see.",
)

Record = dict[str, str]
Named = dict[str, UUID]
"""Companies by name, in lower case."""


class Outcome(Protocol):
    """What a module says of one row."""

    @property
    def line(self) -> int: ...
    @property
    def field(self) -> str | None: ...
    @property
    def error(self) -> str | None: ...
    @property
    def code(self) -> str | None: ...
    @property
    def data(self) -> dict[str, Any]: ...


class Wrong(ValueError):
    """What is wrong with a row."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why.message)
        self.why = why


@dataclass
class Import:
    """One file. `key` makes it repeatable: a batch that has been brought in is not again."""

    actor: Actor
    customers: Customers
    sales: Sales
    base_currency: str
    key: str | None
    columns: dict[str, str] = field(default_factory=dict)  # field → how its column is called
    refused: list[Refused] = field(default_factory=list)
    created: int = 0

    async def run(self, kind: ImportKind, content: bytes) -> ImportReport:
        """Raises TooLarge, Invalid (no such file, no column for the name), Forbidden."""
        table = await asyncio.to_thread(csv_table.read, content)
        fields = self._understood(kind, table.header)
        bring = {"companies": self._companies, "people": self._people, "deals": self._deals}[kind]
        pipelines = await self.sales.pipelines(self.actor) if kind == "deals" else []
        records = self._records(table, fields)
        for number, batch in enumerate(iter(lambda: list(islice(records, BATCH)), [])):
            await bring(batch, f"{self.key}:{number}" if self.key else None, pipelines)
        ignored = [name for name, known in zip(table.header, fields, strict=True) if not known]
        return ImportReport(
            created=self.created,
            refused=sorted(self.refused, key=lambda refusal: refusal.line),
            ignored=[name for name in ignored if name],
        )

    def _understood(self, kind: str, header: Sequence[str]) -> list[str | None]:
        """The field of each column."""
        fields = [spellings.field_of(kind, name) for name in header]
        needed = spellings.REQUIRED[kind]
        if needed not in fields:
            names = spellings.called(kind, needed)
            raise invalid("file", "header", f"No column is called one of: {names}.")
        for name, known in zip(header, fields, strict=True):
            if known:
                self.columns.setdefault(known, name)
        return fields

    def _records(
        self, table: csv_table.Table, fields: list[str | None]
    ) -> Iterator[tuple[int, Record]]:
        """Lines as fields; of several columns of one field, the lists are joined."""
        for line, cells in table.rows:
            if len(cells) > len(fields):
                self._refuse(line, MORE_CELLS)
                continue
            record: Record = {}
            for known, cell in zip(fields, cells, strict=False):
                if known and (told := cell.strip()):
                    if known in LISTS and known in record:
                        told = f"{record[known]};{told}"
                    record.setdefault(known, told)
                    if known in LISTS:
                        record[known] = told
            yield line, record

    def _refuse(self, line: int, why: Reason) -> None:
        """The reason names a field's path; people are told how its column is called."""
        name = why.field.partition(".")[0] if why.field else None
        column = self.columns.get(name, name) if name else None
        self.refused.append(
            Refused(line=line, field=column, reason=why.message, code=why.code, data=why.data)
        )

    def _drafts(
        self, batch: list[tuple[int, Record]], draft: Callable[[Record], Any]
    ) -> list[tuple[int, Any]]:
        """What can be made of a batch; the rest is refused."""
        made = []
        for line, record in batch:
            try:
                made.append((line, draft(record)))
            except pydantic.ValidationError as error:
                self._refuse(line, _first_of(error))
            except Wrong as wrong:
                self._refuse(line, wrong.why)
        return made

    async def _bring(
        self,
        rows: list[tuple[int, Any]],
        key: str | None,
        bring: Callable[..., Awaitable[Sequence[Outcome]]],
    ) -> None:
        if not rows:
            return
        for outcome in await bring(self.actor, rows, key):
            if outcome.error is None:
                self.created += 1
            else:
                self._refuse(outcome.line, _why(outcome))

    async def _companies(
        self, batch: list[tuple[int, Record]], key: str | None, _: list[Pipeline]
    ) -> None:
        """Those that belong to no other first: another may be named by one of the same file."""
        apart = [one for one in batch if "parent" not in one[1]]
        below = [one for one in batch if "parent" in one[1]]
        rows = self._drafts(apart, _company)
        await self._bring(rows, key, self.customers.import_companies)
        if below:
            parents = {record["parent"].casefold(): record["parent"] for _, record in below}
            found = await self.customers.companies_by_name(self.actor, [*parents.values()])
            known = {name.casefold(): company for name, company in found.items()}

            def draft(record: Record) -> CompanyDraft:
                parent_id = known.get(record["parent"].casefold())
                if parent_id is None:
                    raise Wrong(NO_PARENT)
                return _company(record, parent_id)

            rows = self._drafts(below, draft)
            again = f"{key}:below" if key else None
            await self._bring(rows, again, self.customers.import_companies)

    async def _people(
        self, batch: list[tuple[int, Record]], key: str | None, _: list[Pipeline]
    ) -> None:
        companies, refusals = await self._companies_of(batch, key)

        def draft(record: Record) -> PersonDraft:
            company_id = _company_of(record, companies, refusals)
            return PersonDraft(**_plain(record, "company"), company_id=company_id)

        await self._bring(self._drafts(batch, draft), key, self.customers.import_people)

    async def _deals(
        self, batch: list[tuple[int, Record]], key: str | None, pipelines: list[Pipeline]
    ) -> None:
        companies, refusals = await self._companies_of(batch, key)

        def draft(record: Record) -> DealDraft:
            pipeline, stage = _place_of(record, pipelines)
            return DealDraft(
                title=record.get("title", ""),
                company_id=_company_of(record, companies, refusals),
                pipeline_id=pipeline.id,
                stage_id=stage.id,
                worth=_worth_of(record, self.base_currency),
                expected_on=_told(record, "expected", spellings.day),
                about=record.get("about"),
            )

        await self._bring(self._drafts(batch, draft), key, self.sales.import_deals)

    async def _companies_of(
        self, batch: list[tuple[int, Record]], key: str | None
    ) -> tuple[Named, dict[str, Reason]]:
        """The companies a batch names, made where missing; and why one could not be made."""
        names: dict[str, str] = {}
        for _, record in batch:
            if "company" in record:
                names.setdefault(record["company"].casefold(), record["company"])
        if not names:
            return {}, {}
        found = await self.customers.companies_by_name(self.actor, [*names.values()])
        known = {name.casefold(): company for name, company in found.items()}
        missing = [name for folded, name in names.items() if folded not in known]
        drafts, refusals = [], dict[str, Reason]()
        for number, name in enumerate(missing):
            try:
                drafts.append((number, CompanyDraft(name=name)))
            except pydantic.ValidationError as error:
                refusals[name.casefold()] = _first_of(error)
        if drafts:
            made = await self.customers.import_companies(
                self.actor, drafts, f"{key}:companies" if key else None
            )
            for row in made:
                folded = missing[row.line].casefold()
                if row.id is not None:
                    known[folded] = row.id
                else:
                    refusals[folded] = _why(row)
        return known, refusals


def _plain(record: Record, *without: str) -> dict[str, Any]:
    return {
        name: spellings.several(told) if name in LISTS else told
        for name, told in record.items()
        if name not in without
    }


def _company(record: Record, parent_id: UUID | None = None) -> CompanyDraft:
    size = _told(record, "size", spellings.whole)
    return CompanyDraft(**_plain(record, "parent", "size"), size=size, parent_id=parent_id)


def _company_of(record: Record, known: Named, refusals: dict[str, Reason]) -> UUID | None:
    name = record.get("company", "").casefold()
    if name in refusals:
        raise Wrong(refusals[name].model_copy(update={"field": "company"}))
    return known[name] if name else None


def _told(record: Record, name: str, read: Callable[[str], Any]) -> Any:
    if name not in record:
        return None
    try:
        return read(record[name])
    except spellings.Misspelt as slip:
        why = Reason(field=name, code=slip.code, message=str(slip), data={"told": slip.told})
        raise Wrong(why) from None


def _worth_of(record: Record, base_currency: str) -> Money | None:
    told = _told(record, "amount", spellings.amount)
    if told is None:
        return None
    sum_, sign = told
    return Money(
        amount=sum_, currency=_told(record, "currency", spellings.currency) or sign or base_currency
    )


def _place_of(record: Record, pipelines: list[Pipeline]) -> tuple[Pipeline, Stage]:
    """Where a deal stands: in the pipeline named, or the first that has the stage named."""
    wanted = record.get("pipeline", "").casefold()
    among = [one for one in pipelines if not wanted or one.name.casefold() == wanted]
    if not among:
        raise _none_such("pipeline", [one.name for one in pipelines])
    stage_name = record.get("stage", "").casefold()
    for pipeline in among:
        for stage in pipeline.stages:
            if stage.name.casefold() == stage_name or (
                not stage_name and stage.kind is StageKind.OPEN
            ):
                return pipeline, stage
    raise _none_such("stage", [stage.name for one in among for stage in one.stages])


def _none_such(field: str, offered: list[str]) -> Wrong:
    names = ", ".join(offered)
    told = f"There is no such {field}, only: {names}."
    return Wrong(Reason(field=field, code=f"unknown-{field}", message=told, data={"names": names}))


def _first_of(error: pydantic.ValidationError) -> Reason:
    first = error.errors()[0]
    limits = {name: told for name, told in first.get("ctx", {}).items() if isinstance(told, int)}
    return Reason(
        field=str(first["loc"][0]) if first["loc"] else None,
        code=first["type"],
        message=first["msg"],
        data=limits,
    )


def _why(outcome: Outcome) -> Reason:
    return Reason(
        field=outcome.field,
        code=outcome.code or "invalid",
        message=outcome.error or "This cannot be brought in.",
        data=outcome.data,
    )
