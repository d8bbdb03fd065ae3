"""Rows of files that would be new records and look like one that is there: what becomes of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom_sealed import Secrets
from gausdo.kernel.imports import LOOKS_LIKE, SEVERAL, Became, Landed, Lookalikes
from gausdo.kernel.values import new_id
from gausdo.modules.customers import access, imports
from gausdo.modules.customers.likeness import SUSPECT, Evidence, Portrait, portrait
from gausdo.modules.customers.names import words_of
from gausdo.modules.customers.suspects import WEIGH, Candidate, candidates_of, weighed
from gausdo.modules.customers.tables import Customer
from gausdo.platform.db import Tx


class Line(NamedTuple):
    """A row whose values are comparable."""

    line: int
    draft: imports.Draft
    told: dict[str, Any]
    secret: Secrets


Found = Sequence[tuple[Candidate, Evidence]]


@dataclass
class Looked:
    """Rows that are new still, those that change a record, and those that are answered."""

    new: list[Line] = field(default_factory=list)
    changed: list[tuple[Line, UUID]] = field(default_factory=list)
    landed: list[Landed] = field(default_factory=list)


async def look(
    tx: Tx, actor: Actor, of: type[Customer], rows: Sequence[Line], policy: Lookalikes
) -> Looked:
    """What becomes of rows that would be new.

    They are compared with what the actor may see, by what the actor may see of it, and with the
    rows before them.
    """
    if policy is Lookalikes.CREATE or not rows or not actor.may(access.right(of, "read")):
        return Looked(new=[*rows])
    hidden = actor.hidden(access.right(of, "read"))
    mine = {new_id(): row for row in rows}
    portraits = {
        id: portrait({name: told for name, told in row.told.items() if name not in hidden})
        for id, row in mine.items()
    }
    candidates = await candidates_of(tx, actor, of, portraits)
    looked, before = Looked(), _Before(of)
    for id, row in mine.items():
        seen = [one for one in candidates[id] if one.visible]
        found = weighed(of, portraits[id], seen)
        earlier = before.like(portraits[id])
        if not found and earlier is None:
            looked.new.append(row)
            before.add(portraits[id])
        elif policy is Lookalikes.SKIP:
            there = found[0][0].id if found else None
            looked.landed.append(Landed(line=row.line, became=Became.SKIPPED, id=there))
        elif policy is Lookalikes.ASK or not found:
            looked.landed.append(_asked(row, found, earlier))
        elif len(found) > 1 and found[0][1].score == found[1][1].score:
            looked.landed.append(Landed.refused(row.line, SEVERAL))
        else:
            looked.changed.append((row, found[0][0].id))
    return looked


def _asked(row: Line, found: Found, earlier: str | None) -> Landed:
    """`data`: what it looks like; `id` of the record, if it is one rather than another row."""
    told: Mapping[str, Any] = {"told": earlier}
    if found:
        one, evidence = found[0]
        told = {"told": one.portrait.name, "id": str(one.id), "clues": [*evidence.clues]}
    return Landed.refused(row.line, LOOKS_LIKE.model_copy(update={"field": "name", "data": told}))


@dataclass
class _Before:
    """The rows of this batch that are new so far, by what two that are alike have in common."""

    of: type[Customer]
    by_sign: defaultdict[str, list[Portrait]] = field(default_factory=lambda: defaultdict(list))

    def add(self, one: Portrait) -> None:
        for sign in _signs(one):
            self.by_sign[sign].append(one)

    def like(self, mine: Portrait) -> str | None:
        """The name of one that may be the same."""
        weigh = WEIGH[self.of]
        for sign in _signs(mine):
            for one in self.by_sign.get(sign, ()):
                if weigh(mine, one).score >= SUSPECT:
                    return one.name
        return None


def _signs(one: Portrait) -> Iterator[str]:
    yield from one.phones
    yield from one.emails
    if one.inn:
        yield one.inn
    if words := words_of(one.name):
        yield " ".join(sorted(words))
