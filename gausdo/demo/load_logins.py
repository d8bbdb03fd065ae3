"""Who may sign in to the demo: passwords made by chance, kept in a file of the data folder."""

import asyncio
import json
import secrets
from pathlib import Path

from gausdo.demo.world_staff import Staff
from gausdo.modules.authentication import recovery, totp
from gausdo.modules.identity.passwords import hashed
from gausdo.modules.identity.roles import of_code
from gausdo.platform.embedded.server import write_private

LOGINS = "demo-logins.json"
_CONSONANTS, _VOWELS = "bdfghklmnprstvz", "aeiou"

Login = dict[str, str]


def kept_logins(data: Path, staff: Staff) -> list[Login]:
    """`role`, `name`, `email`, `password` of everybody: those of the file, or new ones kept there.

    The administrator has a second factor, too: `totp` is the secret of an authenticator,
    `recovery_codes` stand in for it. A load that was cut short finds what it had made before.
    """
    file = data / LOGINS
    try:
        known = {login["email"]: login for login in json.loads(file.read_bytes())}
    except (OSError, ValueError, TypeError, KeyError):
        known = {}
    logins = [
        {
            "role": role.name if (role := of_code(one.role)) else one.role,
            "name": one.name,
            "email": one.email,
            "password": _password(),
            **(_factor() if one is staff.administrator else {}),
            **known.get(one.email, {}),
        }
        for one in staff.everybody
    ]
    write_private(file, json.dumps(logins, ensure_ascii=False, indent=1))
    return logins


async def hashes(logins: list[Login]) -> dict[str, str]:
    """E-mail → hash."""
    made = await asyncio.gather(*(hashed(login["password"]) for login in logins))
    return dict(zip((login["email"] for login in logins), made, strict=True))


def _factor() -> Login:
    return {"totp": totp.new_secret(), "recovery_codes": " ".join(recovery.new_codes())}


def _password() -> str:
    """Four pronounceable groups: 50 bits, easy to type."""
    return "-".join(
        "".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(2))
        for _ in range(4)
    )
