"""What the condition of a rule may ask of a deal: the values that its events carry."""

from collections.abc import Iterable

from gausdo.kernel.actor import Actor, left_out
from gausdo.kernel.conditions import Condition, Field, Fields, FieldType, asked_fields
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


def demand_seen(actor: Actor, condition: Condition) -> None:
    """Raise Forbidden when it asks of a field that is hidden from the actor: whether the rule
    fires would tell.
    """
    right = DEALS.right("read")
    for name in sorted(asked_fields(condition) & names_of(actor.hidden(right))):
        raise left_out(right, name)
