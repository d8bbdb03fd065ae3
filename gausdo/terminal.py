"""What every command needs: somewhere to say things, and the settings it was told."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

if TYPE_CHECKING:
    from gausdo.settings import Settings

console = Console(highlight=False)
DATA = Path(".gausdo")
Data = Annotated[
    Path, typer.Option(envvar="GAUSDO_DATA", help="Data folder of a running `gausdo up`.")
]


def told_settings(data: Path = DATA) -> "Settings":
    """The settings of the environment, or of a `gausdo up` that has this data folder."""
    from gausdo.settings import Settings
    from gausdo.up import kept_environment

    if not {"GAUSDO_SECRET", "GAUSDO_SECRETS_FOLDER"} & os.environ.keys():
        os.environ.update(kept_environment(data.absolute()))
    try:
        return Settings.told()
    except ValidationError as error:
        wrong = "\n".join(
            f"  GAUSDO_{str(one['loc'][0]).upper()}: {one['msg']}" if one["loc"] else one["msg"]
            for one in error.errors()
        )
        fail(
            f"These settings are missing or wrong:\n{wrong}\n"
            "Run `gausdo up` first (or tell --data), or set them in the environment."
        )
    except ValueError as error:
        fail(f"{error}. See docs/settings.md for those there are.")


def fail(told: str) -> NoReturn:
    console.print(told, style="red", markup=False)
    raise typer.Exit(1)
