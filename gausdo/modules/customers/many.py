"""Many companies or people changed at once; `contract` hands it on."""

from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomSet
from gausdo.kernel.fields import plain
from gausdo.kernel.mass import MassChange, MassEdit, MassPreview
from gausdo.kernel.values import Line
from gausdo.modules.customers.deleted_contract import DeletesCustomers
from gausdo.modules.customers.segments_contract import Segments

Size = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
"""Employees."""
Tag = Annotated[Line, Field(max_length=50)]
MOST_TAGS = 20
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]
"""Kept in lower case, each once: whatever is typed, a tag is written in one way."""


class CompanySet(CustomSet):
    """Fields that many companies can be given the same value of."""

    owner_id: UUID | None = None
    parent_id: UUID | None = None
    city: Line | None = None
    industry: Line | None = None
    size: Size | None = None
    source: Line | None = None


class PersonSet(CustomSet):
    """The same of people."""

    owner_id: UUID | None = None
    company_id: UUID | None = None
    position: Line | None = None
    city: Line | None = None
    source: Line | None = None


class _Tagging(MassChange):
    add_tags: Tags = Field(default_factory=list)
    remove_tags: Tags = Field(default_factory=list)

    def tags(self) -> tuple[list[str], list[str]]:
        more, less = (
            list(dict.fromkeys(map(plain, tags))) for tags in (self.add_tags, self.remove_tags)
        )
        return more, less


class CompaniesEdit(_Tagging):
    change: CompanySet = CompanySet()


class PeopleEdit(_Tagging):
    change: PersonSet = PersonSet()


class EditsCustomers(DeletesCustomers, Segments, Protocol):
    """The part of `customers` that changes or deletes many records at once, puts them into
    segments, and deletes one.
    """

    async def preview_companies_edit(self, actor: Actor, edit: CompaniesEdit) -> MassPreview:
        """What it would do now. Raises Forbidden, Invalid."""
        ...

    async def edit_companies(
        self, actor: Actor, edit: CompaniesEdit, key: str | None = None
    ) -> MassEdit:
        """Begin it; it goes on by itself. Raises Forbidden, Invalid, MassRunning."""
        ...

    async def companies_edit(self, actor: Actor, id: UUID) -> MassEdit:
        """One of the actor's. Raises NotFound."""
        ...

    async def stop_companies_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        """What it has changed by now stays. Raises NotFound."""
        ...

    async def undo_companies_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        """Another one, which gives every field back that nobody has changed since.

        Raises NotFound, MassRunning, NothingToUndo.
        """
        ...

    async def preview_people_edit(self, actor: Actor, edit: PeopleEdit) -> MassPreview:
        """As `preview_companies_edit`."""
        ...

    async def edit_people(self, actor: Actor, edit: PeopleEdit, key: str | None = None) -> MassEdit:
        """As `edit_companies`."""
        ...

    async def people_edit(self, actor: Actor, id: UUID) -> MassEdit:
        """As `companies_edit`."""
        ...

    async def stop_people_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        """As `stop_companies_edit`."""
        ...

    async def undo_people_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        """As `undo_companies_edit`."""
        ...
