"""Whether a provider can be what it says."""

from typing import Any
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.modules.federation.contract import ProviderChange, ProviderDraft, ProviderKind
from gausdo.modules.identity.contract import Identity
from gausdo.platform.outbound import Blocked, Outbound


async def demand_possible(
    identity: Identity,
    outbound: Outbound,
    actor: Actor,
    told: ProviderDraft | ProviderChange,
    coming: frozenset[UUID] = frozenset(),
) -> None:
    """Raise Invalid, naming the field, for what is not there or may not be called, and BeyondOwn
    for what the actor could not give. `coming` are roles and teams that will be there.
    """
    for field in ("issuer", "metadata_url"):
        if (url := getattr(told, field)) is not None:
            try:
                await outbound.judge(url)
            except Blocked as refusal:
                raise invalid(field, "forbidden-address", str(refusal)) from None
    roles = {role.id for role in await identity.roles(actor)}
    teams = {team.id for team in await identity.teams(actor)}
    named: list[tuple[str, Any]] = [("", told)]
    named += [(f"mapping.{place}.", one) for place, one in enumerate(told.mapping or ())]
    for where, one in named:
        if one.role_id is not None and one.role_id not in roles | coming:
            raise invalid(f"{where}role_id", "unknown", "There is no such role.")
        if one.team_id is not None and one.team_id not in teams | coming:
            raise invalid(f"{where}team_id", "unknown", "There is no such team.")
    given = [one for _, one in named]
    await identity.demand_giving(
        actor,
        [one.role_id for one in given if one.role_id in roles],
        [one.team_id for one in given if one.team_id in teams],
    )


def demand_whole(draft: ProviderDraft) -> None:
    """Raise Invalid, naming the field that this kind of provider needs."""
    if draft.kind == ProviderKind.SAML:
        if not draft.metadata and not draft.metadata_url:
            raise invalid("metadata_url", "missing", "Give the metadata, or their address.")
        return
    for field in ("issuer", "client_id"):
        if getattr(draft, field) is None:
            raise invalid(field, "missing", "This field is needed.")
