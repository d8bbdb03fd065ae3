"""Formulas are read: from text to a tree whose types fit, or to what is wrong and where."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from gausdo.kernel.errors import FieldError, Invalid

MAX_NODES = 300
MAX_DEPTH = 30
NUMBER, MONEY, DATE, TIME, TEXT, BOOL = "number", "money", "date", "time", "text", "bool"
LIST, NONE = "choices", "none"
RESULTS = (NUMBER, MONEY, DATE, TEXT, BOOL)
"""What a formula may give: these are types of fields as well."""
Tree: TypeAlias = dict[str, Any]
"""`op`, and what it is `of`."""


class Wrong(Exception):
    """What is wrong with a formula, and from which of its characters on."""

    def __init__(self, code: str, at: int, message: str, name: str = "") -> None:
        super().__init__(message)
        self.code, self.at, self.message, self.name = f"formula-{code}", at, message, name
        self.of = ""
        """The key of the field whose formula it is, where that is known."""

    def refusal(self) -> Invalid:
        told = f"{self.message} (character {self.at + 1})"
        return Invalid(
            told,
            errors=[FieldError(field="formula", code=self.code, message=told)],
            data={"at": self.at, "name": self.name},
        )


@dataclass(frozen=True)
class Source:
    """A field that a formula may ask for: its type, where its value stands, and the options a
    choice has, key by name.
    """

    type: str
    tree: Tree
    options: Mapping[str, str] = field(default_factory=dict)


class Formula(NamedTuple):
    """A formula that was understood: what it gives, how, and of which fields."""

    type: str
    tree: Tree
    uses: frozenset[str]


@dataclass(frozen=True)
class Part:
    """An expression, from which character on, and what is known of it."""

    type: str
    tree: Tree
    at: int
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> str | None:
        """The text it is, where it was written as text."""
        return self.tree["value"] if self.type == TEXT and self.tree["op"] == "is" else None


_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<sign><=|>=|!=|<>|[-+*/()<>=,;]))"
)
DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SIGNS = {"=": "eq", "!=": "ne", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_CLOCK = frozenset({"today", "now"})


Make: TypeAlias = Callable[["Reader", int, list[Part]], Part]
Function: TypeAlias = tuple[int, int, Make]
"""How many values it takes, at least and at most, and what is made of them."""


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        start = at + len(text[at:]) - len(text[at:].lstrip())
        if found is None or found.lastgroup is None:
            raise Wrong("syntax", start, "This is not understood.", text[start])
        yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup))
        at = found.end()
    yield _Token("end", "", len(text))


class Reader:
    """Reads from the left, one token ahead."""

    def __init__(
        self,
        text: str,
        sources: Mapping[str, Source],
        zone: str,
        functions: Mapping[str, Function],
    ) -> None:
        self.tokens = _tokens(text)
        self.next = next(self.tokens)
        self.sources, self.zone, self.functions = sources, zone, functions
        self.uses: set[str] = set()
        self.nodes = self.depth = 0

    def whole(self) -> Part:
        part = self.either()
        if self.next.kind != "end":
            raise Wrong("syntax", self.next.at, "This is too much here.", self.next.text)
        return part

    def take(self, *texts: str) -> _Token | None:
        """The next token, if it is one of these."""
        token = self.next
        if token.kind == "text" or token.text.lower() not in texts:
            return None
        self.next = next(self.tokens)
        return token

    def demand(self, *texts: str) -> None:
        if self.take(*texts) is None:
            raise Wrong("syntax", self.next.at, f"Expected “{texts[0]}”.", texts[0])

    def made(self, type: str, at: int, op: str, *of: Part, **more: Any) -> Part:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Wrong("too-large", at, f"At most {MAX_NODES} steps are taken.")
        tree: Tree = {"op": op, **more, **({"of": [one.tree for one in of]} if of else {})}
        return Part(type, tree, at)

    def either(self) -> Part:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Wrong("too-large", self.next.at, f"At most {MAX_DEPTH} levels may be nested.")
        part = self.both()
        while token := self.take("or"):
            part = self.made(BOOL, token.at, "or", _bool(part), _bool(self.both()))
        self.depth -= 1
        return part

    def both(self) -> Part:
        part = self.negated()
        while token := self.take("and"):
            part = self.made(BOOL, token.at, "and", _bool(part), _bool(self.negated()))
        return part

    def negated(self) -> Part:
        """Each level of it is one of nesting as well."""
        if (token := self.take("not")) is None:
            return self.compared()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Wrong("too-large", token.at, f"At most {MAX_DEPTH} levels may be nested.")
        part = self.made(BOOL, token.at, "not", _bool(self.negated()))
        self.depth -= 1
        return part

    def compared(self) -> Part:
        left = self.sum()
        if (token := self.take(*_SIGNS)) is None:
            return left
        right = self.sum()
        left, right = self.alike(left, right), self.alike(right, left)
        of = left.type if left.type != NONE else right.type
        ordered = _SIGNS[token.text] not in {"eq", "ne"}
        if left.type != right.type or of == LIST or (ordered and of == BOOL):
            raise not_together(token.at)
        return self.made(BOOL, token.at, _SIGNS[token.text], left, right, **{"as": of})

    def alike(self, one: Part, other: Part) -> Part:
        """A text that is written beside a day or a choice is one."""
        told = one.told
        if told is None:
            return one
        if other.type == DATE and DAY.fullmatch(told):
            return self.day(told, one.at)
        if other.options and told not in other.options:
            key = next((key for key, name in other.options.items() if name == told), None)
            if key is None:
                raise Wrong("option", one.at, f"There is no option “{told}”.", told)
            return self.made(TEXT, one.at, "is", value=key)
        return one

    def day(self, told: str, at: int) -> Part:
        try:
            date.fromisoformat(told)
        except ValueError:
            raise Wrong("date", at, f"“{told}” is no day.", told) from None
        return self.made(DATE, at, "is", value=told)

    def sum(self) -> Part:
        part = self.product()
        while token := self.take("+", "-"):
            part = self.added(token, part, self.product())
        return part

    def added(self, token: _Token, left: Part, right: Part) -> Part:
        left, right = self.alike(left, right), self.alike(right, left)
        plus = token.text == "+"
        match left.type, right.type:
            case ("number", "number") | ("money", "money"):
                return self.made(
                    left.type, token.at, "add" if plus else "take", left, right,
                    **{"as": left.type},
                )  # fmt: skip
            case ("date", "number"):
                return self.made(DATE, token.at, "later" if plus else "earlier", left, right)
            case ("date", "date") if not plus:
                return self.made(NUMBER, token.at, "days", right, left)
            case ("text", "text") if plus:
                return self.made(TEXT, token.at, "concat", self.worded(left), self.worded(right))
        raise not_together(token.at)

    def product(self) -> Part:
        part = self.signed()
        while token := self.take("*", "/"):
            right = self.signed()
            match part.type, right.type, token.text:
                case ("number", "number", _):
                    op = "times" if token.text == "*" else "by"
                    part = self.made(NUMBER, token.at, op, part, right)
                case ("money", "number", _):
                    op = "times_money" if token.text == "*" else "money_by"
                    part = self.made(MONEY, token.at, op, part, right)
                case ("number", "money", "*"):
                    part = self.made(MONEY, token.at, "times_money", right, part)
                case ("money", "money", "/"):
                    part = self.made(NUMBER, token.at, "ratio", part, right)
                case _:
                    raise not_together(token.at)
        return part

    def signed(self) -> Part:
        if (token := self.take("-")) is None:
            return self.value()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Wrong("too-large", token.at, f"At most {MAX_DEPTH} levels may be nested.")
        part = self.signed()
        self.depth -= 1
        if part.type == NUMBER:
            return self.made(NUMBER, token.at, "take", self.number("0", token.at), part, **_AS)
        if part.type == MONEY:
            return self.made(MONEY, token.at, "times_money", part, self.number("-1", token.at))
        raise not_together(token.at)

    def number(self, told: str, at: int) -> Part:
        return self.made(NUMBER, at, "is", value=told, **_AS)

    def value(self) -> Part:
        token = self.next
        if self.take("("):
            part = self.either()
            self.demand(")")
            return part
        if token.kind not in {"number", "text", "name"}:
            raise Wrong("syntax", token.at, "A value is missing here.", token.text)
        self.next = next(self.tokens)
        if token.kind == "number":
            if len(token.text) > 20:  # noqa: PLR2004 - more digits than any number has
                raise Wrong("syntax", token.at, "A number has at most 16 digits.", token.text)
            return self.number(token.text, token.at)
        if token.kind == "text":
            return self.made(TEXT, token.at, "is", value=token.text[1:-1])
        return self.named(token)

    def named(self, token: _Token) -> Part:
        word = token.text.lower()
        if word in {"true", "false"}:
            return self.made(BOOL, token.at, "is", value=word == "true")
        if word == "none":
            return self.made(NONE, token.at, "none")
        if self.take("("):
            return self.called(token, word)
        if word in _CLOCK:
            raise _clock(token)
        try:
            source = self.sources.get(token.text)
        except Wrong as wrong:
            if wrong.code == "formula-cycle":
                wrong.at = token.at
            raise
        if source is None:
            raise Wrong("unknown", token.at, f"There is no field “{token.text}”.", token.text)
        self.uses.add(token.text)
        part = self.made(source.type, token.at, "")
        return Part(part.type, source.tree, token.at, source.options)

    def called(self, token: _Token, word: str) -> Part:
        if word in _CLOCK:
            raise _clock(token)
        function = self.functions.get(word)
        if function is None:
            raise Wrong("unknown", token.at, f"There is no function “{token.text}”.", token.text)
        parts: list[Part] = []
        while not self.take(")"):
            if parts:
                self.demand(",", ";")
            parts.append(self.either())
        fewest, most, make = function
        if not fewest <= len(parts) <= most:
            raise Wrong("arguments", token.at, f"“{word}” takes another number of values.", word)
        return make(self, token.at, parts)

    def worded(self, part: Part) -> Part:
        """The same as text: an option by its name."""
        if part.options and part.type == TEXT:
            return self.made(TEXT, part.at, "label", part, names=dict(part.options))
        if part.type == TEXT:
            return part
        if part.type in {LIST, NONE}:
            raise not_together(part.at)
        return self.made(TEXT, part.at, "words", part, **{"as": part.type})


_AS = {"as": NUMBER}


def not_together(at: int) -> Wrong:
    return Wrong("types", at, "These values do not go together so.")


def _clock(token: _Token) -> Wrong:
    return Wrong(
        "today",
        token.at,
        "A formula is worked out when something changes: what is right today would be wrong "
        "tomorrow. Ask for days from today in a filter.",
        token.text,
    )


def _bool(part: Part) -> Part:
    return demand_type(part, BOOL)


def demand_type(part: Part, *types: str) -> Part:
    if part.type not in types:
        raise not_together(part.at)
    return part
