"""How people spell values: numbers, sums, days, times, yes and no."""

import re
from datetime import date, datetime, time
from decimal import Context, Decimal
from zoneinfo import ZoneInfo

_CURRENCIES = {
    "RUB": "rub rur руб руб. рубли рублей р р. ₽",
    "USD": "usd $ долл долл. доллар доллары долларов",
    "EUR": "eur € евро",
    "KZT": "kzt ₸ тенге",
    "BYN": "byn бел.руб",
    "CNY": "cny ¥ юань юани юаней",
}
_CURRENCY = {word: code for code, words in _CURRENCIES.items() for word in words.split()}
_GAPS = re.compile(r"[\s'’\u00a0\u2009\u202f]+")
_AMOUNT = re.compile(r"([^\d+-]*)([+-]?\d[\d.,]{0,40})(\D*)")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*")
_WHOLE = re.compile(rf"[+-]?\d+|{_THOUSANDS.pattern}")
_FIGURE = re.compile(r"[0-9]{1,9}")
_TOO_MUCH = Decimal(10**16)
_WIDE = Context(prec=60)
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})")
_YES = frozenset("да yes true 1 + истина y д".split())  # noqa: SIM905 - as people write it
_NO = frozenset("нет no false 0 - ложь n н".split())  # noqa: SIM905 - the same
_MOMENT = re.compile(r"(\S+)[ T]([0-2]?\d:[0-5]\d(?::[0-5]\d)?)")


class Misspelt(ValueError):
    """What is wrong with how something is written, by code and in a sentence."""

    def __init__(self, code: str, told: str, sentence: str) -> None:
        super().__init__(f"“{told}” {sentence}")
        self.code, self.told = code, told


def several(told: str) -> list[str]:
    """Telephones, addresses or links written into one cell."""
    return [part for part in (part.strip() for part in re.split(r"[;,\n]", told)) if part]


def whole(told: str) -> int:
    """`1 200` → 1200. Raises Misspelt."""
    number = _GAPS.sub("", told)
    if not _FIGURE.fullmatch(number):
        raise Misspelt("whole-number", told, "is not a whole number. Write it like 120.")
    return int(number)


def number(told: str) -> str:
    """`1 234,5` → 1234.5, as text. Raises Misspelt."""
    plain = _GAPS.sub("", told).replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,20})?", plain):
        raise Misspelt("number", told, "is not a number. Write it like 1234,56.")
    return plain.removeprefix("+")


def currency(told: str) -> str:
    """`руб.`, `₽` and `RUB` are RUB. Raises Misspelt."""
    word = told.strip().casefold()
    if word in _CURRENCY:
        return _CURRENCY[word]
    if re.fullmatch(r"[a-z]{3}", word):
        return word.upper()
    raise Misspelt("currency", told, "is not a currency. Write its code, for instance RUB.")


def amount(told: str) -> tuple[Decimal, str | None]:
    """`1 234,56 ₽` → 1234.56 and RUB; the currency is None when not told. Raises Misspelt.

    Of points and commas the last one before one or two digits is the decimal one.
    """
    found = _AMOUNT.fullmatch(_GAPS.sub("", told))
    if found is None:
        raise Misspelt("number", told, "is not a number. Write it like 1234,56.")
    before, number, after = found.groups()
    number = number.rstrip(".,")
    if _THOUSANDS.fullmatch(number):
        number = re.sub(r"[.,]", "", number)
    else:
        whole, mark, rest = number.rpartition(max(".,", key=number.rfind))
        if mark and (mark in whole or not _WHOLE.fullmatch(whole)):
            raise Misspelt("number", told, "is not a number. Write it like 1234,56.")
        number = f"{re.sub('[.,]', '', whole)}.{rest}" if mark else number
    value, sign = Decimal(number), before or after
    if value != value.quantize(Decimal("0.01"), context=_WIDE) or abs(value) >= _TOO_MUCH:
        raise Misspelt(
            "digits", told, "has more digits than money has: 16 before, 2 after the point."
        )
    return value, currency(sign) if sign else None


def day(told: str) -> date:
    """`31.12.2026`, `31/12/26` or `2026-12-31`. Raises Misspelt."""
    bare = told.strip().partition(" ")[0].partition("T")[0]
    try:
        if found := _YEAR_FIRST.fullmatch(bare):
            return date(*(int(part) for part in found.groups()))
        if found := _DAY_FIRST.fullmatch(bare):
            number, month, year = (int(part) for part in found.groups())
            return date(year if year > 99 else 2000 + year, month, number)  # noqa: PLR2004 - of two digits, or whole
    except ValueError:
        pass
    raise Misspelt("date", told, "is not a date. Write it like 31.12.2026.")


def yes_or_no(told: str) -> bool:
    """`да`, `yes`, `+`. Raises Misspelt."""
    word = told.strip().casefold()
    if word not in _YES | _NO:
        raise Misspelt("yes-or-no", told, "is neither yes nor no.")
    return word in _YES


def moment(told: str, zone: ZoneInfo) -> datetime:
    """`31.12.2026 18:00`, on the clock of `zone` unless one is told. Raises Misspelt."""
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        if (found := _MOMENT.fullmatch(told)) is None:
            raise Misspelt(
                "moment", told, "is not a time. Write it like 31.12.2026 18:00."
            ) from None
        clock = time.fromisoformat(f"{found[2]:0>5}")
        at = datetime.combine(day(found[1]), clock)
    return at if at.tzinfo else at.replace(tzinfo=zone)
