"""`gausdo audit`: look over the whole of the histories, and say that an older one is meant."""

import asyncio
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from pydantic_core import to_json

from gausdo.terminal import DATA, Data, console, told_settings

Language = Annotated[
    str, typer.Option(envvar="LANG", help="Language of what is told: ru, otherwise English.")
]
audit = typer.Typer(help="The history, and the seals on it.", no_args_is_help=True)


@audit.command("verify")
def verify(
    data: Data = DATA,
    json: Annotated[bool, typer.Option("--json", help="Tell it to a program.")] = False,
    language: Language = "en",
) -> None:
    """Compare the whole history with its seals; 1 when somebody has laid hands on it."""
    from gausdo.brought import language_of
    from gausdo.doctor.seals import in_words, sealed, verified

    speaks = language_of(language)

    async def tell() -> bool:
        well = True
        async for name, looked, trouble in verified(told_settings(data)):
            well &= trouble is None
            if json:
                told = {"module": name, "seals": looked.seals, "entries": looked.entries}
                sys.stdout.buffer.write(to_json(asdict(trouble) if trouble else told) + b"\n")
                continue
            said = (in_words(trouble) if trouble else sealed(looked)).in_language(speaks)
            console.print(f"{name}: {said}", style="red" if trouble else None, markup=False)
        return well

    if not asyncio.run(tell()):
        raise typer.Exit(1)


@audit.command("restored")
def restored(data: Data = DATA, language: Language = "en") -> None:
    """Say that the database was restored from an older backup; the chain keeps that it was said."""
    from gausdo.brought import language_of
    from gausdo.doctor.seals import GOES_ON, acknowledge

    said = GOES_ON.in_language(language_of(language))
    for module in asyncio.run(acknowledge(told_settings(data))):
        console.print(f"{module}: {said}", markup=False)
