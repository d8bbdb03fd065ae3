"""Suspects of being one company or one person twice, told as a contract; `contract` hands it on."""

from enum import StrEnum
from typing import Annotated, Any, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict, NotFound
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
    there is told, by what, and whom to ask: it has no `id` and no `name`. One that was deleted has
    `deleted_at`, and can be brought back.
    """

    id: UUID | None
    name: str | None
    city: str | None
    owner_name: str | None
    score: int  # of 100
    clues: list[Clue]
    deleted_at: Time | None


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


class Gone(NotFound, code="customers.merged", status=404):
    """It is a part of another record now. `data`: `into`, the id of that one."""


class Entangled(Conflict, code="customers.entangled", status=409):
    """The record something went into is a part of another by now. `data`: `into`, its id."""


class MergeDraft(Draft):
    """A record that another becomes a part of. Of both the versions that were looked at.

    `take` names the fields whose value is the other's; the rest stays, and what is empty is
    filled. Phones, e-mails and tags of both are kept.
    """

    other_id: UUID
    version: int = Field(strict=True, ge=1, le=2**53)
    other_version: int = Field(strict=True, ge=1, le=2**53)
    take: list[Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")]] = Field(
        default_factory=list, max_length=50
    )


class Choice(Value):
    """A field of two records; `take`: what is proposed is to take the other's value.

    A record that is named and a colleague are told as `id` and `name`.
    """

    field: str
    mine: Any
    other: Any
    take: bool


class MergePreview(Value):
    """What two records would make together: fields to choose from, where they differ, and lists
    of both. `moved`: so many people and companies name the other.
    """

    id: UUID
    name: str
    version: int
    other_id: UUID
    other_name: str
    other_version: int
    choices: list[Choice]
    phones: list[str]
    emails: list[str]
    links: list[str]
    tags: list[str]
    moved: int


class ChangedSince(Value):
    """A field that somebody has changed since a merge: it stays as it is `now`, though the record
    had another value `before`.
    """

    field: str
    before: Any
    now: Any


class Merge(Value):
    """That a record (`merged_id`) became a part of another.

    `changed` says what parting them would leave as it is, or has left; `stayed` how many of those
    that were moved name another by now.
    """

    id: UUID
    survivor_id: UUID
    merged_id: UUID
    name: str
    by_name: str | None
    at: Time
    parted_at: Time | None
    changed: list[ChangedSince]
    stayed: int


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

    async def preview_company_merge(self, actor: Actor, id: UUID, other_id: UUID) -> MergePreview:
        """Changes nothing. Raises NotFound, Forbidden, Invalid for one and the same."""
        ...

    async def merge_companies(
        self, actor: Actor, id: UUID, draft: MergeDraft, key: str | None = None
    ) -> Merge:
        """The other becomes a part of record `id`: whoever names it means this one from now on.

        Raises NotFound, Forbidden, Stale, Invalid.
        """
        ...

    async def company_merges(self, actor: Actor, id: UUID) -> list[Merge]:
        """What became a part of a record, the latest first. Raises NotFound."""
        ...

    async def part_companies(self, actor: Actor, id: UUID, key: str | None = None) -> Merge:
        """Undo the merge of this id: both are as they were before, but for what was changed since.

        Raises NotFound, Forbidden, Entangled.
        """
        ...

    async def preview_person_merge(self, actor: Actor, id: UUID, other_id: UUID) -> MergePreview:
        """Changes nothing. Raises NotFound, Forbidden, Invalid for one and the same."""
        ...

    async def merge_people(
        self, actor: Actor, id: UUID, draft: MergeDraft, key: str | None = None
    ) -> Merge:
        """The other becomes a part of record `id`: whoever names it means this one from now on.

        Raises NotFound, Forbidden, Stale, Invalid.
        """
        ...

    async def person_merges(self, actor: Actor, id: UUID) -> list[Merge]:
        """What became a part of a record, the latest first. Raises NotFound."""
        ...

    async def part_people(self, actor: Actor, id: UUID, key: str | None = None) -> Merge:
        """Undo the merge of this id: both are as they were before, but for what was changed since.

        Raises NotFound, Forbidden, Entangled.
        """
        ...
