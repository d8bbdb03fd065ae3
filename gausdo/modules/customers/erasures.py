"""What is stored of those who asked to be forgotten."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.persons import Erasure, Forgotten
from gausdo.kernel.values import now
from gausdo.modules.customers.schema import schema
from gausdo.platform.db.schema import TIME


class ErasureRow(schema.Base):  # type: ignore[name-defined,misc]
    """That somebody asked to forget a person, and what was done by which module so far."""

    __tablename__ = "erasure"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(TIME)
    done_at: Mapped[datetime | None] = mapped_column(TIME)
    found: Mapped[dict[str, Any]]  # module → what it has done

    @classmethod
    def ask(cls, person_id: UUID, asked_by: UUID) -> Self:
        return cls(person_id=person_id, asked_by=asked_by, asked_at=now(), found={})

    def did(self, module: str, found: list[Forgotten]) -> None:
        self.found = self.found | {module: [one.model_dump(mode="json") for one in found]}

    def shown(self) -> Erasure:
        return Erasure(
            person_id=self.person_id,
            asked_by=self.asked_by,
            asked_at=self.asked_at,
            done_at=self.done_at,
            found=[Forgotten.model_validate(one) for told in self.found.values() for one in told],
        )
