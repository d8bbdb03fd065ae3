"""Who may be meant twice: candidates by indexes alone, then weighed one by one.

A few statements whatever the number of records: by phones and e-mails, by INN and domain, by keys
of the name (`customers.person_keys`, `customers.company_keys`), among the colleagues of a company.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    text,
    true,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from sqlalchemy.types import TypeEngine

from gausdo.kernel.actor import Actor
from gausdo.modules.customers import access, duplicates
from gausdo.modules.customers.duplicates_contract import Clue, Suspect
from gausdo.modules.customers.likeness import (
    SUSPECT,
    Evidence,
    Portrait,
    companies_alike,
    people_alike,
    portrait,
)
from gausdo.modules.customers.names import ALIKE, likeness, words_of
from gausdo.modules.customers.tables import (
    CompanyRow,
    Customer,
    PersonRow,
    ReachRow,
    schema,
)
from gausdo.platform.db import Tx
from gausdo.platform.known import user_name
from gausdo.platform.rights import told_within

MANY = 10
"""Suspects told at most."""
EACH = 100
"""Candidates by each way of finding them: more are too many to mean anything."""
COMMON = 15
"""Where more than so many are called alike, the name alone tells nobody."""

SURE = 100
WEIGH = {CompanyRow: companies_alike, PersonRow: people_alike}
FIELD = {
    Clue.INN: "inn",
    Clue.EMAIL: "emails",
    Clue.PHONE: "phones",
    Clue.DOMAIN: "domain",
    Clue.COMPANY: "company_id",
    Clue.CITY: "city",
}
"""What has to be shown to somebody for a clue to be told to them."""

_reach = ReachRow.__table__.c


class Candidate(NamedTuple):
    id: UUID
    portrait: Portrait
    owner_name: str | None
    visible: bool


async def suspects(
    tx: Tx, actor: Actor, of: type[Customer], told: Mapping[str, Any], but: UUID | None = None
) -> list[Suspect]:
    """Of what is told, as `ways.comparable` has it, without what is hidden from the actor."""
    hidden = actor.hidden(access.right(of, "read"))
    told = {name: value for name, value in told.items() if name not in hidden}
    found = await candidates(tx, actor, of, portrait(told), but)
    visible = {one.id for one in found if one.visible}
    seen = [one for one in weighed(of, portrait(told), found) if one[0].id in visible]
    unseen = await _unseen(tx, of, told, but, visible)
    return [*(_suspect(one, evidence, hidden) for one, evidence in seen[:MANY]), *unseen]


def weighed(
    of: type[Customer], mine: Portrait, found: Iterable[Candidate]
) -> list[tuple[Candidate, Evidence]]:
    """Those of the candidates that are worth a look, the most likely first."""
    others = list(found)
    namesakes = sum(likeness(mine.name, one.portrait.name) >= ALIKE for one in others)
    weigh = WEIGH[of]
    every = [(one, weigh(mine, one.portrait, common=namesakes > COMMON)) for one in others]
    worth = [one for one in every if one[1].score >= SUSPECT]
    return sorted(worth, key=lambda one: (-one[1].score, one[0].id))


def _suspect(one: Candidate, evidence: Evidence, hidden: Iterable[str]) -> Suspect:
    return Suspect(
        id=one.id,
        name=one.portrait.name,
        city=None if "city" in hidden else one.portrait.city,
        owner_name=one.owner_name,
        score=evidence.score,
        clues=[clue for clue in evidence.clues if FIELD.get(clue, "name") not in hidden],
        deleted_at=None,
    )


async def _unseen(
    tx: Tx, of: type[Customer], told: Mapping[str, Any], but: UUID | None, visible: Iterable[UUID]
) -> list[Suspect]:
    """The one that would refuse these values, where it is not the actor's to see."""
    held = await duplicates.held(tx, of, [told])
    same = held.same({"name": "", **told}, but)
    if same is None or same.holder.id in visible:
        return []
    told_by = Suspect(
        id=None,
        name=None,
        city=None,
        owner_name=same.holder.owner_name,
        score=SURE,
        clues=[_CLUES[same.field.partition(".")[0]]],
        deleted_at=None,
    )
    return [told_by]


_CLUES = {"inn": Clue.INN, "emails": Clue.EMAIL, "phones": Clue.PHONE}


async def candidates(
    tx: Tx, actor: Actor, of: type[Customer], mine: Portrait, but: UUID | None = None
) -> list[Candidate]:
    """Whom an index finds by something that is the same, `but` aside."""
    arms = [*_arms(of, _told(of, mine))]
    if not arms:
        return []
    found = union_all(*(arm.subquery().select() for arm in arms)).subquery()
    ids = func.array(select(found.c.id).scalar_subquery())
    known = await _known(tx, actor, of, ids)
    return [one for id, one in known.items() if id != but]


async def candidates_of(
    tx: Tx, actor: Actor, of: type[Customer], mine: Mapping[UUID, Portrait]
) -> Mapping[UUID, list[Candidate]]:
    """The same of many records, themselves aside, in as few statements as of one."""
    asked = func.jsonb_to_recordset(bindparam("asked", _asked(mine), JSONB)).table_valued(
        *(Column(name, kind) for name, kind in _ASKED.items()), name="asked"
    )
    asked = asked.render_derived(with_types=True)
    by_name = _called_alike(of, asked.c.id, asked.c.name)
    sought = Sought(**{name: asked.c[name] for name in Sought._fields})._replace(name=None)
    arms = (arm.correlate(asked).subquery().select() for arm in _arms(of, sought))
    found = union_all(*arms).subquery("found").lateral()
    by_others = select(asked.c.id, found.c.id).select_from(asked).join(found, true())
    # of the keys of a name nothing is known beforehand: PostgreSQL would read a table to its end
    await tx.session.execute(text("set local enable_seqscan = off"))
    query: CompoundSelect[UUID, UUID] = union(by_others, by_name)
    rows = (await tx.session.execute(query)).all()
    both = [(id, other) for id, other in rows if id != other]
    await tx.session.execute(text("set local enable_seqscan = on"))
    others = sorted({other for _, other in both})
    known = await _known(tx, actor, of, bindparam("others", others, ARRAY(Uuid)))
    told: dict[UUID, list[Candidate]] = {id: [] for id in mine}
    for id, other in sorted(both):
        if other in known:
            told[id].append(known[other])
    return told


def _called_alike(
    of: type[Customer], id: ColumnElement[Any], name: ColumnElement[Any]
) -> Select[Any]:
    """Those asked about, and whoever shares a key of a name with them, `EACH` of a key at most.

    A key is looked for once, however many have it: an index tells all who are called so, and of a
    file of ten thousand «New contact» each would be told of all the others.
    """
    keys_of, row = getattr(func.customers, f"{of.kind}_keys"), of.__table__.c
    every = select(id.label("id"), func.unnest(keys_of(name)).label("key")).cte("every")
    key = select(every.c.key).distinct().subquery("key")
    called = keys_of(row.name).bool_op("@>")(array([key.c.key]))
    some = select(row.id).where(called).limit(literal_column(str(EACH))).lateral("some")
    return select(every.c.id, some.c.id).join(key, key.c.key == every.c.key).join(some, true())


_ASKED: Mapping[str, TypeEngine[Any]] = {
    "id": Uuid(),
    "reached": ARRAY(Text),
    "inn": Text(),
    "domains": ARRAY(Text),
    "company_id": Uuid(),
    "name": Text(),
}


def _asked(mine: Mapping[UUID, Portrait]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(id),
            "reached": sorted(one.phones | one.emails),
            "inn": one.inn,
            "domains": sorted(one.domains),
            "company_id": one.company_id and str(one.company_id),
            "name": one.name,
        }
        for id, one in mine.items()
    ]


async def _known(
    tx: Tx, actor: Actor, of: type[Customer], ids: ColumnElement[Any]
) -> Mapping[UUID, Candidate]:
    row = of.__table__.c
    own = (row.inn, row.domain) if of is CompanyRow else (row.company_id,)
    ways = (_ways(row.id, kind).label(kind) for kind in ("phones", "emails"))
    owner = user_name(schema, row.owner_id).label("owner_name")
    visible = told_within(actor, access.right(of, "read"), access.GUARDS[of]).label("visible")
    told = row.id, row.name, row.city, *own, *ways, owner, visible
    rows = await tx.session.execute(select(*told).where(row.id == any_(ids)))
    return {one["id"]: _candidate(one) for one in rows.mappings().all()}


def _candidate(row: Mapping[Any, Any]) -> Candidate:
    mine = Portrait(
        name=row["name"],
        inn=row.get("inn"),
        domain=row.get("domain"),
        phones=frozenset(row["phones"]),
        emails=frozenset(row["emails"]),
        city=row["city"],
        company_id=row.get("company_id"),
    )
    return Candidate(row["id"], mine, row["owner_name"], row["visible"])


def _ways(id: ColumnElement[Any], kind: str) -> ColumnElement[Any]:
    mine = _reach.record_id == id, _reach.kind == literal_column(f"'{kind}'")
    return func.array(select(_reach.normal).where(*mine).scalar_subquery())


class Sought(NamedTuple):
    """What of a record is looked for; None where it has no such thing."""

    reached: ColumnElement[Any] | None
    inn: ColumnElement[Any] | None
    domains: ColumnElement[Any] | None
    company_id: ColumnElement[Any] | None
    name: ColumnElement[Any] | None


def _told(of: type[Customer], mine: Portrait) -> Sought:
    reached, domains = sorted(mine.phones | mine.emails), sorted(mine.domains)
    return Sought(
        reached=bindparam("reached", reached, ARRAY(Text)) if reached else None,
        inn=literal(mine.inn) if of is CompanyRow and mine.inn else None,
        domains=bindparam("domains", domains, ARRAY(Text)) if domains else None,
        company_id=literal(mine.company_id) if mine.company_id else None,
        name=literal(mine.name, Text) if words_of(mine.name) else None,
    )


def _arms(of: type[Customer], sought: Sought) -> Iterator[Select[Any]]:
    """The ways of finding somebody, each by an index, and each of `EACH` at most."""
    for arm in _every_arm(of, sought):
        yield arm.limit(literal_column(str(EACH)))


def _every_arm(of: type[Customer], sought: Sought) -> Iterator[Select[Any]]:
    row = of.__table__.c
    if sought.reached is not None:
        kind = _reach.record_kind == literal_column(f"'{of.kind}'")
        same = _reach.normal == any_(sought.reached)
        yield select(_reach.record_id.label("id")).where(same, kind)
    if of is CompanyRow and sought.inn is not None:
        yield select(row.id).where(row.inn == sought.inn)
    if of is CompanyRow and sought.domains is not None:
        yield select(row.id).where(row.domain == any_(sought.domains))
    if of is PersonRow and sought.company_id is not None:
        yield select(row.id).where(row.company_id == sought.company_id)
    if sought.name is not None:
        keys_of = getattr(func.customers, f"{of.kind}_keys")
        kept = keys_of(row.name)
        asked = keys_of(sought.name, type_=ARRAY(Text))
        yield select(row.id).where(kept.bool_op("@>")(asked[1:1]))
        yield select(row.id).where(kept.bool_op("&&")(asked))
