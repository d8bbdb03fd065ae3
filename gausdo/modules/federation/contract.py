"""Federation: signing in by an identity provider of the company (OpenID Connect, SAML 2.0)."""

from enum import StrEnum
from typing import Annotated, Any, Protocol
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.configuration import Configured
from gausdo.kernel.errors import Problem, Unavailable
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Line, Secret, Time, Value

PROVIDERS = guarded("federation.provider", "create", "read", "edit")


class ProviderKind(StrEnum):
    OIDC = "oidc"
    SAML = "saml"


Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=500)]
LONGEST = 500
WEB = r"^https?://[A-Za-z0-9.:\[\]-]+([/?][\x21-\x7e]*)?$"
WebAddress = Annotated[str, StringConstraints(max_length=LONGEST, pattern=WEB)]
"""Where browsers are sent: such an address fits into a header as it is."""
Domain = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=200,
        pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
    ),
]
Domains = Annotated[list[Domain], Field(min_length=1, max_length=50)]
"""Whose e-mail addresses are the company's own: nobody else gets in by an address."""
Metadata = Annotated[str, StringConstraints(max_length=300_000)]
Claim = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class GroupMapping(Draft):
    """Who is in this group of the provider has this role, and is in this team."""

    group: Line
    role_id: UUID | None
    team_id: UUID | None


Mapping = Annotated[list[GroupMapping], Field(max_length=200)]


class ProviderDraft(Draft):
    """`issuer`, `client_id` and `client_secret` of OIDC; `metadata_url` or `metadata` of SAML.

    With `believes_email` an OIDC provider need not say `email_verified`. With `creates_people`
    somebody unknown joins at the first sign-in, with the roles and the team of the `mapping`, else
    with `role_id` and `team_id`. A `mapping` that is not empty holds at every sign-in.
    """

    kind: ProviderKind
    name: Line
    issuer: Address | None = None
    client_id: Claim | None = None
    client_secret: Annotated[Secret, Field(min_length=1, max_length=500)] | None = None
    metadata_url: Address | None = None
    metadata: Metadata | None = None
    domains: Domains
    believes_email: StrictBool = False
    creates_people: StrictBool = False
    role_id: UUID | None = None
    team_id: UUID | None = None
    groups_claim: Claim = "groups"
    mapping: Mapping = Field(default_factory=list)
    trusts_second_factor: StrictBool = False
    enabled: StrictBool = True


class ProviderChange(Change):
    name: Line | None = None
    issuer: Address | None = None
    client_id: Claim | None = None
    client_secret: Annotated[Secret, Field(min_length=1, max_length=500)] | None = None
    metadata_url: Address | None = None
    metadata: Metadata | None = None
    domains: Domains | None = None
    believes_email: StrictBool | None = None
    creates_people: StrictBool | None = None
    role_id: UUID | None = None
    team_id: UUID | None = None
    groups_claim: Claim | None = None
    mapping: Mapping | None = None
    trusts_second_factor: StrictBool | None = None
    enabled: StrictBool | None = None


class Ours(Value):
    """What the provider has to be told of us: addresses, and for SAML who we are."""

    redirect_uri: str | None
    logout_uri: str | None
    signed_out_uri: str | None
    entity_id: str | None
    acs_url: str | None
    slo_url: str | None


class Provider(Value):
    """`issuer` is the provider's own name; of SAML, its entity id."""

    id: UUID
    kind: ProviderKind
    name: str
    issuer: str
    client_id: str | None
    has_secret: bool
    metadata_url: str | None
    domains: list[str]
    believes_email: bool
    creates_people: bool
    role_id: UUID | None
    team_id: UUID | None
    groups_claim: str
    mapping: list[GroupMapping]
    trusts_second_factor: bool
    enabled: bool
    ours: Ours
    created_at: Time
    version: int


class Offered(Value):
    """A button on the sign-in page."""

    id: UUID
    name: str
    kind: ProviderKind


class FindingLevel(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    WRONG = "wrong"


class Finding(Value):
    """What a look at a provider found; the interface has words for each `code`."""

    code: str
    level: FindingLevel
    data: dict[str, Any]


class Arrival(Value):
    """Somebody the provider vouches for: who it is here, and the session over there.

    `second_factor`: it asked for one, and is trusted with that. `proved` is when it asked, in
    seconds since 1970; 0 where it does not say.
    """

    provider_id: UUID
    user_id: UUID
    subject: str
    session: str | None
    second_factor: bool
    proved: int
    id_token: str | None
    back: str


class Departure(Value):
    """Whose sessions are over: one session over there, or all of a person."""

    provider_id: UUID
    subject: str | None
    session: str | None


class Farewell(Value):
    """Whose sessions a SAML provider ends, and the answer that the browser brings there: by the
    address alone, or with `form` by POST. Without an `url` the provider wants none.
    """

    departures: list[Departure]
    url: str | None
    form: dict[str, str]


class ScimTokenDraft(Draft):
    name: Line
    days: int = Field(365, strict=True, ge=1, le=730)


class ScimToken(Value):
    """What a provider calls `/scim/v2` with."""

    id: UUID
    name: str
    created_by: UUID
    created_at: Time
    expires_at: Time


class NewScimToken(Value):
    """The only time the token itself is told."""

    token: ScimToken
    secret: str


class ScimCall(Value):
    """A request to `/scim/v2`, as it came."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str


class ScimAnswer(Value):
    status: int
    headers: dict[str, str]
    body: str


class ProviderSaved(Event, name="federation.provider-saved.v1"):
    provider_id: UUID
    enabled: bool
    version: int

    def subject(self) -> Subject:
        return Subject(kind="provider", id=self.provider_id)

    def subject_version(self) -> int:
        return self.version


class ProviderRemoved(Event, name="federation.provider-removed.v1"):
    provider_id: UUID

    def subject(self) -> Subject:
        return Subject(kind="provider", id=self.provider_id)


class AccountLinked(Event, name="federation.account-linked.v1"):
    """Somebody can sign in by this provider from now on."""

    provider_id: UUID
    user_id: UUID

    def subject(self) -> Subject:
        return Subject(kind="user", id=self.user_id)


class UnknownSignIn(Problem, code="federation.unknown-sign-in", status=400):
    """Nobody began this sign-in in this browser, or it is over."""


class NotBelieved(Problem, code="federation.not-believed", status=400):
    """What the provider said does not hold; what exactly, only administrators are told."""


class ProviderRefused(Problem, code="federation.provider-refused", status=400):
    """The provider let nobody in. `data`: `error`, as it says it."""


class ProviderSilent(Unavailable, code="federation.provider-silent", status=503): ...


class NoAccount(Problem, code="federation.no-account", status=403): ...


class ForeignEmail(Problem, code="federation.foreign-email", status=403): ...


class NoRole(Problem, code="federation.no-role", status=403): ...


class AccountClosed(Problem, code="federation.account-closed", status=403): ...


class ForeignAccount(Problem, code="federation.foreign-account", status=409):
    """An account that was made here by hand, or that another provider keeps."""


class AuthorGone(Problem, code="federation.author-gone", status=403):
    """Who set the provider up may no longer give what its mapping gives."""


class Federation(Configured, Protocol):
    async def offered(self) -> list[Offered]:
        """The providers one may sign in by, by name."""
        ...

    async def begin(self, id: UUID, browser: str, back: str, *, anew: bool = False) -> str:
        """Where to send this browser, known by a secret of its own; afterwards it goes `back`.

        `anew`: whoever is signed in over there is to prove it once more.
        Raises NotFound, ProviderSilent, NotBelieved.
        """
        ...

    async def arrive(self, id: UUID, browser: str, told: dict[str, str]) -> Arrival:
        """What the browser brought back, once. Raises UnknownSignIn, NotBelieved, ProviderRefused,
        ProviderSilent, NoAccount, ForeignEmail, NoRole, AccountClosed, AuthorGone, NotFound.
        """
        ...

    async def our_metadata(self, id: UUID) -> str:
        """What a SAML provider is told of us (XML). Raises NotFound."""
        ...

    async def farewell(self, id: UUID, id_token: str | None) -> str | None:
        """Where a browser goes to be signed out at the provider, too.

        OpenID Connect RP-Initiated Logout 1.0. None where there is no such place, or it does not
        answer now.
        """
        ...

    async def depart(self, id: UUID, logout_token: str) -> Departure:
        """OpenID Connect Back-Channel Logout 1.0. Raises NotBelieved, ProviderSilent, NotFound."""
        ...

    async def single_logout(
        self, id: UUID, form: dict[str, str], query: str | None = None
    ) -> Farewell:
        """Single logout of SAML 2.0, by HTTP-POST, or by HTTP-Redirect with the `query` as it came.

        Raises NotBelieved, NotFound.
        """
        ...

    async def scim(self, call: ScimCall) -> ScimAnswer:
        """SCIM 2.0 in the name of the provider whose token the call brings. Raises Unknown."""
        ...

    async def scim_tokens(self, actor: Actor, provider_id: UUID) -> list[ScimToken]:
        """Those that hold, the newest first. Raises NotFound."""
        ...

    async def add_scim_token(
        self, actor: Actor, provider_id: UUID, draft: ScimTokenDraft
    ) -> NewScimToken:
        """Raises NotFound. Told once: asked again, it makes another."""
        ...

    async def remove_scim_token(
        self, actor: Actor, provider_id: UUID, id: UUID, key: str | None = None
    ) -> None:
        """It is over at once. Raises NotFound."""
        ...

    async def providers(self, actor: Actor) -> list[Provider]:
        """All of them, by name."""
        ...

    async def provider(self, actor: Actor, id: UUID) -> Provider:
        """Raises NotFound."""
        ...

    async def add_provider(
        self, actor: Actor, draft: ProviderDraft, key: str | None = None
    ) -> Provider:
        """Raises Forbidden, also for roles one could not give oneself, and Invalid."""
        ...

    async def change_provider(
        self, actor: Actor, id: UUID, change: ProviderChange, key: str | None = None
    ) -> Provider:
        """Raises NotFound, Stale, and as `add_provider`."""
        ...

    async def remove_provider(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        """Nobody can sign in by it any more; accounts stay. Raises NotFound."""
        ...

    async def try_provider(self, actor: Actor, id: UUID) -> list[Finding]:
        """Look at a provider as it is now, and at the last sign-in that failed. Raises NotFound."""
        ...
