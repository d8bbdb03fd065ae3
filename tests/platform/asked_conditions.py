"""Rows and conditions that are hard to agree on: what may be stored, and all that may be asked.

Times stand around the midnights of awkward zones, texts in letters whose case is not simple.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from gausdo.kernel.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Context,
    Field,
    Fields,
    FieldType,
    Leaf,
    Not,
    Op,
)
from gausdo.kernel.operators import OPERATORS, RELATIVE, midnight

FIELDS = Fields(
    "record",
    Field(name="name", type=FieldType.TEXT),
    Field(name="note", type=FieldType.TEXT),
    Field(name="score", type=FieldType.NUMBER),
    Field(name="count", type=FieldType.NUMBER),
    Field(name="amount", type=FieldType.MONEY),
    Field(name="vip", type=FieldType.BOOL),
    Field(name="born", type=FieldType.DATE),
    Field(name="seen_at", type=FieldType.TIME),
    Field(name="kind", type=FieldType.CHOICE),
    Field(name="tags", type=FieldType.CHOICES),
    Field(name="company_id", type=FieldType.ID),
    Field(name="owner_id", type=FieldType.PERSON),
)

PEOPLE = tuple(UUID(int=(0x0197 << 112) + n) for n in range(3))
KEYS = ("new", "won", "Новый", "a,b", "it's", "{p0:String}")
ZONES = (
    "UTC",
    "Europe/Moscow",
    "America/New_York",
    "Asia/Kathmandu",  # +05:45
    "Africa/Cairo",  # clocks jump over midnight
    "America/Havana",  # midnight comes twice
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Pacific/Apia",  # 2011-12-30 never was
    "Pacific/Kiritimati",  # +14:00
)
MOMENTS = (
    (datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC), "America/New_York"),  # before clocks change
    (datetime(2026, 4, 23, 22, 0, tzinfo=UTC), "Africa/Cairo"),  # at the jump
    (datetime(2026, 11, 1, 4, 30, tzinfo=UTC), "America/Havana"),  # between the two midnights
    (datetime(2011, 12, 30, 9, 59, tzinfo=UTC), "Pacific/Apia"),  # a minute before the lost day
    (datetime(2026, 4, 4, 15, 0, tzinfo=UTC), "Australia/Lord_Howe"),
    (datetime(2024, 2, 29, 12, 0, tzinfo=UTC), "UTC"),
    (datetime(2025, 12, 31, 21, 30, tzinfo=UTC), "Europe/Moscow"),  # already the new year
)
MICROSECOND = timedelta(microseconds=1)

TEXTS = (
    *(
        "Иванов Пётр",
        "ПЁТР",
        "петр",
        "Ёж",
        "й",
        "и\u0306",
        "  ",
        "NULL",
        "\\N",
        "100%",
        "a_b",
        "a\\b",
    ),
    *("ΟΔΥΣΣΕΥΣ", "οδυσσευς", "Σ", "İstanbul", "istanbul", "I", "ı", "Straße", "ẞ", "ss", "ǅ"),
    *("O'Brien", "a\\b", '"q"', "{p0:String}", "a\nb", "\t", "日本", "👩‍💻", "x" * 1000),
)
NUMBERS = tuple(
    Decimal(n) for n in ("0", "-0.5", "1", "1.5", "2", "1.000001", "9999999999999999", "-3")
)
SUMS = tuple(Decimal(n) for n in ("0", "0.01", "-0.01", "1000.00", "9999999999999999.99"))


def days(context: Context) -> tuple[date, ...]:
    near = (-366, -365, -92, -60, -31, -29, *range(-9, 10), 28, 31, 62, 90, 365)
    return (
        date(1901, 1, 1),
        date(2199, 12, 31),
        *(context.today + timedelta(days=n) for n in near),
    )


def times(context: Context) -> tuple[datetime, ...]:
    """Just before, at and after the midnights around today."""
    midnights = [midnight(day, context.time_zone) for day in days(context)]
    return tuple(
        at + off for at in midnights for off in (-MICROSECOND, 0 * MICROSECOND, MICROSECOND)
    )


def stored(field: Field, context: Context) -> tuple[Any, ...]:  # noqa: PLR0911 - one a type
    """What rows have in this field, empty ones last."""
    if field.name == "count":
        return (*range(-3, 4), 2**53, None)
    match field.type:
        case FieldType.TEXT:
            return (*TEXTS, "", None)
        case FieldType.NUMBER:
            return (*NUMBERS, Decimal("1.0000001"), None)
        case FieldType.MONEY:
            return (*SUMS, None)
        case FieldType.BOOL:
            return (True, False, None)
        case FieldType.DATE:
            return (*days(context), None)
        case FieldType.TIME:
            return (*times(context), None)
        case FieldType.CHOICE:
            return (*KEYS, "", None)
        case FieldType.CHOICES:
            return (*([one] for one in KEYS), list(KEYS[:2]), list(KEYS), [], None)
        case _:
            return (*PEOPLE, None)


def asked(field: Field, context: Context) -> tuple[Any, ...]:
    """What may be asked of this field."""
    match field.type:
        case FieldType.NUMBER:
            return NUMBERS
        case FieldType.CHOICES:
            return KEYS
        case FieldType.TIME:
            return (*times(context)[6:90:5], *days(context)[::3])
        case _:
            return tuple(one for one in stored(field, context) if one not in {None, ""})


def values(field: Field, op: Op, context: Context) -> Iterator[Any]:
    """The values to ask with: each of them, or lists of them."""
    some = asked(field, context)
    if op in {Op.LAST_N_DAYS, Op.NEXT_N_DAYS, Op.BEFORE_LAST_N_DAYS}:
        yield from (1, 2, 7, 31, 365)
    elif op in {*RELATIVE, Op.IS_EMPTY, Op.IS_NOT_EMPTY, Op.IS_ME}:
        yield None
    elif op in {Op.CONTAINS, Op.STARTS_WITH} and field.type is FieldType.TEXT:
        pieces = {piece for one in some for piece in (one[:2], one[-2:], one[1:3], one[:100])}
        cased = {case(one) for one in pieces for case in (str, str.upper, str.lower)}
        yield from sorted(cased - {""})
    elif op in {Op.IN, Op.NOT_IN}:
        yield from ([one, other] for one, other in pairwise(some))
    elif op is Op.BETWEEN:
        yield from (_ordered(one, other) for one, other in pairwise(some))
    else:
        yield from some


def _ordered(one: Any, other: Any) -> list[Any]:
    return sorted((one, other)) if type(one) is type(other) else [one, other]


def every_leaf(context: Context, *types: FieldType) -> Iterator[Condition]:
    """Every question to the fields of these types."""
    for field in FIELDS:
        if field.type in types:
            for op in OPERATORS[field.type]:
                for value in values(field, op, context):
                    yield Leaf(field=field.name, op=op, value=value)


def every_row(context: Context) -> list[dict[str, Any]]:
    """As few rows as have every stored value once."""
    columns = {field.name: stored(field, context) for field in FIELDS}
    return [
        {name: column[n % len(column)] for name, column in columns.items()}
        for n in range(max(map(len, columns.values())))
    ]


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    seconds = draw(st.integers(0, 3 * 366 * 86_400))
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    me = draw(st.none() | st.sampled_from(PEOPLE))
    return Context(now=now, time_zone=draw(st.sampled_from(ZONES)), actor_id=me)


def trees(context: Context) -> st.SearchStrategy[Condition]:
    """Conditions of up to eight levels."""
    leaves = list(every_leaf(context, *FieldType))
    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: st.one_of(
            st.builds(lambda nodes: AllOf(all=nodes), st.lists(inner, max_size=3)),
            st.builds(lambda nodes: AnyOf(any=nodes), st.lists(inner, max_size=3)),
            st.builds(lambda node: Not(not_=node), inner),
        ),
        max_leaves=8,
    ).filter(lambda node: depth(node) <= 8)


def depth(node: Condition) -> int:
    match node:
        case AllOf(all=nodes) | AnyOf(any=nodes):
            return 1 + max(map(depth, nodes), default=0)
        case Not(not_=inner):
            return 1 + depth(inner)
    return 1


@st.composite
def questions(draw: st.DrawFn) -> tuple[Context, list[dict[str, Any]], list[Condition]]:
    context = draw(contexts())
    row = st.fixed_dictionaries(
        {field.name: st.sampled_from(stored(field, context)) for field in FIELDS}
    )
    rows = draw(st.lists(row, min_size=10, max_size=20))
    return context, rows, draw(st.lists(trees(context), min_size=10, max_size=20))
