"""What the condition of a rule may ask of a deal: the values that its events carry, and the fields
that people have added, which are read as they are when the event arrives.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from gausdo.kernel.actor import Actor, left_out
from gausdo.kernel.conditions import Condition, Field, Fields, FieldType, asked_fields
from gausdo.kernel.custom import CustomField, CustomType
from gausdo.kernel.custom_files import called
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM, Target
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

HIDES = {"worth": ("amount", "currency")}
"""Field of a deal → what its events call it; the same unless told here."""


def names_of(hidden: Iterable[str]) -> set[str]:
    """What the events of a deal call these fields of it."""
    return {name for field in hidden for name in HIDES.get(field, (field,))}


def asks_added(condition: Condition) -> bool:
    return any(name.startswith(CUSTOM) for name in asked_fields(condition))


def with_added(fields: Iterable[CustomField]) -> Fields:
    """What a rule may ask where deals have these fields as well."""
    here = {"targets": frozenset({Target.PYTHON})}
    told = (one for one in fields if one.type is not CustomType.SEALED)
    return Fields("deal", *DEAL, *(one.condition_field().model_copy(update=here) for one in told))


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


WATCHED = frozenset({"worth", "company_id", "contact_id", "expected_on"})
"""Fields whose change a rule may wait for, beside those that were added."""


def demand_watched(actor: Actor, watches: Sequence[str], added: Sequence[CustomField]) -> None:
    """Raise Invalid for a field that no rule hears of, Forbidden for one hidden from the actor."""
    known = WATCHED | {CUSTOM + one.key for one in added if not one.archived}
    for name in watches:
        if name not in known:
            raise invalid("watches", "unknown", f"A rule cannot watch “{name}”.")
    _demand_shown(actor, frozenset(watches), added)


def demand_seen(actor: Actor, condition: Condition, added: Sequence[CustomField] = ()) -> None:
    """Raise Forbidden when it asks of a field that is hidden from the actor, or made of one:
    whether the rule fires would tell.
    """
    _demand_shown(actor, asked_fields(condition), added)


def _demand_shown(actor: Actor, names: AbstractSet[str], added: Sequence[CustomField]) -> None:
    right = DEALS.right("read")
    hidden = actor.hidden(right)
    made = {CUSTOM + one.key for one in added if not hidden.isdisjoint(one.uses)}
    for name in sorted(names & (hidden | names_of(hidden) | made)):
        raise left_out(right, name)
