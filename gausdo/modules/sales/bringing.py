"""Rows of files as deals: each is opened, or changes the one of its title and company."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import pydantic
from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, unique_keys, written
from gausdo.kernel.custom_sealed import Secrets, rows_without, without_secrets
from gausdo.kernel.errors import Problem, invalid, reason, why_invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.imports import (
    NO_KEY,
    NONE_THERE,
    SEVERAL,
    Became,
    Bringing,
    FileRow,
    ImportKind,
    ImportPolicy,
    Landed,
    demand_key,
)
from gausdo.modules.sales import access, pipelines
from gausdo.modules.sales.contract import (
    DealChange,
    DealDraft,
    LostReasonNeeded,
    StageKind,
    UnknownStage,
)
from gausdo.modules.sales.giving import Gives
from gausdo.modules.sales.naming import Batch, known_of
from gausdo.modules.sales.tables import PERSONAL, SEALED, DealRow, StageRow
from gausdo.platform.crypto import Vault
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_links import Found
from gausdo.platform.db import Database, Tx
from gausdo.platform.history import apart
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import demand_reach
from gausdo.platform.tried import begun

MAX_BATCH = 1000
DEAL = "deal"
PLACE = {"pipeline_id", "stage_id"}
Key = tuple[str, UUID | None]
"""By which a deal is known again: its title, letter case aside, and its company."""


class Line(NamedTuple):
    line: int
    draft: DealDraft
    secret: Secrets

    @property
    def key(self) -> Key:
        return title_key(self.draft.title), self.draft.company_id


def title_key(title: str) -> str:
    """As `title_key` of the table."""
    return title.lower().replace("ё", "е")


class Brings(Gives):
    """The use cases of files: one part of `SalesService`."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...
        @property
        def vault(self) -> Vault: ...
        async def seal(self, tx: Tx, row: DealRow, secret: Secrets) -> None: ...
        async def keep_rate(self, tx: Tx, row: DealRow) -> None: ...
        async def _named(
            self, actor: Actor, drafts: Sequence[DealDraft], fields: Sequence[CustomField]
        ) -> Found: ...

    async def bring(
        self,
        actor: Actor,
        kind: ImportKind,
        rows: list[FileRow],
        how: Bringing,
        key: str | None = None,
    ) -> list[Landed]:
        if kind != "deals":
            raise invalid("by", "choice", "Files of this kind are not compared so.")
        actor.demand(access.IMPORT)
        if len(rows) > MAX_BATCH:
            raise invalid("rows", "too-many", f"At most {MAX_BATCH} rows are taken at once.")
        fields = await self.fields.of(DEAL)
        demand_key(kind, how.by, unique_keys(fields))
        good, landed = _read(rows, fields)
        named = await self._named(actor, [row.draft for row in good], fields)
        asked = kind, rows_without(fields, rows), how
        async with begun(self.db, actor, key, asked, dry=how.dry) as tx:
            if not tx.told:
                many = (row.draft.custom for row in good)
                held = await self.fields.holders(tx, actor, DEAL, fields, many)
                batch = Batch(fields, named, held)
                there = await _there(tx, actor, good, how)
                for row in good:
                    try:
                        landed.append(await self._land(tx, actor, row, how, there, batch))
                    except Problem as problem:
                        landed.append(Landed.refused(row.line, reason(problem)))
                await tx.remember_known(known_of(named))
                tx.tell(sorted(landed, key=lambda one: one.line))
            return tx.answer(list[Landed])

    async def _land(
        self,
        tx: Tx,
        actor: Actor,
        row: Line,
        how: Bringing,
        there: Mapping[Key, set[UUID]],
        batch: Batch,
    ) -> Landed:
        """Raises Problem for a row that is refused; nothing has been written then."""
        told = True
        if how.by.startswith(CUSTOM):
            key = how.by.removeprefix(CUSTOM)
            told = row.draft.custom.get(key) is not None
            found = batch.held.having(key, row.draft.custom)
        else:
            found = there[row.key]
        if how.policy is ImportPolicy.CREATE or (not found and how.policy is ImportPolicy.BOTH):
            return await self._open(tx, actor, row, batch)
        if len(found) == 1:
            return await self._alter(tx, actor, row, next(iter(found)), batch)
        why = SEVERAL if found else NONE_THERE if told else NO_KEY
        return Landed.refused(row.line, why.model_copy(update={"field": how.by}))

    async def _open(self, tx: Tx, actor: Actor, row: Line, batch: Batch) -> Landed:
        draft = row.draft
        batch.demand(draft)
        actor.demand(access.CREATE, written(draft.told(), draft.custom))
        stage = await pipelines.stage_for(tx, draft.pipeline_id, draft.stage_id)
        owner_id, team_id = await new_owner(tx, actor, draft.owner_id)
        made = DealRow.open(draft, stage, owner_id, team_id, batch.fields)
        await self.seal(tx, made, row.secret)
        tx.add(made)
        batch.hold(made)
        await self.keep_rate(tx, made)
        tx.publish(made.opened(), personal=made.beginnings())
        return Landed(line=row.line, became=Became.CREATED, id=made.id, version=made.version)

    async def _alter(self, tx: Tx, actor: Actor, row: Line, id: UUID, batch: Batch) -> Landed:
        draft = row.draft
        batch.demand(draft, id)
        named = draft.told() - PLACE - {"title"}
        told = {name: getattr(draft, name) for name in named}
        deal = await access.deal(tx, actor, id, access.EDIT, written(named, draft.custom))
        stage = await _elsewhere(tx, actor, deal, draft)
        before, version = (deal.owner_id, deal.team_id), deal.version
        team_id = deal.team_id
        if draft.owner_id not in (None, deal.owner_id):
            await demand_reach(tx, actor, access.ASSIGN, deal, access.GUARD)
            _, team_id = await new_owner(tx, actor, draft.owner_id)
        change = DealChange.model_validate({**told, "version": deal.version})
        kept = await SEALED.planned(tx, self.vault, DEAL, id, deal.custom, row.secret)
        changes = deal.change(change, team_id, batch.fields, kept.changes)
        await SEALED.keep(tx, self.vault, kept)
        batch.hold(deal)
        if changes:
            tx.publish(deal.changed(changes, *before), **apart(changes, PERSONAL))
        if stage is not None:
            standing = deal.standing()
            deal.move(stage, None)
            moved = {"stage_id": (standing["stage_id"], stage.id)}
            tx.publish(deal.moved(standing), changes=moved)
        if deal.version == version:
            return Landed(line=row.line, became=Became.SAME, id=id, version=version)
        await self.keep_rate(tx, deal)
        await tx.session.flush()
        return Landed(line=row.line, became=Became.UPDATED, id=id, version=deal.version)


async def _elsewhere(tx: Tx, actor: Actor, deal: DealRow, draft: DealDraft) -> StageRow | None:
    """The stage a deal is to be moved to. Raises UnknownStage, Forbidden, LostReasonNeeded."""
    if draft.stage_id in (None, deal.stage_id):
        return None
    stage = await pipelines.stage_for(tx, draft.pipeline_id, draft.stage_id)
    if stage.pipeline_id != deal.pipeline_id:
        raise UnknownStage("A deal stays in its pipeline.")
    if stage.kind == StageKind.LOST:
        raise LostReasonNeeded("Say why the deal was lost.")
    if (closing := access.CLOSE.get(StageKind(stage.kind))) is not None:
        await demand_reach(tx, actor, closing, deal, access.GUARD)
    return stage


def _read(
    rows: Sequence[FileRow], fields: Sequence[CustomField]
) -> tuple[list[Line], list[Landed]]:
    good: list[Line] = []
    refused: list[Landed] = []
    for row in rows:
        try:
            draft, secret = without_secrets(fields, DealDraft.model_validate(row.fields))
            good.append(Line(row.line, draft, secret))
        except pydantic.ValidationError as error:
            refused.append(Landed.refused(row.line, why_invalid(error)))
        except Problem as problem:
            refused.append(Landed.refused(row.line, reason(problem)))
    return good, refused


async def _there(
    tx: Tx, actor: Actor, rows: Sequence[Line], how: Bringing
) -> Mapping[Key, set[UUID]]:
    """The deals the actor may see, by the titles of these rows and by their companies."""
    found: defaultdict[Key, set[UUID]] = defaultdict(set)
    if how.policy is ImportPolicy.CREATE:
        return found
    deal = DealRow.__table__.c
    titles = bindparam(None, sorted({row.key[0] for row in rows}), ARRAY(Text))
    query = select(deal.title_key, deal.company_id, deal.id).where(
        deal.title_key == any_(titles), access.visible(actor)
    )
    for title, company_id, id in await tx.session.execute(query):
        found[title, company_id].add(id)
    return found
