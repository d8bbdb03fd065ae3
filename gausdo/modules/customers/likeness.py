"""What speaks for two records being of one company or one person, and how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gausdo.kernel.fields import folded
from gausdo.modules.customers.duplicates_contract import Clue
from gausdo.modules.customers.names import ALIKE, PATRONYMIC, UNLIKE, likeness, words_of

SUSPECT = 50
"""Of 100: from here on two records are worth a look."""

EVERYBODYS = frozenset(
    {
        *("mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru", "yandex.ru", "ya.ru"),
        *("yandex.com", "rambler.ru", "gmail.com", "outlook.com", "hotmail.com", "live.com"),
        *("icloud.com", "me.com", "yahoo.com", "proton.me", "protonmail.com", "aol.com", "gmx.de"),
    }
)
"""Domains at which anybody has an e-mail: they tell nothing of a company."""

FULL_NAME = 3
"""Words of a name that few people share: surname, name and patronymic."""


@dataclass(frozen=True)
class Portrait:
    """What of a record is compared, as it is kept normalised."""

    name: str = ""
    inn: str | None = None
    domain: str | None = None
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    city: str | None = None
    company_id: UUID | None = None

    @property
    def domains(self) -> frozenset[str]:
        """Its own, and those of its e-mails that are not everybody's."""
        told = {address.partition("@")[2] for address in self.emails} | {self.domain or ""}
        return frozenset(told - EVERYBODYS - {""})


@dataclass(frozen=True)
class Evidence:
    """`score` of 100, and what it comes from."""

    score: int
    clues: tuple[Clue, ...]


def portrait(told: Mapping[str, Any]) -> Portrait:
    """Of a record's fields as `ways.comparable` has them."""
    return Portrait(
        name=told.get("name") or "",
        inn=told.get("inn"),
        domain=told.get("domain"),
        phones=_normals(told, "phones"),
        emails=_normals(told, "emails"),
        city=told.get("city"),
        company_id=told.get("company_id"),
    )


def _normals(told: Mapping[str, Any], name: str) -> frozenset[str]:
    return frozenset(one.normal for one in told.get(name) or ())


def companies_alike(one: Portrait, other: Portrait, *, common: bool = False) -> Evidence:
    """An INN, an e-mail, a domain or a phone that is the same, and the name; `common` is a name
    that many have.
    """
    like = likeness(one.name, other.name)
    unlike = like < UNLIKE
    same_city = _same(one.city, other.city)
    clues: dict[Clue, float] = {}
    if one.inn and one.inn == other.inn:
        clues[Clue.INN] = 0.95
    if one.emails & other.emails:
        clues[Clue.EMAIL] = 0.55 if unlike else 0.75
    if one.domains & other.domains:
        clues[Clue.DOMAIN] = 0.3 if unlike else 0.6
    if one.phones & other.phones:
        clues[Clue.PHONE] = 0.25 if unlike else 0.55
    if like >= ALIKE:
        apart = same_city is False and not clues
        clues[Clue.NAME] = (0.55 if like == 1 else 0.45) * (0.6 if apart or common else 1)
        if same_city:
            clues[Clue.CITY] = 0.15
    two = bool(one.inn and other.inn and one.inn != other.inn)
    return _weighed(clues, 0.55 if two else 1)


def people_alike(one: Portrait, other: Portrait, *, common: bool = False) -> Evidence:
    """An e-mail or a phone that is the same, and the name, which `common` says many have.

    Colleagues share phones, never both.
    """
    like = likeness(one.name, other.name)
    unlike = like < UNLIKE
    clues: dict[Clue, float] = {}
    if one.emails & other.emails:
        clues[Clue.EMAIL] = 0.55 if unlike else 0.85
    if one.phones & other.phones:
        clues[Clue.PHONE] = 0.55 if like >= ALIKE else 0.2 if unlike else 0.45
    if like >= ALIKE:
        full = min(len(words_of(one.name)), len(words_of(other.name))) >= FULL_NAME
        alone = 0.55 if full and like == 1 else 0.45
        clues[Clue.NAME] = alone * (0.6 if common else 1)
        if one.company_id and one.company_id == other.company_id:
            clues[Clue.COMPANY] = 0.4
        if one.domains & other.domains:
            clues[Clue.DOMAIN] = 0.3
        if _same(one.city, other.city):
            clues[Clue.CITY] = 0.1
    return _weighed(clues, 0.6 if _two_fathers(one.name, other.name) else 1)


def _two_fathers(one: str, other: str) -> bool:
    """Whether two patronymics are told that are not alike."""
    fathers = [[word for word in words_of(name) if PATRONYMIC.match(word)] for name in (one, other)]
    return all(fathers) and likeness(fathers[0][0], fathers[1][0]) < ALIKE


def _same(one: str | None, other: str | None) -> bool | None:
    """None where one of them is not told."""
    if not one or not other:
        return None
    return folded(one).replace("ё", "е") == folded(other).replace("ё", "е")


def _weighed(clues: Mapping[Clue, float], doubt: float) -> Evidence:
    """Each clue leaves so much less doubt as it weighs."""
    left = 1.0
    for weight in clues.values():
        left *= 1 - weight
    return Evidence(round(100 * (1 - left) * doubt), tuple(clues))
