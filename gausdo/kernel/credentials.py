"""What people prove with who they are, on its way from browsers to `authentication`."""

from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Draft, Email, Line, Locale, Secret, Time, Value

Password = Annotated[Secret, Field(max_length=128)]
NewPassword = Annotated[Secret, Field(min_length=8, max_length=128)]
"""One that is to be; those that are guessed first are refused."""
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
"""Six digits of ASCII, as an authenticator shows them."""
RecoveryCode = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
Bytes = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=8192)]
"""Bytes in base64url without padding, as browsers tell them."""


class Coming(Value):
    """Where somebody comes from who has yet to prove who they are.

    `device` is what a browser was given by which this person has signed in before.
    """

    address: str
    agent: str
    device: str | None


class Purpose(StrEnum):
    """What a link in a letter is for: a first password, or another one."""

    INVITATION = "invitation"
    RESET = "reset"


class LinkToken(Draft):
    """What stands in the link of a letter."""

    token: Token


class LinkState(Value):
    """Whose link it is, and what for."""

    purpose: Purpose
    name: str
    email: str


class LinkPassword(Draft):
    token: Token
    password: NewPassword


class LinkUsed(Value):
    """Who may sign in with the password now; `device` is what their browser is known by."""

    email: str
    device: str


class PasswordChange(Draft):
    current: Password
    password: NewPassword


class InvitationDraft(Draft):
    """Somebody new: who they are, and what they may do here."""

    name: Line
    email: Email
    roles: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    team_id: UUID | None = None
    locale: Locale = "ru"


class Invitation(Value):
    """Somebody who has been invited and has not come yet; the link is good until `until`."""

    user_id: UUID
    invited_at: Time
    until: Time


class SetsPasswords(Protocol):
    """The part of `authentication` that has people set their passwords."""

    async def ask_for_reset(self, email: str, visitor: Coming) -> None:
        """A letter goes to whoever has this address and works here.

        The same, and as quick, for one that nobody has. Raises TooManyTries for the visitor.
        """
        ...

    async def link(self, told: LinkToken) -> LinkState:
        """Raises LinkOver."""
        ...

    async def set_password(self, told: LinkPassword, visitor: Coming) -> LinkUsed:
        """By the link of a letter, once. All sessions of the person end; a second factor is asked
        for as before. Raises LinkOver, Invalid for a password that is guessed first.
        """
        ...

    async def change_password(
        self, actor: Actor, change: PasswordChange, visitor: Coming, but: UUID | None = None
    ) -> None:
        """One's own. All other sessions (`but` is the one that asks) end, and a letter says so.

        Raises WrongCredentials, TooManyTries, Invalid.
        """
        ...

    async def invitations(self, actor: Actor) -> list[Invitation]:
        """Who is invited and has not come yet, the latest first. Raises Forbidden."""
        ...

    async def invite(
        self, actor: Actor, draft: InvitationDraft, key: str | None = None
    ) -> Invitation:
        """An account without a password, and a letter by which it gets one.

        Raises Forbidden, and identity's BeyondOwn, EmailTaken, Invalid.
        """
        ...

    async def invite_again(self, actor: Actor, user_id: UUID, key: str | None = None) -> Invitation:
        """Another letter; the link of the one before is over. Raises Forbidden, NotFound."""
        ...

    async def withdraw_invitation(
        self, actor: Actor, user_id: UUID, key: str | None = None
    ) -> None:
        """The link is over, the account is closed. Raises Forbidden, NotFound."""
        ...


class KeepsPasswords(Protocol):
    """The part of `identity` that keeps them, for `authentication`."""

    async def demand_password(self, actor: Actor, user_id: UUID, password: Secret) -> None:
        """Whether it may be this person's password. Raises Forbidden, NotFound, Invalid."""
        ...

    async def has_password(self, actor: Actor, user_id: UUID) -> bool:
        """Whether the person ever had one: some come by their company's provider only.

        Raises Forbidden, NotFound.
        """
        ...

    async def change_password(self, actor: Actor, user_id: UUID, password: Secret) -> None:
        """By the person, or by Gausdo itself, which has made sure who asks. Raises the same."""
        ...
