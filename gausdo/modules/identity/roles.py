"""The three roles, on the rights types that every later role will use."""

from uuid import UUID

from gausdo.kernel.actor import Grant, Reach
from gausdo.modules.identity.contract import Role

OPERATIONS: dict[str, tuple[str, ...]] = {
    "sales.deal": ("create", "read", "edit", "assign", "import"),
    "sales.pipeline": ("edit",),
    "customers.company": ("create", "read", "edit", "assign", "import"),
    "customers.person": ("create", "read", "edit", "assign", "import"),
    "activities.task": ("create", "read", "edit", "assign"),
    "activities.note": ("create", "read"),
    "communications.template": ("create", "read", "edit"),
    "communications.letter": ("create", "read", "edit"),
    "integrations.webhook": ("create", "read", "edit"),
    "integrations.import": ("create",),
    "automation.rule": ("create", "read", "edit"),
    "reports.dashboard": ("read",),
    "identity.user": ("create", "read", "edit"),
    "events.parked": ("read", "edit"),
}
"""What can be granted on what."""

OWNED = ("sales.deal", "customers.company", "customers.person", "activities.task")


def _grants(object: str, reach: Reach, *operations: str) -> tuple[Grant, ...]:
    return tuple(
        Grant(object=object, operation=operation, reach=reach)
        for operation in operations or OPERATIONS[object]
    )


def _administrator() -> tuple[Grant, ...]:
    return tuple(grant for object in OPERATIONS for grant in _grants(object, Reach.ALL))


def _head() -> tuple[Grant, ...]:
    """Everything of the own team and the teams below it; rules and letters of all."""
    rest = ("activities.note", "communications.template", "communications.letter",
            "integrations.webhook", "integrations.import", "automation.rule",
            "reports.dashboard")  # fmt: skip
    return (
        *(grant for object in OWNED for grant in _grants(object, Reach.TREE)),
        *(grant for object in rest for grant in _grants(object, Reach.ALL)),
        *_grants("identity.user", Reach.ALL, "read"),
    )


def _manager() -> tuple[Grant, ...]:
    """Sees the team's records, changes the own ones."""
    return (
        *(grant for object in OWNED for grant in _grants(object, Reach.ALL, "create")),
        *(grant for object in OWNED for grant in _grants(object, Reach.TEAM, "read")),
        *(grant for object in OWNED for grant in _grants(object, Reach.OWN, "edit", "assign")),
        *_grants("activities.note", Reach.TEAM),
        *_grants("communications.template", Reach.ALL, "read"),
        *_grants("communications.letter", Reach.OWN, "create", "read"),
        *_grants("automation.rule", Reach.ALL, "read"),
        *_grants("reports.dashboard", Reach.TEAM),
        *_grants("identity.user", Reach.ALL, "read"),
    )


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            id=UUID("01900000-0000-7000-8000-000000000001"),
            code="administrator",
            name="Administrator",
            grants=_administrator(),
        ),
        Role(
            id=UUID("01900000-0000-7000-8000-000000000002"),
            code="head",
            name="Head of sales",
            grants=_head(),
        ),
        Role(
            id=UUID("01900000-0000-7000-8000-000000000003"),
            code="manager",
            name="Manager",
            grants=_manager(),
        ),
    )
}
