"""Write the table of docs/operations.md from the declared metrics: python -m tools.metrics_doc."""

import sys
from typing import Any

from prometheus_client import Metric

from gausdo.platform.telemetry.exposition import Processes
from gausdo.platform.telemetry.metrics import OURS
from tools.generated import main

PAGE, COMMAND = "docs/operations.md", "python -m tools.metrics_doc"


def table() -> str:
    """A row for each metric: its name in Prometheus, its kind, its labels, what it is."""
    rows = [
        f"| `{metric.name}{'_total' * (metric.type == 'counter')}` | {metric.type} "
        f"| {', '.join(f'`{label}`' for label in labels)} | {metric.documentation} |"
        for metric, labels in _declared()
    ]
    return "\n".join(["| metric | kind | labels | what it is |", "|---|---|---|---|", *rows])


def _declared() -> list[tuple[Metric, tuple[str, ...]]]:
    declared = list[Any](OURS._collector_to_names)  # noqa: SLF001 - the library tells nowhere else
    own = [
        (metric, collector._labelnames)  # noqa: SLF001
        for collector in declared
        for metric in collector.describe()
    ]
    return [*own, *((metric, ("pid",)) for metric in Processes([]).collect())]


if __name__ == "__main__":
    sys.exit(main(PAGE, table(), COMMAND, sys.argv[1:]))
