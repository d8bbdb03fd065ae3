"""Templates in Liquid: only plain values, few tags and filters, and a limit on everything.

A template is written by one person and rendered with another's data, so it is treated as hostile:
it sees dictionaries, lists, text and numbers only, and a loop, a doubling or a long chain of
filters ends at a limit within `SECONDS` of this thread's time.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, wraps
from typing import Any, TypeVar

from liquid import BoundTemplate, Environment, RenderContext
from liquid.builtin import content, illegal, output
from liquid.builtin.tags import (
    assign_tag,
    case_tag,
    comment_tag,
    for_tag,
    if_tag,
    inline_comment_tag,
    unless_tag,
)
from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.token import Token
from pydantic_core import from_json, to_json, to_jsonable_python

from gausdo.kernel.errors import FieldError
from gausdo.modules.communications.contract import BadTemplate
from gausdo.modules.communications.liquid_filters import FILTERS, LONGEST

A = TypeVar("A")
SECONDS = 0.03
OUTPUT = 200_000
"""Bytes of one rendered text."""
BRACKETS = 100
"""How often a template may use `[`: nested, they are slow to read."""
VALUES = 200_000
"""Bytes of the values given to a template, as JSON."""


class _Context(RenderContext):
    """A rendering that watches its time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._until = time.thread_time() + SECONDS

    def _watch(self) -> None:
        if time.thread_time() > self._until:
            raise ResourceLimitError("this takes too long; use fewer loops or filters", token=None)

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        self._watch()
        function = super().filter(name, token)

        @wraps(function)
        def bounded(*args: object, **kwargs: object) -> object:
            made = function(*args, **kwargs)
            if isinstance(made, str) and len(made) > LONGEST:
                raise ResourceLimitError(
                    f"“{name}” makes more than {LONGEST} characters", token=token
                )
            return made

        return bounded

    def assign(self, key: str, val: Any) -> None:
        self._watch()
        super().assign(key, val)

    def loop(self, namespace: Mapping[str, object], forloop: Any) -> Any:
        forloop.it = self._watched(forloop.it)
        return super().loop(namespace, forloop)

    def _watched(self, items: Iterator[Any]) -> Iterator[Any]:
        for item in items:
            self._watch()
            yield item


class _Template(BoundTemplate):
    context_class = _Context


class _Limited(Environment):
    template_class = _Template
    block_nesting_limit = 10
    context_depth_limit = 20
    loop_iteration_limit = 1000
    local_namespace_limit = 100_000
    output_stream_limit = OUTPUT

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002
        for tag in (
            content.Literal,
            output.Output,
            illegal.Illegal,
            assign_tag.AssignTag,
            case_tag.CaseTag,
            comment_tag.CommentTag,
            for_tag.BreakTag,
            for_tag.ContinueTag,
            for_tag.ForTag,
            if_tag.IfTag,
            inline_comment_tag.InlineCommentTag,
            unless_tag.UnlessTag,
        ):
            self.add_tag(tag)
        for name, function in FILTERS.items():
            self.add_filter(name, function)


@lru_cache
def _environment(locale: str, html: bool) -> _Limited:
    return _Limited(autoescape=html, globals={"_locale": locale})


@lru_cache(maxsize=200)
def _parsed(source: str, locale: str, html: bool) -> BoundTemplate:
    if source.count("[") > BRACKETS:
        raise _refusal(f"there are more than {BRACKETS} brackets", None)
    template = _environment(locale, html).from_string(source)
    for name, places in template.analyze(include_partials=False).filters.items():
        if name not in FILTERS:
            line = source.count("\n", 0, places[0].index) + 1
            raise _refusal(f"there is no filter “{name}”, only: {', '.join(FILTERS)}", line)
    return template


def check(field: str, source: str, *, locale: str, html: bool = False) -> None:
    """Raise BadTemplate, naming the line, when `source` is no template."""
    _guarded(field, lambda: _parsed(source, locale, html))


def render(
    field: str, source: str, values: Mapping[str, Any], *, locale: str, html: bool = False
) -> str:
    """`source` with `values` in it, escaped when `html`. Raises BadTemplate."""

    def rendered() -> str:
        plain = to_json(to_jsonable_python(values, fallback=str))
        if len(plain) > VALUES:
            raise _refusal(f"the values have more than {VALUES} bytes", None)
        return _parsed(source, locale, html).render(from_json(plain))

    return _guarded(field, rendered)


def _guarded(field: str, work: Callable[[], A]) -> A:
    try:
        return work()
    except BadTemplate as refusal:
        message, line = refusal.detail, refusal.data["line"]
    except LiquidError as error:
        place = error.context()
        message, line = str(error.message), place[0] if place else None
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        message, line = "this cannot be worked out", None
    told = f"Line {line}: {message}." if line else f"{message[0].upper()}{message[1:]}."
    raise BadTemplate(
        f"The template's {field} has a mistake. {told}",
        errors=[FieldError(field=field, code="liquid", message=told)],
        data={"line": line},
    )


def _refusal(message: str, line: int | None) -> BadTemplate:
    return BadTemplate(message, data={"line": line})
