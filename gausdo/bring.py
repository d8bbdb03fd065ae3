"""What the command line brings in: people who work here, and files of their own.

Through the same contracts as everything else.
"""

import secrets
from typing import cast

from pydantic import SecretStr

from gausdo.app import opened
from gausdo.kernel.actor import SYSTEM, Actor, Origin
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.imports import ImportKind
from gausdo.kernel.rights import everything
from gausdo.modules.identity.contract import Identity, UserDraft
from gausdo.modules.integrations.contract import ImportReport, Integrations
from gausdo.settings import Settings

HERE = Origin(session="command")
KINDS = ("companies", "people", "deals")


async def bring(settings: Settings, content: bytes, kind: str, owner: str | None) -> ImportReport:
    """Import a file's `content` in the name of `owner` (an e-mail), or of the first administrator.

    Raises Invalid for another kind, NotFound when there is no such person.
    """
    if kind not in KINDS:
        raise invalid("--as", "choice", f"One of: {', '.join(KINDS)}.")
    async with opened(settings) as gausdo:
        identity = gausdo.get(Identity)
        actor = await someone(identity, owner)
        return await gausdo.get(Integrations).import_file(
            actor.model_copy(update={"via": "import", "origin": HERE}),
            cast(ImportKind, kind),
            content,
        )


async def join(settings: Settings, email: str, name: str, role: str) -> str:
    """Let a person in who has nobody to ask yet; answers a password made for them.

    Whoever may run this has the installation's secrets, so it asks for no right.
    """
    password = "-".join(secrets.token_hex(4) for _ in range(4))
    operator = SYSTEM.model_copy(update={"grants": everything(), "origin": HERE})
    draft = UserDraft(name=name, email=email, password=SecretStr(password), role=role)
    async with opened(settings) as gausdo:
        await gausdo.get(Identity).join(operator, draft)
    return password


async def clear_ip_rules(settings: Settings) -> None:
    """Take all rules for addresses away."""
    async with opened(settings) as gausdo:
        await gausdo.get(Integrations).clear_ip_rules(SYSTEM.model_copy(update={"origin": HERE}))


async def someone(identity: Identity, email: str | None) -> Actor:
    for user in await identity.users(SYSTEM):
        if user.active and (
            user.email.lower() == email.lower() if email else user.role == "administrator"
        ):
            return await identity.actor(user.id)
    who = f"with the e-mail {email}" if email else "who is an administrator"
    raise NotFound(f"There is nobody here {who}. Tell --owner with the e-mail of a colleague.")
