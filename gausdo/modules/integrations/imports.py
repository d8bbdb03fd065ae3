"""A file's rows on their way to the modules they are for: read, checked, sent in batches.

Every row is answered: created, or refused with its line, its column and the reason.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

import pydantic

from gausdo.kernel import spelling
from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Reason, invalid, why_invalid
from gausdo.kernel.imports import ImportKind
from gausdo.modules.customers.contract import CompanyDraft, Customers, PersonDraft
from gausdo.modules.integrations import csv_table, drafts, spellings
from gausdo.modules.integrations.cells import CONSENTS, OWNER
from gausdo.modules.integrations.contacts import ABOUT_CONTACT
from gausdo.modules.integrations.contract import ImportReport, Refused
from gausdo.modules.integrations.drafts import Named, Record
from gausdo.modules.sales.contract import DealDraft, Pipeline, Sales

BATCH = 500
TURN = 50
"""Rows between which whoever else is at work in this process has a turn."""

MORE_CELLS = Reason(code="cells", message="The row has more cells than the header.")


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
    landing: list["asyncio.Task[None]"] = field(default_factory=list)  # at most one

    async def run(self, kind: ImportKind, content: bytes) -> ImportReport:
        """Raises TooLarge, Invalid (no such file, no column for the name), Forbidden."""
        table = await asyncio.to_thread(csv_table.read, content)
        fields = self._understood(kind, table.header)
        bring = {"companies": self._companies, "people": self._people, "deals": self._deals}[kind]
        pipelines = await self.sales.pipelines(self.actor) if kind == "deals" else []
        records = self._records(table, fields)
        try:
            for number, batch in enumerate(iter(lambda: list(islice(records, BATCH)), [])):
                await bring(batch, f"{self.key}:{number}" if self.key else None, pipelines)
            await self._landed()
        finally:
            await asyncio.gather(*self.landing, return_exceptions=True)
        ignored = [name for name, known in zip(table.header, fields, strict=True) if not known]
        return ImportReport(
            created=self.created,
            refused=sorted(self.refused, key=lambda refusal: refusal.line),
            ignored=[name for name in ignored if name],
        )

    def _understood(self, kind: str, header: Sequence[str]) -> list[str | None]:
        """The field of each column."""
        # nobody has looked at these columns: who is meant by them is not guessed
        fields = [
            None if one in {OWNER, CONSENTS, *ABOUT_CONTACT} else one
            for one in spellings.fields_of(kind, header)
        ]
        if not spellings.has_needed(kind, fields):
            names = spellings.called(kind, spellings.REQUIRED[kind])
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
                    if known in spellings.LISTS and known in record:
                        told = f"{record[known]};{told}"
                    record.setdefault(known, told)
                    if known in spellings.LISTS:
                        record[known] = told
            yield line, record

    def _refuse(self, line: int, why: Reason) -> None:
        """The reason names a field's path; people are told how its column is called."""
        name = why.field.partition(".")[0] if why.field else None
        column = self.columns.get(name, name) if name else None
        self.refused.append(
            Refused(line=line, field=column, reason=why.message, code=why.code, data=why.data)
        )

    async def _drafts(
        self, batch: list[tuple[int, Record]], draft: Callable[[Record], Any]
    ) -> list[tuple[int, Any]]:
        """What can be made of a batch; the rest is refused. Others have a turn meanwhile."""
        made = []
        for at, (line, record) in enumerate(batch, 1):
            if at % TURN == 0:
                await asyncio.sleep(0)
            try:
                made.append((line, draft(record)))
            except pydantic.ValidationError as error:
                self._refuse(line, why_invalid(error))
            except drafts.Wrong as wrong:
                self._refuse(line, wrong.why)
        return made

    async def _land(
        self,
        rows: list[tuple[int, Any]],
        key: str | None,
        bring: Callable[..., Awaitable[Sequence[Outcome]]],
    ) -> None:
        """Have a batch brought in, after the one before it, while the next is read."""
        await self._landed()
        self.landing.append(asyncio.create_task(self._bring(rows, key, bring)))

    async def _landed(self) -> None:
        while self.landing:
            await self.landing.pop()

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
        rows = await self._drafts(apart, drafts.company)
        await self._bring(rows, key, self.customers.import_companies)
        if below:
            parents = {record["parent"].casefold(): record["parent"] for _, record in below}
            found = await self.customers.companies_by_name(self.actor, [*parents.values()])
            known = {name.casefold(): company for name, company in found.items()}

            def draft(record: Record) -> CompanyDraft:
                parent_id = known.get(record["parent"].casefold())
                if parent_id is None:
                    raise drafts.Wrong(drafts.NO_PARENT)
                return drafts.company(record, parent_id)

            rows = await self._drafts(below, draft)
            again = f"{key}:below" if key else None
            await self._bring(rows, again, self.customers.import_companies)

    async def _people(
        self, batch: list[tuple[int, Record]], key: str | None, _: list[Pipeline]
    ) -> None:
        companies, refusals = await self._companies_of(batch, key)

        def draft(record: Record) -> PersonDraft:
            company_id = drafts.company_of(record, companies, refusals)
            return PersonDraft(**drafts.plain(record, "company"), company_id=company_id)

        await self._land(await self._drafts(batch, draft), key, self.customers.import_people)

    async def _deals(
        self, batch: list[tuple[int, Record]], key: str | None, pipelines: list[Pipeline]
    ) -> None:
        companies, refusals = await self._companies_of(batch, key)

        def draft(record: Record) -> DealDraft:
            pipeline, stage = drafts.place_of(record, pipelines)
            return DealDraft(
                title=record.get("title", ""),
                company_id=drafts.company_of(record, companies, refusals),
                pipeline_id=pipeline.id,
                stage_id=stage.id,
                worth=drafts.worth_of(record, self.base_currency),
                expected_on=drafts.value_of(record, "expected", spelling.day),
                about=record.get("about"),
            )

        await self._land(await self._drafts(batch, draft), key, self.sales.import_deals)

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
                refusals[name.casefold()] = why_invalid(error)
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


def _why(outcome: Outcome) -> Reason:
    return Reason(
        field=outcome.field,
        code=outcome.code or "invalid",
        message=outcome.error or "This cannot be brought in.",
        data=outcome.data,
    )
