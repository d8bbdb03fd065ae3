"""Why a record fulfils a segment's condition, or does not: node by node, with its own values."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import func, literal_column, select

from gausdo.kernel.conditions import AllOf, AnyOf, Condition, Context, Leaf, Not
from gausdo.kernel.custom import CustomField
from gausdo.modules.customers.segment_fields import asked
from gausdo.modules.customers.segments_contract import WhyStep
from gausdo.modules.customers.tables import Customer
from gausdo.platform.conditions_sql import to_sql
from gausdo.platform.db import Tx


async def steps(
    tx: Tx,
    of: type[Customer],
    id: UUID,
    condition: Condition,
    added: Sequence[CustomField],
    context: Context,
) -> list[WhyStep]:
    """Raises Invalid when the condition asks of what is not there any more."""
    can = asked(of, added)
    leaves = [node for _, node in _nodes(condition) if isinstance(node, Leaf)]
    columns = []
    for place, leaf in enumerate(leaves):
        holds = to_sql(leaf, can.fields, can.columns, context)
        columns.append(func.coalesce(holds, literal_column("false")).label(f"holds_{place}"))
        columns.append(can.columns[leaf.field].label(f"own_{place}"))
    row = (await tx.session.execute(select(*columns).where(of.__table__.c.id == id))).one()
    found = iter([(bool(row[2 * place]), row[2 * place + 1]) for place in range(len(leaves))])
    return _told(condition, 0, found)[1]


def _nodes(node: Condition, depth: int = 0) -> Iterator[tuple[int, Condition]]:
    yield depth, node
    match node:
        case AllOf(all=inner) | AnyOf(any=inner):
            for one in inner:
                yield from _nodes(one, depth + 1)
        case Not(not_=one):
            yield from _nodes(one, depth + 1)


def _told(
    node: Condition, depth: int, found: Iterator[tuple[bool, Any]]
) -> tuple[bool, list[WhyStep]]:
    """Whether it holds, and what is told of it and of what it is made of."""
    match node:
        case Leaf():
            holds, own = next(found)
            return holds, [
                WhyStep(
                    depth=depth,
                    group=None,
                    field=node.field,
                    op=node.op,
                    value=node.value,
                    own=to_jsonable_python(own),
                    holds=holds,
                )
            ]
        case AllOf(all=inner):
            group, inside = "all", [_told(one, depth + 1, found) for one in inner]
            holds = all(one for one, _ in inside)
        case AnyOf(any=inner):
            group, inside = "any", [_told(one, depth + 1, found) for one in inner]
            holds = any(one for one, _ in inside)
        case Not(not_=inner):
            group, inside = "not", [_told(inner, depth + 1, found)]
            holds = not inside[0][0]
    own_step = WhyStep(
        depth=depth, group=group, field=None, op=None, value=None, own=None, holds=holds
    )
    return holds, [own_step, *(step for _, more in inside for step in more)]
