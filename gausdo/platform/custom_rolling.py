"""Fields that are rolled up over linked records, kept in the records that these are linked to.

Their modules tell by events which records have others linked to them than before, or linked ones
that are different; each is worked out anew of all that is linked to it, so that no change is
counted twice or missed. Who works out and who writes take turns: what is written last was read
last.
"""

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.custom import CustomField, CustomType
from gausdo.kernel.errors import invalid
from gausdo.kernel.rolling import UNDER, Measure, Over, Part, Rolled, RollsUp, RollUp
from gausdo.platform.db import Database, Tx
from gausdo.platform.jobs import Jobs
from gausdo.platform.portions import let_others_pass

TURN = 7_224
"""The space of advisory locks in which those who roll up the same kind of record take turns."""
PORTION = 200
"""Records of one transaction."""
NONE = UUID(int=0)

Parts: TypeAlias = Callable[[Tx, str, Collection[UUID]], Awaitable[list[Part]]]
"""The records of a kind that stand for these today, each with all that was merged into it."""


async def each_for_itself(_: Tx, __: str, ids: Collection[UUID]) -> list[Part]:
    return [Part(id=id, part=id) for id in ids]


@dataclass(frozen=True)
class Rolls:
    """Who keeps the records that are linked to those of a module, and which of its records stand
    for others.
    """

    over: Mapping[Over, Callable[[], RollsUp]] = field(default_factory=dict)
    parts: Parts = each_for_itself


class Rolling(Protocol):
    """`CustomFields`, as far as it is needed here."""

    @property
    def db(self) -> Database: ...
    @property
    def rolls(self) -> Rolls: ...
    async def there(self, tx: Tx, kind: str) -> tuple[CustomField, ...]: ...


class Service(Protocol):
    @property
    def fields(self) -> Rolling: ...


async def type_rolled(rolls: Rolls, kind: str, wanted: RollUp) -> CustomType:
    """What the field would be. Raises Invalid for what cannot be rolled up so."""
    if wanted.over not in UNDER[kind]:
        raise invalid("roll_up.over", "unsupported", "Such records are not linked to these.")
    if wanted.of is None:
        return CustomType.NUMBER
    known = await rolls.over[wanted.over]().rollable(SYSTEM, wanted.over)
    of = next((CustomType(one.type) for one in known if one.name == wanted.of), None)
    if of is None:
        raise invalid("roll_up.of", "unknown", "There is no such field that can be rolled up.")
    if wanted.measure is Measure.SUM and of not in (CustomType.NUMBER, CustomType.MONEY):
        raise invalid("roll_up.measure", "unsupported", "Days and times have no sum.")
    needs = of is CustomType.MONEY and wanted.measure is not Measure.NEWEST
    if needs is not (wanted.currency is not None):
        told = "Say which currency is summed." if needs else "Only sums of money have a currency."
        raise invalid("roll_up.currency", "missing" if needs else "unsupported", told)
    return of


def tree_of(one: CustomField) -> dict[str, Any]:
    """As `custom_field.computed` has it: what is there stays, and a count and a sum begin at 0."""
    assert one.roll_up is not None
    told: dict[str, Any] = {"op": "custom", "key": one.key}
    if one.type is CustomType.NUMBER:
        told["as"] = one.type
    if one.roll_up.measure in (Measure.COUNT, Measure.SUM):
        nothing: dict[str, Any] = {"op": "is", "value": 0, "as": one.type}
        if one.type is CustomType.MONEY:
            nothing = {"op": "is", "value": {"amount": 0, "currency": one.roll_up.currency}}
        told = {"op": "first", "as": one.type, "of": [told, nothing]}
    return {"tree": told, "rank": 0}


async def roll(
    tx: Tx, fields: Rolling, kind: str, ids: Collection[UUID | None], over: Over | None = None
) -> None:
    """Work out anew what these records have of those that are linked to them, of one kind or of
    all, whatever they are merged into by now.
    """
    wanted = {id for id in ids if id is not None}
    if not wanted or not _over(await fields.there(tx, kind), over):
        return  # a field that is added just now is filled later, and finds what is new
    await _turn(tx, kind)
    asked = _over(await fields.there(tx, kind), over)
    await _write(tx, fields, kind, wanted, asked)


async def rolled_keys(tx: Tx, kind: str) -> frozenset[str]:
    """The fields of a kind that are rolled up: no record takes one over from another."""
    table = tx.schema.custom_field.c
    query = select(table.key).where(table.of == kind, table.roll_up.is_not(None))
    return frozenset(await tx.session.scalars(query))


def _over(fields: Sequence[CustomField], over: Over | None) -> list[CustomField]:
    return [one for one in fields if one.roll_up and over in (None, one.roll_up.over)]


async def _turn(tx: Tx, kind: str) -> None:
    await tx.session.execute(select(func.pg_advisory_xact_lock(TURN, func.hashtext(kind))))


async def _write(
    tx: Tx, fields: Rolling, kind: str, ids: Collection[UUID], asked: Sequence[CustomField]
) -> None:
    parts = await fields.rolls.parts(tx, kind, ids)
    told: dict[UUID, dict[str, Any]] = {}
    for over, of in _by_kind(asked).items():
        for one in await _asked(fields.rolls.over[over](), over, kind, parts, of):
            values = zip(of, one.values, strict=True)
            told.setdefault(one.id, {}).update(
                {field.key: value for field, value in values if value is not None}
            )
    if told:
        written = {
            "kind": kind,
            "keys": [one.key for one in asked],
            "told": {str(id): values for id, values in told.items()},
        }
        await tx.session.execute(_sql(tx, kind), written)


def _by_kind(asked: Sequence[CustomField]) -> dict[Over, list[CustomField]]:
    told: dict[Over, list[CustomField]] = {}
    for one in asked:
        if one.roll_up is not None:
            told.setdefault(one.roll_up.over, []).append(one)
    return told


async def _asked(
    source: RollsUp, over: Over, kind: str, parts: list[Part], of: Sequence[CustomField]
) -> list[Rolled]:
    asked = [one.roll_up for one in of if one.roll_up is not None]
    return await source.rolled(SYSTEM, over, kind, parts, asked)


_WRITE = """
    with told as materialized (
        select id, {schema}.custom_computed(
            :kind, (custom - cast(:keys as text[])) || value, to_jsonb(one)
        ) as custom
        from {table} as one join jsonb_each(:told) on id = key::uuid
        order by id for update of one
    )
    update {table} as one set custom = told.custom from told
    where one.id = told.id and one.custom is distinct from told.custom
"""


def _sql(tx: Tx, kind: str) -> Any:
    """Names from our code."""
    told = _WRITE.format(schema=tx.schema.name, table=f"{tx.schema.name}.{kind}")
    return text(told.replace("::", r"\:\:")).bindparams(bindparam("told", type_=JSONB))


def rolling_jobs(jobs: Jobs) -> None:
    """Declare the job by which new fields of a module's records are filled, in portions."""

    @jobs.task("roll")
    async def fill(service: Service, kind: str) -> None:
        began = time.monotonic()
        while (done := await _go_on(service.fields, kind)) is not None:
            if done == PORTION:
                await let_others_pass(began)
            began = time.monotonic()


async def _go_on(fields: Rolling, kind: str) -> int | None:
    """How many records of a kind were filled, at most a portion; None when no field waits."""
    async with fields.db.begin(SYSTEM) as tx:
        await _turn(tx, kind)
        table = tx.schema.custom_field
        waiting = (
            (table.c.of == kind) & table.c.computing.is_not(None) & table.c.roll_up.is_not(None)
        )
        asked = select(table.c.key, table.c.computing).where(waiting).with_for_update()
        told = {row.key: row.computing for row in await tx.session.execute(asked)}
        if not told:
            return None
        first = min(told.values(), key=lambda one: str(one["after"] or NONE))
        after = UUID(str(first["after"] or NONE))
        rows = tx.schema.metadata.tables[f"{tx.schema.name}.{kind}"]
        page = select(rows.c.id).where(rows.c.id > after).order_by(rows.c.id).limit(PORTION)
        ids = list(await tx.session.scalars(page))
        if ids:
            asked_now = [one for one in await fields.there(tx, kind) if one.key in told]
            await _write(tx, fields, kind, ids, asked_now)
        goes_on: Any = None
        if len(ids) == PORTION:
            total = first["total"]
            if total is None:
                total = await tx.session.scalar(select(func.count()).select_from(rows))
            done = first["done"] + len(ids)
            goes_on = first | {"after": str(ids[-1]), "done": done, "total": total}
        these = (table.c.of == kind) & table.c.key.in_(told)  # another may have come meanwhile
        await tx.session.execute(update(table).where(these).values(computing=goes_on))
        return len(ids)
