"""Fields that are worked out, worked out anew of all records: their formula is another.

By a job, some records at a time; whoever changes a record meanwhile has it worked out at once, by
PostgreSQL. Versions stay: nothing that people have said is changed.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.formula_values import FormulaExample
from gausdo.kernel.values import now
from gausdo.platform.custom_formulas import Computed
from gausdo.platform.custom_unique import Kept
from gausdo.platform.db import Database, Tx
from gausdo.platform.jobs import Jobs
from gausdo.platform.rights import within

BATCH = 500
"""Records of one transaction."""
OPEN = timedelta(minutes=1)
"""What was begun before the formula was changed, and ends after its record was passed, is worked
out again: no transaction is open for longer."""
EXAMPLES = 3
NONE = UUID(int=0)

_STEP = """
    with page as (select id from {table} where id > :after order by id limit :size),
    changed as (
        update {table} as one set custom = {schema}.custom_computed(:kind, custom, to_jsonb(one))
        where id in (select id from page)
            and custom is distinct from {schema}.custom_computed(:kind, custom, to_jsonb(one))
    )
    select (select id from page order by id desc limit 1) as last, count(*) as done from page
"""
_REST = """
    update {table} as one set custom = {schema}.custom_computed(:kind, custom, to_jsonb(one))
    where changed_at > :since
        and custom is distinct from {schema}.custom_computed(:kind, custom, to_jsonb(one))
"""


def computing_jobs(jobs: Jobs) -> None:
    """Declare the job of a module whose records have fields that were added."""

    @jobs.task("compute")
    async def compute(service: Any, kind: str) -> None:
        while await _go_on(service.fields.db, kind):
            pass


def beginning() -> dict[str, Any]:
    """As `custom_field.computing` has it."""
    return {"after": None, "done": 0, "total": None, "since": (now() - OPEN).isoformat()}


async def _go_on(db: Database, kind: str) -> bool:
    """Some records of a kind; false when all are done."""
    async with db.begin(SYSTEM) as tx:
        field = tx.schema.custom_field
        waiting = (field.c.of == kind) & field.c.computing.is_not(None) & field.c.roll_up.is_(None)
        asked = select(field.c.id, field.c.computing).where(waiting).order_by(field.c.id)
        found = (await tx.session.execute(asked.with_for_update())).all()
        told = [row.computing for row in found]
        if not told:
            return False
        last, done = await _step(tx, kind, min(str(one["after"] or NONE) for one in told))
        if not done:
            since = min(datetime.fromisoformat(one["since"]) for one in told)
            await tx.session.execute(_sql(tx, _REST, kind), {"kind": kind, "since": since})
            goes_on: Any = None
        else:
            first = min(told, key=lambda one: str(one["after"] or NONE))
            total = first["total"]
            if total is None:
                table = tx.schema.metadata.tables[f"{tx.schema.name}.{kind}"]
                total = await tx.session.scalar(select(func.count()).select_from(table))
            goes_on = first | {"after": str(last), "done": first["done"] + done, "total": total}
        these = field.c.id.in_([row.id for row in found])  # another may have come meanwhile
        await tx.session.execute(update(field).where(these).values(computing=goes_on))
        return bool(done)


async def _step(tx: Tx, kind: str, after: str) -> tuple[UUID | None, int]:
    told = {"kind": kind, "after": UUID(after), "size": BATCH}
    row = (await tx.session.execute(_sql(tx, _STEP, kind), told)).one()
    return row.last, row.done


def _sql(tx: Tx, told: str, kind: str) -> Any:
    """Names from our code."""
    return text(told.format(schema=tx.schema.name, table=f"{tx.schema.name}.{kind}"))


async def examples(tx: Tx, actor: Actor, kept: Kept, found: Computed) -> tuple[FormulaExample, ...]:
    """What it gives for the records that were changed last, of those the actor sees whole."""
    if found.uses & actor.hidden(kept.read):
        return ()
    row, functions = kept.columns, getattr(func, tx.schema.name)
    tree = literal(found.of.tree, JSONB)
    whole = func.to_jsonb(literal_column(row["id"].table.name))
    value = functions.custom_stored(
        functions.custom_value(tree, row["custom"], whole), found.of.type, type_=JSONB
    )
    query = (
        select(row["id"], row[kept.label].label("name"), value.label("value"))
        .where(within(actor, kept.read, kept.guard))
        .order_by(row["changed_at"].desc())
        .limit(EXAMPLES)
    )
    rows = (await tx.session.execute(query)).mappings()
    return tuple(FormulaExample.model_validate(row) for row in rows)
