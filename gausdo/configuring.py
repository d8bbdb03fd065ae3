"""`gausdo config`: the configuration as files, for whoever runs the installation."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gausdo.terminal import DATA, Data, console, fail, told_settings

if TYPE_CHECKING:
    from gausdo.kernel.configuration import Difference
    from gausdo.settings import Settings

config = typer.Typer(help="The configuration as files, without secrets.", no_args_is_help=True)

Person = Annotated[
    str | None,
    typer.Option("--as", help="E-mail of the person in whose name; the first administrator."),
]


@config.command("export")
def export(
    where: Annotated[str, typer.Argument(help="A folder, or - for a ZIP on standard output.")],
    person: Person = None,
    data: Data = DATA,
) -> None:
    """Write down how this installation is set up: a file of JSON for each kind of things."""
    from gausdo.platform.configuration import files

    written = asyncio.run(_exported(told_settings(data), person))
    if where == "-":
        sys.stdout.buffer.write(files.packed(written))
        return
    folder = Path(where)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in written.items():
            _write(folder / name, content)
    except OSError as refusal:
        fail(str(refusal))
    console.print(f"{len(written)} files are in {folder}", markup=False)


@config.command("import")
def import_(
    where: Annotated[str, typer.Argument(help="A folder, a ZIP, or - for one on standard input.")],
    apply: Annotated[bool, typer.Option("--apply", help="Do it; otherwise only say what.")] = False,
    removing: Annotated[
        bool, typer.Option("--remove", help="What the files leave out goes, where it can.")
    ] = False,
    person: Person = None,
    data: Data = DATA,
) -> None:
    """Say how files differ from this installation; with --apply, make it so."""
    found = _read(where)
    differences = asyncio.run(_imported(told_settings(data), found, person, apply, removing))
    for one in differences:
        _tell(one)
    if not differences:
        console.print("Nothing differs.")
    elif apply:
        console.print("Done.")
    else:
        console.print("Nothing was changed: with --apply it is.")


def _tell(one: "Difference") -> None:
    marks = {"add": "+", "change": "~", "remove": "-", "stay": "=", "leave": "="}
    console.print(f"{marks[one.action]} {one.kind}: {one.name}", markup=False)
    if one.reason is not None:
        console.print(f"    stays as it is: {one.reason.message}", markup=False)
    if one.action == "change":
        for field, (before, after) in one.changes.items():
            console.print(f"    {field}: {before} → {after}", markup=False, soft_wrap=True)


def _read(where: str) -> dict[str, bytes]:
    from gausdo.platform.configuration import files

    try:
        if where == "-":
            return files.unpacked(sys.stdin.buffer.read(files.LARGEST + 1))
        if Path(where).is_dir():
            return files.in_folder(Path(where))
        with Path(where).open("rb") as file:
            return files.unpacked(file.read(files.LARGEST + 1))
    except OSError as refusal:
        fail(str(refusal))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    beside.replace(path)


async def _exported(settings: "Settings", person: str | None) -> dict[str, bytes]:
    from gausdo.app import opened
    from gausdo.bring import someone
    from gausdo.modules.identity.contract import Identity
    from gausdo.platform.configuration import files
    from gausdo.platform.configuration.whole import Configuration
    from gausdo.platform.module import configured

    async with opened(settings) as gausdo:
        actor = await someone(gausdo.get(Identity), person)
        return files.written(await Configuration(configured(gausdo.contracts)).dump(actor))


async def _imported(
    settings: "Settings",
    found: Mapping[str, bytes],
    person: str | None,
    apply: bool,
    removing: bool,
) -> "list[Difference]":
    from gausdo.app import opened
    from gausdo.bring import HERE, someone
    from gausdo.modules.identity.contract import Identity
    from gausdo.platform.configuration import files
    from gausdo.platform.configuration.whole import Configuration
    from gausdo.platform.module import configured

    wanted = files.read(found)
    async with opened(settings) as gausdo:
        actor = await someone(gausdo.get(Identity), person)
        importer = actor.model_copy(update={"via": "import", "origin": HERE})
        configuration = Configuration(configured(gausdo.contracts))
        preview = await configuration.preview(importer, wanted, removing=removing)
        if apply and preview.differences:
            await configuration.apply(importer, wanted, preview.fingerprint, removing=removing)
        return preview.differences
