"""Events that could not be applied, for whoever runs the installation: shown, and run again.

Each module parks in its own schema; a process shows those of the modules it answers itself.
"""

from collections.abc import Mapping
from uuid import UUID

from pydantic import Field

from gausdo.kernel.administration import PARKED
from gausdo.kernel.errors import NotFound
from gausdo.kernel.values import Draft, Value
from gausdo.modules.identity.contract import ParkedRunAgain
from gausdo.platform.bus.parked import Parked, parked_of, run_again
from gausdo.platform.db import Database
from gausdo.platform.http import CurrentActor, Routes

READ = PARKED.right("read")
EDIT = PARKED.right("edit")


class ParkedRecord(Draft):
    """The record whose events wait."""

    kind: str = Field(max_length=64)
    subject_id: UUID


class Released(Value):
    """How many consumers try the events of the record again."""

    consumers: int


def routes(databases: Mapping[str, Database]) -> Routes:
    api = Routes("administration")

    @api.get("/parked-events", right="events.parked.read")
    async def parked_events(actor: CurrentActor) -> list[Parked]:
        """The first parked event of each record, the oldest first; at most 100 of a module."""
        actor.demand(READ)
        found = [one for db in databases.values() for one in await parked_of(db)]
        return sorted(found, key=lambda one: one.parked_at)

    @api.post("/parked-events/run-again", right="events.parked.edit")
    async def run_parked_again(record: ParkedRecord, actor: CurrentActor) -> Released:
        """Have the events of a record tried again at once, in order; twice does no harm."""
        actor.demand(EDIT)
        consumers = 0
        for db in databases.values():
            async with db.begin(actor) as tx:
                found = await run_again(tx, record.kind, record.subject_id)
                if found:
                    told = {"kind": record.kind, "record_id": record.subject_id}
                    tx.publish(ParkedRunAgain(consumers=found, **told))
                consumers += found
        if not consumers:
            raise NotFound("No event of this record is parked.")
        return Released(consumers=consumers)

    return api
