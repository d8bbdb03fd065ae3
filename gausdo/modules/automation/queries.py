"""Reads of automation: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Field, Fields, FieldType
from gausdo.modules.automation import access
from gausdo.modules.automation.contract import RunQuery
from gausdo.modules.automation.tables import EffectRow, RuleRow, RunRow
from gausdo.platform.json_sql import array_of
from gausdo.platform.keyset import listed
from gausdo.platform.narrow import narrowed
from gausdo.platform.rights import Guard

RUN = Fields(
    "run",
    Field(name="rule_id", type=FieldType.ID),
    Field(name="deal_id", type=FieldType.ID),
    Field(name="event_id", type=FieldType.ID),
    Field(name="at", type=FieldType.TIME),
)
_run, _rule, _effect = RunRow.__table__.c, RuleRow.__table__.c, EffectRow.__table__.c
COLUMNS: Mapping[str, ColumnElement[Any]] = {field.name: _run[field.name] for field in RUN}
_GUARD = Guard(fields=RUN, columns=COLUMNS)


def runs(actor: Actor, query: RunQuery) -> Select[Any]:
    """`Listed[Run]`; `state` asks for runs that have an effect in it."""
    actor.demand(access.READ_RUNS)
    effect = func.json_build_object(
        text("'id'"), _effect.id,
        text("'step'"), _effect.step,
        text("'type'"), _effect.type,
        text("'state'"), _effect.state,
        text("'attempts'"), _effect.attempts,
        text("'error'"), _effect.error,
        text("'error_code'"), case((_effect.error.is_not(None), _effect.error_code)),
        text("'result_id'"), _effect.result_id,
        text("'done_at'"), _effect.done_at,
    )  # fmt: skip
    effects = (
        select(array_of(func.json_agg(aggregate_order_by(effect, _effect.step))))
        .where(_effect.run_id == _run.id)
        .correlate(RunRow.__table__)
        .scalar_subquery()
    )
    item = func.json_build_object(
        text("'id'"), _run.id,
        text("'rule_id'"), _run.rule_id,
        text("'rule_name'"), _rule.name,
        text("'about'"), func.coalesce(_run.about, literal_column("'deal'")),
        text("'record_id'"), func.coalesce(_run.record_id, _run.deal_id),
        text("'deal_id'"), _run.deal_id,
        text("'event_id'"), _run.event_id,
        text("'at'"), _run.at,
        text("'refused'"), _run.refused,
        text("'effects'"), effects,
    )  # fmt: skip
    narrow = narrowed(actor, access.READ_RUNS, query, _GUARD, _run.id)
    if query.rule_id is not None:
        narrow.append(_run.rule_id == query.rule_id)
    if query.state is not None:
        narrow.append(exists().where(_effect.run_id == _run.id, _effect.state == query.state))
    rows = (
        select(item.label("item"))
        .select_from(RunRow.__table__.join(RuleRow.__table__, _rule.id == _run.rule_id))
        .where(*narrow)
    )
    return listed(rows, query, {"at": _run.at}, _run.id, "-at")
