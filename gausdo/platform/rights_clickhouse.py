"""Rights as ClickHouse SQL: the same answer as `platform.rights.within`, over a dataset."""

from typing import Any

from gausdo.kernel.actor import Actor, Grant, Reach, Right
from gausdo.kernel.conditions import Fields
from gausdo.kernel.errors import Invalid
from gausdo.platform.conditions_clickhouse import to_clickhouse
from gausdo.platform.facts import Dataset


def reach(
    actor: Actor, right: Right, dataset: Dataset | None = None, prefix: str = "r"
) -> tuple[str, dict[str, Any]]:
    """A clause over `owner_id` and `team_id`, and the parameters it names. No grant: `false`.

    A grant with a condition counts only where the dataset has the fields it speaks of.
    """
    clauses: list[str] = []
    parameters: dict[str, Any] = {}
    for number, grant in enumerate(actor.granted(right)):
        name = f"{prefix}{number}"
        clause, told = _reach(actor, grant, name)
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


def _reach(actor: Actor, grant: Grant, name: str) -> tuple[str, dict[str, Any]]:
    if grant.reach is Reach.ALL:
        return "true", {}
    own = f"owner_id = {{{name}me:UUID}}"
    me = {f"{name}me": str(actor.id)}
    teams = actor.teams_within(grant.reach)
    if grant.reach is Reach.OWN or not teams:
        return own, me
    return (
        f"({own} or ifNull(team_id in {{{name}teams:Array(UUID)}}, false))",
        me | {f"{name}teams": sorted(map(str, teams))},
    )
