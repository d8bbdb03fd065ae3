"""What one can do with gizmos."""

from dataclasses import dataclass
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Json
from gausdo.modules.gizmos import access, queries
from gausdo.modules.gizmos.contract import Gizmo, GizmoChange, GizmoDraft
from gausdo.modules.gizmos.tables import PERSONAL, GizmoRow
from gausdo.modules.identity.contract import Identity
from gausdo.platform.db import Database
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import demand_reach


@dataclass(frozen=True)
class GizmosService:
    db: Database
    identity: Identity

    async def list_gizmos(self, actor: Actor, query: ListQuery) -> Json:
        return await self.db.one(queries.gizmos(actor, query))

    async def gizmo(self, actor: Actor, id: UUID) -> Gizmo:
        async with self.db.begin(actor) as tx:
            return (await access.gizmo(tx, actor, id)).shown()

    async def add_gizmo(self, actor: Actor, draft: GizmoDraft, key: str | None = None) -> Gizmo:
        actor.demand(access.CREATE)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                owner_id, team_id = await new_owner(tx, actor, draft.owner_id)
                row = GizmoRow.add(draft, owner_id, team_id)
                tx.add(row)
                tx.publish(row.added(), personal={"title": (None, row.title)})
                tx.tell(row.shown())
            return tx.answer(Gizmo)

    async def change_gizmo(
        self, actor: Actor, id: UUID, change: GizmoChange, key: str | None = None
    ) -> Gizmo:
        async with self.db.begin(actor, key, change) as tx:
            if not tx.told:
                row = await access.gizmo(tx, actor, id, access.EDIT)
                await tx.fresh(row, change.version)
                before = row.owner_id, row.team_id
                team_id = row.team_id
                if change.owner_id not in (None, row.owner_id):
                    await demand_reach(tx, actor, access.ASSIGN, row, access.GUARD)
                    _, team_id = await new_owner(tx, actor, change.owner_id)
                if changes := row.change(change, team_id):
                    tx.publish(
                        row.changed(changes, *before),
                        changes={f: both for f, both in changes.items() if f not in PERSONAL},
                        personal={f: both for f, both in changes.items() if f in PERSONAL},
                    )
                tx.tell(row.shown())
            return tx.answer(Gizmo)
