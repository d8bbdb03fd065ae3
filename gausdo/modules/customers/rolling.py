"""Companies and people for which something is counted: who stands for whom."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from gausdo.kernel.rolling import Part
from gausdo.modules.customers.doubles import MergeRow
from gausdo.platform.db import Tx

_merge = MergeRow.__table__.c


async def parts_of(tx: Tx, _: str, ids: Collection[UUID]) -> list[Part]:
    """The records that stand for these today, each with all that was merged into it."""
    is_so = _merge.parted_at.is_(None)
    asked = bindparam(None, [*ids], ARRAY(Uuid))
    merged = select(_merge.merged_id, _merge.canonical_id)
    into = {
        row.merged_id: row.canonical_id
        for row in await tx.session.execute(merged.where(_merge.merged_id == any_(asked), is_so))
    }
    standing = {into.get(id, id) for id in ids}
    among = bindparam(None, [*standing], ARRAY(Uuid))
    parts = await tx.session.execute(merged.where(_merge.canonical_id == any_(among), is_so))
    return [
        *(Part(id=id, part=id) for id in standing),
        *(Part(id=row.canonical_id, part=row.merged_id) for row in parts),
    ]
