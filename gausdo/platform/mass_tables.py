"""What a module keeps of its mass edits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.mass import MassAct, MassState
from gausdo.platform.db.schema import TIME


class MassEditRow:
    """A mass edit. What it sets is kept until it has ended; `grants` bound what a program may."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    by_id: Mapped[UUID] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(server_default=MassAct.EDIT)
    state: Mapped[str]
    change: Mapped[dict[str, Any]]
    more: Mapped[bool]
    undoes: Mapped[UUID | None] = mapped_column(index=True)
    grants: Mapped[list[dict[str, Any]] | None]
    session: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(TIME, index=True)
    total: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)

    def turn(self, state: MassState) -> None:
        self.state = state
        self.version += 1
        if state is not MassState.RUNNING:
            self.change = {}

    def facts(self) -> dict[str, Any]:
        """For the event that tells of it."""
        told = ("kind", "state", "undoes", "total", "version")
        return {"mass_edit_id": self.id, **{name: getattr(self, name) for name in told}}


class MassItemRow:
    """A record of a mass edit, and what became of it: `version` is the one it has made."""

    edit_id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    outcome: Mapped[str | None]
    code: Mapped[str | None]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    version: Mapped[int | None]
