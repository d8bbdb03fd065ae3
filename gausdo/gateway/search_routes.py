"""Search over everything: what every module finds, side by side."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

from fastapi import Query

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Problem
from gausdo.kernel.finding import Finds, Hits, SearchQuery
from gausdo.kernel.values import Value
from gausdo.platform.deadline import left
from gausdo.platform.http import OWN, CurrentActor, Routes

PATIENCE = 2.0
"""Seconds a module has to answer, before it is told as late."""
BROKEN = 500
"""From this status on it was not the question."""


class Findings(Value):
    """What was found, by kind of record; `missing`: modules that did not answer, by name."""

    found: list[Hits]
    missing: list[str]


def routes(finding: Mapping[str, Finds]) -> Routes:
    api = Routes("search")

    @api.get("/search", right=OWN)
    async def search(actor: CurrentActor, query: Annotated[SearchQuery, Query()]) -> Findings:
        """Of the records one may see, those that are closest to what is typed.

        One's own first; by the beginnings of words, by what stands within them, in the letters of
        the other keyboard layout, and where nothing is found, with a slip of the keyboard.
        """
        return await asked_of_all(finding, actor, query)

    return api


async def asked_of_all(finding: Mapping[str, Finds], actor: Actor, query: SearchQuery) -> Findings:
    """What the modules find, all of them asked at once; slips where none of them finds anything."""
    missing: list[str] = []
    for slips in (False, True):
        there = {name: module for name, module in finding.items() if name not in missing}
        answers = await asyncio.gather(
            *(_asked(one, actor, query, slips) for one in there.values())
        )
        told = dict(zip(there, answers, strict=True))
        missing += [name for name, answer in told.items() if answer is None]
        if found := [hits for answer in answers for hits in answer or ()]:
            break
    return Findings(found=found, missing=missing)


async def _asked(module: Finds, actor: Actor, query: SearchQuery, slips: bool) -> list[Hits] | None:
    """None of a module that is late, or down: what the others have is shown all the same."""
    try:
        async with asyncio.timeout(left(PATIENCE)):
            if slips:
                return await module.search(actor, query, slips=True)
            return await module.search(actor, query)  # as a module of the last release takes it
    except Problem as problem:
        if problem.status < BROKEN:
            raise
    except TimeoutError:
        pass
    return None
