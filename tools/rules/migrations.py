"""The release before runs on the new schema: a migration adds, or takes away, never both."""

import ast
import re
from collections.abc import Iterator

from tools.rules.rule import Source, keyword, rule, strings

MIGRATIONS = ("gausdo/modules/*/migrations/*.py",)
NOT_THE_PACKAGE = ("*/__init__.py",)
AT = "gausdo/modules/sales/migrations/0002_more.py"

KIND = re.compile(r"^Kind: (start|expand|contract)$", re.MULTILINE)
TAKING = re.compile(r"\b(drop|truncate|rename)\b", re.IGNORECASE)
GIVING = re.compile(r"\b(create|add)\b", re.IGNORECASE)


def kind_of(source: Source) -> str:
    found = KIND.search(ast.get_docstring(source.tree) or "")
    return found[1] if found else ""


def asked(source: Source) -> Iterator[tuple[int, str, ast.Call]]:
    """The line, what is done, and the call: `op.drop_table` or the words of `op.execute`."""
    for call in source.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in {"op", "batch"}:
            words = call.func.attr.replace("_", " ")
            if words == "execute":
                words = " ".join(str(one.value) for one in strings(call))
            yield call.lineno, words, call


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
    "The release before still runs on this schema. Take away in a migration of `Kind: contract` "
    "one release later; a new column is nullable or has a server default.",
    where=MIGRATIONS,
    unless=NOT_THE_PACKAGE,
    at=AT,
    good=(
        '"""Kind: expand"""\nop.add_column("deal", Column("colour", Text(), nullable=True))',
        (
            '"""Kind: expand"""\n'
            'op.add_column("deal", Column("n", Text(), nullable=False, server_default="0"))'
        ),
        '"""Kind: contract"""\nop.drop_column("deal", "colour")',
    ),
    bad=(
        '"""Kind: expand"""\nop.drop_column("deal", "colour")',
        '"""Kind: expand"""\nop.rename_table("deal", "lead")',
        '"""Kind: expand"""\nop.execute("alter table sales.deal drop column colour")',
        '"""Kind: expand"""\nop.add_column("deal", Column("colour", Text(), nullable=False))',
        '"""Kind: expand"""\nop.alter_column("deal", "colour", nullable=False)',
        '"""Kind: expand"""\nop.alter_column("deal", "colour", type_=Integer())',
    ),
)
def an_expansion_only_adds(source: Source) -> Iterator[int]:
    if kind_of(source) == "contract":
        return
    for line, words, call in asked(source):
        null = keyword(call, "nullable")
        narrowing = words == "alter column" and (
            keyword(call, "type_") is not None
            or (isinstance(null, ast.Constant) and null.value is False)
        )
        demanding = words == "add column" and any(_demands(part) for part in call.args)
        if TAKING.search(words) or narrowing or demanding:
            yield line


def _demands(column: ast.expr) -> bool:
    """A column that the release before would not fill."""
    if not isinstance(column, ast.Call):
        return False
    null = keyword(column, "nullable")
    needed = isinstance(null, ast.Constant) and null.value is False
    filled = keyword(column, "server_default") is not None or any(
        "Computed" in ast.unparse(part) or "Identity" in ast.unparse(part) for part in column.args
    )
    return needed and not filled


@rule(
    "A migration of `Kind: contract` only takes away; what it adds belongs to an expansion.",
    where=MIGRATIONS,
    unless=NOT_THE_PACKAGE,
    at=AT,
    good=('"""Kind: contract"""\nop.drop_table("colour")',),
    bad=(
        '"""Kind: contract"""\nop.create_table("colour")',
        '"""Kind: contract"""\nop.drop_table("colour")\nop.execute("create table sales.shade ()")',
    ),
)
def a_contraction_only_takes_away(source: Source) -> Iterator[int]:
    if kind_of(source) == "contract":
        yield from (line for line, words, _ in asked(source) if GIVING.search(words))
