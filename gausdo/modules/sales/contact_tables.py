"""Further contacts of deals, as stored."""

from uuid import UUID

from sqlalchemy import ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.modules.sales.tables import schema


class DealContactRow(schema.Base):  # type: ignore[name-defined,misc]
    """The main contact is no row of these: it stands in the deal itself."""

    __tablename__ = "deal_contact"

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("sales.deal.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)  # customers.person
    role: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)
