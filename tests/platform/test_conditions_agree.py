"""PostgreSQL, ClickHouse and Python answer every condition alike."""

import sys
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
    create_engine,
    func,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BOOLEAN

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
    Target,
    predicate,
)
from gausdo.kernel.errors import Invalid
from gausdo.kernel.operators import _COUNTED, OPERATORS, RELATIVE, folded, midnight
from gausdo.platform.conditions_clickhouse import folded as clickhouse_folded
from gausdo.platform.conditions_clickhouse import to_clickhouse
from gausdo.platform.conditions_sql import folded as sql_folded
from gausdo.platform.conditions_sql import to_sql
from tests.servers import WORKER, start_test_servers

STORED: Mapping[str, tuple[FieldType, Any, str]] = {
    "name": (FieldType.TEXT, Text, "Nullable(String)"),
    "note": (FieldType.TEXT, Text, "LowCardinality(Nullable(String))"),
    "score": (FieldType.NUMBER, Numeric, "Nullable(Decimal(24, 8))"),
    "count": (FieldType.NUMBER, BigInteger, "Nullable(Int64)"),
    "amount": (FieldType.MONEY, Numeric(18, 2), "Nullable(Decimal(18, 2))"),
    "vip": (FieldType.BOOL, BOOLEAN, "Nullable(Bool)"),
    "born": (FieldType.DATE, Date, "Nullable(Date32)"),
    "seen_at": (FieldType.TIME, DateTime(timezone=True), "Nullable(DateTime64(6, 'UTC'))"),
    "kind": (FieldType.CHOICE, Text, "Nullable(String)"),
    "tags": (FieldType.CHOICES, ARRAY(Text), "Array(String)"),
    "company_id": (FieldType.ID, Uuid, "Nullable(UUID)"),
    "owner_id": (FieldType.PERSON, Uuid, "Nullable(UUID)"),
}
FIELDS = Fields("record", *(Field(name=name, type=of) for name, (of, _, _) in STORED.items()))
RECORD = Table(
    "record",
    MetaData(),
    Column("no", Integer, primary_key=True),
    *(Column(name, stored) for name, (_, stored, _) in STORED.items()),
    prefixes=["TEMPORARY"],
)
COLUMNS = {name: RECORD.c[name] for name in STORED}


@dataclass
class Stores:
    """The same rows in both databases."""

    postgres: Connection
    clickhouse: Client

    def fill(self, rows: list[dict[str, Any]]) -> None:
        self.postgres.execute(text("truncate record"))
        self.postgres.execute(insert(RECORD), [{"no": no, **row} for no, row in enumerate(rows)])
        self.clickhouse.command("TRUNCATE TABLE record")
        self.clickhouse.insert(
            "record",
            [
                [no, *(([] if n == "tags" else None) if row[n] is None else row[n] for n in STORED)]
                for no, row in enumerate(rows)
            ],
            column_names=["no", *STORED],
        )

    def in_postgres(self, conditions: list[Condition], context: Context) -> list[set[int]]:
        """The numbers of the rows that fulfil each."""
        found = [
            func.array_agg(RECORD.c.no).filter(to_sql(one, FIELDS, COLUMNS, context))
            for one in conditions
        ]
        return [set(numbers or ()) for numbers in self.postgres.execute(select(*found)).one()]

    def in_clickhouse(self, conditions: list[Condition], context: Context) -> list[set[int]]:
        names = {name: f"`{name}`" for name in STORED}
        asked, parameters = [], {}
        for place, one in enumerate(conditions):
            clause, more = to_clickhouse(one, FIELDS, names, context, prefix=f"c{place}_")
            asked.append(f"groupArrayIf(no, {clause}) AS found{place}")
            parameters |= more
        sql = f"SELECT {', '.join(asked)} FROM record"
        return [set(numbers) for numbers in self.clickhouse.query(sql, parameters).first_row]


@pytest.fixture(scope="module")
def stores() -> Iterator[Stores]:
    servers = start_test_servers()
    engine = create_engine(
        make_url(servers.postgres_dsn).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )
    database = f"conditions_{WORKER}"
    client = clickhouse_connect.get_client(dsn=servers.clickhouse_url)
    client.command(f"CREATE DATABASE {database}")
    client.database = database
    columns = ", ".join(f"`{name}` {stored}" for name, (_, _, stored) in STORED.items())
    client.command(f"CREATE TABLE record (no UInt32, {columns}) ENGINE = MergeTree ORDER BY no")
    with engine.connect() as connection:
        RECORD.create(connection)
        yield Stores(connection, client)
    client.command(f"DROP DATABASE {database}")
    client.close()
    engine.dispose()


# What is asked: values that meet often, and the awkward ones.

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
    datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC),  # New York, before its clocks change
    datetime(2026, 4, 23, 22, 0, tzinfo=UTC),  # Cairo, at the jump
    datetime(2026, 11, 1, 4, 30, tzinfo=UTC),  # Havana, between its midnights
    datetime(2011, 12, 30, 9, 59, tzinfo=UTC),  # Apia, a minute before it lost a day
    datetime(2026, 4, 4, 15, 0, tzinfo=UTC),  # Lord Howe
    datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2025, 12, 31, 21, 30, tzinfo=UTC),  # Moscow has the new year
)
MICROSECOND = timedelta(microseconds=1)
PEOPLE = tuple(UUID(int=(0x0197 << 112) + n) for n in range(3))
KEYS = ("new", "won", "lost", "Новый", "a,b", "it's", "{p0:String}")

letters = st.sampled_from("иИйЙёЁеЕaAßẞİIıiΣσςςǅ %_\\'\"{}`$;-\n\tкК")
words = st.one_of(
    st.text(letters, min_size=1, max_size=4),
    st.sampled_from(
        ["Иванов Пётр", "ОДИССЕЙ", "ΟΔΥΣΣΕΥΣ", "İstanbul", "Straße", "100%", "\\N", "NULL"]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=3),
)
numbers = st.one_of(
    st.sampled_from(
        [Decimal(n) for n in ("0", "-0.5", "1", "1.5", "2", "9999999999999999", "0.000001")]
    ),
    st.decimals(-10, 10, places=1),
)
sums = st.one_of(
    st.sampled_from([Decimal(n) for n in ("0", "1000.00", "9999999999999999.99", "-0.01")]),
    st.decimals(-5, 5, places=2),
)
days = st.dates(date(2023, 12, 25), date(2027, 1, 5)) | st.sampled_from(
    [date(1901, 1, 1), date(2199, 12, 31), date(2024, 2, 29)]
)


def instants(first: int, last: int) -> st.SearchStrategy[datetime]:
    """Any moment of these years."""
    start = datetime(first, 1, 1, tzinfo=UTC)
    length = datetime(last + 1, 1, 1, tzinfo=UTC) - start
    return st.integers(0, length // MICROSECOND - 1).map(lambda n: start + n * MICROSECOND)


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    now = draw(st.sampled_from(MOMENTS) | instants(2024, 2026))
    me = draw(st.none() | st.sampled_from(PEOPLE))
    return Context(now=now, time_zone=draw(st.sampled_from(ZONES)), actor_id=me)


def times(context: Context) -> st.SearchStrategy[datetime]:
    """Instants next to the midnights around today, and any others."""
    near = st.builds(
        lambda days, off: midnight(context.today + timedelta(days=days), context.time_zone) + off,
        st.integers(-8, 8) | st.sampled_from([-31, -365, 31]),
        st.sampled_from([-MICROSECOND, timedelta(), MICROSECOND, timedelta(hours=12)]),
    )
    return near | instants(1902, 2198)


def days_near(context: Context) -> st.SearchStrategy[date]:
    return days | st.integers(-40, 40).map(lambda n: context.today + timedelta(days=n))


def values(type: FieldType, context: Context) -> st.SearchStrategy[Any]:
    """What a field may hold, and be asked for."""
    return {
        FieldType.TEXT: words,
        FieldType.NUMBER: numbers,
        FieldType.MONEY: sums,
        FieldType.BOOL: st.booleans(),
        FieldType.DATE: days_near(context),
        FieldType.TIME: times(context),
        FieldType.CHOICE: st.sampled_from(KEYS),
        FieldType.CHOICES: st.sampled_from(KEYS),
        FieldType.ID: st.sampled_from(PEOPLE),
        FieldType.PERSON: st.sampled_from(PEOPLE),
    }[type]


def held(name: str, context: Context) -> st.SearchStrategy[Any]:
    of = FIELDS[name].type
    if name == "count":
        return st.none() | st.integers(-3, 3) | st.just(2**53)
    if of is FieldType.CHOICES:
        return st.none() | st.lists(st.sampled_from(KEYS), max_size=3)
    if of in {FieldType.TEXT, FieldType.CHOICE}:
        return st.none() | st.just("") | values(of, context)
    return st.none() | values(of, context)


@st.composite
def leaves(draw: st.DrawFn, context: Context) -> Leaf:
    field = FIELDS[draw(st.sampled_from(sorted(STORED)))]
    op = draw(st.sampled_from(OPERATORS[field.type]))
    asked = values(field.type, context)
    if field.type is FieldType.TIME:
        asked |= days_near(context)
    if op in {Op.IN, Op.NOT_IN}:
        value = draw(st.lists(asked, min_size=1, max_size=4))
    elif op is Op.BETWEEN:
        value = [draw(asked), draw(asked)]
        if type(value[0]) is type(value[1]):
            value.sort()
    elif op in _COUNTED:
        value = draw(st.sampled_from([1, 2, 7, 30, 365]))
    elif op in {*RELATIVE, Op.IS_EMPTY, Op.IS_NOT_EMPTY, Op.IS_ME}:
        value = None
    else:
        value = draw(asked)
    return Leaf(field=field.name, op=op, value=value)


def conditions(context: Context) -> st.SearchStrategy[Condition]:
    return st.recursive(
        leaves(context),
        lambda inner: st.one_of(
            st.builds(lambda nodes: AllOf(all=nodes), st.lists(inner, max_size=3)),
            st.builds(lambda nodes: AnyOf(any=nodes), st.lists(inner, max_size=3)),
            st.builds(lambda node: Not(not_=node), inner),
        ),
        max_leaves=6,
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
    row = st.fixed_dictionaries({name: held(name, context) for name in STORED})
    rows = draw(st.lists(row, min_size=1, max_size=12))
    return context, rows, draw(st.lists(conditions(context), min_size=1, max_size=12))


@settings(
    max_examples=60,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(questions())
def test_the_three_agree(
    stores: Stores, asked: tuple[Context, list[dict[str, Any]], list[Condition]]
) -> None:
    context, rows, wanted = asked
    stores.fill(rows)
    tests = [predicate(one, FIELDS) for one in wanted]
    here = [{no for no, row in enumerate(rows) if test(row, context)} for test in tests]
    for one, python, postgres, clickhouse in zip(
        wanted,
        here,
        stores.in_postgres(wanted, context),
        stores.in_clickhouse(wanted, context),
        strict=True,
    ):
        assert python == postgres == clickhouse, one


def test_case_is_ignored_alike_in_every_script(stores: Stores) -> None:
    """Every letter that Python's Unicode knows: the three map it to the same one."""
    known = (chr(code) for code in range(0x20, sys.maxunicode + 1))
    letters = "".join(
        one for one in known if unicodedata.category(one) not in {"Cc", "Cn", "Co", "Cs"}
    )
    assert len(letters) > 140_000
    words = f"{letters} ΟΔΥΣΣΕΥΣ İSTANBUL Ёжик ẞ"
    stores.fill([{**dict.fromkeys(STORED), "name": words}])
    sql = stores.postgres.execute(select(sql_folded(RECORD.c.name))).scalar_one()
    clickhouse = stores.clickhouse.query(f"SELECT {clickhouse_folded('name')} FROM record")
    assert folded(words) == sql == clickhouse.first_row[0]


def test_a_thousand_values_are_asked_at_once(stores: Stores) -> None:
    ids = [UUID(int=n) for n in range(1000)]
    stores.fill([{**dict.fromkeys(STORED), "company_id": one} for one in (ids[-1], PEOPLE[0])])
    asked: list[Condition] = [
        Leaf(field="company_id", op=Op.IN, value=ids),
        Leaf(field="company_id", op=Op.NOT_IN, value=ids),
    ]
    context = Context(now=MOMENTS[0])
    assert stores.in_postgres(asked, context) == [{0}, {1}]
    assert stores.in_clickhouse(asked, context) == [{0}, {1}]


HOSTILE = "'; DROP TABLE record; -- \\' \" ` {p1:String} %(x)s $1 :x \\N */"


def test_nothing_of_a_value_becomes_part_of_the_query(stores: Stores) -> None:
    stores.fill([{**dict.fromkeys(STORED), "name": f"before {HOSTILE} after"}])
    context = Context(now=MOMENTS[0])
    asked: list[Condition] = [
        Leaf(field="name", op=Op.CONTAINS, value=HOSTILE),
        Leaf(field="name", op=Op.IN, value=[HOSTILE, f"before {HOSTILE} after"]),
        Leaf(field="tags", op=Op.NOT_IN, value=[HOSTILE]),
    ]
    assert stores.in_postgres(asked, context) == [{0}] * 3
    assert stores.in_clickhouse(asked, context) == [{0}] * 3
    for one in asked:
        sql = select(RECORD.c.no).where(to_sql(one, FIELDS, COLUMNS, context))
        assert "DROP" not in str(sql.compile(stores.postgres))
        assert "DROP" not in to_clickhouse(one, FIELDS, dict.fromkeys(STORED, "x"), context)[0]


def test_a_field_is_never_taken_for_an_identifier() -> None:
    context = Context(now=MOMENTS[0])
    for name in ("no", "name) OR (1=1", "record.name", '"name"'):
        asked = Leaf(field=name, op=Op.EQ, value="x")
        with pytest.raises(Invalid):
            to_sql(asked, FIELDS, COLUMNS, context)
        with pytest.raises(Invalid):
            to_clickhouse(asked, FIELDS, dict.fromkeys(STORED, "x"), context)


def test_a_field_is_only_asked_where_it_is() -> None:
    fields = Fields("person", Field(name="email", type=FieldType.TEXT, targets={Target.SQL}))
    asked = Leaf(field="email", op=Op.CONTAINS, value="@")
    context = Context(now=MOMENTS[0])
    to_sql(asked, fields, {"email": RECORD.c.name}, context)
    with pytest.raises(Invalid, match="email"):
        to_clickhouse(asked, fields, {"email": "name"}, context)
    with pytest.raises(Invalid, match="email"):
        predicate(asked, fields)


def test_conditions_of_one_shape_share_a_statement(stores: Stores) -> None:
    def statement(amount: str, *people: UUID) -> str:
        asked = AllOf(
            all=[
                Leaf(field="amount", op=Op.GTE, value=amount),
                Not(not_=Leaf(field="owner_id", op=Op.IN, value=people)),
            ]
        )
        clause = to_sql(asked, FIELDS, COLUMNS, Context(now=MOMENTS[0]))
        return str(select(RECORD.c.no).where(clause).compile(stores.postgres))

    assert statement("1", *PEOPLE) == statement("2", *PEOPLE[:2])
