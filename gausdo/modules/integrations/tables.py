"""What integrations stores. Nobody outside this module reads these tables."""

from datetime import datetime
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import new_id, now
from gausdo.modules.integrations.contract import Delivery, HookDraft
from gausdo.platform.crypto import Place, data_keys
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.telemetry import traces
from gausdo.platform.worklist import WAITING, Pending

schema = Schema("integrations")
data_keys(schema)


class SecretRow(schema.Base):  # type: ignore[name-defined,misc]
    """What calls are signed with; made once, by whoever needs it first.

    `secret` is what an earlier release kept as it is; the job `integrations.seal` empties it.
    """

    __tablename__ = "secret"
    SEALED: ClassVar = Place("secret", "sealed")

    purpose: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes | None]
    secret: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(TIME)


class DeliveryRow(Pending, schema.Base):  # type: ignore[name-defined,misc]
    """One call of a webhook; its id is the `webhook-id` of every try."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_created_at_id", "created_at", "id"),
        Index("ix_delivery_due", "due_at", postgresql_where=text(f"state = '{WAITING}'")),
    )
    DONE = "delivered"

    url: Mapped[str]
    receiver: Mapped[str]
    event: Mapped[str]
    body: Mapped[dict[str, Any]]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    team_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(TIME)
    delivered_at: Mapped[datetime | None] = mapped_column(TIME)

    @classmethod
    def queue(cls, draft: HookDraft, actor: Actor, trace: str | None = None) -> Self:
        return cls(
            id=new_id(),
            state=WAITING,
            attempts=0,
            due_at=now(),
            url=draft.url,
            receiver=urlsplit(draft.url).netloc.lower(),
            event=draft.event,
            body=draft.body,
            owner_id=actor.id,
            team_id=actor.team_id,
            created_at=now(),
            trace=traces.current(trace),
        )

    def delivered(self, status: int) -> None:
        self.status, self.delivered_at = status, now()

    def shown(self) -> Delivery:
        return Delivery.model_validate(self, from_attributes=True)
