"""Everything on one machine: embedded servers where no URL is told, Gausdo's own processes, a demo.

`gausdo up` is the supervisor of all of it; nothing here is needed on a cluster.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from gausdo.platform.embedded.forge import Forge
from gausdo.platform.embedded.home import Home, claimed
from gausdo.platform.embedded.process import FRUGAL, Command, is_free
from gausdo.platform.embedded.pulse import Pulse
from gausdo.platform.embedded.server import write_private
from gausdo.platform.pools import of_all
from gausdo.platform.telemetry import SHARED, emptied
from gausdo.settings import MODULES
from gausdo.supervisor import Embedded, Part, answers_http, embedded_parts, embedded_servers

SERVERS = ("postgres", "valkey", "nats", "clickhouse")
CONNECTIONS = 200
"""That PostgreSQL takes at least."""
LOADED = ("gausdo.serve", "gausdo.setup", "gausdo.worker", "granian", "uvloop")
"""What web and worker have in common: loaded once, and in memory once."""
NICE = 5
"""How far the worker gives way to the others."""
PORT, METRICS, SMTP, SINK = 8000, 9464, 2525, 8025
ENVIRONMENT = "environment.json"
KEPT = ("GAUSDO_KEY_RING",)
"""Without which later commands in this folder could not read what is here."""


@dataclass(frozen=True)
class Plan:
    """The parts to run, and where to go then."""

    parts: list[Part]
    url: str


def planned(home: Home, workers: int, *, demo: bool, web: Path | None, host: str) -> Plan:
    """What to run in `home`. URLs of servers that the environment tells are used as they are."""
    told = dict(os.environ)
    embedded = embedded_parts(
        home,
        [name for name in SERVERS if f"GAUSDO_{name.upper()}_URL" not in told],
        {"postgres": {"max_connections": max(CONNECTIONS, of_all(len(MODULES), workers))}},
    )
    port = int(told.get("GAUSDO_PORT") or home.port("web", PORT))
    url = told.get("GAUSDO_BASE_URL") or f"http://localhost:{port}"
    environment = {
        **embedded.urls,
        "GAUSDO_SECRET": told.get("GAUSDO_SECRET") or home.secret("secret"),
        "GAUSDO_DATA": str(home.folder),
        "GAUSDO_HOST": host,
        "GAUSDO_PORT": str(port),
        "GAUSDO_BASE_URL": url,
        "GAUSDO_METRICS_PORT": told.get("GAUSDO_METRICS_PORT")
        or str(home.port("metrics", METRICS)),
        **({"GAUSDO_WEB": str(web)} if web else {}),
        **{name: told[name] for name in KEPT if name in told},
    }
    parts = list(embedded.parts)
    if demo:
        parts.append(_sink(home, environment))
    parts += _own(home, embedded, environment, workers, demo=demo, port=port)
    keep_environment(home, environment)
    return Plan(parts, url)


@contextmanager
def standing(folder: Path) -> Iterator[None]:
    """The embedded servers of a data folder, and nobody who works with them; the environment names
    them meanwhile. A secret that is told stays in a folder that has none.

    Raises HomeError while `gausdo up` has the folder.
    """
    with claimed(folder) as home, ExitStack() as stack:
        told = os.environ.get("GAUSDO_SECRET")
        if told and not home.secret_file("secret").exists():
            write_private(home.secret_file("secret"), told)
        os.environ["GAUSDO_SECRET"] = told or home.secret("secret")
        os.environ["GAUSDO_DATA"] = str(home.folder)
        names = [name for name in SERVERS if f"GAUSDO_{name.upper()}_URL" not in os.environ]
        for server in embedded_servers(home, names):
            server.start()
            stack.callback(server.stop)
            os.environ[f"GAUSDO_{server.name.upper()}_URL"] = server.url
        yield


def _sink(home: Home, environment: dict[str, str]) -> Part:
    """The demo's mail server and webhook receiver; nothing else inside may be called."""
    smtp, http = home.port("sink-smtp", SMTP), home.port("sink-http", SINK)
    from gausdo.demo.sink import PLACES  # noqa: PLC0415 - only a demo waits for its libraries

    folder = home.folder / "sink"
    environment |= {
        "GAUSDO_SMTP_URL": f"smtp://127.0.0.1:{smtp}",
        "GAUSDO_OUTBOUND_ALLOW": f"127.0.0.1:{http}",
        "GAUSDO_DEMO_URL": f"http://127.0.0.1:{http}",
    }

    def command() -> Command:
        (folder / PLACES).unlink(missing_ok=True)
        return Command(
            [sys.executable, "-m", "gausdo.demo.sink", str(folder), str(smtp), str(http)]
        )

    return Part("sink", command, ready=answers_http(f"http://127.0.0.1:{http}/health"), port=http)


def _own(
    home: Home, embedded: Embedded, environment: Mapping[str, str], workers: int, *, demo: bool,
    port: int,
) -> list[Part]:  # fmt: skip
    counted = home.folder / "run" / "metrics"
    servers = tuple(part.name for part in embedded.parts)
    pulse = Pulse(home.folder)
    pulse.begin()

    forge = Forge(
        "gausdo.cli:main", LOADED, home.folder, {**FRUGAL, SHARED: str(emptied(counted / "forge"))}
    )

    def gausdo(*words: str, nice: int = 0) -> Command:
        told = {**environment, SHARED: str(counted / words[0])}
        return forge.fork(["gausdo", *words], told, nice=nice)

    return [
        Part("forge", forge.command, ready=forge.loaded, mute=pulse.mute),
        # It has everything loaded, so it also brings the database up to date.
        Part(
            "web",
            lambda: gausdo(
                "serve", "--workers", str(workers), "--migrate", *(["--demo"] if demo else [])
            ),
            prepare=lambda: demand_free(port),
            ready=answers_http(f"http://127.0.0.1:{port}/ready"),
            patience=600,
            after=(*servers, "forge", "sink") if demo else (*servers, "forge"),
            port=port,
            mute=pulse.mute,
        ),
        # People wait for the web's answers, and for the worker's effects only in the end.
        Part(
            "worker",
            lambda: gausdo("work", nice=NICE),
            after=("web",),
            mute=pulse.mute,
        ),
    ]


def demand_free(port: int) -> None:
    """Raise OSError when somebody has the port: two servers would share it without a word."""
    if not is_free(port):
        raise OSError(f"port {port} is taken. Stop what has it, or tell GAUSDO_PORT another one.")


def guarded_host(host: str) -> None:
    """Raise ValueError for an address beyond this machine that nothing protects.

    TLS is a proxy's; it is believed when GAUSDO_TRUSTED_PROXIES names it.
    """
    if host not in {"127.0.0.1", "::1", "localhost"} and not os.environ.get(
        "GAUSDO_TRUSTED_PROXIES"
    ):
        raise ValueError(
            f"{host} can be reached from outside, and Gausdo speaks no TLS itself. Put a proxy "
            "with TLS before it and tell GAUSDO_TRUSTED_PROXIES, or listen on 127.0.0.1."
        )


def keep_environment(home: Home, environment: Mapping[str, str]) -> None:
    """So that `gausdo import`, `doctor` and others find what runs in this folder."""
    write_private(home.folder / "run" / ENVIRONMENT, json.dumps(dict(environment), indent=1))


def kept_environment(folder: Path) -> dict[str, str]:
    """The settings of the installation in `folder`; nothing when there is none."""
    try:
        kept: dict[str, str] = json.loads((folder / "run" / ENVIRONMENT).read_text())
    except (OSError, ValueError):
        return {}
    return kept
