"""Write the table of docs/settings.md from gausdo/settings.py: python -m tools.settings_doc."""

import sys
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from gausdo.settings import Settings
from tools.generated import main

PAGE, COMMAND = "docs/settings.md", "python -m tools.settings_doc"


def table() -> str:
    """A row for each setting: its variable, its default, what it is for."""
    rows = [
        f"| `GAUSDO_{name.upper()}` | {_default(field)} | {_about(field)} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | what it is |", "|---|---|---|", *rows])


def _about(field: FieldInfo) -> str:
    kinds = [field.annotation, *get_args(field.annotation)]
    told = (field.description or "").replace("|", "\\|")
    return f"{told} A secret." if SecretStr in kinds else told


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return "needed"
    if isinstance(value, tuple):
        value = ",".join(value)
    return f"`{value}`" if isinstance(value, str | int | float | Path) and value != "" else "none"


if __name__ == "__main__":
    sys.exit(main(PAGE, table(), COMMAND, sys.argv[1:]))
