"""The companies that records name: whom somebody works for, to which group a company belongs."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import folded
from gausdo.modules.customers import access
from gausdo.modules.customers.sort_keys import sort_key
from gausdo.modules.customers.tables import CompanyRow
from gausdo.platform.db import Tx

NAMED_BY = ("company_id", "parent_id")
"""Fields that name a company."""
LOCK = 7_222
"""The advisory lock of those who change what a company belongs to: two of them could close a circle
that neither sees."""


async def demand(tx: Tx, actor: Actor, told: Mapping[str, Any], id: UUID | None = None) -> None:
    """Raise NotFound when a company that is named is not the actor's to see, Invalid when company
    `id` would come to stand below itself.
    """
    for field in NAMED_BY:
        if told.get(field) is not None:
            await access.record(tx, actor, CompanyRow, told[field])
    if id is not None and told.get("parent_id") is not None:
        await demand_above(tx, told["parent_id"], id)


async def demand_above(tx: Tx, parent_id: UUID | None, *ids: UUID) -> None:
    """Raise Invalid when a company to stand above all of these stands below one of them."""
    if parent_id is None:
        return
    await tx.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    for id in ids:
        if await _below(tx, parent_id, id):
            raise invalid("parent_id", "circle", "A company cannot be below itself.")


async def _below(tx: Tx, id: UUID, above: UUID) -> bool:
    """Whether a company is `above`, or belongs to it at any distance."""
    row = CompanyRow.__table__
    groups = select(row.c.id, row.c.parent_id).where(row.c.id == id).cte(recursive=True)
    groups = groups.union(select(row.c.id, row.c.parent_id).where(row.c.id == groups.c.parent_id))
    found = select(groups.c.id).where(groups.c.id == above)
    return (await tx.session.scalar(found)) is not None


async def seen(tx: Tx, actor: Actor, drafts: Iterable[Mapping[str, Any]]) -> frozenset[UUID | None]:
    """Those of the companies the drafts name that the actor may see, and none."""
    ids = {told[field] for told in drafts for field in NAMED_BY if told.get(field)}
    if not ids:
        return frozenset({None})
    named = any_(bindparam("named", [*ids], ARRAY(Uuid)))
    query = select(CompanyRow.id).where(CompanyRow.id == named, access.visible(actor, CompanyRow))
    return frozenset({None, *await tx.session.scalars(query)})


async def by_name(tx: Tx, actor: Actor, names: list[str]) -> dict[str, UUID]:
    """Those of these names that the actor sees, letter case aside; of several the oldest."""
    keys = sorted({sort_key(name) for name in names})
    query = (
        select(CompanyRow.name, CompanyRow.id)
        .where(
            CompanyRow.name_key == any_(bindparam("keys", keys, ARRAY(Text))),
            access.visible(actor, CompanyRow),
        )
        .order_by(CompanyRow.created_at.desc())
    )
    oldest = {folded(name): known for name, known in await tx.session.execute(query)}
    return {name: oldest[folded(name)] for name in names if folded(name) in oldest}
