"""How to reach someone, and who someone is, made comparable: one written form for each.

Every function takes what a person typed and raises ValueError with a sentence for that person.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import idna
import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import SecretStr

from gausdo.kernel.errors import FieldError, Invalid
from gausdo.kernel.fields import plain
from gausdo.modules.customers.links import link
from gausdo.modules.customers.reach_contract import WAYS, Reachable

REGION = "RU"
"""Where a phone without a country code is."""


def phone(typed: str) -> str:
    """E.164 (ITU-T), an extension as RFC 3966 writes it: `+74951234567;ext=12`.

    Only the length is checked against the country's plan: ranges are opened faster than a
    library learns of them.
    """
    if usual := _USUAL.fullmatch(typed.translate(_MARKS)):
        return f"+7{usual[1]}"
    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException:
        raise ValueError("This is not a phone number.") from None
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError("A phone number has the code of a city or operator: +7 495 123-45-67.")
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{normal};ext={number.extension}" if number.extension else normal


_MARKS = str.maketrans("", "", " ()-")
_USUAL = re.compile(r"(?:\+7|8)([349][0-9]{9})")
"""A number of this country, told as nearly all are: it can be read in one way only, and files have
thousands of them.
"""


def email(typed: str) -> str:
    """Lower case, the domain in ASCII (IDNA 2008); no question is asked of the network."""
    local, _, host = typed.rpartition("@")
    try:
        if len(typed) <= _SHORT and _LOCAL.fullmatch(local):
            return f"{local.lower()}@{_host(host)}"
        told = validate_email(typed, check_deliverability=False)
    except EmailNotValidError as wrong:
        raise ValueError(str(wrong)) from None
    return f"{told.local_part.lower()}@{told.ascii_domain}"


_SHORT = 64
"""No part of an address that is no longer than this is too long."""
_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*")
"""What stands before the `@` of nearly every address, and needs no second look."""


@lru_cache(10_000)
def _host(typed: str) -> str:
    """What stands after it, in ASCII; there are few that many have. Raises EmailNotValidError."""
    return validate_email(f"a@{typed}", check_deliverability=False).ascii_domain


def domain(typed: str) -> str:
    """The host of an address, without `www.`, as people read it: `ромашка.рф`."""
    try:
        host = urlsplit(typed if "//" in typed else f"//{typed}").hostname or ""
        told = idna.decode(idna.encode(host.removeprefix("www.").rstrip("."), uts46=True))
    except (ValueError, UnicodeError):
        told = ""
    if "." not in told:
        raise ValueError("A domain looks like example.ru.")
    return told


_TENTH = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ELEVENTH = (7, *_TENTH)
_TWELFTH = (3, *_ELEVENTH)
_CHECKS = {10: (_TENTH,), 12: (_ELEVENTH, _TWELFTH)}


def inn(typed: str) -> str:
    """An INN whose check digits are right: the last of 10, the last two of 12.

    A check digit is the weighted sum of the digits before it, modulo 11, modulo 10; weights as
    the Federal Tax Service publishes them (Wikipedia: «Идентификационный номер
    налогоплательщика», section «Вычисление контрольных цифр»).
    """
    digits = [int(digit) for digit in typed]
    checks = _CHECKS.get(len(digits), ())
    if (
        not checks
        or not any(digits)
        or any(digits[len(weights)] != _check(digits, weights) for weights in checks)
    ):
        raise ValueError("The check digits of this INN are wrong. Look for a slip.")
    return typed


def _check(digits: list[int], weights: tuple[int, ...]) -> int:
    pairs = zip(digits, weights, strict=False)
    return sum(digit * weight for digit, weight in pairs) % 11 % 10


def kpp(typed: str) -> str:
    """Why a company stands in the tax register, in upper case: 4 digits of the tax office, 2 digits
    or letters of the reason, 3 digits (Federal Tax Service, order ММВ-7-6/435@ of 29.06.2012).
    """
    normal = "".join(typed.split()).upper()
    if not _KPP.fullmatch(normal):
        raise ValueError("A KPP has 9 characters: 770701001.")
    return normal


_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")


def ogrn(typed: str) -> str:
    """An OGRN of 13 digits, or the 15 of a sole trader, whose check digit is right.

    It is the last digit of the remainder of the number before it by 11, of a sole trader by 13
    (Ministry of Finance, order 165n of 30.10.2017).
    """
    normal = "".join(typed.split())
    divisor = _DIVISORS.get(len(normal))
    if divisor is None or not _DIGITS.fullmatch(normal):
        raise ValueError("An OGRN has 13 digits, of a sole trader 15.")
    if not normal.strip("0") or int(normal[:-1]) % divisor % 10 != int(normal[-1]):
        raise ValueError("The check digit of this OGRN is wrong. Look for a slip.")
    return normal


_DIVISORS = {13: 11, 15: 13}
_DIGITS = re.compile(r"[0-9]+")


def tags(typed: Iterable[str]) -> list[str]:
    """Each once, in lower case, with single spaces."""
    return list(dict.fromkeys(plain(one) for one in typed))


def document(typed: str) -> str:
    """The letters and digits of an identity document's number, in upper case."""
    normal = "".join(_WORD.findall(unicodedata.normalize("NFKC", typed))).upper()
    if not _NUMBER.fullmatch(typed) or len(normal) < SHORTEST:
        raise ValueError("The number of a document has letters and digits: 45 09 123456.")
    return normal


_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[\w №#./()-]+")
SHORTEST = 3
"""Letters and digits of a document's number at least."""

_NORMAL: dict[str, Callable[[str], str]] = {
    "phones": phone,
    "emails": email,
    "links": lambda typed: link(typed, phone),
    "domain": domain,
    "inn": inn,
    "kpp": kpp,
    "ogrn": ogrn,
    "document": document,
}
_LISTS = frozenset({"tags", *WAYS})
_NEEDED = {"name": "A name is needed.", "owner_id": "Somebody has to own it."}


def comparable(told: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Fields as they are kept: phones, e-mails and links as lists of `Reachable`, each once;
    what is to be sealed as it was typed.

    Raises Invalid with every field that is wrong, `phones.0` for the first phone.
    """
    kept: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in told:
        if not value and name not in _NEEDED:
            kept[name] = [] if name in _LISTS else None if name in _NORMAL else value
        elif value is None:
            errors.append(FieldError(field=name, code="missing", message=_NEEDED[name]))
        elif name == "tags":
            kept[name] = tags(value)
        elif name in WAYS:
            kept[name] = _reachables(name, value, errors)
        elif isinstance(value, SecretStr):
            typed = value.get_secret_value().strip()
            kept[name] = typed if typed and _normal(name, name, typed, errors) else None
        elif name in _NORMAL:
            kept[name] = _normal(name, name, value, errors)
        else:
            kept[name] = value
    if errors:
        names = ", ".join(error.field for error in errors)
        raise Invalid(f"Check these fields: {names}. {errors[0].message}", errors=errors)
    return kept


def understood(told: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The same of what is being typed: what is not right, or not whole yet, is left out."""
    kept: dict[str, Any] = {}
    for name, value in told:
        errors: list[FieldError] = []
        if name in WAYS:
            kept[name] = _reachables(name, value, errors)
        elif name in _NORMAL and value:
            kept[name] = _normal(name, name, value, errors)
        else:
            kept[name] = value or None
    return kept


def _reachables(name: str, typed: list[str], errors: list[FieldError]) -> list[Reachable]:
    each: dict[str, Reachable] = {}
    for place, one in enumerate(typed):
        if normal := _normal(name, f"{name}.{place}", one, errors):
            each.setdefault(normal, Reachable(typed=one, normal=normal))
    return list(each.values())


def _normal(name: str, path: str, typed: str, errors: list[FieldError]) -> str | None:
    try:
        return _NORMAL[name](typed)
    except ValueError as wrong:
        code = name.removesuffix("s")
        errors.append(FieldError(field=path, code=code, message=str(wrong)))
        return None


_FORMS = frozenset(
    "ооо зао оао ао пао нко ано гк тд ип чп llc ltd inc gmbh corp plc co".split()  # noqa: SIM905
)


def alike(one: str, other: str) -> bool:
    """Whether two names are likely one: the same words in any order, legal forms aside, or two
    and more of them that are all of the shorter name.
    """
    shorter, longer = sorted((_name_words(one), _name_words(other)), key=len)
    return shorter == longer or (len(shorter) > 1 and shorter <= longer)


def _name_words(name: str) -> frozenset[str]:
    words = frozenset(_WORD.findall(name.lower().replace("ё", "е")))
    return words - _FORMS or words
