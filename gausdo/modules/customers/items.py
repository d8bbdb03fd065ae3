"""Companies and people as they are read: the JSON of a `Company` or a `Person`, made by PostgreSQL,
and what files say of them, a column each.
"""

from itertools import chain
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    case,
    false,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.modules.customers import access
from gausdo.modules.customers.access import GUARDS
from gausdo.modules.customers.consents import CONSENTS, latest_said
from gausdo.modules.customers.fields import COMPANY
from gausdo.modules.customers.reach_contract import WAYS
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow, ReachRow, schema
from gausdo.platform.hidden import NOTHING, hidden_of, shown, shown_custom
from gausdo.platform.json_sql import Columns, Only, array_of, told_of
from gausdo.platform.known import user_name
from gausdo.platform.rights import within

NOBODY: ColumnElement[Any] = literal_column("'[]'::json")
_company, _person, _reach = CompanyRow.__table__.c, PersonRow.__table__.c, ReachRow.__table__.c
_other = CompanyRow.__table__.alias("other")
_OTHER = access.guard(COMPANY, _other)


def items(actor: Actor, of: type[Customer], only: Only = None) -> Select[Any]:
    """Companies or people, each as its JSON; or `only` what is named of them, a column each."""
    return _companies(actor, only) if of is CompanyRow else _people(actor, only)


def _companies(actor: Actor, only: Only = None) -> Select[Any]:
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
    if isinstance(only, Columns):
        told += (
            text("'parent'"), _name_shown(actor, CompanyRow, "parent_id"),
            text("'ways'"), _ways(actor, CompanyRow),
        )  # fmt: skip
    return select(*told_of(told, only))


def _people(actor: Actor, only: Only = None) -> Select[Any]:
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
    )  # fmt: skip
    if isinstance(only, Columns):
        said = latest_said(cast(Column[Any], _person.id))
        told += (
            text("'company'"), _name_shown(actor, PersonRow, "company_id"),
            text("'ways'"), _ways(actor, PersonRow),
            *_told(actor, PersonRow, CONSENTS, said, NOBODY),
        )  # fmt: skip
    return select(*told_of(told, only))


def _named(actor: Actor, id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The JSON of a `Named` company."""
    told = text("'id'"), id, text("'name'"), _name_of(actor, id)
    return case((id.is_not(None), func.json_build_object(*told)))


def _name_of(actor: Actor, id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The name of a company where the actor's right reaches it."""
    reached = within(actor, access.right(CompanyRow, "read"), _OTHER)
    return select(_other.c.name).where(_other.c.id == id, reached).scalar_subquery()


def _name_shown(actor: Actor, of: type[Customer], field: str) -> ColumnElement[Any]:
    """The name of the company that a field says, unless the field is hidden."""
    _, told = _told(actor, of, field, _name_of(actor, of.__table__.c[field]))
    return told


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


def _ways(actor: Actor, of: type[Customer]) -> ColumnElement[Any]:
    """How somebody is reached, as it was typed: of each kind a list, all read at once."""
    ordered = func.json_agg(aggregate_order_by(_reach.typed, _reach.kind, _reach.place))
    lists = (
        _told(actor, of, way, array_of(ordered.filter(_reach.kind == way)), NOBODY) for way in WAYS
    )
    told = func.json_build_object(*chain.from_iterable(lists))
    return select(told).where(_reach.record_id == of.__table__.c.id).scalar_subquery()


def _reached_by(kind: str, id: ColumnElement[Any]) -> ColumnElement[Any]:
    one = func.json_build_object(text("'typed'"), _reach.typed, text("'normal'"), _reach.normal)
    return (
        select(array_of(func.json_agg(aggregate_order_by(one, _reach.place))))
        .where(_reach.record_id == id, _reach.kind == kind)
        .scalar_subquery()
    )
