"""What is told of a company or a person, wherever its fields lie."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gausdo.kernel.fields import CUSTOM
from gausdo.modules.customers.reach_contract import WAYS, Reachable
from gausdo.modules.customers.search import words
from gausdo.platform.history import Changes

Say = Callable[[str], Any]
"""The value of a field by its name; of `phones`, `emails` and `links` a list of `Reachable`."""

_UNSEARCHED = frozenset({"about", "company_id", "parent_id", "size", "source", "tags"})


def words_of(plain: Iterable[str], say: Say) -> list[str]:
    """What it is found by."""
    texts = [say(name) for name in plain if name not in _UNSEARCHED]
    return words([*texts, *say("tags")], *map(say, WAYS))


def beginnings_of(plain: Iterable[str], say: Say, custom: Mapping[str, Any]) -> Changes:
    """What the first entry of its history shows: every field that has a value."""
    names = (*plain, *WAYS, "owner_id")
    told = {name: (None, as_typed(value)) for name in names if (value := say(name))}
    return told | {CUSTOM + key: (None, value) for key, value in custom.items()}


def as_typed(value: Any) -> Any:
    """Phones, e-mails and links as they were typed."""
    if isinstance(value, list):
        return [one.typed if isinstance(one, Reachable) else one for one in value]
    return value
