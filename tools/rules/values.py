"""Ids, times and money have one form each."""

import ast
import re
from collections.abc import Iterator

from tools.rules.rule import Source, keyword, last_name, rule

MONEY = re.compile(r"amount|worth|price|money|(^|_)sum(_|$)|weighted", re.IGNORECASE)


@rule(
    "Make ids with gausdo.kernel.values.new_id(): UUIDv7, which sorts by the time of its making.",
    where=("gausdo/*.py",),
    unless=("gausdo/platform/embedded/*",),  # ids of ClickHouse's protocol, not of records
    good=("row = DealRow(id=new_id())",),
    bad=("id = uuid4()", "id = uuid.uuid1()"),
)
def only_sortable_ids(source: Source) -> Iterator[int]:
    return (call.lineno for call in source.calls("uuid1", "uuid3", "uuid4", "uuid5"))


@rule(
    "Ask gausdo.kernel.values.now() for the time: it is aware and UTC.",
    where=("gausdo/*.py",),
    unless=("gausdo/kernel/values.py",),
    good=(
        "at = now()",
        "at = datetime.fromtimestamp(seconds, UTC)",
        "DateTime(timezone=True)",
        "at = datetime.now(zone)",
    ),
    bad=(
        "at = datetime.now()",
        "at = datetime.utcnow()",
        "at = datetime.datetime.today()",
        "at = datetime.fromtimestamp(seconds)",
        "column = sa.DateTime()",
    ),
)
def only_aware_times(source: Source) -> Iterator[int]:
    for call in source.calls("now", "utcnow", "today", "utcfromtimestamp"):
        of = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        if of == "datetime" and not call.args and not call.keywords:
            yield call.lineno
    for call in source.calls("fromtimestamp"):
        if len(call.args) == 1 and not call.keywords:
            yield call.lineno
    for call in source.calls("DateTime"):
        if keyword(call, "timezone") is None:
            yield call.lineno


@rule(
    "Money is gausdo.kernel.values.Money, its amount a Decimal (Amount); never a float.",
    where=("gausdo/*.py",),
    unless=("gausdo/demo/*",),  # rolls dice before it rounds
    good=("amount: Decimal", "seconds: float = 1.0", "share = float(probability)"),
    bad=(
        "amount: float",
        "def pay(price: float | None) -> None: ...",
        "told = float(row.amount)",
        "amount: Mapped[float]",
        "worth = mapped_column(Float)",
    ),
)
def no_floating_money(source: Source) -> Iterator[int]:
    for node in source.nodes(ast.AnnAssign):
        if MONEY.search(last_name(node.target)) and "float" in ast.unparse(node.annotation):
            yield node.lineno
    for argument in source.nodes(ast.arg):
        told = ast.unparse(argument.annotation) if argument.annotation else ""
        if "float" in told and MONEY.search(argument.arg):
            yield argument.lineno
    for call in source.calls("float"):
        if any(MONEY.search(ast.unparse(one)) for one in call.args):
            yield call.lineno
    for column in source.nodes(ast.Name, ast.Attribute):
        if last_name(column) in {"Float", "Double", "REAL", "DOUBLE_PRECISION"}:
            yield column.lineno
