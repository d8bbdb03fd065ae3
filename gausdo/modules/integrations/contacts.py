"""People whom deals of a file name: by e-mail, phone or name, within their company."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden, Reason
from gausdo.modules.customers.contract import Customers, PeopleQuery
from gausdo.modules.integrations.drafts import Wrong

CONTACT = "contact"
MANY = 50
"""Of those that have the words, so many are looked at: of more none is meant."""
_NATIONAL = 10
"""Digits of a phone without the code of its country, which people tell in several ways."""
_NO_DIGITS = re.compile(r"\D")

Asked = tuple[str, UUID | None]
"""What a cell says, and the company of its row."""


async def found(
    customers: Customers, actor: Actor, asked: Iterable[Asked]
) -> Mapping[Asked, UUID | Reason]:
    """Whom each means, of the people the actor may see; or why it is nobody."""
    return {one: await _found(customers, actor, *one) for one in dict.fromkeys(asked)}


def contact_of(told: str, company_id: UUID | None, known: Mapping[Asked, UUID | Reason]) -> UUID:
    """Raises Wrong."""
    meant = known[told, company_id]
    if isinstance(meant, Reason):
        raise Wrong(meant)
    return meant


async def _found(
    customers: Customers, actor: Actor, told: str, company_id: UUID | None
) -> UUID | Reason:
    query = PeopleQuery(q=told[:200], company_id=company_id, limit=MANY)
    try:
        people = from_json(await customers.list_people(actor, query))["items"]
    except Forbidden:
        people = []
    meant = [one["id"] for one in people if _is(one, told)]
    if len(meant) == 1:
        return UUID(meant[0])
    sentence = "is several people. Write an e-mail." if meant else "is nobody known here."
    code = "several-contacts" if meant else "no-contact"
    return Reason(field=CONTACT, code=code, message=f"“{told}” {sentence}", data={"told": told})


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
