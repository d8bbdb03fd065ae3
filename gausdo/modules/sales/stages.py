"""The stages of a pipeline: put there, changed all at once, compared."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.errors import invalid
from gausdo.kernel.values import new_id
from gausdo.modules.sales.contract import DealsThere, StageDraft, StageKind
from gausdo.modules.sales.tables import DealRow, StageRow
from gausdo.platform.db import Database, Tx
from gausdo.platform.history import Changes

FOLLOW = "follow_stages"
PORTION = 200
"""Deals of one transaction."""
LAST = 10_000
"""The largest position; above it stages are while they change places."""


def demand_stages(stages: Sequence[StageDraft]) -> None:
    """Raise Invalid unless there is an open stage, one won and one lost, each told once, and they
    lead to each other.
    """
    for kind in (StageKind.WON, StageKind.LOST):
        if sum(stage.kind == kind for stage in stages) != 1:
            raise invalid("stages", "kinds", f"A pipeline has exactly one stage “{kind}”.")
    if all(stage.kind != StageKind.OPEN for stage in stages):
        raise invalid("stages", "kinds", "A pipeline has at least one open stage.")
    ids = [stage.id for stage in stages if stage.id is not None]
    if len(ids) != len(set(ids)):
        raise invalid("stages", "twice", "Each stage is told once.")
    for place, stage in enumerate(stages):
        if not set(stage.leads_to or ()) <= set(ids):
            raise invalid(f"stages.{place}.leads_to", "choice", "There is no such stage in it.")


def named_anew(stages: Sequence[StageDraft], had: Collection[UUID] = ()) -> list[StageDraft]:
    """The same with ids of ours for those that are new."""
    ids = {stage.id: new_id() for stage in stages if stage.id and stage.id not in had}

    def named(id: UUID) -> UUID:
        return ids.get(id, id)

    def anew(stage: StageDraft) -> StageDraft:
        leads_to = None if stage.leads_to is None else [*map(named, stage.leads_to)]
        id = named(stage.id) if stage.id else new_id()
        return stage.model_copy(update={"id": id, "leads_to": leads_to})

    return [anew(stage) for stage in stages]


async def add_stage(tx: Tx, pipeline_id: UUID, stage: StageDraft, place: int) -> None:
    """Raises Invalid when another pipeline has a stage of this id."""
    if await tx.session.get(StageRow, stage.id) is not None:
        raise invalid(f"stages.{place}.id", "taken", "Another pipeline has this stage.")
    tx.add(StageRow(pipeline_id=pipeline_id, position=place, **stage.model_dump()))


async def change_stages(tx: Tx, pipeline_id: UUID, stages: Sequence[StageDraft]) -> tuple[Any, Any]:
    """Before and after, for the history; both the same when nothing changes.

    Raises Invalid, DealsThere.
    """
    demand_stages(stages)
    query = select(StageRow).where(StageRow.pipeline_id == pipeline_id)
    rows = await tx.session.scalars(query.order_by(StageRow.position).with_for_update())
    had = {row.id: row for row in rows}
    before = [told(row).model_dump(mode="json") for row in had.values()]
    after = [StageDraft.model_dump(stage, mode="json") for stage in stages]
    if before == after:
        return before, after
    new = {stage.id: stage for stage in stages}
    for row in had.values():
        stage = new.get(row.id)
        if stage is None or stage.kind != row.kind:
            await _demand_empty(tx, row)
        if stage is None:
            await tx.session.delete(row)
        else:
            row.position += LAST  # places are taken once only
    await tx.session.flush()
    for place, stage in enumerate(stages):
        if stage.id not in had:
            await add_stage(tx, pipeline_id, stage, place)
            continue
        row = had[stage.id]
        row.position = place
        for name, value in stage.model_dump(exclude={"id"}).items():
            if name == "probability" and value != row.probability:
                await tx.enqueue(f"sales.{FOLLOW}", once=True, pipeline_id=str(pipeline_id))
            setattr(row, name, value)
    return before, after


async def follow(db: Database, pipeline_id: UUID) -> bool:
    """Give some deals the probability their stage has now; false when all of them have it."""
    async with db.begin(SYSTEM) as tx:
        behind = (
            select(DealRow, StageRow.probability)
            .join(StageRow, StageRow.id == DealRow.stage_id)
            .where(DealRow.pipeline_id == pipeline_id)
            .where(DealRow.probability != StageRow.probability)
            .limit(PORTION)
            .with_for_update(of=DealRow)
        )
        rows = (await tx.session.execute(behind)).all()
        for row, probability in rows:
            changes: Changes = {"probability": (row.probability, probability)}
            row.probability = probability
            row.touch()
            tx.publish(row.changed(changes, row.owner_id, row.team_id), changes=changes)
    return bool(rows)


def told(row: StageRow) -> StageDraft:
    return StageDraft.model_validate(row, from_attributes=True)


async def _demand_empty(tx: Tx, stage: StageRow) -> None:
    """Raises DealsThere."""
    deal = select(DealRow.id).where(DealRow.stage_id == stage.id).limit(1)
    if await tx.session.scalar(deal) is not None:
        raise DealsThere(f"There are deals in the stage “{stage.name}”: it stays, of its kind.")
