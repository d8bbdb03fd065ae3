"""What one can do with webhooks, files, keys and rules for addresses."""

import base64
import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import Actor
from gausdo.kernel.configuration import Asked, Difference, Planned
from gausdo.kernel.errors import Conflict
from gausdo.kernel.imports import (
    FileImport,
    FileImportChange,
    FileName,
    ImportKind,
    ImportsQuery,
    RefusedRow,
    RowCorrection,
)
from gausdo.kernel.orders import Order
from gausdo.kernel.pages import Listed, ListQuery
from gausdo.kernel.persons import Forgotten, Held, Traces, demand_gausdo
from gausdo.kernel.sights import TurnedAway
from gausdo.kernel.taking_back import UndoConflict, UndoPreview
from gausdo.kernel.values import Json, new_id, now
from gausdo.modules.customers.contract import Customers
from gausdo.modules.integrations import access, persons, queries
from gausdo.modules.integrations.configuration import AddressRules, ApiKeys
from gausdo.modules.integrations.contract import (
    AddressRefused,
    ApiKey,
    ApiKeyChange,
    ApiKeyDraft,
    Delivery,
    DeliveryState,
    ForbiddenAddress,
    HookDraft,
    ImportReport,
    IpRules,
    IpRulesChange,
    NewApiKey,
    Program,
)
from gausdo.modules.integrations.file_imports import FileImports
from gausdo.modules.integrations.imports import Import
from gausdo.modules.integrations.ip_rules import Rules
from gausdo.modules.integrations.keys import Keys
from gausdo.modules.integrations.tables import DeliveryRow, SecretRow
from gausdo.modules.integrations.undo_imports import UndoImports
from gausdo.modules.sales.contract import Sales
from gausdo.platform.configuration import ConfiguredService, Kinds
from gausdo.platform.crypto import Vault
from gausdo.platform.db import Database
from gausdo.platform.outbound import Blocked, Outbound

DELIVER = "integrations.deliver"
"""The job that makes the calls."""
_SIGNING = "webhooks"


@dataclass(frozen=True)
class IntegrationsService(ConfiguredService):
    db: Database
    outbound: Outbound
    customers: Customers
    sales: Sales
    base_currency: str
    vault: Vault
    keys: Keys
    rules: Rules
    files: FileImports
    undos: UndoImports

    async def call(self, actor: Actor, draft: HookDraft, key: str | None = None) -> Delivery:
        actor.demand(access.CALL)
        self._may_be_called(draft.url)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = DeliveryRow.queue(draft, actor)
                tx.add(row)
                await tx.enqueue(DELIVER, once=True)
                tx.tell(row.shown())
            return tx.answer(Delivery)

    async def call_all(self, actor: Actor, orders: list[Order[HookDraft]]) -> list[UUID]:
        actor.demand(access.CALL)
        for url in {order.draft.url for order in orders}:
            self._may_be_called(url)
        async with self.db.begin(actor) as tx:
            for order in await tx.new(orders):
                row = DeliveryRow.queue(order.draft, actor, order.trace)
                tx.add(row)
                tx.tell(row.shown(), order.key)
            await tx.enqueue(DELIVER, once=True)
            return tx.ids(orders)

    def _may_be_called(self, url: str) -> None:
        """Raises ForbiddenAddress."""
        try:
            self.outbound.check(url)
        except Blocked as refusal:
            raise ForbiddenAddress(str(refusal)) from refusal

    async def check_address(self, actor: Actor, url: str) -> None:
        actor.demand(access.CALL)
        try:
            await self.outbound.judge(url)
        except Blocked as refusal:
            raise ForbiddenAddress(str(refusal)) from refusal

    async def list_deliveries(self, actor: Actor, query: ListQuery) -> Json:
        return await self.db.one(queries.deliveries(actor, query))

    async def deliver_again(self, actor: Actor, id: UUID, key: str | None = None) -> Delivery:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                row = await access.delivery(tx, actor, id, access.CALL)
                if row.state != DeliveryState.FAILED:
                    raise Conflict(f"The call is {row.state}; only a failed one is made again.")
                row.retry()
                await tx.enqueue(DELIVER, once=True)
                tx.tell(row.shown())
            return tx.answer(Delivery)

    async def signing_secret(self, actor: Actor) -> str:
        actor.demand(access.READ)
        return await self.secret()

    async def secret(self) -> str:
        """The secret all calls are signed with, made now when there is none. Raises Unreadable."""
        async with self.db.begin() as tx:
            row = await tx.session.get(SecretRow, _SIGNING)
            if row is None:
                made = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
                sealed = await self.vault.seal(tx, SecretRow.SEALED, _SIGNING, made)
                await tx.session.execute(
                    insert(SecretRow)
                    .values(purpose=_SIGNING, sealed=sealed, created_at=now())
                    .on_conflict_do_nothing()
                )
                row = await tx.session.get_one(SecretRow, _SIGNING)
            if row.sealed is None:
                return str(row.secret)
            return await self.vault.open(tx, SecretRow.SEALED, row.purpose, row.sealed)

    async def seal_secrets(self) -> None:
        """Seal what an earlier release has kept as it is."""
        async with self.db.begin() as tx:
            plain = select(SecretRow).where(SecretRow.sealed.is_(None)).with_for_update()
            for row in await tx.session.scalars(plain):
                told = str(row.secret)
                row.sealed = await self.vault.seal(tx, SecretRow.SEALED, row.purpose, told)
                row.secret = None

    async def import_file(
        self, actor: Actor, kind: ImportKind, content: bytes, key: str | None = None
    ) -> ImportReport:
        actor.demand(access.IMPORT)
        importer = actor.model_copy(update={"via": "import"})
        work = Import(importer, self.customers, self.sales, self.base_currency, key)
        return await work.run(kind, content)

    async def upload_file(
        self,
        actor: Actor,
        kind: ImportKind,
        name: FileName,
        content: bytes,
        key: str | None = None,
    ) -> FileImport:
        return await self.files.upload(actor, kind, name, content, key)

    async def list_imports(self, actor: Actor, query: ImportsQuery) -> Listed[FileImport]:
        return await self.files.every(actor, query)

    async def file_import(self, actor: Actor, id: UUID) -> FileImport:
        return await self.files.one(actor, id)

    async def change_import(
        self, actor: Actor, id: UUID, change: FileImportChange, key: str | None = None
    ) -> FileImport:
        return await self.files.change(actor, id, change, key)

    async def check_import(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        return await self.files.check(actor, id, key)

    async def run_import(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        return await self.files.run(actor, id, key)

    async def pause_import(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        return await self.files.pause(actor, id, key)

    async def stop_import(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        return await self.files.stop(actor, id, key)

    async def refused_rows(self, actor: Actor, id: UUID, query: ImportsQuery) -> Listed[RefusedRow]:
        return await self.files.refused(actor, id, query)

    async def refused_file(self, actor: Actor, id: UUID) -> bytes:
        return await self.files.refused_file(actor, id)

    async def correct_row(
        self,
        actor: Actor,
        id: UUID,
        row_id: UUID,
        correction: RowCorrection,
        key: str | None = None,
    ) -> FileImport:
        return await self.files.correct(actor, id, row_id, correction, key)

    async def preview_undo(self, actor: Actor, id: UUID) -> UndoPreview:
        return await self.undos.preview(actor, id)

    async def undo_import(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        return await self.undos.begin(actor, id, key)

    async def pause_undo(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        return await self.undos.pause(actor, id, key)

    async def undo_conflicts(
        self, actor: Actor, id: UUID, query: ImportsQuery
    ) -> Listed[UndoConflict]:
        return await self.undos.conflicts(actor, id, query)

    async def held_about(self, actor: Actor, person: Traces) -> list[Held]:
        demand_gausdo(actor)
        return await persons.held(self.db, person)

    async def forget_person(self, actor: Actor, person: Traces) -> list[Forgotten]:
        demand_gausdo(actor)
        return await persons.forget(self.db, person)

    async def api_keys(self, actor: Actor) -> list[ApiKey]:
        return await self.keys.all(actor)

    async def make_api_key(self, actor: Actor, draft: ApiKeyDraft) -> NewApiKey:
        return await self.keys.make(actor, draft)

    async def change_api_key(
        self, actor: Actor, id: UUID, change: ApiKeyChange, key: str | None = None
    ) -> ApiKey:
        return await self.keys.change(actor, id, change, key)

    async def revoke_api_key(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        await self.keys.revoke(actor, id, key)

    async def program(self, actor: Actor, secret: str, address: str) -> Program:
        return await self.keys.program(actor, secret, address)

    async def program_of(self, actor: Actor, id: UUID) -> Program:
        return await self.keys.program_of(actor, id)

    async def turned_away(self, actor: Actor, sights: list[TurnedAway]) -> None:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            for sight in sights:
                tx.actor = Actor(id=sight.person_id) if sight.person_id else None
                told = sight.model_dump(include={"person_id", "times"})
                event = AddressRefused(refusal_id=new_id(), **told)
                tx.publish(event, at=sight.at, origin=sight.origin)

    async def ip_rules(self, actor: Actor, address: str) -> IpRules:
        return await self.rules.told(actor, address)

    async def change_ip_rules(
        self, actor: Actor, change: IpRulesChange, address: str, key: str | None = None
    ) -> IpRules:
        return await self.rules.change(actor, change, address, key)

    async def rules_that_hold(self, actor: Actor) -> IpRules:
        return await self.rules.holding(actor)

    async def clear_ip_rules(self, actor: Actor) -> None:
        await self.rules.clear(actor)

    async def kinds(self, actor: Actor) -> Kinds:
        known, mine = await self.rules.known(), await self.rules.roles_of(actor)
        return [ApiKeys(), AddressRules(known, mine)]

    async def apply_configuration(
        self, actor: Actor, asked: Asked, seen: list[Difference]
    ) -> Planned:
        planned = await super().apply_configuration(actor, asked, seen)
        await self.rules.epochs.bump()  # keys and rules hold at everybody's next request
        return planned
