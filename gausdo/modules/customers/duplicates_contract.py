"""Suspects of being one company or one person twice, told as a contract; `contract` hands it on."""

from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Draft, Json, Text, Time, Value

Typed = Annotated[Text, Field(max_length=500)]
"""As far as somebody has typed: it need not be whole, or right."""


class Clue(StrEnum):
    """What two records have in common."""

    INN = "inn"
    EMAIL = "email"
    PHONE = "phone"
    DOMAIN = "domain"
    NAME = "name"
    COMPANY = "company"
    CITY = "city"


class CompanyLooks(Draft):
    """What is known of a company so far. `id` is the record itself, where it is one."""

    id: UUID | None = None
    name: Typed = ""
    inn: Typed | None = None
    domain: Typed | None = None
    phones: list[Typed] = Field(default_factory=list, max_length=20)
    emails: list[Typed] = Field(default_factory=list, max_length=20)
    city: Typed | None = None


class PersonLooks(Draft):
    """What is known of a person so far. `id` is the record itself, where it is one."""

    id: UUID | None = None
    name: Typed = ""
    company_id: UUID | None = None
    phones: list[Typed] = Field(default_factory=list, max_length=20)
    emails: list[Typed] = Field(default_factory=list, max_length=20)
    city: Typed | None = None


class Suspect(Value):
    """A record that may be the same one. Of one that is not the reader's to see, only that it is
    there is told, by what, and whom to ask: it has no `id` and no `name`.
    """

    id: UUID | None
    name: str | None
    city: str | None
    owner_name: str | None
    score: int  # of 100
    clues: list[Clue]


class Twin(Value):
    """One of two records that may be one."""

    id: UUID
    name: str
    city: str | None
    owner_name: str | None
    created_at: Time


class Pair(Value):
    """Two records that may be one, both the reader's to see."""

    id: UUID
    one: Twin
    other: Twin
    score: int  # of 100
    clues: list[Clue]
    found_at: Time


class Duplicates(Protocol):
    """What `Customers` does about records that are there twice."""

    async def suspect_companies(self, actor: Actor, looks: CompanyLooks) -> list[Suspect]:
        """Companies that what is known so far may be of, the most likely first."""
        ...

    async def suspect_people(self, actor: Actor, looks: PersonLooks) -> list[Suspect]:
        """As `suspect_companies`."""
        ...

    async def company_suspects(self, actor: Actor, id: UUID) -> list[Suspect]:
        """Those of a record. Raises NotFound."""
        ...

    async def person_suspects(self, actor: Actor, id: UUID) -> list[Suspect]:
        """Those of a record. Raises NotFound."""
        ...

    async def list_company_pairs(self, actor: Actor, query: ListQuery) -> Json:
        """`Listed[Pair]`, the most likely first; sorts: score, found_at."""
        ...

    async def list_person_pairs(self, actor: Actor, query: ListQuery) -> Json:
        """As `list_company_pairs`."""
        ...

    async def tell_companies_apart(self, actor: Actor, id: UUID, key: str | None = None) -> Pair:
        """Say that a pair is two companies: it is not asked about again.

        Raises NotFound, Forbidden.
        """
        ...

    async def tell_people_apart(self, actor: Actor, id: UUID, key: str | None = None) -> Pair:
        """As `tell_companies_apart`."""
        ...
