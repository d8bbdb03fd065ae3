"""Keys of fields that were added, made of their names."""

import re
from collections.abc import Collection
from itertools import count

from gausdo.kernel.fields import SEALED


def key_of(name: str, taken: Collection[str], *, sealed: bool = False) -> str:
    """A key made of a field's name in Latin letters, which none of the others has; that of one
    which is kept sealed says so, and no other does.
    """
    latin = "".join(_LATIN.get(letter, letter) for letter in name.lower())
    plain = re.sub(r"[^a-z0-9]+", "_", latin).strip("_")[:36].strip("_")
    base = plain if plain[:1].isalpha() else f"field_{plain}".strip("_")
    if sealed:
        base = (SEALED + plain.removeprefix(SEALED))[:36].strip("_")
    elif base.startswith(SEALED):
        base = f"field_{base}"[:36].strip("_")
    numbers = (f"{base}_{number}" for number in count(2))
    return base if base not in taken else next(key for key in numbers if key not in taken)


_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщыэюя"
_SOUNDS = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch y e yu ya"
_LATIN = {"ъ": "", "ь": "", **dict(zip(_LETTERS, _SOUNDS.split(), strict=True))}
"""As in Russian passports: https://www.icao.int/publications/pages/publication.aspx?docnum=9303"""
