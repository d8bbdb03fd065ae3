"""Sealing: AES-256-GCM under a data key that is itself wrapped (envelope encryption).

A sealed value is, in bytes: 1 (the version of this form), 16 (the id of its data key), 12 (the
nonce), then what AES-GCM made of the text. Table, column and row are authenticated with it: a value
that was moved to another place does not open there.
"""

import json
import os
from typing import NamedTuple, TypeAlias
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.errors import Problem
from gausdo.kernel.values import new_id
from gausdo.platform.crypto.keys import MODULE, table_of
from gausdo.platform.crypto.ring import Ring
from gausdo.platform.db import Schema, Tx

VERSION = 1
_ID, _NONCE, _TAG = 16, 12, 16
_HEAD = 1 + _ID


class Place(NamedTuple):
    """Where a value is kept: a table of the module and its column."""

    table: str
    column: str


RowId: TypeAlias = UUID | str


class Unreadable(Problem, code="unreadable", status=500):
    """A sealed value does not open: it was altered or moved, or its key is not here any more."""


class Vault:
    """Seals and opens the values of one module. In `wiring.py`: `parts.get(Vault)`."""

    def __init__(self, schema: Schema, ring: Ring) -> None:
        self.schema = schema
        self.ring = ring
        self._kept: dict[UUID, AESGCM] = {}

    @property
    def keys(self) -> Table:
        """Raises LookupError for a module without the table (`data_keys` makes it)."""
        found = table_of(self.schema)
        if found is None:
            raise LookupError(f"“{self.schema.name}” has no table of data keys.")
        return found

    async def seal(
        self, tx: Tx, place: tuple[str, str], row_id: RowId, text: str, subject: UUID = MODULE
    ) -> bytes:
        """`text` for one column of one row only; with the key of `subject`, when it is a person's.

        Raises Unreadable when that key was destroyed: its person was erased.
        """
        id, key = await self._key_of(tx, subject)
        head = bytes([VERSION]) + id.bytes
        nonce = os.urandom(_NONCE)
        sealed = key.encrypt(nonce, text.encode(), self._authenticated(head, place, row_id))
        return head + nonce + sealed

    async def open(self, tx: Tx, place: tuple[str, str], row_id: RowId, sealed: bytes) -> str:
        """What was sealed for this place and row. Raises Unreadable, never answers anything else.

        Costs a read of the key, of a person's each time: a key that is destroyed is gone at once.
        """
        if len(sealed) < _HEAD + _NONCE + _TAG or sealed[0] != VERSION:
            raise _unreadable(place)
        head, nonce, rest = sealed[:_HEAD], sealed[_HEAD:][:_NONCE], sealed[_HEAD + _NONCE :]
        key = await self._key(tx, UUID(bytes=head[1:]), place)
        try:
            return key.decrypt(nonce, rest, self._authenticated(head, place, row_id)).decode()
        except InvalidTag as error:
            raise _unreadable(place) from error

    def index(self, place: tuple[str, str], normal: str) -> str:
        """The blind index of a normalised value: what its column is compared by."""
        return self.ring.first.index(self._indexed(place, normal))

    def indexes(self, place: tuple[str, str], normal: str) -> list[str]:
        """What `index` may have made of it, now and before the last rotation."""
        return [key.index(self._indexed(place, normal)) for key in self.ring]

    async def destroy(self, tx: Tx, subject: UUID) -> None:
        """What was sealed for this person can never be read again, nor anything sealed anew."""
        gone = {"wrapped": None, "wrapped_by": None, "destroyed_at": func.now()}
        await tx.session.execute(
            insert(self.keys)
            .values(id=new_id(), subject_id=subject, **gone)
            .on_conflict_do_update(
                index_elements=["subject_id"], set_=gone, where=self.keys.c.wrapped.is_not(None)
            )
        )

    async def _key_of(self, tx: Tx, subject: UUID) -> tuple[UUID, AESGCM]:
        """The data key of a subject, made now when there is none. Raises Unreadable."""
        keys = self.keys.c
        query = select(keys.id, keys.wrapped, keys.wrapped_by).where(keys.subject_id == subject)
        found = (await tx.session.execute(query)).one_or_none()
        if found is None:
            made = new_id()
            await tx.session.execute(
                insert(self.keys)
                .values(
                    id=made,
                    subject_id=subject,
                    wrapped=self.wrapped(made, AESGCM.generate_key(256)),
                    wrapped_by=self.ring.first.id,
                )
                .on_conflict_do_nothing()
            )
            found = (await tx.session.execute(query)).one()
        return found.id, AESGCM(self.unwrapped(found.id, found.wrapped, found.wrapped_by))

    async def _key(self, tx: Tx, id: UUID, place: tuple[str, str]) -> AESGCM:
        """A data key by its id. The module's own is kept in memory, those of persons are not."""
        if (kept := self._kept.get(id)) is not None:
            return kept
        keys = self.keys.c
        query = select(keys.subject_id, keys.wrapped, keys.wrapped_by).where(keys.id == id)
        found = (await tx.session.execute(query)).one_or_none()
        if found is None:
            raise _unreadable(place)
        key = AESGCM(self.unwrapped(id, found.wrapped, found.wrapped_by))
        if found.subject_id == MODULE:
            self._kept[id] = key
        return key

    def wrapped(self, id: UUID, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self.ring.first.wrapping.encrypt(nonce, key, self._bound(id))

    def unwrapped(self, id: UUID, wrapped: bytes | None, by: str | None) -> bytes:
        """Raises Unreadable when it was destroyed or altered, or its ring's key is not here."""
        if wrapped is None:
            raise Unreadable("The key of this value was destroyed: its person was erased.")
        if (outer := self.ring.get(by or "")) is None:
            raise Unreadable(
                f"The key “{by}” that this value needs is not among the settings. "
                "Put it back into GAUSDO_KEY_RING; `gausdo keys list` says which there are."
            )
        try:
            return outer.wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], self._bound(id))
        except InvalidTag as error:
            raise Unreadable("A data key was altered and does not open.") from error

    def _bound(self, id: UUID) -> bytes:
        return _joined("data key", self.schema.name, id.hex)

    def _authenticated(self, head: bytes, place: tuple[str, str], row_id: RowId) -> bytes:
        return head + _joined(self.schema.name, *place, str(row_id))

    def _indexed(self, place: tuple[str, str], normal: str) -> bytes:
        return _joined(self.schema.name, *place, normal)


def _joined(*parts: str) -> bytes:
    """Different parts never give the same bytes."""
    return json.dumps(parts, ensure_ascii=False).encode()


def _unreadable(place: tuple[str, str]) -> Unreadable:
    what = ".".join(place)
    return Unreadable(f"The value of “{what}” was altered or moved here, and does not open.")
