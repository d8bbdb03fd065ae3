"""Customers: companies and people we know, and how to reach them."""

from typing import Annotated, Any, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomChange, CustomDraft, CustomRecord
from gausdo.kernel.errors import Conflict, Reason
from gausdo.kernel.finding import Finds
from gausdo.kernel.history import ENTRIES, After, Entries, Restoration, Tells
from gausdo.kernel.imports import TakesFiles
from gausdo.kernel.named import NamedRecord
from gausdo.kernel.persons import OwnData
from gausdo.kernel.rights import guarded
from gausdo.kernel.taking_back import TakesBack
from gausdo.kernel.values import Json, Line, LongLine, Secret, Text, Time, Value
from gausdo.modules.customers.added_contract import AddedFields
from gausdo.modules.customers.conditions_contract import AnswersConditions
from gausdo.modules.customers.consents_contract import (
    Consents,
    PersonConsentExpired,
    PersonConsentGiven,
    PersonConsentWithdrawn,
)
from gausdo.modules.customers.duplicates_contract import Duplicates
from gausdo.modules.customers.events import (
    CompanyAdded,
    CompanyChanged,
    CompanyMerged,
    CompanyParted,
    CompanyRemoved,
    CompanyRestored,
    CompanyShared,
    CustomersEdited,
    PersonAdded,
    PersonChanged,
    PersonErased,
    PersonMerged,
    PersonParted,
    PersonRemoved,
    PersonRestored,
    PersonShared,
)
from gausdo.modules.customers.groups_contract import GroupsCustomers, PeopleQuery
from gausdo.modules.customers.many import MOST_TAGS, EditsCustomers, Size, Tags
from gausdo.modules.customers.reach_contract import Email, Link, Phone, Reachable
from gausdo.modules.customers.segments_contract import (
    MEMBERS_TOLD,
    SegmentChanged,
    SegmentEntered,
    SegmentFilled,
    SegmentKind,
    SegmentLeft,
)
from gausdo.modules.customers.sharing_contract import SharesCustomers

__all__ = [
    "MEMBERS_TOLD", "MOST_TAGS", "CompanyAdded", "CompanyChanged", "CompanyMerged", "CompanyParted",
    "CompanyRemoved", "CompanyRestored", "CompanyShared", "CustomersEdited",
    "PeopleQuery", "PersonAdded", "PersonChanged",
    "PersonConsentExpired", "PersonConsentGiven", "PersonConsentWithdrawn",
    "PersonErased", "PersonMerged", "PersonParted",
    "PersonRemoved", "PersonRestored", "PersonShared", "Reachable",
    "SegmentChanged", "SegmentEntered", "SegmentFilled", "SegmentKind", "SegmentLeft",
]  # fmt: skip
"""What has a file of its own and is of the contract all the same."""

COMPANIES = guarded(
    "customers.company",
    *("create", "read", "edit", "assign", "import", "share", "merge", "delete"),
    owned=True,
    fields=(
        *("legal_name", "inn", "kpp", "ogrn", "address", "size", "parent_id"),
        *("domain", "phones", "emails", "links", "city", "industry", "tags", "source", "about"),
    ),
    custom=True,
    exported=True,
)
PEOPLE = guarded(
    "customers.person",
    *("create", "read", "edit", "assign", "import", "share", "merge", "delete", "export", "erase"),
    owned=True,
    fields=(
        *("position", "document", "company_id", "phones", "emails", "links", "city"),
        *("tags", "source", "about", "consents"),
    ),
    custom=True,
)

Domain = Annotated[str, StringConstraints(strip_whitespace=True, max_length=253)]
Inn = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^([0-9]{10}|[0-9]{12})$")]
Kpp = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]
Ogrn = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]
DocumentNumber = Annotated[Secret, Field(max_length=50)]  # sealed; `person_document` tells it


class Named(Value):
    """A record by id, with its name where the reader may see it."""

    id: UUID
    name: str | None


class CompanyDraft(CustomDraft):
    name: Line
    legal_name: LongLine | None = None
    inn: Inn | None = None
    kpp: Kpp | None = None
    ogrn: Ogrn | None = None
    address: LongLine | None = None
    size: Size | None = None
    parent_id: UUID | None = None
    domain: Domain | None = None
    phones: list[Phone] = Field(default_factory=list, max_length=20)
    emails: list[Email] = Field(default_factory=list, max_length=20)
    links: list[Link] = Field(default_factory=list, max_length=20)
    city: Line | None = None
    industry: Line | None = None
    tags: Tags = Field(default_factory=list)
    source: Line | None = None
    about: Text | None = None
    owner_id: UUID | None = None  # the actor when not told


class CompanyChange(CustomChange):
    name: Line | None = None
    legal_name: LongLine | None = None
    inn: Inn | None = None
    kpp: Kpp | None = None
    ogrn: Ogrn | None = None
    address: LongLine | None = None
    size: Size | None = None
    parent_id: UUID | None = None
    domain: Domain | None = None
    phones: list[Phone] | None = Field(None, max_length=20)
    emails: list[Email] | None = Field(None, max_length=20)
    links: list[Link] | None = Field(None, max_length=20)
    city: Line | None = None
    industry: Line | None = None
    tags: Tags | None = None
    source: Line | None = None
    about: Text | None = None
    owner_id: UUID | None = None


class Company(CustomRecord):
    id: UUID
    name: str
    legal_name: str | None
    inn: str | None
    kpp: str | None  # 9 characters
    ogrn: str | None  # 13 digits, of a sole trader 15
    address: str | None  # the legal one, as typed
    size: int | None  # employees
    parent: Named | None
    domain: str | None
    phones: list[Reachable]
    emails: list[Reachable]
    links: list[Reachable]
    city: str | None
    industry: str | None
    tags: list[str]
    source: str | None  # how they came to us
    about: str | None
    owner_id: UUID
    owner_name: str | None
    team_id: UUID | None
    created_at: Time
    changed_at: Time
    version: int
    editable: bool  # whether the reader may change it
    hidden: list[str]  # fields that the reader may not see


class PersonDraft(CustomDraft):
    name: Line
    position: Line | None = None
    document: DocumentNumber | None = None
    company_id: UUID | None = None
    phones: list[Phone] = Field(default_factory=list, max_length=20)
    emails: list[Email] = Field(default_factory=list, max_length=20)
    links: list[Link] = Field(default_factory=list, max_length=20)
    city: Line | None = None
    tags: Tags = Field(default_factory=list)
    source: Line | None = None
    about: Text | None = None
    owner_id: UUID | None = None


class PersonRowDraft(PersonDraft):
    """As a row of a file has it; `consents` as cells say what was agreed to or withdrawn."""

    consents: list[Line] = Field(default_factory=list, max_length=100)


class PersonChange(CustomChange):
    name: Line | None = None
    position: Line | None = None
    document: DocumentNumber | None = None
    company_id: UUID | None = None
    phones: list[Phone] | None = Field(None, max_length=20)
    emails: list[Email] | None = Field(None, max_length=20)
    links: list[Link] | None = Field(None, max_length=20)
    city: Line | None = None
    tags: Tags | None = None
    source: Line | None = None
    about: Text | None = None
    owner_id: UUID | None = None


class Person(CustomRecord):
    id: UUID
    name: str
    position: str | None
    document: bool  # whether its number is kept
    erased_at: Time | None
    company: Named | None
    phones: list[Reachable]
    emails: list[Reachable]
    links: list[Reachable]
    city: str | None
    tags: list[str]
    source: str | None  # how they came to us
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


class Labels(Value):
    """What the records changed last are told apart by, the most frequent first."""

    tags: list[str]
    sources: list[str]


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


class Customers(
    OwnData,
    Duplicates,
    Consents,
    SharesCustomers,
    AddedFields,
    TakesFiles,
    TakesBack,
    EditsCustomers,
    Finds,
    Tells,
    GroupsCustomers,
    AnswersConditions,
    Protocol,
):
    async def company(self, actor: Actor, id: UUID) -> Company:
        """Raises NotFound, also when the actor may not see it."""
        ...

    async def person(self, actor: Actor, id: UUID) -> Person:
        """Raises NotFound, also when the actor may not see it."""
        ...

    async def person_document(self, actor: Actor, id: UUID) -> Document:
        """Raises NotFound, Forbidden when this field is not the actor's to see, Unreadable."""
        ...

    async def company_labels(self, actor: Actor) -> Labels:
        """Of companies the actor may see: what is offered to be taken again."""
        ...

    async def person_labels(self, actor: Actor) -> Labels:
        """As `company_labels`."""
        ...

    async def find_companies(self, actor: Actor, ids: list[UUID]) -> list[Company]:
        """Those of them the actor may see, in no order."""
        ...

    async def find_people(self, actor: Actor, ids: list[UUID]) -> list[Person]:
        """Those of them the actor may see, in no order."""
        ...

    async def named_companies(self, actor: Actor, ids: list[UUID]) -> list[NamedRecord]:
        """As `find_companies`, where a name is enough."""
        ...

    async def named_people(self, actor: Actor, ids: list[UUID]) -> list[NamedRecord]:
        """As `find_people`, where a name is enough."""
        ...

    async def people_of(self, actor: Actor, ids: list[UUID], query: PeopleQuery) -> Json:
        """`dict[UUID, Listed[Person]]`: the same page of each of these (≤ 200) companies."""
        ...

    async def add_company(
        self, actor: Actor, draft: CompanyDraft, key: str | None = None
    ) -> Company:
        """Raises Duplicate, NotFound when the parent is not the actor's to see."""
        ...

    async def add_person(self, actor: Actor, draft: PersonDraft, key: str | None = None) -> Person:
        """Raises Duplicate, NotFound when the company is not the actor's to see."""
        ...

    async def change_company(
        self, actor: Actor, id: UUID, change: CompanyChange, key: str | None = None
    ) -> Company:
        """Raises NotFound, Forbidden, Stale, Duplicate, Invalid for a circle of companies."""
        ...

    async def change_person(
        self, actor: Actor, id: UUID, change: PersonChange, key: str | None = None
    ) -> Person:
        """Raises NotFound, Forbidden, Stale, Duplicate."""
        ...

    async def restore_company(
        self, actor: Actor, id: UUID, restoration: Restoration, key: str | None = None
    ) -> Company:
        """Give a field the value it had before an entry of the history. Raises NotFound, Erased,
        NothingEarlier, and what `change_company` raises.
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
