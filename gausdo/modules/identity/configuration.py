"""Roles and teams as files: see `kernel/configuration.py`. People are no configuration."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from gausdo.kernel.actor import Grant, Reach
from gausdo.kernel.conditions import Condition
from gausdo.kernel.rights import asked
from gausdo.kernel.values import Draft, Email, Line, Text
from gausdo.modules.identity import roles, teams
from gausdo.modules.identity.contract import (
    ROLES,
    TEAMS,
    USERS,
    RoleChange,
    RoleDraft,
    TeamChange,
    TeamDraft,
)
from gausdo.modules.identity.tables import RoleRow, TeamRow, UserRow
from gausdo.platform.configuration import At, Entry, Kind, first_version
from gausdo.platform.configuration.people import Emails, by_email, by_id, person
from gausdo.platform.db import Tx


class Reaching(Draft):
    """A grant that is more than a reach."""

    reach: Reach
    condition: Condition | None = None
    without: Annotated[list[str], Field(max_length=100)] = Field(default_factory=list)


class RoleEntry(Entry):
    """`grants`: object → operation → how far; or several such, each with what narrows it."""

    name: Line
    about: Text = ""
    grants: dict[str, dict[str, Reach | list[Reaching]]] = Field(default_factory=dict)


class TeamEntry(Entry):
    """`lead` is an e-mail."""

    name: Line
    parent_id: UUID | None = None
    lead: Email | None = None


class Roles(Kind[RoleEntry]):
    """But for those that are locked: they are the same everywhere."""

    name = "roles"
    entry = RoleEntry
    guarded = ROLES
    reading = USERS.right("read")
    emails: Emails

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[RoleEntry]:
        if lock:
            await tx.session.scalars(select(RoleRow).with_for_update())
        self.emails = await _emails(tx)
        known = sorted((await roles.roles(tx)).values(), key=lambda role: role.id)
        return [
            RoleEntry(id=role.id, name=role.name, about=role.about, grants=self._told(role.grants))
            for role in known
            if not role.locked
        ]

    async def add(self, at: At, wanted: RoleEntry) -> None:
        draft = RoleDraft(name=wanted.name, about=wanted.about, grants=self._grants(wanted))
        version = await first_version(at.tx, wanted.id)
        await roles.add(at.tx, at.actor, draft, wanted.id, version)

    async def change(self, at: At, wanted: RoleEntry, fields: Mapping[str, Any]) -> None:
        named = {**fields, "grants": self._grants(wanted)} if "grants" in fields else fields
        known, _ = await roles.role(at.tx, wanted.id)
        change = RoleChange(version=known.version, **named)
        await roles.change(at.tx, at.actor, wanted.id, change)

    async def remove(self, at: At, id: UUID) -> None:
        await roles.remove(at.tx, id)

    def _told(self, grants: Iterable[Grant]) -> dict[str, dict[str, Reach | list[Reaching]]]:
        told: dict[str, dict[str, list[Reaching]]] = {}
        for grant in grants:
            condition = by_email(grant.condition, asked.get(grant.object), self.emails)
            one = Reaching(reach=grant.reach, condition=condition, without=sorted(grant.without))
            told.setdefault(grant.object, {}).setdefault(grant.operation, []).append(one)
        return {
            object: {name: _brief(told[object][name]) for name in sorted(told[object])}
            for object in sorted(told)
        }

    def _grants(self, wanted: RoleEntry) -> tuple[Grant, ...]:
        return tuple(self._all_grants(wanted))

    def _all_grants(self, wanted: RoleEntry) -> Iterator[Grant]:
        for object, operations in wanted.grants.items():
            for operation, reaching in operations.items():
                for one in [Reaching(reach=reaching)] if isinstance(reaching, Reach) else reaching:
                    where = f"grants.{object}.{operation}"
                    yield Grant(
                        object=object,
                        operation=operation,
                        reach=one.reach,
                        condition=by_id(one.condition, asked.get(object), self.emails, where),
                        without=frozenset(one.without),
                    )


def _brief(told: list[Reaching]) -> Reach | list[Reaching]:
    if len(told) == 1 and told[0].condition is None and not told[0].without:
        return told[0].reach
    return sorted(told, key=lambda one: one.model_dump_json())


class Teams(Kind[TeamEntry]):
    name = "teams"
    entry = TeamEntry
    guarded = TEAMS
    reading = USERS.right("read")
    emails: Emails

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[TeamEntry]:
        query = select(TeamRow).order_by(TeamRow.id)
        rows = await tx.session.scalars(query.with_for_update() if lock else query)
        self.emails = await _emails(tx)
        return [
            TeamEntry(
                id=row.id,
                name=row.name,
                parent_id=row.parent_id,
                lead=self.emails.get(row.lead_id) if row.lead_id else None,
            )
            for row in rows
        ]

    def in_order(self, wanted: Sequence[TeamEntry]) -> Iterable[TeamEntry]:
        """Those above first; those of a circle anyhow: it is refused."""
        known = {one.id: one for one in wanted}
        above = {one.id: {one.parent_id} if one.parent_id in known else set() for one in wanted}
        try:
            return [known[id] for id in TopologicalSorter(above).static_order() if id in known]
        except CycleError:
            return wanted

    async def add(self, at: At, wanted: TeamEntry) -> None:
        lead_id = person(wanted.lead, self.emails, "lead")
        draft = TeamDraft(name=wanted.name, parent_id=wanted.parent_id, lead_id=lead_id)
        version = await first_version(at.tx, wanted.id)
        await teams.add(at.tx, at.actor, draft, wanted.id, version)

    async def change(self, at: At, wanted: TeamEntry, fields: Mapping[str, Any]) -> None:
        named = {name: value for name, value in fields.items() if name != "lead"}
        if "lead" in fields:
            named["lead_id"] = person(wanted.lead, self.emails, "lead")
        row = await at.tx.session.get_one(TeamRow, wanted.id)
        change = TeamChange(version=row.version, **named)
        await teams.change(at.tx, at.actor, wanted.id, change)

    async def remove(self, at: At, id: UUID) -> None:
        await teams.remove(at.tx, id)


async def _emails(tx: Tx) -> Emails:
    rows = await tx.session.execute(select(UserRow.id, UserRow.email))
    return {row.id: row.email for row in rows}
