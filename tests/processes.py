"""Processes of Gausdo as an operator starts them: with settings from the environment."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from pydantic import SecretStr

from gausdo.settings import Settings


def told(settings: Settings) -> dict[str, str]:
    """The variables that make the settings what they are."""
    variables = {}
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        joined = ",".join(value) if isinstance(value, tuple) else str(value)
        variables[f"GAUSDO_{name.upper()}"] = joined
    return variables


def environment(settings: Settings, **others: str) -> dict[str, str]:
    """Ours, but with these settings and no others of Gausdo's."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("GAUSDO_")}
    return {**bare, **told(settings), **others}


def answers(url: str) -> bool:
    """Whether somebody is there, and well."""
    try:
        # over HTTP: whom to trust else is read anew for each question, which is most of its cost
        return httpx2.get(url, timeout=5, trust_env=False, verify=False).status_code == 200
    except httpx2.HTTPError:
        return False


@contextmanager
def passable(name: str) -> Iterator[Path]:
    """A folder that an ordinary user can pass through; pytest's own are private."""
    with tempfile.TemporaryDirectory(prefix=f"gausdo-{name}-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)
