"""Mass edits of a module's records: chosen, previewed, done in the background, undone.

The records are written down when it begins, so that it goes on where it was, whatever happens to
the process. Each is changed by the module's own use case, with the rights that its maker has at
that moment; what it was before is in its history, and nowhere else.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import Select, delete, func, insert, select

from gausdo.kernel.actor import Actor, Cause, Grant, Origin
from gausdo.kernel.errors import NotFound, Problem, reason
from gausdo.kernel.events import Event
from gausdo.kernel.mass import (
    AT_MOST,
    LEFT_TOLD,
    LeftAlone,
    MassAct,
    MassChange,
    MassEdit,
    MassPreview,
    MassRunning,
    MassState,
    NothingToUndo,
    Selection,
)
from gausdo.kernel.values import new_id, now
from gausdo.platform.db import Database, Tx
from gausdo.platform.hidden import demand_shown
from gausdo.platform.jobs import Jobs
from gausdo.platform.mass_kinds import Kind, Values, counting, giving, names_of, setting, tagging

AT_ONCE = 5
"""Mass edits of one person that go on at the same time."""
PORTION = 50
"""Records of one transaction."""
KEPT = timedelta(days=30)
"""How long a mass edit can be looked at and undone."""
TASK = "edit_many"

CHANGED, SAME, LEFT = "changed", "same", "left"
SINCE = "changed-since"
"""Why a field is not given back: somebody has changed it meanwhile."""


@dataclass(frozen=True)
class MassEdits:
    """The mass edits of one module; `told` makes the event that says how one stands."""

    db: Database
    find: Callable[[UUID], Awaitable[Actor]]
    kinds: Mapping[str, Kind]
    row: type[Any]
    item: type[Any]
    told: Callable[..., Event]

    async def preview(self, actor: Actor, kind: str, asked: MassChange) -> MassPreview:
        """Raises Forbidden, Invalid."""
        of, names = self._demanded(actor, kind, asked)
        ids, more = await self._chosen(actor, of, asked.of)
        async with self.db.begin(actor) as tx:
            await of.demand(tx, actor, asked.named())
            counted = (await tx.session.execute(counting(actor, of, names, asked, ids))).one()
        return MassPreview(
            found=len(ids),
            more=more,
            at_most=AT_MOST,
            changing=counted.changing,
            same=counted.same,
            refused=counted.seen - counted.changing - counted.same,
            unseen=len(ids) - counted.seen,
        )

    async def start(self, actor: Actor, kind: str, asked: MassChange, key: str | None) -> MassEdit:
        """Raises Forbidden, Invalid."""
        of, _ = self._demanded(actor, kind, asked)
        ids, more = await self._chosen(actor, of, asked.of)
        async with self.db.begin(actor, key, asked) as tx:
            if not tx.told:
                await of.demand(tx, actor, asked.named())
                more_tags, less_tags = asked.tags()
                named = set(asked.named())
                plain = asked.change.model_dump(mode="json", include=named)
                custom = {name: value for name, value in asked.named().items() if name not in plain}
                change = {
                    "set": plain | custom,
                    "add": more_tags,
                    "remove": less_tags,
                }
                act = MassAct.DELETE if asked.delete else MassAct.EDIT
                await self._begin(tx, actor, kind, ids, change=change, act=act, more=more)
            return tx.answer(MassEdit)

    async def undo(self, actor: Actor, kind: str, id: UUID, key: str | None) -> MassEdit:
        """Raises NotFound, MassRunning, NothingToUndo."""
        async with self.db.begin(actor, key, ("undo", id)) as tx:
            if not tx.told:
                edit = await self._own(tx, actor, kind, id)
                undoing = select(self.row.id).where(
                    self.row.undoes == id, self.row.state == MassState.RUNNING
                )
                if edit.state == MassState.RUNNING or (await tx.session.scalar(undoing)):
                    raise MassRunning("This goes on still. Wait for it, or stop it.")
                ids = list(await tx.session.scalars(self._to_undo(id)))
                if not ids:
                    raise NothingToUndo("There is nothing here that could be undone.")
                act = MassAct(edit.act).undone()
                await self._begin(tx, actor, edit.kind, ids, change={}, act=act, undoes=id)
            return tx.answer(MassEdit)

    async def stop(self, actor: Actor, kind: str, id: UUID, key: str | None) -> MassEdit:
        """What is changed by now stays. Raises NotFound."""
        async with self.db.begin(actor, key, ("stop", id)) as tx:
            if not tx.told:
                edit = await self._own(tx, actor, kind, id)
                if edit.state == MassState.RUNNING:
                    self._turn(tx, edit, MassState.STOPPED)
                tx.tell(await self._shown(tx, edit))
            return tx.answer(MassEdit)

    async def one(self, actor: Actor, kind: str, id: UUID) -> MassEdit:
        """Raises NotFound, also when somebody else has made it."""
        async with self.db.begin(actor) as tx:
            return await self._shown(tx, await self._own(tx, actor, kind, id, change=False))

    async def work(self, id: UUID) -> None:
        """Do what is left of it, some records at a time, each time with live rights."""
        while (actor := await self._maker(id)) is not None and await self._portion(id, actor):
            pass

    async def forget(self) -> None:
        """Take away those that are too old to be undone."""
        async with self.db.begin() as tx:
            old = select(self.row.id).where(
                self.row.at < now() - KEPT, self.row.state != MassState.RUNNING
            )
            await tx.session.execute(delete(self.item).where(self.item.edit_id.in_(old)))
            await tx.session.execute(delete(self.row).where(self.row.id.in_(old)))

    def _demanded(self, actor: Actor, kind: str, asked: MassChange) -> tuple[Kind, list[str]]:
        """Raise Forbidden, Invalid unless the actor could set these fields of any record."""
        asked.demand_sense()
        of, names = self.kinds[kind], names_of(asked)
        for right, fields in of.rights(names, delete=asked.delete):
            actor.demand(right, fields)
        # how many are so already would tell what they are
        demand_shown(actor, of.of.right("read"), names, of.guard)
        return of, names

    async def _chosen(self, actor: Actor, of: Kind, told: Selection) -> tuple[list[UUID], bool]:
        """The ids, and whether there would be more of them than are taken."""
        if told.found is None:
            return list(dict.fromkeys(told.ids or ())), False
        ids: list[UUID] = []
        after: str | None = None
        while len(ids) < AT_MOST:
            page = from_json(await of.page(actor, told.found, after))
            ids += [UUID(one["id"]) for one in page["items"]]
            after = page["next"]
            if after is None:
                break
        return ids[:AT_MOST], after is not None or len(ids) > AT_MOST

    async def _begin(
        self,
        tx: Tx,
        actor: Actor,
        kind: str,
        ids: Sequence[UUID],
        *,
        change: Values,
        act: MassAct,
        more: bool = False,
        undoes: UUID | None = None,
    ) -> None:
        """Raises MassRunning when the actor has begun enough."""
        going = select(func.count()).where(
            self.row.by_id == actor.id, self.row.state == MassState.RUNNING
        )
        if (await tx.session.scalar(going) or 0) >= AT_ONCE:
            raise MassRunning(f"{AT_ONCE} of yours go on still. Wait for them, or stop one.")
        edit = self.row(
            id=new_id(),
            kind=kind,
            by_id=actor.id,
            act=act,
            state=MassState.RUNNING,
            change=change,
            more=more,
            undoes=undoes,
            grants=[one.model_dump(mode="json") for one in actor.grants]
            if actor.is_program
            else None,
            session=actor.origin and actor.origin.session,
            at=now(),
            total=len(ids),
            version=1,
        )
        tx.add(edit)
        await tx.session.flush()
        if ids:
            rows = [{"edit_id": edit.id, "record_id": id} for id in ids]
            await tx.session.execute(insert(self.item), rows)
        tx.publish(self.told(**edit.facts()))
        await tx.enqueue(f"{tx.schema.name}.{TASK}", edit_id=str(edit.id))
        tx.tell(await self._shown(tx, edit))

    def _turn(self, tx: Tx, edit: Any, state: MassState) -> None:
        edit.turn(state)
        tx.publish(self.told(**edit.facts()))

    async def _own(self, tx: Tx, actor: Actor, kind: str, id: UUID, *, change: bool = True) -> Any:
        row = self.row
        found = select(row).where(row.id == id, row.by_id == actor.id, row.kind == kind)
        edit = await tx.session.scalar(found.with_for_update() if change else found)
        if edit is None:
            raise NotFound("There is no such mass edit, or it is not yours.")
        return edit

    def _to_undo(self, id: UUID) -> Select[Any]:
        """What it has changed and no undoing of it has taken back."""
        undoings = select(self.row.id).where(self.row.undoes == id)
        back = select(self.item.record_id).where(
            self.item.edit_id.in_(undoings), self.item.outcome == CHANGED
        )
        return (
            select(self.item.record_id)
            .where(self.item.edit_id == id, self.item.outcome == CHANGED)
            .where(self.item.record_id.not_in(back))
            .order_by(self.item.record_id)
        )

    async def _shown(self, tx: Tx, edit: Any) -> MassEdit:
        item = self.item
        counting = select(item.outcome, func.count()).where(item.edit_id == edit.id)
        found = await tx.session.execute(counting.group_by(item.outcome))
        counted: dict[str | None, int] = dict(list(found))
        waiting = counted.pop(None, 0)
        why = await tx.session.execute(
            select(item.record_id, item.code, item.fields)
            .where(item.edit_id == edit.id, item.code.is_not(None))
            .order_by(item.record_id)
            .limit(LEFT_TOLD)
        )
        ended = edit.state != MassState.RUNNING
        left = await tx.session.scalar(self._to_undo(edit.id).limit(1)) if ended else None
        return MassEdit(
            id=edit.id,
            kind=edit.kind,
            act=MassAct(edit.act),
            state=MassState(edit.state),
            undoes=edit.undoes,
            at=edit.at,
            total=edit.total,
            done=edit.total - waiting,
            changed=counted.get(CHANGED, 0),
            same=counted.get(SAME, 0),
            left=counted.get(LEFT, 0),
            more=edit.more,
            why=tuple(
                LeftAlone(record_id=one, code=code, fields=names) for one, code, names in why
            ),
            undoable=left is not None,
        )

    async def _maker(self, id: UUID) -> Actor | None:
        """Its maker as they are now, a program with no more than it had; None when it has ended."""
        async with self.db.begin() as tx:
            edit = await tx.session.get(self.row, id)
        if edit is None or edit.state != MassState.RUNNING:
            return None
        try:
            actor = await self.find(edit.by_id)
        except NotFound:  # the account is closed
            async with self.db.begin() as tx:
                edit = await tx.session.get_one(self.row, id, with_for_update=True)
                self._turn(tx, edit, MassState.FAILED)
            return None
        if edit.grants is not None:
            actor = actor.narrowed([Grant.model_validate(one) for one in edit.grants])
        origin = Origin(session=edit.session) if edit.session else None
        cause = Cause(event_id=edit.id, depth=0, mass_edit_id=edit.id)
        return actor.because(cause, via="mass").model_copy(update={"origin": origin})

    async def _portion(self, id: UUID, actor: Actor) -> bool:
        """Some records of it; false when it has ended."""
        async with self.db.begin(actor) as tx:
            edit = await tx.session.get_one(self.row, id, with_for_update=True)
            if edit.state != MassState.RUNNING:
                return False
            item = self.item
            waiting = select(item).where(item.edit_id == id, item.outcome.is_(None))
            items = list(await tx.session.scalars(waiting.order_by(item.record_id).limit(PORTION)))
            for one in items:
                await self._do(tx, actor, edit, one)
            if not items:
                self._turn(tx, edit, MassState.DONE)
            return bool(items)

    async def _do(self, tx: Tx, actor: Actor, edit: Any, item: Any) -> None:
        """One record; why it was left alone is written down."""
        of = self.kinds[edit.kind]
        try:
            if edit.act != MassAct.EDIT:
                item.version = await self._move(tx, actor, edit, item.record_id)
                item.outcome = CHANGED
                return
            if edit.undoes is None:
                values, item.fields = setting(of, edit.change), []
                names = [*edit.change["set"], *tagging(edit.change)]
            else:
                before, item.fields = await self._before(tx, of, edit.undoes, item.record_id)
                item.code = SINCE if item.fields else None
                values, names = giving(of, before), list(before)
            made = await of.edit(tx, actor, item.record_id, names, values) if names else None
        except Problem as refusal:
            if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise  # nobody's refusal: it is tried again
            why = reason(refusal)
            item.outcome, item.code = LEFT, why.code
            item.fields = [why.field] if why.field else []
            return
        item.version = made
        item.outcome = CHANGED if made is not None else LEFT if item.fields else SAME

    async def _move(self, tx: Tx, actor: Actor, edit: Any, id: UUID) -> int:
        """Delete a record or bring it back; undoing, only as the other edit has left it."""
        deleting = self.kinds[edit.kind].deleting
        as_of = None
        if edit.undoes is not None:
            as_of = (await tx.session.get_one(self.item, (edit.undoes, id))).version
        do = deleting.take_out if edit.act == MassAct.DELETE else deleting.put_back
        return await do(tx, actor, id, as_of)

    async def _before(
        self, tx: Tx, of: Kind, edit_id: UUID, record_id: UUID
    ) -> tuple[Values, list[str]]:
        """What the fields were that an edit has changed, and those changed by others since."""
        made = await tx.session.get_one(self.item, (edit_id, record_id))
        entry, private = tx.schema.history.c, tx.schema.personal.c
        found = await tx.session.execute(
            select(entry.version, entry.changes, private.changes)
            .outerjoin(tx.schema.personal, private.event_id == entry.event_id)
            .where(entry.subject_id == record_id, entry.kind == of.name)
            .where(entry.version >= made.version)
        )
        before: Values = {}
        since: set[str] = set()
        for version, changes, erasable in found:
            told = {**changes, **(erasable or {})}
            if version == made.version:
                before = {name: first for name, (first, _) in told.items()}
            else:
                since |= told.keys()
        before.pop("team_id", None)  # it follows the owner
        return (
            {name: value for name, value in before.items() if name not in since},
            sorted(before.keys() & since),
        )


def mass_jobs(jobs: Jobs) -> None:
    """Declare the jobs of a module's mass edits; its service has them as `mass`."""

    @jobs.task(TASK)
    async def edit_many(service: Any, edit_id: str) -> None:
        await service.mass.work(UUID(edit_id))

    @jobs.every("23 3 * * *", "forget_mass_edits")
    async def forget(service: Any) -> None:
        await service.mass.forget()
