"""What the contracts have promised, which only grows: python -m tools.promises writes it down.

Events, methods and shapes are kept in tests/architecture/promises.json. What stands there may be
stored, on its way, or called by a process of the release before; so nothing of it goes or changes.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib import import_module
from types import ModuleType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from gausdo.app import MODULES
from gausdo.kernel.events import Event
from gausdo.kernel.values import Draft, Value
from tools.rules.rule import ROOT

KEPT = ROOT / "tests" / "architecture" / "promises.json"

Fields = Mapping[str, str]
Promises = Mapping[str, Mapping[str, Fields]]
"""Group → name → field, parameter or choice → its type, with `optional` before it where it is."""


def promised() -> Promises:
    """As the code has it now."""
    told: dict[str, dict[str, Fields]] = {"events": {}, "methods": {}, "drafts": {}, "shapes": {}}
    for module in MODULES:
        contract = import_module(module.contract.__module__)
        for name, method in inspect.getmembers(module.contract, inspect.isfunction):
            if not name.startswith("_"):
                told["methods"][f"{module.contract.__name__}.{name}"] = _signature(method)
        for name, kind in inspect.getmembers(contract, inspect.isclass):
            if not _own(kind, contract) or name.startswith("_"):
                continue
            if issubclass(kind, Event):
                told["events"][kind.name] = _fields(kind)
            elif issubclass(kind, Draft):
                told["drafts"][f"{module.name}.{name}"] = _fields(kind)
            elif issubclass(kind, Value):
                told["shapes"][f"{module.name}.{name}"] = _fields(kind)
            elif issubclass(kind, Enum):
                told["shapes"][f"{module.name}.{name}"] = {str(one.value): "choice" for one in kind}
    return told


def _own(kind: type, contract: ModuleType) -> bool:
    """Of the contract's file, or of one beside it from which the contract hands it on."""
    return kind.__module__.rpartition(".")[0] == contract.__name__.rpartition(".")[0]


def _fields(kind: type[Value]) -> Fields:
    hints = get_type_hints(kind)
    return {
        name: _typed(hints[name], optional=not field.is_required())
        for name, field in kind.model_fields.items()
    }


def _signature(method: Any) -> Fields:
    hints = get_type_hints(method)
    empty = inspect.Parameter.empty
    return {
        name: _typed(hints[name], optional=one.default is not empty)
        for name, one in inspect.signature(method).parameters.items()
        if name != "self"
    } | {"return": _typed(hints["return"], optional=False)}


def _typed(hint: Any, *, optional: bool) -> str:
    return f"optional {_named(hint)}" if optional else _named(hint)


def _named(hint: Any) -> str:
    """A type as one would write it, the same on every Python."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " | ".join(map(_named, parts))
    if origin is Literal:
        return f"Literal{list(parts)}"
    if origin is not None:
        return f"{origin.__name__}[{', '.join(map(_named, parts))}]"
    if hint in (None, NoneType, ...):
        return "..." if hint is ... else "None"
    place = hint.__module__.split(".")
    ours = place[:2] == ["gausdo", "modules"]
    return f"{place[2]}.{hint.__name__}" if ours else str(hint.__name__)


def broken(kept: Promises, now: Promises) -> Iterator[str]:
    """What was promised and is so no longer, each with what to do."""
    for group, things in kept.items():
        for name, fields in things.items():
            found = now.get(group, {}).get(name)
            if found is None:
                yield f"{name} is gone. Bring it back; a new one stands beside it."
                continue
            for field, was in fields.items():
                told = found.get(field)
                if told is not None and group == "drafts":
                    told = _without_additions(told, was)
                yield from _changed(f"{name}: {field}", was, told)
            for field in found.keys() - fields.keys():
                if group != "shapes" and not found[field].startswith("optional "):
                    yield f"{name}: {field} is new. Give it a default: old ones come without it."


def _without_additions(told: str, was: str) -> str:
    """What is asked for may be one thing more: `A | B` where it was `A`."""
    return re.sub(r"( \||,) ([^|,\[\] ]+)", lambda one: one[0] if one[2] in was else "", told)


def _changed(what: str, was: str, told: str | None) -> Iterator[str]:
    if told is None:
        yield f"{what} is gone. Bring it back; what reads it may be older than this."
    elif told.removeprefix("optional ") != was.removeprefix("optional "):
        yield f"{what} was “{was}” and is “{told}”. Add a new one beside it."
    elif was != told and was.startswith("optional "):
        yield f"{what} was optional and is needed now. Give it its default back."


def kept() -> Promises:
    promises: Promises = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return promises


def main() -> int:
    now = promised()
    refusals = sorted(broken(kept(), now))
    if refusals:
        print("\n".join(refusals))
        return 1
    KEPT.write_text(json.dumps(now, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    print(f"{sum(map(len, now.values()))} promises are written down.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
