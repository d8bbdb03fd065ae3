"""Integrations: webhooks out, and files in."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Problem
from gausdo.kernel.orders import Order
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.persons import HoldsPeople
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Draft, Json, Time, Value

WEBHOOKS = guarded("integrations.webhook", "create", "read", "edit", owned=True)
IMPORTS = guarded("integrations.import", "create")

Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=2000)]
ImportKind = Literal["companies", "people", "deals"]


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class HookDraft(Draft):
    """One call of a webhook, signed after the Standard Webhooks specification."""

    url: Url
    event: Annotated[str, StringConstraints(max_length=100)]
    body: dict[str, Any] = Field(default_factory=dict)


class Delivery(Value):
    id: UUID
    url: str
    event: str
    state: DeliveryState
    attempts: int
    status: int | None  # what the receiver answered last
    error: str | None
    created_at: Time
    delivered_at: Time | None


class ImportReport(Value):
    """What a file brought. `refused` names line, field and reason, in the file's order;
    `ignored` the columns that no field was found for.
    """

    created: int
    refused: list["Refused"]
    ignored: list[str]


class Refused(Value):
    line: int
    field: str | None
    reason: str
    code: str
    data: dict[str, Any]  # what the words of the code need


class ForbiddenAddress(Problem, code="integrations.forbidden-address", status=422): ...


class Integrations(HoldsPeople, Protocol):
    async def call(self, actor: Actor, draft: HookDraft, key: str | None = None) -> Delivery:
        """Queue one call; it leaves by a job. Raises ForbiddenAddress."""
        ...

    async def call_all(self, actor: Actor, orders: list[Order[HookDraft]]) -> list[UUID]:
        """The ids of the calls, in the order of their orders: all are queued, or none.

        What an order has queued before is not queued again. Raises as `call`.
        """
        ...

    async def check_address(self, actor: Actor, url: str) -> None:
        """Raises ForbiddenAddress when `call` would refuse it, or its host leads inside now."""
        ...

    async def list_deliveries(self, actor: Actor, query: ListQuery) -> Json:
        """`Listed[Delivery]`, newest first."""
        ...

    async def deliver_again(self, actor: Actor, id: UUID, key: str | None = None) -> Delivery:
        """A call that was given up, with all its tries. Raises NotFound, Forbidden, Conflict."""
        ...

    async def signing_secret(self, actor: Actor) -> str:
        """What a receiver verifies our signatures with (`whsec_…`)."""
        ...

    async def import_file(
        self, actor: Actor, kind: ImportKind, content: bytes, key: str | None = None
    ) -> ImportReport:
        """A CSV file: UTF-8 or Windows-1251; comma, semicolon or tab; header in ru or en."""
        ...
