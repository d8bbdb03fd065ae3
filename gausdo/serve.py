"""The web process: everything the gateway needs, opened with its first breath."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from uuid import UUID

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gausdo import app as root
from gausdo.app import MODULES, Gausdo, opened
from gausdo.demo import routes as demo_routes
from gausdo.gateway import (
    audit_routes,
    configuration_routes,
    federation_routes,
    feed_routes,
    fields_routes,
    operator_routes,
    page_routes,
    parked_routes,
    search_routes,
)
from gausdo.gateway.admission import Admission
from gausdo.gateway.docs import docs
from gausdo.gateway.door import Door
from gausdo.gateway.exports import routes as export_routes
from gausdo.gateway.federated_sessions import FederatedSessions
from gausdo.gateway.gate import GRAPHQL, OAUTH, SCIM, Gate
from gausdo.gateway.graphql.application import GraphQL
from gausdo.gateway.identify import Identify
from gausdo.gateway.live import Live, Shared
from gausdo.gateway.oauth import oauth
from gausdo.gateway.programs import Programs
from gausdo.gateway.scim import scim
from gausdo.gateway.spa import Spa
from gausdo.gateway.ways_in import ways_in
from gausdo.gateway.web import PREFIX, Entrance, api
from gausdo.gateway.witness import Witness
from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound
from gausdo.modules.activities.contract import Activities
from gausdo.modules.authentication.contract import Authentication
from gausdo.modules.customers.contract import Customers
from gausdo.modules.federation.contract import Federation
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.sales.contract import Sales
from gausdo.platform import rpc, telemetry
from gausdo.platform.bus.patience import Patience
from gausdo.platform.bus.stream import connect
from gausdo.platform.cache import told_kindly
from gausdo.platform.configuration.whole import Configuration
from gausdo.platform.db import Database
from gausdo.platform.deadline import answered_within
from gausdo.platform.embedded.process import die_with_parent
from gausdo.platform.embedded.pulse import beat
from gausdo.platform.graph import Graph
from gausdo.platform.http import Routes, problem_response
from gausdo.platform.http.even import Processes, evenly
from gausdo.platform.module import adding_fields, configured, finding
from gausdo.platform.sessions import Sessions
from gausdo.platform.telemetry import exposition, metrics
from gausdo.platform.telemetry.requests import Observed
from gausdo.settings import Settings

MEASURE = 5.0
"""Seconds between looks at the pools of this process."""
STATEMENT = 0.9
"""A statement's share of a request's time, so that the database says itself that it is too slow."""
READY = 3.0
"""Seconds PostgreSQL and Valkey have to say that they are there."""


def routes_of(gausdo: Gausdo, identify: Identify, witness: Witness) -> list[Routes]:
    """Every route this process can answer, near or far."""
    known = [
        module.routes(gausdo.contracts[module.contract])
        for module in MODULES
        if module.contract in gausdo.contracts
    ]
    if Identity in gausdo.contracts:
        door = Door(gausdo.get(Identity), gausdo.get(Authentication), identify)
        federated = FederatedSessions(gausdo.cache, gausdo.get(Federation), door)
        known[:0] = ways_in(door, federated)
        known.append(federation_routes.routes(gausdo.get(Federation), door, federated))
    if Customers in gausdo.contracts and Sales in gausdo.contracts:
        # before the paths with an id
        gives = gausdo.get(Customers), gausdo.get(Sales), gausdo.get(Activities)
        known.insert(0, export_routes.routes(*gives, witness))
        known.append(page_routes.routes(*gives))
    if Identity in gausdo.contracts and Activities in gausdo.contracts:
        known.append(feed_routes.routes(gausdo.get(Activities), gausdo.get(Identity), identify))
    known.append(parked_routes.routes(gausdo.databases))
    known.append(
        operator_routes.routes(
            gausdo.settings.module_dsn("jobs"), partial(_looked, gausdo), witness
        )
    )
    known.append(audit_routes.routes(gausdo.databases, gausdo.get(Identity), witness))
    configuration = Configuration(configured(gausdo.contracts))
    known.append(configuration_routes.routes(configuration, witness))
    if Identity in gausdo.contracts:
        adding = adding_fields(gausdo.contracts)
        known.append(fields_routes.routes(gausdo.get(Identity), adding))
    known.append(search_routes.routes(finding(gausdo.contracts)))
    if gausdo.settings.demo_url:
        known.append(demo_routes.routes(gausdo.settings.demo_url))
    return known


async def _looked(gausdo: Gausdo, locale: str) -> AsyncIterator[operator_routes.Looked]:
    """What the doctor finds; it is loaded when somebody asks."""
    from gausdo.brought import language_of  # noqa: PLC0415
    from gausdo.doctor import examine_running  # noqa: PLC0415

    async for one in examine_running(gausdo, language_of(locale)):
        yield operator_routes.Looked.model_validate(one, from_attributes=True)


def graphs_of(gausdo: Gausdo) -> dict[type, Graph]:
    """What each contract this process can answer, near or far, shows in GraphQL."""
    return {
        module.contract: module.graph for module in MODULES if module.contract in gausdo.contracts
    }


def shared_in(gausdo: Gausdo) -> Shared:
    """What is shared with somebody, over the modules that share."""

    async def shared(actor: Actor) -> list[UUID]:
        sales, customers = gausdo.get(Sales), gausdo.get(Customers)
        return await sales.shared_deals(actor) + await customers.shared_customers(actor)

    return shared


@asynccontextmanager
async def serving(
    gausdo: Gausdo, hear: Callable[[Live], Awaitable[object]] | None
) -> AsyncIterator[ASGIApp]:
    """The whole web application over what is opened; `hear` has live updates listen."""
    settings = gausdo.settings
    witness = Witness(gausdo.get(Identity), gausdo.contracts.get(Integrations))
    identify = Identify(
        Sessions(gausdo.cache),
        gausdo.tokens,
        gausdo.get(Identity),
        gausdo.get(Authentication),
        settings.rate_limit,
        witness,
        Programs(gausdo.contracts.get(Integrations)),
        Admission(gausdo.contracts.get(Integrations), gausdo.get(Identity)),
    )
    live = Live(identify, shared_in(gausdo))
    if hear is not None:
        await hear(live)
    inner: dict[str, ASGIApp] = {
        "/health": _healthy,
        "/ready": _ready(gausdo),
        "/api/docs": docs,
        GRAPHQL: GraphQL(graphs_of(gausdo), gausdo.contracts, live),
    }
    if (shared := os.environ.get(telemetry.SHARED)) is not None:
        inner["/metrics"] = _for_neighbours(exposition.of_all(Path(shared)))
    routes = routes_of(gausdo, identify, witness)
    entrance: ASGIApp = Entrance(
        api(routes, live=live.serve),
        inner,
        Spa(settings.web) if settings.web else None,
    )
    if len(gausdo.near) < len(MODULES):
        entrance = _with_rpc(gausdo, entrance)
    inner |= oauth(identify)
    signed = [path for one in routes for path in one.signed(PREFIX)]
    signed.append(re.compile(re.escape(OAUTH)))
    if Federation in gausdo.contracts:
        inner[SCIM] = scim(gausdo.get(Federation))
        signed.append(re.compile(re.escape(SCIM)))
    async with witness.watching():
        yield Observed(
            Gate(
                entrance,
                identify,
                witness,
                settings.trusted_proxies,
                settings.patience,
                signed,
                secure=settings.base_url.startswith("https:"),
                largest_file=settings.largest_file * 1_000_000,
            )
        )


def _with_rpc(gausdo: Gausdo, other: ASGIApp) -> ASGIApp:
    """Contracts for other Gausdo processes, each call with a service token of its own."""
    rebuild = root.rebuild(gausdo)
    exposed = Starlette(
        routes=[
            route
            for module in gausdo.near
            for route in rpc.expose(
                module.contract, gausdo.services[module.name], gausdo.tokens, rebuild
            )
        ]
    )

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        inner = scope["type"] == "http" and scope["path"].startswith("/rpc/")
        await (exposed if inner else other)(scope, receive, send)

    return choose


async def _healthy(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"status": "ok"})(scope, receive, send)


def _ready(gausdo: Gausdo) -> ASGIApp:
    async def ready(scope: Scope, receive: Receive, send: Send) -> None:
        """Whether PostgreSQL and Valkey answer: without them nobody can be served."""

        async def postgres(db: Database) -> None:
            async with db.connection() as connection:
                await connection.execute("select 1")

        async def valkey() -> None:
            async with told_kindly():
                await gausdo.cache.redis.ping()

        asked = {name: postgres(db) for name, db in gausdo.databases.items()}
        asked["cache"] = valkey()
        with answered_within(READY):
            answers = await asyncio.gather(*asked.values(), return_exceptions=True)
        failed = [
            name
            for name, answer in zip(asked, answers, strict=True)
            if isinstance(answer, BaseException)
        ]
        told = {"status": "ready" if not failed else "waiting", "failed": failed}
        await JSONResponse(told, 503 if failed else 200)(scope, receive, send)

    return ready


def _for_neighbours(app: ASGIApp) -> ASGIApp:
    """Closed to the outside: only this machine and private networks may ask."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(ValueError):
            if ip_address(scope["gausdo.address"]).is_private:
                await app(scope, receive, send)
                return
        await problem_response(NotFound("There is nothing here."))(scope, receive, send)

    return guarded


class Application:
    """ASGI application that opens everything at its lifespan's start."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: ASGIApp | None = None
        self._stack = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            assert self._app is not None
            await self._app(scope, receive, send)
            return
        beating = asyncio.create_task(beat(self._settings.data))
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self._open()
                except Exception as error:  # noqa: BLE001 - the server must hear of it
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._stack.aclose()
                beating.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _open(self) -> None:
        gausdo = await self._stack.enter_async_context(
            opened(self._settings, STATEMENT * self._settings.patience)
        )
        app = await self._stack.enter_async_context(serving(gausdo, self._hear))
        load = processes.join() if processes else None
        self._app = evenly(app, load) if load else app
        metrics.tell_build()
        measuring = asyncio.create_task(_measure_pools(gausdo))
        self._stack.callback(measuring.cancel)

    async def _hear(self, live: Live) -> None:
        """Live updates come once NATS is there; nothing else waits for it."""

        async def listen() -> None:
            url, patience = self._settings.nats_url.get_secret_value(), Patience("live updates")
            while True:
                try:
                    nats = await connect(url, "gausdo web", back=live.missed)
                    break
                except Exception as error:  # noqa: BLE001 - it must go on, whatever it was
                    await patience.wait(error)
            self._stack.push_async_callback(nats.close)
            await live.listen(nats)
            await live.missed()

        self._stack.callback(asyncio.create_task(listen()).cancel)


async def _measure_pools(gausdo: Gausdo) -> None:
    while True:
        metrics.measure_pools((name, db.pool) for name, db in gausdo.databases.items())
        await asyncio.sleep(MEASURE)


processes: Processes | None = None
"""Those that share the port, where there are several."""


def application() -> Application:
    """What granian's workers call."""
    die_with_parent()
    settings = Settings.told()
    telemetry.configure(settings, "web")
    return Application(settings)
