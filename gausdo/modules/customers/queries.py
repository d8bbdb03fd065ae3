"""Reads of customers: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    exists,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.kernel.history import HistoryQuery
from gausdo.kernel.pages import ListQuery
from gausdo.modules.customers import access
from gausdo.modules.customers.contract import PeopleQuery
from gausdo.modules.customers.fields import COMPANY, PERSON, columns_of
from gausdo.modules.customers.search import add_words, question
from gausdo.modules.customers.tables import (
    LAST,
    CompanyRow,
    Customer,
    PersonRow,
    ReachRow,
    schema,
)
from gausdo.platform.db import Read
from gausdo.platform.found import Words
from gausdo.platform.history import add_entries, entries
from gausdo.platform.json_sql import array_of
from gausdo.platform.keyset import PARENT, add_parents, asked_page, listed, listed_by
from gausdo.platform.known import user_name
from gausdo.platform.narrow import among_ids, asked_list, conditioned, same
from gausdo.platform.rights import add_parts, asked_by, looked_at, part_teams, parts, within
from gausdo.platform.search import answers, in_teams

_company, _person, _reach = CompanyRow.__table__.c, PersonRow.__table__.c, ReachRow.__table__.c
_employer = CompanyRow.__table__.alias("employer")
_EMPLOYER_COLUMNS = columns_of(COMPANY, _employer)


def companies(actor: Actor, query: ListQuery) -> Read:
    """`Listed[Company]`."""
    return _list(actor, CompanyRow, query)


def people(actor: Actor, query: PeopleQuery) -> Read:
    """`Listed[Person]`."""
    return _list(actor, PersonRow, query)


def people_of(actor: Actor, ids: list[UUID], query: PeopleQuery) -> Read:
    """`dict[UUID, Listed[Person]]`."""
    sorts = _sorts(PersonRow, query)
    asked = asked_list(actor, query, PERSON, "people of", words=add_words)
    asked_page(asked, query, sorts, "name")
    add_parents(asked, ids)

    def statement() -> Select[Any]:
        employed = _person.company_id == PARENT
        rows = _people(actor).where(*_narrowed(actor, PersonRow, query), employed)
        words = Words(answers(_person.search, question(query.q)), few=True) if query.q else None
        page = listed(rows, query, sorts, _person.id, "name", words=words)
        return listed_by(page, ids)

    return asked.read(statement)


def _list(actor: Actor, of: type[Customer], query: ListQuery) -> Read:
    sorts, fields, table = _sorts(of, query), access.FIELDS[of], of.__table__.c
    asked = asked_list(actor, query, fields, "list", of.kind, words=add_words)
    asked_page(asked, query, sorts, "name")
    add_parts(asked, actor, access.right(of, "read"))

    def statement() -> Select[Any]:
        few = _few(query)
        read = access.right(of, "read")
        divided = [] if few else parts(actor, read, table.id, table.owner_id, table.team_id)
        rows = _all(actor, of).where(*_narrowed(actor, of, query, divided))
        words = _words(actor, of, query.q, few) if query.q else None
        return listed(rows, query, sorts, table.id, "name", divided, words)

    return asked.read(statement)


def _words(actor: Actor, of: type[Customer], q: str, few: bool) -> Words:
    table, asked = of.__table__.c, question(q)
    teams = part_teams(actor, access.right(of, "read"))
    of_teams = in_teams(schema, table.search, table.team_id, asked, teams)
    return Words(answers(table.search, asked), few, of_teams)


def _few(query: ListQuery) -> bool:
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


def _all(actor: Actor, of: type[Customer]) -> Select[Any]:
    return _companies(actor) if of is CompanyRow else _people(actor)


def history(actor: Actor, of: type[Customer], id: UUID, query: HistoryQuery) -> Read:
    """`list[HistoryEntry]` of one visible record, newest first; no row when it is not visible."""
    asked = asked_by(actor, "history", of.kind)
    add_entries(asked, id, query)

    def statement() -> Select[Any]:
        visible = exists().where(same(of.__table__.c.id, "id", id), access.visible(actor, of))
        return entries(schema, of.kind, id, visible, query)

    return asked.read(statement)


def _sorts(of: type[Customer], query: ListQuery) -> Mapping[str, ColumnElement[Any]]:
    """Who has no city comes last, whichever way cities are sorted."""
    table = of.__table__.c
    last = "''" if (query.sort or "").startswith("-") else LAST
    return {
        "name": table.name_key,
        "created_at": table.created_at,
        "changed_at": table.changed_at,
        "city": func.coalesce(table.city_key, literal_column(last)),
    }


def _narrowed(
    actor: Actor,
    of: type[Customer],
    query: ListQuery,
    divided: Sequence[ColumnElement[bool]] = (),
) -> list[ColumnElement[bool]]:
    visible = access.visible(actor, of)
    narrow = [looked_at(visible) if divided else visible]
    if isinstance(query, PeopleQuery) and query.company_id is not None:
        narrow.append(same(_person.company_id, "company_id", query.company_id))
    fields, columns = access.FIELDS[of], access.COLUMNS[of]
    return [*narrow, *conditioned(actor, query, fields, columns, of.__table__.c.id)]


def _companies(actor: Actor) -> Select[Any]:
    """Companies, each as the JSON of a `Company`."""
    item = func.json_build_object(
        text("'id'"), _company.id,
        text("'name'"), _company.name,
        text("'inn'"), _company.inn,
        text("'domain'"), _company.domain,
        text("'industry'"), _company.industry,
        *_common(CompanyRow),
        text("'editable'"), access.editable(actor, CompanyRow),
    )  # fmt: skip
    return select(item.label("item"))


def _people(actor: Actor) -> Select[Any]:
    """People, each as the JSON of a `Person`; the company's name where its right reaches it."""
    employer = _employer.c
    read = within(
        actor,
        access.right(CompanyRow, "read"),
        employer.owner_id,
        employer.team_id,
        COMPANY,
        _EMPLOYER_COLUMNS,
    )
    name = select(employer.name).where(employer.id == _person.company_id, read).scalar_subquery()
    named = func.json_build_object(text("'id'"), _person.company_id, text("'name'"), name)
    item = func.json_build_object(
        text("'id'"), _person.id,
        text("'name'"), _person.name,
        text("'position'"), _person.position,
        text("'document'"), _person.document_sealed.is_not(None),
        text("'company'"), case((_person.company_id.is_not(None), named)),
        *_common(PersonRow),
        text("'editable'"), access.editable(actor, PersonRow),
    )  # fmt: skip
    return select(item.label("item"))


@cache
def _common(of: type[Customer]) -> tuple[ColumnElement[Any], ...]:
    table = of.__table__.c
    return (
        text("'phones'"), _reached_by("phones", table.id),
        text("'emails'"), _reached_by("emails", table.id),
        text("'city'"), table.city,
        text("'about'"), table.about,
        text("'owner_id'"), table.owner_id,
        text("'owner_name'"), user_name(schema, table.owner_id),
        text("'team_id'"), table.team_id,
        text("'created_at'"), table.created_at,
        text("'changed_at'"), table.changed_at,
        text("'version'"), table.version,
    )  # type: ignore[return-value]  # fmt: skip


def _reached_by(kind: str, id: ColumnElement[Any]) -> ColumnElement[Any]:
    one = func.json_build_object(text("'typed'"), _reach.typed, text("'normal'"), _reach.normal)
    return (
        select(array_of(func.json_agg(aggregate_order_by(one, _reach.place))))
        .where(_reach.record_id == id, _reach.kind == kind)
        .scalar_subquery()
    )
