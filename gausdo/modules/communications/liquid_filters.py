"""What a template may do with a value: few filters, each bounded, written as people write here."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from liquid import Environment, soft_str
from liquid.builtin.filters.misc import default, size
from liquid.builtin.filters.string import (
    append,
    capitalize,
    downcase,
    escape,
    newline_to_br,
    prepend,
    strip,
    truncate,
    upcase,
)
from liquid.exceptions import FilterArgumentError
from liquid.filter import with_environment

LONGEST = 20_000
"""Characters of any value a filter makes."""
_DIGITS = 30
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "GBP": "£", "CNY": "¥"}
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - reads better
_GAP = "\N{NO-BREAK SPACE}"


def _refused(message: str) -> FilterArgumentError:
    return FilterArgumentError(message, token=None)


def _number(value: object) -> Decimal:
    told = str(value)
    try:
        number = Decimal(told if len(told) <= _DIGITS else "")
    except InvalidOperation:
        raise _refused(f"“{told[:_DIGITS]}” is not a number") from None
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        raise _refused(f"“{told}” is out of bounds")
    return number


def _plain(number: Decimal) -> str:
    """As people write it: no exponent, no zeros at the end."""
    told = format(number, "f")
    return (told.rstrip("0").rstrip(".") if "." in told else told) or "0"


def _plus(value: object, other: object) -> str:
    return _plain(_number(value) + _number(other))


def _minus(value: object, other: object) -> str:
    return _plain(_number(value) - _number(other))


def _times(value: object, other: object) -> str:
    return _plain(_number(value) * _number(other))


def _divided_by(value: object, other: object) -> str:
    divisor = _number(other)
    if not divisor:
        raise _refused("nothing can be divided by 0")
    return _plain(round(_number(value) / divisor, 6))


def _round(value: object, places: object = 0) -> str:
    return _plain(round(_number(value), max(0, min(int(_number(places)), 6))))


def _replace(value: object, old: object, new: object = "") -> str:
    text, before, after = (soft_str(part) for part in (value, old, new))
    if len(text) + text.count(before) * len(after) > LONGEST:
        raise _refused(f"makes more than {LONGEST} characters")
    return text.replace(before, after)


@with_environment
def _money(value: object, currency: object = "", *, environment: Environment) -> str:
    """`1500000.5` → «1 500 000,50 ₽» or “1,500,000.50 RUB”, after the template's language."""
    if not str(value or ""):
        return ""
    number, code = _number(value), str(currency or "")
    told = f"{number:,.2f}".removesuffix(".00")
    if environment.globals["_locale"] == "ru":
        told = told.replace(",", _GAP).replace(".", ",")
        code = _SIGNS.get(code, code)
    return f"{told}{_GAP}{code}" if code else told


@with_environment
def _date(value: object, *, environment: Environment) -> str:
    """`2026-12-31` → «31.12.2026» or “31 Dec 2026”."""
    told = str(value or "")
    if not told:
        return ""
    try:
        day = datetime.fromisoformat(told) if "T" in told else date.fromisoformat(told)
    except ValueError:
        raise _refused(f"“{told[:_DIGITS]}” is not a date") from None
    if environment.globals["_locale"] == "ru":
        return f"{day:%d.%m.%Y}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "append": append,
    "capitalize": capitalize,
    "date": _date,
    "default": default,
    "divided_by": _divided_by,
    "downcase": downcase,
    "escape": escape,
    "minus": _minus,
    "money": _money,
    "newline_to_br": newline_to_br,
    "plus": _plus,
    "prepend": prepend,
    "replace": _replace,
    "round": _round,
    "size": size,
    "strip": strip,
    "times": _times,
    "truncate": truncate,
    "upcase": upcase,
}
