"""Which record is meant by what names one that was merged."""

from sqlalchemy import select

from gausdo.modules.activities.contract import About
from gausdo.platform.db import Tx


async def meant(tx: Tx, about: About) -> About:
    """The record that stands for one, when it was merged."""
    known = tx.schema.known.c
    into = select(known.canonical_id).where(known.kind == about.kind, known.id == about.id)
    found = await tx.session.scalar(into)
    return about if found is None else About(kind=about.kind, id=found)
