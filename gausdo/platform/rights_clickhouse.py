"""Rights as ClickHouse SQL: the same answer as `platform.rights.within`, over a dataset."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from gausdo.kernel.actor import Actor, Grant, Reach, Right
from gausdo.kernel.conditions import Fields
from gausdo.kernel.errors import Invalid
from gausdo.platform.conditions_clickhouse import to_clickhouse
from gausdo.platform.facts import Dataset

Clause = tuple[str, dict[str, Any]]
"""SQL and the parameters it names."""


def reach(
    actor: Actor,
    right: Right,
    dataset: Dataset | None = None,
    prefix: str = "r",
    shared: Sequence[UUID] = (),
) -> Clause:
    """A clause over `owner_id` and `team_id`. No grant: `false`.

    A grant with a condition counts only where the dataset has the fields it speaks of. `shared`
    are records that others have shared with the actor, by the dataset's first column.
    """
    return _united(actor, actor.granted(right), dataset, prefix, shared)


def showing(
    actor: Actor, right: Right, field: str, dataset: Dataset, shared: Sequence[UUID] = ()
) -> Clause:
    """Whether the field of a row is shown to the actor; `true` when it is hidden in none."""
    if field not in actor.hidden(right):
        return "true", {}
    grants = [grant for grant in actor.granted(right) if field not in grant.without]
    return _united(actor, grants, dataset, f"s_{field}_", shared)


def _united(
    actor: Actor,
    grants: Iterable[Grant],
    dataset: Dataset | None,
    prefix: str,
    shared: Sequence[UUID],
) -> Clause:
    clauses: list[str] = []
    parameters: dict[str, Any] = {}
    for number, grant in enumerate(grants):
        name = f"{prefix}{number}"
        clause, told = _reach(actor, grant, name, dataset, shared)
        if grant.condition is not None:
            if dataset is None or dataset.fields is None:
                continue
            columns = {column.name: column.name for column in dataset.columns}
            fields = Fields(
                dataset.fields.record, *(f for f in dataset.fields if f.name in columns)
            )
            context = actor.asking()
            try:
                narrowed, more = to_clickhouse(
                    grant.condition, fields, columns, context, f"{name}c"
                )
            except Invalid:
                continue
            clause, told = f"{clause} and {narrowed}", told | more
        clauses.append(f"({clause})")
        parameters |= told
    return (f"({' or '.join(clauses)})" if clauses else "false"), parameters


def _reach(
    actor: Actor, grant: Grant, name: str, dataset: Dataset | None, shared: Sequence[UUID]
) -> Clause:
    if grant.reach is Reach.ALL:
        return "true", {}
    reached = [f"owner_id = {{{name}me:UUID}}"]
    told: dict[str, Any] = {f"{name}me": str(actor.id)}
    teams = actor.teams_within(grant.reach)
    if grant.reach is not Reach.OWN and teams:
        reached.append(f"ifNull(team_id in {{{name}teams:Array(UUID)}}, false)")
        told[f"{name}teams"] = sorted(map(str, teams))
    if shared and dataset is not None:
        reached.append(f"{dataset.columns[0].name} in {{{name}shared:Array(UUID)}}")
        told[f"{name}shared"] = sorted(map(str, shared))
    return f"({' or '.join(reached)})", told
