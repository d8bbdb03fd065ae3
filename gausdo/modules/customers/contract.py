"""Customers: companies and people we know, and how to reach them."""

from typing import Annotated, Any, Protocol, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict, Reason
from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.history import ENTRIES, After, Entries, Restoration
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.persons import OwnData
from gausdo.kernel.rights import guarded
from gausdo.kernel.shares import Share, ShareDraft, ShareLevel
from gausdo.kernel.values import Change, Draft, Json, Line, Secret, Text, Time, Value
from gausdo.kernel.why import Why

COMPANIES = guarded(
    "customers.company",
    *("create", "read", "edit", "assign", "import", "share"),
    owned=True,
    fields=("inn", "domain", "phones", "emails", "city", "industry", "about"),
)
PEOPLE = guarded(
    "customers.person",
    *("create", "read", "edit", "assign", "import", "share", "export", "erase"),
    owned=True,
    fields=("position", "document", "company_id", "phones", "emails", "city", "about"),
)

Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]
Domain = Annotated[str, StringConstraints(strip_whitespace=True, max_length=253)]
Inn = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(\d{10}|\d{12})$")]
DocumentNumber = Annotated[Secret, Field(max_length=50)]  # sealed; `person_document` tells it


class Reachable(Value):
    """A phone or an e-mail."""

    typed: str
    normal: str  # as compared: E.164; lower case, IDNA


class Named(Value):
    """A record by id, with its name where the reader may see it."""

    id: UUID
    name: str | None


class CompanyDraft(Draft):
    name: Line
    inn: Inn | None = None
    domain: Domain | None = None
    phones: list[Phone] = Field(default_factory=list, max_length=20)
    emails: list[Email] = Field(default_factory=list, max_length=20)
    city: Line | None = None
    industry: Line | None = None
    about: Text | None = None
    owner_id: UUID | None = None  # the actor when not told


class CompanyChange(Change):
    name: Line | None = None
    inn: Inn | None = None
    domain: Domain | None = None
    phones: list[Phone] | None = Field(None, max_length=20)
    emails: list[Email] | None = Field(None, max_length=20)
    city: Line | None = None
    industry: Line | None = None
    about: Text | None = None
    owner_id: UUID | None = None


class Company(Value):
    id: UUID
    name: str
    inn: str | None
    domain: str | None
    phones: list[Reachable]
    emails: list[Reachable]
    city: str | None
    industry: str | None
    about: str | None
    owner_id: UUID
    owner_name: str | None
    team_id: UUID | None
    created_at: Time
    changed_at: Time
    version: int
    editable: bool  # whether the reader may change it
    hidden: list[str]  # fields that the reader may not see


class PersonDraft(Draft):
    name: Line
    position: Line | None = None
    document: DocumentNumber | None = None
    company_id: UUID | None = None
    phones: list[Phone] = Field(default_factory=list, max_length=20)
    emails: list[Email] = Field(default_factory=list, max_length=20)
    city: Line | None = None
    about: Text | None = None
    owner_id: UUID | None = None


class PersonChange(Change):
    name: Line | None = None
    position: Line | None = None
    document: DocumentNumber | None = None
    company_id: UUID | None = None
    phones: list[Phone] | None = Field(None, max_length=20)
    emails: list[Email] | None = Field(None, max_length=20)
    city: Line | None = None
    about: Text | None = None
    owner_id: UUID | None = None


class Person(Value):
    id: UUID
    name: str
    position: str | None
    document: bool  # whether its number is kept
    erased_at: Time | None
    company: Named | None
    phones: list[Reachable]
    emails: list[Reachable]
    city: str | None
    about: str | None
    owner_id: UUID
    owner_name: str | None
    team_id: UUID | None
    created_at: Time
    changed_at: Time
    version: int
    editable: bool  # whether the reader may change it
    hidden: list[str]  # fields that the reader may not see


class Document(Value):
    number: str | None


class PeopleQuery(ListQuery):
    company_id: UUID | None = None


class CompanyAdded(Event, name="customers.company-added.v1"):
    company_id: UUID
    owner_id: UUID
    team_id: UUID | None
    version: int

    def subject(self) -> Subject:
        return Subject(kind="company", id=self.company_id)

    def subject_version(self) -> int:
        return self.version

    def seen_by(self) -> Seen:
        return _seen(self.owner_id, self.team_id)


class CompanyChanged(CompanyAdded, name="customers.company-changed.v1"):
    """`fields` names what changed; personal values stay with the module."""

    fields: tuple[str, ...]
    previous_owner_id: UUID | None = None
    previous_team_id: UUID | None = None

    def seen_by(self) -> Seen:
        return _seen(self.owner_id, self.team_id, self.previous_owner_id, self.previous_team_id)


class _Shared(Event, name="customers.shared"):
    """With a person or a team, to be read or also edited; `level` None: not any more."""

    record_id: UUID
    with_id: UUID
    with_team: bool
    level: ShareLevel | None

    @classmethod
    def of(cls, id: UUID, with_id: UUID, with_team: bool, level: ShareLevel | None) -> Self:
        return cls(record_id=id, with_id=with_id, with_team=with_team, level=level)


class CompanyShared(_Shared, name="customers.company-shared.v1"):
    def subject(self) -> Subject:
        return Subject(kind="company-share", id=self.record_id)


class PersonShared(_Shared, name="customers.person-shared.v1"):
    def subject(self) -> Subject:
        return Subject(kind="person-share", id=self.record_id)


class PersonAdded(Event, name="customers.person-added.v1"):
    person_id: UUID
    company_id: UUID | None
    owner_id: UUID
    team_id: UUID | None
    version: int

    def subject(self) -> Subject:
        return Subject(kind="person", id=self.person_id)

    def subject_version(self) -> int:
        return self.version

    def seen_by(self) -> Seen:
        return _seen(self.owner_id, self.team_id)


class PersonChanged(PersonAdded, name="customers.person-changed.v1"):
    fields: tuple[str, ...]
    previous_owner_id: UUID | None = None
    previous_team_id: UUID | None = None

    def seen_by(self) -> Seen:
        return _seen(self.owner_id, self.team_id, self.previous_owner_id, self.previous_team_id)


class PersonErased(PersonChanged, name="customers.person-erased.v1"): ...


def _seen(*told: UUID | None) -> Seen:
    """By owner and team, and by those before them."""
    owners, teams = told[::2], told[1::2]
    return Seen(owners=frozenset(filter(None, owners)), teams=frozenset(filter(None, teams)))


class Duplicate(Conflict, code="customers.duplicate", status=409):
    """The same e-mail, phone or INN exists. `data`: `field`, `owner_name`; never the record."""


class Erased(Conflict, code="customers.erased", status=409): ...


class Row(Value):
    """One row of an import and what became of it: `id`, or `error` with the field and the code."""

    line: int
    id: UUID | None = None
    field: str | None = None
    error: str | None = None
    code: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)  # what the words of the code need

    @classmethod
    def refused(cls, line: int, why: Reason) -> "Row":
        return cls(line=line, field=why.field, error=why.message, code=why.code, data=why.data)


class Customers(OwnData, Protocol):
    async def list_companies(self, actor: Actor, query: ListQuery) -> Json:
        """`Listed[Company]`; sorts: name, created_at, changed_at, city."""
        ...

    async def list_people(self, actor: Actor, query: PeopleQuery) -> Json:
        """`Listed[Person]`; sorts: name, created_at, changed_at, city."""
        ...

    async def company(self, actor: Actor, id: UUID) -> Company:
        """Raises NotFound, also when the actor may not see it."""
        ...

    async def person(self, actor: Actor, id: UUID) -> Person:
        """Raises NotFound, also when the actor may not see it."""
        ...

    async def person_document(self, actor: Actor, id: UUID) -> Document:
        """Raises NotFound, Forbidden when this field is not the actor's to see, Unreadable."""
        ...

    async def find_companies(self, actor: Actor, ids: list[UUID]) -> list[Company]:
        """Those of them the actor may see, in no order."""
        ...

    async def find_people(self, actor: Actor, ids: list[UUID]) -> list[Person]:
        """Those of them the actor may see, in no order."""
        ...

    async def people_of(self, actor: Actor, ids: list[UUID], query: PeopleQuery) -> Json:
        """`dict[UUID, Listed[Person]]`: the same page of each of these (≤ 200) companies."""
        ...

    async def add_company(
        self, actor: Actor, draft: CompanyDraft, key: str | None = None
    ) -> Company:
        """Raises Duplicate."""
        ...

    async def add_person(self, actor: Actor, draft: PersonDraft, key: str | None = None) -> Person:
        """Raises Duplicate, NotFound when the company is not the actor's to see."""
        ...

    async def change_company(
        self, actor: Actor, id: UUID, change: CompanyChange, key: str | None = None
    ) -> Company:
        """Raises NotFound, Forbidden, Stale, Duplicate."""
        ...

    async def change_person(
        self, actor: Actor, id: UUID, change: PersonChange, key: str | None = None
    ) -> Person:
        """Raises NotFound, Forbidden, Stale, Duplicate."""
        ...

    async def restore_company(
        self, actor: Actor, id: UUID, restoration: Restoration, key: str | None = None
    ) -> Company:
        """Give a field the value it had before an entry of the history.

        Raises NotFound, Erased, NothingEarlier, and what `change_company` raises.
        """
        ...

    async def restore_person(
        self, actor: Actor, id: UUID, restoration: Restoration, key: str | None = None
    ) -> Person:
        """As `restore_company`."""
        ...

    async def company_history(
        self, actor: Actor, id: UUID, after: After | None = None, limit: Entries = ENTRIES
    ) -> Json:
        """`list[HistoryEntry]`, newest first; `after` is the `next` of the last one read."""
        ...

    async def person_history(
        self, actor: Actor, id: UUID, after: After | None = None, limit: Entries = ENTRIES
    ) -> Json:
        """As `company_history`."""
        ...

    async def company_shares(self, actor: Actor, id: UUID) -> list[Share]:
        """With whom it is shared, for whoever may see it. Raises NotFound."""
        ...

    async def share_company(
        self, actor: Actor, id: UUID, draft: ShareDraft, key: str | None = None
    ) -> list[Share]:
        """Raises NotFound, Forbidden, Invalid when there is no such person or team."""
        ...

    async def unshare_company(
        self, actor: Actor, id: UUID, with_id: UUID, key: str | None = None
    ) -> list[Share]:
        """Raises NotFound, Forbidden."""
        ...

    async def why_company(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        """Of a company the actor may see. Raises NotFound, Forbidden."""
        ...

    async def why_person(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        """As `why_company`."""
        ...

    async def person_shares(self, actor: Actor, id: UUID) -> list[Share]:
        """As `company_shares`."""
        ...

    async def share_person(
        self, actor: Actor, id: UUID, draft: ShareDraft, key: str | None = None
    ) -> list[Share]:
        """As `share_company`."""
        ...

    async def unshare_person(
        self, actor: Actor, id: UUID, with_id: UUID, key: str | None = None
    ) -> list[Share]:
        """Raises NotFound, Forbidden."""
        ...

    async def shared_customers(self, actor: Actor) -> list[UUID]:
        """Companies and people shared with the actor, the latest thousand of each."""
        ...

    async def import_companies(
        self, actor: Actor, rows: list[tuple[int, CompanyDraft]], key: str | None = None
    ) -> list[Row]:
        """A batch (≤ 1000) in one transaction; a refused row does not refuse the others."""
        ...

    async def import_people(
        self, actor: Actor, rows: list[tuple[int, PersonDraft]], key: str | None = None
    ) -> list[Row]:
        """As `import_companies`."""
        ...

    async def companies_by_name(self, actor: Actor, names: list[str]) -> dict[str, UUID]:
        """Companies the actor may see, by exact name, letter case aside."""
        ...
