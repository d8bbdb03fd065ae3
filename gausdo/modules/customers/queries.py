"""Reads of customers: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Context, parse
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import now
from gausdo.modules.customers import access
from gausdo.modules.customers.contract import PeopleQuery
from gausdo.modules.customers.fields import COMPANY, columns_of
from gausdo.modules.customers.search import add_words, matches
from gausdo.modules.customers.tables import (
    LAST,
    CompanyRow,
    Customer,
    PersonRow,
    ReachRow,
    schema,
)
from gausdo.platform.conditions_sql import to_sql
from gausdo.platform.db import Read
from gausdo.platform.history import entries
from gausdo.platform.keyset import PARENT, asked_page, listed, listed_by
from gausdo.platform.narrow import among_ids, asked_list, ids_of, same
from gausdo.platform.rights import add_parts, asked_by, looked_at, parts, within
from gausdo.platform.search import among

_company, _person, _reach = CompanyRow.__table__.c, PersonRow.__table__.c, ReachRow.__table__.c
_employer = CompanyRow.__table__.alias("employer")
_EMPLOYER_COLUMNS = columns_of(COMPANY, _employer)


FEW = 5000
"""So many found records are sorted for a page; of more, the page is read in its order."""


def companies(actor: Actor, query: ListQuery, few: bool = True) -> Read:
    """`Listed[Company]`; `few` as `found_few` has answered."""
    return _list(actor, CompanyRow, query, few)


def people(actor: Actor, query: PeopleQuery, few: bool = True) -> Read:
    """`Listed[Person]`; `few` as `found_few` has answered."""
    return _list(actor, PersonRow, query, few)


def people_of(actor: Actor, ids: list[UUID], query: PeopleQuery) -> Select[Any]:
    """`dict[UUID, Listed[Person]]`."""
    narrow = _narrowed(actor, PersonRow, query, few=True)
    rows = _people(actor).where(*narrow, _person.company_id == PARENT)
    return listed_by(listed(rows, query, _sorts(PersonRow, query), _person.id, "name"), ids)


def _list(actor: Actor, of: type[Customer], query: ListQuery, few: bool) -> Read:
    sorts, fields = _sorts(of, query), access.FIELDS[of]
    asked = asked_list(actor, query, fields, "list", of.kind, few, words=add_words)
    asked_page(asked, query, sorts, "name")
    add_parts(asked, actor, access.right(of, "read"))

    def statement() -> Select[Any]:
        divided = _parts(actor, of, query, few)
        rows = _all(actor, of).where(*_narrowed(actor, of, query, few, divided))
        return listed(rows, query, sorts, of.__table__.c.id, "name", divided)

    return asked.read(statement)


def _parts(
    actor: Actor, of: type[Customer], query: ListQuery, few: bool
) -> list[ColumnElement[bool]]:
    """What is narrowed to a few records already is not divided."""
    employed = isinstance(query, PeopleQuery) and query.company_id is not None
    if query.ids or employed or (query.q and few):
        return []
    table = of.__table__.c
    return parts(actor, access.right(of, "read"), table.id, table.owner_id, table.team_id)


def found_few(actor: Actor, of: type[Customer], q: str) -> Read:
    """Whether at most `FEW` visible records are found, in JSON."""
    asked = asked_by(actor, "found few", of.kind)
    add_words(asked, q)

    def statement() -> Select[Any]:
        found = matches(of.__table__.c.search, q)
        some = select(of.__table__.c.id).where(found, access.visible(actor, of)).limit(FEW + 1)
        return select(func.to_json(func.count() <= FEW)).select_from(some.subquery())

    return asked.read(statement)


def by_id(actor: Actor, of: type[Customer], ids: list[UUID]) -> Read:
    """A JSON array of those the actor may see, in no order."""
    asked = asked_by(actor, "by id", of.kind)
    asked.add(ids=ids)

    def statement() -> Select[Any]:
        rows = _all(actor, of).where(among_ids(of.__table__.c.id, ids), access.visible(actor, of))
        return select(func.coalesce(func.json_agg(rows.subquery().c.item), _empty()))

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


def history(actor: Actor, of: type[Customer], id: UUID) -> Read:
    """`list[HistoryEntry]` of one visible record, newest first; no row when it is not visible."""
    asked = asked_by(actor, "history", of.kind)
    asked.add(id=id)

    def statement() -> Select[Any]:
        visible = exists().where(same(of.__table__.c.id, "id", id), access.visible(actor, of))
        return entries(schema, of.kind, id, visible)

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
    few: bool,
    divided: Sequence[ColumnElement[bool]] = (),
) -> list[ColumnElement[bool]]:
    table = of.__table__.c
    visible = access.visible(actor, of)
    narrow = [looked_at(visible) if divided else visible]
    if query.q:
        found = matches(table.search, query.q)
        narrow.append(among(table.id, and_(found, *narrow)) if few else found)
    if query.filter:
        fields, columns = access.FIELDS[of], access.COLUMNS[of]
        context = Context(now=now(), time_zone=actor.time_zone, actor_id=actor.id)
        narrow.append(to_sql(parse(query.filter, fields), fields, columns, context, "filter"))
    if query.ids:
        narrow.append(among_ids(table.id, ids_of(query.ids)))
    if isinstance(query, PeopleQuery) and query.company_id is not None:
        narrow.append(same(_person.company_id, "company_id", query.company_id))
    return narrow


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
        text("'owner_name'"), _name_of(table.owner_id),
        text("'team_id'"), table.team_id,
        text("'created_at'"), table.created_at,
        text("'changed_at'"), table.changed_at,
        text("'version'"), table.version,
    )  # type: ignore[return-value]  # fmt: skip


def _name_of(user_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """As a subquery, as everything beside the row itself: so it is read for one page only."""
    user = schema.known.c
    return select(user.label).where(user.kind == "user", user.id == user_id).scalar_subquery()


def _reached_by(kind: str, id: ColumnElement[Any]) -> ColumnElement[Any]:
    one = func.json_build_object(text("'typed'"), _reach.typed, text("'normal'"), _reach.normal)
    return (
        select(func.coalesce(func.json_agg(aggregate_order_by(one, _reach.place)), _empty()))
        .where(_reach.record_id == id, _reach.kind == kind)
        .scalar_subquery()
    )


@cache
def _empty() -> ColumnElement[Any]:
    return cast(literal_column("'[]'"), JSON)
