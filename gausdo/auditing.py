"""`gausdo audit`: look over the whole of the histories, and say that an older one is meant."""

import asyncio
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from pydantic_core import to_json

from gausdo.terminal import DATA, Data, console, told_settings

audit = typer.Typer(help="The history, and the seals on it.", no_args_is_help=True)


@audit.command("verify")
def verify(
    data: Data = DATA,
    json: Annotated[bool, typer.Option("--json", help="Tell it to a program.")] = False,
) -> None:
    """Compare the whole history with its seals; 1 when somebody has laid hands on it."""
    from gausdo.doctor.seals import verified

    async def tell() -> bool:
        well = True
        async for name, looked, trouble in verified(told_settings(data)):
            well &= trouble is None
            if json:
                told = {"module": name, "seals": looked.seals, "entries": looked.entries}
                sys.stdout.buffer.write(to_json(asdict(trouble) if trouble else told) + b"\n")
            elif trouble is None:
                console.print(f"{name}: {looked.entries} entries under {looked.seals} seals")
            else:
                console.print(f"{name}: {trouble}", style="red", markup=False)
        return well

    if not asyncio.run(tell()):
        raise typer.Exit(1)


@audit.command("restored")
def restored(data: Data = DATA) -> None:
    """Say that the database was restored from an older backup; the chain keeps that it was said."""
    from gausdo.doctor.seals import acknowledge

    for module in asyncio.run(acknowledge(told_settings(data))):
        console.print(f"{module}: goes on from what was restored")
