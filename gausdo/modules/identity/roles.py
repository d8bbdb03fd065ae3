"""Roles: those Gausdo comes with, those people have written, and what may be granted by whom."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import select

from gausdo.kernel import administration  # noqa: F401 - declares what else can be granted
from gausdo.kernel.actor import Actor, Grant, Reach
from gausdo.kernel.conditions import asked_fields
from gausdo.kernel.conditions import check as check_condition
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.fields import PUT_IN_BY_ANYBODY
from gausdo.kernel.rights import Guarded, asked, catalogue, everything
from gausdo.kernel.values import new_id
from gausdo.modules.identity.contract import (
    BeyondOwn,
    InUse,
    Locked,
    Role,
    RoleChange,
    RoleDraft,
)
from gausdo.modules.identity.tables import RoleRow, UserRoleRow, UserRow
from gausdo.platform.db import Tx

FIRST = 5
"""Names told of those who keep something from being removed."""


def _grants(object: str, reach: Reach, *operations: str) -> tuple[Grant, ...]:
    return catalogue[object].grants(reach, *operations)


ON_REQUEST = frozenset({("customers.person", "export"), ("customers.person", "erase")})
"""What is done with a person's data on their request: an administrator's, as is to take people out
of Gausdo by the list.
"""
OWNED = ("sales.deal", "customers.company", "customers.person", "activities.task",
         "activities.meeting")  # fmt: skip


def _head() -> tuple[Grant, ...]:
    """Everything of the own team and the teams below it; rules and letters of all."""
    rest = ("activities.note", "communications.template", "communications.letter",
            "integrations.webhook", "integrations.import", "automation.rule", "automation.run",
            "reports.dashboard")  # fmt: skip
    return (
        *(
            grant
            for object in OWNED
            for grant in _grants(object, Reach.TREE)
            if (object, grant.operation) not in ON_REQUEST
        ),
        *(grant for object in rest for grant in _grants(object, Reach.ALL)),
        *_grants("sales.product", Reach.ALL),
        *_grants("customers.segment", Reach.ALL),
        *_grants("sales.goal", Reach.TREE),
        *_grants("identity.user", Reach.ALL, "read", "explain"),
    )


def _manager() -> tuple[Grant, ...]:
    """Sees the team's records, changes the own ones."""
    own = {"sales.deal": ("win", "lose", "share"), "customers.company": ("share", "merge"),
           "customers.person": ("share", "merge"), "activities.task": ("delete",),
           "activities.meeting": ("delete",)}  # fmt: skip
    return (
        *(grant for object in OWNED for grant in _grants(object, Reach.ALL, "create")),
        *(grant for object in OWNED for grant in _grants(object, Reach.TEAM, "read")),
        *(grant for object in OWNED for grant in _grants(object, Reach.OWN, "edit", "assign")),
        *(grant for object, told in own.items() for grant in _grants(object, Reach.OWN, *told)),
        *_grants("activities.note", Reach.TEAM),
        *_grants("communications.template", Reach.ALL, "read"),
        *_grants("communications.letter", Reach.OWN, "create", "read"),
        *_grants("automation.rule", Reach.ALL, "read"),
        *_grants("reports.dashboard", Reach.ALL, "read"),
        *_grants("sales.product", Reach.ALL, "read"),
        *_grants("customers.segment", Reach.ALL, "read", "edit"),
        *_grants("sales.goal", Reach.TEAM, "read"),
        *_grants("identity.user", Reach.ALL, "read"),
    )


def _shipped() -> Iterator[Role]:
    """As Gausdo came with them; a changed one is stored under its id."""
    for number, (code, name, grants) in enumerate(
        (
            ("administrator", "Administrator", everything()),
            ("head", "Head of sales", _head()),
            ("manager", "Manager", _manager()),
        ),
        start=1,
    ):
        id = UUID(f"01900000-0000-7000-8000-{number:012d}")
        yield Role(
            id=id,
            code=code,
            name=name,
            grants=grants,
            about="",
            locked=code == ADMINISTRATOR,
            version=1,
        )


ADMINISTRATOR = "administrator"


@cache
def shipped() -> Mapping[UUID, Role]:
    """By id. Made when it is asked for: by then every module has declared what can be granted."""
    return {role.id: role for role in _shipped()}


def of_code(code: str) -> Role | None:
    return next((role for role in shipped().values() if role.code == code), None)


async def roles(tx: Tx) -> dict[UUID, Role]:
    """Every role there is, those Gausdo came with first, the others by name."""
    rows = await tx.session.scalars(select(RoleRow).order_by(RoleRow.name, RoleRow.id))
    known = dict(shipped())
    for row in rows:
        was = known.get(row.id)
        known[row.id] = row.shown(was.code if was else "")
    return known


async def role(tx: Tx, id: UUID) -> tuple[Role, RoleRow | None]:
    """One role, its row locked. Raises NotFound."""
    row = await tx.session.get(RoleRow, id, with_for_update=True)
    found = (await roles(tx)).get(id)
    if found is None:
        raise NotFound("There is no such role.")
    return found, row


async def add(
    tx: Tx, actor: Actor, draft: RoleDraft, id: UUID | None = None, version: int = 1
) -> RoleRow:
    """Under a new id, or one it has elsewhere. Raises Invalid, BeyondOwn, Locked."""
    if id in shipped():
        raise Locked("This role always grants everything; it is not changed.")
    check(draft.grants)
    demand_grantable(actor, draft.grants)
    row = RoleRow.write(draft, id or new_id(), version)
    tx.add(row)
    tx.publish(row.changed(), changes={"grants": (None, _plain(row.grants))})
    return row


async def change(tx: Tx, actor: Actor, id: UUID, wanted: RoleChange) -> Role:
    """Raises NotFound, Locked, Stale, BeyondOwn, Invalid."""
    known, row = await role(tx, id)
    if known.locked:
        raise Locked("This role always grants everything; it is not changed.")
    if row is None:
        row = RoleRow.of(known)
        tx.add(row)
    await tx.fresh(row, wanted.version, lambda: row.shown(known.code))
    if wanted.grants is not None:
        check(wanted.grants)
        # What was there may stay; what is new is granted by somebody who has it.
        demand_grantable(actor, [one for one in wanted.grants if one not in known.grants])
    if changes := row.change(wanted):
        tx.publish(row.changed(), changes=changes)
    return row.shown(known.code)


async def remove(tx: Tx, id: UUID) -> None:
    """Raises NotFound, Locked, InUse."""
    known, row = await role(tx, id)
    if known.code or row is None:
        raise Locked("Gausdo came with this role; it can be changed, and stays.")
    having = select(UserRow.name).join(UserRoleRow, UserRoleRow.user_id == UserRow.id)
    names = await tx.session.scalars(
        having.where(UserRoleRow.role_id == id).order_by(UserRow.name).limit(FIRST)
    )
    if people := names.all():
        raise InUse("People have this role. Give them another one first.", data={"people": people})
    row.version += 1
    tx.publish(row.changed(gone=True), changes={"grants": (_plain(row.grants), None)})
    await tx.session.delete(row)


def check(grants: Iterable[Grant]) -> None:
    """Raises Invalid for a right or a field that nobody has declared."""
    for place, grant in enumerate(grants):
        known = catalogue.get(grant.object)
        if known is None or grant.operation not in known.operations:
            told = f"There is no right “{grant.object}.{grant.operation}”."
            raise invalid(f"grants.{place}", "unknown-right", told)
        if strange := sorted(name for name in grant.without if not known.can_hide(name)):
            told = f"“{strange[0]}” is no field of {grant.object} that can be hidden."
            raise invalid(f"grants.{place}.without", "unknown-field", told)
        if not known.owned and grant.reach is not Reach.ALL:
            told = f"{grant.object} belongs to nobody: it is granted over all, or not at all."
            raise invalid(f"grants.{place}.reach", "all-or-nothing", told)
        if grant.condition is not None:
            if (fields := asked.get(grant.object)) is None:
                told = f"Nothing can be asked of {grant.object}."
                raise invalid(f"grants.{place}.condition", "unsupported", told)
            check_condition(grant.condition, fields, at=f"grants.{place}.condition")
            for name in asked_fields(grant.condition):
                if fields[name].links_to in PUT_IN_BY_ANYBODY:
                    told = f"“{name}” cannot be asked by a role: whoever changes it would grant."
                    raise invalid(f"grants.{place}.condition", "field-not-here", told)


def demand_grantable(actor: Actor, grants: Iterable[Grant]) -> None:
    """Raise BeyondOwn unless the actor has each of these rights, as wide and as deep."""
    for grant in grants:
        if not any(own.covers(grant) for own in actor.grants):
            right = f"{grant.object}.{grant.operation}"
            raise BeyondOwn(
                f"You do not have the right “{right}” that far yourself, so you cannot grant it.",
                data={"right": right},
            )


def sees_all(actor: Actor) -> bool:
    """Whether every kind of owned record is read without limits: who sees all may move anybody."""
    return all(
        any(
            grant.reach is Reach.ALL and grant.condition is None
            for grant in actor.granted(known.right("read"))
        )
        for known in _kept()
    )


def _kept() -> Iterator[Guarded]:
    return (known for known in catalogue.values() if known.owned and "read" in known.operations)


def _plain(grants: Iterable[Grant]) -> list[object]:
    plain: list[object] = to_jsonable_python(list(grants))
    return plain
