"""The records of one kind that are closest to what was typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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

    async def find(self, db: Database, actor: Actor, query: SearchQuery) -> list[Hits]:
        """One's own first, then those of others; of each the closest words first, then the newest.

        Nothing of what the actor may not read, and a slip only where nothing else is found.
        """
        sought = steps(query.q, numbers=self.numbers)
        if not sought or not actor.may(self.right):
            return []
        found = await self._found(db, actor, query, sought)
        ranked = [self._hit(actor, step, sought, record) for step, record in found.values()]
        ranked.sort(key=lambda one: one[0])
        hits = [hit for _, hit in ranked[: query.limit]]
        more = len(ranked) > query.limit
        slip = any(isinstance(step, Slips) for step, _ in found.values())
        return [Hits(kind=self.kind, hits=hits, more=more, slip=slip)] if hits else []

    async def _found(
        self, db: Database, actor: Actor, query: SearchQuery, sought: Sequence[Sought]
    ) -> dict[str, tuple[Sought, Record]]:
        """By id, each with the step that found it first.

        Among all one may read, until a step has more than are wanted. Then what comes before them
        is looked for as well: one's own that any step finds, and what has the whole words.
        """
        found: dict[str, tuple[Sought, Record]] = {}

        async def full(among_all: Sequence[Sought], among_own: Sequence[Sought]) -> bool:
            """Whether one of the steps among all has more than are wanted."""
            asked = self._asked(actor, query, among_all, among_own)
            told = await db.one(in_turn([turn for _, turn in asked], query.limit + 1))
            pages = [page["items"] if page else [] for page in from_json(told)]
            for (step, _), items in zip(asked, pages, strict=True):
                for one in items:
                    found.setdefault(one["id"], (step, one))
            return any(len(items) > query.limit for items in pages[: len(among_all)])

        meant: list[Sought] = [step for step in sought if not isinstance(step, Slips)]
        # most of what is typed is found by the first step: the others are not even begun for it
        if not await full(sought[:1], meant):
            others = meant[1:] if found else sought[1:]
            if others:
                await full(others, meant[1:])
        return found

    def _asked(
        self,
        actor: Actor,
        query: SearchQuery,
        among_all: Sequence[Sought],
        among_own: Sequence[Sought],
    ) -> list[tuple[Sought, Turn]]:
        """The steps `among_all` until one is full; from there on those `among_own`, then words."""
        only_own = self._only_own(actor)
        asked = []
        for place, step in enumerate(among_all):
            before = tuple(range(place))
            how = {"empty" if isinstance(step, Slips) else "roomy": before}
            asked.append((step, Turn(self.read(actor, query, step, only_own), **how)))
        if only_own:
            return asked
        own = range(len(asked), len(asked) + len(among_own))
        for place, step in enumerate(among_own):
            full = tuple(range(min(place + 1, len(among_all))))
            turn = Turn(self.read(actor, query, step, True), roomy=tuple(own[:place]), full=full)
            asked.append((step, turn))
        if isinstance(first := among_all[0], Begins):
            whole = Whole(first.readings[0])
            turn = Turn(self.read(actor, query, whole, False), roomy=tuple(own), full=(0,))
            asked.append((whole, turn))
        return asked

    def _only_own(self, actor: Actor) -> bool:
        own = all(grant.reach is Reach.OWN for grant in actor.granted(self.right))
        return own and self.right.object not in actor.shared

    def _hit(
        self, actor: Actor, step: Sought, sought: Sequence[Sought], record: Record
    ) -> tuple[tuple[bool, bool, int], Hit]:
        """A hit and its place: those of one place stay as they were found."""
        told = self.told(record)
        mine = told.owner_id == str(actor.id)
        words = step.words if isinstance(step, Whole) else ()
        if isinstance(step, Begins):
            words = step.readings[0]
        whole = bool(words) and told.has_whole(words)
        later = 0 if words else 1 + sought.index(step)
        hit = Hit(
            kind=self.kind,
            id=record["id"],
            name=told.name,
            hint=told.hint,
            about_kind=told.about and told.about["kind"],
            about_id=told.about and told.about["id"],
            mine=mine,
            matches=matches([step, *sought], told.fields),
        )
        return (not mine, not whole, later), hit
