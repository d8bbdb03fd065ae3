"""With whom companies and people are shared: a part of the contract."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.shares import Share, ShareDraft
from gausdo.kernel.why import Why


class SharesCustomers(Protocol):
    async def company_shares(self, actor: Actor, id: UUID) -> list[Share]:
        """With whom it is shared, for whoever may see it. Raises NotFound."""
        ...

    async def share_company(
        self, actor: Actor, id: UUID, draft: ShareDraft, key: str | None = None
    ) -> list[Share]:
        """Raises NotFound, Forbidden, Invalid when there is no such person or team."""
        ...

    async def unshare_company(
        self, actor: Actor, id: UUID, with_id: UUID, key: str | None = None
    ) -> list[Share]:
        """Raises NotFound, Forbidden."""
        ...

    async def why_company(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        """Of a company the actor may see. Raises NotFound, Forbidden."""
        ...

    async def why_person(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        """As `why_company`."""
        ...

    async def person_shares(self, actor: Actor, id: UUID) -> list[Share]:
        """As `company_shares`."""
        ...

    async def share_person(
        self, actor: Actor, id: UUID, draft: ShareDraft, key: str | None = None
    ) -> list[Share]:
        """As `share_company`."""
        ...

    async def unshare_person(
        self, actor: Actor, id: UUID, with_id: UUID, key: str | None = None
    ) -> list[Share]:
        """Raises NotFound, Forbidden."""
        ...

    async def shared_customers(self, actor: Actor) -> list[UUID]:
        """Companies and people shared with the actor, the latest thousand of each."""
        ...
