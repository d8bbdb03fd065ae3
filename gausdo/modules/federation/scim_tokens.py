"""What providers prove themselves with at `/scim/v2`."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import now
from gausdo.modules.federation import access
from gausdo.modules.federation.contract import NewScimToken, ScimToken, ScimTokenDraft
from gausdo.modules.federation.pending import fingerprint
from gausdo.modules.federation.tables import ScimTokenRow
from gausdo.platform.db import Database


@dataclass(frozen=True)
class ScimTokens:
    db: Database

    async def scim_tokens(self, actor: Actor, provider_id: UUID) -> list[ScimToken]:
        async with self.db.begin(actor) as tx:
            await access.provider(tx, actor, provider_id)
            rows = await tx.session.scalars(
                select(ScimTokenRow)
                .where(ScimTokenRow.provider_id == provider_id, ScimTokenRow.expires_at > now())
                .order_by(ScimTokenRow.created_at.desc())
            )
            return [row.shown() for row in rows]

    async def add_scim_token(
        self, actor: Actor, provider_id: UUID, draft: ScimTokenDraft
    ) -> NewScimToken:
        secret = f"scim_{secrets.token_urlsafe(32)}"
        async with self.db.begin(actor) as tx:
            provider = await access.provider(tx, actor, provider_id, access.EDIT)
            row = ScimTokenRow.make(provider_id, draft, fingerprint(secret), actor.id)
            tx.add(row)
            tx.publish(provider.saved(), changes={"scim_token": (None, draft.name)})
            return NewScimToken(token=row.shown(), secret=secret)

    async def remove_scim_token(
        self, actor: Actor, provider_id: UUID, id: UUID, key: str | None = None
    ) -> None:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                provider = await access.provider(tx, actor, provider_id, access.EDIT)
                row = await access.scim_token(tx, provider_id, id)
                tx.publish(provider.saved(), changes={"scim_token": (row.name, None)})
                await tx.session.delete(row)
                tx.tell(None)
