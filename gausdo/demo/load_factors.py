"""The second factor of the demo's administrator, who has no phone at hand."""

from uuid import UUID

from gausdo.app import Gausdo
from gausdo.demo.load_logins import Login
from gausdo.kernel.actor import Actor
from gausdo.kernel.values import new_id
from gausdo.modules.authentication import recovery
from gausdo.modules.authentication.contract import FactorAdded, FactorKind
from gausdo.modules.authentication.parts import confirmed, locked
from gausdo.modules.authentication.tables import SECRET, FactorRow, RecoveryCodeRow, schema
from gausdo.platform.crypto import Vault


async def add_authenticator(gausdo: Gausdo, admin: Actor, login: Login) -> None:
    """What the file with the logins tells of it; once."""
    vault, key = Vault(schema, gausdo.ring), gausdo.settings.derived("recovery codes")
    id: UUID = new_id()
    async with gausdo.databases["authentication"].begin(admin) as tx:
        await locked(tx, admin.id)
        if await confirmed(tx, admin.id):
            return
        row = FactorRow.begin(id, admin.id, await vault.seal(tx, SECRET, id, login["totp"]))
        row.confirm("Demo")
        tx.add(row)
        for code in login["recovery_codes"].split():
            tx.add(RecoveryCodeRow(person_id=admin.id, hash=recovery.hashed(key, code)))
        tx.publish(FactorAdded(user_id=admin.id, factor_id=id, kind=FactorKind.TOTP))
