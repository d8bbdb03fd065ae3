"""Many customers at once: what the whole batch needs is asked once, then each row stands alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, Values, begun
from gausdo.kernel.custom_sealed import Secrets, without_secrets
from gausdo.kernel.errors import Problem, reason
from gausdo.modules.customers import access, companies, documents, pairs
from gausdo.modules.customers.consents import CONSENTS
from gausdo.modules.customers.contract import CompanyDraft, PersonDraft, Row
from gausdo.modules.customers.duplicates import Holder, holders
from gausdo.modules.customers.fresh import Fresh, write
from gausdo.modules.customers.schema import SEALED
from gausdo.modules.customers.tables import CompanyRow, Customer
from gausdo.modules.customers.ways import comparable
from gausdo.platform import custom_unique
from gausdo.platform.crypto import Vault
from gausdo.platform.custom_links import Found, demand_linked
from gausdo.platform.custom_unique import Holders
from gausdo.platform.db import Tx
from gausdo.platform.history import Changes

Draft = CompanyDraft | PersonDraft
Rows = Sequence[tuple[int, Draft]]
Checked = tuple[int, Draft, dict[str, Any], Secrets]
TURN = 50
"""Rows that are checked at once."""


async def check(rows: Rows, added: Sequence[CustomField]) -> tuple[list[Checked], list[Row]]:
    """Rows whose values are comparable, and those that are refused for one that is not.

    Between some of them whoever else is at work in this process has a turn.
    """
    good: list[Checked] = []
    refused: list[Row] = []
    for at, (line, draft) in enumerate(rows, 1):
        if at % TURN == 0:
            await asyncio.sleep(0)
        try:
            plain, secret = without_secrets(added, draft)
            good.append((line, plain, fields_of(plain, added), secret))
        except Problem as problem:
            refused.append(Row.refused(line, reason(problem)))
    return good, refused


def fields_of(draft: Draft, added: Sequence[CustomField]) -> dict[str, Any]:
    """The fields of a new record, the owner aside. Raises Invalid."""
    apart = {"owner_id", "custom", CONSENTS}
    told = comparable((name, value) for name, value in vars(draft).items() if name not in apart)
    return told | {"custom": begun(added, draft.custom)}


@dataclass(frozen=True)
class Batch:
    """What many rows need to know of the fields that were added, asked once."""

    fields: Sequence[CustomField]
    linked: Found
    held: Holders

    def demand(self, custom: Values, but: UUID | None = None) -> None:
        """Raises Invalid for a link that leads nowhere, ValueTaken; `but`: of the one changed."""
        demand_linked(self.fields, custom, self.linked)
        self.held.demand(custom, but)

    def hold(self, row: Customer | Fresh) -> None:
        self.held.hold(row.custom, custom_unique.Holder(row.id, row.name))

    def refusal(self, custom: Values) -> Problem | None:
        try:
            self.demand(custom)
        except Problem as problem:
            return problem
        return None


async def bring(
    tx: Tx,
    actor: Actor,
    of: type[Customer],
    rows: Sequence[Checked],
    vault: Vault,
    batch: Batch,
) -> list[Row]:
    """Add the rows that can be added; what is wrong with the others is told, not raised."""
    known = await companies.seen(tx, actor, [told for _, _, told, _ in rows])
    held = await holders(tx, of, [told for _, _, told, _ in rows])
    owners = {
        asked: await _owner(tx, actor, of, asked)
        for asked in {draft.owner_id for _, draft, _, _ in rows}
    }
    added: list[tuple[Fresh, Changes]] = []
    brought: list[Row] = []
    for line, draft, told, secret in rows:
        owner = owners[draft.owner_id]
        if unknown := [name for name in companies.NAMED_BY if told.get(name) not in known]:
            why = reason(access.missing(CompanyRow)).model_copy(update={"field": unknown[0]})
            brought.append(Row.refused(line, why))
        elif isinstance(owner, Problem):
            why = reason(owner).model_copy(update={"field": "owner_id"})
            brought.append(Row.refused(line, why))
        elif same := held.same(told):
            brought.append(Row.refused(line, reason(same.refusal())))
        elif refusal := batch.refusal(draft.custom):
            brought.append(Row.refused(line, reason(refusal)))
        else:
            row = Fresh(of, told, *owner)
            batch.hold(row)
            added.append((row, await documents.keep(tx, vault, row, told)))
            if secret.keys:
                kept = await SEALED.planned(tx, vault, of.kind, row.id, {}, secret)
                await SEALED.keep(tx, vault, kept)
            held.hold(told, Holder(row.id, row.name, actor.name or None))
            brought.append(Row(line=line, id=row.id))
    await write(tx, of, added)
    await pairs.remember_many(tx, of, [row.id for row, _ in added])
    return brought


async def _owner(
    tx: Tx, actor: Actor, of: type[Customer], asked: UUID | None
) -> tuple[UUID, UUID | None] | Problem:
    try:
        return await access.owner(tx, actor, of, asked)
    except Problem as problem:
        return problem
