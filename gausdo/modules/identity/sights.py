"""What was seen by the gateway, as events: refusals, rejected tokens, exports, jobs."""

from collections.abc import Sequence

from gausdo.kernel.actor import Actor
from gausdo.kernel.events import Event
from gausdo.kernel.sights import Export, JobSight, Refusal, RejectedToken, Sight
from gausdo.kernel.values import new_id
from gausdo.modules.identity.contract import (
    AccessRefused,
    JobTended,
    RecordsExported,
    TokenRejected,
)
from gausdo.platform.db import Tx
from gausdo.platform.history import InHistory, apart


def keep(tx: Tx, sights: Sequence[Sight]) -> None:
    for sight in sights:
        tx.actor = None if isinstance(sight, RejectedToken) else Actor(id=sight.person_id)
        tx.publish(_event(sight), **_seen(sight), at=sight.at, origin=sight.origin)


WORDS = frozenset({"q", "filter", "text", "record", "person"})
"""Of what was asked, that may name somebody."""


def _seen(sight: Sight) -> InHistory:
    """What the audit shows of an export: what was taken out, how, and narrowed by which words."""
    if not isinstance(sight, Export):
        return {"changes": {}, "personal": {}}
    plain = {"what": sight.what, "format": sight.format, **sight.asked}
    return apart({name: (None, told) for name, told in plain.items()}, WORDS)


def keep_tending(tx: Tx, sight: JobSight) -> None:
    tx.actor = Actor(id=sight.person_id)
    told = sight.model_dump(include={"person_id", "stopped", "job", "module", "task"})
    tx.publish(JobTended(tending_id=new_id(), **told), at=sight.at, origin=sight.origin)


def _event(sight: Sight) -> Event:
    match sight:
        case Refusal():
            told = sight.model_dump(include={"person_id", "right", "method", "path", "times"})
            return AccessRefused(refusal_id=new_id(), record_id=sight.record_id, **told)
        case RejectedToken():
            return TokenRejected(refusal_id=new_id(), times=sight.times)
        case Export():
            told = sight.model_dump(include={"person_id", "what", "format"})
            asked = {name: one for name, one in sight.asked.items() if name not in WORDS}
            return RecordsExported(export_id=new_id(), asked=asked, **told)
