"""The use cases of records that are there twice: one half of `CustomersService`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Json
from gausdo.modules.customers import access, merging, pairs, parting, suspects
from gausdo.modules.customers.duplicates_contract import (
    CompanyLooks,
    Gone,
    Merge,
    MergeDraft,
    MergePreview,
    Pair,
    PersonLooks,
    Suspect,
)
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.modules.customers.ways import understood
from gausdo.platform.crypto import Vault
from gausdo.platform.db import Database, Tx

Looks = CompanyLooks | PersonLooks


class Doubled:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

        @property
        def vault(self) -> Vault: ...

        async def deleted(self, actor: Actor, of: type[Customer], id: UUID) -> NotFound: ...

        async def deleted_twins(
            self, tx: Tx, actor: Actor, of: type[Customer], told: Mapping[str, Any]
        ) -> list[Suspect]: ...

        async def settle_consents(self, tx: Tx, of: type[Customer], *ids: UUID) -> None: ...

    async def gone(self, actor: Actor, of: type[Customer], id: UUID) -> NotFound:
        """What is told of a record that is not there: into which other one it went, or that it
        was deleted.
        """
        async with self.db.begin(actor) as tx:
            into = await parting.canonical(tx, of, id)
            if into is not None and await access.sees(tx, actor, of, into):
                return Gone("This is a part of another record now.", data={"into": into})
        return await self.deleted(actor, of, id)

    async def suspect_companies(self, actor: Actor, looks: CompanyLooks) -> list[Suspect]:
        return await self._suspects(actor, CompanyRow, looks)

    async def suspect_people(self, actor: Actor, looks: PersonLooks) -> list[Suspect]:
        return await self._suspects(actor, PersonRow, looks)

    async def _suspects(self, actor: Actor, of: type[Customer], looks: Looks) -> list[Suspect]:
        actor.demand(access.right(of, "read"))
        told = understood((name, value) for name, value in looks if name != "id")
        async with self.db.begin(actor) as tx:
            found = await suspects.suspects(tx, actor, of, told, looks.id)
            return [*found, *await self.deleted_twins(tx, actor, of, told)]

    async def company_suspects(self, actor: Actor, id: UUID) -> list[Suspect]:
        return await self._suspects_of(actor, CompanyRow, id)

    async def person_suspects(self, actor: Actor, id: UUID) -> list[Suspect]:
        return await self._suspects_of(actor, PersonRow, id)

    async def _suspects_of(self, actor: Actor, of: type[Customer], id: UUID) -> list[Suspect]:
        async with self.db.begin(actor) as tx:
            row = await access.record(tx, actor, of, id)
            return await suspects.suspects(tx, actor, of, row.compared(), id)

    async def list_company_pairs(self, actor: Actor, query: ListQuery) -> Json:
        return await self.db.one(pairs.pairs(actor, CompanyRow, query))

    async def list_person_pairs(self, actor: Actor, query: ListQuery) -> Json:
        return await self.db.one(pairs.pairs(actor, PersonRow, query))

    async def tell_companies_apart(self, actor: Actor, id: UUID, key: str | None = None) -> Pair:
        return await self._tell_apart(actor, CompanyRow, id, key)

    async def tell_people_apart(self, actor: Actor, id: UUID, key: str | None = None) -> Pair:
        return await self._tell_apart(actor, PersonRow, id, key)

    async def _tell_apart(
        self, actor: Actor, of: type[Customer], id: UUID, key: str | None
    ) -> Pair:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                tx.tell(await pairs.tell_apart(tx, actor, of, id))
            return tx.answer(Pair)

    async def preview_company_merge(self, actor: Actor, id: UUID, other_id: UUID) -> MergePreview:
        async with self.db.begin(actor) as tx:
            return await merging.preview(tx, actor, CompanyRow, id, other_id)

    async def merge_companies(
        self, actor: Actor, id: UUID, draft: MergeDraft, key: str | None = None
    ) -> Merge:
        return await self._merge(actor, CompanyRow, id, draft, key)

    async def company_merges(self, actor: Actor, id: UUID) -> list[Merge]:
        async with self.db.begin(actor) as tx:
            return await parting.merges(tx, actor, CompanyRow, id)

    async def part_companies(self, actor: Actor, id: UUID, key: str | None = None) -> Merge:
        return await self._part(actor, CompanyRow, id, key)

    async def preview_person_merge(self, actor: Actor, id: UUID, other_id: UUID) -> MergePreview:
        async with self.db.begin(actor) as tx:
            return await merging.preview(tx, actor, PersonRow, id, other_id)

    async def merge_people(
        self, actor: Actor, id: UUID, draft: MergeDraft, key: str | None = None
    ) -> Merge:
        return await self._merge(actor, PersonRow, id, draft, key)

    async def person_merges(self, actor: Actor, id: UUID) -> list[Merge]:
        async with self.db.begin(actor) as tx:
            return await parting.merges(tx, actor, PersonRow, id)

    async def part_people(self, actor: Actor, id: UUID, key: str | None = None) -> Merge:
        return await self._part(actor, PersonRow, id, key)

    async def _merge(
        self, actor: Actor, of: type[Customer], id: UUID, draft: MergeDraft, key: str | None
    ) -> Merge:
        async with self.db.begin(actor, key, (id, draft)) as tx:
            if not tx.told:
                merged = await merging.merge(tx, actor, of, id, draft, self.vault)
                await self.settle_consents(tx, of, id)
                tx.tell(merged)
            return tx.answer(Merge)

    async def _part(self, actor: Actor, of: type[Customer], id: UUID, key: str | None) -> Merge:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                parted = await parting.part(tx, actor, of, id)
                await self.settle_consents(tx, of, parted.survivor_id, parted.merged_id)
                tx.tell(parted)
            return tx.answer(Merge)
