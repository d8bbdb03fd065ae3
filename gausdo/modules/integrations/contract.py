"""Integrations: webhooks out, files in, programs with keys, and from where one may come."""

from enum import StrEnum
from typing import Annotated, Any, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor, Grant
from gausdo.kernel.configuration import Configured, LeftAsItIs
from gausdo.kernel.errors import Problem
from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.imports import ImportKind, KeepsImports, OfImport, UndoState
from gausdo.kernel.networks import Networks
from gausdo.kernel.orders import Order
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.persons import HoldsPeople
from gausdo.kernel.rights import guarded
from gausdo.kernel.sights import TurnedAway
from gausdo.kernel.taking_back import UndoesImports
from gausdo.kernel.values import Change, Draft, Json, Line, Time, Value

WEBHOOKS = guarded("integrations.webhook", "create", "read", "edit", owned=True)
IMPORTS = guarded("integrations.import", "create", "read", "edit", owned=True)
KEYS = guarded("integrations.key", "create", "read", "edit")
NETWORKS = guarded("administration.network", "read", "edit")

Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=2000)]


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class HookDraft(Draft):
    """One call of a webhook, signed after the Standard Webhooks specification."""

    url: Url
    event: Annotated[str, StringConstraints(max_length=100)]
    body: dict[str, Any] = Field(default_factory=dict)


class WebhookTrial(Draft):
    url: Url


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


Limit = Annotated[int, Field(strict=True, ge=1, le=100_000)]
"""Requests a minute."""


class ApiKeyDraft(Draft):
    """A key acts in its maker's name, and does no more than these roles and the maker both may.

    It is over after so many days, and comes from these networks only where any are told.
    """

    name: Line
    roles: list[UUID] = Field(min_length=1, max_length=20)
    days: int = Field(90, strict=True, ge=1, le=366)
    networks: Networks = Field(default_factory=list)
    limit: Limit | None = None


class ApiKeyChange(Change):
    name: Line | None = None
    networks: Networks | None = None
    limit: Limit | None = None


class KeyRole(Value):
    """`name` is empty once the role is gone."""

    id: UUID
    code: str
    name: str


class ApiKey(Value):
    """`id` is also the client id of OAuth 2.0. `hint` are the secret's last characters; `used_at`
    is kept every ten minutes at most.
    """

    id: UUID
    name: str
    hint: str
    person_id: UUID
    person_name: str
    roles: list[KeyRole]
    networks: list[str]
    limit: int | None
    made_at: Time
    expires_at: Time
    revoked_at: Time | None
    used_at: Time | None
    used_from: str | None
    version: int


class NewApiKey(Value):
    """The only time the secret itself is told."""

    key: ApiKey
    secret: str


class Program(Value):
    """Who comes with a key: in whose name, with which rights at most, from where, how often."""

    id: UUID
    person_id: UUID
    roles: list[UUID]
    grants: tuple[Grant, ...]
    networks: list[str]
    limit: int | None
    expires_at: Time


class RoleNetworks(Draft):
    """Whoever has the role, or a key with it, comes from these networks only."""

    role_id: UUID
    networks: Networks = Field(min_length=1)


class IpRules(Value):
    """From where anybody at all may come, and who has which role; without networks from anywhere.

    `address` is where whoever asks comes from.
    """

    networks: list[str]
    roles: list[RoleNetworks]
    address: str
    version: int


class IpRulesChange(Change):
    networks: Networks | None = None
    roles: Annotated[list[RoleNetworks], Field(max_length=100)] | None = None


class _OfKey(Event, name="integrations.of-key"):
    key_id: UUID
    person_id: UUID
    version: int

    def subject(self) -> Subject:
        return Subject(kind="key", id=self.key_id)

    def subject_version(self) -> int:
        return self.version


class KeyMade(_OfKey, name="integrations.key-made.v1"):
    """What it may is in the history."""


class KeyChanged(_OfKey, name="integrations.key-changed.v1"): ...


class KeyRevoked(_OfKey, name="integrations.key-revoked.v1"): ...


class IpRulesChanged(Event, name="integrations.ip-rules-changed.v1"):
    """Which networks are let in is in the history."""

    rules_id: UUID
    version: int

    def subject(self) -> Subject:
        return Subject(kind="ip-rules", id=self.rules_id)

    def subject_version(self) -> int:
        return self.version


class AddressRefused(Event, name="integrations.address-refused.v1"):
    """Somebody came `times` from an address that is not admitted; perhaps nobody known."""

    refusal_id: UUID
    person_id: UUID | None
    times: int

    def subject(self) -> Subject:
        return Subject(kind="refusal", id=self.refusal_id)


class ImportChanged(OfImport, Event, name="integrations.import-changed.v1"):
    def seen_by(self) -> Seen:
        teams = frozenset({self.team_id} if self.team_id else ())
        return Seen(owners=frozenset({self.owner_id}), teams=teams)


class ImportUndoChanged(ImportChanged, name="integrations.import-undo-changed.v1"):
    """How far it is taken back; what becomes of its records is told of each."""

    undo: UndoState


class ForbiddenAddress(Problem, code="integrations.forbidden-address", status=422): ...


class KeyOver(Problem, code="integrations.key-over", status=409):
    """The key has been revoked, or has come to its end."""


class KeyByHand(LeftAsItIs, code="integrations.key-by-hand", status=409):
    """A key is made and revoked by a person: its secret is shown once and cannot come back."""


class KeyKeepsRoles(LeftAsItIs, code="integrations.key-keeps-roles", status=409): ...


class WouldShutOut(Problem, code="integrations.would-shut-out", status=409):
    """Whoever saves these rules could not come any more. `data`: `address`, and perhaps `role`."""


class Integrations(Configured, HoldsPeople, KeepsImports, UndoesImports, Protocol):
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

    async def api_keys(self, actor: Actor) -> list[ApiKey]:
        """All of them, the newest first; those that are over for as long as they are kept."""
        ...

    async def make_api_key(self, actor: Actor, draft: ApiKeyDraft) -> NewApiKey:
        """Told once: asked again, it makes another. Raises Forbidden, BeyondOwn, Invalid."""
        ...

    async def change_api_key(
        self, actor: Actor, id: UUID, change: ApiKeyChange, key: str | None = None
    ) -> ApiKey:
        """Raises NotFound, Forbidden, Stale, KeyOver."""
        ...

    async def revoke_api_key(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        """It is over at once, everywhere, and so is what it has open. Raises NotFound."""
        ...

    async def program(self, actor: Actor, secret: str, address: str) -> Program:
        """Who comes with this key, from this address; told Gausdo itself. Raises Unknown."""
        ...

    async def program_of(self, actor: Actor, id: UUID) -> Program:
        """The same of a key that was recognised before. Raises Unknown, Forbidden."""
        ...

    async def turned_away(self, actor: Actor, sights: list[TurnedAway]) -> None:
        """Keep in the history who was not let in from where; told by Gausdo itself."""
        ...

    async def ip_rules(self, actor: Actor, address: str) -> IpRules:
        """Raises Forbidden."""
        ...

    async def change_ip_rules(
        self, actor: Actor, change: IpRulesChange, address: str, key: str | None = None
    ) -> IpRules:
        """Hold at everybody's next request; live connections begin anew. `address` is the actor's.

        Raises Forbidden, Stale, WouldShutOut, Invalid for a role there is not.
        """
        ...

    async def rules_that_hold(self, actor: Actor) -> IpRules:
        """For the entrance; told Gausdo itself. Raises Forbidden."""
        ...

    async def clear_ip_rules(self, actor: Actor) -> None:
        """Take them away, for those who are shut out; Gausdo itself does it. Raises Forbidden."""
        ...
