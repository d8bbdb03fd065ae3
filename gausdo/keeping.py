"""Commands that keep what an installation has, or let it go: keys, copies, a person's data."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from uuid import UUID

import typer
from pydantic_core import to_json

from gausdo.terminal import DATA, Data, console, fail, told_settings

if TYPE_CHECKING:
    from gausdo.platform.crypto.archive import FileKey
    from gausdo.settings import Settings

keys = typer.Typer(help="Keys of sealed fields.", no_args_is_help=True)


@keys.command("list")
def list_keys(data: Data = DATA) -> None:
    """Say which keys there are, and how much needs each; 1 when one is missing."""
    from gausdo.keys import listed

    found = asyncio.run(listed(told_settings(data)))
    for key in found:
        console.print(str(key), style=None if key.name else "red", markup=False)
    if any(key.name is None for key in found):
        raise typer.Exit(1)


@keys.command("rotate")
def rotate_keys(data: Data = DATA) -> None:
    """Move everything to the first key of GAUSDO_KEY_RING; safe to stop and to run again."""
    from gausdo.keys import rotated

    unreadable = 0
    for module, done in asyncio.run(rotated(told_settings(data))).items():
        console.print(
            f"{module}: {done.rewrapped} data keys wrapped, {done.reindexed} indexes made",
            markup=False,
        )
        unreadable += done.unreadable
    if unreadable:
        console.print(
            f"{unreadable} data keys could not be opened: see `gausdo keys list`.", style="red"
        )
        raise typer.Exit(1)


ip_rules = typer.Typer(help="From where people and programs may come.", no_args_is_help=True)


@ip_rules.command("clear")
def clear_ip_rules(data: Data = DATA) -> None:
    """Take all rules for addresses away, when they have shut everybody out."""
    from gausdo.bring import clear_ip_rules as clear

    asyncio.run(clear(told_settings(data)))
    console.print("From everywhere somebody may come now; the networks of keys stay.")


person = typer.Typer(help="One person's data, on their request.", no_args_is_help=True)


@person.command("export")
def export_person(
    id: Annotated[UUID, typer.Argument(help="The person's id, from the address of their page.")],
    file: Annotated[Path, typer.Argument(dir_okay=False, help="A new file of JSON.")],
    data: Data = DATA,
) -> None:
    """Write down everything that is held about a person, all modules over."""
    from gausdo.persons import exported

    with _in_words():
        told = asyncio.run(exported(told_settings(data), id))
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            new.write(to_json(told, indent=1))
    for one in told:
        console.print(f"{one.place}: {len(one.records)}", markup=False)


@person.command("erase")
def erase_person(
    id: Annotated[UUID, typer.Argument(help="The person's id, from the address of their page.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = DATA,
) -> None:
    """Forget a person everywhere, for ever; killed half-way, run it again."""
    from gausdo.persons import erased

    settings = told_settings(data)
    if not yes:
        typer.confirm("Everything that names this person is gone for ever then. Go on?", abort=True)
    done = asyncio.run(erased(settings, id))
    for one in done.found:
        console.print(f"{one.place}: {one.count or 'always'} {one.done}", markup=False)


Words = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        exists=True,
        dir_okay=False,
        help="Its first line seals the file, instead of a key derived from the secret.",
    ),
]


def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to; a new file.")],
    passphrase_file: Words = None,
    data: Data = DATA,
) -> None:
    """Copy the whole database into one encrypted file, while people work."""
    from gausdo.backup import NOT_IN_IT, back_up

    settings = told_settings(data)
    with _in_words():
        back_up(settings, file.absolute(), _key(settings, passphrase_file), _tell)
    console.print(f"{file} is whole: {file.stat().st_size / 2**20:.1f} MiB", markup=False)
    console.print("Not in it:")
    for what in NOT_IN_IT:
        console.print(f"- {what}", markup=False)


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A backup.")],
    passphrase_file: Words = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where something is: that is gone then.")
    ] = False,
    secret_lost: Annotated[
        bool, typer.Option("--secret-lost", help="Do without the secret that was backed up.")
    ] = False,
    data: Data = DATA,
) -> None:
    """Put a backup into an empty installation; web and worker must not run."""
    from gausdo.restore import follow_up
    from gausdo.restore import restore as put_back
    from gausdo.up import standing

    told = "GAUSDO_POSTGRES_URL" in os.environ
    with _in_words(), nullcontext() if told else standing(data.absolute()):
        settings = told_settings(data)
        key = _key(settings, passphrase_file)
        manifest = put_back(settings, file, key, _tell, replace=replace, secret_lost=secret_lost)
        follow_up(settings, _tell)
    console.print(
        f"Everything is as it was on {manifest.made_at:%Y-%m-%d at %H:%M} UTC. What was waiting "
        "to be sent then is sent when the worker starts; everybody signs in again."
    )


def _key(settings: "Settings", passphrase_file: Path | None) -> "FileKey":
    from gausdo.platform.crypto.archive import Passphrase, SecretKey

    if passphrase_file is None:
        return SecretKey(settings.derived("backups"))
    return Passphrase(passphrase_file.read_text().partition("\n")[0].strip())


def _tell(line: str) -> None:
    console.print(f"  {line}", style="dim", markup=False)


@contextmanager
def _in_words() -> Iterator[None]:
    """What goes wrong is a sentence; what is stopped tidies up first."""
    import psycopg

    from gausdo.backup import BackupError
    from gausdo.platform.crypto.archive import ArchiveError
    from gausdo.platform.db.dump import DumpError
    from gausdo.platform.embedded.home import HomeError
    from gausdo.platform.embedded.process import StartError

    signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except KeyboardInterrupt:
        fail("Stopped; everything is as it was before.")
    except (ArchiveError, BackupError, DumpError, HomeError, StartError, OSError) as refusal:
        fail(str(refusal))
    except psycopg.Error as refusal:
        fail(f"PostgreSQL: {refusal}")


def _stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt
