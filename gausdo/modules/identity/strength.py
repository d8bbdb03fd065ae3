"""Which passwords are refused: those that are guessed first (OWASP ASVS 5.0, 6.2).

There are no rules of composition. Whatever stands around a word – digits, signs, letters replaced
by digits, the other layout of a keyboard – makes one that is guessed first no better.
`common_passwords.txt` has the Russian ones and, as zxcvbn counts them (MIT), the others.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from gausdo.kernel.errors import invalid

AROUND = 6
"""Digits and signs around a word that make it no better; more of them are a password themselves."""
FEW = 4
"""Different characters, at least."""
SHORT = 4
"""Letters of a word of one's own that count."""
OURS = frozenset({"gausdo", "гаусдо", "password", "пароль", "crm"})
_LEFT = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RIGHT = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_RUSSIAN, _TO_LATIN = str.maketrans(_LEFT, _RIGHT), str.maketrans(_RIGHT, _LEFT)
_LEET = str.maketrans("013457@$!", "oieastasi")
_DECORATION = re.compile(r"^[\W\d_]+|[\W\d_]+$")


@cache
def common() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text().split())


def demand_strong(password: str, own: Iterable[str], field: str = "password") -> None:
    """Raise Invalid for a password that is guessed first; `own` is what is known of the person."""
    plain = unicodedata.normalize("NFC", password).casefold()
    cores = _cores(plain)
    if len(set(plain)) < FEW or _is_run(plain) or common() & {plain, *cores}:
        raise invalid(field, "common-password", "This is one of those that are guessed first.")
    words = {*OURS, *_words(own)}
    if any(words.issuperset(re.split(r"[\W\d_]+", core)) for core in cores):
        raise invalid(field, "own-word", "This is made of your own name or of ours.")


def _is_run(plain: str) -> bool:
    """Characters one after another: abcdefgh, 12345678, 87654321."""
    steps = {ord(right) - ord(left) for left, right in pairwise(plain)}
    return steps in ({1}, {-1})


def _cores(plain: str) -> set[str]:
    """The words a password is made of, where they are most of it."""
    cores = set()
    for typed in (plain, plain.translate(_TO_RUSSIAN), plain.translate(_TO_LATIN)):
        for read in (typed, typed.translate(_LEET)):
            core = read
            while (shorter := _DECORATION.sub("", core)) != core:
                core = shorter
            if core and len(read) - len(core) <= AROUND:
                cores |= {core, core.translate(_LEET)}
    return cores


def _words(own: Iterable[str]) -> set[str]:
    """The words of names and addresses: Anna Petrova, anna.petrova@example.org."""
    found = {word for text in own for word in re.split(r"[\W_]+", text.casefold())}
    return {word for word in found if len(word) >= SHORT}
