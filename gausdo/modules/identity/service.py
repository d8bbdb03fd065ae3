"""Who works here, and what they may do."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import SYSTEM, Actor, Cause, Right
from gausdo.kernel.configuration import Asked, Difference, Planned
from gausdo.kernel.errors import Forbidden, invalid
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.rights import Guarded, catalogue
from gausdo.kernel.sights import JobSight, Sight
from gausdo.kernel.values import Secret
from gausdo.kernel.working_time import FIVE_DAYS, WorkingCalendar
from gausdo.modules.identity import people, roles, teams
from gausdo.modules.identity.carrying import CarryingService
from gausdo.modules.identity.configuration import Roles, Teams
from gausdo.modules.identity.contract import (
    ROLES,
    TEAMS,
    USERS,
    Credentials,
    Me,
    PasswordChanged,
    Preferences,
    Role,
    RoleChange,
    RoleDraft,
    Standing,
    Team,
    TeamChange,
    TeamDraft,
    User,
    UserChange,
    UserDraft,
    WrongCredentials,
)
from gausdo.modules.identity.hours import HoursService
from gausdo.modules.identity.passwords import NONE, fits, hashed
from gausdo.modules.identity.sights import keep, keep_tending
from gausdo.modules.identity.strength import demand_strong
from gausdo.modules.identity.tables import SettingRow, SharingRow, TeamRow, UserRow
from gausdo.modules.identity.views_service import ViewsService
from gausdo.platform.configuration import ConfiguredService, Kinds
from gausdo.platform.db import Tx
from gausdo.platform.epochs import Epochs
from gausdo.platform.sessions import Sessions
from gausdo.settings import Settings

READ = USERS.right("read")


@dataclass(frozen=True)
class IdentityService(CarryingService, HoursService, ViewsService, ConfiguredService):
    settings: Settings
    epochs: Epochs
    live: Sessions

    async def sign_in(self, credentials: Credentials, address: str) -> UUID:  # noqa: ARG002 - as it was promised
        async with self.db.begin() as tx:
            found = await people.with_email(tx, credentials.email.lower())
        password = credentials.password.get_secret_value()
        if not await fits(password, found and found.password_hash) or not found or not found.active:
            raise WrongCredentials("The e-mail or the password is wrong.")
        return UUID(str(found.id))

    async def witness(self, actor: Actor, sights: list[Sight]) -> None:
        _demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            keep(tx, sights)

    async def tended(self, actor: Actor, sight: JobSight) -> None:
        _demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            keep_tending(tx, sight)

    async def user_by_email(self, actor: Actor, email: str) -> User | None:
        actor.demand(READ)
        async with self.db.begin(actor) as tx:
            found = await people.with_email(tx, email.strip())
            row = found and await people.user(tx, found.id)
            return (await people.shown(tx, [row]))[0] if row else None

    async def actor(self, id: UUID, cause: Cause | None = None) -> Actor:
        if id == SYSTEM.id:
            return SYSTEM
        epoch = await self.epochs.of(id)
        async with self.db.begin() as tx:
            actor = await people.actor_of(tx, id, epoch)
        return actor.because(cause) if cause else actor

    async def me(self, actor: Actor) -> Me:
        async with self.db.begin(actor) as tx:
            return await self._me(tx, actor)

    async def change_preferences(self, actor: Actor, preferences: Preferences) -> Me:
        if preferences.time_zone is not None:
            _demand_zone(preferences.time_zone)
        async with self.db.begin(actor) as tx:
            row = await people.user(tx, actor.id)
            if changes := row.change(preferences.model_dump(exclude_none=True)):
                row.touch()
                tx.publish(row.changed(), changes=changes)
            me = await self._me(tx, actor)
        await self.epochs.bump(actor.id)
        return me

    async def users(self, actor: Actor) -> list[User]:
        actor.demand(READ)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(UserRow).order_by(UserRow.name, UserRow.id))
            return await people.shown(tx, list(rows))

    async def find_users(self, actor: Actor, ids: list[UUID]) -> list[User]:
        actor.demand(READ)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(UserRow).where(UserRow.id.in_(ids[:MAX_PAGE])))
            return await people.shown(tx, list(rows))

    async def join(self, actor: Actor, draft: UserDraft, key: str | None = None) -> User:
        actor.demand(USERS.right("create"))
        _demand_zone(draft.time_zone)
        password_hash = NONE
        if draft.password is not None:
            password = draft.password.get_secret_value()
            demand_strong(password, (draft.name, draft.email))
            password_hash = await hashed(password)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                tx.tell(await people.join(tx, actor, draft, password_hash))
            return tx.answer(User)

    async def change_user(
        self, actor: Actor, id: UUID, change: UserChange, key: str | None = None
    ) -> User:
        actor.demand(USERS.right("edit"))
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                tx.tell(await people.change(tx, actor, id, change))
            user = tx.answer(User)
        await self.epochs.bump(id)
        if not user.active:
            await self.live.end(id)
        return user

    async def demand_password(self, actor: Actor, user_id: UUID, password: Secret) -> None:
        _demand_own_or_gausdo(actor, user_id)
        async with self.db.begin(actor) as tx:
            row = await people.at_work(tx, user_id)
        demand_strong(password.get_secret_value(), (row.name, row.email))

    async def has_password(self, actor: Actor, user_id: UUID) -> bool:
        _demand_own_or_gausdo(actor, user_id)
        async with self.db.begin(actor) as tx:
            return (await people.at_work(tx, user_id)).password_hash != NONE

    async def change_password(self, actor: Actor, user_id: UUID, password: Secret) -> None:
        await self.demand_password(actor, user_id, password)
        password_hash = await hashed(password.get_secret_value())
        async with self.db.begin(actor) as tx:
            row = await people.at_work(tx, user_id, change=True)
            row.password_hash = password_hash
            tx.publish(PasswordChanged(user_id=user_id))

    async def standing(self, actor: Actor, user_id: UUID) -> Standing:
        if user_id != actor.id:
            actor.demand(USERS.right("explain"))
        async with self.db.begin(actor) as tx:
            return await people.standing(tx, user_id)

    async def teams(self, actor: Actor) -> list[Team]:
        actor.demand(READ)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(TeamRow).order_by(TeamRow.name))
            return [row.shown() for row in rows]

    async def add_team(self, actor: Actor, draft: TeamDraft, key: str | None = None) -> Team:
        actor.demand(TEAMS.right("create"))
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                tx.tell((await teams.add(tx, actor, draft)).shown())
            team = tx.answer(Team)
        await self.epochs.bump()
        return team

    async def change_team(
        self, actor: Actor, id: UUID, change: TeamChange, key: str | None = None
    ) -> Team:
        actor.demand(TEAMS.right("edit"))
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                tx.tell((await teams.change(tx, actor, id, change)).shown())
            team = tx.answer(Team)
        await self.epochs.bump()
        return team

    async def remove_team(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        actor.demand(TEAMS.right("edit"))
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                await teams.remove(tx, id)
        await self.epochs.bump()

    async def roles(self, actor: Actor) -> list[Role]:
        actor.demand(READ)
        async with self.db.begin(actor) as tx:
            return list((await roles.roles(tx)).values())

    async def demand_giving(self, actor: Actor, roles: list[UUID], teams: list[UUID]) -> None:
        actor.demand(USERS.right("edit"))
        async with self.db.begin(actor) as tx:
            await people.demand_giving(tx, actor, roles, teams)

    async def shipped_roles(self, actor: Actor) -> list[Role]:
        actor.demand(READ)
        return list(roles.shipped().values())

    async def catalogue(self, actor: Actor) -> list[Guarded]:
        actor.demand(READ)
        return list(catalogue.values())

    async def add_role(self, actor: Actor, draft: RoleDraft, key: str | None = None) -> Role:
        actor.demand(ROLES.right("create"))
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                tx.tell((await roles.add(tx, actor, draft)).shown(""))
            return tx.answer(Role)

    async def change_role(
        self, actor: Actor, id: UUID, change: RoleChange, key: str | None = None
    ) -> Role:
        actor.demand(ROLES.right("edit"))
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                tx.tell(await roles.change(tx, actor, id, change))
            role = tx.answer(Role)
        await self.epochs.bump()
        return role

    async def remove_role(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        actor.demand(ROLES.right("edit"))
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                await roles.remove(tx, id)

    async def tell_shared(self, actor: Actor, object: str, with_id: UUID) -> bool:
        async with self.db.begin(actor) as tx:
            team = await tx.session.get(TeamRow, with_id)
            if team is None and await tx.session.get(UserRow, with_id) is None:
                raise invalid("with_id", "unknown", "There is no such person or team here.")
            told = insert(SharingRow).values(with_id=with_id, object=object)
            await tx.session.execute(told.on_conflict_do_nothing())
        await self.epochs.bump(None if team else with_id)
        return team is not None

    async def working_calendar(self, actor: Actor) -> WorkingCalendar:
        async with self.db.begin(actor) as tx:
            row = await tx.session.get(SettingRow, "working_calendar")
        if row is None:
            return WorkingCalendar(time_zone=self.settings.time_zone, week=FIVE_DAYS)
        return WorkingCalendar.model_validate(row.value)

    async def kinds(self, actor: Actor) -> Kinds:  # noqa: ARG002 - it asks no neighbours
        return [Roles(), Teams()]

    async def apply_configuration(
        self, actor: Actor, asked: Asked, seen: list[Difference]
    ) -> Planned:
        planned = await super().apply_configuration(actor, asked, seen)
        await self.epochs.bump()
        return planned

    async def _me(self, tx: Tx, actor: Actor) -> Me:
        row = await people.user(tx, actor.id)
        team = await teams.demand(tx, actor.team_id)
        rights: dict[str, list[str]] = {}
        for grant in actor.grants:
            if grant.operation not in rights.setdefault(grant.object, []):
                rights[grant.object].append(grant.operation)
        (user,) = await people.shown(tx, [row])
        return Me(
            user=user,
            team=team and team.shown(),
            locale=row.locale,
            time_zone=row.time_zone,
            base_currency=self.settings.base_currency,
            rights=rights,
            withheld={
                str(right): sorted(never)
                for right in {Right(grant.object, grant.operation) for grant in actor.grants}
                if (never := actor.never(right))
            },
            demo=self.settings.demo_url is not None,
        )


def _demand_gausdo(actor: Actor) -> None:
    if actor.id != SYSTEM.id:
        raise Forbidden("Nobody but Gausdo itself bears witness.")


def _demand_own_or_gausdo(actor: Actor, user_id: UUID) -> None:
    if actor.id not in {SYSTEM.id, user_id}:
        raise Forbidden("Nobody sets another's password. Have a letter sent to them.")


def _demand_zone(name: str) -> None:
    if name not in available_timezones():
        raise invalid("time_zone", "unknown", "There is no such time zone.")
