"""What a condition means."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
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
    predicate,
)
from gausdo.kernel.operators import midnight
from gausdo.kernel.values import Draft

IVAN = UUID("0197c0de-0000-7000-8000-000000000001")
OLGA = UUID("0197c0de-0000-7000-8000-000000000002")
DEAL = Fields(
    "deal",
    Field(name="title", type=FieldType.TEXT),
    Field(name="probability", type=FieldType.NUMBER),
    Field(name="amount", type=FieldType.MONEY),
    Field(name="urgent", type=FieldType.BOOL),
    Field(name="expected_on", type=FieldType.DATE),
    Field(name="closed_at", type=FieldType.TIME),
    Field(name="kind", type=FieldType.CHOICE, options=("open", "won", "lost")),
    Field(name="labels", type=FieldType.CHOICES),
    Field(name="tags", type=FieldType.CHOICES, folded=True),
    Field(name="stage_id", type=FieldType.ID),
    Field(name="owner_id", type=FieldType.PERSON),
)
FRIDAY = Context(now=datetime(2026, 3, 13, 9, 0, tzinfo=UTC), time_zone="Europe/Moscow")


def holds(field: str, op: str, value: object, of: object, context: Context = FRIDAY) -> bool:
    """Whether a deal whose `field` is `of` fulfils the question."""
    asked = Leaf.model_validate({"field": field, "op": op, "value": value})
    return predicate(asked, DEAL)({field: of}, context)


@pytest.mark.parametrize(
    ("field", "op", "value", "yes", "no"),
    [
        ("title", "eq", "Поставка", ["Поставка"], ["поставка", "Поставка ", "", None]),
        ("title", "ne", "Поставка", ["поставка", "", None], ["Поставка"]),
        ("title", "in", ["a", "b"], ["a", "b"], ["c", "A", "", None]),
        ("title", "not_in", ["a", "b"], ["c", "", None], ["a", "b"]),
        ("title", "contains", "ЁЛКИ", ["ёлки", "под Ёлкиным"], ["елки", "", None]),
        ("title", "contains", "100%", ["на 100% готово"], ["1000", "100"]),
        ("title", "contains", "a_b", ["A_B"], ["axb"]),
        ("title", "starts_with", "пОс", ["Поставка"], ["Не поставка", "", None]),
        ("title", "contains", "istanbul", ["İstanbul", "ISTANBUL"], ["ıstanbul"]),
        ("title", "contains", "STRASSE", ["strasse"], ["Straße"]),
        ("title", "contains", "ẞ", ["Straße"], ["Strasse"]),
        ("labels", "contains", "VIP", [["VIP"]], [["vip"], [], None]),
        ("tags", "contains", " VIP  one", [["vip one"]], [["VIP one"], ["vip"], [], None]),
        ("title", "is_empty", None, ["", None], [" ", "x"]),
        ("title", "is_not_empty", None, [" ", "x"], ["", None]),
        ("probability", "eq", "0.5", [Decimal("0.50")], [1, None]),
        ("probability", "gt", 0.5, [Decimal("0.500001"), 1], [Decimal("0.5"), 0, None]),
        ("probability", "gte", 1, [1, 2], [Decimal("0.999999"), None]),
        ("amount", "between", ["1000.00", 2000], [Decimal(1000), Decimal(2000)], [999, 2001, None]),
        ("amount", "lt", "0.01", [Decimal(0)], [Decimal("0.01"), None]),
        ("amount", "lte", "0.01", [Decimal("0.01")], [Decimal("0.02"), None]),
        ("amount", "ne", 0, [Decimal(1), None], [Decimal(0)]),
        ("urgent", "eq", False, [False], [True, None]),
        ("urgent", "ne", True, [False, None], [True]),
        ("expected_on", "eq", "2026-03-13", [date(2026, 3, 13)], [date(2026, 3, 14), None]),
        ("expected_on", "gt", "2026-03-13", [date(2026, 3, 14)], [date(2026, 3, 13), None]),
        ("kind", "in", ["won", "lost"], ["won"], ["open", "", None]),
        ("labels", "contains", "vip", [["vip"], {"vip", "new"}], [["new"], [], None]),
        ("labels", "in", ["a", "b"], [["b", "c"]], [["c"], [], None]),
        ("labels", "not_in", ["a", "b"], [["c"], [], None], [["b", "c"]]),
        ("labels", "is_empty", None, [[], set(), None], [["a"]]),
        ("labels", "is_not_empty", None, [["a"]], [[], (), None]),
        ("stage_id", "eq", str(IVAN).upper(), [IVAN], [OLGA, None]),
        ("owner_id", "is_empty", None, [None], [IVAN]),
    ],
)
def test_an_operator_holds(
    field: str, op: str, value: object, yes: list[object], no: list[object]
) -> None:
    for of in yes:
        assert holds(field, op, value, of), of
    for of in no:
        assert not holds(field, op, value, of), of


def test_a_field_the_row_lacks_is_empty() -> None:
    assert predicate(Leaf(field="title", op=Op.IS_EMPTY), DEAL)({}, FRIDAY)


def test_me_is_who_asks() -> None:
    mine = predicate(Leaf(field="owner_id", op=Op.IS_ME), DEAL)
    me = Context(now=FRIDAY.now, actor_id=IVAN)
    assert [mine({"owner_id": owner}, me) for owner in (IVAN, OLGA, None)] == [True, False, False]
    assert not mine({"owner_id": IVAN}, FRIDAY)
    assert not mine({"owner_id": None}, FRIDAY)


def test_groups_follow_logic() -> None:
    rich = Leaf(field="amount", op=Op.GT, value=100)
    won = Leaf(field="kind", op=Op.EQ, value="won")
    cases: list[tuple[Condition, Callable[[bool, bool], bool]]] = [
        (AllOf(all=[rich, won]), lambda a, b: a and b),
        (AnyOf(any=[rich, won]), lambda a, b: a or b),
        (Not(not_=AllOf(all=[rich, won])), lambda a, b: not (a and b)),
        (AllOf(all=[rich, Not(not_=won)]), lambda a, b: a and not b),
        (AllOf(all=[]), lambda *_: True),
        (AnyOf(any=[]), lambda *_: False),
    ]
    for condition, expected in cases:
        for amount in (Decimal(200), Decimal(50), None):
            for kind in ("won", "open", None):
                answer = predicate(condition, DEAL)({"amount": amount, "kind": kind}, FRIDAY)
                assert answer is expected(amount == Decimal(200), kind == "won")


# Days, against calendars counted by hand. FRIDAY is 13 March 2026, 12:00 in Moscow.


@pytest.mark.parametrize(
    ("op", "value", "first", "last"),
    [
        ("yesterday", None, date(2026, 3, 12), date(2026, 3, 12)),
        ("today", None, date(2026, 3, 13), date(2026, 3, 13)),
        ("tomorrow", None, date(2026, 3, 14), date(2026, 3, 14)),
        ("last_week", None, date(2026, 3, 2), date(2026, 3, 8)),
        ("this_week", None, date(2026, 3, 9), date(2026, 3, 15)),
        ("next_week", None, date(2026, 3, 16), date(2026, 3, 22)),
        ("last_month", None, date(2026, 2, 1), date(2026, 2, 28)),
        ("this_month", None, date(2026, 3, 1), date(2026, 3, 31)),
        ("next_month", None, date(2026, 4, 1), date(2026, 4, 30)),
        ("last_quarter", None, date(2025, 10, 1), date(2025, 12, 31)),
        ("this_quarter", None, date(2026, 1, 1), date(2026, 3, 31)),
        ("next_quarter", None, date(2026, 4, 1), date(2026, 6, 30)),
        ("last_year", None, date(2025, 1, 1), date(2025, 12, 31)),
        ("this_year", None, date(2026, 1, 1), date(2026, 12, 31)),
        ("next_year", None, date(2027, 1, 1), date(2027, 12, 31)),
        ("last_n_days", 7, date(2026, 3, 7), date(2026, 3, 13)),
        ("next_n_days", 1, date(2026, 3, 13), date(2026, 3, 13)),
        ("next_n_days", 30, date(2026, 3, 13), date(2026, 4, 11)),
        ("before_last_n_days", 7, None, date(2026, 3, 6)),
        ("before_today", None, None, date(2026, 3, 12)),
        ("after_today", None, date(2026, 3, 14), None),
    ],
)
def test_days_are_seen_from_today(
    op: str, value: object, first: date | None, last: date | None
) -> None:
    day = timedelta(days=1)
    inside = {first: True, first - day: False} if first else {date(1901, 1, 1): True}
    inside |= {last: True, last + day: False} if last else {date(2199, 12, 31): True}
    zone = ZoneInfo("Europe/Moscow")
    for on, expected in inside.items():
        assert holds("expected_on", op, value, on) is expected, on
        for clock in ((0, 0, 0, 0), (23, 59, 59, 999_999)):
            at = datetime(on.year, on.month, on.day, *clock, tzinfo=zone).astimezone(UTC)
            assert holds("closed_at", op, value, at) is expected, at
    assert not holds("expected_on", op, value, None)
    assert not holds("closed_at", op, value, None)


def test_today_is_where_the_asker_is() -> None:
    late = datetime(2026, 3, 13, 21, 30, tzinfo=UTC)
    closed = datetime(2026, 3, 13, 20, 0, tzinfo=UTC)
    for zone, today in (("UTC", True), ("Europe/Moscow", False), ("America/New_York", True)):
        assert holds("closed_at", "today", None, closed, Context(late, zone)) is today


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("eq", "2026-03-13", "·TT·"),
        ("ne", "2026-03-13", "T··T"),
        ("gt", "2026-03-13", "···T"),
        ("gte", "2026-03-13", "·TTT"),
        ("lt", "2026-03-13", "T···"),
        ("lte", "2026-03-13", "TTT·"),
        ("between", ["2026-03-13", "2026-03-14"], "·TTT"),
        ("between", ["2026-03-12", "2026-03-13"], "TTT·"),
        ("eq", "2026-03-13T00:00:00+03:00", "·T··"),
        ("gt", "2026-03-12T21:00:00Z", "··TT"),
        ("lte", "2026-03-12T21:00:00Z", "TT··"),
        ("between", ["2026-03-12T21:00:00Z", "2026-03-13"], "·TT·"),
    ],
)
def test_a_date_asked_of_a_time_is_that_whole_day(op: str, value: object, expected: str) -> None:
    """Of the last moment of 12 March in Moscow, the first and last of 13, the first of 14."""
    start = datetime(2026, 3, 12, 21, 0, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    rows = [start - moment, start, start + timedelta(days=1) - moment, start + timedelta(days=1)]
    assert "".join("T" if holds("closed_at", op, value, at) else "·" for at in rows) == expected


ZONES = ("UTC", "Europe/Moscow", "Africa/Cairo", "America/Havana", "Pacific/Apia", "Asia/Kathmandu")


@given(st.dates(date(1990, 1, 1), date(2037, 1, 1)), st.sampled_from(ZONES))
@example(date(2026, 4, 24), "Africa/Cairo")
@example(date(2026, 11, 1), "America/Havana")
def test_a_day_begins_at_the_first_moment_clocks_show_it(noon: date, time_zone: str) -> None:
    zone = ZoneInfo(time_zone)
    day = datetime(noon.year, noon.month, noon.day, 12, tzinfo=UTC).astimezone(zone).date()
    begins = midnight(day, time_zone)
    assert begins.astimezone(zone).date() == day
    assert (begins - timedelta(microseconds=1)).astimezone(zone).date() < day


def test_a_now_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Context(now=datetime(2026, 3, 13))  # noqa: DTZ001 - that is the point


# On the wire.


class Rule(Draft):
    condition: Condition | None = None


def test_a_condition_survives_the_wire() -> None:
    rule = Rule(
        condition=AllOf(
            all=[
                Leaf(field="owner_id", op=Op.IN, value=[IVAN, OLGA]),
                Leaf(field="amount", op=Op.GTE, value=Decimal("1000.50")),
                Leaf(field="expected_on", op=Op.LT, value=date(2026, 3, 13)),
                Not(not_=AnyOf(any=[Leaf(field="urgent", op=Op.EQ, value=True)])),
            ]
        )
    )
    told = rule.model_dump(mode="json")
    assert told["condition"]["all"][0]["value"] == [str(IVAN), str(OLGA)]
    assert told["condition"]["all"][3] == {
        "not": {"any": [{"field": "urgent", "op": "eq", "value": True}]}
    }
    assert Rule.model_validate(told) == Rule.model_validate_json(rule.model_dump_json()) == rule
    assert hash(rule.condition)
    assert Rule.model_json_schema(mode="validation")
    assert Rule.model_json_schema(mode="serialization")
