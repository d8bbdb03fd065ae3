"""People whom deals of a file name: by e-mail, phone or name, within their company."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json

from gausdo.kernel import spelling
from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden, Reason
from gausdo.modules.customers.contract import Customers, PeopleQuery
from gausdo.modules.integrations.drafts import Record, Wrong

CONTACT = "contact"
ABOUT_CONTACT = (CONTACT, "contact_emails", "contact_phones")
"""What a row tells of the person a deal is agreed with."""
MANY = 50
"""Of those that have the words, so many are looked at: of more none is meant."""
_NATIONAL = 10
"""Digits of a phone without the code of its country, which people tell in several ways."""
_NO_DIGITS = re.compile(r"\D")


class Contact(NamedTuple):
    """What a row tells of a person: a name, or an e-mail or a phone in its place."""

    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    company_id: UUID | None

    def with_all(self, told: Iterable["Contact"]) -> dict[str, Any]:
        """As a new person has them, who is reached as all of these say."""
        ways = [(one.emails, one.phones) for one in told]
        emails, phones = ([*dict.fromkeys(chain(*each))] for each in zip(*ways, strict=True))
        company = {"company_id": str(self.company_id)} if self.company_id else {}
        return {"name": self.name, "emails": emails, "phones": phones, **company}


def asked(record: Record, company_id: UUID | None) -> Contact | None:
    name, emails, phones = (record.get(field, "") for field in ABOUT_CONTACT)
    if not (name or emails or phones):
        return None
    return Contact(
        name, tuple(spelling.several(emails)), tuple(spelling.several(phones)), company_id
    )


async def found(
    customers: Customers, actor: Actor, asked: Iterable[Contact]
) -> dict[Contact, UUID | Reason | None]:
    """Whom each means, of the people the actor may see; why it is nobody; or None for somebody new:
    who has a name and can be reached, and is not here yet.
    """
    return {one: await _found(customers, actor, one) for one in dict.fromkeys(asked)}


def persons(told: Iterable[Contact]) -> list[list[Contact]]:
    """Each as all the rows tell of them: of one name within one company there is one."""
    each: dict[tuple[str, UUID | None], list[Contact]] = {}
    for one in told:
        each.setdefault((one.name.casefold(), one.company_id), []).append(one)
    return [*each.values()]


def meant(asked: Contact, known: Mapping[Contact, UUID | Reason | None]) -> UUID | None:
    """Raises Wrong."""
    told = known[asked]
    if isinstance(told, Reason):
        raise Wrong(told.model_copy(update={"field": CONTACT}))
    return told


async def _found(customers: Customers, actor: Actor, asked: Contact) -> UUID | Reason | None:
    """By what tells people apart best: e-mails, phones, then the name."""
    ways = (*asked.emails, *asked.phones)
    # a namesake somewhere is not meant by who tells how to reach somebody
    names = (asked.name,) if asked.name and (asked.company_id or not ways) else ()
    for told in (*ways, *names):
        people = await _called(customers, actor, told, asked.company_id)
        if len(people) == 1:
            return people[0]
        if len(people) > 1 and not (told == asked.name and ways):
            return _why("several-contacts", told, "is several people. Write an e-mail.")
    if asked.name and ways:
        return None
    return _why("no-contact", asked.name or ways[0], "is nobody known here.")


def _why(code: str, told: str, sentence: str) -> Reason:
    return Reason(field=CONTACT, code=code, message=f"“{told}” {sentence}", data={"told": told})


async def _called(
    customers: Customers, actor: Actor, told: str, company_id: UUID | None
) -> list[UUID]:
    query = PeopleQuery(q=told[:200], company_id=company_id, limit=MANY)
    try:
        people = from_json(await customers.list_people(actor, query))["items"]
    except Forbidden:
        return []
    return [UUID(one["id"]) for one in people if _is(one, told)]


def _is(person: Mapping[str, Any], told: str) -> bool:
    folded = told.casefold()
    if "@" in folded:
        return any(folded in {one["typed"].casefold(), one["normal"]} for one in person["emails"])
    digits = _NO_DIGITS.sub("", told)
    if len(digits) >= _NATIONAL:
        last = digits[-_NATIONAL:]
        phones = (one["normal"].partition(";")[0] for one in person["phones"])
        return any(_NO_DIGITS.sub("", one)[-_NATIONAL:] == last for one in phones)
    return bool(person["name"].casefold() == folded)
