"""Who acts, why, and how far each right reaches."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from uuid import UUID

from gausdo.kernel.conditions import AllOf, Condition, Context
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.values import Value, now

MAX_DEPTH = 8
"""How many automations may follow from one another before the chain is cut."""


class Reach(StrEnum):
    OWN = "own"
    TEAM = "team"  # one's own included
    TREE = "tree"  # one's teams with the teams below them
    ALL = "all"


WIDTH = {reach: width for width, reach in enumerate(Reach)}
"""Own < team < tree < all."""


class Right(Value):
    """An operation on an object: `Right("sales.deal", "edit")`."""

    object: str
    operation: str

    def __init__(self, object: str, operation: str) -> None:
        super().__init__(object=object, operation=operation)

    def __str__(self) -> str:
        return f"{self.object}.{self.operation}"


class Grant(Value):
    """One line of a role. Several grants of the same right are united.

    `condition` narrows it to records that fulfil it; `without` names the fields it does not show,
    or does not let be written.
    """

    object: str
    operation: str
    reach: Reach
    condition: Condition | None = None
    without: frozenset[str] = frozenset()

    def covers(self, other: "Grant") -> bool:
        """Whether it gives all that `other` does: as wide, as deep, the same right."""
        return (
            (self.object, self.operation) == (other.object, other.operation)
            and WIDTH[self.reach] >= WIDTH[other.reach]
            and self.condition in (None, other.condition)
            and self.without <= other.without
        )

    def meet(self, other: "Grant") -> "Grant":
        """What both of two grants of one right give."""
        conditions = dict.fromkeys(one for one in (self.condition, other.condition) if one)
        both = tuple(conditions)
        return self.model_copy(
            update={
                "reach": min(self.reach, other.reach, key=WIDTH.__getitem__),
                # each was measured when it was told; of both together nobody is asked
                "condition": AllOf.model_construct(all=both)
                if len(both) > 1
                else next(iter(both), None),
                "without": self.without | other.without,
            }
        )


def left_out(right: Right, name: str) -> Forbidden:
    """A field that no grant of `right` gives."""
    return Forbidden(
        f"Your roles leave out the field “{name}”.", data={"right": str(right), "field": name}
    )


class Cause(Value):
    """Why something happens: the event that led to it, and how long the chain is by now.

    What an import brings has its id in `import_id`, what a mass edit changes in `mass_edit_id`, and
    as that of the event; no rule hears of what is `quiet`.
    """

    event_id: UUID
    depth: int = 1
    rule_id: UUID | None = None
    import_id: UUID | None = None
    quiet: bool = False
    mass_edit_id: UUID | None = None


class Origin(Value):
    """Where somebody acts from: the address that was seen, and what stood for them there.

    `session` is `session` (a browser), `token`, `key:<id>` (a program with that API key), `service`
    or `command` (on the machine itself).
    """

    address: str | None = None
    session: str

    @property
    def key_id(self) -> UUID | None:
        """The API key a program came with."""
        kind, _, id = self.session.partition(":")
        return UUID(id) if kind == "key" else None


class Actor(Value):
    """A person (or a rule in a person's name) with live rights.

    `teams` are those of reach *team*, `tree` those of reach *tree*; both are expanded by identity
    and cached per (user, epoch), so they never travel in a header. `shared` names the kinds of
    records of which some are or were shared with the person or a team of theirs.
    """

    id: UUID
    name: str = ""
    team_id: UUID | None = None
    teams: frozenset[UUID] = frozenset()
    tree: frozenset[UUID] = frozenset()
    grants: tuple[Grant, ...] = ()
    shared: frozenset[str] = frozenset()
    epoch: str = ""
    time_zone: str = "UTC"
    locale: str = "en"
    via: str = "person"  # person | rule | import | mass | token | key
    cause: Cause | None = None
    origin: Origin | None = None

    def granted(self, right: Right) -> Iterator[Grant]:
        return (
            grant
            for grant in self.grants
            if grant.object in (right.object, "*") and grant.operation == right.operation
        )

    def may(self, right: Right) -> bool:
        return any(self.granted(right))

    def demand(self, right: Right, *written: Iterable[str]) -> None:
        """Raise Forbidden, naming the right, when it is not granted at all, or when it lets none
        of the fields be written that are named in `written`.
        """
        if not self.may(right):
            raise Forbidden(
                f"You need the right “{right}”. Ask an administrator for it.",
                data={"right": str(right)},
            )
        if never := self.never(right):
            for name in sorted(never.intersection(set().union(*written))):
                raise left_out(right, name)

    def hidden(self, right: Right) -> frozenset[str]:
        """The fields that some grant of `right` leaves out: not to be told of every record."""
        return frozenset().union(*(grant.without for grant in self.granted(right)))

    def never(self, right: Right) -> frozenset[str]:
        """The fields that every grant of `right` leaves out: of no record to be told."""
        without = [grant.without for grant in self.granted(right)]
        return frozenset.intersection(*without) if without else frozenset()

    def teams_within(self, reach: Reach) -> frozenset[UUID]:
        return self.tree if reach is Reach.TREE else self.teams

    def asking(self) -> Context:
        """For conditions that are asked in this person's name, now and in their zone."""
        return Context(now=now(), time_zone=self.time_zone, actor_id=self.id)

    @property
    def is_program(self) -> bool:
        """Whether a program acts in the person's name, with an API key."""
        return self.origin is not None and self.origin.key_id is not None

    def narrowed(self, to: Iterable[Grant]) -> "Actor":
        """The same person with no more than these grants: where both have a right, what both give.

        Rights are unions of grants, and so is what two of them have in common.
        """
        told = [
            own.meet(one)
            for own in self.grants
            for one in to
            if (own.object, own.operation) == (one.object, one.operation)
        ]
        return self.model_copy(update={"grants": tuple(dict.fromkeys(told))})

    def because(self, cause: Cause, via: str = "rule") -> "Actor":
        """The same actor, acting because of an event."""
        return self.model_copy(update={"cause": cause, "via": via})


SYSTEM = Actor(
    id=UUID(int=0),
    name="Gausdo",
    grants=(Grant(object="*", operation="read", reach=Reach.ALL),),
    via="system",
)
"""Gausdo itself: reads what it must know of other modules' records, changes nothing."""
