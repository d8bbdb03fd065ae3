"""Rows of files as companies and people: each becomes a new record or a change of one, or is
refused; what the whole batch needs is asked once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pydantic
from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, altered, unique_keys, written
from gausdo.kernel.custom import Values as CustomValues
from gausdo.kernel.custom_sealed import rows_without, without_secrets
from gausdo.kernel.errors import Problem, Reason, invalid, reason, why_invalid
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
from gausdo.modules.customers import (
    access,
    companies,
    documents,
    duplicates,
    imports,
    lookalikes,
    pairs,
)
from gausdo.modules.customers.consent_saying import Said, Saying, demand_room
from gausdo.modules.customers.consents import CONSENTS
from gausdo.modules.customers.contract import CompanyDraft, Erased, PersonRowDraft
from gausdo.modules.customers.giving import Gives
from gausdo.modules.customers.lookalikes import Line
from gausdo.modules.customers.reach_contract import WAYS
from gausdo.modules.customers.schema import SEALED
from gausdo.modules.customers.sort_keys import sort_key
from gausdo.modules.customers.tables import (
    COMPARED,
    CompanyRow,
    Customer,
    PersonRow,
    ReachRow,
    in_history,
)
from gausdo.platform.crypto import Vault
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_links import Found
from gausdo.platform.db import Database, Tx
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import demand_reach
from gausdo.platform.tried import begun

MAX_BATCH = 1000
JOINED = (*WAYS, "tags")
"""What a row adds to, rather than takes the place of."""
OF: Mapping[ImportKind, tuple[type[Customer], type[imports.Draft]]] = {
    "companies": (CompanyRow, CompanyDraft),
    "people": (PersonRow, PersonRowDraft),
}


class Brings(Gives):
    """The use cases of files: one part of `CustomersService`."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def vault(self) -> Vault: ...
        @property
        def fields(self) -> CustomFields: ...
        async def say(self, tx: Tx, row: PersonRow, draft: Said, by_id: UUID | None) -> None: ...
        async def linked(
            self, actor: Actor, fields: Sequence[CustomField], many: Sequence[CustomValues]
        ) -> Found: ...

    async def bring(
        self,
        actor: Actor,
        kind: ImportKind,
        rows: list[FileRow],
        how: Bringing,
        key: str | None = None,
    ) -> list[Landed]:
        if kind not in OF:
            raise invalid("by", "choice", "Files of this kind are not compared so.")
        of, drafts = OF[kind]
        actor.demand(access.right(of, "import"))
        if len(rows) > MAX_BATCH:
            raise invalid("rows", "too-many", f"At most {MAX_BATCH} rows are taken at once.")
        fields = await self.fields.of(of.kind)
        demand_key(kind, how.by, unique_keys(fields))
        saying = await Saying.of(self.db, self.say, self.fields.zone, rows)
        good, landed = _read(rows, drafts, fields, saying)
        many = [row.draft.custom for row in good]
        linked = await self.linked(actor, fields, many)
        asked = kind, rows_without(fields, rows), how
        async with begun(self.db, actor, key, asked, dry=how.dry) as tx:
            if not tx.told:
                held = await self.fields.holders(tx, actor, of.kind, fields, many)
                batch = imports.Batch(fields, linked, held)
                landing = Landing(tx, actor, of, how, self.vault, batch, saying)
                landed += await landing.land(good)
                tx.tell(sorted(landed, key=lambda one: one.line))
            return tx.answer(list[Landed])


def _read(
    rows: Iterable[FileRow],
    drafts: type[imports.Draft],
    fields: Sequence[CustomField],
    saying: Saying,
) -> tuple[list[Line], list[Landed]]:
    good: list[Line] = []
    refused: list[Landed] = []
    for row in rows:
        try:
            draft = drafts.model_validate(row.fields)
            draft, secret = without_secrets(fields, draft)
            saying.read(row.line, getattr(draft, CONSENTS, ()))
            good.append(Line(row.line, draft, imports.fields_of(draft, fields), secret))
        except pydantic.ValidationError as error:
            refused.append(Landed.refused(row.line, why_invalid(error)))
        except Problem as problem:
            refused.append(Landed.refused(row.line, reason(problem)))
    return good, refused


@dataclass(frozen=True)
class Landing:
    """A batch in its transaction."""

    tx: Tx
    actor: Actor
    of: type[Customer]
    how: Bringing
    vault: Vault
    batch: imports.Batch
    saying: Saying

    async def land(self, rows: Sequence[Line]) -> list[Landed]:
        # all locks at once, in their order
        await duplicates.holders(self.tx, self.of, [row.told for row in rows])
        there = await _there(self.tx, self.actor, self.of, rows, self.how)
        new: list[Line] = []
        changed: list[tuple[Line, UUID]] = []
        landed: list[Landed] = []
        by, policy = self.how.by, self.how.policy
        for row in rows:
            values = _values(row, by)
            found = set().union(*(there[value] for value in values))
            if by.startswith(CUSTOM):
                found = self.batch.held.having(by.removeprefix(CUSTOM), row.draft.custom)
            if policy is ImportPolicy.CREATE or (not found and policy is ImportPolicy.BOTH):
                new.append(row)
            elif len(found) == 1:
                changed.append((row, found.pop()))
            else:
                why = SEVERAL if found else NONE_THERE if values else NO_KEY
                landed.append(Landed.refused(row.line, why.model_copy(update={"field": by})))
        looked = await lookalikes.look(self.tx, self.actor, self.of, new, self.how.lookalikes)
        changed += looked.changed
        landed += looked.landed
        landed += await self._create(looked.new)
        for row, id in sorted(changed, key=lambda one: one[1]):  # as every file locks them
            try:
                landed.append(await self._change(row, id))
            except Problem as problem:
                landed.append(Landed.refused(row.line, reason(problem)))
        return landed

    async def _create(self, rows: Sequence[Line]) -> list[Landed]:
        may: list[Line] = []
        landed: list[Landed] = []
        for row in rows:
            named = written(row.draft.told(), row.draft.custom)
            try:
                self.actor.demand(access.right(self.of, "create"), named)
                may.append(row)
            except Problem as problem:
                landed.append(Landed.refused(row.line, reason(problem)))
        for told in await imports.bring(self.tx, self.actor, self.of, may, self.vault, self.batch):
            if told.id is not None:
                version = await self.saying.say(self.tx, self.actor, told.line, told.id) or 1
                landed.append(
                    Landed(line=told.line, became=Became.CREATED, id=told.id, version=version)
                )
            else:
                why = Reason(
                    field=told.field, code=told.code or "", message=told.error or "", data=told.data
                )
                landed.append(Landed.refused(told.line, why))
        return landed

    async def _change(self, line: Line, id: UUID) -> Landed:
        """Raises what the change of a single record raises."""
        tx, actor, of, draft = self.tx, self.actor, self.of, line.draft
        names = draft.told() - {"owner_id"}
        row = await access.record(tx, actor, of, id, "edit", written(names, draft.custom))
        if isinstance(row, PersonRow) and row.erased_at is not None:
            raise Erased("This person was erased on their request. Add them anew.")
        if line.line in self.saying.said:
            await demand_room(tx, id)
        told = {name: line.told[name] for name in names - {"custom", CONSENTS}}
        for name in JOINED:
            if name in told:
                there = row.tags if name == "tags" else row.reached_by(name)
                told[name] = _joined(there, told[name])
        team_id = row.team_id
        if draft.owner_id not in (None, row.owner_id):
            await demand_reach(tx, actor, access.right(of, "assign"), row, access.GUARDS[of])
            _, team_id = await new_owner(tx, actor, draft.owner_id)
            told["owner_id"] = draft.owner_id
        before = row.owner_id, row.team_id
        sealed = await documents.keep(tx, self.vault, row, told)
        told = row.differing(told)
        await companies.demand(tx, actor, told, id)
        await duplicates.refuse(tx, of, {"name": row.name, **told}, but=id)
        self.batch.demand(draft.custom, id)
        kept = await SEALED.planned(tx, self.vault, of.kind, id, row.custom, line.secret)
        added, row.custom = altered(self.batch.fields, row.custom, draft.custom)
        await SEALED.keep(tx, self.vault, kept)
        self.batch.hold(row)
        changes = row.change(told, team_id, sealed | kept.changes | added)
        if changes:
            tx.publish(row.changed(changes, *before), **in_history(changes))
        if COMPARED & changes.keys():
            await pairs.remember(tx, of, id)
        await tx.session.flush()
        said = await self.saying.say(tx, actor, line.line, id)
        became = Became.UPDATED if changes or said else Became.SAME
        return Landed(line=line.line, became=became, id=id, version=row.version)


def _joined(there: list[Any], more: list[Any]) -> list[Any]:
    """What is there and, after it, what is not there yet."""
    known = {getattr(one, "normal", one) for one in there}
    return [*there, *(one for one in more if getattr(one, "normal", one) not in known)]


def _values(row: Line, by: str) -> list[str]:
    """What a row is compared by."""
    if by.startswith(CUSTOM):
        value = row.draft.custom.get(by.removeprefix(CUSTOM))
        return [] if value is None else [str(value)]
    told = row.told.get(by)
    if isinstance(told, list):
        return [one.normal for one in told]
    if not told:
        return []
    return [sort_key(told) if by == "name" else told]


async def _there(
    tx: Tx, actor: Actor, of: type[Customer], rows: Sequence[Line], how: Bringing
) -> Mapping[str, set[UUID]]:
    """The records the actor may see, by the values of these rows."""
    found: defaultdict[str, set[UUID]] = defaultdict(set)
    values = sorted({value for row in rows for value in _values(row, how.by)})
    if not values or how.policy is ImportPolicy.CREATE or how.by.startswith(CUSTOM):
        return found
    asked = any_(bindparam(None, values, ARRAY(Text)))
    row, reach = of.__table__, ReachRow.__table__
    if how.by in ("phones", "emails"):
        query = (
            select(reach.c.normal, row.c.id)
            .select_from(row.join(reach, reach.c.record_id == row.c.id))
            .where(reach.c.normal == asked, reach.c.record_kind == of.kind)
        )
    else:
        column = row.c.name_key if how.by == "name" else row.c[how.by]
        query = select(column, row.c.id).where(column == asked)
    for value, id in await tx.session.execute(query.where(access.visible(actor, of))):
        found[value].add(id)
    return found
