"""Identity providers as files, without their secrets: see `kernel/configuration.py`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool, model_validator
from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.kernel.values import Draft, Line
from gausdo.modules.federation import access
from gausdo.modules.federation.contract import (
    PROVIDERS,
    Address,
    Claim,
    Domains,
    GroupMapping,
    ProviderChange,
    ProviderDraft,
    ProviderKind,
    WebAddress,
)
from gausdo.modules.federation.contract import Mapping as GroupMappings
from gausdo.modules.federation.doubt import Doubt
from gausdo.modules.federation.tables import ProviderRow
from gausdo.platform.configuration import At, Entry, Kind, first_version
from gausdo.platform.db import Tx

Check = Callable[[Actor, ProviderDraft, frozenset[UUID]], Awaitable[None]]


class Described(Draft):
    """What a SAML provider's metadata says of it."""

    entity_id: Claim
    sso_url: Address
    certificates: list[str] = Field(min_length=1, max_length=10)
    slo: dict[Literal["redirect", "post"], WebAddress] | None = None


class ProviderEntry(Entry):
    """`issuer` and `client_id` of OIDC, `saml` of SAML. Its secret is told on its page."""

    kind: ProviderKind
    name: Line
    enabled: StrictBool = True
    issuer: Address | None = None
    client_id: Claim | None = None
    metadata_url: Address | None = None
    saml: Described | None = None
    domains: Domains
    believes_email: StrictBool = False
    creates_people: StrictBool = False
    role_id: UUID | None = None
    team_id: UUID | None = None
    groups_claim: Claim = "groups"
    mapping: GroupMappings = Field(default_factory=list)
    trusts_second_factor: StrictBool = False

    @model_validator(mode="after")
    def _whole(self) -> "ProviderEntry":
        if self.kind is ProviderKind.OIDC and not (self.issuer and self.client_id):
            raise ValueError("An OIDC provider has an issuer and a client_id.")
        if (self.kind is ProviderKind.SAML) != (self.saml is not None):
            raise ValueError("A SAML provider, and no other, has what is in “saml”.")
        return self


_SAME = frozenset(ProviderEntry.model_fields) & frozenset(ProviderDraft.model_fields)


class Providers(Kind[ProviderEntry]):
    name = "providers"
    entry = ProviderEntry
    guarded = PROVIDERS
    reading = access.READ

    def __init__(self, check: Check) -> None:
        self._check = check

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[ProviderEntry]:
        query = select(ProviderRow).order_by(ProviderRow.id)
        rows = await tx.session.scalars(query.with_for_update() if lock else query)
        return [_entry(row) for row in rows]

    async def look(self, actor: Actor, wanted: ProviderEntry, coming: frozenset[UUID]) -> None:
        if wanted.saml is not None:
            _demand_certificates(wanted.saml)
        await self._check(actor, _draft(wanted), coming)

    async def add(self, at: At, wanted: ProviderEntry) -> None:
        row = ProviderRow.write(wanted.id, _draft(wanted), at.actor, None, _idp(wanted))
        row.version = await first_version(at.tx, wanted.id)
        at.tx.add(row)
        at.tx.publish(row.saved())

    async def change(self, at: At, wanted: ProviderEntry, fields: Mapping[str, Any]) -> None:
        row = await at.tx.session.get_one(ProviderRow, wanted.id)
        if "kind" in fields:
            raise invalid("kind", "kind", "A provider stays of its kind. Give another id.")
        named = {name: value for name, value in fields.items() if name in _SAME}
        change = ProviderChange(version=row.version, **named)
        idp = _idp(wanted) if "saml" in fields else None
        at.tx.publish(row.saved(), changes=row.change(change, at.actor, None, idp))

    async def remove(self, at: At, id: UUID) -> None:
        row = await at.tx.session.get_one(ProviderRow, id)
        at.tx.publish(row.removed())
        await at.tx.session.delete(row)


def _entry(row: ProviderRow) -> ProviderEntry:
    is_saml = row.idp is not None
    told = {name: getattr(row, name) for name in ProviderEntry.model_fields if name != "saml"}
    told["mapping"] = [GroupMapping.model_validate(one) for one in row.mapping]
    return ProviderEntry(
        **{**told, "issuer": None if is_saml else row.issuer},
        saml=Described.model_validate(row.described) if is_saml else None,
    )


def _draft(wanted: ProviderEntry) -> ProviderDraft:
    return ProviderDraft(**{name: getattr(wanted, name) for name in _SAME})


def _idp(wanted: ProviderEntry) -> dict[str, Any] | None:
    return wanted.saml.model_dump(mode="json", exclude_none=True) if wanted.saml else None


def _demand_certificates(told: Described) -> None:
    """Raise Invalid for one that cannot be read."""
    from gausdo.modules.federation import saml  # heavy, as the whole of SAML

    for place, one in enumerate(told.certificates):
        try:
            saml.certificate(one)
        except Doubt as doubt:
            where = f"saml.certificates.{place}"
            raise invalid(where, "certificate", "This is no certificate (DER, base64).") from doubt
