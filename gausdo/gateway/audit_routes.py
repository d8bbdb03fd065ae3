"""The audit: who did what, when, from where and why, over all modules this process answers."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from starlette.responses import StreamingResponse

from gausdo.gateway.audit_export import MEDIA, lines
from gausdo.gateway.witness import Witness
from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.administration import AUDIT
from gausdo.kernel.pages import Listed
from gausdo.kernel.values import now
from gausdo.modules.identity.contract import Identity
from gausdo.platform.audit.reading import (
    Asked,
    AuditEntry,
    AuditPlace,
    AuditQuery,
    Happened,
    KnownEvent,
    happened,
    known_events,
    labels,
    place_in,
)
from gausdo.platform.db import Database
from gausdo.platform.http import CurrentActor, Routes

READ = AUDIT.right("read")
EXPORT = AUDIT.right("export")
TOGETHER = 200
"""Entries of an export that are read at once."""

Databases = Mapping[str, Database]


class AuditExport(Asked):
    """`csv` for spreadsheets, a line for each field that changed; `jsonl` for programs, an entry a
    line.
    """

    format: Literal["csv", "jsonl"] = "csv"


def routes(databases: Databases, identity: Identity, witness: Witness) -> Routes:
    api = Routes("administration")

    @api.get("/audit", right="administration.audit.read")
    async def audit(
        actor: CurrentActor, query: Annotated[AuditQuery, Query()]
    ) -> Listed[AuditEntry]:
        """What happened, the newest first."""
        actor.demand(READ)
        after = place_in(query.after) if query.after else None
        found = await _merged(databases, query, after, query.limit + 1)
        page = found[: query.limit]
        more = len(found) > query.limit
        return Listed(
            items=await _named(databases, identity, page),
            next=AuditPlace(at=page[-1].at, id=page[-1].id).told() if more else None,
        )

    @api.get("/audit/events", right="administration.audit.read")
    async def audit_events(actor: CurrentActor) -> list[KnownEvent]:
        """The kinds of events and records that the audit can be asked for."""
        actor.demand(READ)
        found = await asyncio.gather(*(known_events(db) for db in databases.values()))
        return [one for events in found for one in events]

    @api.get(
        "/audit/export",
        right="administration.audit.export",
        media=tuple(MEDIA.values()),
        step_up=True,
    )
    async def export_audit(
        actor: CurrentActor, query: Annotated[AuditExport, Query()]
    ) -> StreamingResponse:
        """All that is asked for, as a file; that it was taken out is in the audit, too."""
        actor.demand(EXPORT)
        first = await _merged(databases, query, None, TOGETHER)
        asked = query.model_dump(mode="json", exclude_none=True, exclude={"format"})
        await witness.exported(actor, "audit", query.format, {k: str(v) for k, v in asked.items()})
        entries = _all(databases, identity, query, first)
        name = f"audit-{now():%Y-%m-%d}.{query.format}"
        return StreamingResponse(
            lines(entries, query.format),
            media_type=MEDIA[query.format],
            headers={
                "content-disposition": f'attachment; filename="{name}"',
                "cache-control": "no-store",
            },
        )

    return api


async def _merged(
    databases: Databases, query: Asked, after: AuditPlace | None, limit: int
) -> list[Happened]:
    """The first entries of all modules together; each tells as many as there may be of it."""
    asked = [db for name, db in databases.items() if query.module in (None, name)]
    found = await asyncio.gather(*(happened(db, query, after, limit) for db in asked))
    entries = [entry for one in found for entry in one]
    return sorted(entries, key=lambda one: (one.at, one.id), reverse=True)[:limit]


async def _all(
    databases: Databases, identity: Identity, query: Asked, first: list[Happened]
) -> AsyncIterator[list[AuditEntry]]:
    """Page by page, from the first one on."""
    page = first
    while page:
        yield await _named(databases, identity, page)
        if len(page) < TOGETHER:
            return
        after = AuditPlace(at=page[-1].at, id=page[-1].id)
        page = await _merged(databases, query, after, TOGETHER)


async def _named(
    databases: Databases, identity: Identity, page: Sequence[Happened]
) -> list[AuditEntry]:
    """With the names of people and of records, as far as a module here knows them."""
    actors = {one.actor_id for one in page if one.actor_id and one.actor_id != SYSTEM.id}
    people = {user.id: user.name for user in await identity.find_users(SYSTEM, list(actors))}
    people[SYSTEM.id] = SYSTEM.name
    nameless = {one.record_id for one in page}
    names: dict[UUID, str] = {}
    for db in databases.values():
        if nameless:
            names |= await labels(db, list(nameless))
            nameless -= names.keys()
    return [
        AuditEntry(
            **dict(one),
            actor_name=people.get(one.actor_id) if one.actor_id else None,
            record_name=names.get(one.record_id),
        )
        for one in page
    ]
