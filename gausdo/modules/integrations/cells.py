"""Cells that name somebody who works here, or are of a field that an installation has added."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from gausdo.kernel import spelling
from gausdo.kernel.custom import CustomField, CustomType
from gausdo.kernel.errors import Reason
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.spelling import Misspelt
from gausdo.modules.identity.contract import User
from gausdo.modules.integrations import spellings
from gausdo.modules.integrations.drafts import Record, Wrong, value_of

OWNER, CONSENTS = "owner", "consents"


@dataclass(frozen=True)
class Known:
    """What cells may name: colleagues by e-mail and by name, and fields by their full names."""

    colleagues: Mapping[str, Sequence[UUID]]
    fields: Mapping[str, CustomField]
    zone: ZoneInfo
    base_currency: str

    @classmethod
    def of(
        cls, users: Iterable[User], fields: Iterable[CustomField], zone: str, base_currency: str
    ) -> "Known":
        """Those who are here, and fields that are in use."""
        colleagues: defaultdict[str, list[UUID]] = defaultdict(list)
        for user in users:
            if user.active:
                for name in {user.email.casefold(), user.name.casefold()}:
                    colleagues[name].append(user.id)
        named = {CUSTOM + one.key: one for one in fields if not one.archived}
        return cls(colleagues, named, ZoneInfo(zone), base_currency)

    def plain(self, record: Record) -> tuple[Record, dict[str, Any]]:
        """The record without these cells, and what they say as a draft has it. Raises Wrong."""
        rest = {name: told for name, told in record.items() if not _is_ours(name)}
        said: dict[str, Any] = {}
        if OWNER in record:
            said["owner_id"] = value_of(record, OWNER, self._colleague)
        custom = {
            name.removeprefix(CUSTOM): value_of(record, name, self._reader(name))
            for name in record
            if name.startswith(CUSTOM)
        }
        return rest, said | ({"custom": custom} if custom else {})

    def _colleague(self, told: str) -> UUID:
        found = self.colleagues.get(told.casefold(), ())
        if len(found) != 1:
            code, sentence = (
                ("several-colleagues", "is what several colleagues are called. Write the e-mail.")
                if found
                else ("no-colleague", "is nobody who works here. Write a name or an e-mail.")
            )
            raise Misspelt(code, told, sentence)
        return found[0]

    def _reader(self, name: str) -> Callable[[str], Any]:
        field = self.fields.get(name)
        if field is None:
            why = Reason(field=name, code="unknown", message="There is no such field any more.")
            raise Wrong(why)
        readers: Mapping[CustomType, Callable[[str], Any]] = {
            CustomType.NUMBER: spelling.number,
            CustomType.MONEY: self._money,
            CustomType.DATE: lambda told: spelling.day(told).isoformat(),
            CustomType.TIME: lambda told: spelling.moment(told, self.zone).isoformat(),
            CustomType.BOOL: spelling.yes_or_no,
            CustomType.CHOICE: lambda told: _option(field, told),
            CustomType.CHOICES: lambda told: [
                _option(field, one) for one in spelling.several(told)
            ],
            CustomType.PERSON: lambda told: str(self._colleague(told)),
        }
        return readers.get(field.type, str)

    def _money(self, told: str) -> dict[str, str]:
        sum_, sign = spelling.amount(told)
        return {"amount": f"{sum_:.2f}", "currency": sign or self.base_currency}


def _is_ours(name: str) -> bool:
    return name == OWNER or name.startswith(CUSTOM)


def guessed(
    fields: Sequence[str | None], header: Sequence[str], added: Iterable[CustomField]
) -> list[str | None]:
    """The fields of columns; one that is called as an added field is for it, if for no other."""
    named = {
        spellings.column_key(told): CUSTOM + one.key
        for one in added
        if not one.archived and not one.is_worked_out and one.type is not CustomType.FILE
        for told in (one.key, one.name)
    }
    told: list[str | None] = []
    for field, name in zip(fields, header, strict=True):
        found = field or named.get(spellings.column_key(name))
        taken = found is not None and found not in spellings.LISTS and found in told
        told.append(None if taken else found)
    return told


def _option(field: CustomField, told: str) -> str:
    """By its name or its key."""
    open_ones = [one for one in field.options if not one.archived]
    for option in open_ones:
        if told.casefold() in {option.name.casefold(), option.key}:
            return option.key
    names = ", ".join(one.name for one in open_ones)
    why = Reason(
        field=CUSTOM + field.key,
        code="no-option",
        message=f"“{told}” is none of: {names}.",
        data={"names": names},
    )
    raise Wrong(why)
