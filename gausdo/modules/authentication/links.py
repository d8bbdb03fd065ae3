"""Links in letters: what stands in them is made when they leave (`platform.links`)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.credentials import Purpose
from gausdo.kernel.values import now
from gausdo.modules.authentication.contract import LinkOver
from gausdo.modules.authentication.tables import LinkRow
from gausdo.platform.db import Tx
from gausdo.platform.links import hashed

LASTS = {Purpose.INVITATION: timedelta(days=7), Purpose.RESET: timedelta(minutes=30)}


async def lay(tx: Tx, person_id: UUID, purpose: Purpose, email: str) -> None:
    """A link of the person is on its way; those before are over."""
    await _put(tx, person_id, purpose, email, None)


async def send(tx: Tx, person_id: UUID, purpose: Purpose, email: str, hash: bytes) -> bool:
    """The link leaves; False for an invitation that was withdrawn, or taken, meanwhile."""
    if purpose is Purpose.INVITATION and not await tx.session.get(LinkRow, (person_id, purpose)):
        return False
    await _put(tx, person_id, purpose, email, hash)
    return True


async def _put(tx: Tx, person_id: UUID, purpose: Purpose, email: str, hash: bytes | None) -> None:
    at = now()
    told = {"email": email.lower(), "hash": hash, "made_at": at, "until": at + LASTS[purpose]}
    row = insert(LinkRow).values(person_id=person_id, purpose=purpose, **told)
    same = ["person_id", "purpose"]
    await tx.session.execute(row.on_conflict_do_update(index_elements=same, set_=told))


async def found(tx: Tx, token: str) -> LinkRow:
    """Raises LinkOver."""
    row: LinkRow | None = await tx.session.scalar(
        select(LinkRow).where(LinkRow.hash == hashed(token), LinkRow.until > now())
    )
    if row is None:
        raise over()
    return row


async def take(tx: Tx, token: str) -> None:
    """It is used now. Raises LinkOver for whoever comes second."""
    taken = await tx.session.execute(
        delete(LinkRow)
        .where(LinkRow.hash == hashed(token), LinkRow.until > now())
        .returning(LinkRow.person_id)
    )
    if taken.first() is None:
        raise over()


async def cut(tx: Tx, person_id: UUID, *purposes: Purpose) -> bool:
    """No such link of the person is good any more; whether there was one."""
    gone = await tx.session.execute(
        delete(LinkRow)
        .where(LinkRow.person_id == person_id, LinkRow.purpose.in_(purposes))
        .returning(LinkRow.person_id)
    )
    return gone.first() is not None


def over() -> LinkOver:
    return LinkOver("This link was used, or is too old. Ask for a new one.")
