"""A deal as people read it: the JSON of a `Deal`, made by PostgreSQL."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    null,
    select,
    text,
    true,
)

from gausdo.kernel.actor import Actor, Right
from gausdo.modules.sales import access
from gausdo.modules.sales.access import GUARD, READ
from gausdo.modules.sales.competitor_tables import CompetitorRow, DealCompetitorRow
from gausdo.modules.sales.contact_tables import DealContactRow
from gausdo.modules.sales.funnel import StageKind
from gausdo.modules.sales.tables import DealRow, NextTaskRow, schema
from gausdo.platform.hidden import hidden_of, shown, shown_custom
from gausdo.platform.json_sql import Columns, Only, told_of
from gausdo.platform.known import meant, parts_of
from gausdo.platform.narrow import same
from gausdo.platform.rights import Guard, within

CONTACT = "contact_id"
"""The field of a deal that hides its further contacts, and is needed to write them."""
LOST_REASON = "lost_reason"
"""The field of a deal that hides to whom it was lost, and is needed to say so."""
_BESIDE = {CONTACT: "contacts", LOST_REASON: "lost_to"}
"""What is hidden in a deal's history with a field."""
_deal = DealRow.__table__.c
_task = NextTaskRow.__table__.c
_contact = DealContactRow.__table__.c
_competitor = CompetitorRow.__table__.c
_beside = DealCompetitorRow.__table__.c


def items(actor: Actor, only: Only = None) -> Select[Any]:
    """Deals, each as the JSON of a `Deal`, without what is hidden of it; or `only` what is named of
    them, a column each.

    What stands beside the deal itself is a subquery: PostgreSQL puts rows in order first, and makes
    the JSON of one page only.
    """
    worth = case(
        (
            _deal.amount.is_not(None),
            func.json_build_object(
                text("'amount'"), cast(_deal.amount, String), text("'currency'"), _deal.currency
            ),
        ),
    )
    steps = (_task.deal_id == _deal.id, _task.open)
    step = select(func.bool_or(_task.open)).where(*steps)  # `exists` may read all steps there are

    def told(name: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
        return shown(actor, READ, name, value, GUARD)

    parts: tuple[Any, ...] = (
        text("'id'"), _deal.id,
        text("'title'"), _deal.title,
        text("'pipeline_id'"), _deal.pipeline_id,
        text("'stage_id'"), _deal.stage_id,
        text("'kind'"), _deal.kind,
        text("'probability'"), _deal.probability,
        text("'worth'"), told("worth", worth),
        text("'company'"), told("company_id", _known(actor, "company", _deal.company_id)),
        text("'contact'"), told("contact_id", _known(actor, "person", _deal.contact_id)),
        text("'owner'"), _known(actor, "user", _deal.owner_id),
        text("'team_id'"), _deal.team_id,
        text("'expected_on'"), told("expected_on", cast(_deal.expected_on, String)),
        text("'lost_reason'"), told("lost_reason", _deal.lost_reason),
        text("'about'"), told("about", _deal.about),
        text("'custom'"), shown_custom(actor, READ, _deal.custom, GUARD),
        text("'next_task_at'"), select(func.min(_task.due_at)).where(*steps).scalar_subquery(),
        text("'next_task'"), func.coalesce(step.scalar_subquery(), False),
        text("'stage_since'"), _deal.stage_since,
        text("'stage_due_at'"), _deal.stage_due_at,
        text("'created_at'"), _deal.created_at,
        text("'changed_at'"), _deal.changed_at,
        text("'closed_at'"), _deal.closed_at,
        text("'version'"), _deal.version,
        text("'editable'"), access.editable(actor),
        text("'hidden'"), hidden_of(actor, READ, GUARD),
    )  # fmt: skip
    if isinstance(only, Columns):
        parts += (
            text("'company'"), told("company_id", _name_of(actor, "company", _deal.company_id)),
            text("'contact'"), told("contact_id", _name_of(actor, "person", _deal.contact_id)),
            text("'owner'"), _name_of(actor, "user", _deal.owner_id),
        )  # fmt: skip
    return select(*told_of(parts, only))


def hidden_in_history(actor: Actor) -> ColumnElement[Any]:
    """Who hides the main contact hides the others, and with the reason to whom it was lost."""
    hidden = told = hidden_of(actor, READ, GUARD)
    for field, beside in _BESIDE.items():
        if field in actor.hidden(READ):
            more = func.array_append(told, literal_column(f"'{beside}'"), type_=hidden.type)
            at = func.array_position(hidden, literal_column(f"'{field}'"))
            told = case((at.is_not(None), more), else_=told)
    return told


def competing(competitor: ColumnElement[Any]) -> ColumnElement[bool]:
    """The deals that a competitor has a part in."""
    part = exists().where(_beside.deal_id == _deal.id, _beside.competitor_id == competitor)
    found: ColumnElement[bool] = part
    return found


def contacts(actor: Actor, id: UUID) -> Select[Any]:
    """The JSON of each further contact, with the id of the deal's main one beside it, and its
    place.
    """
    item = func.json_build_object(
        text("'main'"), meant(schema, literal_column("'person'"), _deal.contact_id),
        text("'person'"), _known(actor, "person", _contact.person_id),
        text("'role'"), _contact.role,
    )  # fmt: skip
    return (
        select(item.label("item"), _contact.position.label("place"))
        .select_from(DealContactRow.__table__.join(DealRow.__table__, _deal.id == _contact.deal_id))
        .where(same(_contact.deal_id, "id", id))
        .order_by(_contact.position)
    )


def competitors(deal_id: UUID) -> Select[Any]:
    """The JSON of each `DealCompetitor` of a deal, and its place."""
    won = func.coalesce(
        and_(_deal.kind == StageKind.LOST, _beside.won_at == _deal.closed_at), false()
    )
    item = func.json_build_object(
        text("'id'"), _competitor.id, text("'name'"), _competitor.name, text("'won'"), won
    )  # fmt: skip
    beside = DealCompetitorRow.__table__.join(
        CompetitorRow.__table__, _competitor.id == _beside.competitor_id
    )
    return (
        select(item.label("item"), _beside.position.label("place"))
        .select_from(beside.join(DealRow.__table__, _deal.id == _beside.deal_id))
        .where(same(_beside.deal_id, "id", deal_id))
        .order_by(_beside.position)
    )


def concerning(actor: Actor, person: ColumnElement[Any]) -> ColumnElement[bool]:
    """The deals whose contact the person is, the main one or another, where one may see that."""
    main = DealRow.__table__.alias("of_main").c
    parts = parts_of(schema, person)
    further = select(_contact.deal_id).where(_contact.person_id == parts)
    found = _deal.id.in_(select(main.id).where(main.contact_id == parts).union_all(further))
    return and_(found, shown(actor, READ, CONTACT, true(), GUARD, false()))


def _known(actor: Actor, kind: str, id: ColumnElement[Any]) -> ColumnElement[Any]:
    """A record of another module: its name where its right reaches it, a colleague's always.

    What was merged into another is told as that one: it alone is looked up then.
    """
    if kind == "user":
        return case((id.is_not(None), _named(id, _name_of(actor, kind, id))))
    this = func.coalesce(schema.known.c.canonical_id, id)
    found = select(_named(this, _label(actor, kind))).where(*_is(kind, id))
    unknown = _named(id, null())
    return case((id.is_not(None), func.coalesce(found.scalar_subquery(), unknown)))


def _name_of(actor: Actor, kind: str, id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The name alone of what `_known` tells."""
    label = schema.known.c.label if kind == "user" else _label(actor, kind)
    return select(label).where(*_is(kind, id)).scalar_subquery()


def _is(kind: str, id: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
    known = schema.known.c
    return known.kind == literal_column(f"'{kind}'"), known.id == id


def _label(actor: Actor, kind: str) -> ColumnElement[Any]:
    """Of a row of `known`: the name of that which stands for it."""
    known, into = schema.known.c, schema.known.alias("stands")
    of: ColumnElement[Any] = literal_column(f"'{kind}'")
    stands = _seen(actor, kind, into.c)
    other = select(stands).where(into.c.kind == of, into.c.id == known.canonical_id)
    return case(
        (known.canonical_id.is_not(None), other.correlate_except(into).scalar_subquery()),
        else_=_seen(actor, kind, known),
    )


def _seen(actor: Actor, kind: str, known: Any) -> ColumnElement[Any]:
    """The name of what is `known`, where the actor may read such a record."""
    right = Right(f"customers.{kind}", "read")
    return case((within(actor, right, Guard(known.owner_id, known.team_id)), known.label))


def _named(id: ColumnElement[Any], name: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.json_build_object(text("'id'"), id, text("'name'"), name)
