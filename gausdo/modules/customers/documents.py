"""The number of a person's identity document: sealed with the person's own key."""

from typing import Any

from gausdo.modules.customers.fields import DOCUMENT
from gausdo.modules.customers.fresh import Fresh
from gausdo.modules.customers.tables import Customer, PersonRow
from gausdo.platform.crypto import Vault
from gausdo.platform.db import Tx
from gausdo.platform.history import Changes


async def keep(tx: Tx, vault: Vault, row: Customer | Fresh, told: dict[str, Any]) -> Changes:
    """Take the number out of what was told and keep it; answers what the history is told of it."""
    if DOCUMENT.name not in told or row.kind != PersonRow.kind:
        return {}
    return {**await DOCUMENT.keep(tx, vault, row, told.pop(DOCUMENT.name))}
