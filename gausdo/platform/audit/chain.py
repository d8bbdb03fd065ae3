"""What a seal is made of: digests of entries, a hash over them and the seal before, a signature.

An entry's digest has three parts, 32 bytes each: what is for ever; the address somebody acted from;
what names a person. The last two are salted, and the salt lies beside what it salts: erased
together, nobody can find out from the digest what it was, and the chain still holds. All three are
PostgreSQL's own `sha256` over a canonical text of the row; a part that is not there is zeros.
"""

import hashlib
import hmac
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self
from uuid import UUID

from pydantic_core import to_json

from gausdo.settings import Settings

PART = 32
NOTHING = bytes(PART)
ENTRY = 3 * PART
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = b"gausdo seal 1"

DIGEST = r"""
    sha256(convert_to(jsonb_build_array(
        h.id, h.event_id, h.name, h.kind, h.subject_id, h.version,
        (extract(epoch from h.at) * 1000000)::bigint, h.actor_id, h.via, h.session, h.cause,
        h.seen, h.trace, h.body, h.changes
    )::text, 'UTF8'))
    || case when h.salt is null then decode(repeat('00', 32), 'hex')
        else sha256(convert_to(h.salt::text || ' ' || coalesce(h.address, ''), 'UTF8')) end
    || case when p.salt is null then decode(repeat('00', 32), 'hex')
        else sha256(convert_to(p.salt::text || ' ' || p.changes::text, 'UTF8')) end
"""
"""Of an entry `h` and its personal values `p`; `jsonb` has one text for one value."""


@dataclass(frozen=True)
class Entry:
    """A row of the history as it is sealed; `id` is 0 for one that was not there any more."""

    id: int
    kind: str
    record: UUID
    digest: bytes

    @property
    def is_missing(self) -> bool:
        return not self.id


@dataclass(frozen=True)
class Seal:
    """A link of a module's chain.

    `kind`: `begun` is the first; `events` seals the positions `from_pos` to `to_pos`; `before`
    seals what had been there before the chain began, up to the id `older`; `restored` says that the
    database is an older one on purpose. `older` is None when there is nothing of before left.
    """

    n: int
    kind: str
    from_pos: int
    to_pos: int
    older: int | None
    at: datetime
    ids: Sequence[int]
    kinds: Sequence[str]
    records: Sequence[UUID]
    digests: bytes
    first_at: datetime | None
    last_at: datetime | None
    note: dict[str, Any] | None
    previous: bytes
    hash: bytes = b""
    signature: bytes = b""

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        return cls(*row)

    def entries(self) -> Iterator[Entry]:
        for place, one in enumerate(zip(self.ids, self.kinds, self.records, strict=True)):
            yield Entry(*one, self.digests[place * ENTRY : (place + 1) * ENTRY])

    def hashed(self, module: str) -> bytes:
        """SHA-256 of all that it says, and so of every seal before it."""
        whole = hashlib.sha256(_FORM)
        for part in (
            module.encode(),
            self.kind.encode(),
            struct.pack(
                ">qqqqq", self.n, self.from_pos, self.to_pos, _or_less(self.older), micros(self.at)
            ),
            struct.pack(f">{len(self.ids)}q", *self.ids),
            "\0".join(self.kinds).encode(),
            b"".join(record.bytes for record in self.records),
            self.digests,
            struct.pack(">qq", _or_less(micros(self.first_at)), _or_less(micros(self.last_at))),
            to_json(_sorted(self.note)),
            self.previous,
        ):
            whole.update(struct.pack(">q", len(part)) + part)
        return whole.digest()

    @property
    def position(self) -> int | None:
        """The place of its first entry among the module's events; None where there is none."""
        return self.from_pos if self.kind == "events" else None


COLUMNS = tuple(field.name for field in fields(Seal))


def key_of(settings: Settings) -> bytes:
    """What seals are signed with."""
    return settings.derived("audit seals").encode()


def signed(key: bytes, hash: bytes) -> bytes:
    """HMAC-SHA256: nobody makes a seal who does not have the installation's secret."""
    return hmac.new(key, hash, hashlib.sha256).digest()


def micros(at: datetime | None) -> int | None:
    if at is None:
        return None
    since = at.astimezone(UTC) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _or_less(number: int | None) -> int:
    return -(2**63) if number is None else number


def _sorted(note: dict[str, Any] | None) -> Any:
    return sorted(note.items()) if note is not None else None


@cache
def select_seals(schema: str, where: str) -> str:
    return f"select {', '.join(COLUMNS)} from {schema}.seal {where}"  # noqa: S608 - our own names
