"""What a row of a file says, as the drafts of the modules it is for."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gausdo.kernel import spelling
from gausdo.kernel.errors import Reason
from gausdo.kernel.values import Money
from gausdo.modules.customers.contract import CompanyDraft
from gausdo.modules.integrations import spellings
from gausdo.modules.sales.contract import Pipeline, Stage, StageKind

NO_PARENT = Reason(
    field="parent",
    code="not-found",
    message="There is no company of this name, or it is not yours to see.",
)

Record = dict[str, str]
Named = dict[str, UUID]
"""Companies by name, in lower case."""


class Wrong(ValueError):
    """What is wrong with a row."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why.message)
        self.why = why


NAME_PARTS = ("first_name", "middle_name", "last_name")
"""Of which a name is made where no column has it whole."""


def plain(record: Record, *without: str) -> dict[str, Any]:
    record = dict(record)
    parts = [record.pop(name) for name in NAME_PARTS if name in record]
    if parts and "name" not in record:
        record["name"] = " ".join(parts)
    return {
        name: spelling.several(told) if name in spellings.LISTS else told
        for name, told in record.items()
        if name not in without
    }


def company(record: Record, parent_id: UUID | None = None, **said: Any) -> CompanyDraft:
    """`said`: other fields, as the draft has them."""
    size = value_of(record, "size", spelling.whole)
    return CompanyDraft(**plain(record, "parent", "size"), size=size, parent_id=parent_id, **said)


def company_of(record: Record, known: Named, refusals: dict[str, Reason]) -> UUID | None:
    name = record.get("company", "").casefold()
    if name in refusals:
        raise Wrong(refusals[name].model_copy(update={"field": "company"}))
    return known[name] if name else None


def value_of(record: Record, name: str, read: Callable[[str], Any]) -> Any:
    if name not in record:
        return None
    try:
        return read(record[name])
    except spelling.Misspelt as slip:
        why = Reason(field=name, code=slip.code, message=str(slip), data={"told": slip.told})
        raise Wrong(why) from None


def worth_of(record: Record, base_currency: str) -> Money | None:
    told = value_of(record, "amount", spelling.amount)
    if told is None:
        return None
    sum_, sign = told
    return Money(
        amount=sum_,
        currency=value_of(record, "currency", spelling.currency) or sign or base_currency,
    )


def place_of(record: Record, pipelines: list[Pipeline]) -> tuple[Pipeline, Stage]:
    """Where a deal stands: in the pipeline named, or the first that has the stage named."""
    wanted = record.get("pipeline", "").casefold()
    among = [one for one in pipelines if not wanted or one.name.casefold() == wanted]
    if not among:
        raise _none_such("pipeline", [one.name for one in pipelines])
    stage_name = record.get("stage", "").casefold()
    for pipeline in among:
        for stage in pipeline.stages:
            if stage.name.casefold() == stage_name or (
                not stage_name and stage.kind is StageKind.OPEN
            ):
                return pipeline, stage
    raise _none_such("stage", [stage.name for one in among for stage in one.stages])


def _none_such(field: str, offered: list[str]) -> Wrong:
    names = ", ".join(offered)
    told = f"There is no such {field}, only: {names}."
    return Wrong(Reason(field=field, code=f"unknown-{field}", message=told, data={"names": names}))
