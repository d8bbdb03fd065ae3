"""The records of one kind that are closest to what was typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from gausdo.kernel.actor import Actor, Reach, Right
from gausdo.kernel.finding import Hit, Hits, Kind, SearchQuery, matches
from gausdo.kernel.sought import Begins, Slips, Sought, Whole, steps, words_of
from gausdo.platform.db import Database, Read
from gausdo.platform.turns import Turn, in_turn

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What is shown of a record: all its texts by their names; `about` is the record it belongs to,
    as `{kind, id}`.
    """

    name: str
    hint: str | None
    owner_id: str
    fields: Sequence[tuple[str, str | None]]
    about: Record | None = None

    def has_whole(self, words: Sequence[str]) -> bool:
        told = {word for _, text in self.fields if text for word in words_of(text)}
        return told.issuperset(words)


@dataclass
class _Asking:
    """`found`, by id: each record with the step that found it first.

    Among all one may read, until a step has more than are wanted. Then what comes before them
    is looked for as well: one's own that any step finds, and what has the whole words.
    """

    read: Callable[[Actor, SearchQuery, Sought, bool], Read]
    db: Database
    actor: Actor
    query: SearchQuery
    only_own: bool
    found: dict[str, tuple[Sought, Record]] = field(default_factory=dict)

    async def through(self, sought: Sequence[Sought]) -> Mapping[str, tuple[Sought, Record]]:
        """Most of what is typed is found by the first step: the others are not begun for it."""
        first, others = sought[0], sought[1:]
        own = [] if self.only_own else [self._turn(first, True, full=(0,))]
        full = await self._full([self._turn(first, self.only_own), *own])
        if not full[0]:
            await self._others(others)
        elif isinstance(first, Begins) and not full[-1]:
            await self._own(others, Whole(first.readings[0]))
        return self.found

    async def _others(self, steps: Sequence[Sought]) -> None:
        turns = enumerate(steps)
        asked = [
            self._turn(step, self.only_own, roomy=tuple(range(place))) for place, step in turns
        ]
        full = await self._full(asked)
        if any(full) and not self.only_own:
            await self._own(steps[full.index(True) :])

    async def _own(self, steps: Sequence[Sought], *more: Sought) -> None:
        """Until one is full; `more` are looked for among all."""
        asked = [(step, True) for step in steps] + [(step, False) for step in more]
        turns = enumerate(asked)
        await self._full([self._turn(*one, roomy=tuple(range(place))) for place, one in turns])

    def _turn(self, step: Sought, mine: bool, **after: tuple[int, ...]) -> tuple[Sought, Turn]:
        return step, Turn(self.read(self.actor, self.query, step, mine), **after)

    async def _full(self, asked: Sequence[tuple[Sought, Turn]]) -> list[bool]:
        """Of each page whether it has more than are wanted."""
        if not asked:
            return []
        told = await self.db.one(in_turn([turn for _, turn in asked], self.query.limit + 1))
        pages = [page["items"] if page else [] for page in from_json(told)]
        for (step, _), items in zip(asked, pages, strict=True):
            for one in items:
                self.found.setdefault(one["id"], (step, one))
        return [len(items) > self.query.limit for items in pages]


@dataclass(frozen=True)
class Finder:
    """`read` is a page of the list of this kind, the newest first, of what has a step, with one
    more than are wanted: of the actor's own records when told so. `told` says what a record of the
    page shows.
    """

    kind: Kind
    right: Right
    read: Callable[[Actor, SearchQuery, Sought, bool], Read]
    told: Callable[[Record], Told]
    numbers: bool = False

    async def find(self, db: Database, actor: Actor, query: SearchQuery, slips: bool) -> list[Hits]:
        """One's own first, then those of others; of each the closest words first, then the newest.

        Nothing of what the actor may not read.
        """
        every = steps(query.q, numbers=self.numbers)
        sought = [step for step in every if isinstance(step, Slips) is slips]
        if not sought or not actor.may(self.right):
            return []
        asking = _Asking(self.read, db, actor, query, only_own=self._only_own(actor))
        found = await asking.through(sought)
        ranked = [self._ranked(actor, step, sought, record) for step, record in found.values()]
        ranked.sort(key=lambda one: one.place)
        hits = [one.hit(self.kind, sought) for one in ranked[: query.limit]]
        more = len(ranked) > query.limit
        return [Hits(kind=self.kind, hits=hits, more=more, slip=slips)] if hits else []

    def _only_own(self, actor: Actor) -> bool:
        own = all(grant.reach is Reach.OWN for grant in actor.granted(self.right))
        return own and self.right.object not in actor.shared

    def _ranked(
        self, actor: Actor, step: Sought, sought: Sequence[Sought], record: Record
    ) -> "_Ranked":
        told = self.told(record)
        mine = told.owner_id == str(actor.id)
        words = step.words if isinstance(step, Whole) else ()
        if isinstance(step, Begins):
            words = step.readings[0]
        whole = bool(words) and told.has_whole(words)
        later = 0 if words else 1 + sought.index(step)
        return _Ranked((not mine, not whole, later), record["id"], told, step, mine)


@dataclass(frozen=True)
class _Ranked:
    """A record that was found; those of one `place` stay as they were found."""

    place: tuple[bool, bool, int]
    id: UUID
    told: Told
    step: Sought
    mine: bool

    def hit(self, kind: Kind, sought: Sequence[Sought]) -> Hit:
        about = self.told.about
        return Hit(
            kind=kind,
            id=self.id,
            name=self.told.name,
            hint=self.told.hint,
            about_kind=about and about["kind"],
            about_id=about and about["id"],
            mine=self.mine,
            matches=matches([self.step, *sought], self.told.fields),
        )
