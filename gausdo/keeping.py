"""Commands that keep what an installation has: its keys."""

import asyncio

import typer

from gausdo.terminal import DATA, Data, console, told_settings

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
