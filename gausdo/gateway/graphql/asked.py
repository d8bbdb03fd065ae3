"""One operation: who asks, and what is loaded for it, in batches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphql import DocumentNode
from pydantic import BaseModel
from pydantic_core import from_json
from strawberry.dataloader import DataLoader

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.pages import MAX_PAGE
from gausdo.platform.graph import Method

Record = dict[str, Any]
Answering = Callable[[Method], Method]
"""From a method of a contract to that of who answers it, near or far."""


@dataclass
class Asked:
    """The context of a resolver. Records and pages wait for one another and are read at once."""

    actor: Actor
    answering: Answering
    document: DocumentNode | None = None
    _loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)

    def forget(self) -> None:
        """What is asked for from here on is read anew."""
        self._loaders.clear()

    async def record(self, find: Method, id: str) -> Record | None:
        """None when there is none the actor may see."""

        async def load(ids: list[str]) -> Sequence[Record | None]:
            try:
                found = await self.answering(find)(self.actor, [UUID(id) for id in ids])
            except Forbidden:  # sees none at all: a link does not say more than a name would
                return [None] * len(ids)
            told = {str(one.id): one.model_dump(mode="json") for one in found}
            return [told.get(id) for id in ids]

        found: Record | None = await self._loaded(find, id, load)
        return found

    async def page(self, method: Method, fixed: Sequence[str], id: str, query: BaseModel) -> Record:
        """The page of one of many records; `query` is the same for those it is loaded with."""

        async def load(ids: list[str]) -> Sequence[Record]:
            asked = [UUID(id) for id in ids]
            told = await self.answering(method)(self.actor, *fixed, asked, query)
            pages: Mapping[str, Record] = from_json(told)
            return [pages[id] for id in ids]

        key = (method, *fixed, query.model_dump_json())
        page: Record = await self._loaded(key, id, load)
        return page

    async def _loaded(self, key: Any, id: str, load: Callable[[list[str]], Any]) -> Any:
        if key not in self._loaders:
            self._loaders[key] = DataLoader(load, max_batch_size=MAX_PAGE)
        return await self._loaders[key].load(id)
