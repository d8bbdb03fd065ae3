"""A field that was added stands in the place of another: in roles, and in views of lists."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from gausdo.kernel.actor import Actor, Grant
from gausdo.kernel.becoming import FieldUse, UseKind
from gausdo.kernel.conditions import asked_fields
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.views import OBJECTS, SeenBy
from gausdo.modules.identity import roles
from gausdo.modules.identity.contract import RoleChange
from gausdo.modules.identity.tables import RoleRow, ViewRow
from gausdo.platform.db import Database, Tx
from gausdo.platform.epochs import Epochs


class CarryingService:
    """The part of `IdentityService` that knows what asks of added fields by their names."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def epochs(self) -> Epochs: ...

    async def uses_of_field(self, actor: Actor, object: str, name: str) -> list[FieldUse]:
        """Of views whose condition asks it; somebody's own has no name here."""
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            asked = [
                FieldUse(kind=UseKind.ROLE, name=role.name)
                for role in (await roles.roles(tx)).values()
                if any(name in _asked(grant) for grant in role.grants if grant.object == object)
            ]
            views = [
                FieldUse(kind=UseKind.VIEW, name="" if row.seen_by == SeenBy.ME else row.name)
                for row in await _views(tx, object)
                if row.condition is not None and name in asked_fields(row.condition)
            ]
        return asked + views

    async def hide_field(self, actor: Actor, object: str, before: str, after: str) -> None:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            rows = list(await tx.session.scalars(select(RoleRow).with_for_update()))
            for row in rows:
                grants = tuple(_hiding(row.grants, object, before, after))
                change = RoleChange(version=row.version, grants=grants)
                if changes := row.change(change):
                    tx.publish(row.changed(), changes=changes)
        await self.epochs.bump()

    async def show_field(
        self, actor: Actor, object: str, before: str, after: str, sorts: bool, groups: bool
    ) -> None:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            for row in await _views(tx, object):
                told: dict[str, Any] = {
                    "columns": list(
                        dict.fromkeys(after if one == before else one for one in row.columns)
                    )
                }
                if (row.sort or "").removeprefix("-") == before:
                    told["sort"] = (row.sort or "").replace(before, after) if sorts else None
                if row.grouped_by == before:
                    told["grouped_by"] = after if groups else None
                if changes := row.change(told):
                    tx.publish(row.changed(), changes=changes)


async def _views(tx: Tx, object: str) -> list[ViewRow]:
    kinds = [kind for kind, of in OBJECTS.items() if of == object]
    query = select(ViewRow).where(ViewRow.kind.in_(kinds)).order_by(ViewRow.id)
    return list(await tx.session.scalars(query.with_for_update()))


def _asked(grant: Grant) -> set[str]:
    return set() if grant.condition is None else asked_fields(grant.condition)


def _hiding(grants: tuple[Grant, ...], object: str, before: str, after: str) -> Iterator[Grant]:
    for grant in grants:
        if grant.object == object and before in grant.without:
            yield grant.model_copy(update={"without": grant.without | {after}})
        else:
            yield grant
