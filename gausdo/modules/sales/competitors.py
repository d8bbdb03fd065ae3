"""What one can do with competitors: of a deal, and with the names that are remembered."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound, invalid
from gausdo.modules.sales import access, queries
from gausdo.modules.sales.competitor_tables import CompetitorRow, DealCompetitorRow, key_of
from gausdo.modules.sales.competitors_contract import (
    MOST_COMPETITORS,
    MOST_NAMES,
    Competitor,
    CompetitorChange,
    CompetitorTold,
    DealCompetitor,
    DealCompetitors,
    DealCompetitorsDraft,
)
from gausdo.modules.sales.contract import Deal, StageKind
from gausdo.modules.sales.items import LOST_REASON, competitors
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Database, Tx
from gausdo.platform.history import Changes, apart

_beside = DealCompetitorRow.__table__


class Competitors:
    """The part of `SalesService` that knows whom a deal is sold against."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        async def deal(self, actor: Actor, id: UUID) -> Deal: ...

    async def competitors(self, actor: Actor) -> list[Competitor]:
        actor.demand(access.READ)
        order = CompetitorRow.retired, CompetitorRow.name_key
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(CompetitorRow).order_by(*order))
            return [row.shown() for row in rows]

    async def change_competitor(
        self, actor: Actor, id: UUID, change: CompetitorChange, key: str | None = None
    ) -> Competitor:
        actor.demand(access.CONFIGURE)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await tx.session.get(CompetitorRow, id, with_for_update=True)
                if row is None:
                    raise NotFound("There is no such competitor.")
                await tx.fresh(row, change.version)
                if change.name is not None:
                    called = CompetitorRow.name_key == key_of(change.name)
                    other = select(CompetitorRow.id).where(called, CompetitorRow.id != id)
                    if await tx.session.scalar(other) is not None:
                        raise invalid("name", "name-taken", "Another competitor is called so.")
                if changes := row.change(change):
                    tx.publish(row.changed(), changes=changes)
                tx.tell(row.shown())
            return tx.answer(Competitor)

    async def set_deal_competitors(
        self, actor: Actor, id: UUID, draft: DealCompetitorsDraft, key: str | None = None
    ) -> DealCompetitors:
        deal = await self.deal(actor, id)
        reasons = [LOST_REASON] if any(one.won for one in draft.competitors) else []
        async with self.db.begin(actor, key, (id, draft)) as tx:
            if not tx.told:
                row = await access.deal(tx, actor, id, access.EDIT, reasons)
                await tx.fresh(row, draft.version, queries.deal(actor, id))
                _demand_one_winner(draft.competitors, row)
                before = await _of(tx, id)
                names = await _remembered(tx, [one.name for one in draft.competitors])
                winners = {names[key_of(one.name)] for one in draft.competitors if one.won}
                if LOST_REASON in deal.hidden and not winners:
                    # who does not see the winner takes nothing from them
                    winners = {one.id for one in before if one.won}
                await _write(
                    tx, row, [names[key_of(one.name)] for one in draft.competitors], winners
                )
                told = await _of(tx, id)
                if changes := _differing(before, told):
                    row.touch()
                    happened = row.changed({}, row.owner_id, row.team_id)
                    tx.publish(happened, **apart(changes, frozenset(changes)))
                now = deal.model_copy(update={"version": row.version})
                tx.tell(shown(now, told))
            return tx.answer(DealCompetitors)

    async def lose_to(self, tx: Tx, row: DealRow, name: str | None) -> Changes:
        """A deal that has just been lost, to somebody who is named with it now if not before."""
        if name is None:
            return {}
        before = await _of(tx, row.id)
        [winner] = (await _remembered(tx, [name])).values()
        ids = [one.id for one in before]
        if winner not in ids:
            ids = [*ids[: MOST_COMPETITORS - 1], winner]
        await _write(tx, row, ids, {winner})
        return _differing(before, await _of(tx, row.id))


async def _of(tx: Tx, deal_id: UUID) -> list[DealCompetitor]:
    await tx.session.flush()
    read = await tx.session.scalars(competitors(deal_id))
    return [DealCompetitor.model_validate_json(one) for one in read]


def shown(deal: Deal, told: Sequence[DealCompetitor]) -> DealCompetitors:
    if LOST_REASON in deal.hidden:
        told = [one.model_copy(update={"won": False}) for one in told]
    return DealCompetitors(deal_id=deal.id, version=deal.version, competitors=[*told])


def _demand_one_winner(told: Sequence[CompetitorTold], row: DealRow) -> None:
    """Raises Invalid."""
    seen: set[str] = set()
    for place, one in enumerate(told):
        if (key := key_of(one.name)) in seen:
            raise invalid(f"competitors.{place}.name", "twice", "This one is in the list already.")
        seen.add(key)
        if one.won and row.kind != StageKind.LOST:
            raise invalid(f"competitors.{place}.won", "not-lost", "The deal is not lost.")
    if sum(one.won for one in told) > 1:
        raise invalid("competitors", "one-winner", "A deal is lost to one competitor.")


async def _remembered(tx: Tx, names: Sequence[str]) -> dict[str, UUID]:
    """The ids by the names' keys; who is new is remembered. Raises Invalid for too many names."""
    keys = [key_of(name) for name in names]
    known = select(CompetitorRow.name_key, CompetitorRow.id).where(CompetitorRow.name_key.in_(keys))
    found = {row.name_key: row.id for row in await tx.session.execute(known)}
    new = [CompetitorRow.remember(name) for name in names if key_of(name) not in found]
    if new:
        there = await tx.session.scalars(select(CompetitorRow.id).limit(MOST_NAMES))
        if len(there.all()) + len(new) > MOST_NAMES:
            message = "So many competitors are not remembered: choose one of those there are."
            raise invalid("competitors", "too-many", message)
        columns = CompetitorRow.__table__.c.keys()
        rows = [{name: getattr(row, name) for name in columns} for row in new]
        # somebody else may remember the same name at this moment
        adding = postgresql.insert(CompetitorRow).on_conflict_do_nothing()
        await tx.session.execute(adding, rows)
        found = {row.name_key: row.id for row in await tx.session.execute(known)}
    return found


async def _write(tx: Tx, row: DealRow, ids: Iterable[UUID], winners: set[UUID]) -> None:
    await tx.session.execute(delete(_beside).where(_beside.c.deal_id == row.id))
    rows = [
        {
            "deal_id": row.id,
            "competitor_id": id,
            "position": place,
            "won_at": row.closed_at if id in winners else None,
        }
        for place, id in enumerate(ids)
    ]
    if rows:
        await tx.session.execute(insert(_beside), rows)


def _differing(before: Sequence[DealCompetitor], after: Sequence[DealCompetitor]) -> Changes:
    """As the history keeps it: names as they were called then."""
    names: list[Any] = [[one.name for one in side] or None for side in (before, after)]
    winners = [next((one.name for one in side if one.won), None) for side in (before, after)]
    told = {"competitors": (names[0], names[1]), "lost_to": (winners[0], winners[1])}
    return {field: pair for field, pair in told.items() if pair[0] != pair[1]}
