"""Authentication: how people prove who they are, and who has to prove it how well.

`identity` knows the people and their passwords; what surrounds a password is here: second
factors, recovery codes, the policy that asks for them, limits on tries.
"""

from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, StrictBool, model_validator

from gausdo.kernel.actor import Actor
from gausdo.kernel.configuration import Configured
from gausdo.kernel.credentials import (
    Bytes,
    Code,
    Coming,
    Password,
    Purpose,
    RecoveryCode,
    SetsPasswords,
)
from gausdo.kernel.errors import Problem
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Line, Time, Value

POLICY = guarded("authentication.policy", "read", "edit")
SESSIONS = guarded("authentication.session", "read", "edit")
FACTORS = guarded("authentication.factor", "edit")


class Way(StrEnum):
    """What one can prove with who one is."""

    PASSWORD = "password"  # noqa: S105
    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"
    CORPORATE = "corporate"  # at an identity provider, which is no second factor


class FactorKind(StrEnum):
    TOTP = "totp"
    PASSKEY = "passkey"


class Standing(Value):
    """`need` is what a session lacks that knows a password alone: nothing (empty), `factor` or
    `enrolment`; `ways` what the person can prove with who they are, the usual one first.
    """

    need: str
    ways: list[Way]


class Entered(Value):
    """Whose password it was."""

    user_id: UUID


class Factor(Value):
    id: UUID
    kind: FactorKind
    name: str
    added_at: Time
    used_at: Time | None


class Factors(Value):
    """`required`: the policy asks this person for a second factor."""

    factors: list[Factor]
    recovery_codes: int
    required: bool


class Visitor(Coming): ...


class TotpStart(Value):
    """A secret to put into an authenticator; it counts once a code of it was told.

    `uri` is an `otpauth://` link, `qr` the same as an SVG picture.
    """

    id: UUID
    secret: str
    uri: str
    qr: str


class TotpDraft(Draft):
    code: Code
    name: Line


class PasskeyStart(Value):
    """What a browser needs to make a passkey; `known` are those the person has already."""

    challenge: str
    rp_id: str
    user_id: str
    user_name: str
    display_name: str
    known: list[str]


class PasskeyDraft(Draft):
    """A passkey as a browser has made it, by what it is to be called."""

    name: Line
    credential: Bytes
    client_data: Bytes
    attestation: Annotated[Bytes, Field(max_length=65_536)]


class PasskeyQuestion(Value):
    """What a browser needs to use a passkey: one of `known`, or any of this site when none is."""

    challenge: str
    rp_id: str
    known: list[str]


class PasskeyProof(Draft):
    """What a passkey has signed."""

    credential: Bytes
    client_data: Bytes
    authenticator_data: Bytes
    signature: Bytes
    user_handle: Bytes | None = None


class FactorName(Draft):
    name: Line


class RecoveryCodes(Value):
    recovery_codes: list[str]


class Proof(Draft):
    """One of these: what the person has, or knows."""

    password: Password | None = None
    code: Code | None = None
    recovery_code: RecoveryCode | None = None
    passkey: PasskeyProof | None = None

    @model_validator(mode="after")
    def _one(self) -> "Proof":
        if len([one for one in self.model_fields_set if getattr(self, one) is not None]) != 1:
            raise ValueError("Tell exactly one proof.")
        return self


class Enrolled(Value):
    """`recovery_codes` are told once, with the first factor."""

    factor: Factor
    recovery_codes: list[str]


class LiveSession(Value):
    """Where somebody is signed in; `level` is `password` or `factor`."""

    id: UUID
    way: str
    level: str
    opened_at: Time
    seen_at: Time
    address: str
    agent: str


class Policy(Value):
    """Who has to have a second factor. Whoever may change others' rights always has to."""

    everybody: bool
    roles: list[UUID]
    version: int


class PolicyChange(Change):
    everybody: StrictBool | None = None
    roles: Annotated[list[UUID], Field(max_length=100)] | None = None


class _OfPerson(Event, name="authentication.of-person"):
    user_id: UUID

    def subject(self) -> Subject:
        return Subject(kind="account", id=self.user_id)


class SignedIn(_OfPerson, name="authentication.signed-in.v1"):
    """By a password and what it takes beside it, or by something else alone."""

    way: str


class SignInRefused(Event, name="authentication.sign-in-refused.v1"):
    """`reason`: wrong-credentials, locked, wrong-factor; no `user_id` for a name nobody has."""

    try_id: UUID
    user_id: UUID | None
    way: str
    reason: str

    def subject(self) -> Subject:
        if self.user_id is None:
            return Subject(kind="sign-in", id=self.try_id)
        return Subject(kind="account", id=self.user_id)


class FactorAdded(_OfPerson, name="authentication.factor-added.v1"):
    factor_id: UUID
    kind: FactorKind


class FactorRenamed(_OfPerson, name="authentication.factor-renamed.v1"):
    factor_id: UUID


class FactorRemoved(_OfPerson, name="authentication.factor-removed.v1"):
    """`reason`: asked for by the person, by an administrator, or a copied passkey was used."""

    factor_id: UUID
    kind: FactorKind
    reason: str


class RecoveryCodeUsed(_OfPerson, name="authentication.recovery-code-used.v1"):
    left: int


class RecoveryCodesRenewed(_OfPerson, name="authentication.recovery-codes-renewed.v1"): ...


class SessionsEnded(_OfPerson, name="authentication.sessions-ended.v1"):
    count: int
    reason: str


class Invited(_OfPerson, name="authentication.invited.v1"): ...


class InvitationWithdrawn(_OfPerson, name="authentication.invitation-withdrawn.v1"): ...


class LinkSent(_OfPerson, name="authentication.link-sent.v1"):
    purpose: Purpose


class LinkTaken(_OfPerson, name="authentication.link-taken.v1"):
    purpose: Purpose


class PolicyChanged(Event, name="authentication.policy-changed.v1"):
    policy_id: UUID
    everybody: bool
    roles: tuple[UUID, ...]
    version: int

    def subject(self) -> Subject:
        return Subject(kind="sign-in-policy", id=self.policy_id)

    def subject_version(self) -> int:
        return self.version


class WrongFactor(Problem, code="authentication.wrong-factor", status=401):
    """The code, or whatever it was, does not prove it."""


class LinkOver(Problem, code="authentication.link-over", status=404):
    """It was used, is too old, or another one has followed it."""


class WrongPasskey(Problem, code="authentication.wrong-passkey", status=401):
    """It was not made for here, not asked for now, or is nobody's."""


class PasskeyKnown(Problem, code="authentication.passkey-known", status=409): ...


class LastFactor(Problem, code="authentication.last-factor", status=409):
    """The policy asks for a second factor, and this is the last one."""


class TooManyFactors(Problem, code="authentication.too-many-factors", status=409): ...


class Authentication(Configured, SetsPasswords, Protocol):
    async def enter(self, email: str, password: Password, visitor: Visitor) -> Entered:
        """Whose password it is.

        Raises identity's WrongCredentials – also for an account that is locked for this visitor –
        and TooManyTries for an address, or an account from this address.
        """
        ...

    async def ask_for_passkey(self, actor: Actor, bound: str) -> PasskeyQuestion:
        """Of the actor; `bound` is what only their session has."""
        ...

    async def ask_any_passkey(self, bound: str) -> PasskeyQuestion:
        """Of whoever it may be; `bound` is what only their browser has."""
        ...

    async def enter_by_passkey(self, proof: PasskeyProof, bound: str, visitor: Visitor) -> Entered:
        """Whose passkey it is, which has made sure of the person. Raises WrongPasskey."""
        ...

    async def entered(self, actor: Actor, way: Way, visitor: Visitor) -> str:
        """A person has signed in, whole: answers what their browser is to be known by."""
        ...

    async def standing(self, actor: Actor) -> Standing:
        """What a session of the actor lacks that knows their password alone."""
        ...

    async def prove(self, actor: Actor, proof: Proof, visitor: Visitor, bound: str = "") -> Way:
        """By what the person has proved it; a passkey answers the question asked of `bound`.

        A password proves nothing for whom has a factor, or has to have one. Raises WrongFactor,
        WrongPasskey, WrongCredentials, TooManyTries.
        """
        ...

    async def factors(self, actor: Actor) -> Factors:
        """One's own."""
        ...

    async def begin_totp(self, actor: Actor) -> TotpStart:
        """A new secret, to be confirmed. Raises TooManyFactors."""
        ...

    async def confirm_totp(
        self, actor: Actor, id: UUID, draft: TotpDraft, *, first: bool
    ) -> Enrolled:
        """The authenticator is a factor from now on.

        `first`: only as the first one, for a session that has proved no more than a password.
        Raises WrongFactor, NotFound, FactorNeeded (there is one already), TooManyTries.
        """
        ...

    async def begin_passkey(self, actor: Actor, bound: str) -> PasskeyStart:
        """A passkey may be made, by what has `bound`. Raises TooManyFactors."""
        ...

    async def add_passkey(
        self, actor: Actor, draft: PasskeyDraft, bound: str, *, first: bool
    ) -> Enrolled:
        """As `confirm_totp`. Raises WrongPasskey, PasskeyKnown, TooManyFactors, FactorNeeded."""
        ...

    async def rename_factor(self, actor: Actor, id: UUID, draft: FactorName) -> Factors:
        """Raises NotFound."""
        ...

    async def remove_factor(self, actor: Actor, id: UUID) -> Factors:
        """Raises NotFound, LastFactor."""
        ...

    async def remove_factors(self, actor: Actor, user_id: UUID) -> None:
        """All factors and codes of somebody who has lost them. Raises Forbidden, NotFound."""
        ...

    async def renew_recovery_codes(self, actor: Actor) -> RecoveryCodes:
        """New ones; those before are worth nothing. Raises Conflict without any factor."""
        ...

    async def sessions(self, actor: Actor, user_id: UUID) -> list[LiveSession]:
        """Of oneself, or of anybody with the right; the last seen first. Raises Forbidden."""
        ...

    async def end_sessions(
        self, actor: Actor, user_id: UUID, only: UUID | None = None, but: UUID | None = None
    ) -> int:
        """All of somebody's, one of them, or all but one; answers how many. Raises Forbidden.

        They end at their next request, their sockets within two seconds.
        """
        ...

    async def policy(self, actor: Actor) -> Policy:
        """Raises Forbidden."""
        ...

    async def change_policy(
        self, actor: Actor, change: PolicyChange, key: str | None = None
    ) -> Policy:
        """Holds at everybody's next request. Raises Forbidden, Stale, Invalid for a role."""
        ...
