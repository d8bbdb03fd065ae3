"""Values of a field that was added as values of another type, as people would read and write them.

Texts are read as cells of imports are (`kernel/spelling.py`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import JsonValue, TypeAdapter, ValidationError

from gausdo.kernel import spelling
from gausdo.kernel.becoming import MOST_OPTIONS
from gausdo.kernel.custom import CustomField, CustomType, Option
from gausdo.kernel.custom_keys import key_of
from gausdo.kernel.custom_reading import asked, scalar
from gausdo.kernel.values import Line

_LINE = TypeAdapter(Line)
_CHOSEN = frozenset({CustomType.CHOICE, CustomType.CHOICES})
_SCALAR = frozenset({CustomType.NUMBER, CustomType.DATE, CustomType.BOOL, CustomType.PERSON})
_NAMED = frozenset({CustomType.PERSON, CustomType.LINK})
_WORDS = {"ru": ("да", "нет"), "en": ("yes", "no")}
_DAY = {"ru": "%d.%m.%Y", "en": "%Y-%m-%d"}
_MIDNIGHT = frozenset({"", "0:00", "00:00", "00:00:00", "00:00:00Z", "00:00:00+00:00"})


class Turned(NamedTuple):
    """`value` is None where nothing of the new type is meant; `shorter`: it says less."""

    value: JsonValue
    shorter: bool = False


LOST = Turned(None)


@dataclass
class Turning:
    """From one type to another. `names`: of colleagues and records, by their ids."""

    before: CustomField
    into: CustomField
    currency: str
    locale: str
    zone: ZoneInfo
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._options = {one.key: one.name for one in self.before.options}
        self._chosen = {one.key: one.key for one in self.into.options}
        self._chosen |= {one.name.casefold(): one.key for one in self.into.options}
        self._asked = asked(self.into)  # made once: values are very many
        self._ids: dict[str, str | None] = {}
        for id, name in self.names.items():
            folded = name.casefold()
            self._ids[folded] = None if folded in self._ids else id

    def __call__(self, held: JsonValue) -> Turned:
        """What a value becomes."""
        try:
            return self._turned(held)
        except (ValueError, ArithmeticError):  # it says nothing of the new type
            return LOST

    def _turned(self, held: Any) -> Turned:
        was, to = self.before.type, self.into.type
        if was in _CHOSEN and to in _CHOSEN:
            return _chosen(held, several=to is CustomType.CHOICES)
        if was is CustomType.TIME and to is CustomType.DATE:
            at = self._clock(held)
            return Turned(at.date().isoformat(), at.time() != time.min)
        if was is CustomType.DATE and to is CustomType.TIME:
            day = datetime.fromisoformat(held).replace(tzinfo=self.zone)
            return Turned(self.into.read(day.isoformat()))
        if was is CustomType.MONEY and to is CustomType.NUMBER:
            return Turned(held["amount"]) if held["currency"] == self.currency else LOST
        text = self.text(held)
        return LOST if text is None else self._read(text)

    def _clock(self, held: JsonValue) -> datetime:
        return datetime.fromisoformat(str(held)).astimezone(self.zone)

    def text(self, held: JsonValue) -> str | None:
        """As a person reads the value; None for somebody who is not known any more."""
        return self._text(self.before.type, held, self._options)

    def _text(self, type: CustomType, held: Any, options: Mapping[str, str]) -> str | None:
        russian = self.locale == "ru"
        told: str | None = str(held)
        match type:
            case CustomType.NUMBER:
                told = held.replace(".", ",") if russian else held
            case CustomType.MONEY:
                amount = held["amount"].replace(".", ",") if russian else held["amount"]
                told = f"{amount} {held['currency']}"
            case CustomType.DATE:
                told = f"{date.fromisoformat(held):{_DAY[self.locale]}}"
            case CustomType.TIME:
                at = self._clock(held)
                told = f"{at:{_DAY[self.locale]} %H:%M}" + (f"{at::%S}" if at.second else "")
            case CustomType.BOOL:
                told = _WORDS[self.locale][0 if held else 1]
            case CustomType.CHOICE:
                told = options.get(held, held)
            case CustomType.CHOICES:
                told = ", ".join(options.get(one, one) for one in held)
            case CustomType.PERSON | CustomType.LINK:
                told = self.names.get(held)
        return told

    def shown(self, turned: JsonValue) -> str | None:
        """What it has become, as a person reads it."""
        if turned is None:
            return None
        return self._text(self.into.type, turned, {one.key: one.name for one in self.into.options})

    def _read(self, text: str) -> Turned:
        """Raises ValueError."""
        shorter = False
        told: Any = text
        match self.into.type:
            case CustomType.NUMBER:
                told = _number(text)
            case CustomType.MONEY:
                sum_, sign = spelling.amount(text)
                told = {"amount": f"{sum_:.2f}", "currency": sign or self.currency}
            case CustomType.DATE:
                told, shorter = self._day(text.strip())
            case CustomType.TIME:
                told = self._moment(text.strip())
            case CustomType.BOOL:
                told = spelling.yes_or_no(text)
            case CustomType.CHOICE:
                told = self._option(text)
            case CustomType.CHOICES:
                told = [self._option(one) for one in spelling.several(text)]
            case CustomType.PERSON:
                told = self._ids.get(text.strip().casefold())
        if self.into.type in _SCALAR and told is not None:
            return Turned(scalar(self._asked, told), shorter)
        return Turned(self.into.read(told), shorter)

    def _day(self, text: str) -> tuple[str, bool]:
        """Also of a time, which says more; of nothing that says anything else."""
        hour = re.split("[ T]", text, maxsplit=1)[1:]
        if not hour or hour[0] in _MIDNIGHT:
            return spelling.day(text).isoformat(), False
        return spelling.moment(text, self.zone).date().isoformat(), True

    def _moment(self, text: str) -> str:
        if " " in text or "T" in text:
            return spelling.moment(text, self.zone).isoformat()
        return datetime.combine(spelling.day(text), time.min, self.zone).isoformat()

    def _option(self, text: str) -> str:
        """Raises ValueError."""
        key = self._chosen.get(text.strip().casefold())
        if key is None:
            raise ValueError(text)
        return key

    def wanting(self, held: JsonValue) -> list[str]:
        """The names of options that a value needs and that are not there."""
        was, to = self.before.type, self.into.type
        if to not in _CHOSEN or was in _CHOSEN or (text := self.text(held)) is None:
            return []
        told = spelling.several(text) if to is CustomType.CHOICES else [text]
        return [one.strip() for one in told if one.strip().casefold() not in self._chosen]


def with_options(field: CustomField, names: Iterable[str]) -> CustomField:
    """With an option for each of these names, as far as there is room; what is too long is none."""
    options = list(field.options)
    folded = {one.name.casefold() for one in options}
    keys = {one.key for one in options}
    for name in names:
        if len(options) == MOST_OPTIONS:
            break
        try:
            line = _LINE.validate_python(name)
        except ValidationError:
            continue
        if line.casefold() in folded:
            continue
        key = key_of(line, keys)
        options.append(Option(key=key, name=line, archived=False))
        folded.add(line.casefold())
        keys.add(key)
    return field.model_copy(update={"options": tuple(options)})


def begins_with(before: CustomField, type: CustomType) -> tuple[Option, ...]:
    """The options that another type begins with."""
    return before.options if before.type in _CHOSEN and type in _CHOSEN else ()


def needs_names(*types: CustomType) -> bool:
    return not _NAMED.isdisjoint(types)


def _chosen(held: Any, *, several: bool) -> Turned:
    keys = [held] if isinstance(held, str) else held
    if several:
        return Turned(keys)
    return Turned(keys[0]) if len(keys) == 1 else LOST


def _number(text: str) -> str:
    """Raises Misspelt for what has a currency: it is a sum."""
    try:
        return spelling.number(text)
    except spelling.Misspelt:
        value, sign = spelling.amount(text)
        if sign is not None:
            raise
        return str(Decimal(value))
