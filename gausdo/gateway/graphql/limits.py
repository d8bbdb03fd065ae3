"""What an operation may cost, told from its text before anything of it is run.

The text is read once: first its tokens, then each selection once, a fragment's figures being
remembered, so a refusal takes as long as a thousand tokens do, however far fragments would fan out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_operation_ast,
    parse,
)
from graphql.language import Lexer, Source, TokenKind

from gausdo.kernel.errors import Malformed, Problem
from gausdo.kernel.pages import MAX_PAGE, PAGE

TOKENS = 1000
NESTING = 40
"""Brackets within brackets, which a parser descends into."""
DEPTH = 6
"""Records within records; `edges` and `node` are the page itself."""
ALIASES = 15
DIRECTIVES = 15
SELECTIONS = 250
"""Fields and fragments named in the text: validation compares each with each."""
VALUES = 10_000
"""Fields of an answer, if every page were full."""
INTROSPECTION_DEPTH = 15

_OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})
_PAGE_ITSELF = frozenset({"edges", "node", "pageInfo"})


class TooComplex(Problem, code="graphql.too-complex", status=400):
    """`data`: `limit`, which was reached, and `most`, what it allows."""


def admitted(
    query: str,
    variables: Mapping[str, Any],
    name: str | None,
    kinds: frozenset[OperationType],
) -> DocumentNode:
    """The document, when the operation `name` of it may be run.

    Raises TooComplex, and Malformed for text that is not GraphQL or has no such operation.
    """
    try:
        _count_tokens(query)
        document = parse(query)
    except GraphQLError as error:
        raise Malformed(error.message) from error
    operation = get_operation_ast(document, name)
    if operation is None:
        raise Malformed("Say in `operationName` which of the operations to run.")
    if operation.operation not in kinds:
        raise Malformed(
            "Subscriptions go over a WebSocket (graphql-transport-ws), and nothing else does."
        )
    _Weigher(document, _numbers(operation, variables)).weigh(operation)
    return document


def _count_tokens(query: str) -> None:
    lexer = Lexer(Source(query))
    depth = 0
    for count in range(TOKENS + 1):
        token = lexer.advance()
        if token.kind is TokenKind.EOF:
            return
        depth += (token.kind in _OPENING) - (token.kind in _CLOSING)
        _within("nesting", depth, NESTING)
        _within("tokens", count + 1, TOKENS)


def _within(limit: str, found: int, most: int) -> None:
    if found > most:
        raise TooComplex(
            f"This asks for too much at once: at most {most} {limit}. Ask in several requests.",
            data={"limit": limit, "most": most},
        )


def _numbers(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables with their defaults, as far as they are numbers."""
    told = {
        one.variable.name.value: int(one.default_value.value)
        for one in operation.variable_definitions or ()
        if isinstance(one.default_value, IntValueNode)
    }
    return {**told, **variables}


class _Weight(NamedTuple):
    """`paged`: whether `edges` are asked for, themselves or in a fragment."""

    values: int = 0
    depth: int = 0
    paged: bool = False


@dataclass
class _Weigher:
    document: DocumentNode
    numbers: Mapping[str, Any]
    counted: dict[str, int] = field(default_factory=dict)
    fragments: dict[str, _Weight | None] = field(default_factory=dict)

    def weigh(self, operation: OperationDefinitionNode) -> None:
        """Every definition is counted, used or not: all of them are validated."""
        self._defined = {
            one.name.value: one
            for one in self.document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        for definition in self.document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                weight = self._selected(definition.selection_set)
                if definition is operation:
                    _within("depth", weight.depth, DEPTH)
                    _within("values", weight.values, VALUES)
        for name in self._defined:
            self._fragment(name)

    def _count(self, limit: str, most: int, more: int = 1) -> None:
        self.counted[limit] = self.counted.get(limit, 0) + more
        _within(limit, self.counted[limit], most)

    def _selected(self, selected: SelectionSetNode | None) -> _Weight:
        values, depth, paged = 0, 0, False
        for one in selected.selections if selected else ():
            self._count("selections", SELECTIONS)
            self._count("directives", DIRECTIVES, len(one.directives or ()))
            if isinstance(one, FieldNode):
                weight = self._field(one)
            elif isinstance(one, FragmentSpreadNode):
                weight = self._fragment(one.name.value)
            else:
                weight = self._selected(one.selection_set)  # type: ignore[attr-defined]
            values += weight.values
            depth = max(depth, weight.depth)
            paged |= weight.paged
        return _Weight(values, depth, paged)

    def _field(self, node: FieldNode) -> _Weight:
        name = node.name.value
        if node.alias is not None:
            self._count("aliases", ALIASES)
        if name in {"__schema", "__type"}:
            self._count("introspections", 1)
            within = self._selected(node.selection_set)
            _within("depth of introspection", within.depth, INTROSPECTION_DEPTH)
            return _Weight(1, 1)
        within = self._selected(node.selection_set)
        if node.selection_set is None:
            return _Weight(1, 0)
        if name in _PAGE_ITSELF:
            return within._replace(paged=name == "edges")
        records = self._records(node, PAGE if within.paged else 1)
        return _Weight((1 + within.values) * records, within.depth + 1)

    def _records(self, node: FieldNode, untold: int) -> int:
        """How many records a field is: a page's `first`, else `untold`."""
        first = next((one.value for one in node.arguments or () if one.name.value == "first"), None)
        told: Any = untold if first is None else MAX_PAGE
        if isinstance(first, IntValueNode) and len(first.value) <= len(str(MAX_PAGE)):
            told = int(first.value)
        elif isinstance(first, VariableNode):
            told = self.numbers.get(first.name.value, PAGE)
        return max(1, min(told, MAX_PAGE)) if isinstance(told, int) else MAX_PAGE

    def _fragment(self, name: str) -> _Weight:
        if name not in self.fragments:
            self.fragments[name] = None
            defined = self._defined.get(name)
            self.fragments[name] = self._selected(defined.selection_set if defined else None)
        weight = self.fragments[name]
        if weight is None:
            raise Malformed(f"The fragment “{name}” holds itself.")
        return weight
