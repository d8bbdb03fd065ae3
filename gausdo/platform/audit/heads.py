"""The end of each chain, kept outside the database: where it was cut off is seen by it.

In a bucket of JetStream, and in the log; a seal's signature says that it was ours.
"""

import re
from dataclasses import dataclass

from nats.aio.client import Client
from nats.js.errors import BucketNotFoundError, KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic_core import from_json, to_json

BUCKET = "seals"
KEPT = 32
"""Earlier ends that the bucket keeps of each chain."""


@dataclass(frozen=True)
class Head:
    """The seal a chain ended with."""

    n: int
    hash: bytes
    signature: bytes
    at: str


class Heads:
    """Those of one database."""

    def __init__(self, nats: Client, database: str) -> None:
        self._nats = nats
        self._database = re.sub(r"[^A-Za-z0-9_-]", "_", database)

    async def of(self, module: str) -> Head | None:
        """The end that was told last; None when none was, or the bucket is gone."""
        try:
            bucket = await self._nats.jetstream().key_value(BUCKET)
            told = from_json((await bucket.get(self._key(module))).value or b"{}")
            return Head(
                told["n"], bytes.fromhex(told["hash"]), bytes.fromhex(told["signature"]), told["at"]
            )
        except (BucketNotFoundError, KeyNotFoundError):
            return None

    async def tell(self, module: str, head: Head) -> None:
        told = {
            "n": head.n,
            "hash": head.hash.hex(),
            "signature": head.signature.hex(),
            "at": head.at,
        }
        await (await self._bucket()).put(self._key(module), to_json(told))

    def _key(self, module: str) -> str:
        return f"{self._database}.{module}"

    async def _bucket(self) -> KeyValue:
        js = self._nats.jetstream()
        try:
            return await js.key_value(BUCKET)
        except BucketNotFoundError:
            return await js.create_key_value(bucket=BUCKET, history=KEPT)
