"""People who work here: how they come, what changes about them, and the actor each of them is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound, Unknown, invalid
from gausdo.modules.identity import teams
from gausdo.modules.identity.contract import (
    BeyondOwn,
    EmailTaken,
    Granted,
    LastAdministrator,
    Role,
    RoleName,
    Standing,
    User,
    UserChange,
    UserDraft,
    UserJoined,
)
from gausdo.modules.identity.roles import (
    ADMINISTRATOR,
    demand_grantable,
    of_code,
    roles,
    sees_all,
)
from gausdo.modules.identity.tables import (
    PERSONAL,
    SharingRow,
    TeamRow,
    UserRoleRow,
    UserRow,
)
from gausdo.platform.db import Tx
from gausdo.platform.history import apart


async def user(tx: Tx, id: UUID) -> UserRow:
    """Raises Unknown, for whoever is signed in and not here any more."""
    row: UserRow | None = await tx.session.get(UserRow, id)
    if row is None:
        raise Unknown("Sign in again.")
    return row


async def at_work(tx: Tx, id: UUID, *, change: bool = False) -> UserRow:
    """Raises NotFound for nobody, and for who is switched off."""
    row: UserRow | None = await tx.session.get(UserRow, id, with_for_update=change or None)
    if row is None or not row.active:
        raise NotFound("There is no such person here, or no longer.")
    return row


async def shown(tx: Tx, rows: Sequence[UserRow]) -> list[User]:
    had = await roles_of(tx, rows)
    return [row.shown(had[row.id]) for row in rows]


async def roles_of(tx: Tx, rows: Sequence[UserRow]) -> dict[UUID, list[Role]]:
    """What each of these people has. Who came before there were several has the one of `role`."""
    known = await roles(tx)
    query = (
        select(UserRoleRow)
        .where(UserRoleRow.user_id.in_([row.id for row in rows]))
        .order_by(UserRoleRow.user_id, UserRoleRow.place)
    )
    had: dict[UUID, list[Role]] = {}
    for one in await tx.session.scalars(query):
        if one.role_id in known:
            had.setdefault(one.user_id, []).append(known[one.role_id])
    codes = {role.code: role for role in known.values() if role.code}
    return {row.id: had.get(row.id) or [codes[row.role]] for row in rows}


async def actor_of(tx: Tx, id: UUID, epoch: str) -> Actor:
    """The person with live rights. Raises NotFound when there is none or it is disabled."""
    row = await at_work(tx, id)
    had = (await roles_of(tx, [row]))[id]
    own, tree, _ = await _places(tx, row)
    shared = await tx.session.scalars(
        select(SharingRow.object).where(SharingRow.with_id.in_({id, *own})).distinct()
    )
    return Actor(
        id=row.id,
        name=row.name,
        team_id=row.team_id,
        teams=own,
        tree=tree,
        grants=tuple(dict.fromkeys(grant for role in had for grant in role.grants)),
        shared=frozenset(shared),
        epoch=epoch,
        time_zone=row.time_zone,
        locale=row.locale,
    )


async def _places(tx: Tx, row: UserRow) -> tuple[frozenset[UUID], frozenset[UUID], frozenset[UUID]]:
    """A person's teams, with those below them, and which of them they lead."""
    every = list(await tx.session.scalars(select(TeamRow)))
    leads = frozenset(team.id for team in every if team.lead_id == row.id)
    own = leads | {row.team_id} if row.team_id else leads
    return own, teams.with_those_below(own, {team.id: team.parent_id for team in every}), leads


async def standing(tx: Tx, id: UUID) -> Standing:
    """Raises NotFound."""
    row = await tx.session.get(UserRow, id)
    if row is None:
        raise NotFound("There is no such person here.")
    had = (await roles_of(tx, [row]))[id]
    own, tree, leads = await _places(tx, row)
    return Standing(
        user=row.shown(had),
        granted=tuple(
            Granted(role=RoleName(id=role.id, code=role.code, name=role.name), grant=grant)
            for role in had
            for grant in role.grants
        ),
        teams=own,
        tree=tree,
        leads=leads,
        time_zone=row.time_zone,
    )


async def join(tx: Tx, actor: Actor, draft: UserDraft, password_hash: str) -> User:
    """Raises BeyondOwn, EmailTaken, Invalid."""
    given = await _named(tx, draft)
    for role in given:
        demand_grantable(actor, role.grants)
    await _demand_place(tx, actor, draft.team_id)
    row = UserRow.join(draft, password_hash, _told_to_others(given))
    tx.add(row)
    await _flush(tx)
    _give(tx, row.id, given)
    tx.publish(
        UserJoined(user_id=row.id, team_id=row.team_id),
        changes={"roles": (None, [str(role.id) for role in given])},
        personal={name: (None, getattr(row, name)) for name in sorted(PERSONAL)},
    )
    return row.shown(given)


async def change(tx: Tx, actor: Actor, id: UUID, wanted: UserChange) -> User:
    """Raises NotFound, BeyondOwn, Stale, EmailTaken, LastAdministrator, Invalid."""
    row = await tx.session.get(UserRow, id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such person here.")
    had = (await roles_of(tx, [row]))[id]
    await tx.fresh(row, wanted.version, lambda: row.shown(had))
    told = wanted.named()
    asked = told.pop("roles", None)
    given = had if asked is None else await _by_id(tx, asked)
    for role in {role.id: role for role in (*had, *given)}.values():
        demand_grantable(actor, role.grants)  # nobody takes over an account that may do more
    if told.get("team_id", row.team_id) != row.team_id:
        await _demand_place(tx, actor, told["team_id"])
    changes = row.change(told)
    if given != had:
        changes["roles"] = [str(role.id) for role in had], [str(role.id) for role in given]
        row.role = _told_to_others(given)
        await tx.session.execute(delete(UserRoleRow).where(UserRoleRow.user_id == id))
        _give(tx, id, given)
    if changes:
        row.touch()
        tx.publish(row.changed(), **apart(changes, PERSONAL))
    await _flush(tx)
    await _demand_an_administrator(tx)
    return row.shown(given)


async def demand_giving(
    tx: Tx, actor: Actor, role_ids: Sequence[UUID], team_ids: Sequence[UUID]
) -> None:
    """Raises BeyondOwn, Invalid."""
    for role in await _by_id(tx, role_ids):
        demand_grantable(actor, role.grants)
    for team_id in team_ids:
        await _demand_place(tx, actor, team_id)


def _give(tx: Tx, id: UUID, given: Iterable[Role]) -> None:
    tx.add(
        *(UserRoleRow(user_id=id, role_id=role.id, place=place) for place, role in enumerate(given))
    )


def _told_to_others(given: Sequence[Role]) -> str:
    """The role a release knows that knows of no others."""
    return next((role.code for role in given if role.code), "manager")


async def _named(tx: Tx, draft: UserDraft) -> list[Role]:
    if draft.roles:
        return await _by_id(tx, draft.roles)
    role = of_code(draft.role or "")
    if role is None:
        raise invalid("role", "choice", "Say at least one role there is.")
    return [(await roles(tx))[role.id]]


async def _by_id(tx: Tx, ids: Sequence[UUID]) -> list[Role]:
    known: Mapping[UUID, Role] = await roles(tx)
    if any(id not in known for id in ids):
        raise invalid("roles", "unknown", "There is no such role.")
    return [known[id] for id in dict.fromkeys(ids)]


async def _demand_place(tx: Tx, actor: Actor, team_id: UUID | None) -> None:
    """Raise BeyondOwn for a team whose records the actor does not see: its people do."""
    await teams.demand(tx, team_id)
    if team_id is not None and team_id not in actor.tree and not sees_all(actor):
        raise BeyondOwn("You do not see this team's records, so you cannot put anybody in it.")


async def _demand_an_administrator(tx: Tx) -> None:
    rows = list(await tx.session.scalars(select(UserRow).where(UserRow.active)))
    had = await roles_of(tx, rows)
    if not any(role.code == ADMINISTRATOR for found in had.values() for role in found):
        raise LastAdministrator(
            "Nobody would be left who administers this installation. Make somebody else an "
            "administrator first."
        )


async def _flush(tx: Tx) -> None:
    try:
        await tx.session.flush()
    except IntegrityError as error:
        if "uq_user_email" in str(error):
            raise EmailTaken("Somebody here has this e-mail already.") from error
        raise


async def with_email(tx: Tx, email: str) -> Any:
    """Id, hash and state of whoever signs in with it."""
    columns = UserRow.id, UserRow.password_hash, UserRow.active
    found = await tx.session.execute(
        select(*columns).where(func.lower(UserRow.email) == email.lower())
    )
    return found.first()
