"""The words of a module's records, of which one may be meant by a slip of the keyboard.

Triggers keep them (`db/words.sql`); what they have missed is learned at night: rows that were there
before the triggers, and a word that one record lost in the moment in which another took it on.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from gausdo.platform.db import Database
from gausdo.platform.jobs import Jobs
from gausdo.platform.portions import letting_others_pass

PORTION = 1000
"""Rows that are looked through at once."""
_FIRST = UUID(int=0)


def words_jobs(jobs: Jobs, *tables: str) -> None:
    """Declare the job by which a module learns the words that are in `search` of these tables."""

    @jobs.every("19 2 * * *", "learn-words")
    async def learn(service: Any) -> None:
        await learn_words(service.db, tables)


async def learn_words(db: Database, tables: Sequence[str]) -> None:
    for table in tables:
        after: UUID | None = _FIRST
        while after is not None:
            async with letting_others_pass(), db.begin() as tx:
                name = tx.schema.name
                portion = text(
                    f"with few as materialized (select id, search from {name}.{table} "  # noqa: S608 - our code's
                    "where id > :after order by id limit :portion), "
                    f"learned as (insert into {name}.word "
                    f"select distinct told from few, {name}.words_of(search) told "
                    f"where not exists (select from {name}.word where word = told) "
                    "order by told on conflict do nothing) "
                    "select id from few order by id desc limit 1"
                )
                asked = {"after": after, "portion": PORTION}
                after = await tx.session.scalar(portion, asked)
