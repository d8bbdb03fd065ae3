"""What no use case writes down: refusals, rejected tokens, exports.

They are counted in memory and told to identity a few seconds later, so that no request waits for it
and a flood writes little: the same refusal of the same person, or a token from the same address, is
one entry that says how often.

Of every request that is refused, whoever sends it, a line of the log says the same.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple
from uuid import UUID

import structlog
from starlette.types import Scope

from gausdo.kernel.actor import SYSTEM, Actor, Origin
from gausdo.kernel.errors import Forbidden, Problem
from gausdo.kernel.sights import (
    Export,
    JobSight,
    Refusal,
    RejectedToken,
    Sight,
    TurnedAway,
)
from gausdo.kernel.values import now
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.contract import Integrations
from gausdo.platform.jobs_shown import JobNamed
from gausdo.platform.telemetry.requests import route_of

FLUSH = 5.0
"""Seconds between what is told."""
MANY = 200
"""Different sights that are kept until then; of more, only how many there were."""
LONGEST_PATH = 200
TELLING = frozenset({400, 401, 403, 404, 405, 408, 413, 415, 422, 429})
"""Refusals that somebody collects who feels for a way in; not what colleagues do to each other."""

log = structlog.get_logger("gausdo.audit")


class Noted(NamedTuple):
    """Whose request was refused, from where, and why."""

    code: str
    method: str
    route: str
    address: str
    person: str | None


class Witness:
    """Of one process."""

    def __init__(self, identity: Identity, integrations: Integrations | None = None) -> None:
        self._identity = identity
        self._integrations = integrations
        self._seen: dict[Hashable, Sight | TurnedAway] = {}
        self._noted: Counter[Noted] = Counter()
        self._unseen = 0

    def refused(self, actor: Actor, refusal: Forbidden, scope: Scope) -> None:
        """Somebody who is signed in was refused something."""
        route = scope.get("route")
        path = str(getattr(route, "path", None) or scope["path"])[:LONGEST_PATH]
        self._add(
            Refusal(
                at=now(),
                origin=actor.origin,
                person_id=actor.id,
                right=refusal.data.get("right"),
                method=scope["method"],
                path=path,
                record_id=_record(scope),
            )
        )

    def note(self, problem: Problem, scope: Scope, actor: Actor | None = None) -> None:
        """For the log: also what only happens to strangers, and what only looks like a slip."""
        if problem.status not in TELLING:
            return
        person = str(actor.id) if actor else None
        where = scope["method"], route_of(scope)[:LONGEST_PATH], scope["gausdo.address"]
        noted = Noted(problem.code, *where, person)
        if noted in self._noted or len(self._noted) < MANY:
            self._noted[noted] += 1
        else:
            self._unseen += 1

    def rejected(self, address: str) -> None:
        """A bearer token was refused."""
        self._add(RejectedToken(at=now(), origin=Origin(address=address, session="token")))

    def turned_away(self, actor: Actor | None, address: str) -> None:
        """Somebody came from an address from where they are not let in."""
        origin = actor.origin if actor and actor.origin else Origin(address=address, session="")
        self._add(TurnedAway(at=now(), origin=origin, person_id=actor.id if actor else None))

    async def exported(self, actor: Actor, what: str, format: str, asked: dict[str, str]) -> None:
        """Somebody takes many records out; kept before the first of them leaves."""
        export = Export(
            at=now(), origin=actor.origin, person_id=actor.id, what=what, format=format, asked=asked
        )
        await self._identity.witness(SYSTEM, [export])

    async def tended(self, actor: Actor, job: JobNamed, *, stopped: bool) -> None:
        """Somebody has a job run again, or stops it; kept before it is done for good."""
        told = JobSight(
            at=now(), origin=actor.origin, person_id=actor.id, stopped=stopped,
            job=job.id, module=job.module, task=job.task,
        )  # fmt: skip
        await self._identity.tended(SYSTEM, told)

    def _add(self, sight: Sight | TurnedAway) -> None:
        told = sight.model_dump(exclude={"at", "times"})
        key = repr(told)
        before = self._seen.get(key)
        if before is not None:
            self._seen[key] = before.model_copy(update={"times": before.times + 1})
        elif len(self._seen) < MANY:
            self._seen[key] = sight
        else:
            self._unseen += 1

    async def flush(self) -> None:
        """Tell identity what was seen; what it cannot be told now is kept for the next time."""
        noted, self._noted = self._noted, Counter()
        for one, times in noted.items():
            log.info("request refused", **one._asdict(), times=times)
        if self._unseen:
            log.warning("more was refused than is written down", left_out=self._unseen)
            self._unseen = 0
        if not self._seen:
            return
        seen, self._seen = self._seen, {}
        try:
            await self._tell(list(seen.values()))
        except Problem as refusal:
            log.warning("refusals wait to be written down", error=refusal.detail, count=len(seen))
            self._seen = {**self._seen, **seen} if len(self._seen) < MANY else self._seen

    async def _tell(self, seen: Sequence[Sight | TurnedAway]) -> None:
        away = [one for one in seen if isinstance(one, TurnedAway)]
        others = [one for one in seen if not isinstance(one, TurnedAway)]
        if others:
            await self._identity.witness(SYSTEM, others)
        if away and self._integrations is not None:
            await self._integrations.turned_away(SYSTEM, away)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Flush again and again, and at the end."""

        async def again() -> None:
            while True:
                await asyncio.sleep(FLUSH)
                try:
                    await self.flush()
                except Exception:
                    log.exception("refusals could not be written down")

        task = asyncio.create_task(again())
        try:
            yield
        finally:
            task.cancel()
            with suppress(Exception):
                await self.flush()


def _record(scope: Scope) -> UUID | None:
    try:
        return UUID(scope.get("path_params", {}).get("id", ""))
    except (ValueError, AttributeError):
        return None
