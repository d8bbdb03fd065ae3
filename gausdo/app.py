"""The composition root: which modules run in this process, and where their neighbours are."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import httpx2

from gausdo.kernel.actor import SYSTEM, Actor, Cause, Origin
from gausdo.modules.activities import wiring as activities
from gausdo.modules.authentication import wiring as authentication
from gausdo.modules.automation import wiring as automation
from gausdo.modules.communications import wiring as communications
from gausdo.modules.customers import wiring as customers
from gausdo.modules.federation import wiring as federation
from gausdo.modules.identity import wiring as identity
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations import wiring as integrations
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.reports import wiring as reports
from gausdo.modules.sales import wiring as sales
from gausdo.platform import rpc
from gausdo.platform.analytics import Analytics
from gausdo.platform.cache import Cache
from gausdo.platform.crypto import Ring, Vault
from gausdo.platform.db import Database
from gausdo.platform.module import Module, Parts
from gausdo.platform.telemetry import traces
from gausdo.platform.tokens import Tokens
from gausdo.settings import Settings

C = TypeVar("C")

MODULES: tuple[Module, ...] = (
    identity.module,
    customers.module,
    sales.module,
    communications.module,
    activities.module,
    authentication.module,
    integrations.module,
    automation.module,
    reports.module,
    federation.module,
)
"""In the order in which each finds the neighbours it needs."""


@dataclass
class Gausdo:
    """What runs in this process: services by module, contracts near or far, shared tools."""

    settings: Settings
    cache: Cache
    tokens: Tokens
    analytics: Analytics
    ring: Ring
    databases: dict[str, Database] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)
    contracts: dict[type, Any] = field(default_factory=dict)

    def get(self, contract: type[C]) -> C:
        found: C = self.contracts[contract]
        return found

    @property
    def near(self) -> Sequence[Module]:
        """The modules this process answers itself."""
        return [module for module in MODULES if module.name in self.services]


@asynccontextmanager
async def opened(settings: Settings, longest: float | None = None) -> AsyncIterator[Gausdo]:
    """Everything built and connected lazily: no server needs to answer yet.

    `longest` is how many seconds a statement of the databases may take.
    """
    async with AsyncExitStack() as stack:
        ring = Ring.of(settings)
        gausdo = Gausdo(
            settings,
            Cache(settings.valkey_url.get_secret_value()),
            Tokens.of(settings, ring),
            await stack.enter_async_context(analytics_of(settings)),
            ring,
        )
        stack.push_async_callback(gausdo.cache.close)
        for module in MODULES:
            if module.name not in settings.modules and module.name in settings.neighbours:
                await _far(gausdo, module, stack)
        for module in MODULES:
            if module.name in settings.modules:
                await _near(gausdo, module, stack, longest)
        yield gausdo


def analytics_of(settings: Settings) -> Analytics:
    """The analytical store with the datasets of all modules."""
    return Analytics(
        settings.clickhouse_url.get_secret_value(),
        [dataset for module in MODULES for dataset in module.facts],
        engine=settings.clickhouse_engine,
    )


async def _near(
    gausdo: Gausdo, module: Module, stack: AsyncExitStack, longest: float | None
) -> None:
    dsn = gausdo.settings.module_dsn(module.name)
    db = await stack.enter_async_context(Database(dsn, module.schema, longest=longest))
    tools: dict[type, object] = {
        Cache: gausdo.cache,
        Tokens: gausdo.tokens,
        Analytics: gausdo.analytics,
        Vault: Vault(module.schema, gausdo.ring),
    }
    service = module.build(Parts(db, gausdo.settings, gausdo.contracts, tools))
    gausdo.databases[module.name] = db
    gausdo.services[module.name] = service
    gausdo.contracts[module.contract] = traces.use_cases(module.name, service)


async def _far(gausdo: Gausdo, module: Module, stack: AsyncExitStack) -> None:
    client = httpx2.AsyncClient(
        base_url=gausdo.settings.neighbours[module.name], timeout=5, trust_env=False
    )
    await stack.enter_async_context(client)
    gausdo.contracts[module.contract] = rpc.connect(module.contract, client, gausdo.tokens)


def rebuild(gausdo: Gausdo) -> rpc.Rebuild:
    """From the subject of a service token to an actor with live rights."""

    async def actor(id: UUID, cause: Cause | None, origin: Origin | None) -> Actor:
        found = await gausdo.get(Identity).actor(id, cause)
        if origin is None or origin.key_id is None:
            return found
        program = await gausdo.get(Integrations).program_of(SYSTEM, origin.key_id)
        return found.narrowed(program.grants)

    return actor
