"""What happens to companies and people, told without personal values; `contract` hands it on."""

from functools import lru_cache
from typing import Self
from uuid import UUID

from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.mass import OfMassEdit
from gausdo.kernel.shares import ShareLevel


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


class CompanyMerged(CompanyAdded, name="customers.company-merged.v1"):
    """It is a part of another (`into_id`) from now on, and so are those that were parts of it
    (`with_ids`): whoever names one of them means the other.
    """

    into_id: UUID
    with_ids: tuple[UUID, ...] = ()

    def canonical(self) -> dict[UUID, UUID | None]:
        return dict.fromkeys((self.company_id, *self.with_ids), self.into_id)


class CompanyParted(CompanyAdded, name="customers.company-parted.v1"):
    """It is itself again, and `with_ids` are parts of it."""

    from_id: UUID
    with_ids: tuple[UUID, ...] = ()

    def canonical(self) -> dict[UUID, UUID | None]:
        return {self.company_id: None, **dict.fromkeys(self.with_ids, self.company_id)}


class CompanyRemoved(CompanyAdded, name="customers.company-removed.v1"):
    """It is in no list and no sum any more; for thirty days it can come back."""


class CompanyRestored(CompanyAdded, name="customers.company-restored.v1"):
    """It is there again, as it was."""


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


class _Shown(Event, name="customers.looked-at"):
    """Somebody has looked at the value of a field that is kept encrypted, by its key."""

    record_id: UUID
    field: str

    @classmethod
    def of(cls, id: UUID, field: str) -> Self:
        return cls(record_id=id, field=field)


class CompanyValueShown(_Shown, name="customers.company-value-shown.v1"):
    def subject(self) -> Subject:
        return Subject(kind="company-value", id=self.record_id)


class PersonValueShown(_Shown, name="customers.person-value-shown.v1"):
    def subject(self) -> Subject:
        return Subject(kind="person-value", id=self.record_id)


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
    previous_company_id: UUID | None = None  # where that has changed

    def seen_by(self) -> Seen:
        return _seen(self.owner_id, self.team_id, self.previous_owner_id, self.previous_team_id)


class PersonMerged(PersonAdded, name="customers.person-merged.v1"):
    """As `CompanyMerged`."""

    into_id: UUID
    with_ids: tuple[UUID, ...] = ()

    def canonical(self) -> dict[UUID, UUID | None]:
        return dict.fromkeys((self.person_id, *self.with_ids), self.into_id)


class PersonParted(PersonAdded, name="customers.person-parted.v1"):
    """As `CompanyParted`."""

    from_id: UUID
    with_ids: tuple[UUID, ...] = ()

    def canonical(self) -> dict[UUID, UUID | None]:
        return {self.person_id: None, **dict.fromkeys(self.with_ids, self.person_id)}


class PersonRemoved(PersonAdded, name="customers.person-removed.v1"):
    """It is in no list and no sum any more; for thirty days it can come back."""


class PersonRestored(PersonAdded, name="customers.person-restored.v1"):
    """It is there again, as it was."""


class PersonErased(PersonChanged, name="customers.person-erased.v1"): ...


@lru_cache(1000)
def _seen(*told: UUID | None) -> Seen:
    """By owner and team, and by those before them."""
    owners, teams = told[::2], told[1::2]
    return Seen(owners=frozenset(filter(None, owners)), teams=frozenset(filter(None, teams)))


class CustomersEdited(OfMassEdit, Event, name="customers.mass-edit-changed.v1"): ...
