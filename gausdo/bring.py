"""`gausdo import`: a file of a person's own, through the same contract as everything else."""

from typing import cast

from gausdo.app import opened
from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import NotFound, invalid
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.contract import ImportKind, ImportReport, Integrations
from gausdo.settings import Settings

KINDS = ("companies", "people", "deals")


async def bring(settings: Settings, content: bytes, kind: str, owner: str | None) -> ImportReport:
    """Import a file's `content` in the name of `owner` (an e-mail), or of the first administrator.

    Raises Invalid for another kind, NotFound when there is no such person.
    """
    if kind not in KINDS:
        raise invalid("--as", "choice", f"One of: {', '.join(KINDS)}.")
    async with opened(settings) as gausdo:
        identity = gausdo.get(Identity)
        actor = await _person(identity, owner)
        return await gausdo.get(Integrations).import_file(
            actor.model_copy(update={"via": "import"}), cast(ImportKind, kind), content
        )


async def _person(identity: Identity, email: str | None) -> Actor:
    for user in await identity.users(SYSTEM):
        if user.active and (
            user.email.lower() == email.lower() if email else user.role == "administrator"
        ):
            return await identity.actor(user.id)
    who = f"with the e-mail {email}" if email else "who is an administrator"
    raise NotFound(f"There is nobody here {who}. Tell --owner with the e-mail of a colleague.")
