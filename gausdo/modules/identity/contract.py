"""Identity: people who work here, their teams, roles and working time."""

from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor, Cause, Grant
from gausdo.kernel.errors import Problem
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.values import Draft, Line, Secret, Value
from gausdo.kernel.working_time import WorkingCalendar


class Credentials(Draft):
    email: Annotated[str, StringConstraints(max_length=254, strip_whitespace=True)]
    password: Annotated[Secret, Field(max_length=128)]


class User(Value):
    """What every colleague may know of another."""

    id: UUID
    name: str
    email: str
    role: str
    role_name: str
    team_id: UUID | None
    active: bool
    version: int


class Team(Value):
    id: UUID
    name: str
    parent_id: UUID | None


class Role(Value):
    id: UUID
    code: str
    name: str
    grants: tuple[Grant, ...]


class Me(Value):
    """The person who is signed in: what the interface needs to draw itself."""

    user: User
    team: Team | None
    locale: str
    time_zone: str
    base_currency: str
    rights: dict[str, list[str]]  # "sales.deal" → ["create", "read", …]
    demo: bool


Locale = Annotated[str, StringConstraints(pattern="^(ru|en)$")]
TimeZone = Annotated[str, StringConstraints(max_length=64)]
"""As the IANA names it: Europe/Moscow."""


class Preferences(Draft):
    locale: Locale | None = None
    time_zone: TimeZone | None = None


Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
]


class UserDraft(Draft):
    name: Line
    email: Email
    password: Annotated[Secret, Field(min_length=8, max_length=128)]
    role: str
    team_id: UUID | None = None
    locale: Locale = "ru"
    time_zone: TimeZone = "Europe/Moscow"


class TeamDraft(Draft):
    name: Line
    parent_id: UUID | None = None


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


class WrongCredentials(Problem, code="identity.wrong-credentials", status=401): ...


class TooManyTries(Problem, code="identity.too-many-tries", status=429): ...


class EmailTaken(Problem, code="identity.email-taken", status=409): ...


class Identity(Protocol):
    async def sign_in(self, credentials: Credentials, address: str) -> UUID:
        """The id of the person. Raises WrongCredentials, TooManyTries."""
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

    async def add_team(self, actor: Actor, draft: TeamDraft, key: str | None = None) -> Team:
        """Raises Forbidden, Invalid for a parent that does not exist."""
        ...

    async def join(self, actor: Actor, draft: UserDraft, key: str | None = None) -> User:
        """Raises Forbidden, EmailTaken, Invalid for a role, team or zone that does not exist."""
        ...

    async def working_calendar(self, actor: Actor) -> WorkingCalendar:
        """The installation's; Monday to Friday from 9 to 18 until it has one of its own."""
        ...
