"""Other modules' records as rows of `known`: enough to show and guard their names."""

from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, select

from gausdo.kernel.events import Envelope
from gausdo.platform.db import Schema, Tx


class Named(Protocol):
    """What a contract tells of a record that somebody owns."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def owner_id(self) -> UUID: ...
    @property
    def team_id(self) -> UUID | None: ...
    @property
    def version(self) -> int: ...


class Colleague(Protocol):
    """What identity tells of a person who works here."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def team_id(self) -> UUID | None: ...
    @property
    def version(self) -> int: ...


def known_record(kind: str, record: Named) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": record.id,
        "label": record.name,
        "owner_id": record.owner_id,
        "team_id": record.team_id,
        "version": record.version,
    }


def known_records(kind: str, records: Iterable[Named]) -> list[dict[str, Any]]:
    return [known_record(kind, record) for record in records]


def known_users(users: Iterable[Colleague]) -> list[dict[str, Any]]:
    """A colleague's name is shown to all; `team_id` stamps what is assigned to them."""
    return [
        {
            "kind": "user",
            "id": user.id,
            "label": user.name,
            "owner_id": user.id,
            "team_id": user.team_id,
            "version": user.version,
        }
        for user in users
    ]


def user_name(schema: Schema, id: ColumnElement[Any]) -> ColumnElement[Any]:
    """A colleague's name, as a subquery, as all that stands beside the row itself: so it is read
    for the rows of one page only.
    """
    user = schema.known.c
    return select(user.label).where(user.kind == "user", user.id == id).scalar_subquery()


async def remember(
    _service: object, _envelopes: list[Envelope], known: list[dict[str, Any]], tx: Tx
) -> None:
    """What a batch handler does with records that its `prepare` has fetched."""
    await tx.remember_known(known)
