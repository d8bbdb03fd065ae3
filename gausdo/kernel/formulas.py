"""Formulas of fields that are worked out: a small language of expressions.

    if(custom.discount > 0, worth * (1 - custom.discount / 100), worth)

A formula is read once, when the field is defined, into a tree whose types fit together; what is
kept beside the field is the tree, in JSON, and PostgreSQL works it out (`custom_value` of each
schema). Nothing of it is ever run as code. Every expression has a value or is empty: what is worked
out of nothing is empty, as are a division by zero and a sum of two currencies. A comparison is true
or false, and false where a side is empty, but for `!=`.
"""

from collections.abc import Mapping

from gausdo.kernel.formula_reading import (
    BOOL,
    DATE,
    DAY,
    LIST,
    MONEY,
    NONE,
    NUMBER,
    RESULTS,
    TEXT,
    TIME,
    Formula,
    Function,
    Make,
    Part,
    Reader,
    Source,
    Wrong,
    demand_type,
    not_together,
)

__all__ = [
    "BOOL",
    "DATE",
    "LIST",
    "MONEY",
    "NUMBER",
    "TEXT",
    "TIME",
    "Formula",
    "Source",
    "Wrong",
    "formula",
]


def formula(text: str, sources: Mapping[str, Source], zone: str) -> Formula:
    """Raises Wrong. `zone` is where the days of times begin."""
    reader = Reader(text, sources, zone, FUNCTIONS)
    part = reader.whole()
    if part.type not in RESULTS:
        raise Wrong("kind", part.at, "A formula gives a number, a sum, a date, a text, yes or no.")
    return Formula(part.type, part.tree, frozenset(reader.uses))


def _same(reader: Reader, at: int, parts: list[Part]) -> tuple[str, list[Part]]:
    """The type they have in common; what is empty has any."""
    known = next((part for part in parts if part.type != NONE and part.told is None), parts[0])
    parts = [reader.alike(part, known) for part in parts]
    types = {part.type for part in parts} - {NONE}
    if len(types) > 1 or LIST in types:
        raise not_together(at)
    return (types.pop() if types else NONE), parts


def _if(reader: Reader, at: int, parts: list[Part]) -> Part:
    type, (yes, no) = _same(reader, at, parts[1:])
    made = reader.made(type, at, "if", demand_type(parts[0], BOOL), yes, no)
    return Part(made.type, made.tree, at, yes.options or no.options)


def _first(reader: Reader, at: int, parts: list[Part]) -> Part:
    type, parts = _same(reader, at, parts)
    return reader.made(type, at, "first", *parts)


def _extreme(op: str) -> Make:
    def make(reader: Reader, at: int, parts: list[Part]) -> Part:
        type, parts = _same(reader, at, parts)
        if type not in {NUMBER, MONEY, DATE}:
            raise not_together(at)
        return reader.made(type, at, op, *parts, **{"as": type})

    return make


def _round(reader: Reader, at: int, parts: list[Part]) -> Part:
    one = demand_type(parts[0], NUMBER, MONEY)
    places = demand_type(parts[1], NUMBER) if len(parts) > 1 else reader.number("0", at)
    return reader.made(one.type, at, "round", one, places, **{"as": one.type})


def _of_number(op: str) -> Make:
    def make(reader: Reader, at: int, parts: list[Part]) -> Part:
        one = demand_type(parts[0], NUMBER, MONEY)
        return reader.made(one.type, at, op, one, **{"as": one.type})

    return make


def _of(op: str, gives: str, *takes: str) -> Make:
    """A function of values of certain types."""

    def make(reader: Reader, at: int, parts: list[Part]) -> Part:
        parts = [
            reader.day(part.told, part.at)
            if type == DATE and part.told is not None and DAY.fullmatch(part.told)
            else part
            for part, type in zip(parts, takes, strict=False)
        ]
        for part, type in zip(parts, takes, strict=False):
            demand_type(part, type)
        return reader.made(gives, at, op, *parts)

    return make


def _concat(reader: Reader, at: int, parts: list[Part]) -> Part:
    return reader.made(TEXT, at, "concat", *(reader.worded(part) for part in parts))


def _empty(reader: Reader, at: int, parts: list[Part]) -> Part:
    return reader.made(BOOL, at, "empty", parts[0])


def _has(reader: Reader, at: int, parts: list[Part]) -> Part:
    return reader.made(
        BOOL, at, "has", demand_type(parts[0], LIST), reader.alike(parts[1], parts[0])
    )


def _day_of(reader: Reader, at: int, parts: list[Part]) -> Part:
    [one] = parts
    if one.told is not None:
        return reader.day(one.told, one.at)
    return reader.made(DATE, at, "day_of", demand_type(one, TIME), zone=reader.zone)


MANY = 20
FUNCTIONS: Mapping[str, Function] = {
    "if": (3, 3, _if),
    "coalesce": (1, MANY, _first),
    "min": (1, MANY, _extreme("min")),
    "max": (1, MANY, _extreme("max")),
    "round": (1, 2, _round),
    "floor": (1, 1, _of_number("floor")),
    "ceil": (1, 1, _of_number("ceil")),
    "abs": (1, 1, _of_number("abs")),
    "concat": (1, MANY, _concat),
    "upper": (1, 1, _of("upper", TEXT, TEXT)),
    "lower": (1, 1, _of("lower", TEXT, TEXT)),
    "trim": (1, 1, _of("trim", TEXT, TEXT)),
    "length": (1, 1, _of("length", NUMBER, TEXT)),
    "contains": (2, 2, _of("contains", BOOL, TEXT, TEXT)),
    "empty": (1, 1, _empty),
    "has": (2, 2, _has),
    "date": (1, 1, _day_of),
    "days": (2, 2, _of("days", NUMBER, DATE, DATE)),
    "year": (1, 1, _of("year", NUMBER, DATE)),
    "month": (1, 1, _of("month", NUMBER, DATE)),
    "day": (1, 1, _of("day", NUMBER, DATE)),
    "addmonths": (2, 2, _of("months", DATE, DATE, NUMBER)),
    "amount": (1, 1, _of("amount", NUMBER, MONEY)),
    "currency": (1, 1, _of("currency", TEXT, MONEY)),
    "money": (2, 2, _of("money", MONEY, NUMBER, TEXT)),
}
