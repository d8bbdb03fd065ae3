"""Who may see and change providers. There is no other way to a ProviderRow."""

from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.federation.contract import PROVIDERS
from gausdo.modules.federation.tables import ProviderRow
from gausdo.platform.db import Tx

CREATE = PROVIDERS.right("create")
READ = PROVIDERS.right("read")
EDIT = PROVIDERS.right("edit")


async def provider(tx: Tx, actor: Actor, id: UUID, right: Right = READ) -> ProviderRow:
    """One provider, locked when it is to be changed. Raises Forbidden, NotFound."""
    actor.demand(READ)
    actor.demand(right)
    return _there(
        await tx.session.get(ProviderRow, id, with_for_update=True if right != READ else None)
    )


async def enabled(tx: Tx, id: UUID) -> ProviderRow:
    """One that people may sign in by, for whoever asks. Raises NotFound."""
    found = await tx.session.scalars(
        select(ProviderRow).where(ProviderRow.id == id, ProviderRow.enabled)
    )
    return _there(found.one_or_none())


def _there(row: ProviderRow | None) -> ProviderRow:
    if row is None:
        raise NotFound("There is no such identity provider.")
    return row
