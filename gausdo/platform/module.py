"""What a module tells the composition root."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from nats.aio.client import Client

from gausdo.kernel.configuration import Configured
from gausdo.kernel.finding import Finds
from gausdo.kernel.lists import AddsFields
from gausdo.kernel.persons import HoldsPeople
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.crypto import Sealed
from gausdo.platform.db import Database, Schema
from gausdo.platform.facts import Dataset
from gausdo.platform.graph import Graph
from gausdo.platform.http import Routes
from gausdo.platform.jobs import Jobs
from gausdo.settings import Settings

C = TypeVar("C")


@dataclass(frozen=True)
class Parts:
    """What a service is built from: its database, its settings and its neighbours, near or far."""

    db: Database
    settings: Settings
    contracts: dict[type, object]
    tools: dict[type, object] = field(default_factory=dict)

    def get(self, contract: type[C]) -> C:
        """A neighbour by its contract, or a platform tool by its class."""
        found = self.contracts.get(contract) or self.tools.get(contract)
        if found is None:
            raise LookupError(f"Nothing here answers {contract.__name__}.")
        return cast(C, found)


def holders(contracts: Mapping[type, object]) -> dict[str, HoldsPeople]:
    """Those of the contracts that hold something about people, by the modules' names."""
    return {
        contract.__name__.lower(): cast(HoldsPeople, answered)
        for contract, answered in contracts.items()
        if HoldsPeople in contract.__mro__
    }


def configured(contracts: Mapping[type, object]) -> dict[str, Configured]:
    """Those of the contracts whose modules have configuration, each after those it knows."""
    return {
        contract.__name__.lower(): cast(Configured, answered)
        for contract, answered in contracts.items()
        if Configured in contract.__mro__
    }


def adding_fields(contracts: Mapping[type, object]) -> list[AddsFields]:
    """Those of the contracts whose records can be given more fields."""
    return [
        cast(AddsFields, answered)
        for contract, answered in contracts.items()
        if AddsFields in contract.__mro__
    ]


def finding(contracts: Mapping[type, object]) -> dict[str, Finds]:
    """Those of the contracts that have records one may search for, by the modules' names."""
    return {
        contract.__name__.lower(): cast(Finds, answered)
        for contract, answered in contracts.items()
        if Finds in contract.__mro__
    }


@dataclass(frozen=True)
class Module:
    """One line in `app.py`."""

    name: str
    schema: Schema
    contract: type
    build: Callable[[Parts], Any]
    routes: Callable[[Any], Routes]
    graph: Graph = field(default_factory=Graph)
    handlers: Subscriptions = field(default_factory=Subscriptions)
    jobs: Jobs | None = None
    facts: Sequence[Dataset] = ()
    sealed: Sequence[Sealed] = ()
    """Its fields that are sealed, so that `gausdo keys rotate` reaches their blind indexes."""
    reads: Sequence[str] = ()
    """Sources it follows with a reader of its own, beside `handlers`."""
    runs: Callable[[Any, Client], Coroutine[Any, Any, None]] | None = None
    """Something that runs in the worker until cancelled: `runs(service, nats)`."""
