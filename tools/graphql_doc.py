"""docs/schema.graphql, which only grows: python -m tools.graphql_doc writes it."""

import sys

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from gausdo.app import MODULES
from gausdo.gateway.graphql.schema import printed
from tools.rules.rule import ROOT

KEPT = ROOT / "docs" / "schema.graphql"


def told() -> str:
    """As the code has it now."""
    return printed([module.graph for module in MODULES])


def broken(kept: str, now: str) -> list[str]:
    """What a client of the schema that was kept would miss or be refused for."""
    return [
        f"{change.description} Add a new one beside it."
        for change in find_breaking_changes(build_schema(kept), build_schema(now))
    ]


def main() -> int:
    now = told()
    refusals = broken(KEPT.read_text(), now) if KEPT.exists() else []
    if refusals:
        print("\n".join(refusals))
        return 1
    KEPT.write_text(now)
    return 0


if __name__ == "__main__":
    sys.exit(main())
