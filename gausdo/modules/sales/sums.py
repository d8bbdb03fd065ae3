"""What the lines of a deal come to; the same formula as `web/src/features/products/sums.ts`.

All in minor units (two decimals), rounded half up, in this order:

1. a line's sum is quantity x price, rounded;
2. its discount, a percentage of that (rounded) or an amount, is taken off;
3. the discount on the whole, a percentage of the sum of all lines (rounded) or an amount, is spread
   over them: a line bears what the discount on it and all before it comes to, rounded, less what
   those before it bear. So the parts are the whole to the last kopeck;
4. VAT of each line is rounded by itself: `sum x rate / (100 + rate)` where prices include it,
   `sum x rate / 100` where it is on top;
5. totals, and VAT per rate, are sums of the lines' own numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from gausdo.kernel.errors import invalid

LIMIT = Decimal("1e16")
"""A sum is less than this: so it fits into a sum of a deal."""
_CENT = Decimal("0.01")
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Priced:
    """A line as it is counted; of the two discounts at most one is told."""

    quantity: Decimal
    price: Decimal
    percent: Decimal | None = None
    off: Decimal | None = None
    rate: Decimal | None = None  # VAT in percent; None: without VAT


@dataclass(frozen=True)
class LineSum:
    """`sum` is after all discounts, as prices are told; `payable` has VAT in it."""

    sum: Decimal
    vat: Decimal
    payable: Decimal


@dataclass(frozen=True)
class Sums:
    """`before`: without any discount; `discount`: all of them; `vat`: per rate, lowest first."""

    lines: tuple[LineSum, ...]
    before: Decimal
    discount: Decimal
    vat: tuple[tuple[Decimal, Decimal], ...]
    payable: Decimal


def count(
    lines: Sequence[Priced],
    *,
    with_vat: bool,
    percent: Decimal | None = None,
    off: Decimal | None = None,
) -> Sums:
    """Raises Invalid for a discount that is more than what it is taken off, and for too much."""
    with localcontext(_EXACT):
        before = [_round(line.quantity * line.price) for line in lines]
        own = [_discounted(number, line, before[number]) for number, line in enumerate(lines)]
        whole = sum(own, NOTHING)
        if off is not None and off > whole:
            raise invalid("discount", "too-much", "The discount is more than the sum of the lines.")
        bears = _round(whole * percent / 100) if percent is not None else (off or NOTHING)
        told, upto, borne = [], NOTHING, NOTHING
        for line, one in zip(lines, own, strict=True):
            upto += one
            share = (_round(bears * upto / whole) if whole else NOTHING) - borne
            borne += share
            told.append(_line(one - share, line.rate, with_vat))
        payable = sum((line.payable for line in told), NOTHING)
        if max(payable, sum(before, NOTHING)) >= LIMIT:
            raise invalid("lines", "too-much", "The lines come to more than a deal can be worth.")
        rates: dict[Decimal, Decimal] = {}
        for line, one_told in zip(lines, told, strict=True):
            if line.rate is not None:
                rates[line.rate] = rates.get(line.rate, NOTHING) + one_told.vat
        first = sum(before, NOTHING)
        return Sums(
            lines=tuple(told),
            before=first,
            discount=first - whole + bears,
            vat=tuple(sorted(rates.items())),
            payable=payable,
        )


def _discounted(number: int, line: Priced, before: Decimal) -> Decimal:
    if line.percent is not None:
        return before - _round(before * line.percent / 100)
    if line.off is not None and line.off > before:
        told = "The discount is more than the line itself."
        raise invalid(f"lines.{number}.discount", "too-much", told)
    return before - (line.off or NOTHING)


def _line(told: Decimal, rate: Decimal | None, with_vat: bool) -> LineSum:
    if rate is None:
        return LineSum(told, NOTHING, told)
    if with_vat:
        return LineSum(told, _round(told * rate / (100 + rate)), told)
    vat = _round(told * rate / 100)
    return LineSum(told, vat, told + vat)


def _round(exact: Decimal) -> Decimal:
    return exact.quantize(_CENT)
