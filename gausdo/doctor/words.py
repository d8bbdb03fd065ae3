"""A sentence as a template and its values, so that it can be told in Russian, too."""

from collections.abc import Iterable
from string import Formatter
from typing import Any, TypeAlias

from gausdo.brought import Language
from gausdo.doctor.russian import RUSSIAN

Told: TypeAlias = str | int | float


class Words(str):
    """As text it is English, which is also what programs are told."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Told]

    def in_language(self, language: Language) -> str:
        if language == "en":
            return str(self)
        return _RUSSIAN.vformat(RUSSIAN.get(self.template, self.template), (), self.values)


def words(template: str, **values: Told) -> Words:
    """Each template has a Russian one in `russian.py`; a value may be words itself."""
    made = Words(template.format(**values))
    made.template, made.values = template, values
    return made


def verbatim(text: str) -> Words:
    """What somebody else has said, as it was said."""
    return words("{text}", text=text)


def joined(separator: str, parts: Iterable[Told]) -> Words:
    values = {f"part{number}": part for number, part in enumerate(parts)}
    return words(separator.join(f"{{{name}}}" for name in values), **values)


class _Russian(Formatter):
    """Takes `{count:день|дня|дней}` for the form that goes with the number."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Words):
            return value.in_language("ru")
        if "|" in format_spec:
            return plural(value, *format_spec.split("|"))
        told = str(super().format_field(value, format_spec))
        return told.replace(".", ",") if isinstance(value, float) else told


def plural(count: int, one: str, few: str, many: str) -> str:
    if count % 10 == 1 and count % 100 != 11:  # noqa: PLR2004 - 11 is eleven
        return one
    return few if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14} else many


_RUSSIAN = _Russian()
