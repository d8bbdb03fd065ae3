"""A portion of a file on its way to the modules its rows are for.

Companies that rows only name are made where they are missing. Every row is answered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pydantic

from gausdo.kernel import spelling
from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Reason, why_invalid
from gausdo.kernel.imports import (
    Became,
    Bringing,
    FileRow,
    ImportKind,
    ImportPolicy,
    Landed,
    RecordKind,
)
from gausdo.kernel.values import Draft
from gausdo.modules.customers.contract import Customers, PersonRowDraft
from gausdo.modules.integrations import contacts, drafts, spellings
from gausdo.modules.integrations.cells import Known
from gausdo.modules.integrations.contacts import Contact
from gausdo.modules.integrations.drafts import Named, Record, Wrong
from gausdo.modules.sales.contract import DealDraft, Pipeline, Sales

MORE_CELLS = Reason(code="cells", message="The row has more cells than the header.")
FORMULA = "A cell begins with “=”: paste the values of formulas, not the formulas."
PLACE = ("pipeline_id", "stage_id")

Said = dict[str, Any]
"""Fields of a draft that cells name by something else than they are kept as."""
Row = tuple[int, list[str]]
"""A line of the file and its cells."""


@dataclass
class Portion:
    """What became of the rows of a portion, and of the records that were touched by it."""

    landed: list[Landed] = field(default_factory=list)
    touched: list[tuple[RecordKind, Landed]] = field(default_factory=list)


@dataclass(frozen=True)
class Landing:
    """One portion. `key` makes it repeatable: what has been brought in is not again."""

    actor: Actor
    customers: Customers
    sales: Sales
    base_currency: str
    fields: Sequence[str | None]
    how: Bringing
    key: str
    known: Known
    portion: Portion = field(default_factory=Portion)

    async def land(self, kind: ImportKind, rows: Sequence[Row]) -> Portion:
        """Raises Forbidden without the right to import; Unavailable."""
        bring = {"companies": self._companies, "people": self._people, "deals": self._deals}[kind]
        await bring(self._records(rows))
        return self.portion

    def _records(self, rows: Sequence[Row]) -> list[tuple[int, Record]]:
        records = []
        for line, cells in rows:
            try:
                records.append((line, record_of(cells, self.fields)))
            except Wrong as wrong:
                self._refuse(line, wrong.why)
        return records

    def _refuse(self, line: int, why: Reason) -> None:
        self.portion.landed.append(Landed.refused(line, why))

    def _rows(
        self, records: list[tuple[int, Record]], draft: Callable[[Record, Said], Draft]
    ) -> list[FileRow]:
        """What can be made of them; the rest is refused."""
        rows = []
        for line, record in records:
            try:
                plain, said = self.known.plain(record)
                rows.append(FileRow(line=line, fields=_said(draft(plain, said), record)))
            except pydantic.ValidationError as error:
                self._refuse(line, why_invalid(error))
            except Wrong as wrong:
                self._refuse(line, wrong.why)
        return rows

    async def _bring(self, kind: ImportKind, rows: list[FileRow], key: str) -> None:
        if not rows:
            return
        module = self.sales if kind == "deals" else self.customers
        landed = await module.bring(self.actor, kind, rows, self.how, key)
        self.portion.landed += landed
        self._touch(_RECORDS[kind], landed)

    def _touch(self, kind: RecordKind, landed: Sequence[Landed]) -> None:
        if not self.how.dry:
            done = (Became.CREATED, Became.UPDATED)
            self.portion.touched += [(kind, one) for one in landed if one.became in done]

    async def _companies(self, records: list[tuple[int, Record]]) -> None:
        """Those that belong to no other first: another may be named by one of the same portion."""
        apart = [one for one in records if "parent" not in one[1]]
        below = [one for one in records if "parent" in one[1]]
        await self._bring(
            "companies",
            self._rows(apart, lambda record, said: drafts.company(record, **said)),
            self.key,
        )
        if not below:
            return
        known = await self._known(record["parent"] for _, record in below)

        def draft(record: Record, said: Said) -> Draft:
            parent_id = known.get(record["parent"].casefold())
            if parent_id is None and not self.how.dry:
                raise Wrong(drafts.NO_PARENT)
            return drafts.company(record, parent_id, **said)

        await self._bring("companies", self._rows(below, draft), f"{self.key}:below")

    async def _people(self, records: list[tuple[int, Record]]) -> None:
        companies, refusals = await self._companies_of(records)

        def draft(record: Record, said: Said) -> Draft:
            company_id = drafts.company_of(record, companies, refusals)
            return PersonRowDraft(**drafts.plain(record, "company"), company_id=company_id, **said)

        await self._bring("people", self._rows(records, draft), self.key)

    async def _deals(self, records: list[tuple[int, Record]]) -> None:
        companies, refusals = await self._companies_of(records)
        pipelines: list[Pipeline] = await self.sales.pipelines(self.actor)
        known = await self._contacts_of(records, companies)

        def draft(record: Record, said: Said) -> Draft:
            pipeline, stage = drafts.place_of(record, pipelines)
            company_id = drafts.company_of(record, companies, refusals)
            if contact := contacts.asked(record, company_id):
                said = said | {"contact_id": contacts.meant(contact, known)}
            return DealDraft(
                title=record.get("title", ""),
                company_id=company_id,
                pipeline_id=pipeline.id,
                stage_id=stage.id,
                worth=drafts.worth_of(record, self.base_currency),
                expected_on=drafts.value_of(record, "expected", spelling.day),
                about=record.get("about"),
                **said,
            )

        await self._bring("deals", self._rows(records, draft), self.key)

    async def _contacts_of(
        self, records: list[tuple[int, Record]], companies: Named
    ) -> dict[Contact, UUID | Reason | None]:
        """The people whom rows name, made where they are missing and may be reached; or why not.

        Where nothing is to be kept, a missing one counts as none.
        """
        asked = (
            contacts.asked(record, companies.get(record.get("company", "").casefold()))
            for _, record in records
        )
        known = await contacts.found(self.customers, self.actor, filter(None, asked))
        missing = contacts.persons(one for one, found in known.items() if found is None)
        if self.how.dry or not missing:
            return known
        rows = [FileRow(line=at, fields=one[0].with_all(one)) for at, one in enumerate(missing)]
        how = Bringing(policy=ImportPolicy.CREATE, by="emails")
        made = await self.customers.bring(self.actor, "people", rows, how, f"{self.key}:contacts")
        self._touch("person", made)
        for one in made:
            known |= dict.fromkeys(missing[one.line], one.why or one.id)
        return known

    async def _known(self, names: Any) -> dict[str, UUID]:
        """Companies by their names in lower case."""
        asked = {name.casefold(): name for name in names}
        found = await self.customers.companies_by_name(self.actor, [*asked.values()])
        return {name.casefold(): company for name, company in found.items()}

    async def _companies_of(
        self, records: list[tuple[int, Record]]
    ) -> tuple[Named, dict[str, Reason]]:
        """The companies that rows name, made where missing; and why one could not be made.

        Where nothing is to be kept, a missing one counts as none.
        """
        names: dict[str, str] = {}
        for _, record in records:
            if "company" in record:
                names.setdefault(record["company"].casefold(), record["company"])
        if not names:
            return {}, {}
        known: dict[str, Any] = dict(await self._known(names.values()))
        missing = [name for folded, name in names.items() if folded not in known]
        if self.how.dry:
            return known | dict.fromkeys((name.casefold() for name in missing), None), {}
        rows = [FileRow(line=at, fields={"name": name}) for at, name in enumerate(missing)]
        refusals: dict[str, Reason] = {}
        if rows:
            how = Bringing(policy=ImportPolicy.CREATE, by="name")
            made = await self.customers.bring(
                self.actor, "companies", rows, how, f"{self.key}:companies"
            )
            self._touch("company", made)
            for one in made:
                folded = missing[one.line].casefold()
                if one.why is None:
                    known[folded] = one.id
                else:
                    refusals[folded] = one.why
        return known, refusals


_RECORDS: dict[ImportKind, RecordKind] = {
    "companies": "company",
    "people": "person",
    "deals": "deal",
}


def record_of(cells: Sequence[str], fields: Sequence[str | None]) -> Record:
    """A row as fields; of several columns of one field the lists are joined. Raises Wrong."""
    if len(cells) > len(fields):
        raise Wrong(MORE_CELLS)
    record: Record = {}
    for known, cell in zip(fields, cells, strict=False):
        if not known or not (told := cell.strip().removeprefix("'")):
            continue
        if told.startswith("="):
            raise Wrong(Reason(field=known, code="formula", message=FORMULA))
        if known in spellings.LISTS and known in record:
            told = f"{record[known]};{told}"
        record[known] = told if known in spellings.LISTS else record.get(known, told)
    return record


def _said(draft: Draft, record: Record) -> dict[str, Any]:
    """What the row names; where a deal stands only when it says so."""
    told = draft.model_dump(mode="json", include=draft.told())
    if "stage" not in record and "pipeline" not in record:
        for name in PLACE:
            told.pop(name, None)
    return told
