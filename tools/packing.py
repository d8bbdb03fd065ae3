"""Puts the built interface into the packages: hatchling calls it (see pyproject.toml).

A wheel carries it as `gausdo/web`, an sdist as `web/dist`, so that neither needs Node afterwards.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT, PLACES = "web/dist", {"wheel": "gausdo/web", "sdist": "web/dist"}


class Packing(BuildHookInterface[Any]):
    """The hook; an editable install takes the interface from where it is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files. Raises FileNotFoundError where there is no interface."""
        if version == "editable":
            return
        built = Path(self.root, BUILT)
        if not (built / "index.html").is_file():
            raise FileNotFoundError(f"{built} is not there. Build the interface: make package")
        for file in sorted(built.rglob("*")):
            name = file.relative_to(built).as_posix()
            if file.is_file() and not name.startswith(".") and file.suffix != ".map":
                build_data["force_include"][str(file)] = f"{PLACES[self.target_name]}/{name}"
