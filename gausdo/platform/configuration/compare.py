"""What differs between a thing as it is and as it is wanted."""

from collections.abc import Iterator
from typing import Any

MISSING = object()


def differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Path → before, after; what is within objects by its own path, `grants.sales.deal.read`."""
    return {path: both for path, both in _within("", before, after) if path != "id"}


def _within(path: str, before: Any, after: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if before == after:
        return
    match before, after:
        case dict(), dict():
            for name in sorted({*before, *after}):
                there = f"{path}.{name}" if path else name
                yield from _within(there, before.get(name), after.get(name))
        case list(), list() if _are_things(before) and _are_things(after):
            yield from _lists(path, before, after)
        case _:
            yield path, (before, after)


def _lists(
    path: str, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Things within a thing, each by its id; called by its name."""
    had, has = ({one["id"]: one for one in side} for side in (before, after))
    for id in {**had, **has}:
        old, new = had.get(id), has.get(id)
        yield from _within(f"{path}.{(old or new or {}).get('name', id)}", old, new)
    kept = [[id for id in side if id in had and id in has] for side in (had, has)]
    if kept[0] != kept[1]:
        names = [[one.get("name", one["id"]) for one in side] for side in (before, after)]
        yield path, (names[0], names[1])


def _are_things(told: list[Any]) -> bool:
    return bool(told) and all(isinstance(one, dict) and "id" in one for one in told)
