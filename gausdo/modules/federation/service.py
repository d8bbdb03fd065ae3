"""What one can do with identity providers."""

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound, Problem, invalid
from gausdo.kernel.values import new_id, now
from gausdo.modules.federation import access, claims, oidc
from gausdo.modules.federation.configuration import Providers
from gausdo.modules.federation.contract import (
    Arrival,
    Departure,
    Farewell,
    Finding,
    NotBelieved,
    Offered,
    Ours,
    Provider,
    ProviderChange,
    ProviderDraft,
    ProviderKind,
    ProviderRefused,
    ProviderSilent,
    ScimAnswer,
    ScimCall,
    UnknownSignIn,
)
from gausdo.modules.federation.doubt import Doubt, Silent
from gausdo.modules.federation.looking import Looking
from gausdo.modules.federation.oidc import Asked, Client, Oidc
from gausdo.modules.federation.pending import Begun, Pending, fingerprint
from gausdo.modules.federation.possible import demand_possible, demand_whole
from gausdo.modules.federation.provisioning import Guest, Provisioning
from gausdo.modules.federation.scim_tokens import ScimTokens
from gausdo.modules.federation.tables import ProviderRow
from gausdo.modules.identity.contract import Identity
from gausdo.platform.configuration import ConfiguredService, Kinds
from gausdo.platform.crypto import Vault
from gausdo.platform.db import Tx
from gausdo.platform.outbound import Outbound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gausdo.modules.federation.saml import Exchange  # heavy, as the whole of SAML: see below

log = structlog.get_logger()


@dataclass(frozen=True)
class FederationService(ScimTokens, ConfiguredService):
    identity: Identity
    outbound: Outbound
    oidc: Oidc
    pending: Pending
    looking: Looking
    vault: Vault
    provisioning: Provisioning
    base_url: str

    async def offered(self) -> list[Offered]:
        async with self.db.begin() as tx:
            rows = await tx.session.scalars(
                select(ProviderRow).where(ProviderRow.enabled).order_by(ProviderRow.name)
            )
            return [row.offered() for row in rows]

    async def begin(self, id: UUID, browser: str, back: str, *, anew: bool = False) -> str:
        from gausdo.modules.federation import saml

        row, client = await self._enabled(id)
        asked = Asked.anew()
        begun = Begun(provider_id=id, browser=fingerprint(browser), back=back,
                      nonce=asked.nonce, verifier=asked.verifier,
                      request_id=f"_{new_id().hex}")  # fmt: skip
        if row.idp is not None:
            await self.pending.begin(asked.state, begun)
            exchange = self._exchange(row, begun, anew=anew)
            return saml.request_url(row.idp["sso_url"], exchange, asked.state)
        try:
            published = await self.oidc.published(row.issuer)
        except Doubt as doubt:
            raise await self._refused(row, doubt) from doubt
        scope = oidc.SCOPE
        if row.groups_claim in published.scopes:
            scope += f" {row.groups_claim}"
        await self.pending.begin(asked.state, begun)
        return oidc.address(published, client, asked, scope, anew=anew)

    async def arrive(self, id: UUID, browser: str, told: dict[str, str]) -> Arrival:
        state = told.get("state") or told.get("RelayState", "")
        begun = await self.pending.take(state, id, browser)
        if begun is None:
            raise UnknownSignIn("This sign-in is over, or was begun elsewhere. Begin again.")
        row, client = await self._enabled(id)
        try:
            if row.idp is None:
                arrival, guest = await self._vouched(row, client, begun, told)
            else:
                arrival, guest = await self._asserted(row, begun, told)
            user_id = await self.provisioning.person(row, guest)
        except Doubt as doubt:
            raise await self._refused(row, doubt) from doubt
        except Problem as refusal:
            await self._remember(row, Doubt(refusal.code, refusal.detail))
            raise
        await self.pending.forget(id)
        return arrival.model_copy(update={"user_id": user_id})

    async def _vouched(
        self, row: ProviderRow, client: Client, begun: Begun, told: dict[str, str]
    ) -> tuple[Arrival, Guest]:
        """The arrival of nobody yet, and who it is over there. Raises Doubt, ProviderRefused."""
        if "error" in told:
            raise ProviderRefused(
                "Your provider let nobody in.", data={"error": told["error"][:100]}
            )
        published = await self.oidc.published(row.issuer)
        asked = Asked(told["state"], begun.nonce, begun.verifier)
        vouched = await self.oidc.vouched(published, client, asked, told)
        session = vouched.claims.get("sid")
        arrival = Arrival(
            provider_id=row.id,
            user_id=row.id,
            subject=str(vouched.claims["sub"]),
            session=str(session) if session else None,
            second_factor=row.trusts_second_factor and claims.strong(vouched.signed),
            proved=claims.proved_at(vouched.signed),
            id_token=vouched.id_token,
            back=begun.back,
        )
        return arrival, claims.guest(
            vouched.claims, row.groups_claim, believes_email=row.believes_email
        )

    async def _asserted(
        self, row: ProviderRow, begun: Begun, told: dict[str, str]
    ) -> tuple[Arrival, Guest]:
        """As `_vouched`, of a SAML assertion, which is heard once. Raises Doubt."""
        from gausdo.modules.federation import saml

        found = saml.asserted(told.get("SAMLResponse", ""), self._exchange(row, begun))
        seconds = int((found.until - now()).total_seconds()) + 1
        await self.pending.once(row.id, f"assertion {found.id}", seconds)
        guest = claims.asserted_guest(
            found.name_id, found.attributes, row.groups_claim, transient=found.transient
        )
        strong = claims.strong({"acr": found.context})
        arrival = Arrival(
            provider_id=row.id,
            user_id=row.id,
            subject=found.name_id,
            session=found.session,
            second_factor=row.trusts_second_factor and strong,
            proved=found.proved,
            id_token=None,
            back=begun.back,
        )
        return arrival, guest

    async def our_metadata(self, id: UUID) -> str:
        from gausdo.modules.federation import saml_metadata

        row, _ = await self._enabled(id)
        ours = self._ours(row)
        if ours.entity_id is None or ours.acs_url is None or ours.slo_url is None:
            raise NotFound("This provider has no metadata of ours.")
        return saml_metadata.our_metadata(ours.entity_id, ours.acs_url, ours.slo_url)

    async def farewell(self, id: UUID, id_token: str | None) -> str | None:
        try:
            row, client = await self._enabled(id)
            published = await self.oidc.published(row.issuer) if row.idp is None else None
        except (NotFound, Doubt):
            return None
        return oidc.farewell(published, client, id_token) if published else None

    async def depart(self, id: UUID, logout_token: str) -> Departure:
        row, client = await self._enabled(id)
        try:
            published = await self.oidc.published(row.issuer)
            told = await self.oidc.departed(published, client, logout_token)
            await self.pending.once(id, f"logout {told['jti']}", 2 * oidc.KEPT)
        except Doubt as doubt:
            raise await self._refused(row, doubt) from doubt
        subject, session = told.get("sub"), told.get("sid")
        return Departure(
            provider_id=id,
            subject=str(subject) if subject else None,
            session=str(session) if session else None,
        )

    async def single_logout(
        self, id: UUID, form: dict[str, str], query: str | None = None
    ) -> Farewell:
        from gausdo.modules.federation import saml_logout

        row, _ = await self._enabled(id)
        if row.idp is None:
            raise NotFound("This provider knows of no single logout.")
        exchange = self._exchange(row)
        try:
            if query is None:
                ending = saml_logout.posted(form, exchange)
            else:
                ending = saml_logout.queried(query, exchange)
            seconds = int((ending.until - now()).total_seconds()) + 1
            await self.pending.once(id, f"logout {ending.id}", seconds)
        except Doubt as doubt:
            raise await self._refused(row, doubt) from doubt
        url, answer = saml_logout.answer(row.slo or {}, exchange, ending)
        return Farewell(
            departures=[
                Departure(provider_id=id, subject=ending.name_id, session=session)
                for session in ending.sessions or (None,)
            ],
            url=url,
            form=answer,
        )

    async def providers(self, actor: Actor) -> list[Provider]:
        actor.demand(access.READ)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(ProviderRow).order_by(ProviderRow.name))
            return [row.shown(self._ours(row)) for row in rows]

    async def provider(self, actor: Actor, id: UUID) -> Provider:
        async with self.db.begin(actor) as tx:
            row = await access.provider(tx, actor, id)
            return row.shown(self._ours(row))

    async def add_provider(
        self, actor: Actor, draft: ProviderDraft, key: str | None = None
    ) -> Provider:
        actor.demand(access.CREATE)
        demand_whole(draft)
        await self._check(actor, draft)
        idp = await self._idp(draft)
        id = new_id()
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = ProviderRow.write(id, draft, actor, await self._sealed(tx, id, draft), idp)
                tx.add(row)
                tx.publish(row.saved())
                tx.tell(row.shown(self._ours(row)))
            return tx.answer(Provider)

    async def change_provider(
        self, actor: Actor, id: UUID, change: ProviderChange, key: str | None = None
    ) -> Provider:
        actor.demand(access.EDIT)
        await self._check(actor, change)
        idp = await self._idp(change)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await access.provider(tx, actor, id, access.EDIT)
                shown = row.shown(self._ours(row))
                await tx.fresh(row, change.version)
                secret = await self._sealed(tx, id, change)
                if changes := row.change(change, actor, secret, idp):
                    tx.publish(row.saved(), changes=changes)
                    shown = row.shown(self._ours(row))
                tx.tell(shown)
            return tx.answer(Provider)

    async def remove_provider(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                row = await access.provider(tx, actor, id, access.EDIT)
                tx.publish(row.removed())
                await tx.session.execute(delete(ProviderRow).where(ProviderRow.id == id))
                tx.tell(None)

    async def kinds(self, actor: Actor) -> Kinds:  # noqa: ARG002 - neighbours are asked later
        return [Providers(self._check)]

    async def _check(
        self,
        actor: Actor,
        told: ProviderDraft | ProviderChange,
        coming: frozenset[UUID] = frozenset(),
    ) -> None:
        await demand_possible(self.identity, self.outbound, actor, told, coming)

    async def try_provider(self, actor: Actor, id: UUID) -> list[Finding]:
        async with self.db.begin(actor) as tx:
            row = await access.provider(tx, actor, id)
            client = await self._client(tx, row)
        return await self.looking.at(row, client)

    async def _idp(self, told: ProviderDraft | ProviderChange) -> dict[str, Any] | None:
        """What SAML's metadata says, once it is told where it is. Raises Invalid."""
        from gausdo.modules.federation import saml_metadata

        field = "metadata" if told.metadata else "metadata_url"
        try:
            if told.metadata:
                return saml_metadata.read_metadata(told.metadata.encode())
            if told.metadata_url:
                return await self.looking.metadata(told.metadata_url)
        except Doubt as doubt:
            raise invalid(field, "metadata", f"This is no metadata: {doubt}") from None
        return None

    def _exchange(
        self, row: ProviderRow, begun: Begun | None = None, *, anew: bool = False
    ) -> "Exchange":
        from gausdo.modules.federation import saml

        assert row.idp is not None
        return saml.Exchange(
            idp=row.idp["entity_id"],
            certificates=tuple(row.idp["certificates"]),
            sp=self._at(row.id, "metadata"),
            acs_url=self._at(row.id, "acs"),
            slo_url=self._at(row.id, "slo"),
            request_id=begun.request_id if begun else "",
            anew=anew,
        )

    async def scim(self, call: ScimCall) -> ScimAnswer:
        async with self.db.begin() as tx:
            row = await access.by_scim_token(tx, call.headers.get("authorization", ""))
        answered = await asyncio.to_thread(_scim)
        return await answered(call, f"{self.base_url.rstrip('/')}/scim/v2", row, self.provisioning)

    async def _enabled(self, id: UUID) -> tuple[ProviderRow, Client]:
        """Raises NotFound."""
        async with self.db.begin() as tx:
            row = await access.enabled(tx, id)
            return row, await self._client(tx, row)

    async def _refused(self, row: ProviderRow, doubt: Doubt) -> Problem:
        """What whoever asked is told of a doubt; the rest is for the log and administrators."""
        await self._remember(row, doubt)
        if isinstance(doubt, Silent):
            return ProviderSilent("Your identity provider does not answer. Try again in a moment.")
        return NotBelieved("What your identity provider said could not be verified. Begin again.")

    async def _remember(self, row: ProviderRow, doubt: Doubt) -> None:
        log.warning("federated sign-in refused", provider=str(row.id), why=doubt.why)
        await self.pending.remember(row.id, doubt)

    async def _client(self, tx: Tx, row: ProviderRow) -> Client:
        sealed = row.client_secret
        secret = await self.vault.open(tx, row.SEALED, row.id, sealed) if sealed else None
        return Client(
            row.client_id or "", secret, self._at(row.id, "callback"), self._signed_out_uri
        )

    async def _sealed(self, tx: Tx, id: UUID, told: ProviderDraft | ProviderChange) -> bytes | None:
        if told.client_secret is None:
            return None
        secret = told.client_secret.get_secret_value()
        return await self.vault.seal(tx, ProviderRow.SEALED, id, secret)

    def _ours(self, row: ProviderRow) -> Ours:
        is_oidc = row.kind == ProviderKind.OIDC
        return Ours(
            redirect_uri=self._at(row.id, "callback") if is_oidc else None,
            logout_uri=self._at(row.id, "logout") if is_oidc else None,
            signed_out_uri=self._signed_out_uri if is_oidc else None,
            entity_id=None if is_oidc else self._at(row.id, "metadata"),
            acs_url=None if is_oidc else self._at(row.id, "acs"),
            slo_url=None if is_oidc else self._at(row.id, "slo"),
        )

    @property
    def _signed_out_uri(self) -> str:
        return f"{self.base_url.rstrip('/')}/sign-in"

    def _at(self, id: UUID, what: str) -> str:
        return f"{self.base_url.rstrip('/')}/api/v1/federation/{id}/{what}"


@cache
def _scim() -> "Callable[..., Awaitable[ScimAnswer]]":
    """What speaks SCIM. Its models take more than a second to load: in a thread, meanwhile others
    are answered.
    """
    from gausdo.modules.federation import scim

    scim.service()
    return scim.answered
