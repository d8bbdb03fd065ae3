"""What a service inherits whose module has kinds of things: see `kernel/configuration.py`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text

from gausdo.kernel.actor import Actor
from gausdo.kernel.configuration import (
    Action,
    Asked,
    BadConfiguration,
    ConfigurationMoved,
    Difference,
    LeftAsItIs,
    Planned,
    ThingNeeded,
    Things,
    ids_of,
    place,
)
from gausdo.kernel.errors import (
    Conflict,
    FieldError,
    Forbidden,
    NotFound,
    Problem,
    Unavailable,
    reason,
)
from gausdo.platform.configuration.compare import differing
from gausdo.platform.configuration.kind import At, Entry, Kind
from gausdo.platform.db import Database, Tx
from gausdo.platform.http.problems import from_validation

Kinds: TypeAlias = Sequence[Kind[Any]]
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('gausdo configuration'))")


class _TakenBack(Exception):
    """Ends a transaction that was only to be tried."""


def _take_back() -> NoReturn:
    raise _TakenBack


@dataclass
class _Work:
    """One kind: what is there, what is wanted, what of it differs."""

    kind: Kind[Any]
    places: dict[UUID, int]
    wanted: list[Any]
    there: dict[UUID, Any] = field(default_factory=dict)

    @property
    def unwanted(self) -> list[Any]:
        return [one for id, one in self.there.items() if id not in self.places]

    def changes(self, wanted: Entry) -> dict[str, tuple[Any, Any]] | None:
        """None for one that is to be added."""
        before = self.there.get(wanted.id)
        return None if before is None else differing(_plain(before), _plain(wanted))

    def differs(self, wanted: Entry) -> bool:
        return self.changes(wanted) != {}

    def difference(self, wanted: Entry) -> Difference | None:
        changes = self.changes(wanted)
        if changes is None:
            return _difference(self.kind, wanted, Action.ADD, differing({}, _plain(wanted)))
        return _difference(self.kind, wanted, Action.CHANGE, changes) if changes else None


class ConfiguredService:
    """`kinds` is what the module adds: its kinds, with what they know of its neighbours."""

    db: Database

    async def kinds(self, actor: Actor) -> Kinds:
        raise NotImplementedError

    async def dump_configuration(self, actor: Actor) -> Things:
        kinds = await self.kinds(actor)
        for kind in kinds:
            actor.demand(kind.reading)
        async with self.db.begin(actor) as tx:
            return {kind.name: [_plain(one) for one in await kind.there(tx)] for kind in kinds}

    async def plan_configuration(self, actor: Actor, asked: Asked) -> Planned:
        works = await self._looked(actor, asked)
        planned = Planned(differences=[])
        try:
            async with self.db.begin(actor) as tx:
                planned = await _done(tx, actor, works, asked)
                _take_back()
        except _TakenBack:
            return planned

    async def apply_configuration(
        self, actor: Actor, asked: Asked, seen: list[Difference]
    ) -> Planned:
        works = await self._looked(actor, asked)
        async with self.db.begin(actor) as tx:
            planned = await _done(tx, actor, works, asked)
            if planned.differences != seen:
                raise ConfigurationMoved("Somebody has changed the configuration meanwhile.")
            return planned

    async def _looked(self, actor: Actor, asked: Asked) -> list[_Work]:
        """What is to be done, once neighbours were asked about it."""
        works = _read(await self.kinds(actor), asked.wanted)
        for work in works:
            actor.demand(work.kind.reading)
        async with self.db.begin(actor) as tx:
            for work in works:
                work.there = {one.id: one for one in await work.kind.there(tx)}
        errors: list[FieldError] = []
        for work in works:
            for one in filter(work.differs, work.wanted):
                try:
                    await work.kind.look(actor, one, asked.coming)
                except Problem as refusal:
                    errors += _at(work, one, refusal)
        if errors:
            raise BadConfiguration.of(errors)
        return works


def _read(kinds: Kinds, wanted: Things) -> list[_Work]:
    """The kinds that are wanted, their things by the shapes these have. Raises BadConfiguration."""
    errors: list[FieldError] = []
    works = []
    for kind in kinds:
        if (told := wanted.get(kind.name)) is None:
            continue
        work = _Work(kind, {}, [])
        for number, one in enumerate(told):
            try:
                entry = _adapter(kind).validate_python(one)
            except ValidationError as error:
                errors += (
                    FieldError(
                        field=place(kind.name, number, *wrong.field.split(".")),
                        code=wrong.code,
                        message=wrong.message,
                    )
                    for wrong in from_validation(error.errors()).errors
                )
                continue
            if entry.id in work.places:
                told_twice = "Another thing in this file has the same id."
                at = place(kind.name, number, "id")
                errors.append(FieldError(field=at, code="twice", message=told_twice))
            work.places[entry.id] = number
            work.wanted.append(entry)
        works.append(work)
    if errors:
        raise BadConfiguration.of(errors)
    return works


async def _done(tx: Tx, actor: Actor, works: list[_Work], asked: Asked) -> Planned:
    """All that is asked, done. Raises BadConfiguration, Forbidden."""
    await tx.session.execute(_ONE_AT_A_TIME)
    at = At(tx, actor, asked.coming)
    planned = Planned(differences=[])
    errors: list[FieldError] = []
    for work in works:
        work.there = {one.id: one for one in await work.kind.there(tx, lock=True)}
        for one in work.kind.in_order(work.wanted):
            if (difference := work.difference(one)) is None:
                continue
            try:
                async with tx.session.begin_nested():
                    await _write(at, work, one, difference)
                    await tx.session.flush()
            except LeftAsItIs as refusal:
                difference = _difference(work.kind, one, Action.LEAVE, {}, refusal)
            except Problem as refusal:
                errors += _at(work, one, refusal)
            planned.differences.append(difference)
    if errors:
        raise BadConfiguration.of(errors)
    for work in reversed(works):
        await _tidy(at, work, asked, planned)
    return planned


async def _tidy(at: At, work: _Work, asked: Asked, planned: Planned) -> None:
    """What is not wanted goes, if it is to go and can."""
    for one in reversed(work.unwanted):
        if asked.removing:
            difference = await _removed(at, work, one, asked.needed)
            planned.differences.append(difference)
            if difference.action is Action.REMOVE:
                continue
        planned.staying.append(_plain(one))


async def _write(at: At, work: _Work, wanted: Any, difference: Difference) -> None:
    kind = work.kind
    if difference.action is Action.ADD:
        at.actor.demand(kind.guarded.right(kind.adding))
        await kind.add(at, wanted)
        return
    at.actor.demand(kind.guarded.right(kind.changing))
    before = work.there[wanted.id]
    fields = {
        name: getattr(wanted, name)
        for name in type(wanted).model_fields
        if getattr(wanted, name) != getattr(before, name)
    }
    await kind.change(at, wanted, fields)


async def _removed(at: At, work: _Work, one: Any, needed: frozenset[UUID]) -> Difference:
    """It is gone, or stays and says why."""
    kind = work.kind
    at.actor.demand(kind.guarded.right(kind.changing))
    try:
        if needed.intersection(ids_of(_plain(one))):
            raise ThingNeeded("Something else that stays needs it.")
        async with at.tx.session.begin_nested():
            await kind.remove(at, one.id)
            await at.tx.session.flush()
    except (Conflict, NotFound) as refusal:
        return _difference(kind, one, Action.STAY, {}, refusal)
    return _difference(kind, one, Action.REMOVE, differing(_plain(one), {}))


def _difference(
    kind: Kind[Any],
    one: Entry,
    action: Action,
    changes: dict[str, tuple[Any, Any]],
    why: Problem | None = None,
) -> Difference:
    return Difference(
        kind=kind.name,
        id=one.id,
        name=one.told(),
        action=action,
        changes=changes,
        reason=reason(why) if why else None,
    )


def _at(work: _Work, one: Entry, refusal: Problem) -> Iterator[FieldError]:
    """A refusal as errors at the thing's place in its file."""
    here = work.kind.name, work.places[one.id]
    if isinstance(refusal, Forbidden | Unavailable) and not refusal.errors:
        raise refusal
    for wrong in refusal.errors:
        at = place(*here, *wrong.field.split("."))
        yield FieldError(field=at, code=wrong.code, message=f"{one.told()}: {wrong.message}")
    if not refusal.errors:
        told = f"{one.told()}: {refusal.detail}"
        yield FieldError(field=place(*here), code=refusal.code, message=told)


def _plain(one: Entry) -> dict[str, Any]:
    plain: dict[str, Any] = one.model_dump(mode="json")
    return plain


def _adapter(kind: Kind[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind.entry)
