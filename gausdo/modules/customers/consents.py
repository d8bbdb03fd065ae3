"""Where people stand: by the latest they have said of each purpose and channel.

What is good now lies beside the person (`consents`, `consents_until`), and what was withdrawn or
refused (`consents_withdrawn`), so that every list and segment can ask for it; it is worked out of
the entries, which are only added to.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    any_,
    case,
    delete,
    func,
    literal,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.types import Uuid

from gausdo.modules.customers.consent_tables import ConsentRow
from gausdo.modules.customers.consents_contract import (
    Channel,
    ConsentSource,
    ConsentStanding,
    ConsentState,
    PersonConsentExpired,
)
from gausdo.modules.customers.doubles import MergeRow
from gausdo.platform.db import Tx
from gausdo.platform.found import as_it_is
from gausdo.platform.history import Changes
from gausdo.platform.json_sql import array_of

if TYPE_CHECKING:
    from gausdo.modules.customers.tables import PersonRow

CONSENTS = "consents"
"""The field that tells which are good now."""
TOLD = ("purpose_id", "channel", "given", "at", "until", "source")
"""What a cell of a file says of one consent."""
PORTION = 200
_consent, _merge = ConsentRow.__table__.c, MergeRow.__table__.c


def key_of(purpose_id: UUID, channel: str) -> str:
    """As a condition asks for it: `01900000-0000-7000-8000-000000000101:email`."""
    return f"{purpose_id}:{channel}"


def said_by(id: UUID | Column[Any]) -> ColumnElement[bool]:
    """The entries of somebody and of those who became a part of them."""
    this = id if isinstance(id, Column) else literal(id, Uuid)
    itself = select(this).correlate(*_around(id))
    every = union_all(itself, _merged_into(id))
    found: ColumnElement[bool] = _consent.person_id == any_(func.array(every.scalar_subquery()))
    return found


def _merged_into(id: UUID | Column[Any]) -> Select[Any]:
    parts = select(_merge.merged_id).where(_merge.canonical_id == id, _merge.parted_at.is_(None))
    return parts.correlate(*_around(id))


def _around(id: UUID | Column[Any]) -> list[Any]:
    """The table that a statement around this one reads, where the id is a column of it."""
    return [id.table] if isinstance(id, Column) else []


async def states(tx: Tx, id: UUID, today: date) -> list[ConsentState]:
    """By what was said last of each; who has said two things at once has said what was recorded
    last.
    """
    await tx.session.flush()
    query = select(ConsentRow).where(said_by(id)).order_by(ConsentRow.at, ConsentRow.id)
    latest: dict[tuple[UUID, str], ConsentRow] = {}
    for row in await tx.session.scalars(query):
        for channel in row.channels:
            latest[row.purpose_id, channel] = row
    return [
        ConsentState(
            purpose_id=purpose_id,
            channel=Channel(channel),
            standing=_standing(row, today),
            since=row.at,
            until=row.until,
            wording=row.wording,
            source=ConsentSource(row.source),
            entry_id=row.id,
        )
        for (purpose_id, channel), row in sorted(latest.items(), key=lambda one: one[0])
    ]


def _standing(row: ConsentRow, today: date) -> ConsentStanding:
    if not row.given:
        return ConsentStanding.WITHDRAWN
    expired = row.until is not None and row.until < today
    return ConsentStanding.EXPIRED if expired else ConsentStanding.GIVEN


async def settle(tx: Tx, row: "PersonRow", today: date) -> Changes:
    """Keep beside somebody what is good now; answers what is another than before."""
    every = await states(tx, row.id, today)
    good = [one for one in every if one.standing is ConsentStanding.GIVEN]
    before, keys = row.consents or [], [key_of(one.purpose_id, one.channel) for one in good]
    row.consents_withdrawn = [
        key_of(one.purpose_id, one.channel)
        for one in every
        if one.standing is ConsentStanding.WITHDRAWN
    ]
    row.consents_until = min((one.until for one in good if one.until is not None), default=None)
    if before == keys:
        return {}
    row.consents = keys
    return {CONSENTS: (before, keys)}


async def proofs_of(tx: Tx, id: UUID) -> list[UUID]:
    """The files that prove what somebody has said themselves."""
    query = select(_consent.proof_file_id).where(_consent.person_id == id)
    found = await tx.session.scalars(query.where(_consent.proof_file_id.is_not(None)))
    return [one for one in found if one is not None]


def latest_said(id: Column[Any]) -> ColumnElement[Any]:
    """A JSON array of what a person has said last of each purpose and channel, for files."""
    channel = func.unnest(_consent.channels).column_valued("channel")
    order = _consent.purpose_id, channel, _consent.at.desc(), _consent.id.desc()
    said = (
        select(
            *(_consent.purpose_id, _consent.given, _consent.at, _consent.until, _consent.source),
            channel.label("channel"),
        )
        .where(said_by(id))
        .ext(distinct_on(_consent.purpose_id, channel))
        .order_by(*order)
        .correlate(id.table)
        .subquery("said")
    )
    told = [part for name in TOLD for part in (text(f"'{name}'"), said.c[name])]
    every = select(array_of(func.json_agg(func.json_build_object(*told)))).scalar_subquery()
    own = select(_consent.person_id).where(_consent.person_id == id).correlate(id.table)
    # and not `exists`, for which PostgreSQL may read what all people have said
    any_said = (one.limit(as_it_is(1)).scalar_subquery() for one in (own, _merged_into(id)))
    nothing: ColumnElement[Any] = literal_column("'[]'::json")
    return case((func.coalesce(*any_said).is_not(None), every), else_=nothing)


async def count(tx: Tx, id: UUID) -> int:
    query = select(func.count().label("entries")).select_from(ConsentRow).where(said_by(id))
    return await tx.session.scalar(query) or 0


async def expire(tx: Tx, rows: Iterable["PersonRow"], today: date) -> None:
    """Tell of each purpose of which somebody's consent was good until yesterday or before."""
    for row in rows:
        changes = await settle(tx, row, today)
        before, keys = changes.get(CONSENTS, ([], []))
        for purpose_id, channels in _parts([one for one in before if one not in keys]).items():
            row.touch()
            facts = row.added().model_dump() | {"purpose_id": purpose_id, "channels": channels}
            left = [
                one for one in before if one.partition(":")[0] != str(purpose_id) or one in keys
            ]
            tx.publish(PersonConsentExpired(**facts), changes={CONSENTS: (before, left)})
            before = left


def _parts(keys: Sequence[str]) -> Mapping[UUID, tuple[Channel, ...]]:
    told = [one.partition(":") for one in sorted(keys)]
    return {
        UUID(id): tuple(Channel(channel) for _, _, channel in some)
        for id, some in groupby(told, key=lambda one: one[0])
    }


async def forget(tx: Tx, ids: Sequence[UUID]) -> int:
    """What was said by somebody who is erased."""
    gone = delete(ConsentRow).where(_consent.person_id.in_(ids)).returning(_consent.id)
    return len((await tx.session.scalars(gone)).all())


async def held(tx: Tx, id: UUID) -> list[dict[str, Any]]:
    """All that somebody has said, for who asks for their own data."""
    query = select(ConsentRow).where(said_by(id)).order_by(ConsentRow.id)
    told = ("purpose_id", "given", "channels", "at", "until", "wording", "source")
    proof = ("proof_text", "proof_link", "proof_ip")
    return [
        {name: getattr(row, name) for name in (*told, *proof)}
        for row in await tx.session.scalars(query)
    ]
