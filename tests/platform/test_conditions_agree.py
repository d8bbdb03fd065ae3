"""PostgreSQL, ClickHouse and Python answer every condition alike."""

import sys
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck, given, settings
from sqlalchemy import (
    BigInteger,
    Boolean,
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
from sqlalchemy.dialects.postgresql import ARRAY

from gausdo.kernel.conditions import (
    AllOf,
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
from gausdo.kernel.fields import folded
from gausdo.platform.conditions_clickhouse import folded as clickhouse_folded
from gausdo.platform.conditions_clickhouse import to_clickhouse
from gausdo.platform.conditions_sql import folded as sql_folded
from gausdo.platform.conditions_sql import to_sql
from tests.platform.asked_conditions import (
    FIELDS,
    MOMENTS,
    PEOPLE,
    every_leaf,
    every_row,
    questions,
)
from tests.servers import WORKER, Servers

STORED: Mapping[str, tuple[Any, str]] = {
    "name": (Text, "Nullable(String)"),
    "note": (Text, "LowCardinality(Nullable(String))"),
    "score": (Numeric, "Nullable(Decimal(24, 8))"),
    "count": (BigInteger, "Nullable(Int64)"),
    "amount": (Numeric(18, 2), "Nullable(Decimal(18, 2))"),
    "vip": (Boolean, "Nullable(Bool)"),
    "born": (Date, "Nullable(Date32)"),
    "seen_at": (DateTime(timezone=True), "Nullable(DateTime64(6, 'UTC'))"),
    "kind": (Text, "Nullable(String)"),
    "tags": (ARRAY(Text), "Array(String)"),
    "company_id": (Uuid, "Nullable(UUID)"),
    "owner_id": (Uuid, "Nullable(UUID)"),
}
RECORD = Table(
    "record",
    MetaData(),
    Column("no", Integer, primary_key=True),
    *(Column(name, stored) for name, (stored, _) in STORED.items()),
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

    def in_postgres(
        self, conditions: list[Condition], context: Context, *, fixed: bool = False
    ) -> list[set[int]]:
        """The numbers of the rows that fulfil each; with `fixed` values, as roles have them."""
        found = [
            func.array_agg(RECORD.c.no).filter(to_sql(one, FIELDS, COLUMNS, context, fixed=fixed))
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
def stores(servers: Servers) -> Iterator[Stores]:
    engine = create_engine(
        make_url(servers.postgres_dsn).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )
    database = f"conditions_{WORKER}"
    client = clickhouse_connect.get_client(dsn=servers.clickhouse_url)
    client.command(f"CREATE DATABASE {database}")
    client.database = database
    columns = ", ".join(f"`{name}` {stored}" for name, (_, stored) in STORED.items())
    client.command(f"CREATE TABLE record (no UInt32, {columns}) ENGINE = MergeTree ORDER BY no")
    with engine.connect() as connection:
        RECORD.create(connection)
        yield Stores(connection, client)
    client.command(f"DROP DATABASE {database}")
    client.close()
    engine.dispose()


def agreed(
    stores: Stores, rows: list[dict[str, Any]], conditions: list[Condition], context: Context
) -> list[set[int]]:
    """The one answer of all three, of PostgreSQL whether values are sent or stand in the text."""
    tests = [predicate(one, FIELDS) for one in conditions]
    here = [{no for no, row in enumerate(rows) if test(row, context)} for test in tests]
    sent, fixed = [stores.in_postgres(conditions, context, fixed=told) for told in (False, True)]
    clickhouse = stores.in_clickhouse(conditions, context)
    for one, *answers in zip(conditions, here, sent, fixed, clickhouse, strict=True):
        assert answers[0] == answers[1] == answers[2] == answers[3], one
    return here


@settings(
    max_examples=40,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(questions())
def test_the_three_agree_on_any_condition(
    stores: Stores, question: tuple[Context, list[dict[str, Any]], list[Condition]]
) -> None:
    context, rows, conditions = question
    stores.fill(rows)
    agreed(stores, rows, conditions, context)


NOW = datetime(2026, 3, 8, tzinfo=UTC)
DATED = (FieldType.DATE, FieldType.TIME)


def test_the_three_agree_on_every_operator_of_every_field(stores: Stores) -> None:
    now, zone = MOMENTS[0]
    for me in (None, PEOPLE[0]):
        context = Context(now=now, time_zone=zone, actor_id=me)
        types = set(FieldType).difference(DATED) if me else {FieldType.PERSON}
        conditions = list(every_leaf(context, *types))
        rows = every_row(context)
        stores.fill(rows)
        for some in batched(conditions):
            agreed(stores, rows, some, context)


@pytest.mark.parametrize(("now", "zone"), MOMENTS)
def test_the_three_agree_on_days_and_times(stores: Stores, now: datetime, zone: str) -> None:
    context = Context(now=now, time_zone=zone)
    rows = every_row(context)
    stores.fill(rows)
    for some in batched(list(every_leaf(context, *DATED))):
        agreed(stores, rows, some, context)


def batched(conditions: list[Condition]) -> Iterator[list[Condition]]:
    """As many as one query may ask at once."""
    return (conditions[at : at + 100] for at in range(0, len(conditions), 100))


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
    context = Context(now=NOW)
    assert stores.in_postgres(asked, context) == [{0}, {1}]
    assert stores.in_clickhouse(asked, context) == [{0}, {1}]


HOSTILE = "'; DROP TABLE record; -- \\' \" ` {p1:String} %(x)s $1 :x \\N */"


def test_nothing_of_a_value_becomes_part_of_the_query(stores: Stores) -> None:
    stores.fill([{**dict.fromkeys(STORED), "name": f"before {HOSTILE} after"}])
    context = Context(now=NOW)
    asked: list[Condition] = [
        Leaf(field="name", op=Op.CONTAINS, value=HOSTILE),
        Leaf(field="name", op=Op.IN, value=[HOSTILE, f"before {HOSTILE} after"]),
        Leaf(field="tags", op=Op.NOT_IN, value=[HOSTILE]),
    ]
    for fixed in (False, True):
        assert stores.in_postgres(asked, context, fixed=fixed) == [{0}] * 3
    assert stores.in_clickhouse(asked, context) == [{0}] * 3
    for one in asked:
        sql = select(RECORD.c.no).where(to_sql(one, FIELDS, COLUMNS, context))
        assert "DROP" not in str(sql.compile(stores.postgres))
        assert "DROP" not in to_clickhouse(one, FIELDS, dict.fromkeys(STORED, "x"), context)[0]


def test_a_field_is_never_taken_for_an_identifier() -> None:
    context = Context(now=NOW)
    for name in ("no", "name) OR (1=1", "record.name", '"name"'):
        asked = Leaf(field=name, op=Op.EQ, value="x")
        with pytest.raises(Invalid):
            to_sql(asked, FIELDS, COLUMNS, context)
        with pytest.raises(Invalid):
            to_clickhouse(asked, FIELDS, dict.fromkeys(STORED, "x"), context)


def test_a_field_is_only_asked_where_it_is() -> None:
    fields = Fields("person", Field(name="email", type=FieldType.TEXT, targets={Target.SQL}))
    asked = Leaf(field="email", op=Op.CONTAINS, value="@")
    context = Context(now=NOW)
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
        clause = to_sql(asked, FIELDS, COLUMNS, Context(now=NOW))
        return str(select(RECORD.c.no).where(clause).compile(stores.postgres))

    assert statement("1", *PEOPLE) == statement("2", *PEOPLE[:2])
