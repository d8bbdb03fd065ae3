"""Words a customer is found by.

A word stands in the index as it is written and, for those of a language, by its stem; phones stand
there from every digit people begin with.
"""

from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from gausdo.kernel.sought import folded, words_of
from gausdo.modules.customers.reach_contract import Reachable

_SHORT, _LAST = 7, 4
"""Digits of a number as it is told within a city, and as it is remembered."""


def words(
    texts: Iterable[str | None],
    phones: Iterable[Reachable],
    emails: Iterable[Reachable],
    links: Iterable[Reachable] = (),
) -> list[str]:
    """Everything one may type the beginning of, each once."""
    found = {*words_of(" ".join(filter(None, texts)))}
    for one in emails:
        for address in {folded(one.typed), one.normal}:
            found |= {address, *words_of(address)}
    for one in links:
        found |= {*words_of(one.typed), *words_of(unquote(one.normal))}
    for one in phones:
        found.update(_beginnings(one.normal))
    return sorted(found)


def _beginnings(normal: str) -> Iterator[str]:
    """`79161234567`, `89161234567`, `9161234567`, `1234567`, `4567`."""
    digits = normal.partition(";")[0].removeprefix("+")
    yield from (digits, digits[-_SHORT:], digits[-_LAST:])
    if digits.startswith("7"):
        yield from (digits[1:], f"8{digits[1:]}")
