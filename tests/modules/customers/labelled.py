"""A labelled set of duplicates: records, how the same ones are told a second time, and others that
only look alike. Made by chance from a seed, the same each time; `docs/duplicates.md` describes it.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from gausdo.demo import names, names_companies

CITIES = ("Москва", "Казань", "Тверь", "Пермь", "Омск", "Уфа", "Орёл", "Самара", "Сочи", "Псков")
FORMS = ("ООО", "АО", "ЗАО", "ПАО")
ENGLISH_FORMS = ("Ltd", "LLC", "Inc", "GmbH")
_LATIN = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)),
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "yu",
    "я": "ya",
    "ё": "e",
    "ъ": "",
    "ь": "",
}
Record = dict[str, Any]


@dataclass(frozen=True)
class Labelled:
    """`told` a second time is record number `of`, or, with None, a record of its own."""

    told: Record
    of: int | None
    how: str


@dataclass(frozen=True)
class Set:
    records: list[Record]
    told: list[Labelled]


def in_latin(text: str) -> str:
    return "".join(
        latin.capitalize() if letter.isupper() else latin
        for letter in text
        for latin in [_LATIN.get(letter.lower(), letter.lower())]
    )


def slip(chance: random.Random, text: str) -> str:
    """A letter left out, typed twice, swapped with the next or missed, not among the first two."""
    at = chance.randrange(2, max(3, len(text) - 1))
    if not text[at : at + 1].isalpha():
        at = 1
    return chance.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :],
            text[:at]
            + chance.choice("аеиоу" if text[at].lower() > "z" else "aeiou")
            + text[at + 1 :],
        )
    )


def companies(seed: int = 1, count: int = 60) -> Set:
    chance = random.Random(seed)
    russian = [
        f"{word} {kind}" if chance.random() < 0.5 else word
        for word, (kind, _) in product(names_companies.WORDS, names_companies.FIELDS[:2])
    ]
    english = [
        f"{word} {kind}"
        for word, (kind, _) in product(
            names_companies.ENGLISH_WORDS, names_companies.ENGLISH_FIELDS[:2]
        )
    ]
    chosen = chance.sample([*dict.fromkeys(russian)], count * 2 // 3)
    chosen += chance.sample(english, count - len(chosen))
    records = [_company(chance, number, name) for number, name in enumerate(chosen)]
    told = [one for number, record in enumerate(records) for one in _again(chance, number, record)]
    return Set(records, told)


def _company(chance: random.Random, number: int, name: str) -> Record:
    forms = FORMS if name[0] > "z" else ENGLISH_FORMS
    form = chance.choice(forms)
    return {
        "name": f"{form} «{name}»" if forms is FORMS else f"{name} {form}",
        "city": chance.choice(CITIES),
        "domain": f"firm{number}.example",
        "phones": [f"+7 495 {200 + number}-10-01"],
        "emails": [f"info@firm{number}.example"],
        "inn": inn(number),
    }


def inn(number: int) -> str:
    """An INN of 10 digits whose check digit is right."""
    nine = f"77{number:07d}"
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    check = sum(int(digit) * weight for digit, weight in zip(nine, weights, strict=True))
    return f"{nine}{check % 11 % 10}"


def bare(name: str) -> str:
    """A company's name without its form."""
    words = name.replace("«", "").replace("»", "").split()
    return " ".join(word for word in words if word not in (*FORMS, *ENGLISH_FORMS))


def _again(chance: random.Random, number: int, record: Record) -> Iterator[Labelled]:
    name, city = bare(record["name"]), record["city"]
    ways: dict[str, Callable[[], str]] = {
        "another legal form": lambda: f"{name}, {chance.choice((*FORMS, *ENGLISH_FORMS))}",
        "the other alphabet": lambda: f"{in_latin(name)} Ltd" if name[0] > "z" else name.upper(),
        "ё and е, case, quotes": lambda: f'ооо "{name.replace("ё", "е").lower()}"',
        "a slip of the pen": lambda: slip(chance, name),
        "words in another order": lambda: " ".join(reversed(name.split())),
    }
    how = list(ways)[number % len(ways)]
    fresh = {"name": ways[how](), "phones": [f"+7 812 {300 + number}-00-02"]}
    yield Labelled({**fresh, "city": city}, number, f"{how}, the same city")
    evidence = {
        "its domain": {"emails": [f"sales@{record['domain']}"]},
        "its phone": {"phones": [record["phones"][0].replace("+7", "8").replace("-", " ")]},
        "its INN": {"inn": record["inn"], "name": f"Филиал {number}"},
    }
    what = list(evidence)[number % len(evidence)]
    yield Labelled({**fresh, **evidence[what]}, number, what)
    elsewhere = CITIES[(CITIES.index(city) + 3) % len(CITIES)]
    yield Labelled({"name": name, "city": elsewhere, "inn": inn(5000 + number)}, None, "a namesake")
    brand = name.split()[0]
    yield Labelled({"name": f"{brand} Партнёр", "city": city}, None, "the same first word")


def people(seed: int = 1, count: int = 60) -> Set:
    chance = random.Random(seed)
    records = []
    for number in range(count):
        if number % 4 == 3:
            name = f"{chance.choice(names.ENGLISH_NAMES)} {chance.choice(names.ENGLISH_SURNAMES)}"
        else:
            surname, given = chance.choice(names.SURNAMES), chance.choice(names.MEN)
            name = f"{surname} {given} {chance.choice(names.FATHERS)}ич"
        records.append(
            {
                "name": name,
                "city": chance.choice(CITIES),
                "phones": [f"+7 916 {number:03d}-10-01"],
                "emails": [f"person{number}@people{number}.example"],
            }
        )
    told = [one for number, record in enumerate(records) for one in _met(chance, number, record)]
    return Set(records, told)


SHORT = {"Александр": "Саша", "Дмитрий": "Дима", "Сергей": "Серёжа", "Михаил": "Миша"}


def _met(chance: random.Random, number: int, record: Record) -> Iterator[Labelled]:
    name, city = record["name"], record["city"]
    words = name.split()
    short = [SHORT.get(word, word) for word in words[:2]]
    ways: dict[str, Callable[[], str]] = {
        "no patronymic": lambda: " ".join(words[:2]),
        "the other alphabet": lambda: in_latin(" ".join(reversed(words[:2]))),
        "a slip of the pen": lambda: " ".join([slip(chance, words[0]), *words[1:]]),
        "an initial": lambda: f"{words[0]} {words[1][0]}.",
        "ё and е, another order": lambda: " ".join(reversed(words)).replace("ё", "е"),
        "a short name": lambda: " ".join(short),
    }
    how = list(ways)[number % len(ways)]
    again = ways[how]()
    yield Labelled(
        {"name": again, "phones": [record["phones"][0].replace("+7", "8")]}, number, f"{how}, phone"
    )
    mail = record["emails"][0].replace("person", "Person")
    yield Labelled({"name": again, "emails": [mail]}, number, f"{how}, e-mail")
    domain = record["emails"][0].partition("@")[2]
    yield Labelled({"name": again, "emails": [f"new@{domain}"]}, number, f"{how}, domain")
    shared = {"phones": record["phones"], "city": city}
    other = chance.choice([one for one in names.WOMEN if one[0] != words[1][0]])
    yield Labelled({"name": f"{other} {words[0]}а", **shared}, None, "a relative's phone")
    yield Labelled({"name": f"Ян {number} Котельников", **shared}, None, "a colleague's phone")
    elsewhere = CITIES[(CITIES.index(city) + 3) % len(CITIES)]
    namesake = " ".join(words[:2])
    yield Labelled({"name": namesake, "city": elsewhere}, None, "a namesake of two words")
