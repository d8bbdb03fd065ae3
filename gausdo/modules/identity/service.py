"""Who works here, and what they may do."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from gausdo.kernel.actor import SYSTEM, Actor, Cause, Right
from gausdo.kernel.errors import NotFound, Unknown, invalid
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.values import new_id
from gausdo.kernel.working_time import FIVE_DAYS, WorkingCalendar
from gausdo.modules.identity.contract import (
    Credentials,
    EmailTaken,
    Me,
    Preferences,
    Role,
    Team,
    TeamDraft,
    User,
    UserChanged,
    UserDraft,
    UserJoined,
    WrongCredentials,
)
from gausdo.modules.identity.passwords import fits, hashed
from gausdo.modules.identity.roles import ROLES
from gausdo.modules.identity.tables import SettingRow, TeamRow, UserRow
from gausdo.modules.identity.tries import Tries
from gausdo.platform.db import Database, Tx
from gausdo.platform.epochs import Epochs
from gausdo.settings import Settings

CREATE_USER = Right("identity.user", "create")


@dataclass(frozen=True)
class IdentityService:
    db: Database
    settings: Settings
    tries: Tries
    epochs: Epochs

    async def sign_in(self, credentials: Credentials, address: str) -> UUID:
        email = credentials.email.lower()
        await self.tries.count(email, address)
        async with self.db.begin() as tx:
            found = (
                await tx.session.execute(
                    select(UserRow.id, UserRow.password_hash, UserRow.active).where(
                        func.lower(UserRow.email) == email
                    )
                )
            ).first()
        password = credentials.password.get_secret_value()
        if not await fits(password, found and found.password_hash) or not found or not found.active:
            raise WrongCredentials("The e-mail or the password is wrong.")
        await self.tries.forget(email, address)
        return UUID(str(found.id))

    async def actor(self, id: UUID, cause: Cause | None = None) -> Actor:
        if id == SYSTEM.id:
            return SYSTEM
        epoch = await self.epochs.of(id)
        async with self.db.begin() as tx:
            row = await tx.session.get(UserRow, id)
            teams = {team.id: team.parent_id for team in await tx.session.scalars(select(TeamRow))}
        if row is None or not row.active:
            raise NotFound("There is no such person here, or no longer.")
        actor = Actor(
            id=row.id,
            name=row.name,
            team_id=row.team_id,
            teams=frozenset({row.team_id} if row.team_id else ()),
            tree=_with_those_below(row.team_id, teams),
            grants=ROLES[row.role].grants,
            epoch=epoch,
            time_zone=row.time_zone,
            locale=row.locale,
        )
        return actor.because(cause) if cause else actor

    async def me(self, actor: Actor) -> Me:
        async with self.db.begin(actor) as tx:
            return self._me(actor, await _user(tx, actor.id), await _team(tx, actor.team_id))

    async def change_preferences(self, actor: Actor, preferences: Preferences) -> Me:
        if preferences.time_zone is not None:
            _demand_zone(preferences.time_zone)
        async with self.db.begin(actor) as tx:
            row = await _user(tx, actor.id)
            row.prefer(preferences.locale, preferences.time_zone)
            tx.publish(UserChanged(user_id=row.id, team_id=row.team_id, version=row.version))
            me = self._me(actor, row, await _team(tx, actor.team_id))
        await self.epochs.bump(actor.id)
        return me

    async def users(self, actor: Actor) -> list[User]:
        actor.demand(Right("identity.user", "read"))
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(UserRow).order_by(UserRow.name, UserRow.id))
            return [row.shown() for row in rows]

    async def find_users(self, actor: Actor, ids: list[UUID]) -> list[User]:
        actor.demand(Right("identity.user", "read"))
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(UserRow).where(UserRow.id.in_(ids[:MAX_PAGE])))
            return [row.shown() for row in rows]

    async def teams(self, actor: Actor) -> list[Team]:
        actor.demand(Right("identity.user", "read"))
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(TeamRow).order_by(TeamRow.name))
            return [row.shown() for row in rows]

    async def roles(self, actor: Actor) -> list[Role]:
        actor.demand(Right("identity.user", "read"))
        return list(ROLES.values())

    async def add_team(self, actor: Actor, draft: TeamDraft, key: str | None = None) -> Team:
        actor.demand(CREATE_USER)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                if draft.parent_id is not None:
                    await _team(tx, draft.parent_id, "parent_id")
                row = TeamRow(id=new_id(), name=draft.name, parent_id=draft.parent_id)
                tx.add(row)
                tx.tell(row.shown())
            team = tx.answer(Team)
        await self.epochs.bump()
        return team

    async def join(self, actor: Actor, draft: UserDraft, key: str | None = None) -> User:
        actor.demand(CREATE_USER)
        if draft.role not in ROLES:
            raise invalid("role", "choice", f"One of: {', '.join(ROLES)}.")
        _demand_zone(draft.time_zone)
        password_hash = await hashed(draft.password.get_secret_value())
        try:
            async with self.db.begin(actor, key, draft) as tx:
                if not tx.told:
                    if draft.team_id is not None:
                        await _team(tx, draft.team_id)
                    row = UserRow.join(draft, password_hash)
                    tx.add(row)
                    await tx.session.flush()
                    tx.publish(UserJoined(user_id=row.id, team_id=row.team_id))
                    tx.tell(row.shown())
                return tx.answer(User)
        except IntegrityError as error:
            raise EmailTaken("Somebody here has this e-mail already.") from error

    async def working_calendar(self, actor: Actor) -> WorkingCalendar:
        async with self.db.begin(actor) as tx:
            row = await tx.session.get(SettingRow, "working_calendar")
        if row is None:
            return WorkingCalendar(time_zone=self.settings.time_zone, week=FIVE_DAYS)
        return WorkingCalendar.model_validate(row.value)

    def _me(self, actor: Actor, row: UserRow, team: TeamRow | None) -> Me:
        rights: dict[str, list[str]] = {}
        for grant in actor.grants:
            if grant.operation not in rights.setdefault(grant.object, []):
                rights[grant.object].append(grant.operation)
        return Me(
            user=row.shown(),
            team=team and team.shown(),
            locale=row.locale,
            time_zone=row.time_zone,
            base_currency=self.settings.base_currency,
            rights=rights,
            demo=self.settings.demo_url is not None,
        )


async def _user(tx: Tx, id: UUID) -> UserRow:
    row: UserRow | None = await tx.session.get(UserRow, id)
    if row is None:
        raise Unknown("Sign in again.")
    return row


async def _team(tx: Tx, id: UUID | None, field: str = "team_id") -> TeamRow | None:
    """Raises Invalid, naming the field, when there is none of this id."""
    if id is None:
        return None
    row: TeamRow | None = await tx.session.get(TeamRow, id)
    if row is None:
        raise invalid(field, "unknown", "There is no such team.")
    return row


def _demand_zone(name: str) -> None:
    if name not in available_timezones():
        raise invalid("time_zone", "unknown", "There is no such time zone.")


def _with_those_below(id: UUID | None, parents: dict[UUID, UUID | None]) -> frozenset[UUID]:
    found = {id} if id else set()
    grown = True
    while grown:
        below = {team for team, parent in parents.items() if parent in found and team not in found}
        grown = bool(below)
        found |= below
    return frozenset(found)
