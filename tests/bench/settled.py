"""What a worker would do for hours after the first start, and everything be measured beside it:
the chains of the audit begin before the history is written, and timelines are filled after it.
"""

import psycopg

from gausdo.app import MODULES
from gausdo.modules.sales.contract import DealChanged
from gausdo.platform.audit.chain import key_of
from gausdo.platform.audit.sealer import Sealer
from gausdo.platform.db import Database
from gausdo.settings import Settings

TIMELINES = ("activities.timeline_entry", "activities.timeline_place")
_PLACES = """
insert into activities.timeline_place (id, record_ids, version)
    select id, array_remove(array[company_id, contact_id], null), version from sales.deal
    union all
    select id, array_remove(array[company_id], null), version from customers.person
"""
_DEALS = """
insert into activities.timeline_entry (record_id, at, id, kind, of_kind, of_id, version)
select told.id, h.at, h.event_id, case h.name when %s then 'change' else 'deal' end,
    h.kind, h.subject_id, h.version
from sales.history h join sales.deal d on d.id = h.subject_id
cross join unnest(array_remove(array[d.id, d.company_id, d.contact_id], null)) told(id)
"""
_CUSTOMERS = """
insert into activities.timeline_entry (record_id, at, id, kind, of_kind, of_id, version)
select told.id, h.at, h.event_id, 'change', h.kind, h.subject_id, h.version
from customers.history h left join customers.person p on p.id = h.subject_id
cross join unnest(array_remove(array[h.subject_id, p.company_id], null)) told(id)
"""
_OWN = """
insert into activities.timeline_entry (record_id, at, id, kind, of_kind, of_id, version)
select told.id, one.created_at, one.id, '{kind}', one.about_kind, one.about_id, 1
from activities.{kind} one join sales.deal d on d.id = one.about_id
cross join unnest(array_remove(array[d.id, d.company_id, d.contact_id], null)) told(id)
"""
_FILLED = """
insert into activities.timeline_source (name, place, done)
select name, 0, true from unnest(array['customers', 'sales', 'communications', 'activities']) name
"""


async def begin_chains(settings: Settings) -> None:
    """While there is no history: what is copied into it counts as nothing that is to be sealed."""
    for module in MODULES:
        async with Database(settings.module_dsn(module.name), module.schema, size=1) as db:
            await Sealer(db, key_of(settings), None, _always).seal()


def fill_timelines(dsn: str) -> None:
    """As `activities.filling` would; in one transaction that has emptied the tables."""
    with psycopg.connect(dsn) as db:
        db.execute(f"truncate {', '.join(TIMELINES)}".encode())
        db.execute(_PLACES)
        db.execute(_DEALS, [DealChanged.name])
        db.execute(_CUSTOMERS)
        for kind in ("task", "note"):
            db.execute(_OWN.format(kind=kind).encode())
        db.execute(_FILLED)


async def _always() -> bool:
    return True
