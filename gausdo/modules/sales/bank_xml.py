"""The Bank of Russia's daily rates (`XML_daily.asp`), read from the file as it was sent.

Nothing but elements and text is taken: a document type, and with it every entity, is refused before
anything in it is looked at.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.parsers import expat

from pydantic import ValidationError

from gausdo.kernel.errors import Invalid, invalid
from gausdo.kernel.rates import RateDraft

BASE = "RUB"
"""What the bank tells rates in."""
LARGEST = 512 * 1024
"""Bytes; a day of rates has some twelve thousand."""
MOST = 500
"""Currencies."""

_VALUTE = ["ValCurs", "Valute"]
_TOLD = {"CharCode", "Nominal", "Value"}
_NUMBER = re.compile(r"[0-9]{1,10}([.,][0-9]{1,10})?")
_UNITS = re.compile(r"[1-9][0-9]{0,6}")


def read_daily(content: bytes) -> list[RateDraft]:
    """The rates of one day, at least one, each of another currency. Raises Invalid."""
    if len(content) > LARGEST:
        raise invalid("content", "rates-too-large", "This is too large for the rates of a day.")
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = reading.begin
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise _unreadable(f"not XML as it should be ({error})") from error
    if reading.day is None or not reading.found:
        raise _unreadable("no rates are in it")
    return list(reading.found.values())


@dataclass
class _Reading:
    day: date | None = None
    found: dict[str, RateDraft] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name)
        if self.path[0] != _VALUTE[0] or len(self.path) > len(_VALUTE) + 1:
            raise _unreadable("it is not the form of XML_daily.asp")
        if len(self.path) == 1:
            self.day = _day(attributes.get("Date", ""))
        elif self.path == _VALUTE:
            self.told = {}

    def text(self, text: str) -> None:
        if self.path[:-1] == _VALUTE and (name := self.path[-1]) in _TOLD:
            self.told[name] = self.told.get(name, "") + text

    def end(self, _: str) -> None:
        if self.path == _VALUTE:
            draft = self._draft()
            if draft.currency in self.found or len(self.found) >= MOST:
                raise _unreadable(f"{draft.currency} is in it twice, or too much is")
            self.found[draft.currency] = draft
        self.path.pop()

    def _draft(self) -> RateDraft:
        told: dict[str, Any] = {name: self.told.get(name, "").strip() for name in _TOLD}
        if not _UNITS.fullmatch(told["Nominal"]) or not _NUMBER.fullmatch(told["Value"]):
            raise _unreadable("a rate in it is no number")
        try:
            return RateDraft(
                currency=told["CharCode"],
                day=self.day,
                units=int(told["Nominal"]),
                value=Decimal(told["Value"].replace(",", ".")),
            )
        except ValidationError as error:
            raise _unreadable("a rate in it is none") from error


def _day(told: str) -> date:
    try:
        return datetime.strptime(told, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise _unreadable("it names no day") from error


def _refuse_doctype(*_: object) -> None:
    raise _unreadable("it has a document type")


def _unreadable(why: str) -> Invalid:
    told = f"These are no daily rates of the Bank of Russia: {why}."
    return invalid("content", "rates-unreadable", told)
