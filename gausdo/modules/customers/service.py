"""What one can do with companies and people."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import from_json

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.custom import CustomField, altered, written
from gausdo.kernel.custom_sealed import Secrets, secrets_in, tried_without_secrets, without_secrets
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.history import ENTRIES, After, Entries, HistoryQuery, Restoration
from gausdo.kernel.named import NamedRecord
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.persons import Erasure, Held
from gausdo.kernel.values import Json
from gausdo.modules.customers import (
    access,
    companies,
    documents,
    duplicates,
    imports,
    pairs,
    queries,
)
from gausdo.modules.customers.added import Added
from gausdo.modules.customers.answering import Answers
from gausdo.modules.customers.around import Around
from gausdo.modules.customers.bringing import Brings
from gausdo.modules.customers.consenting import Consenting
from gausdo.modules.customers.contract import (
    Company,
    CompanyChange,
    CompanyDraft,
    Document,
    Erased,
    Labels,
    PeopleQuery,
    Person,
    PersonChange,
    PersonDraft,
    Row,
)
from gausdo.modules.customers.deleting import Deletes
from gausdo.modules.customers.doubled import Doubled
from gausdo.modules.customers.editing import EditingService
from gausdo.modules.customers.erasures import ErasureRow
from gausdo.modules.customers.fields import DOCUMENT
from gausdo.modules.customers.finding import Searches
from gausdo.modules.customers.labels import LATEST, LATEST_PEOPLE, labels
from gausdo.modules.customers.persons import FORGET, Forgetting
from gausdo.modules.customers.schema import SEALED
from gausdo.modules.customers.sealing import TellsSealed
from gausdo.modules.customers.segment_telling import TellsSegments
from gausdo.modules.customers.segmenting import Segmenting
from gausdo.modules.customers.sharing import Shares
from gausdo.modules.customers.tables import (
    COMPARED,
    PERSONAL,
    CompanyRow,
    Customer,
    PersonRow,
    in_history,
)
from gausdo.modules.customers.taking import Takes
from gausdo.modules.customers.ways import comparable
from gausdo.modules.identity.contract import Identity
from gausdo.platform.configuration import ConfiguredService
from gausdo.platform.crypto import Vault
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_files import claimed, keep_with
from gausdo.platform.db import Database, Tx
from gausdo.platform.history import earlier
from gausdo.platform.known import NAMED
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import demand_reach
from gausdo.platform.search import closest

MAX_BATCH = 1000

_COMPANIES, _PEOPLE = TypeAdapter(list[Company]), TypeAdapter(list[Person])


@dataclass(frozen=True)
class CustomersService(
    Doubled,
    Added,
    Brings,
    Takes,
    Deletes,
    EditingService,
    Searches,
    ConfiguredService,
    Segmenting,
    TellsSegments,
    Consenting,
    Shares,
    TellsSealed,
    Answers,
):
    db: Database
    identity: Identity
    vault: Vault
    forgetting: Forgetting
    fields: CustomFields
    around: Around

    async def list_companies(self, actor: Actor, query: ListQuery) -> Json:
        fields = await self.asked_by(actor, CompanyRow, query)
        asked = self.asking_sealed(CompanyRow, query, fields)
        read = partial(queries.companies, actor, asked, fields)
        return await closest(self.db, query.q, read, numbers=True)

    async def list_people(self, actor: Actor, query: PeopleQuery) -> Json:
        fields = await self.asked_by(actor, PersonRow, query)
        asked = self.asking_sealed(PersonRow, self.blinded(query), fields)
        read = partial(queries.people, actor, asked, fields)
        return await closest(self.db, query.q, read, numbers=True)

    async def find_companies(self, actor: Actor, ids: list[UUID]) -> list[Company]:
        found = await self.db.one(queries.by_id(actor, CompanyRow, ids))
        return _COMPANIES.validate_json(found)

    async def find_people(self, actor: Actor, ids: list[UUID]) -> list[Person]:
        return _PEOPLE.validate_json(await self.db.one(queries.by_id(actor, PersonRow, ids)))

    async def named_companies(self, actor: Actor, ids: list[UUID]) -> list[NamedRecord]:
        found = await self.db.one(queries.named_by_id(actor, CompanyRow, ids))
        return NAMED.validate_json(found)

    async def named_people(self, actor: Actor, ids: list[UUID]) -> list[NamedRecord]:
        return NAMED.validate_json(await self.db.one(queries.named_by_id(actor, PersonRow, ids)))

    async def people_of(self, actor: Actor, ids: list[UUID], query: PeopleQuery) -> Json:
        fields = await self.asked_by(actor, PersonRow, query)
        asked = self.asking_sealed(PersonRow, self.blinded(query), fields)
        return await self.db.one(queries.people_of(actor, ids, asked, fields))

    async def company_labels(self, actor: Actor) -> Labels:
        return labels(await self.list_companies(actor, LATEST))

    async def person_labels(self, actor: Actor) -> Labels:
        return labels(await self.list_people(actor, LATEST_PEOPLE))

    def blinded(self, query: PeopleQuery) -> PeopleQuery:
        """A condition that asks for a sealed field, asking for its blind index."""
        filter = DOCUMENT.blinded(self.vault, query.filter)
        return query.model_copy(update={"filter": filter})

    async def company(self, actor: Actor, id: UUID) -> Company:
        found = await self.db.json(queries.one(actor, CompanyRow, id))
        if found is None:
            raise await self.gone(actor, CompanyRow, id)
        return Company.model_validate_json(found)

    async def person(self, actor: Actor, id: UUID) -> Person:
        found = await self.db.json(queries.one(actor, PersonRow, id))
        if found is None:
            raise await self.gone(actor, PersonRow, id)
        return Person.model_validate_json(found)

    async def person_document(self, actor: Actor, id: UUID) -> Document:
        async with self.db.begin(actor) as tx:
            row = await access.record(tx, actor, PersonRow, id)
            read, guard = access.right(PersonRow, "read"), access.GUARDS[PersonRow]
            await demand_reach(tx, actor, read, row, guard, [DOCUMENT.name])
            return Document(number=await DOCUMENT.read(tx, self.vault, row))

    async def company_history(
        self, actor: Actor, id: UUID, after: After | None = None, limit: Entries = ENTRIES
    ) -> Json:
        return await self._history(actor, CompanyRow, id, HistoryQuery(after=after, limit=limit))

    async def person_history(
        self, actor: Actor, id: UUID, after: After | None = None, limit: Entries = ENTRIES
    ) -> Json:
        return await self._history(actor, PersonRow, id, HistoryQuery(after=after, limit=limit))

    async def _history(
        self, actor: Actor, of: type[Customer], id: UUID, query: HistoryQuery
    ) -> Json:
        found = await self.db.json(queries.history(actor, of, id, query))
        if found is None:
            raise access.missing(of)
        return found

    async def add_company(
        self, actor: Actor, draft: CompanyDraft, key: str | None = None
    ) -> Company:
        async with self._adding(actor, CompanyRow, draft, key) as tx:
            return tx.answer(Company)

    async def add_person(self, actor: Actor, draft: PersonDraft, key: str | None = None) -> Person:
        async with self._adding(actor, PersonRow, draft, key) as tx:
            return tx.answer(Person)

    async def change_company(
        self, actor: Actor, id: UUID, change: CompanyChange, key: str | None = None
    ) -> Company:
        async with self._changing(actor, CompanyRow, id, change, key) as tx:
            return tx.answer(Company)

    async def change_person(
        self, actor: Actor, id: UUID, change: PersonChange, key: str | None = None
    ) -> Person:
        async with self._changing(actor, PersonRow, id, change, key) as tx:
            return tx.answer(Person)

    async def restore_company(
        self, actor: Actor, id: UUID, restoration: Restoration, key: str | None = None
    ) -> Company:
        await self.company(actor, id)
        value = await self._earlier(CompanyRow, id, restoration)
        change = restoration.changed(CompanyChange, value)
        return await self.change_company(actor, id, change, key)

    async def restore_person(
        self, actor: Actor, id: UUID, restoration: Restoration, key: str | None = None
    ) -> Person:
        await self.person(actor, id)
        value = await self._earlier(PersonRow, id, restoration)
        change = restoration.changed(PersonChange, value)
        return await self.change_person(actor, id, change, key)

    async def _earlier(self, of: type[Customer], id: UUID, told: Restoration) -> Any:
        return (await earlier(self.db, of.kind, id, told, PERSONAL))[told.field]

    @asynccontextmanager
    async def _adding(
        self, actor: Actor, of: type[Customer], draft: imports.Draft, key: str | None
    ) -> AsyncIterator[Tx]:
        actor.demand(access.right(of, "create"), written(draft.told(), draft.custom))
        fields = await self.fields.of(of.kind)
        draft, secret = without_secrets(fields, draft)
        await self.demand_linked(actor, fields, draft.custom)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                custom = await claimed(self.fields, tx, actor, fields, draft.custom)
                told = imports.fields_of(draft.model_copy(update={"custom": custom}), fields)
                await self.fields.demand_free(tx, actor, of.kind, fields, draft.custom)
                owner_id, team_id = await access.owner(tx, actor, of, draft.owner_id)
                await companies.demand(tx, actor, told)
                await duplicates.refuse(tx, of, told)
                row = of.add(told, owner_id, team_id)
                sealed = await documents.keep(tx, self.vault, row, told)
                kept = await SEALED.planned(tx, self.vault, of.kind, row.id, {}, secret)
                await SEALED.keep(tx, self.vault, kept)
                tx.add(row)
                await keep_with(self.fields, tx, row.id, row.custom)
                tx.publish(row.added(), **in_history(row.beginnings() | sealed))
                await pairs.remember(tx, of, row.id)
                await _tell(tx, actor, of, row.id)
            yield tx

    @asynccontextmanager
    async def _changing(
        self,
        actor: Actor,
        of: type[Customer],
        id: UUID,
        change: CompanyChange | PersonChange,
        key: str | None,
    ) -> AsyncIterator[Tx]:
        named = change.named()
        told = comparable((name, value) for name, value in named.items() if name != "custom")
        fields = await self.fields.of(of.kind) if change.custom else ()
        secret = secrets_in(fields, change.custom)
        if secret.keys:
            change = change.model_copy(update={"custom": secret.custom})
        await self.demand_linked(actor, fields, change.custom or {})
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                names = written(named, change.custom)
                row = await access.record(tx, actor, of, id, "edit", names)
                await tx.fresh(row, change.version, queries.one(actor, of, id))
                await self.alter(tx, actor, of, row, told, fields, change.custom or {}, secret)
                await _tell(tx, actor, of, id)
            yield tx

    async def alter(
        self,
        tx: Tx,
        actor: Actor,
        of: type[Customer],
        row: Customer,
        told: dict[str, Any],
        fields: Sequence[CustomField] = (),
        custom: Mapping[str, Any] = MappingProxyType({}),
        secret: Secrets | None = None,
    ) -> None:
        """Give fields of a record that may be changed these values, `custom` to those of `fields`,
        and of those what is `secret`.

        Raises Erased, Forbidden, Invalid, NotFound, Duplicate, and has changed nothing then.
        """
        if isinstance(row, PersonRow) and row.erased_at is not None:
            raise Erased("This person was erased on their request. Add them anew.")
        sealed = await documents.keep(tx, self.vault, row, told)
        told = row.differing(told)
        before = row.owner_id, row.team_id
        team_id = row.team_id
        if "owner_id" in told:
            assign = access.right(of, "assign")
            await demand_reach(tx, actor, assign, row, access.GUARDS[of])
            _, team_id = await new_owner(tx, actor, told["owner_id"])
        await companies.demand(tx, actor, told, row.id)
        await duplicates.refuse(tx, of, {"name": row.name, **told}, but=row.id)
        await self.fields.demand_free(tx, actor, of.kind, fields, dict(custom), row.id)
        custom = await claimed(self.fields, tx, actor, fields, dict(custom), row.id)
        secret = secrets_in(fields, custom) if secret is None else secret
        kept = await SEALED.planned(tx, self.vault, of.kind, row.id, row.custom, secret)
        added, row.custom = altered(fields, row.custom, custom)
        await keep_with(self.fields, tx, row.id, custom)
        await SEALED.keep(tx, self.vault, kept)
        if changes := row.change(told, team_id, sealed | kept.changes | added):
            tx.publish(row.changed(changes, *before), **in_history(changes))
        if COMPARED & changes.keys():
            await pairs.remember(tx, of, row.id)

    async def export_person(self, actor: Actor, id: UUID) -> list[Held]:
        async with self.db.begin(actor) as tx:
            row = await access.record(tx, actor, PersonRow, id)
            export, guard = access.right(PersonRow, "export"), access.GUARDS[PersonRow]
            await demand_reach(tx, actor, export, row, guard)
        [person] = await self.find_people(SYSTEM, [id])
        return await self.forgetting.told(person)

    async def erase_person(self, actor: Actor, id: UUID, key: str | None = None) -> Erasure:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                await access.record(tx, actor, PersonRow, id, "erase")
                erasure = await tx.session.get(ErasureRow, id)
                if erasure is None:
                    erasure = ErasureRow.ask(id, actor.id)
                    tx.add(erasure)
                if erasure.done_at is None:
                    await tx.enqueue(FORGET, once=True, person_id=id)
                tx.tell(erasure.shown())
            return tx.answer(Erasure)

    async def erasure(self, actor: Actor, id: UUID) -> Erasure:
        async with self.db.begin(actor) as tx:
            await access.record(tx, actor, PersonRow, id, "erase")
            found = await tx.session.get(ErasureRow, id)
            if found is None:
                raise NotFound("Nobody has asked to erase this person.")
            return found.shown()

    async def import_companies(
        self, actor: Actor, rows: list[tuple[int, CompanyDraft]], key: str | None = None
    ) -> list[Row]:
        return await self._import(actor, CompanyRow, rows, key)

    async def import_people(
        self, actor: Actor, rows: list[tuple[int, PersonDraft]], key: str | None = None
    ) -> list[Row]:
        return await self._import(actor, PersonRow, rows, key)

    async def _import(
        self, actor: Actor, of: type[Customer], rows: imports.Rows, key: str | None
    ) -> list[Row]:
        named = (written(draft.told(), draft.custom) for _, draft in rows)
        actor.demand(access.right(of, "import"), chain.from_iterable(named))
        if len(rows) > MAX_BATCH:
            raise invalid("rows", "too-many", f"At most {MAX_BATCH} rows are taken at once.")
        fields = await self.fields.of(of.kind)
        good, refused = await imports.check(rows, fields)
        many = [draft.custom for _, draft, _, _ in good]
        linked = await self.linked(actor, fields, many)
        asked = key and [(line, tried_without_secrets(fields, draft)[0]) for line, draft in rows]
        async with self.db.begin(actor, key, asked) as tx:
            if not tx.told:
                held = await self.fields.holders(tx, actor, of.kind, fields, many)
                batch = imports.Batch(fields, linked, held)
                brought = await imports.bring(tx, actor, of, good, self.vault, batch)
                tx.tell(sorted([*refused, *brought], key=lambda row: row.line))
            return tx.answer(list[Row])

    async def companies_by_name(self, actor: Actor, names: list[str]) -> dict[str, UUID]:
        async with self.db.begin(actor) as tx:
            return await companies.by_name(tx, actor, names)


async def _tell(tx: Tx, actor: Actor, of: type[Customer], id: UUID) -> None:
    """Answer with the record as it is now, also to an actor who has just given it away."""
    told = await tx.json(queries.changed(actor, of, id))
    tx.tell(from_json(told or b"null"))
