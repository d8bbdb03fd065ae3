"""Lists as people narrow them down: what their filters may ask, and the views they keep."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.conditions import Field, FieldType, Op
from gausdo.kernel.operators import operators_of
from gausdo.kernel.rights import asked, hides
from gausdo.kernel.values import Value
from gausdo.kernel.views import View, ViewChange, ViewDraft


class AskableField(Value):
    """A field that a filter may ask of a record; `options`, when given, are all it can be.
    `links_to`: the kind of record its ids are of, where its name does not say so.
    """

    name: str
    type: FieldType
    operators: tuple[Op, ...]
    options: tuple[str, ...]
    links_to: str | None


class Askable(Value):
    """What may be asked of the records of one kind, `sales.deal`."""

    object: str
    fields: tuple[AskableField, ...]


def askable(actor: Actor) -> list[Askable]:
    """Of each kind the actor may read, without what none of their grants shows."""
    return [
        Askable(object=object, fields=tuple(askable_field(field) for field in seen(actor, object)))
        for object in asked
        if actor.may(Right(object, "read"))
    ]


def seen(actor: Actor, object: str) -> list[Field]:
    """The fields of this kind that the actor's filters may ask.

    Not those that are sealed: what is asked stands in addresses.
    """
    never, hidden_as = actor.never(Right(object, "read")), hides[object]
    return [
        field
        for field in asked[object]
        if field.type is not FieldType.SEALED and hidden_as.get(field.name, field.name) not in never
    ]


def askable_field(field: Field) -> AskableField:
    return AskableField(
        name=field.name,
        type=field.type,
        operators=operators_of(field),
        options=field.options,
        links_to=field.links_to,
    )


class AddsFields(Protocol):
    """The part of a contract whose records can be given more fields (`kernel.custom`)."""

    async def added_fields(self, actor: Actor) -> list[Askable]:
        """What the actor's filters may ask of them, of each kind of records they may read."""
        ...


class KnowsLists(Protocol):
    """The part of `identity` that knows how people look at lists."""

    async def list_fields(self, actor: Actor) -> list[Askable]:
        """What the actor's filters may ask, of each kind of records they may read."""
        ...

    async def views(self, actor: Actor) -> list[View]:
        """Theirs, their teams' and everybody's, by name; of the kinds they may read."""
        ...

    async def view(self, actor: Actor, id: UUID) -> View:
        """Raises NotFound, also when it is not the actor's to see."""
        ...

    async def add_view(self, actor: Actor, draft: ViewDraft, key: str | None = None) -> View:
        """Raises Forbidden, Invalid for what cannot be asked, TooManyViews."""
        ...

    async def change_view(
        self, actor: Actor, id: UUID, change: ViewChange, key: str | None = None
    ) -> View:
        """Raises NotFound, Forbidden, Stale, Invalid, TooManyViews."""
        ...

    async def remove_view(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        """Raises NotFound, Forbidden."""
        ...

    async def choose_view(self, actor: Actor, id: UUID, key: str | None = None) -> View:
        """The actor's list opens with it from now on. Raises NotFound."""
        ...

    async def leave_view(self, actor: Actor, id: UUID, key: str | None = None) -> View:
        """The list opens without a view again, if it opened with this one. Raises NotFound."""
        ...
