"""The configuration of all modules: told, compared with what files say, and made so."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python

from gausdo.kernel.actor import Actor
from gausdo.kernel.configuration import (
    Action,
    Asked,
    BadConfiguration,
    ConfigurationMoved,
    ConfigurationStopped,
    Configured,
    Difference,
    Planned,
    Things,
    ids_of,
    named_in,
)
from gausdo.kernel.errors import FieldError, Problem
from gausdo.kernel.values import Value

MAKES = {Action.ADD, Action.CHANGE}
GOES = {Action.REMOVE, Action.STAY}


class Preview(Value):
    """What would happen; `fingerprint` is the differences' own, and says that they were seen."""

    fingerprint: str
    differences: list[Difference]


@dataclass(frozen=True)
class _Part:
    """What one module was asked, and what it would do."""

    asked: Asked
    planned: Planned


@dataclass(frozen=True)
class _Plan:
    """By module, in their order."""

    parts: dict[str, _Part]

    @property
    def differences(self) -> list[Difference]:
        return [one for part in self.parts.values() for one in part.planned.differences]

    @property
    def preview(self) -> Preview:
        asked = [(part.asked.wanted, part.asked.removing) for part in self.parts.values()]
        plain = to_jsonable_python([asked[:1], self.differences])
        digest = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
        return Preview(fingerprint=digest, differences=self.differences)


@dataclass(frozen=True)
class Configuration:
    """`modules`: those that have kinds of things, each after those it names things of."""

    modules: Mapping[str, Configured]

    async def dump(self, actor: Actor) -> Things:
        """Every kind there is. Raises Forbidden for who may not read all of it."""
        told = [await module.dump_configuration(actor) for module in self.modules.values()]
        return {kind: things for one in told for kind, things in one.items()}

    async def preview(self, actor: Actor, wanted: Things, *, removing: bool) -> Preview:
        """Raises BadConfiguration, Forbidden."""
        return (await self._planned(actor, wanted, removing)).preview

    async def apply(
        self, actor: Actor, wanted: Things, fingerprint: str, *, removing: bool
    ) -> list[Difference]:
        """What was seen is done, each module in a transaction of its own; then what goes, goes.

        Raises ConfigurationMoved, BadConfiguration, Forbidden, ConfigurationStopped.
        """
        plan = await self._planned(actor, wanted, removing)
        if plan.preview.fingerprint != fingerprint:
            raise ConfigurationMoved("The configuration has changed since it was compared.")
        done: list[str] = []
        for name, part in plan.parts.items():
            makes = [one for one in part.planned.differences if one.action not in GOES]
            if any(one.action in MAKES for one in makes):
                asked = part.asked.model_copy(update={"removing": False})
                await self._apply(actor, name, asked, makes, done)
        for name, part in reversed(plan.parts.items()):
            goes = [one for one in part.planned.differences if one.action not in MAKES]
            if any(one.action is Action.REMOVE for one in goes):
                await self._apply(actor, name, part.asked, goes, done)
        return plan.differences

    async def _apply(
        self, actor: Actor, name: str, asked: Asked, seen: list[Difference], done: list[str]
    ) -> None:
        try:
            await self.modules[name].apply_configuration(actor, asked, seen)
        except Problem as refusal:
            if not done:
                raise
            raise ConfigurationStopped(
                f"It stopped in the middle: {refusal.detail} What was done stays; compare again "
                "and go on.",
                errors=refusal.errors,
                data={"done": done, "code": refusal.code},
            ) from refusal
        done.append(name)

    async def _planned(self, actor: Actor, wanted: Things, removing: bool) -> _Plan:
        """Each module tries its part, those first whose things name others'."""
        there = await self.dump(actor)
        _demand_kinds(wanted, there)
        wanted = _under_our_ids(wanted, there)
        coming = frozenset(ids_of([*wanted.values()]))
        left_alone = [things for kind, things in there.items() if kind not in wanted]
        needed = {*named_in([*wanted.values()]), *named_in(left_alone)}
        parts: dict[str, _Part] = {}
        errors: list[FieldError] = []
        for name, module in reversed([*self.modules.items()]):
            asked = Asked(wanted=wanted, removing=removing, coming=coming, needed=frozenset(needed))
            try:
                planned = await module.plan_configuration(actor, asked)
            except BadConfiguration as bad:
                errors += bad.errors
                continue
            needed |= {*named_in(planned.staying)}
            parts[name] = _Part(asked, planned)
        if errors:
            raise BadConfiguration.of(errors)
        return _Plan({name: parts[name] for name in self.modules})


def _demand_kinds(wanted: Things, there: Things) -> None:
    """Raise BadConfiguration for a kind that there is not."""
    unknown = [kind for kind in wanted if kind not in there]
    if unknown:
        told = "There is no such kind of things here."
        raise BadConfiguration.of(
            FieldError(field=f"{kind}.json", code="unknown-file", message=told) for kind in unknown
        )


def _under_our_ids(wanted: Things, there: Things) -> Things:
    """What is called the same here, and nothing else is, is the same: under the id it has here."""
    ours: dict[str, str] = {}
    for kind, things in wanted.items():
        ours |= dict(_same(things, there[kind]))
    return _renamed(wanted, ours) if ours else wanted


def _same(theirs: Any, here: Any) -> Iterator[tuple[str, str]]:
    """Their id → ours, of two lists of things, and of the lists within those."""
    if not (_are_things(theirs) and _are_things(here)):
        return
    by_id = {one["id"]: one for one in here}
    known = {one["id"] for one in theirs}
    names = _unique(one for one in here if one["id"] not in known)
    for name, one in _unique(one for one in theirs if one["id"] not in by_id).items():
        if name in names:
            yield one["id"], names[name]["id"]
            by_id[one["id"]] = names[name]
    for one in theirs:
        for field, inner in one.items():
            if isinstance(inner, list) and one["id"] in by_id:
                yield from _same(inner, by_id[one["id"]].get(field))


def _are_things(told: Any) -> bool:
    return isinstance(told, list) and all(
        isinstance(one, dict) and isinstance(one.get("id"), str) for one in told
    )


def _unique(things: Iterator[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By name, those that share theirs with none."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in things:
        if isinstance(name := one.get("name"), str):
            found.setdefault(name, []).append(one)
    return {name: same[0] for name, same in found.items() if len(same) == 1}


def _renamed(told: Any, ours: Mapping[str, str]) -> Any:
    match told:
        case str():
            return ours.get(told, told)
        case dict():
            return {name: _renamed(inner, ours) for name, inner in told.items()}
        case list():
            return [_renamed(inner, ours) for inner in told]
        case _:
            return told
