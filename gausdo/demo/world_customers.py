"""Companies and people of the demo. Nothing here is anybody's.

Domains end with `.example` (RFC 2606); tax numbers begin with 00, a region that does not exist, as
do the other numbers of registers, and the streets are in no city;
Russian city phones begin with 0 after the code and mobile ones have a free code; others are from
ranges kept free for stage and screen (Ofcom, Bundesnetzagentur, NANPA 555-01xx).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gausdo.demo import names, names_companies
from gausdo.demo.names import latin
from gausdo.demo.names_companies import (
    CITIES,
    COUNTRIES,
    ENGLISH_SOURCES,
    ENGLISH_TAGS,
    LEGAL_FORMS,
    PERSON_TAGS,
    SIZES,
    SOURCES,
    STREETS,
    TAGS,
    Country,
)
from gausdo.demo.world_dice import Dice
from gausdo.demo.world_records import Colleague, Company, Edit, Person
from gausdo.demo.world_time import at_work
from gausdo.modules.customers.contract import Reachable

_STEP = 6_180_339
"""Coprime to every power of ten, so that multiples of it meet each remainder once."""
_PAIR = 7919
"""The same for as many names as the words make."""

_TENTH = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ELEVENTH = (7, *_TENTH)
_TWELFTH = (3, *_ELEVENTH)


def scattered(number: int, digits: int) -> str:
    """`number` as that many digits that look random; different up to 10 ** digits."""
    return f"{(number * _STEP + 271_828) % 10**digits:0{digits}}"


def inn(number: int, length: int) -> str:
    """A tax number of 10 digits (a company) or 12 (a person) with right check digits."""
    check = [_TENTH] if length == len(_TENTH) + 1 else [_ELEVENTH, _TWELFTH]
    digits = "00" + scattered(number, length - 2 - len(check))
    for weights in check:
        told = sum(int(d) * w for d, w in zip(digits, weights, strict=True))
        digits += str(told % 11 % 10)
    return digits


def kpp(number: int) -> str:
    """Of a tax office in the region 00, registered where it is."""
    return f"00{scattered(number, 2)}01001"


def ogrn(number: int, length: int) -> str:
    """A number of 13 digits (a company) or 15 (a sole trader) with its right check digit."""
    first, divisor = ("1", 11) if length == _OGRN else ("3", 13)
    digits = f"{first}{number % 24 + 2:02d}00{scattered(number, length - 6)}"
    return f"{digits}{int(digits) % divisor % 10}"


_OGRN = 13


class Customers:
    """Makes companies and people, each with names, numbers and addresses of its own."""

    def __init__(self, dice: Dice, until: datetime) -> None:
        self._dice, self._until = dice, until
        self._companies = self._foreign = self._people = self._numbers = 0
        self._groups: dict[UUID, Company] = {}
        self._city_weights = [city.weight for city in CITIES]
        self._country_weights = [country.weight for country in COUNTRIES]

    def company(self, owner: Colleague, at: datetime) -> Company:
        """A Russian company, or a sole trader."""
        dice, number = self._dice, self._companies
        self._companies += 1
        city = dice.choices(CITIES, self._city_weights)[0]
        word, (field, industry), again = _pair(
            number, names_companies.WORDS, names_companies.FIELDS
        )
        form = dice.choices(("ООО", "АО", "ИП"), (68, 14, 18))[0]
        sole = form == "ИП"
        if sole:
            woman = dice.chance(0.4)
            last = names.surname(dice.choice(names.SURNAMES), woman=woman)
            first = dice.choice(names.WOMEN if woman else names.MEN)
            father = names.patronymic(dice.choice(names.FATHERS), woman=woman)
            name = f"ИП {last} {first} {father}"
            legal_name = f"Индивидуальный предприниматель {last} {first} {father}"
            domain = f"{latin(last)}-{latin(field)}{number}.example"
        else:
            called = f"«{word}-{field}{f' {again + 1}' if again else ''}»"
            name, legal_name = f"{form} {called}", f"{LEGAL_FORMS[form]} {called}"
            domain = f"{latin(word)}-{latin(field)}{again + 1 if again else ''}.example"
        phone = scattered(number, 6)
        return self._made(
            at,
            owner,
            name=name,
            legal_name=legal_name,
            inn=inn(number, 12 if sole else 10),
            kpp=None if sole else kpp(number),
            ogrn=ogrn(number, 15 if sole else 13),
            address=_address(number, city.name),
            size=1 + number % 3 if sole else SIZES[number % len(SIZES)],
            domain=domain,
            phones=[_russian(city.code, f"0{phone}")] if dice.chance(0.9) else [],
            emails=[_email("mail" if sole else "info", domain)],
            city=city.name,
            industry=industry,
            tags=list(TAGS[number % len(TAGS)]),
            source=SOURCES[number % len(SOURCES)],
            about=dice.choice(names_companies.ABOUT) if dice.chance(0.3) else None,
        )

    def foreign(self, owner: Colleague, at: datetime) -> tuple[Company, Country]:
        """A company abroad, and its country."""
        dice, number = self._dice, self._foreign
        self._foreign += 1
        country = dice.choices(COUNTRIES, self._country_weights)[0]
        word, (field, industry), again = _pair(
            number, names_companies.ENGLISH_WORDS, names_companies.ENGLISH_FIELDS
        )
        number_told = f" {again + 1}" if again else ""
        domain = f"{latin(word)}-{latin(field)}{number_told.strip()}.example"
        company = self._made(
            at,
            owner,
            name=f"{word} {field}{number_told} {country.form}",
            inn=None,
            domain=domain,
            phones=self._abroad(country),
            emails=[_email("office", domain)],
            city=dice.choice(country.cities),
            industry=industry,
            tags=list(ENGLISH_TAGS[number % len(ENGLISH_TAGS)]),
            source=ENGLISH_SOURCES[number % len(ENGLISH_SOURCES)],
            about=dice.choice(names_companies.ENGLISH_ABOUT) if dice.chance(0.3) else None,
        )
        return company, country

    def person(
        self, owner: Colleague, at: datetime, company: Company | None, country: Country | None
    ) -> Person:
        dice, number = self._dice, self._people
        self._people += 1
        positions: tuple[str, ...] = names.POSITIONS
        if country is not None:
            first, last = dice.choice(names.ENGLISH_NAMES), dice.choice(names.ENGLISH_SURNAMES)
            name, positions = f"{first} {last}", names.ENGLISH_POSITIONS
        else:
            woman = dice.chance(0.48)
            last = names.surname(dice.choice(names.SURNAMES), woman=woman)
            first = dice.choice(names.WOMEN if woman else names.MEN)
            name = f"{first} {last}"
            if dice.chance(0.55):
                father = names.patronymic(dice.choice(names.FATHERS), woman=woman)
                name = f"{last} {first} {father}"
        mailbox = (
            f"{latin(first)}.{latin(last)}{number}"
            if company is None
            else (f"{latin(first)[0]}.{latin(last)}{number % 90 + 10}")
        )
        digits = scattered(number, 7)
        phones = self._abroad(country) if country else [_russian("944", digits)]
        domain = "mail.example" if company is None else str(company.domain)
        return Person(
            id=dice.id_at(at),
            name=name,
            position=dice.choice(positions) if company and dice.chance(0.9) else None,
            company_id=company.id if company else None,
            phones=phones if dice.chance(0.85) else [],
            emails=[_email(mailbox, domain)],
            city=company.city if company else dice.choices(CITIES, self._city_weights)[0].name,
            tags=list(PERSON_TAGS[number % len(PERSON_TAGS)]) if country is None else [],
            about=None,
            owner=owner,
            created_at=at,
            edits=self._edits(at, owner, position=dice.choice(positions)) if company else (),
        )

    def _made(self, at: datetime, owner: Colleague, **told: Any) -> Company:
        about = names_companies.ABOUT if told["inn"] else names_companies.ENGLISH_ABOUT
        edits = self._edits(at, owner, about=self._dice.choice(about))
        group = self._group(owner, at) if told.get("kpp") else None
        made = Company(
            id=self._dice.id_at(at),
            **told,
            parent_id=group,
            owner=owner,
            created_at=at,
            edits=edits,
        )
        if told.get("kpp") and group is None:
            self._groups[owner.id] = made
        return made

    def _group(self, owner: Colleague, at: datetime) -> UUID | None:
        """Sometimes it belongs to a company that its owner has known before."""
        group = self._groups.get(owner.id)
        belongs = group is not None and group.created_at < at and self._companies % 5 == 1
        return group.id if group and belongs else None

    def _edits(self, at: datetime, owner: Colleague, **fields: str) -> tuple[Edit, ...]:
        """Sometimes something is learnt later."""
        if not self._dice.chance(0.12):
            return ()
        later = at_work(at + timedelta(days=self._dice.uniform(2, 200)), self._dice)
        return (Edit(later, owner, fields),) if later < self._until else ()

    def _abroad(self, country: Country) -> list[Reachable]:
        """A number of the country with an extension of its own."""
        number = self._numbers
        self._numbers += 1
        if country.phone is None:
            return []
        places = country.phone.count("#")
        stem = country.phone.rstrip("#") + scattered(number % 10**places, places)
        extension = number // 10**places + 100
        normal = "+" + "".join(filter(str.isdigit, stem))
        return [Reachable(typed=f"{stem} ext. {extension}", normal=f"{normal};ext={extension}")]


def _pair(
    number: int, words: tuple[str, ...], fields: tuple[tuple[str, str], ...]
) -> tuple[str, tuple[str, str], int]:
    """A word and a field that no smaller number has, and how often all pairs have been used."""
    again, place = divmod(number, len(words) * len(fields))
    place = place * _PAIR % (len(words) * len(fields))
    return words[place % len(words)], fields[place // len(words)], again


def _address(number: int, city: str) -> str:
    street = STREETS[number % len(STREETS)]
    return f"г. {city}, {street}, д. {number % 87 + 1}, офис {number % 311 + 1}"


def _russian(code: str, local: str) -> Reachable:
    typed = f"+7 ({code}) {local[:3]}-{local[3:5]}-{local[5:]}"
    return Reachable(typed=typed, normal=f"+7{code}{local}")


def _email(mailbox: str, domain: str) -> Reachable:
    return Reachable(typed=f"{mailbox}@{domain}", normal=f"{mailbox}@{domain}")
