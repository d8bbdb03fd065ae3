"""The command line: `gausdo --help` says what there is."""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_core import from_json, to_json

from gausdo import __version__, auditing, configuring, keeping
from gausdo.kernel.errors import Problem
from gausdo.terminal import DATA, console, fail, told_settings

app = typer.Typer(
    help="Gausdo, a CRM: sales, service and campaigns from one place.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.add_typer(auditing.audit, name="audit")
app.add_typer(configuring.config, name="config")
app.add_typer(keeping.keys, name="keys")
app.add_typer(keeping.ip_rules, name="ip-rules")
app.add_typer(keeping.person, name="person")
app.command()(keeping.backup)
app.command()(keeping.restore)


@app.callback(invoke_without_command=True)
def main_options(
    version: Annotated[bool, typer.Option("--version", help="Say the version and stop.")] = False,
) -> None:
    """See `gausdo COMMAND --help` for each command."""
    if version:
        console.print(__version__)
        raise typer.Exit


@app.command()
def up(
    data: Annotated[
        Path, typer.Option(envvar="GAUSDO_DATA", help="Folder of the embedded servers' data.")
    ] = DATA,
    demo: Annotated[
        bool, typer.Option(help="Load demo data, run a mail sink and a webhook receiver.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes.")] = 2,
    host: Annotated[str, typer.Option(envvar="GAUSDO_HOST", help="Address to listen on.")] = (
        "127.0.0.1"
    ),
    web: Annotated[
        Path | None, typer.Option(envvar="GAUSDO_WEB", help="Folder of the built interface.")
    ] = None,
) -> None:
    """Start everything on this machine under one supervisor; Ctrl+C stops it.

    PostgreSQL, Valkey, NATS and the ClickHouse engine are started from their wheels, each unless
    its URL is told (GAUSDO_POSTGRES_URL, GAUSDO_VALKEY_URL, GAUSDO_NATS_URL,
    GAUSDO_CLICKHOUSE_URL).
    """
    from gausdo.platform.embedded.home import HomeError, claimed
    from gausdo.platform.embedded.process import StartError
    from gausdo.supervisor import Supervisor
    from gausdo.up import guarded_host, planned

    began = time.monotonic()
    try:
        guarded_host(host)
        with claimed(data.absolute()) as home:
            plan = planned(home, workers, demo=demo, web=built_web(web), host=host)
            Supervisor(
                home,
                plan.parts,
                tell=lambda line: console.print(f"  {line}", style="dim", markup=False),
                on_ready=lambda: welcome(home.folder, plan.url, time.monotonic() - began, demo),
            ).run()
    except (HomeError, StartError, ValueError) as refusal:
        fail(str(refusal))
    console.print("Stopped.")


def welcome(data: Path, url: str, seconds: float, demo: bool) -> None:
    console.print(f"\n[bold]Gausdo is ready[/bold] after {seconds:.1f} s:  {url}")
    logins = data / "demo-logins.json"
    if demo and logins.exists():
        console.print("\nSign in as")
        for login in from_json(logins.read_bytes()):
            told = f"{login['email']:<28} {login['password']}"
            console.print(f"  {login['role']:<16} {told}", markup=False)
            if "totp" in login:
                codes = ", ".join(login["recovery_codes"].split()[:3])
                console.print(f"  {'':<16} authenticator's secret: {login['totp']}", markup=False)
                once = f"or, each once, the codes {codes} …"
                console.print(f"  {'':<16} {once}", markup=False, soft_wrap=True)
    console.print("\nCtrl+C stops it.\n", style="dim")


def built_web(told: Path | None) -> Path | None:
    """The built interface: as told, beside the package, or none."""
    package = Path(__file__).parent
    for folder in (told, package / "web", package.parent / "web" / "dist"):
        if folder is not None and (folder / "index.html").is_file():
            return folder.absolute()
    return None


@app.command()
def serve(
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes.")] = 1,
    migrate: Annotated[bool, typer.Option(help="Migrate first, as `gausdo migrate`.")] = False,
    demo: Annotated[bool, typer.Option(help="Then load the demo data, as `gausdo demo`.")] = False,
) -> None:
    """Serve the API, live updates and the interface (settings: GAUSDO_… in the environment)."""
    from gausdo.platform.collector import rest, settle
    from gausdo.platform.embedded.process import die_with_parent, end_when_asked

    end_when_asked()
    rest()
    places()
    import multiprocessing

    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    from gausdo.platform import telemetry
    from gausdo.platform.embedded.pulse import beat_in_background
    from gausdo.platform.http.even import Processes
    from gausdo.platform.http.web_server import WebServer
    from gausdo.platform.telemetry import logs

    settings = told_settings()
    die_with_parent()
    with telemetry.shared(os.environ.get(telemetry.SHARED)) as folder:
        os.environ[telemetry.SHARED] = str(folder)
        from gausdo import serve, setup

        settle()
        if migrate:
            bring_up_to_date()
        if demo:
            load_demo()
        setup.warn_of_connections(settings, workers)
        # The workers are forks of this process, which has loaded everything: they start at once
        # and share its memory.
        multiprocessing.set_start_method("fork")
        settle()
        beat_in_background(settings.data)
        if migrate:
            setup.keep_indexes(settings)
        serve.processes = Processes(workers) if workers > 1 else None
        WebServer(
            f"{serve.__name__}:application",
            factory=True,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            workers=workers,
            respawn_failed_workers=True,
            log_access=False,
            http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=64 * 1024),
            log_dictconfig=logs.of_server("web"),
        ).serve()


@app.command()
def work() -> None:
    """Carry events, run handlers, jobs and the analytical loader."""
    from gausdo.platform.collector import rest, settle
    from gausdo.platform.embedded.process import die_with_parent, end_when_asked

    end_when_asked()
    rest()
    places()
    import uvloop

    from gausdo.platform import telemetry

    with telemetry.shared(os.environ.get(telemetry.SHARED)) as folder:
        os.environ[telemetry.SHARED] = str(folder)
        from gausdo.worker import run

        settings = told_settings()
        die_with_parent()
        settle()
        telemetry.configure(settings, "worker")
        uvloop.run(run(settings))


@app.command("migrate")
def bring_up_to_date() -> None:
    """Bring the database and the analytical store up to date; safe to run again."""
    from gausdo import setup

    try:
        for line in setup.migrate(told_settings()):
            console.print(line)
    except TimeoutError as refusal:
        fail(str(refusal))


@app.command("demo")
def load_demo() -> None:
    """Load the demo data: people, companies, pipelines, two years of deals, tasks, rules."""
    from gausdo.demo.load import load

    async def tell() -> None:
        async for line in load(told_settings()):
            console.print(line)

    asyncio.run(tell())


@app.command()
def join(
    email: Annotated[str, typer.Argument(help="E-mail to sign in with.")],
    name: Annotated[str, typer.Option(help="Name as colleagues see it.")],
    role: Annotated[str, typer.Option(help="administrator, head or manager")] = "administrator",
    data: Annotated[
        Path, typer.Option(envvar="GAUSDO_DATA", help="Data folder of a running `gausdo up`.")
    ] = DATA,
) -> None:
    """Let a person in, for instance the first administrator; says the password, once."""
    from gausdo.bring import join as join_

    password = asyncio.run(join_(told_settings(data), email, name, role))
    console.print(f"{name} may sign in as {email}", markup=False)
    console.print(f"with the password {password}", markup=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file.")],
    kind: Annotated[str, typer.Option("--as", help="companies, people or deals")],
    owner: Annotated[
        str | None, typer.Option(help="E-mail of the person in whose name it is imported.")
    ] = None,
    language: Annotated[
        str, typer.Option(envvar="LANG", help="Language of the report: ru, otherwise English.")
    ] = "en",
    data: Annotated[
        Path, typer.Option(envvar="GAUSDO_DATA", help="Data folder of a running `gausdo up`.")
    ] = DATA,
) -> None:
    """Bring in a file of your own; says what was created and which rows were refused and why."""
    from gausdo.bring import bring
    from gausdo.brought import in_words, language_of

    report = asyncio.run(bring(told_settings(data), file.read_bytes(), kind, owner))
    for line in in_words(report, language_of(language)):
        console.print(line, markup=False)
    if report.refused:
        raise typer.Exit(1)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the API."""
    from gausdo.setup import document

    sys.stdout.buffer.write(to_json(document(), indent=2) + b"\n")


@app.command()
def graphql() -> None:
    """Print the GraphQL schema of all modules."""
    from gausdo.app import MODULES
    from gausdo.gateway.graphql.schema import printed

    sys.stdout.write(printed([module.graph for module in MODULES]))


@app.command()
def doctor(
    data: Annotated[
        Path, typer.Option(envvar="GAUSDO_DATA", help="Data folder of `gausdo up`.")
    ] = DATA,
    json: Annotated[bool, typer.Option("--json", help="Tell it to a program.")] = False,
    language: Annotated[
        str, typer.Option(envvar="LANG", help="Language of the findings: ru, otherwise English.")
    ] = "en",
) -> None:
    """Say what runs, what is wrong, and what to do about it; 1 when something is wrong."""
    from dataclasses import asdict

    from gausdo.brought import language_of
    from gausdo.doctor import examine

    async def tell() -> bool:
        healthy = True
        async for finding in examine(data.absolute(), told_settings(data)):
            healthy &= finding.well
            if json:
                sys.stdout.buffer.write(to_json(asdict(finding)) + b"\n")
                continue
            mark = "[green]✓[/green]" if finding.well else "[red]✗[/red]"
            console.print(mark, end=" ")
            said = finding.in_language(language_of(language))
            console.print(f"{said.what}: {said.told}", markup=False)
            if said.advice:
                console.print(f"    → {said.advice}", markup=False)
        return healthy

    if not asyncio.run(tell()):
        raise typer.Exit(1)


@app.command()
def logs(
    data: Annotated[
        Path, typer.Option(envvar="GAUSDO_DATA", help="Data folder of `gausdo up`.")
    ] = DATA,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as more comes.")] = False,
    part: Annotated[
        list[str] | None, typer.Option(help="web, worker, postgres, …; again for another.")
    ] = None,
    level: Annotated[
        str | None, typer.Option(help="From this one on: debug, info, warning, error.")
    ] = None,
    trace: Annotated[
        str | None, typer.Option(help="A trace id, as an error message names it, or its beginning.")
    ] = None,
    last: Annotated[int, typer.Option("--last", "-n", min=0, help="Lines to begin with.")] = 200,
    json: Annotated[bool, typer.Option("--json", help="As they were written.")] = False,
) -> None:
    """Show what the parts of a `gausdo up` have logged, in the order of time."""
    from gausdo.logs import LEVELS, Wanted, read

    if level is not None and level not in LEVELS:
        fail(f"There is no level “{level}”. There are: {', '.join(LEVELS)}.")
    wanted = Wanted(tuple(part or ()), level, trace)
    try:
        for line in read(data.absolute() / "logs", wanted, last, follow=follow):
            sys.stdout.write((line.text if json else line.shown()) + "\n")
            sys.stdout.flush()
    except LookupError as refusal:
        fail(str(refusal))
    except KeyboardInterrupt:
        return


@app.command()
def rebuild(what: Annotated[str, typer.Argument(help="analytics, timelines")]) -> None:
    """Fill the analytical store, or timelines, anew from the modules' histories."""
    from gausdo.setup import REBUILT

    if what not in REBUILT:
        fail(f"What can be rebuilt: {', '.join(REBUILT)}.")
    for line in asyncio.run(REBUILT[what](told_settings())):
        console.print(line)


def places() -> None:
    """What the environment leaves to us: the interface we bring."""
    if "GAUSDO_WEB" not in os.environ and (web := built_web(None)):
        os.environ["GAUSDO_WEB"] = str(web)


def main() -> None:
    """The entry point: a refusal is a sentence, not a traceback."""
    try:
        app()
    except Problem as refusal:
        console.print(refusal.detail, style="red", markup=False)
        sys.exit(1)
    except ValidationError as error:
        from gausdo.platform.http.problems import from_validation

        console.print(from_validation(error.errors()).detail, style="red", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
