"""What the condition of a rule may ask of a deal: the values that its events carry, and the fields
that people have added, which are read as they are when the event arrives.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from gausdo.kernel.actor import Actor, left_out
from gausdo.kernel.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Field,
    Fields,
    FieldType,
    Leaf,
    Op,
    asked_fields,
    with_leaves,
)
from gausdo.kernel.custom import CustomField, CustomType
from gausdo.kernel.custom_files import called
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM, LINKS_TO_SEGMENT, Target
from gausdo.kernel.rights import Guarded
from gausdo.kernel.segments import named_in
from gausdo.modules.automation.contract import RuleAbout
from gausdo.modules.customers.contract import COMPANIES, PEOPLE
from gausdo.modules.sales.contract import DEALS, StageKind

DEAL = Fields(
    "deal",
    Field(name="amount", type=FieldType.MONEY),
    Field(name="currency", type=FieldType.CHOICE),
    Field(name="pipeline_id", type=FieldType.ID),
    Field(name="stage_id", type=FieldType.ID),
    Field(name="kind", type=FieldType.CHOICE, options=tuple(StageKind)),
    Field(name="probability", type=FieldType.NUMBER),
    Field(name="owner_id", type=FieldType.PERSON),
    Field(name="team_id", type=FieldType.ID),
    Field(name="company_id", type=FieldType.ID),
    Field(name="contact_id", type=FieldType.ID),
    Field(name="expected_on", type=FieldType.DATE),
    Field(name="created_at", type=FieldType.TIME),
)

SEGMENT = "segment_id"
"""What asks for the segments of a deal's company and contacts."""
ASKING: Mapping[RuleAbout, str] = {
    RuleAbout.DEAL: SEGMENT,
    RuleAbout.COMPANY: "segment",
    RuleAbout.PERSON: "segment",
}
"""The same of every record, as their lists have it."""
OF_SEGMENTS = Field(
    name=SEGMENT,
    type=FieldType.ID,
    targets=frozenset({Target.PYTHON}),
    links_to=LINKS_TO_SEGMENT,
)
WITH = ("company_id", "contact_id")
"""Who does not see whom a deal is with does not ask for their segments."""
OWNED = Fields("record", Field(name="owner_id", type=FieldType.PERSON))
"""The fields of a company or a person that hold somebody who works here."""

HIDES = {"worth": ("amount", "currency")}
"""Field of a deal → what its events call it; the same unless told here."""


def names_of(hidden: Iterable[str]) -> set[str]:
    """What the events of a deal call these fields of it."""
    return {name for field in hidden for name in HIDES.get(field, (field,))}


def is_added(name: str) -> bool:
    """Whether people have added it."""
    return name.startswith(CUSTOM)


def asks_added(condition: Condition) -> bool:
    return any(map(is_added, asked_fields(condition)))


def segments_of(
    about: RuleAbout, condition: Condition | None, crossed: UUID | None = None
) -> set[UUID]:
    """Those a rule asks for, and the one whose members it waits for. Raises Invalid where it asks
    for none by name.
    """
    named = named_in(condition, ASKING[about], "condition") if condition is not None else set()
    return named | ({crossed} if crossed is not None else set())


def without_segments(condition: Condition, members: AbstractSet[UUID]) -> Condition:
    """The same where it is known in which segments somebody is: its answer stands in each place."""

    def answered(leaf: Leaf) -> Condition:
        if leaf.field != SEGMENT:
            return leaf
        inside = not named_in(leaf, SEGMENT, "condition").isdisjoint(members)
        return _TRUE if inside is (leaf.op not in _NOT) else _FALSE

    return with_leaves(condition, answered)


_NOT = frozenset({Op.NE, Op.NOT_IN})
_TRUE, _FALSE = AllOf(all=()), AnyOf(any=())


def with_added(fields: Iterable[CustomField]) -> Fields:
    """What a rule may ask where deals have these fields as well."""
    here = {"targets": frozenset({Target.PYTHON})}
    told = (one for one in fields if one.type is not CustomType.SEALED)
    return Fields(
        "deal", *DEAL, OF_SEGMENTS, *(one.condition_field().model_copy(update=here) for one in told)
    )


def typed(fields: Sequence[CustomField], custom: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a deal as a condition compares them."""
    told = (one for one in fields if one.type is not CustomType.SEALED)
    return {CUSTOM + one.key: _typed(one, custom.get(one.key)) for one in told}


def _typed(field: CustomField, told: Any) -> Any:
    if told is None or field.type in (CustomType.CHOICES, CustomType.BOOL):
        return told
    if field.type is CustomType.FILE:
        return called(told)
    if field.type is CustomType.MONEY:
        told = told["amount"]
    return UUID(told) if field.type is CustomType.LINK else field.condition_field().read(told)


GUARDED: Mapping[RuleAbout, Guarded] = {
    RuleAbout.DEAL: DEALS,
    RuleAbout.COMPANY: COMPANIES,
    RuleAbout.PERSON: PEOPLE,
}
WATCHED: Mapping[RuleAbout, AbstractSet[str]] = {
    RuleAbout.DEAL: {"worth", "company_id", "contact_id", "expected_on"},
    RuleAbout.COMPANY: {"name", *COMPANIES.fields},
    RuleAbout.PERSON: {"name", *PEOPLE.fields} - {"consents"},  # which are given, not changed
}
"""Fields whose change a rule may wait for, beside those that were added."""


def demand_watched(
    actor: Actor, about: RuleAbout, watches: Sequence[str], added: Sequence[CustomField]
) -> None:
    """Raise Invalid for a field that no rule hears of, Forbidden for one hidden from the actor."""
    known = WATCHED[about] | {CUSTOM + one.key for one in added if not one.archived}
    for name in watches:
        if name not in known:
            raise invalid("watches", "unknown", f"A rule cannot watch “{name}”.")
    _demand_shown(actor, about, frozenset(watches), added)


def demand_seen(actor: Actor, condition: Condition, added: Sequence[CustomField] = ()) -> None:
    """Raise Forbidden when it asks of a field of deals that is hidden from the actor, or made of
    one: whether the rule fires would tell.
    """
    names = asked_fields(condition)
    _demand_shown(actor, RuleAbout.DEAL, names | ({*WITH} if SEGMENT in names else set()), added)


def _demand_shown(
    actor: Actor, about: RuleAbout, names: AbstractSet[str], added: Sequence[CustomField]
) -> None:
    right = GUARDED[about].right("read")
    hidden = actor.hidden(right)
    made = {CUSTOM + one.key for one in added if not hidden.isdisjoint(one.uses)}
    for name in sorted(names & (hidden | names_of(hidden) | made)):
        raise left_out(right, name)
