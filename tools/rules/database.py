"""A module keeps to its schema, and the transaction to its use case."""

import ast
import re
from collections.abc import Iterator

from tools.rules.rule import MODULES, Source, keyword, last_name, parameters, rule, strings

NAMING = {"ForeignKey", "ForeignKeyConstraint", "literal_column", "text", "Schema", "Table"}


@rule(
    "A module touches its own schema only. Keep the id, without a foreign key; ask the other "
    "module's contract, or keep what you need of it in `known` by its events.",
    good=(
        'ForeignKey("sales.pipeline.id")',
        'READ = Right("customers.company", "read")',
        'query = "select name from sales.deal"',
        'op.create_table("deal", schema="sales")',
    ),
    bad=(
        'ForeignKey("customers.company.id")',
        'ForeignKeyConstraint(["company_id"], ["customers.company.id"])',
        'here = literal_column("customers.company.name")',
        'query = f"select name from customers.company where id = {id}"',
        'query = text("update identity.user set name = :name")',
        'op.create_table("company", schema="customers")',
        'schema = Schema("customers")',
    ),
)
def keep_to_your_schema(source: Source) -> Iterator[int]:
    others = "|".join(name for name in MODULES if name != source.module)
    named = re.compile(rf'"?({others})"?(\.|$)')
    asked = re.compile(
        rf'\b(from|join|into|update|table|references|truncate)\s+"?({others})"?\."?\w',
        re.IGNORECASE,
    )
    for call in source.nodes(ast.Call):
        schema = keyword(call, "schema")
        if isinstance(schema, ast.Constant) and named.fullmatch(str(schema.value)):
            yield call.lineno
        if last_name(call.func) in NAMING:
            told = (one for argument in call.args for one in strings(argument))
            yield from (call.lineno for one in told if named.match(str(one.value)))
    yield from (one.lineno for one in strings(source.tree) if asked.search(str(one.value)))


@rule(
    "Page by keyset: gausdo.platform.keyset.listed. An offset reads everything before it.",
    good=("page = listed(rows, query, SORTS, _deal.id, 'title')",),
    bad=("page = rows.offset(50)", "query = 'select id from sales.deal limit 5 offset 100'"),
)
def no_offsets(source: Source) -> Iterator[int]:
    asked = re.compile(r"\boffset\s+[\d:%{$]", re.IGNORECASE)
    yield from (call.lineno for call in source.calls("offset"))
    yield from (one.lineno for one in strings(source.tree) if asked.search(str(one.value)))


@rule(
    "Do not count a whole table to draw a page: tell `next`, or count within a group.",
    good=("rows = select(_deal.stage_id, func.count()).group_by(_deal.stage_id)",),
    bad=(
        "total = select(func.count()).select_from(DealRow)",
        "total = select(func.count(_deal.id))",
        "query = 'select count(*) from sales.deal'",
        "class Listed(Value):\n    total: int",
    ),
)
def no_whole_counts(source: Source) -> Iterator[int]:
    whole = re.compile(r"select\s+count\(", re.IGNORECASE)
    for call in source.calls("select"):
        only = call.args[0] if len(call.args) == 1 else None
        if isinstance(only, ast.Call) and ast.unparse(only.func) == "func.count":
            yield call.lineno
    yield from (one.lineno for one in strings(source.tree) if whole.search(str(one.value)))
    for field in source.nodes(ast.AnnAssign):
        if last_name(field.target) in {"total", "total_count", "page_count", "pages"}:
            yield field.lineno


@rule(
    "A use case does not end its transaction: `async with self.db.begin(…)` does, once.",
    good=("async def f(self):\n    async with self.db.begin(actor) as tx:\n        tx.add(row)",),
    bad=("await session.commit()", "await tx.session.rollback()"),
)
def no_commits(source: Source) -> Iterator[int]:
    return (call.lineno for call in source.calls("commit", "rollback"))


@rule(
    "Ask another module before the transaction or after it; inside, both would hold locks while "
    "they wait for each other.",
    good=(
        (
            "async def f(self):\n"
            "    known = await self.customers.company(actor, id)\n"
            "    async with self.db.begin(actor) as tx:\n"
            "        await tx.remember_known([known])"
        ),
    ),
    bad=(
        (
            "async def f(self):\n"
            "    async with self.db.begin(actor) as tx:\n"
            "        await self.customers.company(actor, id)"
        ),
        (
            "async def handle(service, envelope, tx: Tx):\n"
            "    await service.hands.identity.users(SYSTEM)"
        ),
    ),
)
def no_calls_inside_a_transaction(source: Source) -> Iterator[int]:
    for call in (one for body in inside(source) for part in body for one in ast.walk(part)):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Attribute)
            and call.func.value.attr in MODULES
        ):
            yield call.lineno


def inside(source: Source) -> Iterator[list[ast.stmt]]:
    """What runs in a transaction: below `begin(…)`, and in functions that are handed a `tx`."""
    for opened in source.nodes(ast.AsyncWith):
        calls = (one.context_expr for one in opened.items)
        if any(isinstance(one, ast.Call) and last_name(one.func) == "begin" for one in calls):
            yield opened.body
    for function in source.nodes(ast.AsyncFunctionDef):
        if any(one.arg == "tx" for one in parameters(function)):
            yield function.body
