"""What one can do with the lines of a deal. The deal's sum and version are those of its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, exists, insert, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.kernel.values import Amount, Money
from gausdo.modules.sales import access, queries, sums
from gausdo.modules.sales.contract import Deal
from gausdo.modules.sales.lines_contract import (
    DealLine,
    DealLines,
    DealLinesDraft,
    LineDraft,
    SumOfLines,
    VatSum,
)
from gausdo.modules.sales.product_tables import LineRow, ProductRow, TermsRow
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Database, Tx
from gausdo.platform.history import apart

_line = LineRow.__table__
_terms = TermsRow.__table__
WORTH = "worth"
"""The field of a deal that hides its lines' prices, and is needed to write them."""


@dataclass(frozen=True)
class Lines:
    """The part of `SalesService` that knows what deals consist of."""

    db: Database

    if TYPE_CHECKING:

        async def deal(self, actor: Actor, id: UUID) -> Deal: ...

        async def keep_rate(self, tx: Tx, deal: DealRow) -> None: ...

    async def deal_lines(self, actor: Actor, id: UUID) -> DealLines:
        deal = await self.deal(actor, id)
        async with self.db.begin(actor) as tx:
            told = await lines_of(tx, id, deal.version)
        return without_sums(told) if WORTH in deal.hidden else told

    async def set_deal_lines(
        self, actor: Actor, id: UUID, draft: DealLinesDraft, key: str | None = None
    ) -> DealLines:
        _demand_one_discount(draft, "discount_amount")
        for number, line in enumerate(draft.lines):
            _demand_one_discount(line, f"lines.{number}.discount_amount")
        async with self.db.begin(actor, key, (id, draft)) as tx:
            if not tx.told:
                row = await access.deal(tx, actor, id, access.EDIT, [WORTH])
                await tx.fresh(row, draft.version, queries.deal(actor, id))
                before = await lines_of(tx, id, row.version)
                await _write(tx, id, draft)
                told = await lines_of(tx, id, row.version)
                if told != before:
                    await self._follow(tx, row, before, told)
                tx.tell(told.model_copy(update={"version": row.version}))
            return tx.answer(DealLines)

    async def _follow(self, tx: Tx, row: DealRow, before: DealLines, told: DealLines) -> None:
        """The deal is worth what its lines come to; without lines what it was worth last."""
        owner = row.owner_id, row.team_id
        changes: dict[str, tuple[Any, Any]] = {"lines": (_words(before), _words(told))}
        if told.payable is not None and told.currency is not None:
            worth = Money(amount=told.payable, currency=told.currency)
            if worth != row.worth:
                changes[WORTH] = row.worth, worth
                row.amount, row.currency = worth.amount, worth.currency
        row.touch()
        await self.keep_rate(tx, row)
        plain = {name: pair for name, pair in changes.items() if name == WORTH}
        tx.publish(row.changed(plain, *owner), **apart(changes, frozenset({"lines"})))


async def demand_no_lines(tx: Tx, id: UUID) -> None:
    """Raise SumOfLines where the deal's sum follows its lines."""
    if await tx.session.scalar(select(exists().where(TermsRow.deal_id == id))):
        raise SumOfLines("The sum follows the deal's lines. Change these, or remove all of them.")


async def lines_of(tx: Tx, id: UUID, version: int) -> DealLines:
    """All that is told of the lines of a deal, with what they come to."""
    found = await tx.session.execute(select(_terms).where(_terms.c.deal_id == id))
    terms = found.mappings().one_or_none()
    if terms is None:
        return no_lines(id, version)
    query = select(_line).where(_line.c.deal_id == id).order_by(_line.c.position)
    rows = (await tx.session.execute(query)).mappings().all()
    counted = _counted(rows, terms)
    return DealLines(
        **{name: terms[name] for name in terms if name != "deal_id"},
        deal_id=id,
        version=version,
        lines=[
            DealLine.model_validate({**row, **vars(one)})
            for row, one in zip(rows, counted.lines, strict=True)
        ],
        before=counted.before,
        discount=counted.discount,
        vat=[VatSum(rate=rate, sum=told) for rate, told in counted.vat],
        payable=counted.payable,
        hidden=False,
    )


def no_lines(id: UUID, version: int) -> DealLines:
    return DealLines(
        deal_id=id, version=version, currency=None, with_vat=True, discount_percent=None,
        discount_amount=None, lines=[], before=None, discount=None, vat=[], payable=None,
        hidden=False,
    )  # fmt: skip


def without_sums(told: DealLines) -> DealLines:
    """For who may not see what the deal is worth."""
    blank = ("price", "discount_percent", "discount_amount", "sum", "vat", "payable")
    lines = [line.model_copy(update=dict.fromkeys(blank)) for line in told.lines]
    nothing = dict.fromkeys(
        ("discount_percent", "discount_amount", "before", "discount", "payable")
    )
    return told.model_copy(update={**nothing, "lines": lines, "vat": [], "hidden": True})


async def _write(tx: Tx, id: UUID, draft: DealLinesDraft) -> None:
    """The lines of the draft in the place of those there are. Raises Invalid."""
    products = await _products(tx, draft.lines)
    terms = {"deal_id": id, **draft.model_dump(exclude={"version", "lines"})}
    rows = [
        {"deal_id": id, "position": place, **_row(place, line, products)}
        for place, line in enumerate(draft.lines)
    ]
    _counted(rows, terms)
    for table in (_line, _terms):
        await tx.session.execute(delete(table).where(table.c.deal_id == id))
    if rows:
        await tx.session.execute(insert(_terms), [terms])
        await tx.session.execute(insert(_line), rows)


def _row(place: int, line: LineDraft, products: Mapping[UUID | None, ProductRow]) -> dict[str, Any]:
    told = line.model_dump()
    product = products.get(line.product_id)
    if product is not None:
        told["name"] = line.name or product.name
        told["unit"] = line.unit or product.unit
    if not told["name"]:
        raise invalid(f"lines.{place}.name", "missing", "A line without a product needs words.")
    return {**told, "code": product and product.code}


async def _products(tx: Tx, lines: Sequence[LineDraft]) -> dict[UUID | None, ProductRow]:
    ids = {line.product_id for line in lines if line.product_id}
    if not ids:
        return {}
    rows = await tx.session.scalars(select(ProductRow).where(ProductRow.id.in_(ids)))
    known: dict[UUID | None, ProductRow] = {row.id: row for row in rows}
    for number, line in enumerate(lines):
        if line.product_id and line.product_id not in known:
            raise invalid(f"lines.{number}.product_id", "not-found", "There is no such product.")
    return known


def _counted(rows: Sequence[Mapping[Any, Any]], terms: Mapping[Any, Any]) -> sums.Sums:
    priced = [
        sums.Priced(
            quantity=row["quantity"],
            price=row["price"],
            percent=row["discount_percent"],
            off=row["discount_amount"],
            rate=row["vat_rate"],
        )
        for row in rows
    ]
    return sums.count(
        priced,
        with_vat=terms["with_vat"],
        percent=terms["discount_percent"],
        off=terms["discount_amount"],
    )


def _words(told: DealLines) -> list[str] | None:
    """As the history shows them, without sums: these may be hidden. They may name a person."""
    return [f"{one.name} x {one.quantity.normalize():f}" for one in told.lines] or None


def _demand_one_discount(of: LineDraft | DealLinesDraft, field: str) -> None:
    told: tuple[Amount | None, ...] = (of.discount_percent, of.discount_amount)
    if None not in told:
        raise invalid(field, "one-of-two", "Tell the discount in percent or as a sum, not both.")
