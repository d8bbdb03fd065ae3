"""Reads of customers: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Uuid,
    bindparam,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from gausdo.kernel.actor import Actor
from gausdo.kernel.history import HistoryQuery
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.sought import Sought, first_step
from gausdo.modules.customers import access
from gausdo.modules.customers.access import GUARDS
from gausdo.modules.customers.contract import PeopleQuery
from gausdo.modules.customers.doubles import MergeRow
from gausdo.modules.customers.fields import PERSON
from gausdo.modules.customers.items import items
from gausdo.modules.customers.orders import Added, guard_of, orders_of, sorted_guard, sorts_of
from gausdo.modules.customers.tables import (
    CompanyRow,
    Customer,
    PersonRow,
    schema,
)
from gausdo.platform.custom_sql import indexed
from gausdo.platform.db import Read
from gausdo.platform.found import Words
from gausdo.platform.hidden import (
    columns,
    demand_shown,
    divided,
    hidden_of,
)
from gausdo.platform.history import add_entries, entries
from gausdo.platform.json_sql import Only, array_of
from gausdo.platform.keyset import PARENT, add_parents, asked_page, listed, listed_by
from gausdo.platform.known import named_rows
from gausdo.platform.narrow import among_ids, asked_list, conditioned, same
from gausdo.platform.parts import Part, add_parts, part_teams
from gausdo.platform.rights import Guard, asked_by
from gausdo.platform.search import found_by, holds, in_teams, of_own, searchable

FOUND_BY = frozenset(
    {
        *("legal_name", "inn", "kpp", "ogrn", "address", "domain", "phones", "emails", "links"),
        *("city", "position", "industry", "tags", "about"),
    }
)
"""Fields whose words are searched beside the name: from whom one is hidden, searches by names."""


_merge = MergeRow.__table__.c
_person = PersonRow.__table__.c


def companies(
    actor: Actor, query: ListQuery, fields: Added = (), sought: Sought | None = None
) -> Read:
    """`Listed[Company]`; `fields` are those that were added, where the query speaks of one;
    `sought` is a step of looking for `q`, the first unless told.
    """
    return _list(actor, CompanyRow, query, fields, sought)


def people(
    actor: Actor, query: PeopleQuery, fields: Added = (), sought: Sought | None = None
) -> Read:
    """`Listed[Person]`, as `companies`."""
    return _list(actor, PersonRow, query, fields, sought)


def exported(
    actor: Actor,
    of: type[Customer],
    query: ListQuery,
    only: Only,
    fields: Added = (),
    sought: Sought | None = None,
) -> Read:
    """`Columned` companies or people of which no more is told than what is named."""
    return _list(actor, of, query, fields, sought, only=only)


def people_of(actor: Actor, ids: list[UUID], query: PeopleQuery, fields: Added = ()) -> Read:
    """`dict[UUID, Listed[Person]]`; `q` is looked for by its first step alone."""
    sought = first_step(query.q, numbers=True)
    keys, guard = sorts_of(actor, PersonRow, query, fields), guard_of(PersonRow, fields)
    demand_asked(actor, PersonRow, query, guard, "company_id")
    shape = "people of", indexed(fields)
    asked = asked_list(actor, query, guard.fields or PERSON, *shape, sought=sought)
    asked_page(asked, query, keys, "name")
    add_parents(asked, ids)

    def statement() -> Select[Any]:
        read = access.right(PersonRow, "read")
        employed = columns(actor, read, GUARDS[PersonRow])["company_id"] == PARENT
        asked_for = narrowed(actor, PersonRow, query, guard, sought=sought)
        rows = items(actor, PersonRow).where(*asked_for, employed)
        words = Words(holds(schema, _person.search, sought), few=True) if query.q else None
        page = listed(rows, query, keys, _person.id, "name", words=words)
        return listed_by(page, ids)

    return asked.read(statement)


def closest(
    actor: Actor,
    of: type[Customer],
    query: ListQuery,
    sought: Sought,
    mine: bool,
    only: Only,
) -> Read:
    """`Listed` companies or people that have what is sought, no more told than what is named;
    `mine`: the actor's own alone.
    """
    return _list(actor, of, query, (), sought, mine=mine, only=only)


def _list(
    actor: Actor,
    of: type[Customer],
    query: ListQuery,
    added: Added,
    sought: Sought | None,
    *,
    mine: bool = False,
    only: Only = None,
) -> Read:
    sought = sought or first_step(query.q, numbers=True)
    keys, table, guard = (
        sorts_of(actor, of, query, added),
        of.__table__.c,
        sorted_guard(of, query, added),
    )
    demand_asked(actor, of, query, guard)
    shape = "list", of.kind, indexed(added), mine
    asked = asked_list(actor, query, guard.fields or access.FIELDS[of], *shape, sought=sought)
    asked_page(asked, query, keys, "name")
    add_parts(asked, actor, access.right(of, "read"))
    asked.add(only)

    def statement() -> Select[Any]:
        few = is_few(query)
        read = access.right(of, "read")
        orders = orders_of(of, query, added)
        parts = [] if mine or few else divided(actor, read, orders.keys, orders.blank, guard)
        rows = items(actor, of, only).where(*narrowed(actor, of, query, guard, parts, sought))
        words = words_of(actor, of, sought, few) if query.q else None
        words = of_own(words, actor, read, guard, sought) if words and mine else words
        return listed(rows, query, keys, table.id, "name", parts, words)

    return asked.read(statement)


def words_of(actor: Actor, of: type[Customer], sought: Sought | None, few: bool) -> Words:
    table = of.__table__.c
    vector = cast(Column[Any], table.search)
    seen = holds(schema, vector, sought)
    if sought is None:
        return Words(seen, few=True)
    teams = part_teams(actor, access.right(of, "read"))
    of_teams = in_teams(schema, vector, table.team_id, sought, teams)
    return Words(found_by(schema, vector, sought), few, of_teams, seen)


def is_few(query: ListQuery) -> bool:
    """What is narrowed to a few records already is not divided."""
    employed = isinstance(query, PeopleQuery) and query.company_id is not None
    return employed or query.ids is not None


def by_id(actor: Actor, of: type[Customer], ids: list[UUID]) -> Read:
    """A JSON array of those the actor may see, in no order."""
    asked = asked_by(actor, "by id", of.kind)
    asked.add(ids=ids)

    def statement() -> Select[Any]:
        rows = items(actor, of).where(among_ids(of.__table__.c.id, ids), access.visible(actor, of))
        return select(array_of(func.json_agg(rows.subquery().c.item)))

    return asked.read(statement)


def named_by_id(actor: Actor, of: type[Customer], ids: list[UUID]) -> Read:
    """`list[NamedRecord]` of those the actor may see, in no order."""
    asked = asked_by(actor, "named by id", of.kind)
    asked.add(ids=ids)

    def statement() -> Select[Any]:
        table = of.__table__
        these = among_ids(table.c.id, ids), access.visible(actor, of)
        return named_rows(table, "name", access.editable(actor, of), *these)

    return asked.read(statement)


def one(actor: Actor, of: type[Customer], id: UUID) -> Read:
    """The JSON of one record; no row when it is not visible."""
    asked = asked_by(actor, "one", of.kind)
    asked.add(id=id)
    return asked.read(lambda: _one(actor, of, id).where(access.visible(actor, of)))


def changed(actor: Actor, of: type[Customer], id: UUID) -> Read:
    """The JSON of a record the actor has just changed, even if it was given away."""
    asked = asked_by(actor, "changed", of.kind)
    asked.add(id=id)
    return asked.read(lambda: _one(actor, of, id))


def _one(actor: Actor, of: type[Customer], id: UUID) -> Select[Any]:
    return items(actor, of).where(same(of.__table__.c.id, "id", id))


def history(actor: Actor, of: type[Customer], id: UUID, query: HistoryQuery) -> Read:
    """`list[HistoryEntry]` of one visible record, newest first; no row when it is not visible."""
    asked = asked_by(actor, "history", of.kind)
    add_entries(asked, id, query)

    def statement() -> Select[Any]:
        asked_id: ColumnElement[Any] = bindparam("id", id, Uuid)
        into = select(_merge.canonical_id).where(
            _merge.merged_id == asked_id, _merge.parted_at.is_(None)
        )
        # Who may see what it became a part of may see what it was.
        this = of.__table__.c.id == func.coalesce(into.scalar_subquery(), asked_id)
        read = access.right(of, "read")
        visible = exists().where(this, access.visible(actor, of))
        hidden = select(hidden_of(actor, read, GUARDS[of])).where(this).scalar_subquery()
        return entries(schema, actor, of.kind, id, visible, query, hidden)

    return asked.read(statement)


def demand_asked(
    actor: Actor, of: type[Customer], query: ListQuery, guard: Guard, *more: str
) -> None:
    """Raise Forbidden when it narrows or sorts by what is hidden from the actor."""
    asked = [(query.sort or "").removeprefix("-"), *more]
    if isinstance(query, PeopleQuery) and query.company_id is not None:
        asked.append("company_id")
    demand_shown(actor, access.right(of, "read"), asked, guard)


def narrowed(
    actor: Actor,
    of: type[Customer],
    query: ListQuery,
    guard: Guard,
    parts: Sequence[Part] = (),
    sought: Sought | None = None,
) -> list[ColumnElement[bool]]:
    """What the query asks for, of the visible ones; of all where `parts` say which are."""
    read = access.right(of, "read")
    narrow = [] if parts else [access.visible(actor, of)]
    if isinstance(query, PeopleQuery) and query.company_id is not None:
        employer = columns(actor, read, guard)["company_id"]
        narrow.append(same(employer, "company_id", query.company_id))
    if query.q:
        narrow += named(actor, of, sought)
    return [*narrow, *conditioned(actor, read, query, guard, of.__table__.c.id)]


def named(actor: Actor, of: type[Customer], sought: Sought | None) -> list[ColumnElement[bool]]:
    """From whom a field is hidden whose words are searched, finds by names alone."""
    if not actor.hidden(access.right(of, "read")) & FOUND_BY:
        return []
    name = searchable(f"customers.{of.kind}.name")
    return [holds(schema, literal_column(name, TSVECTOR), sought)]
