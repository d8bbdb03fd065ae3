"""What people have said, as a cell of a file tells it, in the words of either language.

`Advertising · E-mail: given 2026-03-01 (form) until 2027-03-01`. What is written here is read here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from gausdo.kernel import spelling
from gausdo.kernel.errors import FieldError, Invalid
from gausdo.kernel.values import Locale, now
from gausdo.modules.customers.consent_tables import key_of
from gausdo.modules.customers.consents import CONSENTS
from gausdo.modules.customers.consents_contract import (
    Channel,
    Consent,
    ConsentPurpose,
    ConsentSource,
    ConsentWithdrawal,
)

Names = Mapping[str, tuple[str, ...]]
"""What each is called, by the languages of `_LOCALES`; what is called otherwise comes after."""
_LOCALES: Sequence[Locale] = ("en", "ru")
_PURPOSES: Names = {
    "advertising": ("Advertising", "Реклама"),
    "personal-data": ("Processing of personal data", "Обработка персональных данных"),
    "service": ("Service messages", "Сервисные сообщения"),
}
_CHANNELS: Names = {
    Channel.EMAIL: ("E-mail", "Эл. почта", "email", "почта"),
    Channel.CALL: ("Phone call", "Звонок", "call", "phone", "телефон"),
    Channel.SMS: ("SMS", "СМС"),
    Channel.MESSENGER: ("Messenger", "Мессенджер"),
    Channel.POST: ("Post", "Почта (бумажная)", "бумажная почта"),
}
_SAID: Names = {
    "given": ("given", "дано", "да", "yes"),
    "withdrawn": ("withdrawn", "отозвано", "нет", "no", "refused", "отказ"),
}
_SOURCES: Names = {
    ConsentSource.FORM: ("form", "форма", "form on a website", "форма на сайте"),
    ConsentSource.LETTER: ("letter", "письмо", "letter or e-mail"),
    ConsentSource.CALL: ("call", "звонок"),
    ConsentSource.MESSENGER: ("messenger", "мессенджер"),
    ConsentSource.PERSON: ("face to face", "при встрече", "лично"),
    ConsentSource.PAPER: ("paper", "на бумаге", "on paper"),
    ConsentSource.IMPORT: ("import", "импорт"),
    ConsentSource.API: ("program", "программа", "api", "another program", "другая программа"),
}
_UNTIL = ("until", "до")
_APART = re.compile(r"[\s,;:·()]+")
"""What stands between the parts of a cell: names have a gap there instead."""
_CELL = re.compile(
    r"(?P<of>[^:·]+?)(\s*·\s*(?P<channel>[^:]+?))?\s*:\s*(?P<said>[^\W\d]+)"
    r"(\s+(?P<at>\d[\d./-]+))?(\s*\((?P<source>[^()]+)\))?"
    rf"(\s+({'|'.join(_UNTIL)})\s+(?P<until>\d[\d./-]+))?"
)


def _plain(name: str) -> str:
    return key_of(_APART.sub(" ", name))


def _found(names: Names, told: str) -> str | None:
    for value, known in names.items():
        if _plain(told) in {value, *map(_plain, known)}:
            return str(value)
    return None


@dataclass(frozen=True)
class ConsentWords:
    """By what purposes there are; days are those of `zone`."""

    purposes: Mapping[UUID, ConsentPurpose]
    zone: ZoneInfo

    @classmethod
    def of(cls, purposes: Iterable[ConsentPurpose], zone: str) -> "ConsentWords":
        return cls({one.id: one for one in purposes}, ZoneInfo(zone))

    def written(self, said: Mapping[str, Any], locale: Locale) -> str:
        """What somebody said last of one purpose and channel, of `consents.latest_said`."""
        at = _LOCALES.index(locale)
        purpose, channel = self.purposes[UUID(said["purpose_id"])], said["channel"]
        name = _APART.sub(" ", _called(purpose)[at]).strip()
        way = "" if channel == Channel.ANY else f" · {_CHANNELS[channel][at]}"
        what = _SAID["given" if said["given"] else "withdrawn"][at]
        day = datetime.fromisoformat(said["at"]).astimezone(self.zone).date()
        until = f" {_UNTIL[at]} {said['until']}" if said["until"] else ""
        return f"{name}{way}: {what} {day} ({_SOURCES[said['source']][at]}){until}"

    def read(self, cells: Iterable[str]) -> list[Consent | ConsentWithdrawal]:
        """Raises Invalid for what says nothing that could be recorded."""
        return [self._read(cell) for cell in cells]

    def _read(self, cell: str) -> Consent | ConsentWithdrawal:
        if (parts := _CELL.fullmatch(cell.strip())) is None:
            raise _unread(cell)
        purpose = self._purpose(parts["of"])
        channel = _found(_CHANNELS, parts["channel"]) if parts["channel"] else Channel.ANY
        what, source = _found(_SAID, parts["said"]), ConsentSource.IMPORT.value
        if parts["source"]:
            source = _found(_SOURCES, parts["source"]) or ""
        if not (purpose and channel and what and source):
            raise _unread(cell)
        if purpose.by_channel is (channel == Channel.ANY) or (what == "given" and purpose.archived):
            raise _unread(cell)
        try:
            at = parts["at"] and datetime.combine(spelling.day(parts["at"]), time(), self.zone)
            until = parts["until"] and spelling.day(parts["until"])
        except spelling.Misspelt as slip:
            raise _unread(cell) from slip
        told = {
            "purpose_id": purpose.id,
            "channels": [channel] if purpose.by_channel else [],
            "at": at or None,
            "source": source,
        }
        today = now()
        if (at and at > today) or (until and until < (at or today).astimezone(self.zone).date()):
            raise _unread(cell)
        if what == "withdrawn":
            return ConsentWithdrawal.model_validate(told)
        return Consent.model_validate({**told, "until": until or None})

    def _purpose(self, told: str) -> ConsentPurpose | None:
        for one in self.purposes.values():
            if _plain(told) in {_plain(name) for name in (*_called(one), one.name)}:
                return one
        return None


def _called(purpose: ConsentPurpose) -> tuple[str, ...]:
    return _PURPOSES.get(purpose.code, (purpose.name,) * len(_LOCALES))


def _unread(cell: str) -> Invalid:
    message = (
        f"“{cell}” does not say what was agreed to. Write it like "
        "“Advertising · E-mail: given 2026-03-01 (form)”."
    )
    error = FieldError(field=CONSENTS, code="consent-unread", message=message)
    return Invalid(message, errors=[error], data={"told": cell})
