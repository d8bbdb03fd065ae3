"""Write the lists of docs/events.md from the events in the code: python -m tools.events_doc."""

import sys
from collections.abc import Iterable, Iterator

from gausdo.app import MODULES
from gausdo.kernel.events import Event
from tools.generated import main

PAGE, COMMAND = "docs/events.md", "python -m tools.events_doc"


def lists() -> str:
    """For each module its events, what their bodies hold and who listens."""
    return "\n\n".join(
        f"### {module.name}\n\n" + "\n".join(_rows(events))
        for module in MODULES
        if (events := [*_events(module.name)])
    )


def _events(module: str) -> Iterator[type[Event]]:
    """Those that travel; a name without a version is a base of others."""
    for name, event in sorted(Event.catalogue.items()):
        if name.startswith(f"{module}.") and name.rpartition(".")[2].startswith("v"):
            yield event


def _rows(events: Iterable[type[Event]]) -> Iterator[str]:
    yield "| event | body | read by |"
    yield "|---|---|---|"
    for event in events:
        fields = ", ".join(f"`{name}`" for name in event.model_fields)
        yield f"| `{event.name}` | {fields} | {', '.join(_listeners(event.name)) or '—'} |"


def _listeners(name: str) -> list[str]:
    told = [
        module.name
        for module in MODULES
        if any(name in subscription.names for subscription in module.handlers)
    ]
    loaded = any(name in dataset.names for module in MODULES for dataset in module.facts)
    return [*told, "the analytical store"] if loaded else told


if __name__ == "__main__":
    sys.exit(main(PAGE, lists(), COMMAND, sys.argv[1:]))
