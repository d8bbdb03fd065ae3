"""Fields an installation has added: their definitions, in a module's schema."""

import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.becoming import FieldBecoming
from gausdo.kernel.custom import (
    MOST,
    MOST_INDEXED,
    UNIQUE,
    CustomField,
    CustomFieldChange,
    CustomFieldChanged,
    CustomFieldDraft,
    CustomType,
    KeyTaken,
    Linked,
    Option,
    Values,
)
from gausdo.kernel.custom_keys import key_of
from gausdo.kernel.custom_sealed import demand_suited
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.formula_values import FormulaDraft, FormulaTried
from gausdo.kernel.formulas import Wrong
from gausdo.kernel.lists import AskableField
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.rolling import RollUp
from gausdo.kernel.values import new_id
from gausdo.platform.custom_computing import beginning, examples
from gausdo.platform.custom_files import FileStore
from gausdo.platform.custom_formulas import Formulas, Own
from gausdo.platform.custom_rolling import Rolls, tree_of, type_rolled
from gausdo.platform.custom_rows import field_of, row_of
from gausdo.platform.custom_unique import Holders, Kept, demand_unique, holders
from gausdo.platform.custom_uses import Uses
from gausdo.platform.db import Database, Tx

FRESH = 1.0
"""Seconds for which a process believes what it has read of the definitions."""


Check: TypeAlias = Callable[[Tx, CustomField], Awaitable[None]]
"""Raises Invalid for a definition that does not suit its kind of record."""


async def _of_no_pipeline(_: Tx, field: CustomField) -> None:
    if field.pipeline_ids:
        raise invalid("pipeline_ids", "unsupported", "Only deals are in pipelines.")


@dataclass
class CustomFields:
    """Of the records of a module; `told` is the event of a definition's change, `kept` what the
    records are, by their kinds, `own` what formulas may ask of each; days begin in `zone`.
    """

    db: Database
    edit: Right
    told: type[CustomFieldChanged]
    kept: Mapping[str, Kept]
    own: Mapping[str, Own]
    zone: str
    files: FileStore
    leads_to: Collection[Linked] = ("company", "person")
    check: Check = _of_no_pipeline
    rolls: Rolls = field(default_factory=Rolls)
    uses: Uses = field(default_factory=Uses)
    _read: dict[str, tuple[float, tuple[CustomField, ...]]] = field(default_factory=dict)

    async def of(self, kind: str) -> tuple[CustomField, ...]:
        """All of a kind of record in their order, those put away included: while they are what they
        were, the same object as before.
        """
        at, fields = self._read.get(kind, (0.0, ()))
        if time.monotonic() - at > FRESH:
            async with self.db.begin() as tx:
                there = await self.there(tx, kind)
            fields = fields if fields == there else there
            self._read[kind] = time.monotonic(), fields
        return fields

    def forget_read(self) -> None:
        """Read the definitions again."""
        self._read.clear()

    async def asked_by(self, kind: str, query: ListQuery) -> tuple[CustomField, ...]:
        """All of them where a list is asked for by one, else none."""
        asked = CUSTOM in (query.filter or "") or CUSTOM in (query.sort or "")
        return await self.of(kind) if asked else ()

    async def holders(
        self, tx: Tx, actor: Actor, kind: str, fields: Iterable[CustomField], many: Iterable[Values]
    ) -> Holders:
        """Who has any of these values of unique fields; nobody else takes one in the meantime."""
        return await holders(tx, actor, self.kept[kind], fields, many)

    async def demand_free(
        self,
        tx: Tx,
        actor: Actor,
        kind: str,
        fields: Iterable[CustomField],
        told: Values,
        but: UUID | None = None,
    ) -> None:
        """Raise ValueTaken for a value of a unique field that another record has."""
        (await self.holders(tx, actor, kind, fields, [told])).demand(told, but)

    async def askable(self, actor: Actor, right: Right, kind: str) -> tuple[AskableField, ...]:
        """What the actor's filters may ask: not what is put away, nor what no grant shows."""
        never = actor.never(right)
        fields = await self.of(kind)
        return tuple(
            one.askable()
            for one in fields
            if not one.archived and one.type is not CustomType.SEALED
            if never.isdisjoint({CUSTOM + one.key, *one.uses})
        )

    async def add(
        self, actor: Actor, kind: str, draft: CustomFieldDraft, key: str | None
    ) -> CustomField:
        """Raises Forbidden, Invalid, KeyTaken."""
        actor.demand(self.edit)
        async with self.db.begin(actor, key, (kind, draft)) as tx:
            if not tx.told:
                there = await self.there(tx, kind)
                taken, sealed = {one.key for one in there}, draft.type is CustomType.SEALED
                key_told = draft.key or key_of(draft.name, taken, sealed=sealed)
                told = draft.model_dump(exclude={"key", "type"})
                made = CustomField(
                    id=new_id(),
                    of=kind,
                    key=key_told,
                    type=draft.type or CustomType.TEXT,
                    position=max((one.position for one in there), default=-1) + 1,
                    archived=False,
                    version=1,
                    uses=(),
                    computing=None,
                    becoming=None,
                    came_of=None,
                    **told,
                )
                made = await self.bring(tx, made, None)
                tx.tell(made)
            answer = tx.answer(CustomField)
        self._read.clear()
        return answer

    async def change(
        self, actor: Actor, kind: str, id: UUID, change: CustomFieldChange, key: str | None
    ) -> CustomField:
        """Raises Forbidden, NotFound, Invalid, Stale."""
        actor.demand(self.edit)
        async with self.db.begin(actor, key, (kind, id, change)) as tx:
            if not tx.told:
                found = await self.one(tx, kind, id)
                await tx.fresh(_Row(found.id, found.version, found), change.version)
                wanted = _changed(found, change)
                if wanted != found:
                    wanted = await self.bring(tx, wanted, found)
                tx.tell(wanted)
            answer = tx.answer(CustomField)
        self._read.clear()
        return answer

    async def bring(self, tx: Tx, wanted: CustomField, before: CustomField | None) -> CustomField:
        """Keep it as it is wanted, which is new or was `before`. Raises Invalid, KeyTaken."""
        wanted = _with_its_default(wanted)
        if before is None or wanted.type is CustomType.SEALED:
            demand_suited(wanted)
        there = await self.there(tx, wanted.of)
        if before is not None and any(
            before.id in (one.id, one.becoming.into) for one in there if one.becoming
        ):
            raise FieldBecoming("The field gets another type just now.")
        wanted = self._formulated(await self._rolled_up(wanted, before), before, there)
        await self._demand_suited(tx, wanted, there)
        if before is None:
            id = tx.schema.custom_field.c.id
            if len(there) >= MOST:
                raise invalid("of", "too-many", f"A record has at most {MOST} such fields.")
            if any(one.key == wanted.key for one in there):
                raise KeyTaken(f"There is a field with the key “{wanted.key}” already.")
            if await tx.session.scalar(select(id).where(id == wanted.id)) is not None:
                raise invalid("id", "taken", "Another field has this id.")
        elif lost := {one.key for one in before.options} - {one.key for one in wanted.options}:
            raise invalid("options", "gone", f"“{min(lost)}” is put away, and not left out.")
        await self.keep(tx, wanted, before)
        await self._work_out(tx, wanted, before)
        self._read.clear()
        return await self.one(tx, wanted.of, wanted.id)

    def formulas(self, kind: str, fields: Iterable[CustomField]) -> Formulas:
        return Formulas({one.key: one for one in fields}, self.own.get(kind, {}), self.zone)

    def _formulated(
        self, wanted: CustomField, before: CustomField | None, there: Sequence[CustomField]
    ) -> CustomField:
        """With the type that its formula gives. Raises Invalid."""
        if wanted.formula is None:
            return wanted
        if before is not None and before.formula is None:
            raise invalid("formula", "formula-filled", "It is filled in: add another field.")
        try:
            others = [one for one in there if one.id != wanted.id]
            found = self.formulas(wanted.of, [*others, wanted]).read(wanted.key)
        except Wrong as wrong:
            raise wrong.refusal() from None
        type = CustomType(found.of.type)
        if before is not None and type is not before.type:
            told = "It gives another type of value than before: add another field."
            raise invalid("formula", "formula-other-type", told)
        return wanted.model_copy(update={"type": type})

    async def _rolled_up(self, wanted: CustomField, before: CustomField | None) -> CustomField:
        """With the type that its roll-up gives. Raises Invalid."""
        if wanted.roll_up is None:
            return wanted
        if before is not None and before.roll_up is None:
            raise invalid("roll_up", "roll-up-filled", "It is filled in: add another field.")
        if wanted.pipeline_ids:
            raise invalid("pipeline_ids", "unsupported", "All deals have what is rolled up.")
        type = await type_rolled(self.rolls, wanted.of, wanted.roll_up)
        if before is not None and type is not before.type:
            told = "It gives another type of value than before: add another field."
            raise invalid("roll_up", "roll-up-other-type", told)
        return wanted.model_copy(update={"type": type})

    async def _work_out(
        self, tx: Tx, changed: CustomField, before: CustomField | None = None
    ) -> None:
        """Keep what formulas are made of, as they are now, and have what is new worked out."""
        kind, table = changed.of, tx.schema.custom_field
        if changed.roll_up is not None and (before is None or before.roll_up != changed.roll_up):
            await tx.session.execute(
                update(table)
                .where(table.c.id == changed.id)
                .values(computed=tree_of(changed), computing=beginning())
            )
            await tx.enqueue(f"{tx.schema.name}.roll", once=True, kind=kind)
        fields = await self.there(tx, kind)
        if not any(one.formula is not None for one in fields):
            return
        try:
            formulas = self.formulas(kind, fields).all()
        except Wrong as wrong:  # of another one, which is made of it
            told = f"The formula of “{wrong.of}” would not fit any more: {wrong.message}"
            raise invalid("formula", "formula-in-use", told) from None
        asked = select(table.c.key, table.c.computed).where(table.c.of == kind)
        anew = False
        for key, computed in await tx.session.execute(asked):
            wanted = formulas.get(key)
            if wanted is None or (computed == wanted.kept() and key != changed.key):
                continue
            values = {"computed": wanted.kept(), "uses": sorted(wanted.uses)}
            await tx.session.execute(
                update(table)
                .where(table.c.of == kind, table.c.key == key)
                .values(**values, computing=beginning())
            )
            anew = True
        if anew:
            await tx.enqueue(f"{tx.schema.name}.compute", once=True, kind=kind)

    async def tried(self, actor: Actor, kind: str, draft: FormulaDraft) -> FormulaTried:
        """What a formula would give. Raises Forbidden."""
        actor.demand(self.edit)
        formulas = self.formulas(kind, await self.of(kind))
        try:
            found = formulas.tried(draft.formula, draft.key)
        except Wrong as wrong:
            return FormulaTried(
                at=wrong.at, code=wrong.code, message=wrong.message, name=wrong.name
            )
        async with self.db.begin(actor) as tx:
            return FormulaTried(
                type=CustomType(found.of.type),
                uses=tuple(sorted(found.uses)),
                examples=await examples(tx, actor, self.kept[kind], found),
            )

    async def _demand_suited(
        self, tx: Tx, wanted: CustomField, there: Sequence[CustomField]
    ) -> None:
        """Raises Invalid."""
        await self.check(tx, wanted)
        if wanted.indexed and wanted.type is CustomType.FILE:
            raise invalid("indexed", "unsupported", "Files are in no order.")
        others = [one for one in there if one.indexed and not one.archived and one.id != wanted.id]
        if wanted.indexed and not wanted.archived and len(others) >= MOST_INDEXED:
            told = f"At most {MOST_INDEXED} fields of a kind are indexed."
            raise invalid("indexed", "too-many", told)
        if wanted.links_to not in (None, *self.leads_to):
            raise invalid("links_to", "unsupported", "Records of this kind lead elsewhere.")
        if wanted.unique:
            if wanted.type not in UNIQUE:
                raise invalid("unique", "unsupported", "Such a value is shared by many records.")
            if wanted.default is not None:
                raise invalid("default", "unique", "All new records would have the same value.")
            known = next((one for one in there if one.id == wanted.id), None)
            if known is not None and not wanted.archived and (not known.unique or known.archived):
                await demand_unique(tx, self.kept[wanted.of], wanted)

    async def there(self, tx: Tx, kind: str, *, lock: bool = False) -> tuple[CustomField, ...]:
        """All of a kind, as they are in the transaction; locked when they are to be changed."""
        table = tx.schema.custom_field
        query = select(table).where(table.c.of == kind).order_by(table.c.position, table.c.id)
        rows = await tx.session.execute(query.with_for_update() if lock else query)
        return tuple(field_of(row) for row in rows.mappings())

    async def one(self, tx: Tx, kind: str, id: UUID) -> CustomField:
        """Raises NotFound."""
        table = tx.schema.custom_field
        query = select(table).where(table.c.id == id, table.c.of == kind).with_for_update()
        row = (await tx.session.execute(query)).mappings().one_or_none()
        if row is None:
            raise NotFound("There is no such field.")
        return field_of(row)

    async def keep(self, tx: Tx, wanted: CustomField, before: CustomField | None) -> None:
        """Write it, with an entry of its history."""
        table = tx.schema.custom_field
        told = wanted.model_dump(mode="json", exclude={"uses", "computing", "becoming"})
        row = row_of(wanted, told)
        written = insert(table).values(**row)
        await tx.session.execute(
            written.on_conflict_do_update(index_elements=[table.c.id], set_=row)
        )
        had = {} if before is None else before.model_dump(mode="json")
        changes = {
            name: (had.get(name), value)
            for name, value in told.items()
            if name not in {"id", "version"} and had.get(name) != value
        }
        told_now = self.told(field_id=wanted.id, of=wanted.of, version=wanted.version)
        tx.publish(told_now, changes=changes)


@dataclass
class _Row:
    """What `Tx.fresh` compares."""

    id: UUID
    version: int
    field: CustomField

    def shown(self) -> CustomField:
        return self.field


def _changed(field: CustomField, change: CustomFieldChange) -> CustomField:
    """As it is wanted, a version further where that is something else. Raises Invalid."""
    named = {name: value for name, value in change.named().items() if value is not None}
    if "pipeline_ids" in named:
        named["pipeline_ids"] = tuple(named["pipeline_ids"])
    if change.formula is not None and field.formula is None:
        raise invalid("formula", "formula-filled", "It is filled in: add another field.")
    if change.roll_up is not None:
        named["roll_up"] = RollUp.model_validate(change.roll_up.model_dump())
    if field.is_worked_out:
        for name in ("required", "unique", "default"):
            if getattr(change, name):
                raise invalid(name, "computed", "It is worked out, and not filled in.")
    if "default" in change.model_fields_set:
        named["default"] = change.default
    if "help" in change.model_fields_set:
        named["help"] = change.help
    if "options" in named:
        named["options"] = tuple(
            Option.model_validate(option.model_dump()) for option in named["options"]
        )
    wanted = _with_its_default(field.model_copy(update=named))
    return wanted if wanted == field else wanted.model_copy(update={"version": field.version + 1})


def _with_its_default(field: CustomField) -> CustomField:
    """The default in its one form. Raises Invalid where the field does not take it."""
    try:
        return field.model_copy(update={"default": field.read(field.default)})
    except ValueError as refusal:
        raise invalid("default", "type", str(refusal)) from None
