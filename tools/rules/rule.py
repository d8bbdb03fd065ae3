"""What a rule is: where it looks, how it finds, what to do instead, and samples to try it on."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted(path.parent.name for path in ROOT.glob("gausdo/modules/*/contract.py"))

N = TypeVar("N", bound=ast.AST)


@dataclass(frozen=True)
class Source:
    """A file by its path from the root, written with slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def module(self) -> str:
        """The module of the house it belongs to; empty elsewhere."""
        parts = self.path.split("/")
        return parts[2] if parts[:2] == ["gausdo", "modules"] else ""

    def nodes(self, *kinds: type[N]) -> Iterator[N]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Calls of a function or method by its last name."""
        return (call for call in self.nodes(ast.Call) if last_name(call.func) in names)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and name of every module that is imported."""
        for source in self.nodes(ast.ImportFrom):
            yield source.lineno, source.module or ""
        for node in self.nodes(ast.Import):
            yield from ((node.lineno, one.name) for one in node.names)

    def matching(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """The lines where a pattern is found."""
        return (
            number for number, line in enumerate(self.text.splitlines(), 1) if pattern.search(line)
        )


Find = Callable[[Source], Iterator[int]]


@dataclass(frozen=True)
class Rule:
    """`find` tells the lines that break it; `advice` says what to do instead.

    `where` and `unless` are patterns of paths, in which `*` stands for slashes too. The samples
    are read as if they were the file `at`.
    """

    name: str
    advice: str
    find: Find
    where: tuple[str, ...]
    unless: tuple[str, ...]
    at: str
    good: tuple[str, ...]
    bad: tuple[str, ...]

    def looks_at(self, path: str) -> bool:
        return any(fnmatch(path, one) for one in self.where) and not any(
            fnmatch(path, one) for one in self.unless
        )


RULES: list[Rule] = []


def rule(
    advice: str,
    *,
    where: tuple[str, ...] = ("gausdo/modules/*.py",),
    unless: tuple[str, ...] = (),
    at: str = "gausdo/modules/sales/service.py",
    good: tuple[str, ...],
    bad: tuple[str, ...],
) -> Callable[[Find], Find]:
    """Make a rule of a function that finds lines; its name is the rule's."""

    def add(find: Find) -> Find:
        name = find.__name__.replace("_", "-")
        RULES.append(Rule(name, advice, find, where, unless, at, good, bad))
        return find

    return add


def last_name(node: ast.AST | None) -> str:
    """`begin` of `self.db.begin`, `Column` of `sa.Column`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def strings(node: ast.AST) -> Iterator[ast.Constant]:
    return (
        one
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


def keyword(call: ast.Call | ast.ClassDef, name: str) -> ast.expr | None:
    return next((one.value for one in call.keywords if one.arg == name), None)


def parameters(function: ast.AsyncFunctionDef | ast.FunctionDef) -> list[ast.arg]:
    """Without `self`."""
    told = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [one for one in told if one.arg != "self"]
