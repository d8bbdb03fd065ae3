"""Reads of customers: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Uuid,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.kernel.history import HistoryQuery
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.sought import Sought, first_step
from gausdo.modules.customers import access
from gausdo.modules.customers.access import GUARDS
from gausdo.modules.customers.consents import CONSENTS, latest_said
from gausdo.modules.customers.contract import PeopleQuery
from gausdo.modules.customers.doubles import MergeRow
from gausdo.modules.customers.fields import COMPANY, PERSON
from gausdo.modules.customers.orders import Added, guard_of, orders_of, sorted_guard, sorts_of
from gausdo.modules.customers.reach_contract import WAYS
from gausdo.modules.customers.tables import (
    CompanyRow,
    Customer,
    PersonRow,
    ReachRow,
    schema,
)
from gausdo.platform.custom_sql import indexed
from gausdo.platform.db import Read
from gausdo.platform.found import Words
from gausdo.platform.hidden import (
    NOTHING,
    columns,
    demand_shown,
    divided,
    hidden_of,
    shown,
    shown_custom,
)
from gausdo.platform.history import add_entries, entries
from gausdo.platform.json_sql import array_of, object_of
from gausdo.platform.keyset import PARENT, add_parents, asked_page, listed, listed_by
from gausdo.platform.known import named_rows, user_name
from gausdo.platform.narrow import among_ids, asked_list, conditioned, same
from gausdo.platform.parts import Part, add_parts, part_teams
from gausdo.platform.rights import Guard, asked_by, myself, within
from gausdo.platform.search import found_by, holds, in_teams, of_own, searchable

FOUND_BY = frozenset(
    {
        *("legal_name", "inn", "kpp", "ogrn", "address", "domain", "phones", "emails", "links"),
        *("city", "position", "industry", "tags", "about"),
    }
)
"""Fields whose words are searched beside the name: from whom one is hidden, searches by names."""


_merge = MergeRow.__table__.c
_company, _person, _reach = CompanyRow.__table__.c, PersonRow.__table__.c, ReachRow.__table__.c
NOBODY: ColumnElement[Any] = literal_column("'[]'::json")
_other = CompanyRow.__table__.alias("other")
_OTHER = access.guard(COMPANY, _other)


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
    only: frozenset[str],
    fields: Added = (),
    sought: Sought | None = None,
) -> Read:
    """`Listed` companies or people of which no more is told than what is named."""
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
        rows = _people(actor).where(*asked_for, employed)
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
    only: frozenset[str],
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
    only: frozenset[str] | None = None,
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
        rows = _all(actor, of).where(*narrowed(actor, of, query, guard, parts, sought))
        words = words_of(actor, of, sought, few) if query.q else None
        words = of_own(words, table.owner_id == myself(actor), sought) if words and mine else words
        if only is not None:
            item = _all(actor, of, only).selected_columns["item"]
            rows = rows.with_only_columns(item, maintain_column_froms=True)
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
        rows = _all(actor, of).where(among_ids(of.__table__.c.id, ids), access.visible(actor, of))
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
    return _all(actor, of).where(same(of.__table__.c.id, "id", id))


def _all(actor: Actor, of: type[Customer], only: frozenset[str] | None = None) -> Select[Any]:
    return _companies(actor, only) if of is CompanyRow else _people(actor, only)


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


def _companies(actor: Actor, only: frozenset[str] | None = None) -> Select[Any]:
    """Companies, each as the JSON of a `Company`."""
    told = (
        text("'id'"), _company.id,
        text("'name'"), _company.name,
        *chain.from_iterable(
            _told(actor, CompanyRow, name, _company[name])
            for name in (
                *("legal_name", "inn", "kpp", "ogrn", "address", "size"),
                *("domain", "industry"),
            )
        ),
        text("'parent'"),
        shown(
            actor, access.right(CompanyRow, "read"), "parent_id",
            _named(actor, _company.parent_id), GUARDS[CompanyRow],
        ),
        *_common(actor, CompanyRow),
    )  # fmt: skip
    return select(object_of(told, only).label("item"))


def _people(actor: Actor, only: frozenset[str] | None = None) -> Select[Any]:
    """People, each as the JSON of a `Person`."""
    told = (
        text("'id'"), _person.id,
        text("'name'"), _person.name,
        *_told(actor, PersonRow, "position", _person.position),
        text("'erased_at'"), _person.erased_at,
        *_told(actor, PersonRow, "document", _person.document_sealed.is_not(None), false()),
        text("'company'"),
        shown(
            actor, access.right(PersonRow, "read"), "company_id",
            _named(actor, _person.company_id), GUARDS[PersonRow],
        ),
        *_common(actor, PersonRow),
        *_said(actor, only),
    )  # fmt: skip
    return select(object_of(told, only).label("item"))


def _said(actor: Actor, only: frozenset[str] | None) -> tuple[Any, ...]:
    """What they have said of each purpose, where it is asked for by its name."""
    if only is None or CONSENTS not in only:
        return ()
    return _told(actor, PersonRow, CONSENTS, latest_said(cast(Column[Any], _person.id)), NOBODY)


def _named(actor: Actor, id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The JSON of a `Named` company, its name where the actor's right reaches it."""
    reached = within(actor, access.right(CompanyRow, "read"), _OTHER)
    name = select(_other.c.name).where(_other.c.id == id, reached).scalar_subquery()
    return case((id.is_not(None), func.json_build_object(text("'id'"), id, text("'name'"), name)))


def _told(
    actor: Actor,
    of: type[Customer],
    name: str,
    value: ColumnElement[Any],
    empty: ColumnElement[Any] | None = None,
) -> tuple[ColumnElement[Any], ...]:
    """The name of a field and its value, unless it is hidden."""
    told = shown(actor, access.right(of, "read"), name, value, GUARDS[of], empty)
    return literal_column(f"'{name}'"), told


def _common(actor: Actor, of: type[Customer]) -> tuple[Any, ...]:
    table = of.__table__.c
    return (
        *chain.from_iterable(
            _told(actor, of, way, _reached_by(way, table.id), NOBODY) for way in WAYS
        ),
        *_told(actor, of, "city", table.city),
        *_told(actor, of, "tags", table.tags, NOTHING),
        *_told(actor, of, "source", table.source),
        *_told(actor, of, "about", table.about),
        text("'custom'"),
        shown_custom(actor, access.right(of, "read"), table.custom, GUARDS[of]),
        text("'owner_id'"), table.owner_id,
        text("'owner_name'"), user_name(schema, table.owner_id),
        text("'team_id'"), table.team_id,
        text("'created_at'"), table.created_at,
        text("'changed_at'"), table.changed_at,
        text("'version'"), table.version,
        text("'editable'"), access.editable(actor, of),
        text("'hidden'"), hidden_of(actor, access.right(of, "read"), GUARDS[of]),
    )  # fmt: skip


def _reached_by(kind: str, id: ColumnElement[Any]) -> ColumnElement[Any]:
    one = func.json_build_object(text("'typed'"), _reach.typed, text("'normal'"), _reach.normal)
    return (
        select(array_of(func.json_agg(aggregate_order_by(one, _reach.place))))
        .where(_reach.record_id == id, _reach.kind == kind)
        .scalar_subquery()
    )
