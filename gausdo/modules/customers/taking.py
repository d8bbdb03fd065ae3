"""What files have brought is taken back: the part of `CustomersService` that does it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, written
from gausdo.kernel.custom_sealed import sealed_names
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.imports import RecordKind
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.taking_back import MERGED, TakenBack, Touched, Use
from gausdo.modules.customers import access, pairs
from gausdo.modules.customers.consent_tables import ConsentRow
from gausdo.modules.customers.consents import CONSENTS
from gausdo.modules.customers.contract import (
    CompanyChange,
    CompanyRemoved,
    PersonChange,
    PersonRemoved,
)
from gausdo.modules.customers.doubles import MergeRow
from gausdo.modules.customers.fields import DOCUMENT
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow, ReachRow, schema
from gausdo.modules.customers.ways import comparable
from gausdo.platform import taking_back
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_sql import links_to
from gausdo.platform.db import Database, Tx
from gausdo.platform.mass_kinds import Values
from gausdo.platform.removed import Removal
from gausdo.platform.rights import demand_reach
from gausdo.platform.taking_back import Kind
from gausdo.platform.tried import begun

_WAYS = ((ReachRow.__table__, "record_id"),)
_SAID = (ConsentRow.__table__, "person_id")
REMOVALS: Mapping[type[Customer], Removal] = {
    CompanyRow: Removal("company", CompanyRow.__table__, "name", _WAYS),
    PersonRow: Removal("person", PersonRow.__table__, "name", (*_WAYS, _SAID)),
}
_OF: Mapping[RecordKind, type[Customer]] = {"company": CompanyRow, "person": PersonRow}
_REMOVED: Mapping[type[Customer], type[CompanyRemoved | PersonRemoved]] = {
    CompanyRow: CompanyRemoved,
    PersonRow: PersonRemoved,
}
_CHANGES: Mapping[type[Customer], type[CompanyChange | PersonChange]] = {
    CompanyRow: CompanyChange,
    PersonRow: PersonChange,
}


class Takes:
    """Takes back what files have brought, and says who names a company."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...
        async def alter(
            self,
            tx: Tx,
            actor: Actor,
            of: type[Customer],
            row: Customer,
            told: dict[str, Any],
            fields: Sequence[CustomField] = (),
            custom: Mapping[str, Any] = {},
        ) -> None: ...

    async def take_back(
        self, actor: Actor, kind: RecordKind, touched: list[Touched], key: str | None = None
    ) -> list[TakenBack]:
        of = _OF.get(kind)
        if of is None:
            raise invalid("kind", "choice", "Files bring nothing of this kind here.")
        actor.demand(access.right(of, "import"))
        fields, dry = await self.fields.of(of.kind), key is None
        asked = (kind, [one.id for one in touched])  # who names them may change between two tries
        async with begun(self.db, actor, key, asked, dry=dry) as tx:
            if not tx.told:
                made = self._taken(of, fields)
                tx.tell(await taking_back.take_back(tx, actor, made, touched, dry=dry))
            return tx.answer(list[TakenBack])

    async def uses_of(self, actor: Actor, kind: RecordKind, ids: list[UUID]) -> list[Use]:
        demand_gausdo(actor)
        naming: list[tuple[type[Customer], Any]] = []
        if kind == "company":
            naming += pairs.NAMING
        for of in (CompanyRow, PersonRow):
            fields, custom = await self.fields.of(of.kind), of.__table__.c.custom
            naming += [(of, link) for link in links_to(fields, kind, schema.name, custom)]
        uses: list[Use] = []
        async with self.db.begin() as tx:
            for by, column in naming:
                query = select(column, by.id).where(column.in_(ids))
                found = await tx.session.execute(query)
                uses += [Use(id=id, by_kind=by.kind, by_id=by_id) for id, by_id in found]
        return uses

    def _taken(self, of: type[Customer], fields: Sequence[CustomField]) -> Kind:
        async def rows(
            tx: Tx, actor: Actor, ids: Sequence[UUID], lock: bool
        ) -> Mapping[UUID, Customer]:
            query = select(of).where(of.id.in_(ids), access.visible(actor, of)).order_by(of.id)
            found = await tx.session.scalars(query.with_for_update() if lock else query)
            return {row.id: row for row in found}

        async def reach(tx: Tx, actor: Actor, row: Customer) -> None:
            await demand_reach(tx, actor, access.right(of, "edit"), row, access.GUARDS[of])

        async def edit(
            tx: Tx, actor: Actor, id: UUID, values: Values, _facts: Mapping[str, Any]
        ) -> None:
            custom = {
                name.removeprefix(CUSTOM): value
                for name, value in values.items()
                if name.startswith(CUSTOM)
            }
            plain = {name: value for name, value in values.items() if not name.startswith(CUSTOM)}
            named = written(plain, custom)
            row = await access.record(tx, actor, of, id, "edit", named)
            change = _CHANGES[of].model_validate({**plain, "version": row.version})
            told = comparable(change.named().items())
            await self.alter(tx, actor, of, row, told, fields if custom else (), custom)

        async def elsewhere(tx: Tx, ids: Sequence[UUID]) -> Mapping[UUID, str]:
            merge = MergeRow.__table__.c
            query = select(merge.merged_id).where(
                merge.merged_id.in_(ids), merge.parted_at.is_(None)
            )
            return dict.fromkeys(await tx.session.scalars(query), MERGED)

        lost = {DOCUMENT.name, CONSENTS, *sealed_names(fields)}  # what was said was said
        return Kind(REMOVALS[of], rows, reach, edit, remove, elsewhere, lost=lost)


async def remove(tx: Tx, rows: Sequence[Customer]) -> None:
    """Take rows of one kind away that were locked for it."""
    of, ids = type(rows[0]), [row.id for row in rows]
    for row in rows:
        facts = row.added().model_dump() | {"version": row.version + 1}
        tx.publish(_REMOVED[of].model_validate(facts))
        tx.session.expunge(row)
    await REMOVALS[of].take_out(tx, ids)
    await pairs.leave(tx, *ids)
