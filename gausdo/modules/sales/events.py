"""What happens to many deals at once, and beside them; `contract` hands it on."""

from typing import Self
from uuid import UUID

from gausdo.kernel.events import Event, Subject
from gausdo.kernel.mass import OfMassEdit
from gausdo.kernel.rates import OfRates
from gausdo.kernel.shares import ShareLevel


class DealsEdited(OfMassEdit, Event, name="sales.mass-edit-changed.v1"): ...


class DealShared(Event, name="sales.deal-shared.v1"):
    """With a person or a team, to be read or also edited; `level` None: not any more."""

    deal_id: UUID
    with_id: UUID
    with_team: bool
    level: ShareLevel | None

    def subject(self) -> Subject:
        return Subject(kind="deal-share", id=self.deal_id)

    @classmethod
    def of(cls, id: UUID, with_id: UUID, with_team: bool, level: ShareLevel | None) -> Self:
        return cls(deal_id=id, with_id=with_id, with_team=with_team, level=level)


class DealValueShown(Event, name="sales.deal-value-shown.v1"):
    """Somebody has looked at the value of a field that is kept encrypted, by its key."""

    deal_id: UUID
    field: str

    def subject(self) -> Subject:
        return Subject(kind="deal-value", id=self.deal_id)


class RatesChanged(OfRates, Event, name="sales.rates-changed.v1"): ...
