"""Identity: people who work here, their teams, roles and working time."""

from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor, Cause, Grant
from gausdo.kernel.becoming import CarriesFields
from gausdo.kernel.configuration import Configured
from gausdo.kernel.credentials import KeepsPasswords, NewPassword
from gausdo.kernel.errors import Conflict, Problem
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.lists import KnowsLists
from gausdo.kernel.rights import Guarded, guarded
from gausdo.kernel.sights import BearsWitness
from gausdo.kernel.values import Change, Draft, Email, Line, Locale, Secret, Text, TimeZone, Value
from gausdo.kernel.working_time import WorkingCalendar
from gausdo.modules.identity.events import (
    JobTended,
    ParkedRunAgain,
    RecordsExported,
    WorkingTimeChanged,
)
from gausdo.modules.identity.hours_contract import KeepsHours

__all__ = ["JobTended", "ParkedRunAgain", "RecordsExported", "WorkingTimeChanged"]
"""What has a file of its own and is of the contract all the same."""

USERS = guarded("identity.user", "create", "read", "edit", "explain")
TEAMS = guarded("identity.team", "create", "edit")
ROLES = guarded("identity.role", "create", "edit")


class Credentials(Draft):
    email: Annotated[str, StringConstraints(max_length=254, strip_whitespace=True)]
    password: Annotated[Secret, Field(max_length=128)]


class RoleName(Value):
    id: UUID
    code: str
    name: str


class User(Value):
    """What every colleague may know of another; `role` is the first of their `roles`."""

    id: UUID
    name: str
    email: str
    role: str
    role_name: str
    roles: tuple[RoleName, ...]
    team_id: UUID | None
    active: bool
    version: int


class Team(Value):
    """Whoever leads a team has its reach, and that of the teams below it, without being in it."""

    id: UUID
    name: str
    parent_id: UUID | None
    lead_id: UUID | None
    version: int


class Role(Value):
    """What it grants is united with what a person's other roles grant.

    `code` is empty unless Gausdo came with it; `locked`: it always grants everything.
    """

    id: UUID
    code: str
    name: str
    grants: tuple[Grant, ...]
    about: str
    locked: bool
    version: int


class Granted(Value):
    """One line of one of a person's roles."""

    role: RoleName
    grant: Grant


class Standing(Value):
    """Where somebody's rights come from: roles line by line, teams, and teams they lead."""

    user: User
    granted: tuple[Granted, ...]
    teams: frozenset[UUID]
    tree: frozenset[UUID]
    leads: frozenset[UUID]
    time_zone: str


class Me(Value):
    """The person who is signed in: what the interface needs to draw itself."""

    user: User
    team: Team | None
    locale: str
    time_zone: str
    base_currency: str
    rights: dict[str, list[str]]  # "sales.deal" → ["create", "read", …]
    withheld: dict[str, list[str]]  # "sales.deal.edit" → ["worth"]: fields no role lets be written
    demo: bool


class Preferences(Draft):
    name: Line | None = None
    locale: Locale | None = None
    time_zone: TimeZone | None = None


class UserDraft(Draft):
    """`roles` by their ids, or one that Gausdo came with by its code."""

    name: Line
    email: Email
    password: NewPassword | None = None
    role: str | None = None
    roles: list[UUID] = Field(default_factory=list, max_length=20)
    team_id: UUID | None = None
    locale: Locale = "ru"
    time_zone: TimeZone = "Europe/Moscow"


class UserChange(Change):
    """Who is not `active` is let in no more; what is theirs stays theirs."""

    name: Line | None = None
    email: Email | None = None
    active: bool | None = Field(None, strict=True)
    roles: list[UUID] | None = Field(None, min_length=1, max_length=20)
    team_id: UUID | None = None


class TeamDraft(Draft):
    name: Line
    parent_id: UUID | None = None
    lead_id: UUID | None = None


class TeamChange(Change):
    name: Line | None = None
    parent_id: UUID | None = None
    lead_id: UUID | None = None


class RoleDraft(Draft):
    name: Line
    about: Text = ""
    grants: tuple[Grant, ...] = Field((), max_length=1000)


class RoleChange(Change):
    name: Line | None = None
    about: Text | None = None
    grants: tuple[Grant, ...] | None = Field(None, max_length=1000)


class UserJoined(Event, name="identity.user-joined.v1"):
    user_id: UUID
    team_id: UUID | None

    def subject(self) -> Subject:
        return Subject(kind="user", id=self.user_id)


class UserChanged(UserJoined, name="identity.user-changed.v1"):
    """Name, team, role or state; who keeps names asks for them again."""

    version: int

    def subject_version(self) -> int:
        return self.version


class PasswordChanged(Event, name="identity.password-changed.v1"):
    """By the person, or by a letter to them."""

    user_id: UUID

    def subject(self) -> Subject:
        return Subject(kind="user", id=self.user_id)


class TeamChanged(Event, name="identity.team-changed.v1"):
    """Made, renamed, moved in the tree, led by somebody else, or gone (`parent_id` as it was)."""

    team_id: UUID
    parent_id: UUID | None
    lead_id: UUID | None
    gone: bool
    version: int

    def subject(self) -> Subject:
        return Subject(kind="team", id=self.team_id)

    def subject_version(self) -> int:
        return self.version


class RoleChanged(Event, name="identity.role-changed.v1"):
    """Made, changed or gone; what it grants is in the history."""

    role_id: UUID
    gone: bool
    version: int

    def subject(self) -> Subject:
        return Subject(kind="role", id=self.role_id)

    def subject_version(self) -> int:
        return self.version


class AccessRefused(Event, name="identity.access-refused.v1"):
    """Somebody who is signed in asked `times` for what they may not."""

    refusal_id: UUID
    person_id: UUID
    right: str | None
    method: str
    path: str
    record_id: UUID | None
    times: int

    def subject(self) -> Subject:
        return Subject(kind="refusal", id=self.refusal_id)


class TokenRejected(Event, name="identity.token-rejected.v1"):
    """A bearer token was refused, `times` from one address."""

    refusal_id: UUID
    times: int

    def subject(self) -> Subject:
        return Subject(kind="refusal", id=self.refusal_id)


class WrongCredentials(Problem, code="identity.wrong-credentials", status=401): ...


class TooManyTries(Problem, code="identity.too-many-tries", status=429): ...


class EmailTaken(Problem, code="identity.email-taken", status=409): ...


class BeyondOwn(Problem, code="identity.beyond-own-rights", status=403):
    """Nobody grants what they do not have themselves. `data`: `right`."""


class LastAdministrator(Conflict, code="identity.last-administrator", status=409): ...


class InUse(Conflict, code="identity.in-use", status=409):
    """`data`: the names of the first `people` or `teams` that use it."""


class Locked(Conflict, code="identity.locked-role", status=409): ...


class Identity(
    Configured, BearsWitness, KeepsPasswords, KnowsLists, KeepsHours, CarriesFields, Protocol
):
    async def sign_in(self, credentials: Credentials, address: str) -> UUID:
        """Whose password it is: as slow for nobody as for somebody. Raises WrongCredentials.

        Who counts tries, and asks for more than a password, is `authentication`.
        """
        ...

    async def user_by_email(self, actor: Actor, email: str) -> User | None:
        """Who has this e-mail, in letters of any size; also somebody who has left."""
        ...

    async def actor(self, id: UUID, cause: Cause | None = None) -> Actor:
        """The person with live rights. Raises NotFound when there is none or it is disabled."""
        ...

    async def me(self, actor: Actor) -> Me:
        """Who the actor is, and what they may do."""
        ...

    async def change_preferences(self, actor: Actor, preferences: Preferences) -> Me:
        """What is not named stays. Raises Invalid for a zone that does not exist."""
        ...

    async def users(self, actor: Actor) -> list[User]:
        """Everybody who works here, by name; colleagues are known to each other."""
        ...

    async def find_users(self, actor: Actor, ids: list[UUID]) -> list[User]:
        """Those of these people (≤ 200) who work or worked here, in no order."""
        ...

    async def teams(self, actor: Actor) -> list[Team]:
        """All teams, by name; a tree by `parent_id`."""
        ...

    async def roles(self, actor: Actor) -> list[Role]:
        """Every role there is, with what it grants."""
        ...

    async def shipped_roles(self, actor: Actor) -> list[Role]:
        """Roles as Gausdo came with them, whatever they were changed to."""
        ...

    async def add_team(self, actor: Actor, draft: TeamDraft, key: str | None = None) -> Team:
        """Raises Forbidden, BeyondOwn, Invalid for a parent or lead that does not exist."""
        ...

    async def change_team(
        self, actor: Actor, id: UUID, change: TeamChange, key: str | None = None
    ) -> Team:
        """Raises NotFound, Forbidden, BeyondOwn, Stale, Invalid for a circle of teams."""
        ...

    async def remove_team(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        """Raises NotFound, Forbidden, InUse while there are people in it or teams below it."""
        ...

    async def join(self, actor: Actor, draft: UserDraft, key: str | None = None) -> User:
        """Raises Forbidden, BeyondOwn, EmailTaken, Invalid for a role, team, zone there is not."""
        ...

    async def change_user(
        self, actor: Actor, id: UUID, change: UserChange, key: str | None = None
    ) -> User:
        """Raises NotFound, Forbidden, BeyondOwn, Stale, EmailTaken, LastAdministrator, Invalid."""
        ...

    async def demand_giving(self, actor: Actor, roles: list[UUID], teams: list[UUID]) -> None:
        """Raises Forbidden, BeyondOwn, Invalid unless the actor could give somebody all this."""
        ...

    async def catalogue(self, actor: Actor) -> list[Guarded]:
        """Everything that a role can grant."""
        ...

    async def add_role(self, actor: Actor, draft: RoleDraft, key: str | None = None) -> Role:
        """Raises Forbidden, BeyondOwn, Invalid for a right, field or condition there is not."""
        ...

    async def change_role(
        self, actor: Actor, id: UUID, change: RoleChange, key: str | None = None
    ) -> Role:
        """Raises NotFound, Forbidden, BeyondOwn, Stale, Locked, Invalid."""
        ...

    async def remove_role(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        """Raises NotFound, Forbidden, InUse while somebody has it, Locked."""
        ...

    async def standing(self, actor: Actor, user_id: UUID) -> Standing:
        """One's own, or a colleague's with the right to explain. Raises NotFound, Forbidden."""
        ...

    async def tell_shared(self, actor: Actor, object: str, with_id: UUID) -> bool:
        """Whether it is a team; who it is or was shared with looks again. Raises Invalid."""
        ...

    async def working_calendar(self, actor: Actor) -> WorkingCalendar:
        """The installation's; Monday to Friday from 9 to 18 until it has one of its own."""
        ...
