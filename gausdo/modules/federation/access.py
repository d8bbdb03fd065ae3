"""Who may see and change providers. There is no other way to a ProviderRow."""

import hashlib
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound, Unknown
from gausdo.kernel.values import now
from gausdo.modules.federation.contract import PROVIDERS
from gausdo.modules.federation.tables import ProviderRow, ScimTokenRow
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


async def scim_token(tx: Tx, provider_id: UUID, id: UUID) -> ScimTokenRow:
    """Raises NotFound."""
    row = await tx.session.get(ScimTokenRow, id)
    if row is None or row.provider_id != provider_id:
        raise NotFound("There is no such token.")
    return row


async def by_scim_token(tx: Tx, bearer: str) -> ProviderRow:
    """The provider a token was given to. Raises Unknown when it is none, or is over."""
    scheme, _, secret = bearer.partition(" ")
    digest = hashlib.sha256(secret.strip().encode()).hexdigest()
    row = (
        await tx.session.scalars(
            select(ProviderRow)
            .join(ScimTokenRow, ScimTokenRow.provider_id == ProviderRow.id)
            .where(ScimTokenRow.digest == digest, ScimTokenRow.expires_at > now())
            .where(ProviderRow.enabled)
        )
    ).one_or_none()
    if row is None or scheme.lower() != "bearer":
        raise Unknown("This token is not valid here, or no longer.")
    return row


def _there(row: ProviderRow | None) -> ProviderRow:
    if row is None:
        raise NotFound("There is no such identity provider.")
    return row
