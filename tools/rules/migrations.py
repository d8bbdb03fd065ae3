"""The release before runs on the new schema, and nobody waits for it to be made.

A migration adds, or takes away what no release uses any more, and does only what takes a table for
a moment. It is written with the few operations that are known to keep to that.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gausdo import __version__
from tools.rules.rule import Source, keyword, last_name, rule, strings

MIGRATIONS = ("gausdo/modules/*/migrations/*.py",)
NOT_THE_PACKAGE = ("*/__init__.py",)
AT = "gausdo/modules/sales/migrations/0002_more.py"

KIND = re.compile(r"^Kind: (start|expand|contract)$", re.MULTILINE)
UNUSED = re.compile(r"^Unused since: (\d+)\.(\d+)\.(\d+)$", re.MULTILINE)

GIVING = {"create_table", "create_index", "add_column", "create_check_constraint",
          "create_foreign_key"}  # fmt: skip
TAKING = {"drop_table", "drop_column", "drop_constraint"}
BESIDE = {"build_index", "drop_index"}
WHOLE = {"backbone", "append_only"}
KNOWN = {
    "start": {*GIVING, *WHOLE, "execute"},
    "expand": {*GIVING, *BESIDE, "alter_column", "append_only", "execute"},
    "contract": {*TAKING, "execute"},
}
BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)
TAKING_WORDS = re.compile(r"\b(drop|truncate|rename)\b", re.IGNORECASE)
GIVING_WORDS = re.compile(r"\b(create|add)\b", re.IGNORECASE)
LONG_WORDS = re.compile(
    r"^\s*(update|delete|insert|lock|vacuum|cluster|reindex|refresh)\b"
    r"|\bcreate\s+(unique\s+)?index\b|\bset\s+not\s+null\b|\balter\s+(column\s+)?\w+\s+type\b"
    r"|\badd\s+(constraint\s+\w+\s+)?(check|foreign\s+key)\b(?!.*\bnot\s+valid\b)"
    r"|\badd\s+(constraint\s+\w+\s+)?(unique|primary\s+key)\b(?!\s+using\s+index)"
    r"|\badd\s+column\b.*\b(stored|identity|serial|random|gen_random_uuid|clock_timestamp)\b"
    r"|\bset\s+(logged|unlogged|tablespace)\b",
    re.IGNORECASE | re.DOTALL,
)
DEMANDING_WORDS = re.compile(
    r"\badd\s+column\b(?=.*\bnot\s+null\b)(?!.*\b(default|generated)\b)", re.IGNORECASE | re.DOTALL
)
VALIDATING = re.compile(r"\bvalidate\s+constraint\b", re.IGNORECASE)
REWRITING = re.compile(r"random|gen_random_uuid|clock_timestamp|nextval", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """What a migration asks for: `op.drop_table(…)`, `build_index(…)`; SQL without bodies."""

    line: int
    name: str
    call: ast.Call
    sql: str = ""


def kind_of(source: Source) -> str:
    found = KIND.search(ast.get_docstring(source.tree) or "")
    return found[1] if found else ""


def asked(source: Source) -> Iterator[Asked]:
    for call in source.nodes(ast.Call):
        name = last_name(call.func)
        on_op = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "op"
        if (on_op and name != "f") or (not on_op and name in {*BESIDE, *WHOLE}):
            sql = " ".join(str(one.value) for one in strings(call)) if name == "execute" else ""
            yield Asked(call.lineno, name, call, BODY.sub("", sql))


def made(source: Source) -> set[str]:
    """The tables that a migration makes: nobody uses them yet."""
    return {_first(one.call) for one in asked(source) if one.name == "create_table"}


def _first(call: ast.Call, place: int = 0) -> str:
    told = call.args[place] if len(call.args) > place else None
    return str(told.value) if isinstance(told, ast.Constant) else ""


def is_false(call: ast.Call, name: str) -> bool:
    told = keyword(call, name)
    return isinstance(told, ast.Constant) and told.value is False


def is_true(call: ast.Call, name: str) -> bool:
    told = keyword(call, name)
    return isinstance(told, ast.Constant) and told.value is True


@rule(
    "Say in the docstring which it is: `Kind: expand` adds, `Kind: contract` takes away what no "
    "release uses any more (`Kind: start` is the first).",
    where=MIGRATIONS,
    unless=NOT_THE_PACKAGE,
    at=AT,
    good=('"""Add colours.\n\nKind: expand\n"""',),
    bad=('"""Add colours."""', '"""Add colours.\n\nKind: both\n"""'),
)
def name_the_kind(source: Source) -> Iterator[int]:
    if not kind_of(source):
        yield 1


@rule(
    "Take away one release after the last that used it: `Unused since: 0.1.0` names the first that "
    "did without, and a later one takes it away.",
    where=MIGRATIONS,
    unless=NOT_THE_PACKAGE,
    at=AT,
    good=('"""Kind: contract\nUnused since: 0.0.1"""', '"""Kind: expand"""'),
    bad=('"""Kind: contract"""', f'"""Kind: contract\nUnused since: {__version__}"""'),
)
def a_release_lies_between(source: Source) -> Iterator[int]:
    if kind_of(source) == "contract":
        found = UNUSED.search(ast.get_docstring(source.tree) or "")
        present = tuple(int(part) for part in re.findall(r"\d+", __version__)[:3])
        if not found or tuple(int(part) for part in found.groups()) >= present:
            yield 1


@rule(
    "Migrations are written with what is known to fit their kind: "
    + "; ".join(f"{kind}: {', '.join(sorted(names))}" for kind, names in KNOWN.items())
    + ". SQL is written out in `op.execute`.",
    where=MIGRATIONS,
    unless=NOT_THE_PACKAGE,
    at=AT,
    good=(
        '"""Kind: expand"""\nop.add_column("deal", Column("colour", Text(), nullable=True))',
        '"""Kind: expand"""\nbuild_index(op.f("ix_deal_colour"), "deal", ["colour"])',
        '"""Kind: contract"""\nop.drop_column("deal", "colour")',
        '"""Kind: contract"""\nop.drop_table("colour")',
        (
            '"""Kind: expand"""\nop.execute("create or replace function sales.f() returns void '
            'as $$ begin drop table x; end $$ language plpgsql")'
        ),
    ),
    bad=(
        '"""Kind: expand"""\nop.drop_column("deal", "colour")',
        '"""Kind: expand"""\nop.rename_table("deal", "lead")',
        '"""Kind: expand"""\nop.batch_alter_table("deal")',
        '"""Kind: expand"""\nop.get_bind().execute(text("select 1"))',
        '"""Kind: expand"""\nop.execute(STATEMENT)',
        '"""Kind: expand"""\nop.execute(f"alter table {table} add column n int")',
        '"""Kind: expand"""\nop.execute("alter table sales.deal drop column colour")',
        '"""Kind: contract"""\nop.create_table("colour")',
        '"""Kind: contract"""\nop.drop_table("colour")\nop.execute("create table sales.shade ()")',
    ),
)
def only_what_fits_the_kind(source: Source) -> Iterator[int]:
    kind = kind_of(source)
    unfit = {"expand": TAKING_WORDS, "contract": GIVING_WORDS}.get(kind)
    for one in asked(source):
        fits = one.name in KNOWN.get(kind, {one.name})
        if one.name == "execute" and kind != "start":
            written = isinstance(one.call.args[0], ast.Constant)
            fits = written and not (unfit and unfit.search(one.sql))
        if not fits:
            yield one.line


@rule(
    "The release before knows nothing of a new column: it is nullable or has a server default, and "
    "what is required later is a constraint, `not valid` first.",
    where=MIGRATIONS,
    unless=NOT_THE_PACKAGE,
    at=AT,
    good=(
        (
            '"""Kind: expand"""\n'
            'op.add_column("deal", Column("n", Text(), nullable=False, server_default="0"))'
        ),
        '"""Kind: expand"""\nop.alter_column("deal", "colour", nullable=True)',
        '"""Kind: expand"""\nop.execute("alter table deal add column n int not null default 0")',
    ),
    bad=(
        '"""Kind: expand"""\nop.add_column("deal", Column("colour", Text(), nullable=False))',
        '"""Kind: expand"""\nop.alter_column("deal", "colour", nullable=False)',
        '"""Kind: expand"""\nop.execute("alter table sales.deal add column n int not null")',
    ),
)
def the_release_before_can_write(source: Source) -> Iterator[int]:
    for one in asked(source):
        unfilled = one.name == "add_column" and any(_demands(part) for part in one.call.args)
        narrowed = one.name == "alter_column" and is_false(one.call, "nullable")
        if unfilled or narrowed or DEMANDING_WORDS.search(one.sql):
            yield one.line


def _demands(column: ast.expr) -> bool:
    """A column that the release before would not fill."""
    if not isinstance(column, ast.Call):
        return False
    filled = keyword(column, "server_default") is not None or "Computed" in ast.unparse(column)
    return is_false(column, "nullable") and not filled


@rule(
    "It would lock a table in use while it reads or rewrites all of it. Indexes: `build_index`; "
    "constraints: `postgresql_not_valid=True`, validated by a later migration; another type: a new "
    "column; values: a job, in batches; generated columns: `persisted=False`.",
    where=MIGRATIONS,
    unless=NOT_THE_PACKAGE,
    at=AT,
    good=(
        '"""Kind: expand"""\nbuild_index("ix_deal_colour", "deal", ["colour"], schema="sales")',
        (
            '"""Kind: expand"""\nop.create_table("shade", schema="sales")\n'
            'op.create_index("ix_shade_name", "shade", ["name"], schema="sales")'
        ),
        (
            '"""Kind: expand"""\nop.create_check_constraint("n", "deal", "n > 0", schema="sales", '
            "postgresql_not_valid=True)"
        ),
        '"""Kind: expand"""\nop.add_column("deal", Column("at", TIME, server_default=func.now()))',
        '"""Kind: expand"""\nop.execute("alter table sales.deal validate constraint ck_deal_n")',
    ),
    bad=(
        '"""Kind: expand"""\nop.create_index("ix_deal_colour", "deal", ["colour"], schema="sales")',
        '"""Kind: expand"""\nop.alter_column("deal", "colour", type_=Integer())',
        '"""Kind: expand"""\nop.create_check_constraint("n", "deal", "n > 0", schema="sales")',
        '"""Kind: expand"""\nop.create_foreign_key("fk", "deal", "shade", ["n"], ["id"])',
        '"""Kind: expand"""\nop.add_column("deal", Column("l", Computed("x", persisted=True)))',
        '"""Kind: expand"""\nop.add_column("deal", Column("n", BigInteger(), Identity()))',
        (
            '"""Kind: expand"""\nop.add_column("deal", Column("id2", Uuid(), '
            'server_default=text("gen_random_uuid()")))'
        ),
        '"""Kind: expand"""\nop.execute("update sales.deal set colour = \'red\'")',
        '"""Kind: expand"""\nop.execute("create index ix_deal_colour on sales.deal (colour)")',
        '"""Kind: expand"""\nop.execute("alter table sales.deal add check (amount > 0)")',
        '"""Kind: expand"""\nop.execute("alter table sales.deal alter column amount type float")',
    ),
)
def no_long_locks(source: Source) -> Iterator[int]:
    if kind_of(source) == "start":
        return
    new = made(source)
    for one in asked(source):
        constraint = one.name in {"create_check_constraint", "create_foreign_key"}
        if (
            (one.name == "create_index" and _first(one.call, 1) not in new)
            or (constraint and not is_true(one.call, "postgresql_not_valid"))
            or (one.name == "alter_column" and keyword(one.call, "type_") is not None)
            or (one.name == "add_column" and any(_rewrites(part) for part in one.call.args))
            or LONG_WORDS.search(one.sql)
        ):
            yield one.line


def _rewrites(column: ast.expr) -> bool:
    """A column whose values PostgreSQL would write into every row that is there."""
    for call in (one for one in ast.walk(column) if isinstance(one, ast.Call)):
        default = keyword(call, "server_default")
        if (
            (last_name(call.func) == "Computed" and is_true(call, "persisted"))
            or last_name(call.func) in {"Identity", "Sequence"}
            or (default is not None and REWRITING.search(ast.unparse(default)))
        ):
            return True
    return False


@rule(
    "Indexes of tables in use, and the validation of constraints, have a migration of their own: "
    "when it is killed half-way it runs again as a whole.",
    where=MIGRATIONS,
    unless=NOT_THE_PACKAGE,
    at=AT,
    good=(
        '"""Kind: expand"""\nbuild_index("a", "deal", ["a"])\ndrop_index("b", schema="sales")',
        '"""Kind: expand"""\nop.execute("alter table sales.deal validate constraint ck_deal_n")',
    ),
    bad=(
        '"""Kind: expand"""\nop.add_column("deal", Column("a", Text()))\nbuild_index("a", "deal")',
        '"""Kind: expand"""\nbuild_index("a", "deal", ["a"])\nop.execute("select 1")',
        (
            '"""Kind: expand"""\nop.create_check_constraint("n", "deal", "n > 0", '
            'postgresql_not_valid=True)\nop.execute("alter table deal validate constraint n")'
        ),
    ),
)
def what_takes_long_stands_alone(source: Source) -> Iterator[int]:
    everything = list(asked(source))
    alone = [one for one in everything if one.name in BESIDE or VALIDATING.search(one.sql)]
    if alone and len(alone) < len(everything):
        yield from (one.line for one in everything if one not in alone)
