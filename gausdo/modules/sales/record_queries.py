"""Reads of one deal: its page, and what happened to it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.kernel.history import EntryPlace, HistoryQuery
from gausdo.modules.sales import access
from gausdo.modules.sales.forecast_tables import DealStateRow
from gausdo.modules.sales.items import competitors, contacts, hidden_in_history, items
from gausdo.modules.sales.product_tables import TermsRow
from gausdo.modules.sales.quote_tables import QuoteRow
from gausdo.modules.sales.tables import DealRow, schema
from gausdo.platform.db import Read
from gausdo.platform.history import add_entries, add_places, entries, entries_at
from gausdo.platform.json_sql import array_of
from gausdo.platform.known import named_rows
from gausdo.platform.narrow import among_ids, same
from gausdo.platform.rights import asked_by

STATES = 500
"""Of one deal in one answer."""
_deal = DealRow.__table__.c
_state = DealStateRow.__table__.c


def record(actor: Actor, id: UUID) -> Read:
    """The JSON of a `DealRead`; no row when the deal is not visible."""
    asked = asked_by(actor, "deal's record")
    asked.add(id=id)

    def of_it(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return same(column, "id", id)

    def statement() -> Select[Any]:
        deal = items(actor).where(access.visible(actor), of_it(_deal.id)).subquery("deal")
        told = func.json_build_object(
            text("'deal'"), deal.c.item,
            text("'contacts'"), _in_order(contacts(actor, id)),
            text("'competitors'"), _in_order(competitors(id)),
            text("'stages'"), _in_order(_stages(of_it(_state.deal_id))),
            text("'lines'"), exists().where(of_it(TermsRow.__table__.c.deal_id)),
            text("'quotes'"), exists().where(of_it(QuoteRow.__table__.c.deal_id)),
        )  # fmt: skip
        return select(told).select_from(deal)

    return asked.read(statement)


def named_deals(actor: Actor, ids: list[UUID]) -> Read:
    """`list[NamedRecord]` of those the actor may see, in no order."""
    asked = asked_by(actor, "named deals")
    asked.add(ids=ids)

    def statement() -> Select[Any]:
        these = among_ids(_deal.id, ids), access.visible(actor)
        return named_rows(DealRow.__table__, "title", access.editable(actor), *these)

    return asked.read(statement)


def _stages(of_it: ColumnElement[bool]) -> Select[Any]:
    item = func.json_build_object(
        text("'pipeline_id'"), _state.pipeline_id,
        text("'stage_id'"), _state.stage_id,
        text("'state'"), _state.state,
        text("'entered'"), _state.since,
        text("'left'"), _state.until,
    )  # fmt: skip
    latest = select(item.label("item"), _state.since.label("place")).where(of_it)
    return latest.order_by(_state.since.desc()).limit(STATES)


def _in_order(items: Select[Any]) -> ColumnElement[Any]:
    one = items.subquery().c
    return select(
        array_of(func.json_agg(aggregate_order_by(one.item, one.place)))
    ).scalar_subquery()


def history(actor: Actor, id: UUID, query: HistoryQuery) -> Read:
    """`list[HistoryEntry]` of one visible deal, newest first; no row when it is not visible."""
    asked = asked_by(actor, "history")
    add_entries(asked, id, query)

    def statement() -> Select[Any]:
        this = same(_deal.id, "id", id)
        visible = exists().where(this, access.visible(actor))
        hidden = select(hidden_in_history(actor)).where(this).scalar_subquery()
        return entries(schema, actor, "deal", id, visible, query, hidden)

    return asked.read(statement)


def entries_of_deals(actor: Actor, places: Sequence[EntryPlace]) -> Read:
    """A JSON array of the entries at these places of visible deals, in no order."""
    asked = asked_by(actor, "entries of deals")
    add_places(asked, places)

    def statement() -> Select[Any]:
        visible, hidden = access.visible(actor), hidden_in_history(actor)
        return entries_at(schema, actor, "deal", places, _deal.id, visible, hidden)

    return asked.read(statement)
