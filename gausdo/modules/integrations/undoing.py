"""How an import is taken back, portion by portion, by a job.

As with bringing in, a portion is two transactions: of the module whose records they are, under a
key, and of this one, which writes down what became of them. Whoever was killed between them repeats
the first, which then answers what it has answered before.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.imports import RecordKind, UndoState
from gausdo.kernel.taking_back import (
    NamesRecords,
    Taken,
    TakenBack,
    TakesBack,
    Touched,
    UndoPreview,
    Use,
)
from gausdo.modules.integrations.bringing import Bringer
from gausdo.modules.integrations.import_tables import ImportRow, ImportTouchedRow
from gausdo.platform.db import Database, Tx

PORTION = 200
"""Records that are taken back together; whoever goes on after a kill takes as many."""
TOLD = 2 * PORTION
"""Of those that name one record: more than could go with it in one portion."""
LOOKED_AT = 1000
"""Records of one look at what taking back would do."""
SECONDS = 5.0
"""How long a preview looks at most."""
_touched = ImportTouchedRow.__table__.c
_AFTER_OTHERS = (
    # What was changed is set back first, then what was made goes, those that others name last.
    _touched.made,
    (_touched.kind == "company"),
    (_touched.kind == "person"),
    _touched.record_id.desc(),
)
_KINDS: tuple[RecordKind, ...] = ("deal", "person", "company")
Records = dict[tuple[RecordKind, bool], list[UUID]]


@dataclass(frozen=True)
class Undoer:
    db: Database
    bringer: Bringer
    naming: Collection[NamesRecords]
    """The modules whose records may name what an import has made."""

    async def go_on(self, id: UUID) -> None:
        """Until all was looked at, or somebody has it pause."""
        while await self._step(id):
            pass

    async def preview(self, row: ImportRow, actor: Actor) -> UndoPreview:
        """What would become of its records, as far as can be said in some seconds."""
        counted: defaultdict[Taken, int] = defaultdict(int)
        until, more = monotonic() + SECONDS, False
        for made in (False, True):
            for kind in _KINDS:
                after: UUID | None = None
                while (ids := await self._page(row.id, kind, made=made, after=after)) and not more:
                    for told in await self._taken(row.id, actor, {(kind, made): ids}, None):
                        counted[told.became] += 1
                    after, more = ids[-1], monotonic() > until
        return UndoPreview(
            removed=counted[Taken.REMOVED],
            given_back=counted[Taken.GIVEN_BACK],
            conflicts=counted[Taken.CONFLICT],
            more=more,
        )

    async def _page(
        self, id: UUID, kind: RecordKind, *, made: bool, after: UUID | None
    ) -> list[UUID]:
        """Records of a kind that were not taken back, the latest first."""
        done = (Taken.REMOVED, Taken.GIVEN_BACK)
        query = select(_touched.record_id).where(
            _touched.import_id == id,
            _touched.kind == kind,
            _touched.made == made,
            or_(_touched.taken.is_(None), _touched.taken.not_in(done)),
        )
        if after is not None:
            query = query.where(_touched.record_id < after)
        async with self.db.begin() as tx:
            page = query.order_by(_touched.record_id.desc()).limit(LOOKED_AT)
            return [*await tx.session.scalars(page)]

    async def actor(self, row: ImportRow) -> Actor:
        """Whose import it is, with the rights of now. Raises Unknown."""
        return await self.bringer.actor(row)

    async def _step(self, id: UUID) -> bool:
        """One portion; whether there may be more."""
        async with self.db.begin() as tx:
            row = await tx.session.get(ImportRow, id)
            if row is None or row.undo != UndoState.RUNNING:
                return False
            found = (await tx.session.scalars(_waiting(id).limit(PORTION))).all()
        taken: list[TakenBack] = []
        if found:
            key = f"import:{id}:undo:{row.undo_round}:{found[0].record_id}"
            taken = await self._taken(id, await self.actor(row), _by_kind(found), key)
        async with self.db.begin(SYSTEM) as tx:
            there = await tx.session.get_one(ImportRow, id, with_for_update=True)
            if there.undo_round != row.undo_round or there.undo_done != row.undo_done:
                return False  # somebody else is at it
            await _write(tx, there, taken)
            if not found and there.undo == UndoState.RUNNING:
                there.turn_undo(UndoState.DONE)
                tx.publish(there.undo_changed())
            return there.undo == UndoState.RUNNING

    async def _taken(
        self, import_id: UUID, actor: Actor, records: Records, key: str | None
    ) -> list[TakenBack]:
        """Without a key only told."""
        taken: list[TakenBack] = []
        for (kind, made), ids in records.items():
            used = await self._used(import_id, kind, ids, dry=key is None) if made else {}
            touched = [Touched(id=id, made=made, used_by=used.get(id, [])) for id in ids]
            module: TakesBack = self.bringer.sales if kind == "deal" else self.bringer.customers
            under = key and f"{key}:{kind}:{made}"
            taken += await module.take_back(actor, kind, touched, under)
        return taken

    async def _used(
        self, import_id: UUID, kind: RecordKind, ids: Sequence[UUID], *, dry: bool
    ) -> Mapping[UUID, list[Use]]:
        """Who names them; `dry`: without those that would go before them."""
        uses = [
            use for module in self.naming for use in await module.uses_of(SYSTEM, kind, list(ids))
        ]
        own: set[UUID] = set()
        if dry and uses:
            by = {use.by_id for use in uses}
            query = select(_touched.record_id).where(
                _touched.import_id == import_id, _touched.made, _touched.record_id.in_(by)
            )
            async with self.db.begin() as tx:
                own = {*await tx.session.scalars(query)}
        used: defaultdict[UUID, list[Use]] = defaultdict(list)
        for use in uses:
            if use.by_id not in own and len(used[use.id]) < TOLD:
                used[use.id].append(use)
        return used


def _waiting(id: UUID) -> Select[ImportTouchedRow]:
    return (
        select(ImportTouchedRow)
        .where(_touched.import_id == id, _touched.taken.is_(None))
        .order_by(*_AFTER_OTHERS)
    )


def _by_kind(found: Sequence[ImportTouchedRow]) -> Records:
    records: Records = {}
    for one in found:
        records.setdefault((one.kind, one.made), []).append(one.record_id)  # type: ignore[arg-type]
    return records


async def _write(tx: Tx, row: ImportRow, taken: Sequence[TakenBack]) -> None:
    row.took_back(taken)
    for one in taken:
        if one.became is Taken.CONFLICT:
            conflict = {"taken": one.became, "code": one.code, "fields": one.fields}
            at = (_touched.import_id == row.id, _touched.record_id == one.id)
            await tx.session.execute(update(ImportTouchedRow).where(*at).values(conflict))
    done = [one for one in taken if one.became is not Taken.CONFLICT]
    if done:
        ids = bindparam(None, [one.id for one in done], ARRAY(Uuid))
        words = bindparam(None, [one.became.value for one in done], ARRAY(Text))
        each = select(func.unnest(ids).label("id"), func.unnest(words).label("taken"))
        told = each.subquery("told")
        same = (_touched.import_id == row.id, _touched.record_id == told.c.id)
        values = {"taken": told.c.taken, "code": None, "fields": None}
        await tx.session.execute(update(ImportTouchedRow).where(*same).values(values))
